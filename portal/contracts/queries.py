"""Contracts a person may see. Every query starts from who is asking."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, func, or_, select

from portal.auth.people import User
from portal.auth.scope import PARTIES
from portal.contracts.charges import Terms
from portal.contracts.filters import ListedContract
from portal.contracts.kinds import ContractKind, Names
from portal.contracts.models import Contract, Product
from portal.contracts.records import ContractHead, HeldContract, MadeContract, dated_prices
from portal.contracts.scope import CONTRACTS
from portal.contracts.tariff_periods import Days
from portal.contracts.terms import PRICED, RUNNING_ON_DAYS, terms_of, unpriced
from portal.customers.models import Party, PartyKind
from portal.kit.db import table_of
from portal.kit.errors import NotThere
from portal.kit.questions import any_of, given
from portal.sites.models import MeteringPoint, Occupancy, Site
from portal.sites.scope import held_on

_CONTRACT, _PRODUCT, _SITE = table_of(Contract), table_of(Product), table_of(Site)


class NoSuchContract(NotThere):
    """No contract of that id that this person may see."""


def _head(*row: Any) -> ContractHead:  # noqa: ANN401 - the columns of RUNNING
    contract_id, kind, fi, sv, en, *rest = row
    return ContractHead(contract_id, ContractKind(kind), Names(fi, sv, en), *rest)


def _made(*row: Any) -> MadeContract:  # noqa: ANN401 - the columns of PRESSING
    contract_id, kind, fi, sv, en, *dates, signed_on, holder = row
    street, first, last, fixed_until = dates
    names, is_a_persons = Names(fi, sv, en), holder == PartyKind.PERSON
    return MadeContract(
        contract_id, ContractKind(kind), names, street, first, last, fixed_until, signed_on, is_a_persons
    )


_NOT_ENDED: Final = or_(_CONTRACT.c.valid_to.is_(None), _CONTRACT.c.valid_to >= given("today"))
_IN_ORDER: Final = (_CONTRACT.c.kind.desc(), _CONTRACT.c.valid_from.desc(), _CONTRACT.c.number)
_HEAD: Final = (
    *_CONTRACT.c["id", "kind"],
    *_PRODUCT.c["name_fi", "name_sv", "name_en"],
    _SITE.c.street,
    *_CONTRACT.c["valid_from", "valid_to", "fixed_until"],
)
_HEADS: Final = (
    sa.select(*_HEAD)
    .join_from(_CONTRACT, _PRODUCT)
    .join(_SITE, _SITE.c.id == _CONTRACT.c.site_id)
    .where(_NOT_ENDED)
    .order_by(*_IN_ORDER)
    .limit(given("limit", sa.Integer()))
)
RUNNING: Final = CONTRACTS.question(_head, _HEADS.where(_CONTRACT.c.valid_from <= given("today")))
NOT_ENDED: Final = CONTRACTS.question(_head, _HEADS)
PRESSING: Final = CONTRACTS.question(
    _made,
    sa.select(*_HEAD, _CONTRACT.c.signed_on, col(Party.kind))
    .join_from(_CONTRACT, _PRODUCT)
    .join(_SITE, _SITE.c.id == _CONTRACT.c.site_id)
    .join(table_of(Party), col(Party.id) == _CONTRACT.c.party_id)
    .where(
        _CONTRACT.c.valid_to.is_(None),
        or_(
            _CONTRACT.c.fixed_until.between(given("today"), given("soon")),
            func.coalesce(_CONTRACT.c.signed_on, _CONTRACT.c.valid_from) >= given("made_since", sa.Date()),
        ),
    )
    .order_by(*_IN_ORDER),
)


def _listed(site_id: UUID, ends: date | None, *said: str | None) -> ListedContract:
    return ListedContract(site_id, ends, said)


def _read(*row: Any) -> tuple[Terms, tuple[Any, ...]]:  # noqa: ANN401 - the columns of _HELD
    return unpriced(*row[: len(PRICED)]), row[len(PRICED) :]


_HELD_TODAY: Final = sa.exists().where(
    any_of(col(Occupancy.party_id), PARTIES),
    col(Occupancy.site_id) == _CONTRACT.c.site_id,
    held_on(given("today")),
)
_HELD: Final = (
    sa.select(
        *PRICED,
        _HELD_TODAY,
        _CONTRACT.c.number,
        col(Party.kind),
        *_PRODUCT.c["name_fi", "name_sv", "name_en", "origin"],
        *_SITE.c["id", "number", "name", "street", "postcode", "town", "estimated_kwh_a_year"],
        *table_of(MeteringPoint).c["gsrn", "main_fuse"],
        *_CONTRACT.c["signed_on", "fixed_until", "notice_days", "contracted_kw"],
    )
    .join_from(_CONTRACT, table_of(Party))
    .join(_PRODUCT, _PRODUCT.c.id == _CONTRACT.c.product_id)
    .join(_SITE, _SITE.c.id == _CONTRACT.c.site_id)
    .join(table_of(MeteringPoint), col(MeteringPoint.id) == _CONTRACT.c.metering_point_id, isouter=True)
)
WITH_POINTS: Final = CONTRACTS.question(unpriced, RUNNING_ON_DAYS)
BY_ID: Final = CONTRACTS.question(_read, _HELD.where(_CONTRACT.c.id == given("contract")))
AT_SITES: Final = CONTRACTS.question(
    _read,
    _HELD.where(_NOT_ENDED, any_of(_CONTRACT.c.site_id, "asked")).order_by(*_IN_ORDER),
)
ENDED: Final = CONTRACTS.question(
    _read,
    _HELD.where(_CONTRACT.c.valid_to < given("today"))
    .order_by(_CONTRACT.c.valid_to.desc(), *_IN_ORDER)
    .limit(given("limit", sa.Integer())),
)
NUMBER_OF_SITES: Final = CONTRACTS.question(
    int, sa.select(func.count(func.distinct(_CONTRACT.c.site_id))).where(_NOT_ENDED)
)
LISTED: Final = CONTRACTS.question(
    _listed,
    sa.select(
        _SITE.c.id,
        func.coalesce(_CONTRACT.c.valid_to, _CONTRACT.c.fixed_until),
        sa.case((_HELD_TODAY, _SITE.c.name)),
        *_SITE.c["street", "postcode", "town", "number"],
        _CONTRACT.c.number,
        *_PRODUCT.c["name_fi", "name_sv", "name_en"],
        table_of(MeteringPoint).c.gsrn,
    )
    .join_from(_CONTRACT, _PRODUCT)
    .join(_SITE, _SITE.c.id == _CONTRACT.c.site_id)
    .join(table_of(MeteringPoint), col(MeteringPoint.id) == _CONTRACT.c.metering_point_id, isouter=True)
    .where(_NOT_ENDED)
    .order_by(*_SITE.c["street", "number"]),
)


def by_id(db: Session, who: User, contract_id: UUID, today: date) -> HeldContract:
    """One contract.

    Raises NoSuchContract.
    """
    found = _with_terms(db, BY_ID.all(db, who, contract=contract_id, today=today))
    if not found:
        raise NoSuchContract
    return found[0]


def kinds_held(db: Session, who: User, today: date) -> frozenset[ContractKind]:
    """The kinds of the contracts that run today, whichever matters of the parties are open: no more is told of them."""
    begun = col(Contract.valid_from) <= today
    ends = or_(col(Contract.valid_to).is_(None), col(Contract.valid_to) >= today)
    held = select(Contract.kind).distinct().where(col(Contract.party_id).in_(who.parties), begun, ends)
    return frozenset(ContractKind(kind) for kind in db.exec(held))


def running(db: Session, who: User, today: date, limit: int = 20) -> Sequence[ContractHead]:
    """The contracts that run today, without their terms: sales before network, then the newest first."""
    return RUNNING.all(db, who, today=today, limit=limit)


def not_ended(db: Session, who: User, today: date, limit: int) -> Sequence[ContractHead]:
    """The contracts that run today or begin later, in the same order."""
    return NOT_ENDED.all(db, who, today=today, limit=limit)


def pressing(db: Session, who: User, today: date, soon: date, made_since: date) -> Sequence[MadeContract]:
    """The contracts without a last day whose fixed term ends until `soon`, or that were made since a day."""
    return PRESSING.all(db, who, today=today, soon=soon, made_since=made_since)


def listed(db: Session, who: User, today: date) -> Sequence[ListedContract]:
    """Every contract that has not ended, by the address of its site: what it is looked for by."""
    return LISTED.all(db, who, today=today)


def number_of_sites(db: Session, who: User, today: date) -> int:
    """How many sites have contracts that have not ended."""
    return NUMBER_OF_SITES.one(db, who, today=today)


def at_sites(db: Session, who: User, site_ids: Collection[UUID], today: date) -> Sequence[HeldContract]:
    """The contracts of some sites that have not ended."""
    return _with_terms(db, AT_SITES.all(db, who, today=today, asked=site_ids))


def at_sites_and_ended(
    db: Session, who: User, site_ids: Collection[UUID], today: date, limit: int = 20
) -> tuple[Sequence[HeldContract], Sequence[HeldContract]]:
    """The contracts of some sites that have not ended, and of all sites those that have, the latest first."""
    current = AT_SITES.all(db, who, today=today, asked=site_ids)
    ended = ENDED.all(db, who, today=today, limit=limit)
    every = _with_terms(db, [*current, *ended])
    return every[: len(current)], every[len(current) :]


def terms(db: Session, who: User, days: Days) -> Mapping[UUID, Sequence[Terms]]:
    """What energy costs this person on some days, by metering point: the terms of their own contracts, of no others.

    Sales before network, with the prices of those days; a point without a contract has none.
    """
    contracts = WITH_POINTS.all(db, who, first=days.first, last=days.last)
    of_point: defaultdict[UUID, list[Terms]] = defaultdict(list)
    for one in terms_of(db, contracts, days):
        if one.metering_point_id is not None:
            of_point[one.metering_point_id].append(one)
    return of_point


def _with_terms(db: Session, rows: Sequence[tuple[Terms, tuple[Any, ...]]]) -> Sequence[HeldContract]:
    terms = terms_of(db, [contract for contract, _ in rows])
    return [_as_held(row, own) for (_, row), own in zip(rows, terms, strict=True)]


def _as_held(row: tuple[Any, ...], terms: Terms) -> HeldContract:
    """A contract of the columns of `_HELD`.

    The register tells of a site as it is today, and that is for those who hold it now: not for a former holder.
    """
    is_held, number, holder, *product, origin = row[:7]
    site_id, site_number, name, street, postcode, town, estimated, gsrn, main_fuse = row[7:16]
    signed_on, fixed_until, notice_days, contracted_kw = row[16:]
    return HeldContract(
        id=terms.contract_id,
        kind=terms.kind,
        product=Names(*product),
        street=street,
        first=terms.first,
        last=terms.last,
        fixed_until=fixed_until,
        number=number,
        is_a_persons=holder == PartyKind.PERSON,
        origin=origin,
        site_id=site_id,
        site_number=site_number,
        site_name=name if is_held else None,
        postcode=postcode,
        town=town,
        estimated_kwh_a_year=estimated if is_held else None,
        gsrn=gsrn,
        main_fuse=main_fuse if is_held else None,
        signed_on=signed_on,
        notice_days=notice_days,
        contracted_kw=contracted_kw,
        billing_minutes=terms.billing_minutes,
        reading_type=terms.reading_type,
        every_price=tuple(dated_prices(terms)),
    )
