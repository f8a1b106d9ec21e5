"""The pages of mandates: who may act for one, for whom one may act, giving a mandate, accepting one, and ending it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from starlette.datastructures import FormData

from portal.auth.people import ConfirmedUser, User, anyone, confirmed_user, decides, decides_confirmed, user
from portal.auth.reach import Level, Theme
from portal.customers.models import MandateInvitation, Party
from portal.customers.words import LANGUAGES, THEMES, theme_words
from portal.kit import days
from portal.kit.access import Anyone
from portal.kit.errors import NotCovered
from portal.kit.forms import Typed, Valid, one_of, read, said
from portal.kit.html import Page
from portal.kit.i18n import Language, Text, text
from portal.kit.labels import Label
from portal.kit.web import Answer, Cookie, Redirect, Reply, Visit, action, page
from portal.organisation import queries as rights
from portal.organisation.mandates import actions, forms, labels, letters, lookups, queries, rules
from portal.organisation.mandates.actions import CannotBeGiven, InvitationOver, Invited, LastAdministrator
from portal.organisation.mandates.forms import MANY, ExtentForm, InvitationForm
from portal.organisation.mandates.labels import News
from portal.organisation.mandates.queries import Giver, HeldMandate, Invitation, NamedSite
from portal.organisation.mandates.rules import InvitationState
from portal.organisation.records import Right
from portal.organisation.rules import RightState

MANDATES: Final = "/mandates"
INVITATION_COOKIE: Final = "__Host-invitation"
HOUR_S: Final = 3600
TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")  # as `actions.secret` makes them: of another sign no cookie is set
FIELDS: Final[Mapping[str, Text]] = {
    "giver": text("Customer number"),
    "name": text("Name of the invited"),
    "email": text("Email address of the invited"),
    "themes": text("Matters"),
    "sites": text("Sites"),
    "level": text("How far it reaches"),
    "since": text("First day"),
    "until": text("Last day"),
    "language": text("Language of the invitation"),
}


@dataclass(frozen=True)
class Mandates(Page):
    """Who may act for the party, who is invited to, and for whom the person may act.

    decides: whether they see what the party gave
    may_give: whether they give mandates for it
    received: in one's own matters; acting for another, those by which one acts
    choices: the parties for whom one may act today
    """

    template = "mandates/index.html"
    today: date
    now: datetime
    decides: bool
    may_give: bool
    is_company: bool
    given: Sequence[Right]
    invitations: Sequence[Invitation]
    states: Mapping[InvitationState, Label]
    received: Sequence[Right]
    over: Sequence[Right]
    is_acting: bool
    choices: frozenset[UUID]
    news: Text | None


@dataclass(frozen=True)
class NewMandate(Page):
    """Whom to let do what."""

    template = "mandates/new.html"
    typed: Typed
    fields: Mapping[str, Text]
    givers: Sequence[Giver]
    sites: Sequence[NamedSite]
    themes: Mapping[Theme, Text]
    levels: Mapping[Level, tuple[Text, Text]]
    language_names: Mapping[Language, str]
    since: str
    until: str


@dataclass(frozen=True)
class Check(Page):
    """What would be given to whom, before it is."""

    template = "mandates/check.html"
    typed: Typed
    giver: Giver
    themes: Sequence[Text]
    sites: Sequence[NamedSite]
    level: Text
    first: date
    last: date | None
    is_full: bool
    language_name: str
    until: datetime


@dataclass(frozen=True)
class MandatePage(Page):
    """One mandate, as its giver or its holder sees it.

    is_called_otherwise: that who accepted has another name than who was invited
    is_last: that it was not ended, as nobody else administers the company
    """

    template = "mandates/show.html"
    held: HeldMandate
    today: date
    is_called_otherwise: bool
    may_change: bool
    may_end: bool
    is_last: bool
    news: Text | None


@dataclass(frozen=True)
class ChangeMandate(Page):
    """What a mandate opens, to be narrowed, and its last day."""

    template = "mandates/change.html"
    held: HeldMandate
    typed: Typed
    fields: Mapping[str, Text]
    sites: Sequence[NamedSite]
    themes: Mapping[Theme, Text]
    levels: Mapping[Level, tuple[Text, Text]]
    until: str


@dataclass(frozen=True)
class InvitationPage(Page):
    """What somebody is invited to, before anybody knows who opens the link: no more than the letter says.

    invitation: None where it is no longer open
    """

    template = "mandates/invitation.html"
    giver: str | None
    invitation: MandateInvitation | None
    reach: Sequence[Text]


@dataclass(frozen=True)
class AcceptInvitation(Page):
    """The same to somebody whom their bank has identified: in whose name the mandate would be.

    is_own: that they sent it themselves
    """

    template = "mandates/accept.html"
    name: str
    giver: str | None
    reach: Sequence[Text]
    is_own: bool


def index(visit: Visit[User]) -> Mandates:
    """Everything of the party to whoever decides for it; to others what they hold themselves."""
    db, who, today = visit.db, visit.who, visit.today
    received = rights.received(db, who) if who.reach.acting_for is None else rights.own(db, who, today)
    mine = {one.id for one in received}
    given = [one for one in rights.given(db, who) if one.id not in mine]
    return Mandates(
        today=today,
        now=visit.now,
        decides=who.reach.is_full and bool(who.parties),
        may_give=who.reach.may_pass_on and bool(who.parties),
        is_company=who.reach.party is not None and who.reach.party.is_company,
        given=[one for one in given if not _is_over(one, today)],
        invitations=queries.invitations(db, who),
        states=labels.INVITATIONS,
        received=[one for one in received if not _is_over(one, today)],
        over=[one for one in (*given, *received) if _is_over(one, today)],
        is_acting=who.reach.acting_for is not None,
        choices=frozenset(choice.id for choice in who.reach.choices),
        news=_news(visit),
    )


def new(visit: Visit[ConfirmedUser]) -> Reply:
    """The form, with everything proposed that mostly is meant, but whom and what."""
    if not visit.who.reach.may_pass_on:
        raise NotCovered
    if not visit.who.parties:
        return Redirect(MANDATES)
    proposed = {
        "giver": str(queries.givers(visit.db, visit.who)[0].id),
        "sites": forms.ALL,
        "since": visit.today.isoformat(),
        "until": rules.proposed_last(visit.today).isoformat(),
        "language": visit.language.value,
    }
    return _form(visit, Typed(proposed))


def give(visit: Visit[ConfirmedUser]) -> Reply:
    """Show what would be given, give it, or go back to the form: which of them the pressed button says."""
    if not visit.who.reach.may_pass_on:
        raise NotCovered
    if not visit.who.parties:
        return Redirect(MANDATES)
    sent = forms.typed(visit.form)
    asked = read(InvitationForm, sent)
    if isinstance(asked, Typed):
        return Answer(_form(visit, asked), status=422)
    typed = Typed(_values(sent))
    step = said(visit.form, "step")
    if step == "change":
        return _form(visit, typed)
    try:
        if step != "give":
            actions.check(visit.db, visit.who, asked.value, visit.today)
            return _check(visit, typed, asked)
        invited = actions.invite(visit.db, visit.who, asked.value, visit.now)
    except CannotBeGiven as refused:
        return Answer(_form(visit, Typed(typed.values, {refused.field: refused.says})), status=422)
    if invited:
        letters.invite(visit.db, visit.installation, invited, visit.now)
    return _done(_what_comes(visit, invited))


def withdraw(visit: Visit[User]) -> Redirect:
    """Take an invitation back. Raises NoSuchInvitation."""
    actions.withdraw(visit.db, visit.who, visit.id("id"), visit.now)
    return _done(News.WITHDRAWN)


def show(visit: Visit[User]) -> MandatePage:
    """One mandate. Raises NoSuchMandate."""
    held = queries.by_id(visit.db, visit.who, visit.id("id"))
    invited_as, may_pass_on = held.invited_as, visit.who.reach.may_pass_on
    return MandatePage(
        held=held,
        today=visit.today,
        is_called_otherwise=invited_as is not None and rules.is_called_otherwise(invited_as, held.right.name),
        may_change=held.is_given and may_pass_on and held.is_open(visit.today),
        may_end=not held.is_given or may_pass_on,
        is_last=visit.query.get("news") == News.LAST,
        news=_news(visit),
    )


def end(visit: Visit[User]) -> Redirect:
    """End a mandate: one press, as giver or as holder. Raises NoSuchMandate."""
    mandate_id = visit.id("id")
    try:
        ended = actions.end(visit.db, visit.who, mandate_id, visit.now)
    except LastAdministrator:
        return Redirect(f"{MANDATES}/{mandate_id}?news={News.LAST}")
    if ended:
        letters.tell_of_end(visit.db, visit.installation, ended, visit.now)
    return _done(News.ENDED)


def show_change(visit: Visit[ConfirmedUser]) -> ChangeMandate:
    """What a mandate opens now. Raises NoSuchMandate."""
    held = _given(visit)
    mandate = held.mandate
    values = {
        "themes": " ".join(mandate.themes.split(",")),
        "sites": forms.ALL if mandate.every_site else " ".join(str(site) for site in sorted(held.sites)),
        "level": mandate.level,
        "until": mandate.valid_to.isoformat() if mandate.valid_to else "",
    }
    return _change_form(visit, held, Typed(values))


def change(visit: Visit[ConfirmedUser]) -> Reply:
    """Narrow a mandate, or move its last day. Raises NoSuchMandate."""
    held = _given(visit)
    sent = forms.typed(visit.form)
    asked = read(ExtentForm, sent)
    if isinstance(asked, Typed):
        return Answer(_change_form(visit, held, asked), status=422)
    try:
        changed = actions.change(visit.db, visit.who, held.mandate.id, asked.value, visit.now)
    except CannotBeGiven as refused:
        again = Typed(_values(sent), {refused.field: refused.says})
        return Answer(_change_form(visit, held, again), status=422)
    except LastAdministrator as refused:
        return Answer(_change_form(visit, held, Typed(_values(sent), {"level": refused.says})), status=422)
    if changed is None:
        return Redirect(f"{MANDATES}/{held.mandate.id}?news={News.SAME}")
    letters.tell_of_change(visit.db, visit.installation, changed, visit.now)
    return Redirect(f"{MANDATES}/{changed.mandate.id}?news={News.CHANGED}")


def show_invitation(visit: Visit[Anyone]) -> Reply:
    """What the letter's link leads to: looking changes nothing, as programs that look for viruses open links too."""
    try:
        invitation = actions.open_invitation(visit.db, visit.path["secret"], visit.now)
    except InvitationOver:
        return Answer(InvitationPage(None, None, ()), status=InvitationOver.status)
    giver = visit.db.get_one(Party, invitation.grantor_id)
    return InvitationPage(giver.name, invitation, letters.reach(invitation, giver))


