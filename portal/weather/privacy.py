"""What the weather holds about one customer: nothing."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session, SQLModel

from portal.kit.belonging import Belonging
from portal.kit.privacy import DataSubject, Record
from portal.weather.models import WeatherMonth

TABLES: Belonging = {}
NOT_PERSONAL: Mapping[type[SQLModel], str] = {WeatherMonth: "the weather is everybody's"}


def export(_db: Session, _subject: DataSubject) -> Iterable[Record]:
    """Nothing."""
    return ()
