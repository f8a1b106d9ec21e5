"""Rows of the register, made of what one would tell about a customer, a site, a meter, a contract."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlmodel import SQLModel

from portal.consumption.kinds import Cause
from portal.consumption.models import RevisionReason
from portal.contracts.models import Contract
from portal.customers.change_requests import Channel
from portal.customers.models import BillingDetails, ContactDetail, ContactKind, ContactPerson, Party, PartyKind
from portal.customers.rhythms import BillingRhythm
from portal.demo.naming import id_of
from portal.demo.people import Company, Member
from portal.demo.products import Article
from portal.kit.i18n import Language
from portal.kit.ranges import Range
from portal.sites.commodities import Commodity
from portal.sites.kinds import Connection, ReadingType
from portal.sites.models import Disconnection, Meter, MeteringPoint, MeterKind, Occupancy, Rhythm, Site

COUNTRY = "FI"


@dataclass(frozen=True)
class Address:
    """Where post arrives, and where a site is.

    weather_place: whose weather it has; None: that of the town
    """

    street: str
    postcode: str
    town: str
    weather_place: str | None = None


@dataclass(frozen=True)
class HeldFrom:
    """A customer at a site, from a day on."""

    holder: Member | Company
    address: Address
    site_number: str
    since: date

    @property
    def party_id(self) -> UUID:
        """The customer's identity."""
        return party_id(self.holder)

    @property
    def site_id(self) -> UUID:
        """The site's identity."""
        return id_of("site", self.site_number)


@dataclass(frozen=True)
class Dwelling:
    """What the register knows about a home or another building."""

    name: str
    kind: str
    area_m2: int
    residents: int | None
    heating: str | None
    estimated_kwh: int
    ownership: str = "owned"
    use_timing: str = "all year"


@dataclass(frozen=True)
class Needs:
    """What a metering point's energy is for, how much a year is expected, and its last day, None while it is there."""

    used_for: str | None = None
    kwh_a_year: int | None = None
    ended: date | None = None


NOT_TOLD: Final = Needs()


@dataclass(frozen=True)
class Terms:
    """From when to when a contract runs, and what was agreed besides; signed on: None for some days before it began."""

    first: date
    last: date | None = None
    fixed_until: date | None = None
    tax_class: str | None = None
    contracted_kw: Decimal | None = None
    reading_type: ReadingType | None = None
    signed_on: date | None = None


def person(member: Member, address: Address, language: Language, email: str, phone: str) -> Iterator[SQLModel]:
    """A person in the register, and how to reach them."""
    yield _party(member, PartyKind.PERSON, address, language)
    yield from _details(member, email, phone)


def billed(holder: Member | Company, channel: Channel, reference: str | None = None) -> BillingDetails:
    """How a customer's bills come: those by e-mail to the preferred address."""
    party, monthly = party_id(holder), BillingRhythm.MONTHLY
    return BillingDetails(
        id=id_of("billing", party), party_id=party, channel=channel, reference=reference, rhythm=monthly
    )


def company(firm: Company, address: Address, language: Language, email: str, phone: str) -> Iterator[SQLModel]:
    """A company in the register, and how to reach it."""
    party = _party(firm, PartyKind.COMPANY, address, language)
    party.business_id = firm.business_id
    yield party
    yield from _details(firm, email, phone)


def contact_person(of: Member | Company, name: str, role: str, phone: str) -> ContactPerson:
    """Somebody whom a customer named, for a role of Datahub's (AL01-AL05)."""
    return ContactPerson(
        id=id_of("contact person", name, role), party_id=party_id(of), name=name, role=role, phone=phone
    )


def site(held: HeldFrom, dwelling: Dwelling) -> Iterator[SQLModel]:
    """The site, held by the customer."""
    yield Site(
        id=held.site_id,
        number=held.site_number,
        name=dwelling.name,
        street=held.address.street,
        postcode=held.address.postcode,
        town=held.address.town,
        dwelling=dwelling.kind,
        heated_area_m2=dwelling.area_m2,
        residents=dwelling.residents,
        heating=dwelling.heating,
        estimated_kwh_a_year=dwelling.estimated_kwh,
        ownership=dwelling.ownership,
        use_timing=dwelling.use_timing,
        weather_place=held.address.weather_place,
    )
    yield Occupancy(
        id=id_of("occupancy", held.site_number, held.since),
        site_id=held.site_id,
        party_id=held.party_id,
        since=held.since,
    )


