"""A slow, obvious second judge of level goals on linear paths, held equal on random input."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from indicators.periods import ReferencePeriod
from targets.progress import Actual, Baseline, Goal, evaluate
from tests.targets.progress.effort import effort

NEARLY_THERE = Fraction(1, 50)


@dataclass
class Answer:
    status: str
    attained: bool | None
    pace: Fraction | None = None
    share: Fraction | None = None
    expected: Fraction | None = None


def meets(comparator: str, actual: Fraction, goal: Fraction, direction: str) -> bool:
    if comparator == "at_least":
        return actual >= goal
    if comparator == "more_than":
        return actual > goal
    if comparator == "at_most":
        return actual <= goal
    if comparator == "less_than":
        return actual < goal
    if comparator == "about" and direction == "increase":
        return actual >= goal - abs(goal) * NEARLY_THERE
    if comparator == "about" and direction == "decrease":
        return actual <= goal + abs(goal) * NEARLY_THERE
    if comparator == "nearly" and direction == "increase":
        return actual >= goal - abs(goal) / 10
    return actual <= goal + abs(goal) / 10


def judge(
    comparator: str,
    direction: str,
    goal: Fraction,
    base_year: int,
    base: Fraction | None,
    end_year: int,
    actuals: dict[int, Fraction],
    today: int,
) -> Answer:
    """The verdict at the end of the year `today`, from the words of the rule book alone."""
    known = [y for y in sorted(actuals) if base_year <= y <= min(today, end_year)]
    if not known:
        return Answer("no_data", None)
    now = known[-1]
    actual = actuals[now]
    attained = meets(comparator, actual, goal, direction)
    start = base_year
    if base is None:
        if base_year in known:
            base = actuals[base_year]
        else:
            later = [y for y in known if base_year < y < now]
            if later:
                start = later[0]
                base = actuals[start]
    answer = Answer("", attained)
    usable = base is not None and now > start
    already = usable and (base == goal or meets(comparator, base, goal, direction))
    if usable and not already:
        answer.share = (actual - base) / (goal - base)
        time = Fraction(now - start, end_year - start)
        answer.pace = answer.share / time
        answer.expected = base + (goal - base) * time
    if attained:
        answer.status = "attained"
    elif now == end_year:
        answer.status = "missed"
    elif not usable:
        answer.status = "not_assessable"
    elif already:
        answer.status = "regressing"
    else:
        answer.status = by_pace(round(answer.pace, 9))
    return answer


def by_pace(pace: Fraction) -> str:
    if pace < 0:
        return "regressing"
    if pace < Fraction(60, 100):
        return "off_track"
    return "lagging" if pace < Fraction(95, 100) else "on_track"


NUMBERS = st.one_of(st.decimals(-200, 200, places=2), st.sampled_from([0, 10, 20, 30, 57, 95]))
CASES = st.tuples(
    st.sampled_from(["at_least", "more_than", "at_most", "less_than", "about", "nearly"]),
    st.sampled_from(["increase", "decrease"]),
    NUMBERS,
    st.integers(2018, 2022),
    st.one_of(st.none(), NUMBERS),
    st.integers(1, 8),
    st.dictionaries(st.integers(2016, 2032), NUMBERS, max_size=6),
    st.integers(2017, 2033),
)


@effort(300)
@given(CASES)
def test_evaluate_agrees_with_the_second_implementation(case) -> None:
    comparator, direction, goal, base_year, base, length, actuals, today = case
    end_year = base_year + length
    verdict = evaluate(
        Goal(
            measure="level",
            comparator=comparator,
            value=Decimal(goal),
            direction=direction,
            period_end=ReferencePeriod.of_year(end_year),
            baseline=Baseline(
                period=ReferencePeriod.of_year(base_year),
                value=None if base is None else Decimal(base),
            ),
        ),
        {ReferencePeriod.of_year(y): Actual(value=Decimal(v)) for y, v in actuals.items()},
        date(today, 12, 31),
    )
    slow = judge(
        comparator,
        direction,
        Fraction(goal),
        base_year,
        None if base is None else Fraction(base),
        end_year,
        {y: Fraction(v) for y, v in actuals.items()},
        today,
    )
    assert (verdict.status, verdict.attained) == (slow.status, slow.attained)
    for ours, theirs in (
        (verdict.pace, slow.pace),
        (verdict.share_done, slow.share),
        (verdict.expected_now, slow.expected),
    ):
        assert (ours is None) == (theirs is None)
        if ours is not None and theirs is not None:
            assert abs(Fraction(ours) - theirs) <= abs(theirs) / 10**40
