"""The `portal` command: parses what is asked, calls who can do it, shows progress and what came of it.

Exit 0: done; 1: done in part; 2: not done. What goes wrong is one sentence on standard error. A command imports
what it needs when it runs, so that each starts as fast as it can.
"""

import argparse
import json
import os
import socket
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from portal.feeds.imports import ImportOptions
    from portal.feeds.report import Told
    from portal.kit.crypto import Vault
    from portal.kit.db import Database
    from portal.settings import Settings

DONE, IN_PART, NOT_DONE = EXITS = (0, 1, 2)  # also of what is well, worth mending, broken
LOOPBACK = "127.0.0.1"
HASH_BYTES = 32


class NotDone(Exception):
    """Nothing was done; the message says why and, where it is known, how to mend it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name; its exit code."""
    asked = _parser().parse_args(arguments)
    try:
        code: int = asked.run(asked)
        sys.stdout.flush()
    except BrokenPipeError:  # who reads us has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return IN_PART
    except KeyboardInterrupt:
        return _not_done("Stopped. What was not finished is not written.")
    except Exception as wrong:  # noqa: BLE001 - nobody is to read a traceback
        return _not_done(_sentence(wrong))
    return code


# demo and serve


def _demo(asked: argparse.Namespace) -> int:
    if find_spec("portal.demo") is None:
        raise NotDone("This is the production image, which has no demo; its target `demo` has (README.md)")
    from portal.app import create_app
    from portal.demo import run
    from portal.kit import clock
    from portal.kit.jobs import Shift
    from portal.kit.metrics import Meter
    from portal.kit.visits import working_threads
    from portal.operating import jobs
    from portal.operating.measures import counting, watch
    from portal.operating.serving import inside

    until = asked.until + timedelta(days=1) if asked.until else clock.day_of(clock.now())
    _check_free(asked.host, asked.port, "--port")
    _check_free(asked.host, asked.bank_port, "--bank-port")
    if asked.fresh:
        _forget(asked.data)
    demo = run.Demo(asked.host, asked.port, asked.bank_port, asked.data, until)
    settings, database = run.prepare(demo, os.environ, print)
    settings, meter, threads = _with_internal_port(settings), Meter(), working_threads()
    watch(meter, threads)
    app = create_app(settings, database, count=counting(meter), threads=threads)
    with (
        inside(settings, database, lambda: meter.counts, lambda: [os.getpid()]),
        jobs.beside(settings, Shift(database, clock.now)),
    ):
        run.serve(demo, settings, app, print)
    return DONE


def _forget(folder: Path) -> None:
    """Remove an earlier demo, and nothing that is not one."""
    from portal.demo import run

    if folder.exists() and any(folder.iterdir()) and not (folder / run.SECRETS).exists():
        raise NotDone(f"{folder} holds something else than a demo; --fresh does not remove it")
    run.remove(folder)


def _serve(asked: argparse.Namespace) -> int:
    from portal.kit.db import Database
    from portal.kit.logs import to_standard_error
    from portal.operating import serving
    from portal.settings import Settings

    settings = Settings.from_environment(_environ(), asked.port)
    if settings.made_up:
        _aside(f"Made up for as long as this runs: {', '.join(settings.made_up)}.")
    _check_safe(settings)
    _check_free(asked.host, asked.port, "--port")
    settings = _with_internal_port(settings)
    to_standard_error()
    database = _current(Database(settings.database_url))
    serving.serve(serving.Serving(settings, database, asked.host, asked.port, asked.workers))
    return DONE


def _check_safe(settings: "Settings") -> None:
    from portal.auth.oidc.keys import readable_by_others
    from portal.settings import Environment

    if settings.environment is not Environment.PRODUCTION:
        return
    if settings.dangers:
        raise NotDone(" ".join(settings.dangers))
    if exposed := readable_by_others(settings.keys_dir):
        raise NotDone(f"{', '.join(map(str, exposed))} can be read by others than the owner; `chmod 600` mends it")


def _with_internal_port(settings: "Settings") -> "Settings":
    """The settings, without an internal port where it is taken and this is but a trial."""
    from dataclasses import replace

    from portal.settings import Environment

    if settings.internal_port == 0:
        return settings
    try:
        _check_free(LOOPBACK, settings.internal_port, "PORTAL_INTERNAL_PORT")
    except NotDone as taken:
        if settings.environment is Environment.PRODUCTION:
            raise
        _aside(f"{taken}. It is left out now.")
        return replace(settings, internal_port=0)
    return settings


