"""How the utility's own systems tell of mandates, and how they are kept beside those that are given here.

A mandate given here is whoever's who gave it: of one, a row says nothing but an earlier last day.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Annotated, Final, TypeGuard
from uuid import UUID

from pydantic import Field, model_validator
from sqlmodel import Session, col, or_, select

from portal.auth.models import Account
from portal.auth.reach import Level, Theme
from portal.customers.importing import CustomerNumber, party_ids
from portal.customers.models import IdentityCode, Mandate, MandateEnd, MandateSite
from portal.kit.clock import day_of
from portal.kit.feed import (
    FeedRow,
    ImportContext,
    Outcome,
    Refusal,
    ValidFrom,
    ValidTo,
    Verdict,
    ends_later,
    unknown,
    words,
)
from portal.kit.mirror import Kept, Parts, Wanted, mirror, portions


class MandateEntry(FeedRow):
    """A right of one customer to act for another. It is ended by its last day, never by leaving it out.

    One customer may have several of another, which overlap, or begin on one day: what they open together is open. Those
    that are given in the portal are told by events, and need not come back. Of one of them a row says nothing but an
    earlier last day: with its `mandate_id` as `mandate_number`, and all else as in its event; any other row is refused.

    A mandate that was narrowed or extended in the portal has another in its place. A row that lets yours end earlier
    than you told before ends that one, too; but for the very day of the change, which is taken for the event come back.
    """

    grantor: CustomerNumber = Field(description="Customer number of who is acted for.", examples=["100002"])
    grantee: CustomerNumber | None = Field(
        description="Customer number of who acts; null of a mandate given in the portal to somebody without one.",
        examples=["100001"],
    )
    themes: tuple[Theme, ...] = Field(
        min_length=1, description="What the right is about.", examples=[["billing", "consumption"]]
    )
    sites: tuple[Annotated[str, words(40)], ...] | None = Field(
        min_length=1, description="Site numbers it is limited to; null for all sites.", examples=[["500001"]]
    )
    level: Level = Field(description="See only, or manage too.", examples=["see"])
    valid_from: ValidFrom
    valid_to: ValidTo
    mandate_number: Annotated[str, words(40)] | None = Field(
        default=None,
        description="Your number of the mandate: it tells two apart that one customer gave another from one day on; "
        "null where there is one from that day. Of one given in the portal: the `mandate_id` of its event.",
        examples=["V-2026-114"],
    )
    _ends_later = model_validator(mode="after")(ends_later)

    @model_validator(mode="after")
    def two_parties(self) -> "MandateEntry":
        """Nobody gives a mandate to themselves."""
        if self.grantor == self.grantee:
            raise ValueError("grantor and grantee are the same customer")
        return self


MANDATES: Final = Kept(Mandate, ("grantor_id", "grantee_id", "valid_from", "number"))
MANDATE_SITES: Final = Parts(MandateSite, ("site_id",), owner="mandate_id")
FIXED: Final = {"grantor_id": "grantor", "themes": "themes", "level": "level", "valid_from": "valid_from"}
"""Of a mandate given here: what no row changes, and its name in the feed; beside the grantee and the sites."""

FindSites = Callable[[Session, Iterable[str]], Mapping[str, UUID]]
Ends = dict[UUID, date]  # the last day on which each of some mandates holds


def keep_mandates(
    db: Session, rows: Sequence[MandateEntry], _context: ImportContext, site_ids: FindSites
) -> list[Verdict]:
    """Keep mandates between customers; where they are limited to sites, `site_ids` tells which the numbers name.

    A row that lets one end earlier also ends what it was narrowed or extended into here.
    """
    known_sites = site_ids(db, {site for row in rows for site in row.sites or ()})
    parties = party_ids(db, (number for row in rows for number in (row.grantor, row.grantee) if number))
    given_here = _given_here(db, rows)
    here = [given_here.get(_number(row)) for row in rows]
    wanted = [_mandate(row, parties, known_sites, given) for row, given in zip(rows, here, strict=True)]
    of_register = [one for one, given in zip(wanted, here, strict=True) if given is None]
    ends = _earlier_ends(db, of_register)
    kept = iter(mirror(db, MANDATES, of_register, (MANDATE_SITES,)))
    verdicts = [_echo(db, given, one, ends) if given else next(kept) for one, given in zip(wanted, here, strict=True)]
    _end_replacements(db, ends)
    return verdicts


def _number(row: MandateEntry) -> str:
    return (row.mandate_number or "").lower()


def _given_here(db: Session, rows: Sequence[MandateEntry]) -> Mapping[str, Mandate]:
    """The mandates given, narrowed or extended here whose ids stand in the rows as numbers."""
    of_here = or_(col(Mandate.holder_account_id).is_not(None), col(Mandate.replaces_id).is_not(None))
    return {
        mandate.number: mandate
        for numbers in portions(_number(row) for row in rows if row.mandate_number)
        for mandate in db.exec(select(Mandate).where(col(Mandate.number).in_(numbers), of_here))
    }


def _mandate(
    row: MandateEntry, parties: Mapping[str, UUID], known_sites: Mapping[str, UUID], given: Mandate | None
) -> Wanted | Refusal:
    for number in (row.grantor, row.grantee):
        if number is not None and number not in parties:
            return unknown("customer", number)
    for site in row.sites or ():
        if site not in known_sites:
            return unknown("site", site)
    if row.grantee is None and given is None:
        return Refusal("grantee is null, but mandate_number is not that of a mandate given here")
    mandate = {
        "grantor_id": parties[row.grantor],
        "grantee_id": parties[row.grantee] if row.grantee else None,
        "number": row.mandate_number or "",
        "themes": ",".join(sorted(set(row.themes))),
        "every_site": row.sites is None,
        "level": row.level,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
    }
    limits = [{"site_id": known_sites[number]} for number in sorted(set(row.sites or ()))]
    return Wanted(mandate, lambda _: {MANDATE_SITES: limits})


def _echo(db: Session, given: Mandate, wanted: Wanted | Refusal, ends: Ends) -> Verdict:
    """What becomes of a row about a mandate given here: an earlier last day counts, and all else must be as it is."""
    if isinstance(wanted, Refusal):
        return wanted
    if other := _differing(db, given, wanted):
        return Refusal(
            f"mandate {given.number} was given here, and a row of it says nothing but an earlier valid_to; "
            f"let {', '.join(other)} be as in its event, or leave the row out"
        )
    last = wanted.row["valid_to"]
    if last == given.valid_to:
        return Outcome.UNCHANGED
    if not _is_earlier(last, given.valid_to):
        return Refusal(
            f"mandate {given.number} was given here, and holds until {given.valid_to}; only its giver lets it hold "
            "for longer"
        )
    ends[given.id] = last
    if given.id in _ended(db, [given.id]):
        return Outcome.UNCHANGED
    _let_end(given, last)
    return Outcome.ACCEPTED


def _differing(db: Session, given: Mandate, wanted: Wanted) -> Sequence[str]:
    """The fields of a row that say something else than the mandate given here of which it tells."""
    other = [name for column, name in FIXED.items() if wanted.row[column] != getattr(given, column)]
    holder = wanted.row["grantee_id"]
    if holder != given.grantee_id and (holder is None or holder not in _parties_of(db, given.holder_account_id)):
        other.append("grantee")
    limits = select(MandateSite.site_id).where(MandateSite.mandate_id == given.id)
    told = {one["site_id"] for one in wanted.parts(given.id)[MANDATE_SITES]}
    if wanted.row["every_site"] != given.every_site or told != set(db.exec(limits)):
        other.append("sites")
    return other


def _parties_of(db: Session, account_id: UUID | None) -> frozenset[UUID]:
    own = (
        select(IdentityCode.party_id)
        .join(Account, col(Account.identity_index) == IdentityCode.blind_index)
        .where(Account.id == account_id)
    )
    return frozenset(db.exec(own))


def _earlier_ends(db: Session, wanted: Iterable[Wanted | Refusal]) -> Ends:
    """The mandates of the register that took another form here, and that now end earlier than they did."""
    told = {MANDATES.key_of(one.row): one.row["valid_to"] for one in wanted if isinstance(one, Wanted)}
    changed_here = select(Mandate.replaces_id).where(col(Mandate.replaces_id).is_not(None))
    columns = (*(getattr(Mandate, name) for name in MANDATES.key), Mandate.id, Mandate.valid_to)
    ends: Ends = {}
    for givers in portions(key[0] for key in told):
        standing = select(*columns).where(col(Mandate.id).in_(changed_here), col(Mandate.grantor_id).in_(givers))
        for *key, mandate_id, stands in db.execute(standing):
            last = told.get(tuple(key))
            if _is_earlier(last, stands):
                ends[mandate_id] = last
    return ends


def _end_replacements(db: Session, ends: Ends) -> None:
    """Let nothing outlast a mandate that ends whose place it took, nor what took its own place after it.

    A last day that is the day of the change itself is no news: it echoes the event that told of the change.
    """
    changed = {one.mandate_id: day_of(one.at) for one in _ended(db, ends).values()}
    last_days = {mandate_id: last for mandate_id, last in ends.items() if changed.get(mandate_id) != last}
    while last_days:
        after = [
            mandate
            for some in portions(last_days)
            for mandate in db.exec(select(Mandate).where(col(Mandate.replaces_id).in_(some)))
        ]
        last_days = {mandate.id: last_days[mandate.replaces_id] for mandate in after if mandate.replaces_id}
        ended = _ended(db, last_days)
        for mandate in after:
            if mandate.id not in ended and _is_earlier(last_days[mandate.id], mandate.valid_to):
                _let_end(mandate, last_days[mandate.id])


def _ended(db: Session, mandates: Iterable[UUID]) -> Mapping[UUID, MandateEnd]:
    """How those of some mandates ended that were ended here."""
    return {
        end.mandate_id: end
        for some in portions(mandates)
        for end in db.exec(select(MandateEnd).where(col(MandateEnd.mandate_id).in_(some)))
    }


def _let_end(mandate: Mandate, last: date) -> None:
    """Give a mandate an earlier last day; one that had not begun by then holds on that day alone, which is over."""
    mandate.valid_from, mandate.valid_to = min(mandate.valid_from, last), last


def _is_earlier(last: date | None, stands: date | None) -> TypeGuard[date]:
    return last is not None and (stands is None or last < stands)
