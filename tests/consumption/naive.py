"""Readings as text, line by line with Python's own means: what the fast writers are held against."""

import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal

from portal.consumption.formats.datahub import ACTIVE, HEADERS
from portal.kit.intervals import Quality


def datahub(points):
    """Datahub's CSV of GSRNs with their readings."""
    written = io.StringIO("\ufeff", newline="")
    written.seek(0, io.SEEK_END)
    rows = csv.writer(written, delimiter=";", lineterminator="\n")
    rows.writerow(HEADERS[0].split(";"))
    for gsrn, readings in points:
        for quarter, length, milliwatt_hours, quality in zip(*columns(readings), strict=True):
            resolution = "PT15M" if length == 1 else "PT1H"
            amount = (kwh(milliwatt_hours, quality) or "").replace(".", ",")
            rows.writerow([gsrn, ACTIVE, resolution, "kWh", "BN01", start(quarter), amount, Quality(quality).name])
    return written.getvalue().encode()


def for_programs(points):
    """The JSON of GSRNs with their readings."""
    told = [
        {"metering_point": gsrn, "energy": "electricity", "reading_type": "BN01", "unit": "kWh"}
        | {"readings": [*objects(readings)]}
        for gsrn, readings in points
    ]
    return json.dumps({"version": 1, "unit": "kWh", "metering_points": told}).encode() + b"\n"


def objects(readings):
    """An object for each reading."""
    for quarter, length, milliwatt_hours, quality in zip(*columns(readings), strict=True):
        name = Quality(quality).name
        yield {"start": start(quarter), "minutes": length * 15, "kwh": kwh(milliwatt_hours, quality), "quality": name}


def columns(readings):
    """Their four columns as lists."""
    return [
        column.tolist() for column in (readings.quarter, readings.length, readings.milliwatt_hours, readings.quality)
    ]


def start(quarter):
    """When a quarter begins, in UTC."""
    return f"{datetime.fromtimestamp(quarter * 900, UTC):%Y-%m-%dT%H:%M:%SZ}"


def kwh(milliwatt_hours, quality):
    """Kilowatt-hours with six decimals; None where they are missing."""
    return None if quality == Quality.MISSING else f"{Decimal(milliwatt_hours) / 1_000_000:.6f}"