def _check_free(host: str, port: int, named_by: str) -> None:
    try:
        with socket.create_server((host, port)):
            return
    except OSError as refused:
        why = os.strerror(refused.errno or 0)  # its own words name the address again
        raise NotDone(f"Port {port} of {host} cannot be used ({why}); {named_by} names another one") from None


# migrate


def _migrate(_asked: argparse.Namespace) -> int:
    from portal import migrations

    with _database(_environ()) as database:
        before = migrations.state(database.engine)
        migrations.upgrade(database.engine)
    since = "already" if before is migrations.SchemaState.CURRENT else "now"
    where = database.engine.url.set(query={}).render_as_string()  # hides a password; a query may hold another
    print(f"{where} has the newest schema {since}.")
    return DONE


# import


def _import(asked: argparse.Namespace) -> int:
    if asked.schema:
        from portal.feeds.schema import kind_named, schema

        print(json.dumps(schema(kind_named(asked.schema)), indent=2, ensure_ascii=False))
        return DONE
    if not asked.paths:
        raise NotDone("Name a file or a folder to take in, or a kind with --schema")
    told = _take_in(asked)
    for one in told:
        _tell(one)
    return _sum_up(told, asked)


def _take_in(asked: argparse.Namespace) -> "Sequence[Told]":
    from portal.feeds import imports, runs
    from portal.feeds.kinds import ImportContext
    from portal.feeds.sources import found
    from portal.kit import clock

    sources = found(asked.paths)
    environ = _environ()
    with ExitStack() as until_done:
        database = _current(until_done.enter_context(_database(environ)))
        context = ImportContext(_vault(environ, database), clock.now())
        sessions = until_done.enter_context(imports.rehearsal(database)) if asked.dry_run else database.writing
        told = imports.run(sessions, sources, _options(asked), context, _show)
        with sessions() as db:
            runs.note(db, told, clock.now())
        return told


def _options(asked: argparse.Namespace) -> "ImportOptions":
    from portal.feeds.imports import ImportOptions
    from portal.feeds.readings import PointOptions, Unknown
    from portal.sites.models import Commodity

    energy = {None: None, "consumption": Commodity.ELECTRICITY, "production": Commodity.PRODUCTION}[asked.direction]
    unknown = Unknown.MADE if asked.create_points else Unknown.REFUSED
    return ImportOptions(PointOptions(asked.metering_point, energy, unknown), asked.refused_dir)


def _vault(environ: Mapping[str, str], database: "Database") -> "Callable[[], Vault]":
    """The keys for identity codes, read when the first person comes.

    Without them, or with others than the register's, a file of people is left out: they could not sign in any more.
    """

    @cache
    def vault() -> "Vault":
        from portal import settings
        from portal.customers.seals import misfit
        from portal.feeds.sources import NotAFeed
        from portal.kit.crypto import Vault

        try:
            keys = settings.data_keys(environ)
        except settings.BadSettings as missing:
            raise NotAFeed(f"holds people, but {missing}") from None
        if keys.made_up:
            _aside(f"{' and '.join(keys.made_up)} made up for this import only: nobody in it can sign in later.")
        made = Vault(keys.data_keys, keys.index_key)
        with database.reading() as db:
            wrong = misfit(db, made)
        if wrong:
            raise NotAFeed(f"is not taken in. {wrong}")
        return made

    return vault


def _tell(one: "Told") -> None:
    from portal.feeds.report import LeftOut

    if isinstance(one, LeftOut):
        _aside(f"{one.name} {one.why.rstrip('.')}.")
        return
    for sentence in one.says:
        print(f"{one.name}: {sentence}")
    if one.broke_off:
        _aside(f"{one.name} {one.broke_off.rstrip('.')}. What came before that is taken in; take the file in again.")
    if one.refused_to:
        print(f"{one.name}: {one.tally.refused} lines refused, see {one.refused_to}")
    if one.doubtful_to:
        print(f"{one.name}: {one.tally.doubtful} lines taken in but doubtful, see {one.doubtful_to}")


def _sum_up(told: "Sequence[Told]", asked: argparse.Namespace) -> int:
    from portal.feeds.report import Taken, in_all

    taken = [one for one in told if isinstance(one, Taken)]
    if not taken:
        return NOT_DONE
    if asked.dry_run:
        print("This was a rehearsal (--dry-run): the database is as it was.")
    lines = in_all(told)
    if lines.doubtful:
        print(f"doubtful={lines.doubtful}")
    print(lines)
    in_part = (
        len(taken) < len(told)
        or any(one.broke_off for one in taken)
        or lines.refused
        or (asked.strict and lines.doubtful)
    )
    return IN_PART if in_part else DONE


