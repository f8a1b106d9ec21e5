"""A request on one paper: what was asked for, when, by whom, and what came of it."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from portal.kit import formats, papers
from portal.kit.documents import Document, file_name
from portal.kit.i18n import Language, text
from portal.kit.papers import Fact, Paper, Section
from portal.requests.records import HeldRequest, RequestEvent

FILENAMES: Final = {Language.FI: "palvelupyynto", Language.SV: "servicearende", Language.EN: "request"}


def document(request: HeldRequest, today: date, language: Language) -> Document:
    """The confirmation of a request that was sent, as it stands on a day."""
    paper = Paper(
        heading=text("Confirmation of a request"),
        about=f"{request.kind.title.said(language)} · {request.row.about}",
        facts=[*_facts(request, today, language)],
        sections=[
            Section(text("What was asked for"), sentences=request.summary),
            Section(text("What has happened"), [_event(one, language) for one in request.events]),
        ],
    )
    return papers.document(paper, request.row.number, today, language)


def filename(request: HeldRequest, language: Language) -> str:
    """What the file is called: `palvelupyynto-AP-4F7K2.pdf`."""
    return file_name(FILENAMES[language], request.row.number, "pdf")


def _facts(request: HeldRequest, today: date, language: Language) -> Iterator[Fact]:
    yield Fact(text("Request"), request.row.number)
    yield Fact(text("Customer"), request.customer)
    yield Fact(text("Sent"), formats.full_date(request.clock.sent_on, language))
    if request.waits_for_us:
        yield Fact(text("We answer at the latest"), formats.full_date(request.clock.answer_by, language))
    yield Fact(text("Status"), request.label.words)
    yield Fact(text("As it stands on"), formats.full_date(today, language))
    if request.takes_effect_on:
        yield Fact(text("Takes effect"), formats.full_date(request.takes_effect_on, language))


def _event(event: RequestEvent, language: Language) -> Fact:
    """When something happened, and what, in the words of whoever answered."""
    said = event.deed.said(language)
    told = f"{said}: {event.step.text}" if event.step.text else said
    return Fact(formats.instant(event.step.at, language), told)
