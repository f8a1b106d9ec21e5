"""The test bank as a thing of its own, against which any relying party of the Finnish Trust Network can be tried."""

from collections.abc import Callable
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from portal.demo import bank
from portal.demo.bank_keys import BankKeys
from portal.demo.bank_registration import RegisteredClients
from portal.demo.people import CAST
from portal.kit import private
from portal.kit.connections import served


def create(issuer: str, folder: Path) -> Starlette:
    """The bank of a folder: its keys and its relying parties are those of before."""
    private.folder(folder)
    personas, clients = [one.persona for one in CAST], RegisteredClients(folder / "clients")
    return bank.create_bank(issuer=issuer, clients=clients, personas=personas, keys=BankKeys(issuer, folder))


def serve(host: str, port: int, folder: Path, say: Callable[[str], None]) -> None:
    """Serve it until told to stop."""
    issuer = f"http://localhost:{port}"
    app = create(issuer, folder)
    say(f"Test bank  {issuer}\nRegister   POST {issuer}/register\nMisbehave  POST {issuer}/test/misbehave\n")
    say("Ctrl-C stops it.")
    uvicorn.Server(served(app, host=host, port=port)).run()
