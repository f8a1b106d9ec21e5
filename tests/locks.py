"""The lists of libraries, every line one version with its hashes: `python -m tests.locks check` says what they lack.

pip installs what a list names and looks for nothing else (`--no-deps`), so that nothing published later comes in. So a
list is whole: it names all that its libraries ask for, under the extras they ask for (`coverage[toml]`).
`python -m tests.locks write` writes them anew with uv; `python -m tests.locks audit` asks for known weaknesses.
"""

import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from itertools import product
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
TEST = "requirements-test.txt"
COMPILE = (
    *("uv", "pip", "compile", "-", "--quiet", "--universal", "--python-version", "3.11"),
    *("--no-strip-extras", "--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate"),
)
# Strict: a version that the service does not know would else be passed over, and all would seem to be well.
AUDIT = ("uvx", "--quiet", "pip-audit", "--strict", "--disable-pip", "--require-hashes", "--requirement", "/dev/stdin")
AUDIT_NPM = ("npm", "audit", "--omit=dev")
AUDITED = "requirements.txt"
UNANSWERED = (
    "Not answered, or not well: pip-audit says above what is weak, or what it could not ask about. An index that does"
    ' not tell of weaknesses (a mirror) finds nothing; make audit ARGS="--vulnerability-service osv" asks elsewhere.'
)
UNANSWERED_NPM = (
    "Not answered, or not well: npm says above what is weak, or why it could not ask. A registry that does not tell of"
    " weaknesses (a mirror) has no audit endpoint; npm_config_registry=... make audit asks another one."
)
Environment = dict[str, str]  # the values of environment markers (PEP 508)
Asks = Callable[[str], Iterable[str]]  # what a library of this name asks for, as its metadata says: Requires-Dist
HERE: Environment = {name: str(value) for name, value in default_environment().items()}
PYTHONS = [{"python_version": f"3.{minor}", "python_full_version": f"3.{minor}.0"} for minor in (11, 12, 13, 14)]
SYSTEMS = [
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
]
ENVIRONMENTS = [HERE, *(HERE | python | system for python, system in product(PYTHONS, SYSTEMS))]


def asked() -> dict[str, list[str]]:
    """What pyproject.toml asks for, by the list that answers; the first holds all that the others share."""
    libraries = PROJECT["project"]["dependencies"]
    return {
        TEST: [*libraries, *PROJECT["project"]["optional-dependencies"]["test"]],
        AUDITED: libraries,
        "requirements-build.txt": PROJECT["build-system"]["requires"],
    }


@dataclass(frozen=True)
class Pin:
    """A line of a list: a library, its one version, and the hashes of its files."""

    requirement: Requirement
    hashes: tuple[str, ...]

    @property
    def name(self) -> str:
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        """Raises ValueError where the line leaves a choice."""
        named = str(self.requirement.specifier)
        if not named.startswith("==") or "," in named or "*" in named:
            raise ValueError(f"{self.requirement} names no single version")
        return named.removeprefix("==")

    def __str__(self) -> str:
        """The line as of an environment in which it counts."""
        return " ".join([f"{self.name}=={self.version}", *(f"--hash={one}" for one in self.hashes)])

    @property
    def extras(self) -> set[str]:
        return extras_of(self.requirement)

    def counts(self, environment: Environment) -> bool:
        return _counts(self.requirement, environment)


def pins(text: str) -> list[Pin]:
    """The lines of a list."""
    lines = text.replace("\\\n", " ").splitlines()
    parts = [line.split(" --hash=") for line in lines if line.strip() and not line.startswith("#")]
    return [Pin(Requirement(wanted), tuple(map(str.strip, hashes))) for wanted, *hashes in parts]


def read() -> dict[str, list[Pin]]:
    """The lists as they stand."""
    return {name: pins((ROOT / name).read_text(encoding="utf-8")) for name in asked()}


def lacks() -> list[str]:
    """What keeps any of the lists from being whole, here or on another Python or system, a sentence each."""
    listed = read()
    return sorted(
        {
            f"{name}: {one}"
            for name, wanted in asked().items()
            for place in ENVIRONMENTS
            for one in complaints(wanted, listed[name], _installed, place)
        }
    )


