"""Stretches of time as they are told: by their days where they begin and end at midnight, else by the clock."""

from dataclasses import dataclass
from datetime import date, datetime

from portal.kit.clock import DAY, day_of, start_of


@dataclass(frozen=True, slots=True)
class TimeStretch:
    """From an instant to another."""

    begins: datetime
    ends: datetime

    @property
    def first_day(self) -> date:
        """The day on which it begins."""
        return day_of(self.begins)

    @property
    def last_day(self) -> date:
        """The day to which its last quarter hour belongs."""
        return day_of(self.ends) if self.ends != start_of(day_of(self.ends)) else day_of(self.ends) - DAY

    @property
    def whole_days(self) -> bool:
        """Whether it begins and ends at midnight."""
        return self.begins == start_of(self.first_day) and self.ends == start_of(self.last_day + DAY)
