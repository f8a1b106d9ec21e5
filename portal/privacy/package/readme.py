"""What to read first in a package: what it holds, and where."""

from collections.abc import Sequence
from datetime import datetime

from portal.brand import Brand
from portal.kit import formats
from portal.kit.i18n import Language, text
from portal.privacy.holdings import Whose


def readme(whose: Sequence[Whose], brand: Brand, language: Language, now: datetime) -> str:
    """The text of README.txt."""
    names = ", ".join(f"{one.name} {one.customer_number or ''}".strip() for one in whose)
    sentences = (
        text("Everything that %(company)s holds about: %(names)s", company=brand.company, names=names),
        text("Made %(at)s.", at=formats.instant(now, language)),
        text("There is a folder for each customer number. In it:"),
        text("pages: everything to read and print, a page for each group of data"),
        text("data.json: every record for programs; amounts of money are cents, times are ISO 8601"),
        text("tables: the same records as CSV files, to be opened in a spreadsheet"),
        text("readings: the readings of each metering point, as Datahub writes them (CSV, times in UTC)"),
        text("photos: the photos that came with service requests"),
        text("receipts: the receipts of consents and prohibitions (ISO/IEC TS 27560)"),
        text(
            "A text in a CSV file that begins with =, +, - or @ has an apostrophe before it, so that no program takes "
            "it for a formula; data.json has it as it is."
        ),
        text("The package holds personal data. Keep it safe, and delete it when you no longer need it."),
        text("Questions about personal data: %(email)s", email=brand.data_protection.email),
    )
    return "\n\n".join(sentence.said(language) for sentence in sentences) + "\n"
