"""What the templates print again and again."""

from decimal import ROUND_HALF_UP, Decimal

from django import template
from django.templatetags.static import static
from django.utils.dateformat import format as formatted
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import get_language

register = template.Library()
ICONS = "vendor/icons.svg"


@register.simple_tag
def icon(name, css=""):
    """An icon of the sprite."""
    classes = f"icon {css}" if css else "icon"
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, static(ICONS), name)


@register.filter
def moment(at, pattern):
    """A day or an instant, as programs and as people read it."""
    if hasattr(at, "hour"):
        at = localtime(at)
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), formatted(at, pattern))


@register.filter
def in_month(day):
    """`marraskuussa`."""
    name = formatted(day, "F").lower()
    return {"fi": f"{name}ssa", "sv": f"i {name}"}.get(get_language(), f"in {formatted(day, 'F')}")


@register.filter
def kwh(mwh, decimals=0):
    """Milliwatt-hours in kilowatt-hours."""
    step = Decimal(1).scaleb(-decimals)
    return number_format((Decimal(mwh) / 1_000_000).quantize(step, ROUND_HALF_UP), decimals)


@register.filter
def kwh_unit(mwh, decimals=0):
    """The same with the unit."""
    return f"{kwh(mwh, decimals)}\N{NO-BREAK SPACE}kWh"


@register.filter
def name_of(product):
    """A product's name in the language."""
    return getattr(product, f"name_{get_language()}")


@register.filter
def capital(words):
    """The same with a capital at its beginning."""
    return words[:1].upper() + words[1:]
