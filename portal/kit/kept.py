"""What was typed into a form that could not be taken, as its session had ended: what of it is kept, and where it goes.

Never kept: files, account numbers, what is very long, and a form in which a password is typed, for
it may stand there twice, under another name.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from sqlmodel import Session
from starlette.datastructures import FormData

from portal.kit.access import Anyone

MARK: Final = "kept"  # the query parameter of a page whose form is to be given back, and the fragment that leads to it
PAGE_FIELD: Final = "_page"
MOST_FIELDS: Final = 60
MOST_CHARACTERS: Final = 20_000
LONGEST_PAGE: Final = 1900  # an address with the mark fits in what a journey to the bank remembers
PASSWORDS: Final = frozenset({"password", "passphrase", "pin", "otp", "secret"})
SECRETS: Final = PASSWORDS | {"token", "iban", "account"}
ACCOUNT_NUMBER: Final = re.compile(r"[A-Za-z]{2}[0-9]{2}[A-Za-z0-9]{11,30}")
LOCAL: Final = re.compile(r"/(?!/)[^\\\x00-\x20\x7f]*")

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Form:
    """A form that was sent: where to, and what was typed."""

    action: str
    fields: Fields


@dataclass(frozen=True)
class FormStore:
    """Where such forms wait for whoever typed them; `app.py` gives the one that knows sessions and keys."""

    keep: Callable[[Session, str, Form, datetime], UUID | None]
    """Keeps a form for the person whom its token is made out to; None where there was no such session."""
    find: Callable[[Session, Anyone, UUID, datetime], Form | None]
    """The form of an id, for the same person acting for the same party; None for anybody else."""
    forget: Callable[[Session, Anyone, UUID], None]
    """Removes a form of that person's, which has been sent now."""


NO_FORM_STORE: Final = FormStore(lambda *_: None, lambda *_: None, lambda *_: None)


def typed(action: str, data: FormData) -> Form | None:
    """What of a sent form is worth keeping; None where nothing is, or too much, or where a password is among it."""
    if any(not name.startswith("_") and PASSWORDS & _parts(name) for name in data):
        return None
    fields = tuple(_kept(data))
    length = sum(len(name) + len(value) for name, value in fields)
    return Form(action, fields) if 0 < len(fields) <= MOST_FIELDS and length <= MOST_CHARACTERS else None


def _kept(data: FormData) -> Iterator[tuple[str, str]]:
    for name, value in data.multi_items():
        if not isinstance(value, str) or name.startswith("_") or SECRETS & _parts(name):
            continue
        if not ACCOUNT_NUMBER.fullmatch(re.sub(r"\s", "", value)):
            yield name, value


def _parts(name: str) -> set[str]:
    return set(re.split(r"[-_.]", name.lower()))


def marked(page: str, form_id: UUID) -> str:
    """The address of a page that gives a form back."""
    parts = urlsplit(page)
    query = urlencode([*((name, value) for name, value in parse_qsl(parts.query) if name != MARK), (MARK, form_id)])
    return f"{parts.path}?{query}#{MARK}"


def mark_of(page: str) -> UUID | None:
    """Which form an address gives back, None for none."""
    try:
        return next((UUID(value) for name, value in parse_qsl(urlsplit(page).query) if name == MARK), None)
    except ValueError:
        return None


def is_local(page: str) -> bool:
    """Whether an address is a path of ours that can be come back to."""
    return len(page) <= LONGEST_PAGE and LOCAL.fullmatch(page) is not None
