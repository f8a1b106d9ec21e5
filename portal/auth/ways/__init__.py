"""The ways in, a module each, all with the same functions; what each opens stands in `auth/rules.py`, `OPENS`.

offer: what of it stands on the page on which one signs in
begin: the first step, which leads to the bank, to a form, or to the browser's own dialog
finish: the last step, from what came back to the cookie of a session, or to why there is none
What a way has proved it tells `auth/actions.py` as a `Proof`: how strongly, by which methods, how fresh it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from portal.auth.rules import Way
from portal.kit.i18n import Text, text

NAMES: Final[Mapping[Way, Text]] = {
    Way.BANK: text("Bank identification"),
    Way.PASSWORD: text("Password"),
    Way.PASSKEY: text("Passkey"),
}
"""What each is called."""


@dataclass(frozen=True)
class Offer:
    """What stands of a way beside the banks: where it begins, and what is said of it."""

    href: str
    icon: str
    title: Text
    hint: Text