def point(
    stay: HeldFrom, gsrn: str, energy: Commodity, main_fuse: str | None = None, needs: Needs = NOT_TOLD
) -> MeteringPoint:
    """A metering point of the site."""
    return MeteringPoint(
        id=point_id(gsrn),
        gsrn=gsrn,
        site_id=stay.site_id,
        energy=energy,
        main_fuse=main_fuse,
        valid_to=needs.ended,
        used_for=needs.used_for,
        estimated_kwh_a_year=needs.kwh_a_year,
        minutes=15 if energy in {Commodity.ELECTRICITY, Commodity.PRODUCTION} else 60,
        rhythm=Rhythm.DAY,
    )


def cut_off(gsrn: str, days: Range, connection: Connection = Connection.DISCONNECTED) -> Disconnection:
    """When a metering point was cut off; without an end, it still is."""
    return Disconnection(
        id=id_of("disconnection", gsrn, days.start),
        metering_point_id=point_id(gsrn),
        connection=connection,
        since=days.start,
        until=days.last,
    )


def meter(
    gsrn: str,
    serial: str,
    model: str,
    installed: date,
    removed: date | None = None,
    kind: MeterKind = MeterKind.METER,
) -> Meter:
    """A meter or heat exchanger of a metering point, and when it was put up and taken down."""
    return Meter(
        id=id_of("meter", gsrn, serial),
        metering_point_id=point_id(gsrn),
        kind=kind,
        serial=serial,
        model=model,
        installed_on=installed,
        removed_on=removed,
    )


def reason(gsrn: str, day: date, told_at: datetime, cause: Cause, note: str | None = None) -> RevisionReason:
    """Why the metered energy of a day was corrected."""
    return RevisionReason(
        id=id_of("reason", gsrn, day),
        metering_point_id=point_id(gsrn),
        reading_type=ReadingType.METERED,
        first_day=day,
        last_day=day,
        told_at=told_at,
        cause=cause,
        note=note,
    )


def contract(stay: HeldFrom, number: str, article: Article, gsrn: str, terms: Terms) -> Contract:
    """A contract about a metering point of the site."""
    return Contract(
        id=id_of("contract", number),
        number=number,
        party_id=stay.party_id,
        site_id=stay.site_id,
        metering_point_id=point_id(gsrn),
        product_id=id_of("product", article.code),
        kind=article.kind,
        signed_on=terms.signed_on or terms.first - timedelta(days=18),
        valid_from=terms.first,
        valid_to=terms.last,
        fixed_until=terms.fixed_until,
        tax_class=terms.tax_class,
        contracted_kw=terms.contracted_kw,
        reading_type=terms.reading_type,
    )


def point_id(gsrn: str) -> UUID:
    """A metering point's identity."""
    return id_of("metering point", gsrn)


def party_id(holder: Member | Company) -> UUID:
    """A customer's identity.

    Raises ValueError for a member of the cast who is no customer.
    """
    return id_of("party", _customer_number(holder))


def _customer_number(holder: Member | Company) -> str:
    if holder.customer_number is None:
        raise ValueError(f"{holder.name} is no customer")
    return holder.customer_number


def _party(holder: Member | Company, kind: PartyKind, address: Address, language: Language) -> Party:
    return Party(
        id=party_id(holder),
        customer_number=_customer_number(holder),
        kind=kind,
        name=holder.name,
        language=language,
        street=address.street,
        postcode=address.postcode,
        town=address.town,
        country=COUNTRY,
    )


def _details(holder: Member | Company, email: str, phone: str) -> Iterator[SQLModel]:
    for kind, value in ((ContactKind.EMAIL, email), (ContactKind.PHONE, phone)):
        yield ContactDetail(id=id_of("contact", value), party_id=party_id(holder), kind=kind, value=value)
