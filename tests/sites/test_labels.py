"""Each commodity has a picture of its own, the same wherever it is drawn."""

import re
from pathlib import Path

from portal.contracts.kinds import ContractKind
from portal.contracts.labels import COMMODITY, KINDS
from portal.sites.kinds import Commodity
from portal.sites.labels import COMMODITIES

PORTAL = Path(__file__).parents[2] / "portal"


def test_no_two_commodities_look_alike():
    assert COMMODITIES.keys() == set(Commodity)
    assert len({label.icon for label in COMMODITIES.values()}) == len(COMMODITIES)


def test_every_contract_stands_under_a_commodity():
    assert COMMODITY.keys() == KINDS.keys() == set(ContractKind)


def test_a_contract_of_energy_is_drawn_as_its_commodity():
    sold = set(ContractKind) - {ContractKind.NETWORK, ContractKind.CONNECTION}
    assert all(KINDS[kind].icon == COMMODITIES[COMMODITY[kind]].icon for kind in sold)


def test_no_other_file_chooses_a_picture_of_a_commodity():
    chosen = re.compile(rf"icon=\"({'|'.join(label.icon for label in COMMODITIES.values())})\"")
    files = [path for path in PORTAL.rglob("*.py") if chosen.search(path.read_text())]
    assert files == [PORTAL / "sites" / "labels.py"]
