"""Columns of numbers keep their decimals, and columns of reasons their order."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targets.progress.arithmetic import plain, rounded
from targets.progress.batch.docket import together as together_in_columns
from targets.progress.batch.figures import (
    COMPUTED,
    LOST,
    UNCOUNTED,
    Figures,
    constant,
    doubtful,
    nothing,
    reaches,
    rounded_figures,
)
from targets.progress.batch.figures import given as given_numbers
from targets.progress.batch.said import Count, Number, Said, Years, grouped, number_text
from targets.progress.known import together
from targets.progress.reasons import FIGURES

MANY = settings(deadline=None, max_examples=150)
FIFTEEN = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places),
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.integers(-3, 20),
)
EVERYDAY = st.decimals(-10_000, 10_000, places=3)
NUMBERS = st.lists(
    st.tuples(st.one_of(FIFTEEN, EVERYDAY), st.one_of(FIFTEEN, EVERYDAY)), min_size=1
)


def column(numbers: list[Decimal]) -> Figures:
    return given_numbers(np.array([float(n) for n in numbers]))


def holds(found: Figures, exact: list[Fraction]) -> None:
    """Counted decimals are exact; a computed number is near unless it is marked lost."""
    for value, places, wanted in zip(found.values, found.places, exact, strict=True):
        if places < COMPUTED:
            assert Fraction(Decimal(repr(float(value)))) == wanted
        elif places == COMPUTED:
            assert abs(Fraction(float(value)) - wanted) <= Fraction(1, 10**12) * abs(wanted)


@MANY
@given(NUMBERS)
def test_sums_differences_and_products_are_exact_or_say_that_they_are_not(pairs) -> None:
    one, other = column([a for a, _ in pairs]), column([b for _, b in pairs])
    exact = [(Fraction(a), Fraction(b)) for a, b in pairs]
    holds(one + other, [a + b for a, b in exact])
    holds(one - other, [a - b for a, b in exact])
    holds(one * other, [a * b for a, b in exact])


@MANY
@given(st.lists(st.tuples(EVERYDAY, EVERYDAY), min_size=1))
def test_everyday_numbers_stay_exact_through_two_steps(pairs) -> None:
    one, other = column([a for a, _ in pairs]), column([b for _, b in pairs])
    found = (one + other) - other
    assert (found.places < COMPUTED).all()
    assert found.values.tolist() == one.values.tolist()


def test_one_large_number_does_not_make_its_neighbours_inexact() -> None:
    one, other = column([Decimal("0.1"), Decimal("9E+20")]), column([Decimal("0.2"), Decimal(1)])
    found = one + other
    assert found.values[0] == 0.3
    assert found.places.tolist() == [1, COMPUTED]


def test_difference_of_numbers_too_long_to_add_is_lost_or_exactly_zero() -> None:
    near = [Decimal("123456789012345E+9"), Decimal("123456789012345E+9")]
    found = column(near) - column([Decimal("123456789012344E+9"), near[1]])
    assert found.places.tolist() == [LOST, 0]
    assert found.values[1] == 0
    assert (found + found).lost.tolist() == [True, False]
    assert (found * found).lost.tolist() == [True, False]


def test_numbers_show_their_decimals() -> None:
    found = column([Decimal(text) for text in ("5", "0.1", "12.345", "1E-22", "1E-30", "1E+30")])
    assert found.places.tolist() == [0, 1, 3, 22, UNCOUNTED, 0]
    assert given_numbers(np.array([np.nan, np.inf])).places.tolist() == [0, 0]
    assert constant(Decimal("0.0200"), 2).places.tolist() == [2, 2]
    assert constant(Decimal(300), 1).places.tolist() == [0]


def test_only_rounded_numbers_are_in_doubt() -> None:
    three, sum_ = column([Decimal("0.3")] * 2), rounded_figures(np.array([0.1 + 0.2, 0.31]))
    assert doubtful(three, three).tolist() == [False, False]
    assert doubtful(three, sum_).tolist() == [True, False]
    assert doubtful(sum_, nothing(2)).tolist() == [False, False]
    assert doubtful(three.take(np.array([], dtype=int)), nothing(0)).tolist() == []


@MANY
@given(
    st.integers(-3, 3), st.integers(-9, 9), st.sampled_from(["0", "0.95", "0.6", "1.05", "0.33333"])
)
def test_thresholds_are_reached_as_at_nine_decimals(tenths, steps, threshold) -> None:
    limit = Decimal(threshold)
    value = limit + Decimal(steps).scaleb(-9) / 4 + Decimal(tenths).scaleb(-13)
    above, close = reaches(np.array([float(value)]), limit)
    border = abs(value - limit + Decimal("5E-10")) < Decimal("1E-12")
    assert bool(close[0]) is border
    if not border:
        assert bool(above[0]) is (rounded(value, 9) >= limit)


@pytest.mark.parametrize("size", [1, 3])
def test_certainties_go_together_as_they_do_one_by_one(size) -> None:
    names = ("exact", "about", "above", "below", "either")
    grid = np.array(np.meshgrid(*[range(5)] * size)).reshape(size, -1)
    found = together_in_columns(*grid)
    for place, codes in enumerate(grid.T):
        assert names[found[place]] == together({names[code] for code in codes})


@MANY
@given(FIFTEEN)
def test_number_in_a_reason_is_written_as_the_definition_writes_it(number) -> None:
    assert number_text(float(number)) == plain(number)


def test_negative_zero_and_large_powers_are_written_plainly() -> None:
    assert [number_text(n) for n in (-0.0, 1e20, 1e-7, 1e70)] == [
        "0", "1" + "0" * 20, "0.0000001", "1E+70",
    ]  # fmt: skip


def test_reasons_stand_in_the_order_in_which_they_were_said() -> None:
    said = Said(4)
    here = np.array([True, True, False, True])
    years = np.array([2020, 2021, 2020, 2020])
    said.say(here, "stale_data", period=Years(years))
    said.say(~here, "no_actual")
    said.say(here, "sum_incomplete", days=Count(np.array([3, 3, 3, 3])))
    said.say(
        np.array([False, True, False, False]),
        "bound_proves_nothing",
        period=Years(years, years - 1),
        value=Number(np.array([1.0, 2.5, 3.0, 4.0])),
    )
    said.say(np.zeros(4, dtype=bool), "no_deadline")
    said.say(here, "stale_data", period=Years(years))
    index, sets = said.written(np.zeros(4, dtype=np.int64))
    told = [[(r.code, r.params) for r in sets[place]] for place in index]
    stale, lacks = ("stale_data", (("period", "2020"),)), ("sum_incomplete", (("days", "3"),))
    assert told[0] == told[3] == [stale, lacks]
    assert index[0] == index[3]
    assert told[1] == [
        ("stale_data", (("period", "2021"),)),
        lacks,
        ("bound_proves_nothing", (("period", "2020/2021"), ("value", "2.5"))),
    ]
    assert told[2] == [("no_actual", ())]


def test_undefined_figures_are_named_unless_a_reason_covers_them() -> None:
    said = Said(2)
    said.say(np.array([True, False]), "goal_is_zero")
    undefined = 1 << FIGURES.index("completion") | 1 << FIGURES.index("needed")
    index, sets = said.written(np.array([undefined, undefined]))
    told = [[(r.code, dict(r.params).get("field")) for r in sets[place]] for place in index]
    assert told[0] == [("goal_is_zero", None), ("figure_undefined", "needed")]
    assert told[1] == [("figure_undefined", "completion"), ("figure_undefined", "needed")]


def test_equal_reasons_with_numbers_are_given_once() -> None:
    said = Said(1)
    for _ in range(2):
        said.say(np.array([True]), "base_not_positive", value=Number(np.array([-2.0])))
    _, sets = said.written(np.zeros(1, dtype=np.int64))
    assert [(r.code, r.params) for r in sets[-1]] == [("base_not_positive", (("value", "-2"),))]


@MANY
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2**40)), max_size=30))
def test_rows_with_equal_keys_are_one_group(rows) -> None:
    columns = np.array(rows, dtype=np.int64).reshape(-1, 2)
    index, first = grouped([(columns[:, 0], 4), (columns[:, 1], 2**40 + 1)], len(rows))
    assert len(first) == len(set(rows))
    for row, key in enumerate(rows):
        assert rows[first[index[row]]] == key
