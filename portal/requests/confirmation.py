"""A request on one paper: what was asked for, when, by whom, and what came of it."""

from datetime import date
from typing import Final

from portal.kit import formats
from portal.kit.documents import Document
from portal.kit.i18n import Language, text
from portal.kit.papers import Fact, Paper, Section
from portal.requests.records import HeldRequest, RequestEvent

FILENAMES: Final = {Language.FI: "palvelupyynto", Language.SV: "servicearende", Language.EN: "request"}


def document(request: HeldRequest, today: date, language: Language) -> Document:
    """The confirmation of a request that was sent, as it stands on a day."""
    heading, sent = text("Confirmation of a request"), request.clock
    facts = [
        Fact(text("Request"), request.row.number),
        Fact(text("Customer"), request.customer),
        Fact(text("Sent"), formats.full_date(sent.sent_on, language)),
        Fact(text("We answer at the latest"), formats.full_date(sent.answer_by, language)),
        Fact(text("Status"), request.label.words),
        Fact(text("As it stands on"), formats.full_date(today, language)),
    ]
    if request.takes_effect_on:
        facts.append(Fact(text("Takes effect"), formats.full_date(request.takes_effect_on, language)))
    return Document(
        template="paper",
        title=f"{heading.said(language)}, {request.row.number}",
        language=language,
        dated=today,
        content=Paper(
            heading=heading,
            about=f"{request.kind.title.said(language)} · {request.row.about}",
            facts=facts,
            sections=[
                Section(text("What was asked for"), sentences=request.summary),
                Section(text("What has happened"), [_event(one, language) for one in request.events]),
            ],
        ),
    )


def filename(request: HeldRequest, language: Language) -> str:
    """What the file is called: `palvelupyynto-AP-4F7K2.pdf`."""
    return f"{FILENAMES[language]}-{request.row.number}.pdf"


def _event(event: RequestEvent, language: Language) -> Fact:
    """When something happened, and what, in the words of whoever answered."""
    said = event.deed.said(language)
    told = f"{said}: {event.step.text}" if event.step.text else said
    return Fact(formats.instant(event.step.at, language), told)
