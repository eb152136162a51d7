"""What a change would do, in words: two judgements side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from indicators.models import Unit
from indicators.periods import ReferencePeriod
from qdpolicy.dashboard import words
from qdpolicy.dashboard.amounts import PER_CENT, amount
from qdpolicy.dashboard.why import lead_sentence
from qdpolicy.templatetags.figures import (
    beside,
    distance,
    percent,
    qualified,
    rate,
    reason_words,
    verdict_unit,
)
from targets.models import ProgressSnapshot, TargetVersion
from targets.progress import Actual, Rules
from targets.progress.comparators import Bounds
from targets.recompute.reading import IN_INDICATOR_UNIT, Series


@dataclass(frozen=True, slots=True)
class Judged:
    """A reading, its actuals and its verdict on a day; whether stored or only asked about."""

    version: TargetVersion
    snapshot: ProgressSnapshot
    series: Series
    rates: Series
    rules: Rules
    as_of: date

    @property
    def unit(self) -> Unit:
        """The unit of the verdict's figures."""
        return verdict_unit(self.version.target, self.version)

    @property
    def lead(self) -> str:
        """Why the light is as it is, in one sentence."""
        return lead_sentence(self.version, self.snapshot, self.unit, self.rules)

    @property
    def reasons(self) -> list[str]:
        """The reasons in words."""
        return [reason_words(row, self.unit) for row in self.snapshot.reasons]


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of the two judgements."""

    label: str
    now: str
    then: str

    @property
    def changed(self) -> bool:
        """Whether the two are written differently."""
        return self.now != self.then


def lines(now: Judged, then: Judged) -> list[Line]:
    """All figures, side by side."""
    shown = _figures(then)
    return [Line(label, text, shown[label]) for label, text in _figures(now).items()]


def _figures(judged: Judged) -> dict[str, str]:
    """Every figure of a verdict as the pages write it; an em dash where there is none."""
    row, unit, version = judged.snapshot, judged.unit, judged.version
    goal = words.goal_words(version)
    if row.goal is not None:
        goal = beside(row.goal, unit, row.actual)
    actual = "—"
    if row.actual is not None:
        shown = qualified(row.actual, row.actual_qualifier, unit)
        actual = _in_period(shown, row.period)
    base = "—"
    if row.baseline_value is not None:
        base = _in_period(beside(row.baseline_value, unit, row.goal), row.baseline_period)
    return {
        _("实绩"): actual,
        pgettext("figure", "目标"): goal,
        _("基期"): base,
        _("与目标的差距"): distance(row.gap, unit),
        _("完成率"): percent(row.completion),
        _("增量完成率"): percent(row.share_done),
        pgettext("pace", "进度"): percent(row.pace),
        _("此时应达到"): beside(row.expected_now, unit, row.actual, row.goal),
        _("今后每年尚需"): rate(row.needed, version, row),
        _("实际速度（每年）"): rate(row.actual_rate, version, row),
        _("所需速度（每年）"): rate(row.required_rate, version, row),
    }


def _in_period(text: str, period: str) -> str:
    return _("%(figure)s（%(period)s）") % {"figure": text, "period": words.period_label(period)}


def outcome(now: Judged, then: Judged) -> str:
    """What becomes of the verdict, in one sentence."""
    said = {
        "before": words.status_label(now.snapshot.status, now.snapshot.flags),
        "after": words.status_label(then.snapshot.status, then.snapshot.flags),
        "light_before": words.LIGHT_LABELS[now.snapshot.light],
        "light_after": words.LIGHT_LABELS[then.snapshot.light],
    }
    if now.snapshot.light != then.snapshot.light:
        return _("%(light_before)s变为%(light_after)s：结论由“%(before)s”变为“%(after)s”。") % said
    if said["before"] != said["after"]:
        return _("结论由“%(before)s”变为“%(after)s”，仍是%(light_after)s。") % said
    return _("结论不变，仍是“%(after)s”。") % said


def changes(now: Judged, then: Judged) -> list[Line]:
    """What is asked about differently: the fields of the goal and single actuals."""
    found = [
        Line(label, text, _asked(then)[label])
        for label, text in _asked(now).items()
        if text != _asked(then)[label]
    ]
    for before, after, label, unit in (
        (now.series, then.series, _("%(period)s实绩"), now.version.target.indicator.unit),
        (now.rates, then.rates, _("%(period)s公布的增速"), PER_CENT),
    ):
        for period in sorted(before.keys() | after.keys()):
            if before.get(period) != after.get(period):
                shown = words.period_label(str(period))
                texts = (_actual(held, period, unit) for held in (before, after))
                found.append(Line(label % {"period": shown}, *texts))
    return found


def _asked(judged: Judged) -> dict[str, str]:
    """The fields of a goal that can be changed, in words."""
    version = judged.version

    in_unit = version.measure in IN_INDICATOR_UNIT
    unit = version.unit if in_unit else version.target.indicator.unit

    def held(value: Decimal | None, unit: Unit) -> str:
        return "—" if value is None else amount(value, unit)

    base = held(version.baseline_value, unit)
    return {
        pgettext("figure", "目标"): words.goal_words(version),
        _("期限"): words.deadline_words(version),
        _("允差"): held(version.tolerance, version.unit),
        _("路径"): str(version.get_path_display()),
        _("节点值"): _milestones(version.milestones, unit),
        _("基期"): _in_period(base, version.baseline_period) if version.baseline_period else "—",
        _("基期来源"): str(version.get_baseline_provenance_display()) or "—",
        _("以哪一天为准"): judged.as_of.isoformat(),
    }


def _milestones(held: Mapping[str, object], unit: Unit) -> str:
    points = sorted(held.items())
    shown = (f"{words.period_label(p)} {amount(Decimal(str(value)), unit)}" for p, value in points)
    return _("；").join(shown) or "—"


def _actual(held: Series, period: ReferencePeriod, unit: Unit) -> str:
    actual: Actual | None = held.get(period)
    if actual is None or actual.usable is None:
        return _("没有数")
    return words.qualified(actual.usable, actual.qualifier, unit)


def needed_words(bounds: Bounds, judged: Judged) -> str:
    """What it takes to attain the goal, in one sentence."""
    unit = judged.unit
    said = {
        "period": words.period_label(judged.version.period_end) or _("期末"),
        "low": "" if bounds.low is None else beside(bounds.low, unit),
        "high": "" if bounds.high is None else beside(bounds.high, unit),
    }
    if bounds.low is not None and bounds.low == bounds.high:
        return _("%(period)s须恰好是 %(low)s，才算达标。") % said
    if bounds.low is not None and bounds.high is not None:
        return _("%(period)s须在 %(low)s 与 %(high)s 之间，才算达标。") % said
    if bounds.low is not None:
        if bounds.open:
            return _("%(period)s须超过 %(low)s，才算达标；正好这个数还不算。") % said
        return _("%(period)s至少须达到 %(low)s，才算达标。") % said
    if bounds.open:
        return _("%(period)s须低于 %(high)s，才算达标；正好这个数还不算。") % said
    return _("%(period)s至多可为 %(high)s，才算达标。") % said