def _installed(name: str) -> list[str]:
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:  # on another system; what is missing here is told by what asks for it
        return []


def complaints(wanted: Iterable[str], listed: list[Pin], asks: Asks, environment: Environment) -> Iterator[str]:
    """What keeps a list from being all that is wanted, and nothing else, where `environment` holds; a sentence each."""
    here = {pin.name: pin for pin in listed if pin.counts(environment)}
    todo = [("pyproject.toml", Requirement(one)) for one in wanted]
    seen: set[tuple[str, str]] = set()
    while todo:
        by, requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        pin = here.get(name)
        if pin is None:
            yield f"{by} asks for {requirement}, which is not listed: run `make lock`"
            continue
        if pin.version not in requirement.specifier:
            yield f"{by} asks for {requirement}, and {pin.requirement} is listed: run `make lock`"
        extras = extras_of(requirement)
        for extra in sorted(extras - pin.extras) if name != by else ():  # an extra may be made of others of its own
            yield f"{by} asks for {name}[{extra}], and {name} is listed without that extra: run `make lock`"
        for extra in {"", *extras}:
            if (name, extra) not in seen:
                seen.add((name, extra))
                todo += [(name, one) for one in needs(asks(name), environment, extra)]
    for name in sorted(here.keys() - {name for name, _ in seen}):
        yield f"{name} is listed, and nothing asks for it: run `make lock`"


def needs(requires: Iterable[str], environment: Environment, extra: str = "") -> list[Requirement]:
    """What of a library's `Requires-Dist` counts where `environment` holds: its own, or that of one of its extras."""
    return [one for one in map(Requirement, requires) if _counts(one, environment, extra)]


def extras_of(requirement: Requirement) -> set[str]:
    """The extras that are asked for, each by its one name: uv writes `fast-sums` for `fast_sums`."""
    return set(map(canonicalize_name, requirement.extras))


def _counts(requirement: Requirement, environment: Environment, extra: str = "") -> bool:
    return requirement.marker is None or requirement.marker.evaluate(environment | {"extra": extra})


def write(*more: str) -> None:
    """Write each list; versions stay as they are where they can. `more` goes to uv: `--upgrade` takes the newest."""
    for name, wanted in asked().items():
        shared = () if name == TEST else ("--constraint", TEST)
        command = [*COMPILE, *shared, "--output-file", name, *more]
        subprocess.run(command, cwd=ROOT, input="\n".join(wanted), text=True, check=True, stdout=subprocess.DEVNULL)


def rounds(listed: list[Pin]) -> list[list[Pin]]:
    """Every version that a list names, on whatever Python and system, in rounds: in one, a library has one version."""
    made: list[dict[str, Pin]] = []
    for pin in listed:
        free = next((one for one in made if pin.name not in one), None)
        if free is None:
            made.append(free := {})
        free[pin.name] = pin
    return [[*one.values()] for one in made]


def audit(*more: str) -> list[str]:
    """Ask about each library of the portal and each browser file; what kept that from ending well, a text each.

    `more` goes to pip-audit.
    """
    asked = [
        subprocess.run([*AUDIT, *more], cwd=ROOT, input="\n".join(map(str, one)), text=True, check=False).returncode
        for one in rounds(read()[AUDITED])
    ]
    asked_npm = subprocess.run(AUDIT_NPM, cwd=ROOT, check=False).returncode
    return [*([UNANSWERED] if any(asked) else []), *([UNANSWERED_NPM] if asked_npm else [])]


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["check"]:
            sys.exit("\n".join(lacks()) or None)
        case ["write", *more]:
            try:
                write(*more)
            except subprocess.CalledProcessError:
                sys.exit("The lists could not be written; uv says why above.")
        case ["audit", *more]:
            sys.exit("\n".join(audit(*more)) or None)
        case _:
            sys.exit("python -m tests.locks check, write [what uv takes, such as --upgrade], or audit")
