"""Compare-and-set: an edit applies to the version it was made on, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import F, Model, QuerySet

Row = TypeVar("Row", bound=Model)


class Conflict(Exception):  # noqa: N818 - an answer to a person, not a fault
    """Another person changed the row first; both values are here for the reader to choose."""

    def __init__(self, current: Model | None, attempted: dict[str, Any]) -> None:
        super().__init__(
            "这条记录刚刚被他人修改，未覆盖对方的值。"
            " (This row was changed by somebody else in the meantime; nothing was overwritten.)"
        )
        self.current = current
        self.attempted = attempted


@dataclass(frozen=True, slots=True)
class Clash:
    """One field of a conflict: what is stored now and what was to be written."""

    field: str
    label: str
    current: Any
    attempted: Any


def compare_and_set(
    rows: QuerySet[Row] | type[Row], pk: Any, version: int, /, **changes: Any
) -> int:
    """Write `changes` where `version` is still the stored one and return the new version.

    One UPDATE statement, so it holds on every database without a lock.
    Raises Conflict when the row has another version or is gone.
    """
    queryset = rows if isinstance(rows, QuerySet) else rows._default_manager.all()
    changed = queryset.filter(pk=pk, version=version).update(version=F("version") + 1, **changes)
    if changed == 0:
        raise Conflict(queryset.model._default_manager.filter(pk=pk).first(), changes)
    return version + 1


def save_seen(entry: Model, version: int | None) -> None:
    """Save a row as edited on the version its editor saw; None is a new row.

    Raises Conflict where the stored row has moved on since.
    """
    if version is not None:
        seen = compare_and_set(type(entry), entry.pk, version)
        setattr(entry, "version", seen)  # noqa: B010 - only versioned models come with one
    entry.save()


def clashes(conflict: Conflict) -> list[Clash]:
    """The fields in which the stored row and the attempted change differ, in the given order."""
    if conflict.current is None:
        return []
    found = []
    for name, attempted in conflict.attempted.items():
        field = conflict.current._meta.get_field(name)
        current = getattr(conflict.current, name)
        if current != attempted:
            label = str(getattr(field, "verbose_name", name))
            found.append(Clash(name, label, current, attempted))
    return found
