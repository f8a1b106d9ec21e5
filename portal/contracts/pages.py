"""The contract pages: all contracts by site, and one with its prices, term and history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from starlette.routing import Route

from portal.auth.people import User, sees
from portal.auth.reach import Theme
from portal.contracts import lookups, queries, summary
from portal.contracts.asked_for import AskedFor, Requests
from portal.contracts.events import ComingEvent, ContractEvent, coming, events
from portal.contracts.filters import PAGE, ContractFilter
from portal.contracts.origins import EnergyOrigin
from portal.contracts.records import HeldContract, SiteContracts
from portal.kit import papers
from portal.kit.html import Page
from portal.kit.i18n import text
from portal.kit.pagination import Pagination, paginate
from portal.kit.web import Download, Visit, page

SITES_A_PAGE: Final = 12


@dataclass(frozen=True)
class ContractList(Page):
    """Every contract that has not ended, by site; what comes, and what is over.

    is_searched: whether there are so many that a search and an order help
    number_found: how many sites are found, on all pages
    """

    template = "contracts/index.html"
    today: date
    filters: ContractFilter
    is_searched: bool
    number_found: int
    sites: Sequence[SiteContracts]
    coming: Sequence[ComingEvent]
    ended: Sequence[HeldContract]
    pagination: Pagination


@dataclass(frozen=True)
class ContractPage(Page):
    """One contract, what happened to it and will, and what was asked for about it.

    withdrawn_until: the last day on which the customer may withdraw from it, None where that is over
    """

    template = "contracts/show.html"
    today: date
    contract: HeldContract
    withdrawn_until: date | None
    requests: Sequence[AskedFor]
    events: Sequence[ContractEvent]
    origin: EnergyOrigin | None


def index(visit: Visit[User]) -> ContractList:
    """All contracts, some sites at a time."""
    filters = ContractFilter.read(visit.query)
    listed = queries.listed(visit.db, visit.who, visit.today)
    found = filters.sites(listed, visit.today)
    at = paginate(visit.query.get("page"), len(found), SITES_A_PAGE, PAGE, filters.query)
    first = (at.number - 1) * SITES_A_PAGE
    ids = found[first : first + SITES_A_PAGE]
    held, ended = queries.at_sites_and_ended(visit.db, visit.who, ids, visit.today)
    return ContractList(
        today=visit.today,
        filters=filters,
        is_searched=len({one.site_id for one in listed}) > SITES_A_PAGE,
        number_found=len(found),
        sites=[SiteContracts([one for one in held if one.site_id == site]) for site in ids],
        coming=coming(held, visit.today),
        ended=ended,
        pagination=at,
    )


def show(requests: Requests, visit: Visit[User]) -> ContractPage:
    """One contract with its prices, term and history."""
    contract = queries.by_id(visit.db, visit.who, visit.id("id"), visit.today)
    asked = requests.about(visit.db, visit.who, contract.id)
    return ContractPage(
        today=visit.today,
        contract=contract,
        withdrawn_until=requests.withdrawn_until(contract, asked, visit.today),
        requests=asked,
        events=events(contract, visit.today),
        origin=lookups.origins(visit.db, [contract.id], visit.today.year).get(contract.id),
    )


def save(visit: Visit[User]) -> Download:
    """The summary of a contract, as a PDF."""
    contract = queries.by_id(visit.db, visit.who, visit.id("id"), visit.today)
    origin = lookups.origins(visit.db, [contract.id], visit.today.year).get(contract.id)
    document = summary.document(contract, origin, visit.today, visit.language)
    return papers.pdf(visit.installation.typesetter, document, summary.filename(contract, visit.language))


def routes(requests: Requests) -> list[Route]:
    """Every address of these pages; `requests` tells what was, and can be, asked for about a contract."""
    return [
        page(PAGE, index, who=sees(Theme.CONTRACTS), viewed=text("Looked at the list of contracts")),
        page(
            "/contracts/{id}", partial(show, requests), who=sees(Theme.CONTRACTS), viewed=text("Looked at a contract")
        ),
        page(
            "/contracts/{id}/pdf",
            save,
            who=sees(Theme.CONTRACTS),
            viewed=text("Downloaded the summary of a contract as a PDF"),
        ),
    ]
