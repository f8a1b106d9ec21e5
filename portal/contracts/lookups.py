"""What of contracts is the same for everybody: where the energy of products came from."""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from portal.contracts.kinds import ContractKind, EnergySource
from portal.contracts.models import Contract, FuelMix, Product
from portal.contracts.origins import EnergyOrigin, shares
from portal.kit.db import table_of
from portal.kit.questions import Question, any_of, given

_CONTRACT, _PRODUCT, _MIX = (table_of(one) for one in (Contract, Product, FuelMix))


def _told(*row: Any) -> tuple[UUID, EnergyOrigin]:  # noqa: ANN401 - of the contract, of the mix, its shares
    contract_id, kind, year, co2, waste, taxes, *percents = row
    return contract_id, EnergyOrigin(ContractKind(kind), year, shares(percents), co2, waste, taxes)


_ORIGINS: Final = Question(
    _told,
    sa.select(
        _CONTRACT.c.id,
        *_MIX.c["kind", "year", "co2_g_per_kwh", "nuclear_waste_mg_per_kwh", "fuel_taxes_eur_per_mwh"],
        *_MIX.c[tuple(EnergySource)],
    )
    .join_from(_CONTRACT, _PRODUCT)
    .join(
        _MIX,
        sa.and_(
            _MIX.c.kind == _PRODUCT.c.kind,
            sa.or_(_MIX.c.product_code == _PRODUCT.c.code, _MIX.c.product_code == sa.literal_column("''")),
        ),
    )
    .where(any_of(_CONTRACT.c.id, "contracts"), _MIX.c.year <= given("year"))
    .order_by(_MIX.c.product_code, _MIX.c.year),
)


def origins(db: Session, contract_ids: Collection[UUID], year: int) -> Mapping[UUID, EnergyOrigin]:
    """Of each contract the newest that is known of a year and those before it; a product's own counts before others.

    Contracts of which nothing was told are left out.
    """
    if not contract_ids:
        return {}
    return dict(_ORIGINS.all(db, contracts=tuple(contract_ids), year=year))
