"""How numbers, money, energy, days and hours read in each language.

Finnish and Finland-Swedish follow the recommendations of the Institute for the Languages of Finland; English keeps
the decimal comma, as on the bill. Templates call these as filters and never Babel.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache, partial

import phonenumbers
from babel import Locale
from phonenumbers import NumberParseException, PhoneNumberFormat

from portal.kit.clock import HELSINKI
from portal.kit.energy import Energy
from portal.kit.i18n import Language
from portal.kit.money import Money

NBSP = "\u00a0"
MINUS = "\u2212"
DASH = "\u2013"
AT = {Language.FI: "klo", Language.SV: "kl.", Language.EN: "at"}
LONGEST_GROUP = 5  # digits of a phone number that are read at once
MWH_FROM = 10_000_000_000  # 10 000 kWh, in milliwatt-hours: from there on figures are read in MWh


@dataclass(frozen=True)
class CalendarNames:
    """The names of a language's months and weekdays, January and Monday first."""

    months: tuple[str, ...]  # as they stand alone: marraskuu
    months_short: tuple[str, ...]  # for the ticks of a chart: marras
    weekdays: tuple[str, ...]
    weekdays_short: tuple[str, ...]


@cache
def names(language: Language) -> CalendarNames:
    """The calendar words of a language, from CLDR."""
    locale = Locale(language)
    wide, short = locale.months["stand-alone"]["wide"], locale.months["stand-alone"]["abbreviated"]
    days, brief = locale.days["stand-alone"]["wide"], locale.days["stand-alone"]["abbreviated"]
    return CalendarNames(
        tuple(wide[n] for n in range(1, 13)),
        tuple(short[n].rstrip(".") for n in range(1, 13)),
        tuple(days[n] for n in range(7)),
        tuple(brief[n].rstrip(".") for n in range(7)),
    )


def number(value: Decimal | int, digits: int = 0) -> str:
    """`1 234,56`: so many decimals, rounded half-up, with a true minus sign."""
    rounded = Decimal(value).quantize(_last_of(digits), ROUND_HALF_UP)
    sign = MINUS if rounded < 0 else ""
    return sign + f"{abs(rounded):,f}".replace(",", NBSP).replace(".", ",")


@cache
def _last_of(digits: int) -> Decimal:
    """The last of so many decimals: 0.01 of two."""
    return Decimal(1).scaleb(-digits)


def exact(value: Decimal, at_least: int = 2) -> str:
    """A decimal with all the decimals it has, but not fewer than `at_least`."""
    exponent = value.normalize().as_tuple().exponent
    has = max(0, -exponent) if isinstance(exponent, int) else 0
    return number(value, max(at_least, has))


def euros(money: Money) -> str:
    """`1 234,56`: the figure alone."""
    return number(money.euros, 2)


def money(amount: Money) -> str:
    """`1 234,56 €`."""
    return euros(amount) + NBSP + "€"


def percent(value: Decimal | int) -> str:
    """`12 %`, or `25,5 %` where the value has a decimal."""
    return exact(Decimal(value), 0) + NBSP + "%"


def kwh(energy: Energy) -> str:
    """`412 kWh`, `23,4 kWh`, `0,46 kWh`, `12,3 MWh`: three figures or so, whatever the size."""
    figure, unit = kwh_parts(energy)
    return figure + NBSP + unit


def kwh_parts(energy: Energy) -> tuple[str, str]:
    """The figure and the unit of `kwh`, apart."""
    if abs(energy.milliwatt_hours) >= MWH_FROM:
        return number(energy.kwh / 1000, 1), "MWh"
    kwh = energy.kwh
    size = abs(kwh)
    return number(kwh, 0 if size >= 100 or not size else 1 if size >= 10 else 2), "kWh"


def kwh_compared(energy: Energy) -> str:
    """`412,4 kWh`, `23,42 kWh`, `6 069,4 MWh`: four figures at least, of which tenths of a per cent can be read."""
    figure, unit = kwh_compared_parts(energy)
    return figure + NBSP + unit


def kwh_compared_parts(energy: Energy) -> tuple[str, str]:
    """The figure and the unit of `kwh_compared`, apart."""
    value, unit, least = (
        (energy.kwh / 1000, "MWh", 1) if abs(energy.milliwatt_hours) >= MWH_FROM else (energy.kwh, "kWh", 0)
    )
    before_comma = len(f"{abs(value):.0f}")
    return number(value, min(2, max(least, 4 - before_comma)) if value else 0), unit


def kwh_exact(energy: Energy) -> str:
    """`9 057,93 kWh`: two decimals always, as on a bill."""
    return number(energy.kwh, 2) + NBSP + "kWh"


def cents_per_kwh(price: Decimal) -> str:
    """`8,49 c/kWh`, with all the decimals the price has."""
    return exact(price) + NBSP + "c/kWh"


def clock(at: datetime, language: Language) -> str:
    """`9.05` in Finnish, `09.05` in Swedish, `09:05` in English; Helsinki time."""
    local = at.astimezone(HELSINKI)
    if language is Language.FI:
        return f"{local.hour}.{local.minute:02}"
    return f"{local.hour:02}{'.' if language is Language.SV else ':'}{local.minute:02}"


def full_date(day: date, language: Language) -> str:
    """`21.11.2026`, or `21 Nov 2026`."""
    if language is Language.EN:
        return f"{day_month(day, language)}{NBSP}{day.year}"
    return f"{day.day}.{day.month}.{day.year}"


