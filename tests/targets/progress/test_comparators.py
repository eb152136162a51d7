"""Comparators: the words of PROGRESS.md, section 2, and what a bound can prove."""

from __future__ import annotations

from decimal import Decimal

import pytest

from indicators.periods import ReferencePeriod
from targets.progress import DEFAULT_RULES, Goal, Rules
from targets.progress.comparators import Criterion, criterion_of


def criterion(comparator, value="100", direction="increase", **fields) -> Criterion:
    numbers = {name: Decimal(text) for name, text in fields.items() if name != "rules"}
    goal = Goal(
        measure="level",
        comparator=comparator,
        value=Decimal(value),
        direction=direction,
        period_end=ReferencePeriod.of_year(2024),
        **numbers,
    )
    return criterion_of(goal, Decimal(value), fields.get("rules", DEFAULT_RULES))


@pytest.mark.parametrize(
    ("comparator", "direction", "met", "unmet"),
    [
        ("at_least", "increase", ["100", "100.00", "101"], ["99.99", "-100"]),
        ("more_than", "increase", ["100.01", "1E+9"], ["100", "99"]),
        ("at_most", "decrease", ["100", "0", "-5"], ["100.0001"]),
        ("less_than", "decrease", ["99.99"], ["100", "101"]),
        ("equals", "maintain", ["100", "1E+2"], ["100.01", "99.99"]),
        ("about", "increase", ["98", "102", "500"], ["97.99"]),
        ("about", "decrease", ["102", "98", "0"], ["102.01"]),
        ("about", "maintain", ["98", "102"], ["97.99", "102.01"]),
        ("nearly", "increase", ["90", "100", "200"], ["89.99"]),
        ("nearly", "decrease", ["110", "100", "0"], ["110.01"]),
        ("nearly", "maintain", ["90", "110"], ["89.99", "110.01"]),
    ],
)
def test_comparator_divides_the_numbers(comparator, direction, met, unmet) -> None:
    test = criterion(comparator, direction=direction)
    answers = [test.holds(Decimal(value), "exact") for value in met + unmet]
    assert answers == [True] * len(met) + [False] * len(unmet)


@pytest.mark.parametrize(
    ("direction", "answers", "aim"),
    [
        ("increase", [False, True, True, True], "10"),
        ("decrease", [True, True, True, False], "20"),
        ("maintain", [False, True, True, False], "10"),
    ],
)
def test_range_is_met_from_its_near_end(direction, answers, aim) -> None:
    test = criterion("between", "10", direction, upper="20")
    values = [Decimal(v) for v in ("9", "10", "20", "21")]
    assert [test.holds(v, "exact") for v in values] == answers
    assert [test.position(v, "exact") for v in values] == ["below", "inside", "inside", "above"]
    assert test.aim == Decimal(aim)


def test_tolerance_of_the_goal_beats_the_rules() -> None:
    assert criterion("about", tolerance="0.5").tolerance == Decimal("0.5")
    assert criterion("about", tolerance="0").tolerance == 0
    assert criterion("nearly", tolerance="3").tolerance == 3
    assert criterion("at_least", tolerance="3").tolerance == 0
    rules = Rules(about_tolerance=Decimal("0.05"), nearly_share=Decimal("0.8"))
    assert criterion("about", rules=rules).tolerance == 5
    assert criterion("nearly", rules=rules).tolerance == 20


def test_tolerance_of_a_negative_goal_is_not_negative() -> None:
    test = criterion("about", "-100")
    answers = [test.holds(Decimal(v), "exact") for v in ("-102", "-102.01", "-98")]
    assert answers == [True, False, True]


@pytest.mark.parametrize(
    ("comparator", "certainty", "value", "answer"),
    [
        ("at_least", "above", "100", True),
        ("at_least", "above", "99", None),
        ("more_than", "above", "100", True),
        ("more_than", "above", "99", None),
        ("at_most", "above", "100", False),
        ("at_most", "above", "99", None),
        ("less_than", "above", "100", False),
        ("at_least", "below", "100", False),
        ("at_least", "below", "101", None),
        ("more_than", "below", "100", False),
        ("at_most", "below", "100", True),
        ("at_most", "below", "101", None),
        ("less_than", "below", "100", True),
        ("equals", "above", "100", False),
        ("equals", "above", "99", None),
        ("equals", "below", "100", False),
        ("equals", "below", "101", None),
        ("at_least", "either", "1000", None),
        ("at_least", "about", "100", True),
        ("at_least", "about", "99", False),
    ],
)
def test_bound_proves_only_what_it_implies(comparator, certainty, value, answer) -> None:
    assert criterion(comparator).holds(Decimal(value), certainty) is answer


def test_position_is_only_of_ranges_and_about() -> None:
    value = Decimal(97)
    positions = {
        name: criterion(name).position(value, "exact") for name in ("about", "nearly", "at_least")
    }
    assert positions == {"about": "below", "nearly": None, "at_least": None}


def test_position_of_a_bound_is_given_only_where_it_is_sure() -> None:
    test = criterion("about", direction="maintain")
    assert test.position(Decimal(102), "above") == "above"
    assert test.position(Decimal(100), "above") is None
    assert test.position(Decimal(98), "below") == "below"
    assert test.position(Decimal(100), "below") is None
    assert test.position(Decimal(200), "either") is None


def test_mirrored_test_holds_for_the_negated_value() -> None:
    for comparator in ("at_least", "more_than", "at_most", "less_than", "equals", "between"):
        for direction in ("increase", "decrease", "maintain"):
            test = criterion(comparator, "10", direction, upper="20")
            for value in map(Decimal, ("9", "10", "15", "20", "21")):
                assert test.mirrored().holds(-value, "exact") == test.holds(value, "exact")
            assert test.mirrored().mirrored() == test


def test_scaled_and_shifted_test_move_with_the_values() -> None:
    test = criterion("about", "100", "maintain")
    moved = test.scaled(Decimal(10)).shifted(Decimal(7))
    for value in map(Decimal, ("97", "98", "102", "103")):
        assert moved.holds(value * 10 + 7, "exact") == test.holds(value, "exact")
    assert (moved.aim, moved.tolerance) == (Decimal(1007), Decimal(20))