def take_along(visit: Visit[Anyone]) -> Reply:
    """To the bank, and the invitation goes along in a cookie: no journey, kept form or log ever holds its token."""
    if not TOKEN.fullmatch(visit.path["secret"]):
        return Answer(InvitationPage(None, None, ()), status=InvitationOver.status)
    return Redirect(f"{MANDATES}/accept", [Cookie(INVITATION_COOKIE, visit.path["secret"], HOUR_S)])


def show_acceptance(visit: Visit[ConfirmedUser]) -> Reply:
    """In whose name the mandate would be, and the button: looking changes nothing."""
    try:
        invitation = actions.open_invitation(visit.db, _token(visit), visit.now)
    except InvitationOver:
        return Answer(InvitationPage(None, None, ()), status=InvitationOver.status)
    giver = visit.db.get_one(Party, invitation.grantor_id)
    is_own = invitation.account_id == visit.who.account_id or giver.id in visit.who.reach.own
    return AcceptInvitation(visit.who.name, giver.name, letters.reach(invitation, giver), is_own)


def accept(visit: Visit[ConfirmedUser]) -> Reply:
    """Take the mandate. Raises OwnInvitation."""
    try:
        accepted = actions.accept(visit.db, visit.who, _token(visit), visit.now)
    except InvitationOver:
        return Answer(InvitationPage(None, None, ()), status=InvitationOver.status)
    letters.tell_of_acceptance(visit.db, visit.installation, accepted, visit.now)
    return Redirect(f"{MANDATES}/{accepted.mandate.id}?news={News.ACCEPTED}", [Cookie(INVITATION_COOKIE, None)])


