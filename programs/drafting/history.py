"""Undo and redo over saves that are only ever added: an undo is a save that says again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where a draft stands: the save that undo goes back to, and the one that redo brings back."""

    undo: int | None
    redo: int | None


def place_of(saves: Iterable[tuple[int, int | None]]) -> Place:
    """Where the saves (number, number of the save it says again) leave the draft, oldest first.

    A save after an undo cuts off what was undone: it stays on record but redo does not reach it.
    """
    line: list[int] = []
    at = -1
    for number, says_again in saves:
        if says_again is None:
            line = [*line[: at + 1], number]
            at = len(line) - 1
        else:
            at = line.index(says_again)
    return Place(
        undo=line[at - 1] if at > 0 else None,
        redo=line[at + 1] if at + 1 < len(line) else None,
    )
