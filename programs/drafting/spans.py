"""The days of editions: which overlap, and how long each really applies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest


@dataclass(frozen=True)
class Span:
    """An edition by its name, from a first to a last day; None never ends."""

    name: str
    begins: date
    ends: date | None

    def holds(self, day: date) -> bool:
        """Whether the day is one of them."""
        return self.begins <= day and (self.ends is None or day <= self.ends)

    def meets(self, other: Span) -> bool:
        """Whether a day belongs to both."""
        later = self if self.begins >= other.begins else other
        earlier = other if later is self else self
        return earlier.holds(later.begins)


def applying(spans: Sequence[Span]) -> list[Span]:
    """The days on which each really applies, the earliest first: it ends where the next begins."""
    rows = sorted(spans, key=lambda span: span.begins)
    cut = []
    for row, following in zip_longest(rows, rows[1:]):
        ends = row.ends
        if following is not None:
            before = following.begins - timedelta(days=1)
            ends = before if ends is None or before < ends else ends
        cut.append(Span(row.name, row.begins, ends))
    return cut


def first_clash(new: Span, others: Sequence[Span]) -> Span | None:
    """Of the days on which the others really apply those that a new edition would take away."""
    return next((span for span in applying(others) if span.meets(new)), None)


def amendment_clash(new: Span, base: Span, others: Sequence[Span]) -> Span | None:
    """What stands in the way of an adjustment of `base`: the base itself, or another edition.

    It begins after its base does, while the base is still the last to have begun; no other edition
    begins inside of it. `others` do not hold the base.
    """
    if new.begins <= base.begins:
        return base
    for other in sorted(others, key=lambda span: span.begins):
        if base.begins < other.begins <= new.begins:
            return other
        if other.begins > new.begins and new.holds(other.begins):
            return other
    return None


def correction_clash(new: Span, base: Span, others: Sequence[Span]) -> Span | None:
    """The first edition that a correction of `base` would pass, or newly overlap.

    The order in which the editions begin stays, and only those overlap that did: an adjustment and
    what it adjusts.
    """
    for other in sorted(others, key=lambda span: span.begins):
        if (other.begins < base.begins) != (other.begins < new.begins):
            return other
        if other.begins == new.begins or (other.meets(new) and not other.meets(base)):
            return other
    return None
