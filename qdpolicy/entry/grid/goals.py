"""What was promised for a cell, and where the way to it should be by then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from indicators.models import Indicator, Unit
from indicators.periods import PeriodError, ReferencePeriod
from indicators.quantities import convert
from qdpolicy.dashboard.amounts import amount
from qdpolicy.dashboard.words import goal_words, period_label
from targets.models import ProgressSnapshot, TargetVersion
from targets.progress.arithmetic import CONTEXT
from targets.progress.notes import Notes
from targets.progress.pace import Course, follow

Measure = TargetVersion.Measure
# What these promise is the value of the end period itself, so that a path leads to it.
_OF_LEVELS = frozenset(
    {Measure.LEVEL, Measure.SHARE, Measure.MULTIPLE, Measure.CHANGE, Measure.INCREMENT}
)


@dataclass(frozen=True, kw_only=True)
class Goal:
    """One promise about an indicator in a region: its end, its words, and its way there."""

    end: ReferencePeriod | None
    words: str
    each_year: bool
    unit: Unit
    course: Course | None

    def required(self, period: ReferencePeriod) -> Decimal | None:
        """Where the path is at the end of a period; None off the path."""
        if self.course is None or self.end is None:
            return None
        now = period.end_month
        if not self.course.start < now <= self.end.end_month:
            return None
        if now == self.end.end_month:
            return self.course.aim
        with localcontext(CONTEXT):
            course = Course(
                base=self.course.base,
                aim=self.course.aim,
                value=self.course.value,
                start=self.course.start,
                now=now,
                end=self.end.end_month,
                path=self.course.path,
                milestones=self.course.milestones,
                profile=self.course.profile,
            )
            return follow(course, Notes()).expected_now


@dataclass(frozen=True)
class Goals:
    """The promises about some rows, by indicator and region."""

    of: dict[tuple[int, int], list[Goal]] = field(default_factory=dict)

    def words(self, indicator: Indicator, region: int, period: ReferencePeriod) -> str:
        """What is promised for this period, else the next that is promised, with its deadline."""
        goals = self.of.get((indicator.pk, region), ())
        own = [
            goal.words
            for goal in goals
            if goal.end == period
            or (goal.each_year and period.kind == "year" and _within(period, goal.end))
        ]
        if own:
            return "；".join(own)
        later = [
            goal
            for goal in goals
            if goal.end is not None and goal.end.last_day > period.last_day and not goal.each_year
        ]
        if not later:
            return ""
        following = min(later, key=_end)
        return f"{period_label(str(following.end))} {following.words}"

    def ahead(self, indicator: Indicator, region: int, period: ReferencePeriod) -> str:
        """The promise that is next due from a period on, else the last one, with its deadline."""
        goals = [goal for goal in self.of.get((indicator.pk, region), ()) if goal.end is not None]
        due = [goal for goal in goals if _end(goal).last_day >= period.last_day]
        if not goals:
            return ""
        goal = min(due, key=_end) if due else max(goals, key=_end)
        return f"{period_label(str(goal.end))} {goal.words}"

    def required(self, indicator: Indicator, region: int, period: ReferencePeriod) -> str:
        """Where the paths are in this period, with their unit; empty where there is none."""
        found: list[str] = []
        for goal in self.of.get((indicator.pk, region), ()):
            if not _comparable(indicator, goal.end, period):
                continue
            value = goal.required(period)
            if value is not None:
                shown = amount(value, indicator.unit, goal.course.aim, computed=True)  # type: ignore[union-attr]  # without a course there is no value
                found += [shown] * (shown not in found)
        return "；".join(found)


def _end(goal: Goal) -> ReferencePeriod:
    assert goal.end is not None
    return goal.end


def _within(period: ReferencePeriod, end: ReferencePeriod | None) -> bool:
    return end is None or period.last_day <= end.last_day


def _comparable(indicator: Indicator, end: ReferencePeriod | None, period: ReferencePeriod) -> bool:
    """Whether a figure of this period is measured as the promised one: flows by whole periods."""
    if end is None:
        return False
    return indicator.accumulation == Indicator.Accumulation.STOCK or end.kind == period.kind


def goals_about(indicators: Iterable[int], regions: Iterable[int]) -> Goals:
    """The promises in force about these indicators in these regions (primary keys); one query."""
    versions = (
        TargetVersion.objects.judgeable()
        .filter(target__indicator__in=set(indicators), target__region__in=set(regions))
        .select_related("target__indicator__unit", "target__snapshot", "unit")
        .order_by("period_end", "target_id")
    )
    found: defaultdict[tuple[int, int], list[Goal]] = defaultdict(list)
    for version in versions:
        found[version.target.indicator_id, version.target.region_id].append(_goal(version))
    return Goals(dict(found))


def _goal(version: TargetVersion) -> Goal:
    end = _period(version.period_end)
    return Goal(
        end=end,
        words=goal_words(version),
        each_year=version.cadence == TargetVersion.Cadence.EACH_YEAR,
        unit=version.target.indicator.unit,
        course=None if end is None else _course(version, end),
    )


def _course(version: TargetVersion, end: ReferencePeriod) -> Course | None:
    """The way from the baseline of the verdict to the goal, as the engine went it."""
    snapshot: ProgressSnapshot | None = getattr(version.target, "snapshot", None)
    if (
        version.measure not in _OF_LEVELS
        or version.cadence == TargetVersion.Cadence.EACH_YEAR
        or snapshot is None
        or snapshot.goal is None
        or snapshot.baseline_value is None
        or snapshot.baseline_value == snapshot.goal
    ):
        return None
    start = _period(snapshot.baseline_period)
    flow = version.target.indicator.accumulation == Indicator.Accumulation.FLOW
    # What is added over several periods is a sum, not the value of one of them.
    if start is None or (version.measure == Measure.INCREMENT and flow):
        return None
    theirs, own = version.unit.exponent, version.target.indicator.unit.exponent
    return Course(
        base=snapshot.baseline_value,
        aim=snapshot.goal,
        value=snapshot.baseline_value if snapshot.actual is None else snapshot.actual,
        start=start.end_month,
        now=end.end_month,
        end=end.end_month,
        path=version.path,  # type: ignore[arg-type]  # the model's choices are the same
        milestones=tuple(
            sorted(
                (ReferencePeriod.parse(period).end_month, convert(Decimal(str(value)), theirs, own))
                for period, value in version.milestones.items()
            )
        ),
        profile=tuple(Decimal(str(share)) for share in version.profile),
    )


def _period(text: str) -> ReferencePeriod | None:
    try:
        return ReferencePeriod.parse(text) if text else None
    except PeriodError:
        return None
