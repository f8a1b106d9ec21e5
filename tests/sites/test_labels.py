"""Each commodity has a picture of its own, the same wherever it is drawn; nothing that is known of one is forgotten."""

import re
from pathlib import Path
from typing import get_args

from portal.contracts.kinds import AGREEMENTS, ContractKind, Covers, Sold
from portal.sites.commodities import TRADES, Commodity, Flowing

PORTAL = Path(__file__).parents[2] / "portal"
ICONS = [commodity.label.icon for commodity in Commodity]


def test_of_every_commodity_it_is_told_what_is_particular_to_it():
    assert TRADES.keys() == set(Commodity)


def test_no_two_commodities_look_alike():
    assert len(set(ICONS)) == len(ICONS)


def test_what_can_fail_to_flow_is_what_has_a_name_for_that():
    assert list(get_args(Flowing)) == [one for one in Commodity if one.trade.fault and one.trade.work]


def test_every_contract_stands_under_a_commodity():
    assert AGREEMENTS.keys() == set(ContractKind)
    assert all(kind.commodity in kind.measured for kind in ContractKind)


def test_of_energy_that_is_sold_its_origin_can_be_told():
    assert list(get_args(Sold)) == [kind for kind in ContractKind if kind.covers in {Covers.ENERGY, Covers.BOTH}]


def test_a_contract_of_energy_is_drawn_as_its_commodity():
    sold = [kind for kind in ContractKind if kind.covers is not Covers.DELIVERY]
    assert all(kind.label.icon == kind.commodity.label.icon for kind in sold)


def test_no_other_file_chooses_a_picture_of_a_commodity():
    chosen = re.compile(rf"icon=\"({'|'.join(ICONS)})\"")
    files = [path for path in PORTAL.rglob("*.py") if chosen.search(path.read_text())]
    assert files == [PORTAL / "sites" / "commodities.py"]
