"""What identification decides, without a database or a request: codes, sessions, journeys, addresses, ways in."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from portal.kit.i18n import Text, text
from portal.kit.pagination import LONGEST_ADDRESS

IDLE = timedelta(minutes=15)
LONGEST_SESSION = timedelta(hours=12)
CONFIRMATION = timedelta(minutes=5)
SEEN_EVERY = timedelta(minutes=1)
JOURNEY = timedelta(minutes=10)
BINDING = timedelta(minutes=15)
BANK_KEPT = timedelta(days=400)  # the longest that browsers keep a cookie
BINDING_FORM = re.compile(r"[A-Za-z0-9_-]{43}")

CENTURIES = {"+": 1800} | dict.fromkeys("-YXWVU", 1900) | dict.fromkeys("ABCDEF", 2000)
CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
CODE = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})([-+YXWVUABCDEF])([0-9]{3})([0-9A-Y])")


class Checksum(StrEnum):
    """Whether a code's last character must be the right one; some brokers' personas have wrong ones."""

    REQUIRED = "required"
    PASSED_OVER = "passed over"


@dataclass(frozen=True)
class CodePolicy:
    """Which identity codes are taken. Individual numbers from 900 are temporary, never a real person's."""

    checksum: Checksum = Checksum.REQUIRED
    highest_individual: int = 899


REAL_PEOPLE = CodePolicy()
TEST_PEOPLE = CodePolicy(highest_individual=999)


@dataclass(frozen=True)
class IdentityCode:
    """A Finnish personal identity code (henkilötunnus) and the birth date in it."""

    text: str
    born: date


class NotAnIdentityCode(ValueError):
    """The text is no identity code, or none that is taken here; the text itself is never repeated."""


def identity_code(text: str, policy: CodePolicy = REAL_PEOPLE) -> IdentityCode:
    """Read an identity code, in any case, with space around it: DDMMYY, century sign, NNN, check character.

    The sex that the individual number tells is not read. Raises NotAnIdentityCode.
    """
    found = CODE.fullmatch(text.strip().upper())
    if found is None:
        raise NotAnIdentityCode("not of the form DDMMYYCNNNT")
    day, month, year, century, individual, check = found.groups()
    if not 2 <= int(individual) <= policy.highest_individual:
        raise NotAnIdentityCode("an individual number outside of what is taken here")
    expected = CHECK_CHARACTERS[int(day + month + year + individual) % 31]
    if policy.checksum is Checksum.REQUIRED and check != expected:
        raise NotAnIdentityCode("a wrong check character")
    try:
        born = date(CENTURIES[century] + int(year), int(month), int(day))
    except ValueError:
        raise NotAnIdentityCode("no such birth date") from None
    return IdentityCode(found[0], born)


@dataclass(frozen=True)
class SessionTimes:
    """When a session was last used, when it must end at the latest, and whether it has ended."""

    seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None


def is_alive(session: SessionTimes, now: datetime) -> bool:
    """A session lives until it is ended, fifteen minutes pass unused, or its twelve hours are over."""
    return session.ended_at is None and now < session.seen_at + IDLE and now < session.expires_at


def is_confirmed(confirmed_at: datetime, now: datetime) -> bool:
    """A proof of identity is fresh for five minutes."""
    return now <= confirmed_at + CONFIRMATION


def is_noteworthy(seen_at: datetime, now: datetime) -> bool:
    """A visit is noted at most once a minute."""
    return now >= seen_at + SEEN_EVERY


class SignInOutcome(StrEnum):
    """What becomes of somebody who comes back from the bank."""

    WELCOME = "welcome"
    EXPIRED = "expired"
    ELSEWHERE = "elsewhere"
    SPENT = "spent"


@dataclass(frozen=True)
class Journey:
    """What is known of one journey to the bank when somebody comes back from it."""

    is_spent: bool
    is_bound_here: bool  # the browser holds the binding cookie that the journey began with
    expires_at: datetime


def outcome(journey: Journey, now: datetime) -> SignInOutcome:
    """How far a return may go. A journey takes one step, pending to spent, and takes it once.

    A spent one stays spent after its time, for the browser that began it: its person may be signed in by now.
    """
    if journey.is_spent and journey.is_bound_here:
        return SignInOutcome.SPENT
    if now >= journey.expires_at:
        return SignInOutcome.EXPIRED
    return SignInOutcome.WELCOME if journey.is_bound_here else SignInOutcome.ELSEWHERE


