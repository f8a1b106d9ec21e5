"""The images, as far as can be seen without building them: what they hold, as whom they run, where they write."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from portal import VERSION
from tests import sbom
from tests.operating.conftest import Installation
from tests.ports import free_port
from tests.running import PATIENCE_S

ROOT = Path(__file__).parent.parent
# Root may write whatever the modes say; without these it is as any other user.
AS_ANYBODY = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
SETTINGS = {
    "PORTAL_SECRET_KEYS": "correct-horse-battery-staple-0123456789",
    "PORTAL_DATA_KEYS": "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=",
    "PORTAL_INDEX_KEY": "AgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICE=",
    "PORTAL_BASE_URL": "https://oma.example.fi",
    "PORTAL_BROKER_PROFILE": "demo",
}


def stages():
    """The Dockerfile's stages by name, in their order: what each stands on, and its instructions."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")
    made, base = {}, {}
    for line in text.splitlines():
        if found := re.fullmatch(r"FROM (\S+) AS (\S+)", line):
            name = found[2]
            base[name], made[name] = found[1], []
        elif line and not line.startswith(("#", "ARG")):
            made[name].append(line.split(maxsplit=1))
    return base, made


def all_of(stage):
    """The instructions of a stage and of those it stands on."""
    base, made = stages()
    return [*(all_of(base[stage]) if base[stage] in made else []), *made[stage]]


def said(stage, instruction):
    return [rest for word, rest in all_of(stage) if word == instruction]


@pytest.fixture
def root(tmp_path):
    """The production image's own files, as its stages put them together, which nobody may write to."""
    image = tmp_path / "image"
    for rest in said("lean", "COPY"):
        what, where = rest.split()[-2:]
        source = ROOT / ("static" if what == "/build/static" else what)
        shutil.copytree(source, image / where, ignore=shutil.ignore_patterns("__pycache__"))
    for line in said("lean", "RUN"):
        if line.startswith("rm -r "):
            for path in line.removeprefix("rm -r ").split():
                shutil.rmtree(image / path)
    for path in (*image.rglob("*"), image):
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield image
    for path in (image, *image.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


class Container(Installation):
    """The production image, run without an engine: its files, its environment, a volume."""

    def __init__(self, root, volume):
        super().__init__(root)
        self.port, self.log = free_port(), volume.parent / "log"
        self.environ = {
            "PATH": os.environ["PATH"],
            "PYTHONDONTWRITEBYTECODE": "1",
            "PORTAL_ENV": "test",
            "PORTAL_INTERNAL_PORT": "0",
            "PORTAL_DATABASE_URL": environment("portal")["PORTAL_DATABASE_URL"].replace("/data", str(volume)),
            "PORTAL_KEYS_DIR": environment("portal")["PORTAL_KEYS_DIR"].replace("/data", str(volume)),
        } | SETTINGS

    def command(self, *arguments):
        return [*AS_ANYBODY, sys.executable, "-m", "portal", *arguments]

    def run(self, *arguments):
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )


def environment(stage):
    return dict(one.split("=", 1) for rest in said(stage, "ENV") for one in rest.split())


def test_the_last_image_is_for_production_and_each_runs_as_a_user_that_owns_its_volume():
    _, made = stages()
    assert [*made][-1] == "portal"
    for image in ("portal", "demo"):
        assert said(image, "USER") == ["10001:10001"], "a name would not do for Kubernetes' runAsNonRoot"
        assert any("groupadd --gid 10001 portal" in line for line in said(image, "RUN"))
        assert any("useradd --uid 10001 --gid portal" in line for line in said(image, "RUN"))
        assert said(image, "VOLUME") == ["/data"]
        assert any(
            "install --directory --owner=portal --group=portal --mode=700 /data" in line for line in said(image, "RUN")
        )
        words = [word for word, _ in all_of(image)]
        assert "RUN" not in words[words.index("USER") :], "what runs later would be the user's to change"
        for name in ("PORTAL_DATABASE_URL", "PORTAL_KEYS_DIR"):
            assert "/data/" in environment(image)[name]


