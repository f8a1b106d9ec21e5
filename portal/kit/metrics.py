"""Counting, for Prometheus (text format 0.0.4). Nothing that is counted says anything about a person.

Each process counts for itself. Where several serve together, each leaves its counts in a folder every second, and one
adds them up.
"""

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Counts = Mapping[str, float]
"""Sums by series, as Prometheus writes them: `portal_requests_total{route="/livez",status="2xx"}`."""


class Meter:
    """What one process counts, which only its event loop does, and what it knows of now."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._watched: dict[str, Callable[[], float]] = {}

    def watch(self, name: str, now: Callable[[], float]) -> None:
        """Tell of what is so now, and is gone with the process."""
        self._watched[name] = now

    def count(self, name: str, labels: Mapping[str, str], by: float = 1) -> None:
        """Add to a series."""
        self._counts[series(name, labels)] += by  # type: ignore[assignment] # a Counter takes any number

    @property
    def counts(self) -> Counts:
        """What has been counted so far, and is so now."""
        return {**self._counts, **self.now}

    @property
    def now(self) -> Counts:
        """What is so now."""
        return {name: now() for name, now in self._watched.items()}


def share(meter: Meter, folder: Path) -> None:
    """Leave this process's counts in a folder every second, for as long as it lives."""
    kept, part = folder / f"{os.getpid()}.json", folder / f"{os.getpid()}.part"

    def leave() -> None:
        while True:
            part.write_text(json.dumps({"counts": meter.counts, "now": [*meter.now]}), encoding="utf-8")
            part.replace(kept)
            time.sleep(1)

    threading.Thread(target=leave, daemon=True).start()


def gathered(folder: Path, living: Collection[int]) -> Counts:
    """The sums of what all processes left. Of those that have ended, what they counted: counters never go back."""
    sums: dict[str, float] = {}
    for file in folder.glob("*.json"):
        left = json.loads(file.read_bytes())
        gone = () if int(file.stem) in living else left["now"]
        for name, value in left["counts"].items():
            if name not in gone:
                sums[name] = sums.get(name, 0) + value
    return sums


@dataclass(frozen=True)
class Family:
    """Series of one name, with what they mean."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    means: str
    values: Counts


def exposition(families: Iterable[Family]) -> str:
    """The text that Prometheus reads."""
    return "".join(map(_family, families))


def series(name: str, labels: Mapping[str, str]) -> str:
    """The name of a series."""
    inside = ",".join(f'{label}="{value}"' for label, value in labels.items())
    return f"{name}{{{inside}}}" if inside else name


def resident_bytes(processes: Sequence[int]) -> Counts:
    """The memory that processes hold now, by process id; those of which the system tells nothing are left out."""
    sizes = {}
    for process in processes:
        try:
            pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
        except (OSError, ValueError):
            continue
        sizes[series("portal_resident_memory_bytes", {"process": str(process)})] = float(
            pages * os.sysconf("SC_PAGE_SIZE")
        )
    return sizes


def _family(family: Family) -> str:
    head = f"# HELP {family.name} {family.means}\n# TYPE {family.name} {family.kind}\n"
    return head + "".join(f"{name} {value!r}\n" for name, value in family.values.items())
