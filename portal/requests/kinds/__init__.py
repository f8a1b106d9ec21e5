"""Every kind of request, in the order in which they are offered. A kind is a file here and a line below."""

from collections.abc import Mapping
from typing import Any, Final

from portal.requests.kind import Kind
from portal.requests.kinds.end import END

KINDS: Final[tuple[Kind[Any], ...]] = (END,)
BY_CODE: Final[Mapping[str, Kind[Any]]] = {kind.code: kind for kind in KINDS}
