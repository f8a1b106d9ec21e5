"""`portal keys`: the keys that prove the portal to brokers are made, rotated, listed; data is sealed by a new key."""

import argparse
from pathlib import Path

from portal.cli.arguments import Commands
from portal.cli.console import DONE, IN_PART, aside


def add(commands: Commands) -> None:
    """Add the command and its acts."""
    command = commands.add("keys", "The keys by which the portal proves itself to brokers.", "keys new --dir keys")
    acts = Commands(command, "ACT")
    does = "Seal identity codes and photos anew by the newest of PORTAL_DATA_KEYS, so that the older ones can go."
    acts.add("reseal", does, "keys reseal", reseal)
    for act in (
        acts.add("new", "Make the keys that are missing.", "keys new --dir keys", new),
        acts.add("rotate", "Take the next step towards new keys.", "keys rotate --dir keys", rotate),
        acts.add("list", "List the keys by their public ids.", "keys list", list_keys),
    ):
        act.add_argument("--dir", type=Path, help="folder of the keys (PORTAL_KEYS_DIR)")


def new(asked: argparse.Namespace) -> int:
    """Make the keys that are missing."""
    from portal.auth.oidc.keys import make_missing

    folder = _folder(asked)
    made = make_missing(folder)
    for path in made:
        print(f"made {path}")
    if not made:
        print(f"{folder} has all keys already; nothing is changed.")
    return DONE


def rotate(asked: argparse.Namespace) -> int:
    """Take the next step towards new keys, role by role."""
    from portal.auth.oidc import rotation
    from portal.kit import clock

    for step in rotation.rotate(_folder(asked), clock.now()):
        again = f" Run this again after {step.again:%Y-%m-%d %H:%M} UTC." if step.again else ""
        print(f"{step.role:<8}{step.says}{again}")
    return DONE


def reseal(_asked: argparse.Namespace) -> int:
    """Seal anew whatever an older data key sealed."""
    from portal.cli.installation import current, database, environ
    from portal.kit.crypto import Vault
    from portal.operating import resealing
    from portal.settings import data_keys

    keys = data_keys(environ())
    with database(environ()) as found:
        done = resealing.reseal(current(found), Vault(keys.data_keys, keys.index_key))
    print(f"{done} values were sealed anew; all of them open by the newest key now.")
    return DONE


def list_keys(asked: argparse.Namespace) -> int:
    """List the keys by their public ids, and say which others can read."""
    from portal.auth.oidc.keys import load, readable_by_others

    folder = _folder(asked)
    keys = load(folder)
    for role, found in (("sig", keys.verifying), ("enc", keys.decrypting), ("entity", (keys.entity,))):
        for key in found:
            print(f"{role:<8}{key.thumbprint()}")
    exposed = readable_by_others(folder)
    for path in exposed:
        aside(f"{path} can be read by others than its owner; `chmod 600 {path}` mends it.")
    return IN_PART if exposed else DONE


def _folder(asked: argparse.Namespace) -> Path:
    from portal.cli.installation import environ

    folder: Path = asked.dir or Path(environ().get("PORTAL_KEYS_DIR") or "keys")
    return folder
