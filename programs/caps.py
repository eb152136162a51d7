"""Whether a sum fits under a cap, exactly; 不设上限 is no number and is never compared.

Over what a cap is counted follows from what the text says (`scope_of`):

- per project: all awards of the project; paid yearly: those of the project in the calendar year.
- per enterprise, institution, platform or person, once: everything that body ever got.
- per body, yearly or silent about it: what it got in the calendar year. Silence is read so since
  support is applied for and decided year by year, and nothing says that a cap is for a lifetime.
- per year: the whole item in the calendar year, whoever gets it.
- silent about per what: one award alone; nothing says that awards would be added up.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, Context, Decimal
from enum import StrEnum

FEN = Decimal("0.01")
_EXACT = Context(prec=60, rounding=ROUND_DOWN)
_BODIES = frozenset({"enterprise", "person", "institution", "platform"})


class MissingInvestment(Exception):  # noqa: N818 - an answer to a person, not a fault
    """A share of the investment is the cap, and no investment was declared."""


class Scope(StrEnum):
    """What is added up under a cap."""

    SINGLE = "single"
    PROJECT = "project"
    PROJECT_YEAR = "project_year"
    RECIPIENT = "recipient"
    RECIPIENT_YEAR = "recipient_year"
    ITEM_YEAR = "item_year"


@dataclass(frozen=True, slots=True)
class Terms:
    """What binds: the values of SupportItem's choices; cap in 元, rate in per cent."""

    comparator: str
    cap: Decimal | None
    rate: Decimal | None
    per: str
    payout: str


@dataclass(frozen=True, slots=True)
class Over:
    """More than is left: all in 元; headroom may be negative."""

    limit: Decimal
    granted: Decimal
    headroom: Decimal
    over_by: Decimal


@dataclass(frozen=True, slots=True)
class Under:
    """Less than the least that an award must be."""

    limit: Decimal
    short_by: Decimal


@dataclass(frozen=True, slots=True)
class NotFixed:
    """Another sum than the fixed one."""

    limit: Decimal


def scope_of(terms: Terms) -> Scope:
    """What the cap adds up; raises ValueError for a `per` that no item has."""
    if terms.per == "":
        return Scope.SINGLE
    if terms.per == "year":
        return Scope.ITEM_YEAR
    if terms.per == "project":
        return Scope.PROJECT_YEAR if terms.payout == "yearly" else Scope.PROJECT
    if terms.per in _BODIES:
        return Scope.RECIPIENT if terms.payout == "once" else Scope.RECIPIENT_YEAR
    raise ValueError(terms.per)


def ceiling(terms: Terms, investment: Decimal | None) -> Decimal | None:
    """The most that may be granted in the scope, in 元; None: nothing bounds it from above.

    The smaller of the cap and the share of the investment, the share rounded down to 分: half a 分
    more would be more than the text allows. Raises MissingInvestment.
    """
    return _least(_cap(terms), _share(terms, investment))


def headroom(terms: Terms, granted: Decimal, investment: Decimal | None) -> Decimal | None:
    """What is left under the ceiling after `granted`; negative where that is over it already.

    The share of an investment is of the project or the body that declared it, and so counts all of
    its awards in the scope. Of a cap per year that everybody shares, the share binds one award.
    Raises MissingInvestment.
    """
    cap, share = _cap(terms), _share(terms, investment)
    left = None if cap is None else cap - granted
    if share is not None and scope_of(terms) is not Scope.ITEM_YEAR:
        share -= granted
    return _least(left, share)


def verdict(
    terms: Terms, *, amount: Decimal, granted: Decimal, investment: Decimal | None
) -> Over | Under | NotFixed | None:
    """What forbids the amount beside what was granted in the scope, or None where nothing does.

    A fixed sum must be met exactly, and fits as often as its scope holds it: once. Raises
    MissingInvestment.
    """
    if terms.comparator == "at_least" and terms.cap is not None:
        return Under(terms.cap, terms.cap - amount) if amount < terms.cap else None
    if terms.comparator == "fixed" and terms.cap is not None and amount != terms.cap:
        return NotFixed(terms.cap)
    limit, room = ceiling(terms, investment), headroom(terms, granted, investment)
    if limit is None or room is None or amount <= room:
        return None
    return Over(limit, granted, room, amount - room)


def _cap(terms: Terms) -> Decimal | None:
    """The cap as a bound from above; the least that must be granted is none."""
    return None if terms.comparator == "at_least" else terms.cap


def _share(terms: Terms, investment: Decimal | None) -> Decimal | None:
    if terms.rate is None:
        return None
    if investment is None:
        raise MissingInvestment
    exact = _EXACT.divide(_EXACT.multiply(investment, terms.rate), Decimal(100))
    return _EXACT.quantize(exact, FEN)


def _least(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
