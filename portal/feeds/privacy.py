"""Imports: when there were any, and how many lines they had. What was in them is kept by the slices they went to."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session, SQLModel

from portal.feeds.models import ImportRun
from portal.kit.belonging import Belonging
from portal.kit.privacy import DataSubject, Record

TABLES: Belonging = {}
NOT_PERSONAL: Mapping[type[SQLModel], str] = {ImportRun: "how many lines an import had"}


def export(_db: Session, _subject: DataSubject) -> Iterable[Record]:
    """Nothing is about anybody."""
    return ()
