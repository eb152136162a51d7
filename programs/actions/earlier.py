"""The rows of a table that come before another: what they would take of the same caps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from programs.actions.entries import AwardEntry, excluded, shared
from programs.caps import Scope
from programs.models import Award, SupportItem

_Place = tuple[Any, ...]


class Earlier:
    """Entries of a table that are not written yet, counted by whatever a cap may add up.

    For previews: each row is checked with those before it, then added.
    """

    def __init__(self) -> None:
        self._taken: dict[_Place, Decimal] = defaultdict(Decimal)
        self._rows: dict[_Place, list[tuple[AwardEntry, SupportItem]]] = defaultdict(list)

    def add(self, entry: AwardEntry, item: SupportItem) -> None:
        """Count an entry with the item that its check found."""
        for scope in Scope:
            common = shared(entry, scope)
            if common is not None:
                self._taken[_place(_name(item), common)] += entry.amount
        for reach in SupportItem.NotWith:
            self._rows[_place(reach, excluded(entry, reach))].append((entry, item))

    def taken(self, entry: AwardEntry, item: SupportItem, scope: Scope) -> Decimal:
        """What these entries take of the cap that the entry counts under, in 元."""
        common = shared(entry, scope)
        return Decimal(0) if common is None else self._taken[_place(_name(item), common)]

    def stacking(self, entry: AwardEntry, item: SupportItem) -> list[Award]:
        """The entries beside which this one may not be had, as awards that are not stored."""
        found: dict[str, Award] = {}
        for reach in SupportItem.NotWith:
            for other, theirs in self._rows[_place(reach, excluded(entry, reach))]:
                if _excludes(item, theirs, reach) or _excludes(theirs, item, reach):
                    found[other.number] = Award(number=other.number, year=other.year, item=theirs)
        return list(found.values())


def _excludes(one: SupportItem, other: SupportItem, reach: str) -> bool:
    """Whether the one may not be had beside the other, as far as this reaches."""
    own = one.not_with_for or SupportItem.NotWith.EVER
    return own == reach and "/".join(_name(other)) in one.not_with


def _name(item: SupportItem) -> tuple[str, str]:
    return item.edition.program.key, item.key


def _place(of: object, common: Mapping[str, Any]) -> _Place:
    return of, *sorted(common.items())
