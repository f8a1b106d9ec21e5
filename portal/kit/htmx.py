"""What htmx 4 asks for and understands; the only place that knows its headers.

Sources: htmx 4.0.1, dist/skills/htmx-guidance.md, "HTTP Headers".
"""

from typing import Final
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import Response

IN_ADDRESSES: Final = ":/%#?=@[]!$&'()*+,;"  # RFC 3986, 2.2, and what is quoted already; headers hold no other letters
VARY = "HX-Request, HX-Request-Type, HX-Target, HX-History-Restore-Request, Cookie, Accept-Language, Accept-Encoding"


def is_asking(headers: Headers) -> bool:
    """Whether htmx sent the request, a step back in history included."""
    return "hx-request" in headers or "hx-history-restore-request" in headers


def block(headers: Headers) -> str | None:
    """The block that htmx asks for: the id in `HX-Target: tag#id`; None where it wants the whole page."""
    if headers.get("hx-request") != "true" or headers.get("hx-request-type") != "partial":
        return None
    if headers.get("hx-history-restore-request") == "true":
        return None
    return headers.get("hx-target", "").partition("#")[2] or None


def redirect(to: str, status: int = 200) -> Response:
    """An answer that makes htmx load another page as a full navigation."""
    return Response(status_code=status, headers={"HX-Redirect": quote(to, safe=IN_ADDRESSES)})


def telling(event: str) -> dict[str, str]:
    """Headers by which the regions of the page that wait for an event fetch themselves again."""
    return {"HX-Trigger": event}
