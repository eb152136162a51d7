"""Money on a page: stored in 元, read in 万元 without loss; one scale for words, tables, charts."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from indicators.models import Unit
from indicators.quantities import convert
from programs.charts import Scale
from qdpolicy.dashboard.amounts import amount, in_english

WAN_YUAN = Unit(
    code="wan-yuan",
    symbol="万元",
    name_en="10 thousand yuan",
    base="元",
    exponent=4,
    dimension=Unit.Dimension.MONEY,
)
MILLION = 6
"""The power of ten in which English reads sums."""


def wan(yuan: Decimal | None) -> str:
    """A sum with all its digits: 12345000 is 1,234.5万元, in English 12.345 million yuan.

    None is 暂无: nothing was entered, which is not zero.
    """
    if yuan is None:
        return _("暂无")
    if yuan < 0:
        return f"\u2212{wan(-yuan)}"
    return amount(convert(yuan, 0, WAN_YUAN.exponent), WAN_YUAN)


def scale() -> Scale:
    """The axis of sums in the reader's language: 万元, in English million yuan."""
    if in_english():
        return Scale(MILLION, "million yuan", wan)
    return Scale(WAN_YUAN.exponent, WAN_YUAN.symbol, wan)
