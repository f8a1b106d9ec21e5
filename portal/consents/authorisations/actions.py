"""Giving an authorisation and ending it: rows are added and none is ever changed."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID, uuid4

from sqlmodel import Session

from portal.audit import actions as audit
from portal.auth.people import ConfirmedUser, User
from portal.consents.actions import HERE
from portal.consents.authorisations import offers, queries
from portal.consents.authorisations.forms import AuthorisationRequest
from portal.consents.authorisations.models import Authorisation, AuthorisationEnd, AuthorisationPoint
from portal.consents.authorisations.notices import Edition
from portal.consents.authorisations.offers import Offer
from portal.consents.authorisations.records import Given
from portal.consents.authorisations.rules import Ending, Resolution
from portal.consents.editions import Seen, Wording
from portal.consents.rules import Ground
from portal.customers.locks import lock_party
from portal.customers.models import Party
from portal.kit.clock import day_of
from portal.kit.errors import Refused
from portal.kit.i18n import Language, text
from portal.outbox.actions import Event, announce


class OtherWords(Refused):
    """What would be recorded is not what the person saw: a day has passed, or the company's purpose has changed."""

    says = text("Something has changed since you opened the page. Look at the preview again and confirm there.")


class AuthorisationGiven(Event):
    """A customer let a company read the consumption data of some metering points; nothing before `valid_from`."""

    kind: ClassVar[str] = "authorisation.given"

    authorisation_id: UUID
    customer_number: str
    party_id: UUID
    business_id: str
    metering_points: tuple[str, ...]
    resolution: Resolution
    valid_from: date
    valid_to: date
    at: datetime
    notice_version: str
    notice_sha256: str
    language: Language
    replaces: UUID | None


class AuthorisationEnded(Event):
    """An authorisation ended before its last day: the company may read nothing from `at` on."""

    kind: ClassVar[str] = "authorisation.ended"

    authorisation_id: UUID
    customer_number: str
    party_id: UUID
    business_id: str
    how: Ending
    at: datetime


def give(
    db: Session, who: ConfirmedUser, request: AuthorisationRequest, seen: Seen[Edition], sha256: str, now: datetime
) -> UUID:
    """Let a company read; the id of the authorisation. What it renews ends now.

    seen, sha256: the words that the customer had before them

    To give what stands already, as a second click would, gives nothing more.
    Raises CannotBeGiven, OtherWords, NoSuchAuthorisation; then nothing has been given.
    """
    lock_party(db, who)
    offered = offers.offer(db, who, request, day_of(now))
    wording = offered.wording(seen.edition, seen.language)
    if wording.sha256 != sha256:
        raise OtherWords
    for given in queries.all_given(db, who):
        if _is_that(given, wording, day_of(now)):
            return given.id
    authorisation = _authorisation(who, offered, wording, now)
    db.add(authorisation)
    db.flush()
    db.add_all(
        AuthorisationPoint(authorisation_id=authorisation.id, metering_point_id=one.id) for one in offered.points
    )
    audit.record(db, _act("authorisation.given", who, authorisation), now)
    announce(db, _given(authorisation, offered, db.get_one(Party, offered.party_id)), now)
    if offered.replaces and offered.replaces.is_in_force(day_of(now)):
        _end(db, who, offered.replaces, Ending.REPLACED, now)
    return authorisation.id


def end(db: Session, who: User, authorisation_id: UUID, now: datetime) -> None:
    """Let the company read no more, from now on; what has ended already stays as it is.

    Raises NoSuchAuthorisation.
    """
    lock_party(db, who)
    given = queries.by_id(db, who, authorisation_id)
    if given.is_in_force(day_of(now)):
        _end(db, who, given, Ending.ENDED, now)


def _is_that(given: Given, wording: Wording, today: date) -> bool:
    return given.authorisation.notice_sha256 == wording.sha256 and given.is_in_force(today)


def _authorisation(who: User, offered: Offer, wording: Wording, now: datetime) -> Authorisation:
    return Authorisation(
        id=uuid4(),
        party_id=offered.party_id,
        third_party_id=offered.company.id,
        resolution=offered.resolution,
        valid_from=offered.term.first,
        valid_to=offered.term.last,
        given_at=now,
        account_id=who.account_id,
        assurance=who.acr,
        where=HERE,
        ground=Ground.CONSENT,
        notice_version=wording.edition,
        notice_sha256=wording.sha256,
        notice_text=wording.whole,
        language=wording.language,
        replaces_id=offered.replaces.id if offered.replaces else None,
    )


def _end(db: Session, who: User, given: Given, how: Ending, now: datetime) -> None:
    authorisation = given.authorisation
    db.add(
        AuthorisationEnd(
            authorisation_id=authorisation.id,
            at=now,
            how=how,
            account_id=who.account_id,
            assurance=who.acr,
            where=HERE,
        )
    )
    audit.record(db, _act("authorisation.ended", who, authorisation), now)
    event = AuthorisationEnded(
        authorisation_id=authorisation.id,
        customer_number=given.customer.customer_number,
        party_id=authorisation.party_id,
        business_id=given.company.business_id,
        how=how,
        at=now,
    )
    announce(db, event, now)


def _act(act: str, who: User, authorisation: Authorisation) -> audit.Act:
    return audit.Act(
        act=act,
        object_kind="authorisation",
        object_id=authorisation.id,
        account_id=who.account_id,
        party_id=authorisation.party_id,
        details={"third_party": str(authorisation.third_party_id), "resolution": authorisation.resolution},
    )


def _given(authorisation: Authorisation, offered: Offer, customer: Party) -> AuthorisationGiven:
    return AuthorisationGiven(
        authorisation_id=authorisation.id,
        customer_number=customer.customer_number,
        party_id=customer.id,
        business_id=offered.company.business_id,
        metering_points=tuple(point.gsrn for point in offered.points),
        resolution=offered.resolution,
        valid_from=offered.term.first,
        valid_to=offered.term.last,
        at=authorisation.given_at,
        notice_version=authorisation.notice_version,
        notice_sha256=authorisation.notice_sha256,
        language=Language(authorisation.language),
        replaces=authorisation.replaces_id,
    )