def _show(name: str, done: int, of: int) -> None:
    """A bar on a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        return
    share = done / of if of else 1.0
    bar = f"\r{name[-40:]:<40} {'█' * int(30 * share):<30} {share:4.0%}"
    print(bar if share < 1 else f"\r{' ' * len(bar)}\r", end="", file=sys.stderr, flush=True)


# export


def _export(asked: argparse.Namespace) -> int:
    from portal.app import html
    from portal.keepers import KEEPERS
    from portal.kit import clock
    from portal.kit.crypto import Vault
    from portal.privacy.exports import export
    from portal.privacy.package import Press
    from portal.settings import Settings

    environ = _environ()
    settings = Settings.from_environment(environ)
    vault = Vault(settings.data_keys, settings.index_key)
    press = Press(KEEPERS, vault, html(settings.brand), settings.brand)
    with _database(environ) as database:
        files = export(_current(database), asked.customer_number, asked.dir, press, clock.now())
        count = 0
        for count, name in enumerate(files, start=1):  # noqa: B007 - told below
            _show(name, 0, 1)
    _show("", 1, 1)
    print(f"{asked.dir}: {count} files about customer {asked.customer_number}.")
    return DONE


# keys


def _keys_new(asked: argparse.Namespace) -> int:
    from portal.auth.oidc.keys import make_missing

    folder = _keys_dir(asked)
    made = make_missing(folder)
    for path in made:
        print(f"made {path}")
    if not made:
        print(f"{folder} has all keys already; nothing is changed.")
    return DONE


def _keys_list(asked: argparse.Namespace) -> int:
    from portal.auth.oidc.keys import load, readable_by_others

    folder = _keys_dir(asked)
    keys = load(folder)
    for role, found in (("sig", keys.verifying), ("enc", keys.decrypting), ("entity", (keys.entity,))):
        for key in found:
            print(f"{role:<8}{key.thumbprint()}")
    exposed = readable_by_others(folder)
    for path in exposed:
        _aside(f"{path} can be read by others than its owner; `chmod 600 {path}` mends it.")
    return IN_PART if exposed else DONE


def _keys_rotate(asked: argparse.Namespace) -> int:
    from portal.auth.oidc.rotation import rotate
    from portal.kit import clock

    for step in rotate(_keys_dir(asked), clock.now()):
        again = f" Run this again after {step.again:%Y-%m-%d %H:%M} UTC." if step.again else ""
        print(f"{step.role:<8}{step.says}{again}")
    return DONE


def _keys_dir(asked: argparse.Namespace) -> Path:
    folder: Path = asked.dir or Path(_environ().get("PORTAL_KEYS_DIR") or "keys")
    return folder


# jobs


def _jobs(asked: argparse.Namespace) -> int:
    from portal.kit import clock
    from portal.kit.db import Database
    from portal.kit.jobs import Done, Shift
    from portal.kit.logs import to_standard_error
    from portal.operating import jobs
    from portal.settings import Settings

    settings = Settings.from_environment(_environ())
    _check_safe(settings)
    to_standard_error()
    shift = Shift(_current(Database(settings.database_url)), clock.now)
    if not asked.once:
        jobs.until_told(settings, shift)
        return DONE
    came = jobs.once(settings, shift)
    for name, done in came.items():
        print(f"{name}: done={done.done} failed={done.failed}")
    return IN_PART if sum(came.values(), Done()).failed else DONE


# check


def _check(_asked: argparse.Namespace) -> int:
    from portal.kit import clock
    from portal.operating.auditing import Severity
    from portal.operating.checks import findings

    worst = Severity.OK
    for found in findings(_environ(), clock.now):
        print(f"{found.level:<8} {found.about:<9} {found.says}", flush=True)
        worst = max(worst, found.level, key=list(Severity).index)
    return EXITS[list(Severity).index(worst)]


# audit


def _audit_verify(asked: argparse.Namespace) -> int:
    from portal.kit import clock
    from portal.kit.db import Database
    from portal.operating.auditing import AuditContext, Severity, verified
    from portal.settings import Settings

    settings = Settings.from_environment(_environ())
    database = _current(Database(settings.database_url))
    worst = Severity.OK
    with database.reading() as db:
        for level, sentence in verified(AuditContext(db, settings, clock.now()), asked.since):
            print(sentence)
            worst = max(worst, level, key=list(Severity).index)
    database.engine.dispose()
    return EXITS[list(Severity).index(worst)]


# what commands share


def _environ() -> Mapping[str, str]:
    from portal.settings import read_env_file

    return read_env_file(Path(".env"), os.environ)


@contextmanager
def _database(environ: Mapping[str, str]) -> "Iterator[Database]":
    from portal.kit.db import Database
    from portal.settings import database_url

    database = Database(database_url(environ))
    try:
        yield database
    finally:
        database.engine.dispose()


def _current(database: "Database") -> "Database":
    """The database, if its schema is this version's, in fact and not only by name."""
    from portal import migrations
    from portal.migrations.differences import MENDED, differences

    if migrations.state(database.engine) is not migrations.SchemaState.CURRENT:
        raise NotDone("The database does not have the schema of this version; `portal migrate` brings it up to date")
    if wrong := [*differences(database.engine)]:
        raise NotDone(" ".join([*wrong, MENDED]))
    return database


