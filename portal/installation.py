"""What every page may know of the installation that it stands in, whoever asks."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.brand import Brand
from portal.kit.crypto import Vault
from portal.kit.privacy import Keeper
from portal.kit.typesetting import Typesetter
from portal.terms import PaymentTerms


@dataclass(frozen=True)
class Installation:
    """Whose portal it is and where, the keys of what it seals, who typesets and who keeps personal data in it.

    payment_terms: how far bills may be paid later, for the asking
    pays_at: the origins through which a form leads to the payment service; none where bills are not paid here
    ways: the ways in beside the bank, by their codes (`auth/rules.py`)
    """

    brand: Brand
    base_url: str
    vault: Vault
    payment_terms: PaymentTerms
    typesetter: Typesetter
    keepers: Sequence[Keeper] = ()
    pays_at: Sequence[str] = ()
    ways: frozenset[str] = frozenset()
