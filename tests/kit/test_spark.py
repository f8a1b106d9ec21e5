"""Months as small bars."""

from datetime import date

from portal.kit.spark import bars


def test_bars_stand_on_the_base_and_none_is_too_high():
    drawn = bars([(date(2026, month, 1), 1000 * month) for month in range(1, 12)] + [(date(2026, 12, 1), -50)])
    assert [bar.y + bar.height for bar in drawn] == [70] * 12
    assert (drawn[10].height, drawn[11].height) == (65, 0)
    assert bars([]) == []
