"""The table of a mutation run."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.targets.progress.mutants import counts, outcome, share_killed, table


@pytest.mark.parametrize(
    ("code", "word"),
    [
        (None, "not run"),
        (0, "survived"),
        (1, "killed"),
        (3, "killed"),
        (5, "untested"),
        (33, "untested"),
        (36, "timed out"),
        (-24, "timed out"),
    ],
)
def test_outcome_is_read_from_how_the_process_ended(code: int | None, word: str) -> None:
    assert outcome(code) == word


def test_table_counts_each_module_and_all(tmp_path: Path) -> None:
    for name, codes in {"pace": [1, 1, 1, 0], "known": [1, 36, None], "rules": []}.items():
        text = json.dumps({"exit_code_by_key": dict(enumerate(codes))})
        (tmp_path / f"{name}.py.meta").write_text(text, encoding="utf-8")
    assert counts(tmp_path) == {
        "known": Counter({"killed": 1, "timed out": 1, "not run": 1}),
        "pace": Counter({"killed": 3, "survived": 1}),
    }
    assert table(tmp_path).splitlines() == [
        "known              3  100.0 %  1 killed, 1 not run, 1 timed out",
        "pace               4   75.0 %  3 killed, 1 survived",
        "all                7   83.3 %  4 killed, 1 not run, 1 survived, 1 timed out",
    ]


def test_nothing_run_is_nothing_killed(tmp_path: Path) -> None:
    assert share_killed(Counter()) == 0.0
    assert table(tmp_path).split() == ["all", "0", "0.0", "%"]
