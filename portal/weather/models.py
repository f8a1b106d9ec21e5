from datetime import date

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel


class WeatherMonth(SQLModel, table=True):
    """The outdoor temperature of a place in one Helsinki month, packed (hours.py): some 1.1 bytes an hour."""

    __tablename__ = "weather_month"

    place: str = Field(max_length=200, primary_key=True, description="as `key_of` in hours.py writes it")
    month: date = Field(primary_key=True)
    temperatures: bytes = Field(sa_type=LargeBinary, description="of each hour, in 1/100 °C")
