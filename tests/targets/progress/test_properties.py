"""Properties of every verdict, on generated goals and series (PROGRESS.md, section 5)."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, get_args

from hypothesis import assume, given
from hypothesis import strategies as st

from indicators.periods import ReferencePeriod
from targets.progress import Actual, Baseline, Goal, Verdict, evaluate, evaluate_group
from targets.progress.goal import Comparator, MeasureKind
from targets.progress.reasons import COVERS, FIGURES
from targets.progress.verdict import FLAGS, Status
from targets.progress.wording import SENTENCES, sentence
from tests.targets.progress.effort import effort

FEW = effort(30)
MANY = effort(60)

STATUSES = get_args(Status)
MEASURES = get_args(MeasureKind)
BEST_FIRST = ("attained", "on_track", "lagging", "off_track", "regressing", "missed")


def year(number: int) -> ReferencePeriod:
    return ReferencePeriod.of_year(number)


PERIODS = st.sampled_from(
    [
        ReferencePeriod.parse(text)
        for number in range(2019, 2031)
        for text in (
            f"{number}",
            f"{number}",
            f"{number}-S1",
            f"{number}-Q1",
            f"{number}-Q2",
            f"{number}-Q4",
            f"{number}-09",
            f"{number}-06-07",
            f"{number}-01/{number}-09",
            f"{number}/{number + 3}",
        )
    ]
)
YEARS = st.integers(2019, 2030).map(year)
TAME = st.decimals(-500, 500, places=2)
WILD = st.one_of(
    TAME,
    st.sampled_from(
        [
            Decimal(0),
            Decimal("1E-999999"),
            Decimal("9.99E+999999"),
            Decimal("-1E+500000"),
            Decimal("1E+999999999999"),
            Decimal("1E-999999999999"),
            Decimal("0." + "9" * 60),
            Decimal("NaN"),
            Decimal("sNaN"),
            Decimal("Infinity"),
            Decimal("-Infinity"),
        ]
    ),
)
DAYS = st.one_of(st.none(), st.dates(date(2018, 1, 1), date(2033, 1, 1)))


def actuals(values: st.SearchStrategy[Decimal]) -> st.SearchStrategy[Actual]:
    return st.builds(
        Actual,
        value=st.one_of(st.none(), values, values, values),
        qualifier=st.sampled_from(["exact", "exact", "exact", "above", "below", "about"]),
        obs_status=st.sampled_from(["A", "A", "A", "P", "E", "B", "L", "M", "Q"]),
        id=st.one_of(st.none(), st.integers(1, 99)),
    )


def series_of(values: st.SearchStrategy[Decimal]) -> st.SearchStrategy[dict[Any, Actual]]:
    return st.dictionaries(PERIODS, actuals(values), max_size=9)


def goals(values: st.SearchStrategy[Decimal]) -> st.SearchStrategy[Goal]:
    baselines = st.builds(
        Baseline,
        period=PERIODS,
        value=st.one_of(st.none(), values),
        provenance=st.sampled_from(["observed", "stated", "implied"]),
    )
    return st.builds(
        Goal,
        measure=st.sampled_from(get_args(MeasureKind)),
        comparator=st.sampled_from(get_args(Comparator)),
        value=st.one_of(st.none(), values, values, values),
        direction=st.sampled_from(["increase", "decrease", "maintain"]),
        period_end=st.one_of(st.none(), PERIODS, YEARS, YEARS),
        period_start=st.one_of(st.none(), PERIODS, YEARS),
        upper=st.one_of(st.none(), values),
        tolerance=st.one_of(st.none(), st.none(), values),
        unit=st.sampled_from(["", "percent", "points", "家"]),
        accumulation=st.sampled_from([None, "stock", "flow"]),
        cadence=st.sampled_from(["by_end", "by_end", "each_year"]),
        path=st.sampled_from(["linear", "compound", "milestones", "seasonal"]),
        milestones=st.lists(st.tuples(PERIODS, values), max_size=3).map(tuple),
        profile=st.sampled_from(
            [
                (Decimal("0.1"), Decimal("0.11"), Decimal("0.19"), Decimal("0.6")),
                (Decimal(0), Decimal(0), Decimal(0), Decimal(1)),
                (),
            ]
        ),
        baseline=st.one_of(st.none(), baselines),
    )


@st.composite
def sound_goals(draw, measures=MEASURES, cadences=("by_end", "by_end", "each_year")):
    """Goals that a person might have confirmed: years in order, ends of ranges in order."""
    start = draw(st.integers(2019, 2023))
    end = draw(st.integers(start, 2027))
    value = draw(TAME)
    baselines = st.builds(
        Baseline,
        period=st.just(year(start - 1)),
        value=st.one_of(st.none(), TAME),
        provenance=st.sampled_from(["observed", "stated", "implied"]),
    )
    return Goal(
        measure=draw(st.sampled_from(measures)),
        comparator=draw(st.sampled_from(get_args(Comparator))),
        value=value,
        upper=value + abs(draw(TAME)),
        direction=draw(st.sampled_from(["increase", "decrease", "maintain"])),
        period_start=draw(st.sampled_from([None, year(start)])),
        period_end=draw(st.sampled_from([None, year(end), year(end), year(end)])),
        tolerance=draw(st.sampled_from([None, None, Decimal(3)])),
        unit=draw(st.sampled_from(["", "percent"])),
        accumulation=draw(st.sampled_from([None, "stock", "flow"])),
        cadence=draw(st.sampled_from(cadences)),
        path=draw(st.sampled_from(["linear", "compound", "milestones", "seasonal"])),
        milestones=tuple(draw(st.lists(st.tuples(YEARS, TAME), max_size=3))),
        profile=(Decimal("0.1"), Decimal(0), Decimal("0.3"), Decimal("0.6")),
        baseline=draw(st.one_of(st.none(), baselines, baselines)),
    )


ANY_GOAL = st.one_of(goals(TAME), sound_goals(), sound_goals())


def answers(verdict: Verdict) -> None:
    """What holds for every verdict whatsoever."""
    assert verdict.status in STATUSES
    assert set(verdict.flags) <= set(FLAGS)
    assert verdict.rule_version == "1"
    explained = {name for reason in verdict.reasons for name in COVERS.get(reason.code, ())}
    explained |= {dict(r.params)["field"] for r in verdict.reasons if r.code == "figure_undefined"}
    for name in FIGURES:
        figure = getattr(verdict, name)
        assert figure is None or figure.is_finite()
        assert figure is not None or name in explained
    for reason in verdict.reasons:
        assert reason.code in SENTENCES
        for language in ("zh", "en"):
            words = sentence(reason, language)
            assert words
            assert "{" not in words
            assert "—的" not in words
    if verdict.status == "attained":
        assert verdict.attained is True
    if verdict.status == "missed":
        assert verdict.attained is False
    if verdict.status in ("on_track", "lagging", "off_track", "regressing"):
        assert verdict.attained is False


@MANY
@given(goals(WILD), series_of(WILD), DAYS, series_of(WILD))
def test_evaluate_answers_any_input(goal, series, as_of, rates) -> None:
    answers(evaluate(goal, series, as_of, rates=rates))


@MANY
@given(ANY_GOAL, series_of(TAME), DAYS, series_of(TAME))
def test_evaluate_answers_tame_input(goal, series, as_of, rates) -> None:
    answers(evaluate(goal, series, as_of, rates=rates))


@FEW
@given(st.lists(st.tuples(ANY_GOAL, series_of(TAME)), max_size=4), DAYS)
def test_group_answers_any_parts(parts, as_of) -> None:
    verdicts = [evaluate(goal, series, as_of) for goal, series in parts]
    group = evaluate_group(verdicts)
    assert group.status in STATUSES
    assert group == evaluate_group(verdicts)
    assert group.status != "attained" or all(v.status == "attained" for v in verdicts)


@MANY
@given(ANY_GOAL, series_of(TAME), DAYS, series_of(TAME), st.randoms())
def test_verdict_is_idempotent_and_ignores_the_order_of_the_series(
    goal, series, as_of, rates, chance: random.Random
) -> None:
    first = evaluate(goal, series, as_of, rates=rates)
    pairs = list(series.items())
    chance.shuffle(pairs)
    assert evaluate(goal, series, as_of, rates=rates) == first
    assert evaluate(goal, dict(pairs), as_of, rates=rates) == first


@MANY
@given(
    ANY_GOAL,
    series_of(TAME),
    st.dates(date(2018, 1, 1), date(2033, 1, 1)),
    series_of(TAME),
    series_of(TAME),
)
def test_later_periods_never_change_an_as_of_verdict(goal, series, as_of, rates, more) -> None:
    later = {p: a for p, a in more.items() if p.last_day > as_of}
    before = evaluate(goal, series, as_of, rates=rates)
    assert evaluate(goal, {**series, **later}, as_of, rates={**rates, **later}) == before


LEVELS = st.integers(-400, 400).map(lambda n: Decimal(n) / 4)


@st.composite
def level_goals(draw, comparators=("at_least", "more_than", "at_most", "less_than")):
    comparator = draw(st.sampled_from(comparators))
    start = draw(st.integers(2019, 2023))
    end = draw(st.integers(start + 1, 2030))
    provenance = draw(st.sampled_from(["observed", "stated", "implied"]))
    goal = Goal(
        measure=draw(st.sampled_from(["level", "share", "rank"])),
        comparator=comparator,
        value=draw(LEVELS),
        direction="increase" if comparator in ("at_least", "more_than") else "decrease",
        period_end=year(end),
        baseline=Baseline(period=year(start), value=draw(LEVELS), provenance=provenance),
        path=draw(st.sampled_from(["linear", "compound"])),
    )
    now = draw(st.integers(start + 1, end))
    return goal, year(now)


@MANY
@given(level_goals(), LEVELS, LEVELS)
def test_a_better_actual_never_has_a_worse_status(case, one, other) -> None:
    goal, now = case
    low, high = sorted((one, other))
    if goal.comparator in ("at_most", "less_than"):
        low, high = high, low
    worse = evaluate(goal, {now: Actual(value=low)}, now.last_day)
    better = evaluate(goal, {now: Actual(value=high)}, now.last_day)
    assert BEST_FIRST.index(better.status) <= BEST_FIRST.index(worse.status)


@MANY
@given(
    st.sampled_from(["increment", "cumulative"]),
    st.sampled_from(["at_least", "more_than", "nearly", "about"]),
    LEVELS,
    LEVELS,
    LEVELS,
    st.integers(2021, 2024),
)
def test_a_better_sum_never_has_a_worse_status(measure, comparator, aim, one, other, now) -> None:
    goal = Goal(
        measure=measure,
        comparator=comparator,
        value=aim,
        direction="increase",
        period_start=year(2021),
        period_end=year(2024),
    )
    low, high = sorted((one, other))
    others = {year(y): Actual(value=Decimal(1)) for y in range(2021, now)}
    worse = evaluate(goal, {**others, year(now): Actual(value=low)}, None)
    better = evaluate(goal, {**others, year(now): Actual(value=high)}, None)
    assert BEST_FIRST.index(better.status) <= BEST_FIRST.index(worse.status)


def scaled(goal: Goal, factor: Decimal) -> Goal:
    """The goal in a unit that is so many times smaller."""

    def by(number: Decimal | None) -> Decimal | None:
        return None if number is None else number * factor

    keeps_value = goal.measure in ("growth", "average_growth", "multiple") or (
        goal.measure == "change" and goal.in_per_cent
    )
    baseline = goal.baseline
    return replace(
        goal,
        value=goal.value if keeps_value else by(goal.value),
        upper=goal.upper if keeps_value else by(goal.upper),
        tolerance=goal.tolerance if keeps_value else by(goal.tolerance),
        milestones=tuple((p, v * factor) for p, v in goal.milestones),
        baseline=baseline and replace(baseline, value=by(baseline.value)),
    )


@MANY
@given(ANY_GOAL, series_of(TAME), DAYS)
def test_verdict_is_the_same_in_units_and_in_ten_thousands(goal, series, as_of) -> None:
    wan = Decimal(10_000)
    small = {
        p: replace(a, value=None if a.value is None else a.value * wan) for p, a in series.items()
    }
    one, other = evaluate(goal, series, as_of), evaluate(scaled(goal, wan), small, as_of)
    assert (one.status, one.attained, one.position, one.flags, one.trend) == (
        other.status,
        other.attained,
        other.position,
        other.flags,
        other.trend,
    )
    assert (one.pace, one.share_done, one.completion) == (
        other.pace,
        other.share_done,
        other.completion,
    )


MIRROR = {
    "at_least": "at_most",
    "more_than": "less_than",
    "at_most": "at_least",
    "less_than": "more_than",
}
TURNED = {"increase": "decrease", "decrease": "increase", "maintain": "maintain"}
SIDES = {"below": "above", "above": "below", "inside": "inside", None: None}
BOUNDS = {"above": "below", "below": "above", "exact": "exact", "about": "about"}


@MANY
@given(sound_goals(("level", "share", "rank"), ("by_end",)), series_of(TAME), DAYS)
def test_linear_paths_are_the_same_upside_down(goal, series, as_of) -> None:
    goal = replace(goal, path="linear") if goal.path == "compound" else goal
    # A range that is to be held has no near end, so its aim is not mirrored.
    assume(goal.comparator != "between" or goal.direction != "maintain")
    upper = goal.upper if goal.comparator == "between" else goal.value
    baseline = goal.baseline
    turned = replace(
        goal,
        comparator=MIRROR.get(goal.comparator, goal.comparator),
        direction=TURNED[goal.direction],
        value=-upper,
        upper=-goal.value if goal.comparator == "between" else None,
        milestones=tuple((p, -v) for p, v in goal.milestones),
        baseline=baseline
        and replace(baseline, value=None if baseline.value is None else -baseline.value),
    )
    flipped = {
        p: replace(
            a,
            value=None if a.value is None else -a.value,
            qualifier=BOUNDS[a.qualifier],
        )
        for p, a in series.items()
    }
    one, other = evaluate(goal, series, as_of), evaluate(turned, flipped, as_of)
    # What is still missing of a sum can break a cap but not undo a success: no mirror there.
    said = {reason.code for reason in (*one.reasons, *other.reasons)}
    assume(not said & {"cap_on_running_sum", "sum_incomplete"})
    assert (one.status, one.attained, one.flags) == (other.status, other.attained, other.flags)
    assert (one.pace, one.share_done) == (other.pace, other.share_done)
    assert one.position == SIDES[other.position]
    assert one.gap == (None if other.gap is None else -other.gap)


@FEW
@given(level_goals(), LEVELS, st.integers(0, 3000))
def test_a_verdict_moves_with_the_day_only_by_its_calendar(case, value, days) -> None:
    goal, now = case
    at_once = evaluate(goal, {now: Actual(value=value)}, now.last_day)
    later = evaluate(goal, {now: Actual(value=value)}, now.last_day + timedelta(days=days))
    assert (later.status, later.pace, later.attained) == (
        at_once.status,
        at_once.pace,
        at_once.attained,
    )
    assert set(later.flags) - set(at_once.flags) <= {"awaiting_actual", "stale_data"}
