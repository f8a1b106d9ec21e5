"""The way in by a passkey (Web Authentication Level 3), which a person adds after their bank has proved them.

It cannot be phished or reused: the browser answers for our own address only, each challenge once, and only after its
person has been verified on their device. It still proves a person whom the bank proved once, and opens everyday pages.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

import webauthn
from cryptography.exceptions import UnsupportedAlgorithm
from sqlmodel import Session
from webauthn.helpers import (
    base64url_to_bytes,
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal.auth import actions as sessions
from portal.auth.actions import SESSION_COOKIE, Entry, Proof
from portal.auth.identification import People
from portal.auth.passkeys import actions
from portal.auth.passkeys.actions import Credential
from portal.auth.passkeys.models import LONGEST_ID, LONGEST_KEY
from portal.auth.people import ConfirmedUser, User
from portal.auth.rules import Way
from portal.auth.ways import Offer
from portal.kit.access import Anyone
from portal.kit.i18n import Language, text
from portal.kit.transactions import writing
from portal.kit.web import Cookie, FlowVisit

ADDRESS: Final = "/sign-in/passkey"
PROOF: Final = Proof(Way.PASSKEY, acr="passkey", amr="pop user")  # RFC 8176, section 2
LONGEST_ANSWER: Final = 16_384  # characters
CHALLENGE_BYTES: Final = 32
MALFORMED: Final = (
    *(WebAuthnException, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError),
    UnsupportedAlgorithm,
)
"""What the library raises of an answer that is none: of its forms it checks some, and trips over the others."""

Options = Mapping[str, Any]
"""What a browser is told before it makes a passkey or uses one: the JSON that it reads."""


@dataclass(frozen=True)
class Passkeys:
    """What the way stands on: how people are known, our address, and what we are called."""

    people: People
    base_url: str
    called: Callable[[Language], str]
    now: Callable[[], datetime]

    @property
    def domain(self) -> str:
        """The domain for which passkeys are made, whichever port the portal has."""
        return urlsplit(self.base_url).hostname or ""


class NotOurs(Exception):
    """The answer is no passkey's that we know, or not to a challenge of ours, or its person was not verified."""


def offer() -> Offer:
    """A link to the page from which the browser's own dialog opens."""
    return Offer(ADDRESS, "fingerprint", text("Sign in by a passkey"), text("Opens the everyday pages"))


def begin(passkeys: Passkeys, db: Session, now: datetime) -> Options:
    """A challenge for whoever has a passkey of ours; which ones there are is not told."""
    secret = secrets.token_bytes(CHALLENGE_BYTES)
    actions.challenge(db, secret, None, now)
    options = webauthn.generate_authentication_options(
        rp_id=passkeys.domain, challenge=secret, user_verification=UserVerificationRequirement.REQUIRED
    )
    return _told(webauthn.options_to_json(options))


async def finish(passkeys: Passkeys, visit: FlowVisit[Anyone], said: str) -> Cookie:
    """The cookie of a new session. Raises NotOurs; the challenge is spent then, too."""
    secret = _challenge_in(said)
    if not await writing(visit, lambda db: actions.take(db, secret, None, visit.now)):
        raise NotOurs
    return Cookie(SESSION_COOKIE, await writing(visit, lambda db: _enter(passkeys, visit, db, said, secret)))


def begin_adding(passkeys: Passkeys, db: Session, who: ConfirmedUser, language: Language, now: datetime) -> Options:
    """A challenge for a person who adds a passkey; those that they have are told, so that none is made twice."""
    secret = secrets.token_bytes(CHALLENGE_BYTES)
    actions.challenge(db, secret, who.account_id, now)
    name = who.name or passkeys.called(language)  # some have no name at their bank
    options = webauthn.generate_registration_options(
        rp_id=passkeys.domain,
        rp_name=passkeys.called(language),
        user_id=who.account_id.bytes,
        user_name=name,
        user_display_name=name,
        challenge=secret,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential_id) for one in actions.of_person(db, who)],
    )
    return _told(webauthn.options_to_json(options))


async def finish_adding(passkeys: Passkeys, visit: FlowVisit[ConfirmedUser], said: str) -> Credential:
    """The passkey that a browser has made for a person. Raises NotOurs."""
    secret, account_id = _challenge_in(said), visit.who.account_id
    if not await writing(visit, lambda db: actions.take(db, secret, account_id, visit.now)):
        raise NotOurs
    try:
        made = webauthn.verify_registration_response(
            credential=parse_registration_credential_json(said),
            expected_challenge=secret,
            expected_rp_id=passkeys.domain,
            expected_origin=passkeys.base_url,
            require_user_verification=True,
        )
        # With no attestation nothing was signed by the key yet: one that cannot be used would be refused for ever.
        decoded_public_key_to_cryptography(decode_credential_public_key(made.credential_public_key))
    except MALFORMED:
        raise NotOurs from None
    if len(made.credential_id) > LONGEST_ID or len(made.credential_public_key) > LONGEST_KEY:
        raise NotOurs
    return Credential(made.credential_id, made.credential_public_key, made.sign_count)


def _enter(passkeys: Passkeys, visit: FlowVisit[Anyone], db: Session, said: str, secret: bytes) -> str:
    try:
        credential = parse_authentication_credential_json(said)
        passkey = actions.by_credential(db, credential.raw_id)
        if passkey is not None:
            sessions.alone(db, passkey.account_id)
            passkey = actions.by_credential(db, credential.raw_id)
        if passkey is None or credential.response.user_handle not in {None, passkey.account_id.bytes}:
            raise NotOurs
        used = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=secret,
            expected_rp_id=passkeys.domain,
            expected_origin=passkeys.base_url,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except MALFORMED:
        raise NotOurs from None
    passkey.sign_count, passkey.used_at = used.new_sign_count, visit.now
    old = visit.who.session_id if isinstance(visit.who, User) else None
    people = passkeys.people
    entry = Entry(passkey.account_id, PROOF, old, people.first_choice, people.language)
    return sessions.enter(db, entry, passkeys.now())


def _challenge_in(said: str) -> bytes:
    """The challenge that an answer says it answers. Raises NotOurs."""
    try:
        if len(said) > LONGEST_ANSWER:
            raise NotOurs
        client_data = base64url_to_bytes(json.loads(said)["response"]["clientDataJSON"])
        return parse_client_data_json(client_data).challenge
    except (WebAuthnException, ValueError, KeyError, TypeError, RecursionError):
        raise NotOurs from None


def _told(options: str) -> Options:
    told: Options = json.loads(options)
    return told
