"""The worked cases of the rule book: each a goal, a series and what must come out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from targets.progress.cases import judge_case

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data" / "worked_cases.json").read_text(encoding="utf-8")
)


def test_worked_cases_are_all_there() -> None:
    assert len(CASES) == 105
    assert len({case["id"] for case in CASES}) == 105


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_worked_case_comes_out(case: dict[str, Any]) -> None:
    out = judge_case(case)
    expected = dict(case["expect"])
    assert set(expected.pop("flags", [])) <= set(out["flags"])
    assert not set(expected.pop("not_flags", [])) & set(out["flags"])
    for name, value in expected.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            assert out[name] == pytest.approx(value, abs=1e-6, rel=0)
        else:
            assert out[name] == value


# Flags beyond those that a case names; every other case raises exactly the flags it lists.
MORE_FLAGS = {
    "W23": {"implied_baseline"},
    "W33a": {"early"},
    "W41a": {"early"},
    "W44": {"stale_data"},
    "W49": {"path_forced_linear"},
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_worked_case_raises_no_other_flags(case: dict[str, Any]) -> None:
    listed = set(case["expect"].get("flags", []))
    assert set(judge_case(case)["flags"]) == listed | MORE_FLAGS.get(case["id"], set())