def day_month(day: date, language: Language) -> str:
    """`20.11.` in Finnish, `20.11` in Swedish, `20 Nov` in English."""
    if language is Language.EN:
        return f"{day.day}{NBSP}{names(language).months_short[day.month - 1]}"
    return f"{day.day}.{day.month}{'.' if language is Language.FI else ''}"


def date_range(first: date, last: date, language: Language) -> str:
    """`1.–31.10.2026`: what both days share is said once."""
    if first == last:
        return full_date(first, language)
    if first.year != last.year:
        return f"{full_date(first, language)}{DASH}{full_date(last, language)}"
    if first.month != last.month:
        return f"{day_month(first, language)}{DASH}{full_date(last, language)}"
    return f"{first.day}{'.' if language is Language.FI else ''}{DASH}{full_date(last, language)}"


def weekday(day: date, language: Language) -> str:
    """`perjantai`."""
    return names(language).weekdays[day.weekday()]


def weekday_short(day: date, language: Language) -> str:
    """`pe`."""
    return names(language).weekdays_short[day.weekday()]


def weekday_date(day: date, language: Language) -> str:
    """`pe 4.12.2026`."""
    return f"{weekday_short(day, language)}{NBSP}{full_date(day, language)}"


def month_name(day: date, language: Language) -> str:
    """`marraskuu`."""
    return names(language).months[day.month - 1]


def month_short(day: date, language: Language) -> str:
    """`marras`."""
    return names(language).months_short[day.month - 1]


def month_year(day: date, language: Language) -> str:
    """`marraskuu 2026`."""
    return f"{month_name(day, language)} {day.year}"


def in_month(day: date, language: Language) -> str:
    """`marraskuussa`, `i november`, `in November`."""
    name = month_name(day, language)
    return {Language.FI: f"{name}ssa", Language.SV: f"i {name}", Language.EN: f"in {name}"}[language]


def instant(at: datetime, language: Language) -> str:
    """`21.11.2026 klo 9.05`, `21.11.2026 kl. 09.05`, `21 Nov 2026 at 09:05`."""
    day = at.astimezone(HELSINKI).date()
    return f"{full_date(day, language)} {AT[language]}{NBSP}{clock(at, language)}"


def instant_short(at: datetime, language: Language) -> str:
    """`20.11. klo 23.45`: an instant of these weeks."""
    day = at.astimezone(HELSINKI).date()
    return f"{day_month(day, language)} {AT[language]}{NBSP}{clock(at, language)}"


def country(code: str, language: Language) -> str:
    """`Suomi`: the name of a country of ISO 3166-1, or its code where it has none."""
    return str(Locale(language).territories.get(code, code))


@lru_cache(maxsize=4096)  # the places of a month's bars are the same in every chart
def svg(value: float) -> str:
    """`12.5`: a length as SVG writes it, with at most two decimals, and none that say nothing."""
    return f"{round(value, 2) + 0:g}"


def iso(at: datetime | date) -> str:
    """The machine's form, for `<time datetime>`; instants to the second, in Helsinki time with their offset."""
    return at.astimezone(HELSINKI).isoformat(timespec="seconds") if isinstance(at, datetime) else at.isoformat()


def capital(text: str) -> str:
    """A text with its first letter upper-case, the rest untouched."""
    return text[:1].upper() + text[1:]


def grouped(digits: str) -> str:
    """`FI21 1234 5600 0007 85`: in groups of four from the left, unbroken."""
    return NBSP.join(digits[at : at + 4] for at in range(0, len(digits), 4))


def initials(name: str) -> str:
    """The first letters of the first and the last word; none where no name is known."""
    words = name.split()
    return (words[0][:1] + words[-1][:1]).upper() if words else ""


def phone(number: str) -> str:
    """`+358 40 123 4567`: as the number's country groups it, long groups in two; what is no number stays as it is."""
    try:
        found = phonenumbers.parse(number)
    except NumberParseException:
        return number
    groups = phonenumbers.format_number(found, PhoneNumberFormat.INTERNATIONAL).split()
    return NBSP.join(f"{one[:-4]}{NBSP}{one[-4:]}" if len(one) > LONGEST_GROUP else one for one in groups)


PLAIN: tuple[Callable[..., object], ...] = (
    number,
    exact,
    euros,
    money,
    percent,
    kwh,
    kwh_parts,
    kwh_compared,
    kwh_compared_parts,
    kwh_exact,
    cents_per_kwh,
    svg,
    iso,
    capital,
    grouped,
    initials,
    phone,
)
WORDED: tuple[Callable[..., str], ...] = (
    clock,
    full_date,
    day_month,
    date_range,
    weekday,
    weekday_short,
    weekday_date,
    month_name,
    month_short,
    month_year,
    in_month,
    instant,
    instant_short,
    country,
)
ALIASES = {"date": "full_date"}

# Formats whose text is made of digits, units and calendar words: nothing that HTML reads can be in it.
FIGURES = frozenset(
    {*ALIASES, "svg", "exact", "euros", "iso", "percent", "kwh", "kwh_compared", "kwh_exact"}
) | frozenset(one.__name__ for one in (number, money, cents_per_kwh, *WORDED) if one is not country)


def filters(language: Language) -> Mapping[str, Callable[..., object]]:
    """Every format of this page as a template filter in one language, `date` for `full_date`."""
    found: dict[str, Callable[..., object]] = {plain.__name__: plain for plain in PLAIN}
    for worded in WORDED:
        found[worded.__name__] = partial(worded, language=language)
    return found | {alias: found[name] for alias, name in ALIASES.items()}
