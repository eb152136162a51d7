"""A goal of the columns read back as the goal that went in."""

from __future__ import annotations

import random
from dataclasses import replace

from targets.progress import Goal
from targets.progress.batch import goal_at, tabulate
from tests.targets.progress.agreement import yearly_case


def told(goal: Goal) -> Goal:
    """What the columns keep: no unit but per cent, no profile, one milestone a year."""
    return replace(
        goal,
        unit="%" if goal.in_per_cent else "",
        profile=(),
        milestones=tuple(sorted(dict(goal.milestones).items())),
    )


def test_goal_comes_back_from_its_columns() -> None:
    chance = random.Random(20241231)
    cases = [yearly_case(chance) for _ in range(400)]
    goals, _, _ = tabulate(cases)
    rows = [row for row in range(len(cases)) if goals.regular[row]]
    assert len(rows) > 300
    assert any(cases[row][0].baseline is None for row in rows)
    assert any(cases[row][0].milestones for row in rows)
    for row in rows:
        found = goal_at(goals, row)
        assert told(found) == told(cases[row][0])
