"""A contract on one paper: its key terms as they stand on a day, to be kept and shown.

Key conditions are told in a summary, in plain words (Directive (EU) 2019/944, Article 10(3)).
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from portal.contracts import labels
from portal.contracts.kinds import ContractKind
from portal.contracts.origins import EnergyOrigin
from portal.contracts.records import DatedPrice, HeldContract
from portal.contracts.rules import When
from portal.kit import formats, papers
from portal.kit.documents import Document, file_name
from portal.kit.i18n import Language, Text, counted, text
from portal.kit.papers import Fact, Paper, Section

FILENAMES: Final = {Language.FI: "sopimus", Language.SV: "avtal", Language.EN: "contract"}


def document(contract: HeldContract, origin: EnergyOrigin | None, today: date, language: Language) -> Document:
    """The summary of a contract as it stands on a day."""
    paper = Paper(
        heading=text("Summary of the contract"),
        about=f"{contract.product.said(language)} · {contract.street}, {contract.postcode} {contract.town}",
        facts=[*_facts(contract, today, language)],
        sections=[*_sections(contract, origin, today, language)],
    )
    return papers.document(paper, contract.number, today, language)


def filename(contract: HeldContract, language: Language) -> str:
    """What the file is called: `sopimus-20418733.pdf`."""
    return file_name(FILENAMES[language], contract.number, "pdf")


def _facts(contract: HeldContract, today: date, language: Language) -> Iterator[Fact]:
    yield Fact(text("Contract"), contract.number)
    yield Fact(text("Kind"), contract.kind_label.words)
    if contract.gsrn:
        yield Fact(text("Metering point"), formats.grouped(contract.gsrn))
    yield Fact(text("Site number"), contract.site_number)
    if contract.main_fuse:
        yield Fact(text("Main fuse"), contract.main_fuse)
    if contract.contracted_kw is not None:
        yield Fact(text("Contracted power"), f"{formats.exact(contract.contracted_kw, 0)} kW")
    if contract.billed_by:
        yield Fact(text("Billed by"), contract.billed_by.words)
    if contract.signed_on:
        yield Fact(text("Signed"), formats.full_date(contract.signed_on, language))
    yield Fact(text("As it stands on"), formats.full_date(today, language))


def _sections(
    contract: HeldContract, origin: EnergyOrigin | None, today: date, language: Language
) -> Iterator[Section]:
    yield Section(
        text("Duration and termination"),
        [*_duration(contract, today, language)],
        [*_what_binds(contract, today, language)],
    )
    prices = contract.prices(today)
    about_vat = [contract.about_vat]
    for heading, when in ((text("Prices now"), When.NOW), (text("Prices to come"), When.COMING)):
        if prices[when]:
            yield Section(heading, [_price(one, when, language) for one in prices[when]], about_vat)
            about_vat = []  # told once
    if origin:
        told = [Fact(words, figure) for words, figure in origin.facts]
        sources = text("Energy sources and emissions").said(language)
        yield Section(f"{sources}: {origin.heading.said(language)}", told)


def _duration(contract: HeldContract, today: date, language: Language) -> Iterator[Fact]:
    yield Fact(text("Begins") if today < contract.first else text("Began"), formats.full_date(contract.first, language))
    yield Fact(text("Duration"), contract.duration(today))
    yield Fact(text("Your period of notice"), counted("%(n)s day", "%(n)s days", contract.notice_days))
    if earliest := contract.earliest_end(today):
        yield Fact(text("If you gave notice today, the last day would be"), formats.full_date(earliest, language))


def _what_binds(contract: HeldContract, today: date, language: Language) -> Iterator[Text]:
    """What its term and its kind of price mean for whoever holds it."""
    if until := contract.bound_until(today):
        yield text(
            "A fixed-term electricity contract binds a consumer for two years at most: you until %(date)s.",
            date=formats.full_date(until, language),
        )
    if contract.follows_spot(max(today, contract.first)):
        if contract.kind is ContractKind.SALES:
            yield labels.BY_THE_EXCHANGE[contract.billing_minutes]
    elif contract.kind is not ContractKind.CONNECTION and not (contract.last or contract.is_fixed(today)):
        yield text("The contract is valid until further notice. We announce a change of price at least 30 days ahead.")


def _price(one: DatedPrice, when: When, language: Language) -> Fact:
    unit = one.unit if isinstance(one.unit, str) else one.unit.said(language)
    name = one.name.said(language)
    net = text("%(price)s without VAT", price=f"{formats.exact(one.net)} {unit}").said(language)
    said = net if one.gross is None else f"{formats.exact(one.gross)} {unit} ({net})"
    held = _held(one, when, language)
    return Fact(f"{name}, {held}" if held else name, said)


def _held(one: DatedPrice, when: When, language: Language) -> str | None:
    """From when until when a price holds, where one of these is still to come."""
    if when is When.NOW:
        return labels.until(one.last).said(language) if one.last else None
    if one.last:
        return formats.date_range(one.first, one.last, language)
    return text("from %(date)s", date=formats.full_date(one.first, language)).said(language)