def _what_comes(visit: Visit[ConfirmedUser], invited: Invited | None) -> News:
    """What is said of an invitation: that we write when it is accepted only where we know an address."""
    if invited is None:
        return News.WAITS
    return News.INVITED if lookups.inviter_of(visit.db, invited.row) else News.SENT


def _form(visit: Visit[ConfirmedUser], typed: Typed) -> NewMandate:
    return NewMandate(
        typed=typed,
        fields=FIELDS,
        givers=queries.givers(visit.db, visit.who),
        sites=queries.sites(visit.db, visit.who, visit.today),
        themes=THEMES,
        levels=labels.LEVELS,
        language_names=LANGUAGES,
        since=days.as_written(typed.value("since")),
        until=days.as_written(typed.value("until")),
    )


def _check(visit: Visit[ConfirmedUser], typed: Typed, asked: Valid[InvitationForm]) -> Check:
    value = asked.value
    chosen = set(value.sites)
    return Check(
        typed=typed,
        giver=next(one for one in queries.givers(visit.db, visit.who) if one.id == value.giver),
        themes=theme_words(value.themes),
        sites=[one for one in queries.sites(visit.db, visit.who, visit.today) if one.id in chosen],
        level=labels.LEVELS[value.level][0],
        first=value.since,
        last=value.until,
        is_full=value.grant.is_full,
        language_name=LANGUAGES[value.language],
        until=visit.now + rules.INVITED_FOR,
    )