def _aside(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _not_done(sentence: str) -> int:
    _aside(sentence)
    return NOT_DONE


def _sentence(wrong: Exception) -> str:
    """What went wrong. What nobody foresaw is told by kind and place only, for its message may hold a person."""
    from portal.auth.brokers import BadProfile
    from portal.auth.oidc.keys import BadKeys
    from portal.feeds.schema import NoSuchKind
    from portal.feeds.sources import NotAFeed
    from portal.kit.crypto import Unreadable
    from portal.privacy.exports import NotExported
    from portal.settings import BadSettings

    if isinstance(wrong, BadKeys):
        return f"{wrong}; `portal keys new` makes the keys that are missing."
    if isinstance(wrong, Unreadable):
        return f"What the database holds encrypted cannot be read: {wrong}; put the key that sealed it back."
    if isinstance(wrong, NotDone | BadSettings | BadProfile | NotAFeed | NoSuchKind | NotExported):
        return f"{str(wrong.args[0]).rstrip('.')}."
    if said := _of_database(wrong):
        return f"The database cannot be used: {said.splitlines()[0].rstrip('.')}; PORTAL_DATABASE_URL says where it is."
    if isinstance(wrong, OSError):
        return f"{wrong.filename or 'The system'}: {wrong.strerror or type(wrong).__name__}."
    last = traceback.extract_tb(wrong.__traceback__)[-1]
    place = f"{Path(last.filename).name} line {last.lineno}"
    return f"Something that nobody foresaw went wrong ({type(wrong).__name__} in {place}); please report it."


def _of_database(wrong: Exception) -> str | None:
    """What a database driver says that was out of reach, locked or full; not what it says about rows."""
    import sqlite3

    from sqlalchemy.exc import DatabaseError, DataError, IntegrityError

    if isinstance(wrong, DatabaseError) and not isinstance(wrong, DataError | IntegrityError):
        return str(wrong.orig)
    return str(wrong) if isinstance(wrong, sqlite3.DatabaseError) else None


# what may be asked


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(NOT_DONE, f"{self.prog}: {message}; `{self.prog} --help` shows how.\n")


def _parser() -> _Parser:
    parser = _Parser(
        prog="portal",
        description="The self-service customer portal of an energy utility.",
        epilog="Example: portal demo. Every command has a --help of its own.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(
        name: str, run: Callable[[argparse.Namespace], int], does: str, example: str
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=does, description=does, epilog=f"Example: portal {example}")
        made.set_defaults(run=run)
        return made

    command("migrate", _migrate, "Bring the database to the newest schema.", "migrate")
    _ask_demo(command("demo", _demo, "Show the portal with made-up people and a test bank.", "demo --port 8080"))
    _ask_serve(command("serve", _serve, "Serve the portal.", "serve --workers 2"))
    _ask_import(
        command(
            "import",
            _import,
            "Take in feeds: the utility's own (JSON Lines), and Datahub's readings (CSV); packed by gzip or zip too.",
            "import feeds/ --refused-dir refused",
        )
    )
    _ask_jobs(command("jobs", _jobs, "Tell other systems, send mail, tidy up; by the clock.", "jobs --once"))
    command("check", _check, "Say what is wrong with this installation, and how to mend it.", "check")
    _ask_audit(command("audit", _audit_verify, "Look through the audit: whether anything was changed.", "audit verify"))
    _ask_export(
        command("export", _export, "Write everything that is held about a customer.", "export 30112045 package/")
    )
    _ask_keys(
        command("keys", _keys_list, "The keys by which the portal proves itself to brokers.", "keys new --dir keys")
    )
    return parser


def _ask_demo(command: argparse.ArgumentParser) -> None:
    command.add_argument("--host", default=LOOPBACK, help="address to listen at (%(default)s)")
    command.add_argument("--port", type=_port, default=8000, help="port of the portal (%(default)s)")
    command.add_argument("--bank-port", type=_port, default=8001, help="port of the test bank (%(default)s)")
    command.add_argument(
        "--data", type=Path, default=Path("demo-data"), metavar="DIR", help="where the demo lives (%(default)s)"
    )
    command.add_argument("--fresh", action="store_true", help="forget an earlier demo first")
    command.add_argument("--until", type=_day, metavar="DATE", help="last day with data (yesterday)")


def _ask_serve(command: argparse.ArgumentParser) -> None:
    command.add_argument("--host", default=LOOPBACK, help="address to listen at (%(default)s)")
    command.add_argument("--port", type=_port, default=8000, help="port (%(default)s)")
    command.add_argument("--workers", type=_port, default=1, help="processes (%(default)s)")


def _ask_import(command: argparse.ArgumentParser) -> None:
    command.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="a file, or a folder of files")
    command.add_argument("--schema", metavar="KIND", help="print the JSON Schema of a kind of row, and do nothing else")
    command.add_argument(
        "--metering-point", type=_gsrn, metavar="GSRN", help="the point of a file that names none; made if unknown"
    )
    command.add_argument(
        "--direction", choices=("consumption", "production"), help="what a point that is made measures (consumption)"
    )
    command.add_argument("--create-points", action="store_true", help="make metering points that are unknown")
    command.add_argument(
        "--refused-dir", type=Path, metavar="DIR", help="where refused and doubtful lines go (beside the file)"
    )
    command.add_argument("--dry-run", action="store_true", help="say what would happen; the database stays as it is")
    command.add_argument(
        "--strict", action="store_true", help="end with 1 also when a line was taken in but is doubtful"
    )


