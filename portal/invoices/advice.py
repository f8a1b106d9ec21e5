"""What a bill says to whoever doubts it, and who helps: the same on its page and on paper."""

from collections.abc import Iterator
from datetime import date

from portal.invoices.records import InvoiceHead, WholeInvoice
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

    Directive (EU) 2019/944, Annex I, 1.2 (g) to (i) and 1.3 (b); of companies Act 502/2023, which is about electricity.
    """
    if not invoice.is_a_companys:
        yield text(
            "If we do not find a solution together, you can ask for advice from the Consumer Advisory Services "
            "(kkv.fi) and take the matter to the Consumer Disputes Board (kuluttajariita.fi)."
        )
    elif invoice.is_about_electricity:
        yield text(
            "If we do not find a solution together, a company can take a matter of electricity to the Energy Market "
            "Disputes Board."
        )
    yield text("Motiva (motiva.fi) gives free advice on using energy sparingly.")
    if invoice.is_about_electricity:
        yield text("The Energy Authority (energiavirasto.fi) supervises the electricity market.")
    if invoice.sells_electricity:
        yield text("You can compare offers of electricity and read about changing the supplier at sahkonhinta.fi.")
