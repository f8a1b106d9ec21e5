"""What makes a password, and how often one may be tried (NIST SP 800-63B-4, 3.1.1 and 3.2.2; OWASP ASVS 5.0, V6.2)."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from portal.kit.i18n import Text, text

SHORTEST: Final = 15
LONGEST: Final = 128
LONGEST_NAME: Final = 320  # characters of a login name with its blanks; an address has 254 (RFC 5321)
MOST_TYPED: Final = 512  # characters that are looked at; what is longer is too long however its letters are composed
LEAST_VARIETY: Final = 6  # different characters; fewer are a key held down, or a rhythm
WORD: Final = 4  # letters of a word that tells of somebody; shorter ones stand in any sentence

TRIES: Final = 10
ONE_COMES_BACK: Final = timedelta(minutes=30)
"""Ten tries at once, then one every half an hour: some 58 in a day. The standard would end it after 100 failures in a
row, which whoever goes on reaches on the second day; we go on slowly instead, so that nobody locks anybody out."""

CODE_DIGITS: Final = 8
CODE_LIVES: Final = timedelta(hours=1)
CODE_TRIES: Final = 5
LETTERS_A_DAY: Final = 5
DEVICE_KNOWN: Final = timedelta(days=400)  # the longest that browsers keep a cookie
MOST_DEVICES: Final = 10


def normal(typed: str) -> str:
    """A password as it counts: whichever way a keyboard composes its letters (NFC), and nothing else is changed."""
    return typed[:MOST_TYPED] if len(typed) > MOST_TYPED else unicodedata.normalize("NFC", typed)


def weakness(password: str, told: Collection[str]) -> Text | None:
    """What is to be changed about a password, in its normal form; None where it may be taken.

    `told` are the words by which others would begin to guess: of the person, of where they live, of the service.
    """
    if len(password) < SHORTEST:
        return text("Write at least %(n)s characters: a few words that do not belong together do well.", n=SHORTEST)
    if len(password) > LONGEST:
        return text("Write at most %(n)s characters.", n=LONGEST)
    if len(set(password.casefold())) < LEAST_VARIETY:
        return text("Choose another one: this repeats the same few characters.")
    plain = password.casefold()
    if any(word in plain for word in told):
        return text("Leave out your name, your address, your email address and the name of this service.")
    return None


def telling_words(texts: Iterable[str]) -> frozenset[str]:
    """The words of some texts, such as names and addresses, that are long enough to tell of somebody."""
    words = (word for one in texts for word in re.split(r"[\W_]+", unicodedata.normalize("NFC", one).casefold()))
    return frozenset(word for word in words if len(word) >= WORD and word not in {"com", "example"})


def wait(full_at: datetime | None, now: datetime) -> timedelta:
    """How long until there is a try, in a bucket that is full again at an instant; zero where there is one now."""
    begins = max(full_at or now, now)
    return max(begins + ONE_COMES_BACK - TRIES * ONE_COMES_BACK - now, timedelta(0))


def after_a_try(full_at: datetime | None, now: datetime) -> datetime:
    """When a bucket is full again from which a try has been taken."""
    return max(full_at or now, now) + ONE_COMES_BACK
