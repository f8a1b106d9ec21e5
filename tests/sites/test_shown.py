"""Each energy has a picture of its own, the same wherever it is drawn."""

import re
from pathlib import Path

from portal.contracts.kinds import ContractKind
from portal.contracts.shown import LOOKS
from portal.sites.models import Commodity
from portal.sites.shown import ICONS

PORTAL = Path(__file__).parents[2] / "portal"


def test_no_two_energies_look_alike():
    assert ICONS.keys() == set(Commodity)
    assert len(set(ICONS.values())) == len(ICONS)


def test_a_contract_is_drawn_as_its_energy():
    drawn = {kind: LOOKS[kind].icon for kind in (ContractKind.HEAT, ContractKind.COOLING, ContractKind.GAS)}
    assert list(drawn.values()) == [ICONS[Commodity.HEAT], ICONS[Commodity.COOLING], ICONS[Commodity.GAS]]


def test_no_other_file_chooses_a_picture_of_an_energy():
    chosen = re.compile(rf"Commodity\.[A-Z]+: \"({'|'.join(ICONS.values())})\"")
    files = [path for path in PORTAL.rglob("*.py") if chosen.search(path.read_text())]
    assert files == [PORTAL / "sites" / "shown.py"]
