"""Contracts a person may see. Every query starts from who is asking."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from portal.auth.people import User
from portal.auth.reach import Theme
from portal.contracts.charges import Terms
from portal.contracts.kinds import ContractKind, Names
from portal.contracts.models import Contract, Product
from portal.contracts.tariff_periods import Days
from portal.contracts.terms import terms_by_point, terms_of
from portal.customers.models import Party, PartyKind
from portal.kit.db import table_of, within
from portal.kit.errors import NotThere
from portal.kit.questions import Question, any_of, any_of_if_told, given
from portal.sites.models import MeteringPoint, Occupancy, Site
from portal.sites.scope import held_on

_CONTRACT, _PRODUCT, _SITE = table_of(Contract), table_of(Product), table_of(Site)


class NoSuchContract(NotThere):
    """No contract of that id that this person may see."""


@dataclass(frozen=True, slots=True)
class ContractSite:
    """The site that a contract is about. What tells of who lives there is None for those who do not hold it today."""

    id: UUID
    number: str
    name: str | None
    street: str
    postcode: str
    town: str
    estimated_kwh_a_year: int | None

    @property
    def street_and_name(self) -> str:
        """Both, or the name alone where it tells the street already: `Hahmokatu 11, toimisto`."""
        if self.name and self.name.startswith(self.street):
            return self.name
        return f"{self.street}, {self.name}" if self.name else self.street


@dataclass(frozen=True, slots=True)
class HeldContract:
    """A contract as its holder sees it.

    gsrn and main_fuse are None for a contract about the whole site; the fuse also where they do not hold it today.
    """

    id: UUID
    number: str
    kind: ContractKind
    holder: PartyKind
    product: Names
    origin: str | None
    site: ContractSite
    gsrn: str | None
    main_fuse: str | None
    signed_on: date | None
    first: date
    last: date | None
    fixed_until: date | None
    notice_days: int
    contracted_kw: Decimal | None
    terms: Terms


@dataclass(frozen=True, slots=True)
class Running:
    """A contract that runs, at a glance."""

    id: UUID
    kind: ContractKind
    product: Names
    street: str
    first: date
    last: date | None
    fixed_until: date | None


def _not_ended(today: date | sa.BindParameter[date]) -> sa.ColumnElement[bool]:
    return or_(col(Contract.valid_to).is_(None), col(Contract.valid_to) >= today)


def _running(*row: Any) -> Running:  # noqa: ANN401 - the columns of RUNNING
    contract_id, kind, fi, sv, en, *rest = row
    return Running(contract_id, ContractKind(kind), Names(fi, sv, en), *rest)


RUNNING: Final = Question(
    _running,
    sa.select(
        *_CONTRACT.c["id", "kind"],
        *_PRODUCT.c["name_fi", "name_sv", "name_en"],
        _SITE.c.street,
        *_CONTRACT.c["valid_from", "valid_to", "fixed_until"],
    )
    .join_from(_CONTRACT, _PRODUCT)
    .join(_SITE, _SITE.c.id == _CONTRACT.c.site_id)
    .where(
        any_of(_CONTRACT.c.party_id, "parties"),
        any_of_if_told(_CONTRACT.c.site_id, "sites"),
        _CONTRACT.c.valid_from <= given("today"),
        _not_ended(given("today")),
    )
    .order_by(_CONTRACT.c.kind.desc(), _CONTRACT.c.valid_from.desc(), _CONTRACT.c.number)
    .limit(given("limit", sa.Integer())),
)


def by_id(db: Session, who: User, contract_id: UUID, today: date) -> HeldContract:
    """One contract.

    Raises NoSuchContract.
    """
    found = _held(db, who, today, col(Contract.id) == contract_id)
    if not found:
        raise NoSuchContract
    return found[0]


def running(db: Session, who: User, today: date, limit: int = 20) -> Sequence[Running]:
    """The contracts that run today, without their terms: sales before network, then the newest first."""
    return RUNNING.all(db, parties=who.parties, sites=who.reach.sites(Theme.CONTRACTS), today=today, limit=limit)


def sites(db: Session, who: User, today: date, skip: int, limit: int) -> Sequence[UUID]:
    """A page of the sites with contracts that have not ended, by address."""
    found = (
        select(Site.id)
        .where(col(Site.id).in_(_sites_of(who, today)))
        .order_by(Site.street, Site.number)
        .offset(skip)
        .limit(limit)
    )
    return db.exec(found).all()


def number_of_sites(db: Session, who: User, today: date) -> int:
    """How many sites have contracts that have not ended."""
    return db.exec(select(func.count()).select_from(_sites_of(who, today).subquery())).one()


def at_sites(db: Session, who: User, site_ids: Collection[UUID], today: date) -> Sequence[HeldContract]:
    """The contracts of some sites that have not ended."""
    return _held(db, who, today, _not_ended(today) & col(Contract.site_id).in_(site_ids))


def ended(db: Session, who: User, today: date, limit: int = 20) -> Sequence[HeldContract]:
    """The contracts that have ended, the latest first."""
    over = col(Contract.valid_to) < today
    return _held(db, who, today, over, col(Contract.valid_to).desc(), limit=limit)


def terms(db: Session, who: User, days: Days) -> Mapping[UUID, tuple[Terms, ...]]:
    """What energy costs this person on some days, by metering point: the terms of their own contracts, of no others."""
    return terms_by_point(db, _visible_to(who), days)


def _visible_to(who: User) -> sa.ColumnElement[bool]:
    return col(Contract.party_id).in_(who.parties) & within(col(Contract.site_id), who.reach.sites(Theme.CONTRACTS))


def _sites_of(who: User, today: date) -> SelectOfScalar[UUID]:
    return select(Contract.site_id).where(_visible_to(who), _not_ended(today)).distinct()


def _held(
    db: Session,
    who: User,
    today: date,
    which: sa.ColumnElement[bool],
    *order: sa.ColumnElement[date | None],
    limit: int | None = None,
) -> Sequence[HeldContract]:
    wanted = (
        sa.select(Contract, col(Party.kind), Product, Site, MeteringPoint)
        .join(Party, col(Contract.party_id) == Party.id)
        .join(Product, col(Contract.product_id) == Product.id)
        .join(Site, col(Contract.site_id) == Site.id)
        .join(MeteringPoint, col(Contract.metering_point_id) == MeteringPoint.id, isouter=True)
        .where(_visible_to(who), which)
        .order_by(*order, col(Contract.kind).desc(), col(Contract.valid_from).desc(), Contract.number)
        .limit(limit)
    )
    rows = db.execute(wanted).all()
    terms = terms_of(db, [(contract, product) for contract, _, product, _, _ in rows])
    theirs = _held_today(db, who, {site.id for _, _, _, site, _ in rows}, today)
    told = [
        _as_held(contract, PartyKind(holder), product, site, point, own)
        for (contract, holder, product, site, point), own in zip(rows, terms, strict=True)
    ]
    return [one if one.site.id in theirs else _without_who_lives_there(one) for one in told]


def _held_today(db: Session, who: User, site_ids: Collection[UUID], today: date) -> Collection[UUID]:
    """Those of some sites that the person's parties hold today."""
    theirs = col(Occupancy.party_id).in_(who.parties) & col(Occupancy.site_id).in_(site_ids)
    return set(db.exec(select(Occupancy.site_id).where(theirs, held_on(today))))


def _without_who_lives_there(held: HeldContract) -> HeldContract:
    """For a former holder: the register tells of a site as it is today, and that is for the present one."""
    return replace(held, site=replace(held.site, name=None, estimated_kwh_a_year=None), main_fuse=None)


def _as_held(
    contract: Contract, holder: PartyKind, product: Product, site: Site, point: MeteringPoint | None, terms: Terms
) -> HeldContract:
    return HeldContract(
        id=contract.id,
        number=contract.number,
        kind=ContractKind(contract.kind),
        holder=holder,
        product=Names(product.name_fi, product.name_sv, product.name_en),
        origin=product.origin,
        site=ContractSite(
            site.id, site.number, site.name, site.street, site.postcode, site.town, site.estimated_kwh_a_year
        ),
        gsrn=point.gsrn if point else None,
        main_fuse=point.main_fuse if point else None,
        signed_on=contract.signed_on,
        first=contract.valid_from,
        last=contract.valid_to,
        fixed_until=contract.fixed_until,
        notice_days=contract.notice_days,
        contracted_kw=contract.contracted_kw,
        terms=terms,
    )