def _given(visit: Visit[ConfirmedUser]) -> HeldMandate:
    """A mandate that whoever asks gave, or gives for."""
    held = queries.by_id(visit.db, visit.who, visit.id("id"))
    if not held.is_given:
        raise queries.NoSuchMandate
    if not visit.who.reach.may_pass_on:
        raise NotCovered
    return held


def _change_form(visit: Visit[ConfirmedUser], held: HeldMandate, typed: Typed) -> ChangeMandate:
    grant = held.extent.grant
    return ChangeMandate(
        held=held,
        typed=typed,
        fields=FIELDS,
        sites=[
            one
            for one in queries.sites(visit.db, visit.who, visit.today)
            if one.party_id == held.mandate.grantor_id and (grant.sites is None or one.id in grant.sites)
        ],
        themes={theme: words for theme, words in THEMES.items() if theme in grant.themes},
        levels={level: words for level, words in labels.LEVELS.items() if level is Level.SEE or grant.level is level},
        until=days.as_written(typed.value("until")),
    )


def _token(visit: Visit[ConfirmedUser]) -> str:
    return visit.cookies.get(INVITATION_COOKIE, "")


def _is_over(right: Right, today: date) -> bool:
    return right.state(today) is RightState.ENDED


def _values(sent: FormData) -> Mapping[str, str]:
    return {key: value for key, value in sent.items() if isinstance(value, str)}


def _news(visit: Visit[User]) -> Text | None:
    news = one_of(News, visit.query.get("news"), None)
    return labels.NEWS.get(news) if news else None


def _done(news: News) -> Redirect:
    return Redirect(f"{MANDATES}?news={news}")


CHANGED: Final = text("Opened the form to change a mandate")

routes = [
    page(MANDATES, index, who=user, viewed=text("Looked at the mandates")),
    page("/mandates/new", new, who=decides_confirmed, viewed=text("Opened the form of a new mandate")),
    action("/mandates/new", give, who=decides_confirmed, many=MANY),
    action("/mandates/invitations/{id}/withdraw", withdraw, who=decides),
    page("/mandates/accept", show_acceptance, who=confirmed_user, viewed=text("Looked at an invitation")),
    action("/mandates/accept", accept, who=confirmed_user),
    page("/mandates/accept/{secret}", show_invitation, who=anyone),
    action("/mandates/accept/{secret}", take_along, who=anyone),
    page("/mandates/{id}", show, who=user, viewed=text("Looked at a mandate")),
    action("/mandates/{id}/end", end, who=user),
    page("/mandates/{id}/change", show_change, who=decides_confirmed, viewed=CHANGED),
    action("/mandates/{id}/change", change, who=decides_confirmed, many=MANY),
]
