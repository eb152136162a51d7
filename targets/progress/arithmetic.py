"""Decimal arithmetic that always answers: a figure, or None where there is none."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)

# No traps: a division by zero or an overflow gives NaN or Infinity, which `finite` turns
# into None. 50 digits leave the 9 decimals of a pace far from any rounding error.
CONTEXT = Context(prec=50, rounding=ROUND_HALF_EVEN, Emin=-999_999, Emax=999_999, traps=[], clamp=0)

# A computed root carries an error in its last digits; a rate of exactly 10 % must be 10 %.
_ROOT_PLACES = Decimal(1).scaleb(-36)


def finite(figure: Decimal | None) -> Decimal | None:
    """The figure, or None where it is no finite number."""
    return figure if figure is not None and figure.is_finite() else None


def ratio(part: Decimal, whole: Decimal) -> Decimal | None:
    """part / whole, or None for a whole of 0."""
    return finite(part / whole) if whole != 0 else None


def rounded(figure: Decimal, places: int) -> Decimal:
    """The figure at so many decimals, or itself where it is too large to have any."""
    result = figure.quantize(ONE.scaleb(-places))
    return result if result.is_finite() else figure


def power(base: Decimal, exponent: Decimal) -> Decimal | None:
    """base ** exponent for a base of at least 0; None where that is no finite number."""
    if base < 0 or (base == 0 and exponent <= 0):
        return None
    if base == 0:
        return ZERO
    if exponent == exponent.to_integral_value() and abs(exponent) <= 400:
        return finite(base ** int(exponent))
    return finite((exponent * base.ln()).exp())


def yearly_rate(start: Decimal, end: Decimal, years: Decimal) -> Decimal | None:
    """The constant growth per year, in per cent, from start (above 0) to end (at least 0)."""
    if start <= 0 or years <= 0:
        return None
    quotient = ratio(end, start)
    factor = power(quotient, ONE / years) if quotient is not None else None
    return None if factor is None else clean_root((factor - ONE) * HUNDRED)


def clean_root(rate: Decimal) -> Decimal | None:
    """A rate that came out of a root, rid of the error in its last digits."""
    if not rate.is_finite():
        return None
    nearest = rate.quantize(_ROOT_PLACES)
    return nearest if nearest.is_finite() else rate


def plain(figure: Decimal) -> str:
    """Canonical text of a figure: no exponent and no idle zeros, where that stays short."""
    if not figure.is_finite():
        return str(figure)
    if not figure:
        return "0"
    if abs(figure.adjusted()) > 60:
        return str(figure)
    text = format(figure, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def years(months: int) -> Decimal:
    """Months as years."""
    return Decimal(months) / 12
