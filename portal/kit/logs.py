"""One JSON object a line on standard error: time, level, who says it, and what; never what a request carried."""

import json
import logging
import traceback
from datetime import UTC, datetime

LAST = 5  # frames of a failure: where it came from, without the layers that every request passes


class OneLine(logging.Formatter):
    """Renders a record. Our own messages are JSON objects already; what others say stands under `message`."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record. Of an exception only its kind and places are told: its words may hold a person."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        said = record.getMessage()
        line: dict[str, object] = {"time": at, "level": record.levelname.lower(), "log": record.name}
        line |= json.loads(said) if said.startswith("{") else {"message": said}
        if record.exc_info and record.exc_info[1]:
            line |= _failure(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def to_standard_error() -> None:
    """Let our own loggers speak, and others only of what is wrong: their smaller talk may name whole addresses."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    logging.getLogger("portal").setLevel(logging.INFO)


def _failure(failed: BaseException) -> dict[str, object]:
    frames = traceback.extract_tb(failed.__traceback__)[-LAST:]
    return {"error": type(failed).__name__, "at": [f"{one.filename}:{one.lineno} {one.name}" for one in frames]}
