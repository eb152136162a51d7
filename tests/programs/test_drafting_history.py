"""Undo and redo over saves that are only added, against a slow stack of texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.drafting.history import Place, place_of


@pytest.mark.parametrize(
    ("saves", "place"),
    [
        ([], Place(None, None)),
        ([(1, None)], Place(None, None)),
        ([(1, None), (2, None)], Place(1, None)),
        ([(1, None), (2, None), (3, 1)], Place(None, 2)),
        ([(1, None), (2, None), (3, None), (4, 2), (5, 1)], Place(None, 2)),
        ([(1, None), (2, None), (3, 1), (4, 2)], Place(1, None)),
        ([(1, None), (2, None), (3, 1), (4, None)], Place(1, None)),
    ],
)
def test_place_after_these_saves(saves: list[tuple[int, int | None]], place: Place) -> None:
    assert place_of(saves) == place


@given(st.lists(st.sampled_from(["save", "undo", "redo"]), max_size=30))
def test_undo_and_redo_walk_the_line_that_an_editor_expects(steps: list[str]) -> None:
    saves: list[tuple[int, int | None]] = [(1, None)]
    undone: list[int] = []
    line = [1]
    for step in steps:
        number = len(saves) + 1
        place = place_of(saves)
        assert place == Place(line[-2] if len(line) > 1 else None, undone[-1] if undone else None)
        if step == "save":
            saves.append((number, None))
            line.append(number)
            undone = []
        elif step == "undo" and place.undo is not None:
            saves.append((number, place.undo))
            undone.append(line.pop())
        elif step == "redo" and place.redo is not None:
            saves.append((number, place.redo))
            line.append(undone.pop())