def test_the_demo_image_shows_everything_at_both_ports():
    command = json.loads(said("demo", "CMD")[-1])
    assert command == ["demo", "--host", "0.0.0.0", "--data", "/data/demo"]
    assert environment("demo")["PORTAL_ENV"] == "demo"
    assert said("demo", "EXPOSE") == ["8000", "8001"]
    [script] = re.findall(r"^(docker run --rm --publish.*)$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert re.findall(r"--publish (\d+):(\d+)", script) == [("8000", "8000"), ("8001", "8001")]
    assert ["COPY", "--from=whole /srv/portal ."] in all_of("demo")
    assert ["COPY", "--from=lean /srv/portal ."] in all_of("portal")


def test_an_image_that_still_makes_up_its_data_is_not_called_unwell():
    for image in ("portal", "demo"):
        [check] = said(image, "HEALTHCHECK")
        times = {name: int(seconds) for name, seconds in re.findall(r"--(\S+)=(\d+)s", check)}
        assert times["start-period"] >= 180, "tried: the demo needs 40 s where nothing else runs"
        assert times["timeout"] < times["interval"]
        assert f":{said('portal', 'EXPOSE')[0]}/livez" in check


def test_the_guide_runs_it_with_no_more_rights_than_it_needs():
    told = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    [run] = re.findall(r'^run="(docker run .*)"$', told.replace("\\\n", ""), re.MULTILINE)
    for right in ("--read-only", "--tmpfs /tmp", "--cap-drop ALL", "--security-opt no-new-privileges"):
        assert right in run
    assert "--volume portal:/data" in run
    assert "--read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges" in " ".join(told.split())


def test_the_production_image_has_no_test_bank_and_needs_none(root, tmp_path):
    volume = tmp_path / "data"
    volume.mkdir(mode=0o700)
    container = Container(root, volume)
    touched = subprocess.run([*AS_ANYBODY, "touch", root / "portal" / "new"], capture_output=True, check=False)
    assert touched.returncode, "its root is not read-only here, so this shows nothing"
    assert not [path for path in root.rglob("*.py") if "mischief" in path.read_text(encoding="utf-8").lower()]
    assert not [*root.glob("*/demo")]
    assert container.run("keys", "new").returncode == 0
    migrated = container.run("migrate")
    assert migrated.returncode == 0, migrated.stderr
    assert "modes     well" in container.run("check").stdout
    for command, lacks in (("demo", "has no demo"), ("bank", "has no test bank")):
        refused = container.run(command)
        assert (refused.returncode, lacks in refused.stderr, len(refused.stderr.splitlines())) == (2, True, 1)
    log = (tmp_path / "log").open("wb")
    serving = subprocess.Popen(
        container.command("serve", "--port", str(container.port)), cwd=root, env=container.environ, stderr=log
    )
    try:
        container.wait_until_ready(serving)
        assert container.get("/sign-in")[0] == 200
    finally:
        serving.terminate()
        serving.wait(PATIENCE_S)
        log.close()
    assert sorted(path.name for path in volume.iterdir()) == ["keys", "portal.db"]


def test_no_package_runs_a_script_when_it_is_installed():
    for place in (ROOT, ROOT / "tests" / "lighthouse"):
        assert "ignore-scripts=true" in (place / ".npmrc").read_text(encoding="utf-8").splitlines()
    assert ".npmrc" in " ".join(said("browser", "COPY"))


def test_what_the_image_is_made_of_is_told_from_the_lists():
    made = sbom.document()
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    assert made["metadata"]["component"]["version"] == VERSION
    by_name = {one["name"]: one for one in made["components"]}
    assert len({one["purl"] for one in made["components"]}) == len(made["components"])
    assert {"starlette", "sqlalchemy", "authlib", "htmx.org", "@fontsource-variable/figtree"} <= by_name.keys()
    assert not {"pytest", "axe-core", "oidc-provider"} & by_name.keys()
    assert by_name["htmx.org"]["purl"].startswith("pkg:npm/htmx.org@")
    assert by_name["htmx.org"]["hashes"][0]["alg"] == "SHA-512"
    assert len(by_name["htmx.org"]["hashes"][0]["content"]) == 128
    assert made == sbom.document()
