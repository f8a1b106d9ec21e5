"""What a bill says to whoever doubts it, and who helps: the same on its page and on paper."""

from collections.abc import Iterator
from datetime import date

from portal.contracts.kinds import ContractKind
from portal.invoices.records import OF_ELECTRICITY, InvoiceHead, WholeInvoice
from portal.kit.i18n import Text, text


def if_wrong(head: InvoiceHead, today: date) -> Text:
    """What to do where something seems wrong: what is not disputed is paid all the same."""
    if not head.to_pay:
        return text("If something in the invoice seems wrong, contact us.")
    if head.is_late(today):
        return text(
            "If something in the invoice seems wrong, contact us at once, and pay the part that you do not dispute."
        )
    return text(
        "If something in the invoice seems wrong, contact us before the due date. Pay the part that you do not dispute."
    )


def who_helps(invoice: WholeInvoice) -> Iterator[Text]:
    """The dispute body of such a customer, advice, the authority, and where offers are compared.

    Directive (EU) 2019/944, Annex I, 1.2 (g) to (i) and 1.3 (b). The board of Act 502/2023, sections 1 to 3, is for end
    customers of electricity who are no consumers; of their heat, cooling and gas the courts. Government
    proposal HE 85/2025 changes both that act and the Energy Efficiency Act (1429/2014) under which heat and cooling are
    metered and billed: whoever puts this into service has these sentences read against the law of that day. The market
    of gas is supervised as that of electricity (Act 590/2013).
    """
    if not invoice.is_a_companys:
        yield text(
            "If we do not find a solution together, you can ask for advice from the Consumer Advisory Services "
            "(kkv.fi) and take the matter to the Consumer Disputes Board (kuluttajariita.fi)."
        )
    else:
        if invoice.is_about(*OF_ELECTRICITY):
            yield text(
                "If we do not find a solution together, a company can take a matter of electricity to the Energy "
                "Market Disputes Board."
            )
        if invoice.is_about_more_than_electricity:
            yield text(
                "A company's matters of heat, cooling, gas or other services the district court decides, if we do not "
                "find a solution together."
            )
    yield text("Motiva (motiva.fi) gives free advice on using energy sparingly.")
    if invoice.is_about(*OF_ELECTRICITY):
        yield text("The Energy Authority (energiavirasto.fi) supervises the electricity market.")
    if invoice.is_about(ContractKind.GAS):
        yield text("The Energy Authority (energiavirasto.fi) supervises the gas market.")
    if invoice.is_about(ContractKind.HEAT, ContractKind.COOLING):
        yield text(
            "The Energy Authority (energiavirasto.fi) supervises how district heat and cooling are metered and billed."
        )
    if invoice.sells_electricity:
        yield text("You can compare offers of electricity and read about changing the supplier at sahkonhinta.fi.")
