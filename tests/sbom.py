"""`python -m tests.sbom`: what the production image is made of, as CycloneDX 1.6 (ECMA-424), from the locked lists.

The same lists make the same document: it holds no time and no random number.
"""

import base64
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def document() -> dict:
    """The whole document."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": PROJECT["name"], "version": PROJECT["version"]}},
        "components": sorted([*_of_python(), *_of_browser()], key=lambda one: one["purl"]),
    }


def _of_python() -> Iterator[dict]:
    """The libraries of requirements.txt; which of a library's files was installed, its hash tells on the machine."""
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith((" ", "#")):
            pinned = Requirement(line.rstrip(" \\"))
            version = next(iter(pinned.specifier)).version
            yield _component(pinned.name, version, f"pkg:pypi/{pinned.name}@{version}")


def _of_browser() -> Iterator[dict]:
    """What package-lock.json brings into the image: nothing that only the tests need."""
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    for place, package in lock["packages"].items():
        if place and not package.get("dev"):
            name = place.removeprefix("node_modules/")
            kind, _, digest = package["integrity"].partition("-")
            hashes = [{"alg": f"SHA-{kind.removeprefix('sha')}", "content": base64.b64decode(digest).hex()}]
            purl = f"pkg:npm/{name.replace('@', '%40')}@{package['version']}"
            yield _component(name, package["version"], purl) | {"hashes": hashes}


def _component(name: str, version: str, purl: str) -> dict:
    return {"type": "library", "name": name, "version": version, "purl": purl, "bom-ref": purl}


if __name__ == "__main__":
    print(json.dumps(document(), indent=2))