def _ask_jobs(command: argparse.ArgumentParser) -> None:
    command.add_argument("--once", action="store_true", help="one round of every job, then end")


def _ask_export(command: argparse.ArgumentParser) -> None:
    command.add_argument("customer_number", metavar="CUSTOMER_NUMBER", help="the customer's number")
    command.add_argument("dir", type=Path, metavar="DIR", help="folder to write to, new or empty")


def _ask_keys(command: argparse.ArgumentParser) -> None:
    acts = command.add_subparsers(required=True, metavar="ACT")
    new = acts.add_parser("new", help="Make the keys that are missing.", epilog="Example: portal keys new --dir keys")
    rotate = acts.add_parser(
        "rotate", help="Take the next step towards new keys.", epilog="Example: portal keys rotate --dir keys"
    )
    listed = acts.add_parser("list", help="List the keys by their public ids.", epilog="Example: portal keys list")
    for act, run in ((new, _keys_new), (rotate, _keys_rotate), (listed, _keys_list)):
        act.set_defaults(run=run)
        act.add_argument("--dir", type=Path, help="folder of the keys (PORTAL_KEYS_DIR)")


def _ask_audit(command: argparse.ArgumentParser) -> None:
    acts = command.add_subparsers(required=True, metavar="ACT")
    verify = acts.add_parser(
        "verify",
        help="Say whether the audit is whole: 0 yes, 1 as far as can be told, 2 no.",
        epilog="Example: portal audit verify",
    )
    verify.set_defaults(run=_audit_verify)
    verify.add_argument(
        "--since", type=_hash, metavar="HASH", help="look through what came after the entry with this hash, and at it"
    )


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65_536:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 to 65535")
    return int(text)


def _hash(text: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != HASH_BYTES:
        raise argparse.ArgumentTypeError(f"{text} is not a hash of {2 * HASH_BYTES} digits from 0 to f")
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a day such as 2026-11-20") from None


def _gsrn(text: str) -> str:
    from portal.sites.rules import is_gsrn

    if is_gsrn(text):
        return text
    mistyped = next((near for digit in "0123456789" if is_gsrn(near := text[:-1] + digit)), None)
    hint = f"its last digit would have to be {mistyped[-1]}" if mistyped else "a GSRN has 18 digits"
    raise argparse.ArgumentTypeError(f"{text} is not a GSRN: {hint}")