HOME = "/overview"


def local_path(asked: str | None, otherwise: str = HOME) -> str:
    r"""A path on our own origin to return to: the one asked for, or the other one where that leads elsewhere.

    Browsers read `//host`, `/\host` and paths with control characters as other origins (WHATWG URL, 4.4).
    """
    if asked is None or not asked.startswith("/") or len(asked) > LONGEST_ADDRESS:
        return otherwise
    if asked.startswith("//") or "\\" in asked or any(character <= " " or character == "\x7f" for character in asked):
        return otherwise
    parts = urlsplit(asked)
    return otherwise if parts.scheme or parts.netloc else asked


def binding(cookie: str | None) -> str | None:
    """The binding that a browser holds already, one for all its tabs; None for what is none of ours."""
    return cookie if cookie is not None and BINDING_FORM.fullmatch(cookie) else None


def bank_mark(broker: str, bank: str) -> str:
    """By which a browser remembers the bank that was used last: of one form, whatever brokers call banks."""
    return hashlib.sha256(f"{broker} {bank}".encode()).hexdigest()[:16]


class Way(StrEnum):
    """A way in."""

    BANK = "bank"
    PASSWORD = "password"  # noqa: S105 - a code
    PASSKEY = "passkey"


class Asks(StrEnum):
    """What a route asks of whoever comes: nothing, any way in, the bank in this session, the bank a moment ago."""

    NOTHING = "nothing"
    ANY_WAY = "any way"
    BANK = "bank"
    BANK_NOW = "bank now"  # at most `CONFIRMATION` ago


@dataclass(frozen=True, slots=True)
class Opening:
    """Some routes that ask the same, and in words what one does there."""

    asks: Asks
    says: Text
    routes: frozenset[tuple[str, str]]  # method and path


def _opening(asks: Asks, says: Text, **paths: str) -> Opening:
    return Opening(asks, says, frozenset((method, path) for method, said in paths.items() for path in said.split()))


