"""`portal account`: what an operator does about how people sign in."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from portal.cli.arguments import Commands, times
from portal.cli.console import DONE, NotDone

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from sqlmodel import Session


def add(commands: Commands) -> None:
    """Add the command and its acts."""
    example = "account load-breached pwned.txt"
    command = commands.add("account", "How people sign in.", example)
    acts = Commands(command, "ACT")
    does = "Take in a list of stolen passwords, which nobody may set: a SHA-1 a line, with or without :COUNT."
    load = acts.add("load-breached", does, example, load_breached)
    load.add_argument("file", type=Path, help="file of hashes, as Have I Been Pwned publishes them")
    load.add_argument("--seen", type=times, default=1, help="only those seen so often or more (%(default)s)")

    everybodys = "End every session of everybody, in every process at once."
    acts.add("end-all-sessions", everybodys, "account end-all-sessions", end_all_sessions)

    for name, does, run in (
        ("end-sessions", "End every session of a person, in every process at once.", end_sessions),
        ("close", "The same, and remove their password and passkeys; by their bank they come in as before.", close),
    ):
        act = acts.add(name, does, f"account {name} 30112045", run)
        act.add_argument("customer_number", metavar="CUSTOMER_NUMBER", help="a person's number")


def end_all_sessions(_asked: argparse.Namespace) -> int:
    """End every session of everybody."""
    from portal.auth import actions
    from portal.cli.installation import current, database, environ
    from portal.kit import clock

    with database(environ()) as found, current(found).writing() as db:
        ended = actions.end_everybodys(db, clock.now())
    print(f"{ended} sessions were ended; everybody signs in anew.")
    return DONE


def end_sessions(asked: argparse.Namespace) -> int:
    """End every session of a person."""
    from portal.auth import closing

    print(f"{_done(asked.customer_number, closing.end_sessions)} sessions were ended.")
    return DONE


def close(asked: argparse.Namespace) -> int:
    """End every session of a person, and remove their ways in but the bank; a message and letters tell them."""
    from portal.account import factor_letters
    from portal.auth import closing
    from portal.cli.installation import environ
    from portal.settings import Settings

    phone = Settings.from_environment(environ()).brand.phone

    def told(db: "Session", account_id: "UUID", party_id: "UUID", now: "datetime") -> int:
        factor_letters.tell_of_closing(db, phone, account_id, party_id, now)
        return closing.close(db, account_id, party_id, now)

    ended = _done(asked.customer_number, told)
    print(f"{ended} sessions were ended; the password and the passkeys, if there were any, are removed.")
    return DONE


def _done(customer_number: str, deed: "Callable[[Session, UUID, UUID, datetime], int]") -> int:
    from portal.cli.installation import current, database, environ
    from portal.customers.lookups import account_of
    from portal.kit import clock

    with database(environ()) as found, current(found).writing() as db:
        person = account_of(db, customer_number)
        if person is None:
            raise NotDone("Nobody has signed in who is a customer under this number, so there is nothing to end")
        return deed(db, *person, clock.now())


def load_breached(asked: argparse.Namespace) -> int:
    """Take in a list of stolen passwords."""
    from portal.auth.passwords import breaches
    from portal.cli.installation import current, database, environ

    with database(environ()) as found:
        taken = breaches.load(current(found), asked.file, asked.seen)
    print(f"{taken} stolen passwords are in the list; nobody can set one of them.")
    return DONE
