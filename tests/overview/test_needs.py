"""What is asked of a person, and by when: each thing once, the most pressing first."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from portal.consents.authorisations.records import Expiring
from portal.consumption.registers.queries import HandRead
from portal.contracts.kinds import ContractKind, Names
from portal.contracts.records import MadeContract
from portal.kit.i18n import Language
from portal.organisation.queries import EndingRight
from portal.overview.needs import READ_EACH, SOON, Pending, needs
from portal.requests.records import Draft
from portal.sites.commodities import Commodity

TODAY = date(2026, 11, 21)
DAY = timedelta(days=1)
ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))
TERM = Names("Vakaa", "Stabil", "Steady")


def contract(fixed_until=None, last=None, signed_on=None, id_=ONE):
    began = date(2025, 1, 1)
    return MadeContract(id_, ContractKind.SALES, TERM, "Kotikatu 1", began, last, fixed_until, signed_on, True)


def told(*contracts, **pending):
    every = needs(Pending(contracts=contracts, **pending), TODAY)
    return [(one.words.said(Language.EN), one.by, one.href) for one in every]


@pytest.mark.parametrize(
    ("fixed_until", "asks"),
    [(TODAY - DAY, False), (TODAY, True), (TODAY + SOON, True), (TODAY + SOON + DAY, False), (None, False)],
)
def test_a_fixed_term_wants_a_decision_in_its_last_month(fixed_until, asks):
    wanted = [("The fixed term of Steady ends.", fixed_until, f"/contracts/{ONE}")] if asks else []
    assert told(contract(fixed_until)) == wanted


def test_the_most_pressing_stands_first():
    draft = Draft(TWO, "end", datetime(2026, 11, 1, 12, tzinfo=UTC))
    expiring = Expiring(THREE, "Vertailu Oy", TODAY + 3 * DAY)
    assert told(contract(TODAY + 20 * DAY), drafts=[draft], expiring=[expiring]) == [
        ("The authorisation of Vertailu Oy ends.", TODAY + 3 * DAY, f"/authorisations/{THREE}"),
        ("Begun and not sent yet: End a contract.", date(2026, 12, 1), f"/requests/{TWO}"),
        ("The fixed term of Steady ends.", TODAY + 20 * DAY, f"/contracts/{ONE}"),
    ]


def test_many_terms_that_end_are_told_in_one_sentence():
    many = [contract(TODAY + number * DAY, id_=UUID(int=number)) for number in range(4, 8)]
    assert told(*many) == [("The fixed terms of 4 contracts end.", TODAY + 4 * DAY, "/contracts")]


def test_who_made_a_contract_may_withdraw_until_its_last_day_unless_they_have():
    new, sixteen_days = contract(signed_on=TODAY), contract(signed_on=TODAY - 16 * DAY)
    said = (
        "Steady can be withdrawn from without giving a reason.",
        date(2026, 12, 7),
        f"/contracts/{ONE}",
    )  # after holidays
    assert told(new) == [said]
    assert told(new, under_way={("end", ONE), ("withdrawal", TWO)}) == [said]
    assert told(new, under_way={("withdrawal", ONE)}) == told(sixteen_days) == []


def test_a_mandate_that_ends_is_told_to_both_sides_and_a_meter_to_whoever_reads_it():
    rights = [EndingRight(is_given=True, name="Minna", last=TODAY), EndingRight(False, "Veikko", TODAY + DAY)]
    late = HandRead(TWO, "Kotikatu 1", Commodity.GAS, TODAY - READ_EACH - DAY)
    said = ("Natural gas, Kotikatu 1: the meter waits to be read.", TODAY, f"/requests/new/reading?site={TWO}")
    mandates = [
        ("The mandate of Minna ends.", TODAY, "/mandates"),
        ("Your mandate from Veikko ends.", TODAY + DAY, "/mandates"),
    ]
    assert told(rights=rights, unread=[late]) == [mandates[0], said, mandates[1]]
    assert told(rights=rights, unread=[late], under_way={("reading", TWO)}) == mandates