OPENS: Final[Sequence[Opening]] = (
    _opening(Asks.NOTHING, text("Outages, help, the privacy notice, the terms of use, and signing in and out"),
        GET="/ /outages /outages.json /help /terms /privacy-notice /accessibility /styleguide /livez"
            " /.well-known/security.txt /.well-known/jwks.json /.well-known/openid-federation /oidc/signed-jwks"
            " /sign-in /sign-in/password /sign-in/passkey /sign-in/return /session /account/confirm-email"
            " /calendar/{secret}.ics /payments/callback /mandates/accept/{secret}",
        POST="/sign-in/bank /sign-in/password /sign-in/passkey /sign-in/passkey/begin /session /session/form /sign-out"
             " /sign-out/back-channel/{profile}"
             " /language /csp-report /account/confirm-email /mandates/accept/{secret}"),
    _opening(Asks.ANY_WAY, text("Looking at the overview, the sites and their consumption"),
        GET="/overview /sites /sites/{id} /consumption"),
    _opening(Asks.ANY_WAY, text("Looking at invoices, saving one, checking and paying them"),
        GET="/invoices /invoices/{id} /invoices/{id}/pdf /invoices/{id}/finvoice /invoices/{id}/check /invoices/check"
            " /invoices/month /payments/{id} /payments/{id}/return /account/calendar",
        POST="/invoices/{id}/pay /payments/{id}/ask /payments/{id}/end /account/calendar/end"),
    _opening(Asks.ANY_WAY, text("Looking at contracts, consents, authorisations and mandates"),
        GET="/contracts /contracts/{id} /contracts/{id}/pdf /consents /consents/history /consents/receipts/{id}"
            " /authorisations /authorisations/new /authorisations/{id} /authorisations/receipts/{id} /organisation"
            " /mandates /mandates/{id}"),
    _opening(Asks.ANY_WAY, text("Reading messages and writing to customer service"),
        GET="/messages /messages/new /messages/{id} /feedback",
        POST="/messages/read /messages/new /messages/{id} /messages/{id}/read /messages/{id}/close /feedback"),
    _opening(Asks.ANY_WAY, text("Looking at service requests and filling one in"),
        GET="/requests /requests/new /requests/{id} /requests/{id}/pdf /requests/new/end /requests/new/due-date"
            " /requests/new/payment-plan /requests/new/reading /requests/new/meter-work /requests/new/move-in"
            " /requests/new/withdrawal /requests/new/correction /requests/new/change-product"
            " /requests/new/refund-account /requests/new/billing-rhythm /requests/{id}/photo",
        POST="/requests/new/end /requests/new/due-date /requests/new/payment-plan /requests/new/reading"
             " /requests/new/meter-work /requests/new/move-in /requests/new/withdrawal /requests/new/correction"
             " /requests/new/change-product /requests/new/refund-account /requests/new/billing-rhythm"
             " /requests/{id}/answer /requests/{id}/photo"),
    _opening(Asks.ANY_WAY, text("Looking at your details, choosing the language, and ending sessions"),
        GET="/account /account/sign-in /account/address /account/billing /welcome /welcome/contact /welcome/billing"
            " /confirm",
        POST="/account/language /account/sessions/{id}/end /account/sessions/end-others /account/sessions/end-all"
             " /act-as /welcome/skip /confirm/bank"),
    _opening(Asks.BANK, text("Sending a service request, or cancelling one"),
        POST="/requests/{id}/send /requests/{id}/cancel"),
    _opening(Asks.BANK, text("Giving and withdrawing consents and prohibitions, ending an authorisation or a mandate"),
        POST="/consents /authorisations/{id}/end /mandates/{id}/end /mandates/invitations/{id}/withdraw"),
    _opening(Asks.BANK, text("Changing the postal address and how invoices come, and making a calendar of due dates"),
        POST="/account/address /account/billing /account/contact/again /welcome/billing /account/calendar"),
    _opening(Asks.BANK, text("Downloading lists of sites and invoices, and readings"),
        GET="/sites/download /invoices/download /invoices/pdfs /consumption/download", POST="/invoices/pdfs"),
    _opening(Asks.BANK, text("Everything that we hold about you, its log, and requests about it"),
        GET="/privacy /privacy/data /privacy/log /privacy/requests /privacy/requests/new /privacy/requests/{id}",
        POST="/privacy/requests/new /privacy/requests/{id}/answer /privacy/requests/{id}/withdraw"),
    _opening(Asks.BANK_NOW, text("Changing the email address or the phone number"),
        GET="/account/contact", POST="/account/contact /welcome/contact"),
    _opening(Asks.BANK_NOW, text("Setting, changing and removing a password or a passkey"),
        GET="/account/sign-in/password",
        POST="/account/sign-in/password /account/sign-in/password/name /account/sign-in/password/remove"
             " /account/sign-in/passkey /account/sign-in/passkey/begin /account/sign-in/passkey/name"
             " /account/sign-in/passkey/remove"),
    _opening(Asks.BANK_NOW, text("Giving an authorisation to another company"), POST="/authorisations/new"),
    _opening(Asks.BANK_NOW, text("Giving, accepting and changing a mandate"),
        GET="/mandates/new /mandates/accept /mandates/{id}/change",
        POST="/mandates/new /mandates/accept /mandates/{id}/change"),
    _opening(Asks.BANK_NOW, text("Downloading everything that we hold as a data package"),
        GET="/privacy/package", POST="/privacy/package"),
)  # fmt: skip
"""What each way in opens, route by route. The help page prints it, and the tests of access judge by it."""

OPENED_BY: Final[Mapping[Way, frozenset[Asks]]] = {
    Way.BANK: frozenset(Asks),
    Way.PASSWORD: frozenset({Asks.NOTHING, Asks.ANY_WAY}),
    Way.PASSKEY: frozenset({Asks.NOTHING, Asks.ANY_WAY}),
}
_ASKS: Final[Mapping[tuple[str, str], Asks]] = {route: one.asks for one in OPENS for route in one.routes}


def asks(method: str, path: str) -> Asks | None:
    """What a method at the path of a route asks; None for a route that the table does not name."""
    return _ASKS.get(("GET" if method == "HEAD" else method, path))


def is_open_to(way: Way, method: str, path: str) -> bool:
    """Whether a way in opens a method at the path of a route; what the table does not name, only the bank opens.

    How long ago the bank was asked is for the guard of the route.
    """
    return way is Way.BANK or asks(method, path) in OPENED_BY[way]
