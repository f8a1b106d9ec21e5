"""The countries that a code of two letters can name: ISO 3166-1 alpha-2, as assigned."""

import re
from typing import Final

from babel import Locale

# Beside them CLDR names reserved codes, and some to which users may give a meaning.
_ASSIGNED: Final = re.compile(r"(?!AC|CP|CQ|DG|EA|EU|EZ|IC|QO|TA|UN|XA|XB|XK|ZZ)[A-Z]{2}")

COUNTRIES: Final = frozenset(filter(_ASSIGNED.fullmatch, Locale("en").territories))


def is_country(code: str) -> bool:
    """Whether a code is a country's; the United Kingdom is `GB`, not `UK`."""
    return code in COUNTRIES
