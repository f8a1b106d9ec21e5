"""Two months of readings as they were kept before they belonged to series (schema 0015) and before decision 0023.

The bytes were made by the code of that time. Rows of installations that have grown since are packed so to this day.
"""

from datetime import date
from typing import Final

import numpy as np

from portal.kit.intervals import Intervals, Quality, start_quarter

OCTOBER: Final = {
    "month": date(2026, 10, 1),
    "first_quarter": 1991988,
    "until_quarter": 1992280,
    "minutes": 60,
    "day_mwh": bytes.fromhex("0000000000000000e80300000000000002780162c00e7cb5f5184000301c60f78e4d0c200000280d02cc"),
    "day_counts": None,
    "mwh": bytes.fromhex(
        "401f000000000000e803000000000000027801004900b6ff03b76b1fd3873b9044f8ac6014c87c30e4984c005509bd71"
        "25d98d41f5a95d11661ace8236ea9e5206ba6e22772bdf9347fbaf6317cb7f33883cf0a4580cc07428dc9044994d01b5"
        "6905c18701c03008033046303504f2ffb7959808377d7bbb980837959d2e26c24d65a78b8938a6b2d3c5441c53d9e9e2"
        "8738a6b2738b3f9b082361"
    ),
    "lengths": None,
    "qualities": None,
    "revised": None,
}
OCTOBER_TOTAL: Final = {"mwh": 140710000, "measured": 292, "estimated": 0, "missing": 0, "revised": 0}

NOVEMBER: Final = {
    "month": date(2026, 11, 1),
    "first_quarter": 1992760,
    "until_quarter": 1992952,
    "minutes": None,
    "day_mwh": bytes.fromhex(
        "0000000000000000d007000000000000047801bab19b010f00e87106031e00100323031e00187e000030e502e0"
    ),
    "day_counts": bytes.fromhex("000000000000000001000000000000000178010be562648861606061a033000058e000c1"),
    "mwh": bytes.fromhex(
        "0000000000000000e803000000000000027801009c0063ffcf8337eb9f53075c10c4782ce08d3ae79441ee9b48f5a24f"
        "fca95603b05d0ab76411be6b18c5721f001ac77421ce7b28d5822fdc8936e3903dea974400000000a552ffac5906b360"
        "0dba6714c16e1bc87522cf7c29d683307e2bd88532df8c39e69340ed9a47f4a14efba85502af5c09b66310bd6a17c471"
        "1ecb7825d27f2cd98633e08d3ae794418f3ce99643f09d4af7a451feab5805b25f0cb9660dc1850100200800301aa4fc"
        "ff5bddc24d98f06e574684bb9b99aacac7cc448488f0dddd9d99eeaeaacc3ce7c0e76e9faa8a083313112202c0bdbb3b"
        "33dd5d559979be88707733535511616622424400b8777767a6bbebcbcc731eca1f4e76"
    ),
    "lengths": bytes.fromhex("78016341028c830c0000459c00c1"),
    "qualities": bytes.fromhex("780163c00218e180010e581930c17f2060a02100008098040c"),
    "revised": bytes.fromhex("780163a0036004020632000001760005"),
}
NOVEMBER_TOTAL: Final = {"mwh": 301350000, "measured": 177, "estimated": 10, "missing": 1, "revised": 4}


def values(quarters):
    """Milliwatt-hours of a meter that tells watt-hours, of either sign; their lowest bytes are noise."""
    return quarters * 7919 % 4001 * 1000 - 5000


def of_october():
    """The three days around the end of summer time, by the hour; all measured, none revised."""
    quarter = np.arange(start_quarter(date(2026, 10, 24)), start_quarter(date(2026, 10, 27)), 4)
    readings = Intervals(quarter, np.full(len(quarter), 4), values(quarter), np.zeros(len(quarter), np.uint8))
    return readings, np.zeros(len(quarter), np.bool_)


def of_november():
    """Half a day by the hour, then by the quarter: some estimated, one missing, four revised, an hour never told."""
    first, until = start_quarter(date(2026, 11, 1)), start_quarter(date(2026, 11, 3))
    quarter = np.concatenate([np.arange(first, first + 48, 4), np.arange(first + 48, until)])
    length = np.where(quarter < first + 48, 4, 1)
    value, quality = values(quarter), np.zeros(len(quarter), np.uint8)
    quality[20:30], quality[40], value[40] = Quality.EST, Quality.MISSING, 0
    revised, told = np.zeros(len(quarter), np.bool_), np.ones(len(quarter), np.bool_)
    revised[100:104], told[60:64] = True, False
    return Intervals(quarter, length, value, quality)[told], revised[told]
