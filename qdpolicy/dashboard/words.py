"""The words of the pages for codes that the rows hold: statuses, lights, flags, goals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators.models import Observation, Unit
from indicators.periods import PeriodError, ReferencePeriod
from qdpolicy.dashboard.amounts import amount, exact, in_english
from targets.models import TargetVersion
from targets.progress.verdict import light_of
from targets.progress.wording import flag_word, status_word

PENDING = "pending"
"""The status of a target whose verdict was not computed yet; it is in no snapshot."""

WITHDRAWN = "withdrawn"
"""The status of a target that no longer holds (废止); it has no verdict either."""

STATUSES = (
    "attained", "on_track", "lagging", "off_track", "regressing", "missed", "not_assessable",
    "no_data", "not_due", "not_quantified", PENDING,
)  # fmt: skip
"""In the order in which a sentence counts them."""

LIGHTS = ("red", "yellow", "green", "grey")
"""In the order in which a reader needs them."""

LIGHT_LABELS: Mapping[str, Promise | str] = {
    "green": gettext_lazy("绿灯"),
    "yellow": gettext_lazy("黄灯"),
    "red": gettext_lazy("红灯"),
    "grey": gettext_lazy("灰灯"),
}
LIGHT_MEANINGS: Mapping[str, Promise | str] = {
    "green": gettext_lazy("已完成或符合预期"),
    "yellow": gettext_lazy("略有滞后"),
    "red": gettext_lazy("明显滞后、倒退或未完成"),
    "grey": gettext_lazy("暂不能判断"),
}

TREND_LABELS: Mapping[str, Promise | str] = {
    "up": gettext_lazy("上升"),
    "down": gettext_lazy("下降"),
    "flat": gettext_lazy("持平"),
}

MISSING_LABELS: Mapping[str, Promise | str] = {
    Observation.Status.NOT_COLLECTED: gettext_lazy("未统计"),
    Observation.Status.NOT_APPLICABLE: gettext_lazy("不适用"),
    Observation.Status.CONFIDENTIAL: gettext_lazy("保密"),
}

QUALIFIER_WORDS: Mapping[str, Promise | str] = {
    "above": gettext_lazy("超过 %(value)s"),
    "below": gettext_lazy("不足 %(value)s"),
    "about": gettext_lazy("约 %(value)s"),
}

_COMPARED: Mapping[str, Promise | str] = {
    "more_than": gettext_lazy("突破 %(value)s"),
    "at_least": gettext_lazy("达到 %(value)s以上"),
    "at_most": gettext_lazy("不超过 %(value)s"),
    "less_than": gettext_lazy("低于 %(value)s"),
    "equals": gettext_lazy("等于 %(value)s"),
    "about": gettext_lazy("%(value)s左右"),
    "nearly": gettext_lazy("近 %(value)s"),
    "between": gettext_lazy("%(value)s至 %(upper)s"),
}
_MEASURED: Mapping[str, Promise | str] = {
    "level": gettext_lazy("%(goal)s"),
    "increment": gettext_lazy("新增：%(goal)s"),
    "cumulative": gettext_lazy("累计：%(goal)s"),
    "share": gettext_lazy("%(goal)s"),
    "growth": gettext_lazy("比上年增长：%(goal)s"),
    "average_growth": gettext_lazy("年均增长：%(goal)s"),
    "rank": gettext_lazy("位次：%(goal)s"),
}


def language() -> Literal["zh", "en"]:
    """The reader's language as the words of a verdict know it."""
    return "en" if in_english() else "zh"


def status_label(status: str, flags: Iterable[str] = ()) -> str:
    """The word of a status; 提前完成 and 快于预期 where the flag says so."""
    if status == PENDING:
        return _("正在计算")
    if status == WITHDRAWN:
        return _("已废止")
    if status == "attained" and "early" in flags:
        return flag_word("early", language())
    if status == "on_track" and "ahead" in flags:
        return flag_word("ahead", language())
    return status_word(status, language())


def light_for(status: str) -> str:
    """The light of a status as rows hold it; one that is being computed is grey."""
    return light_of(status)  # type: ignore[arg-type]  # what is no status of a verdict is grey


def period_label(text: str | None) -> str:
    """The words of a canonical period; the text itself where it is none."""
    if not text:
        return ""
    try:
        period = ReferencePeriod.parse(text)
    except PeriodError:
        return text
    return period.label_en if in_english() else period.label_zh


def qualified(value: Decimal, qualifier: str, unit: Unit) -> str:
    """A value with what its source says of it: 超过 395亿元."""
    shown = amount(value, unit)
    pattern = QUALIFIER_WORDS.get(qualifier)
    return shown if pattern is None else str(pattern) % {"value": shown}


def goal_words(version: TargetVersion) -> str:
    """What was promised, in words and in the unit of the text: 突破 700亿元."""
    if version.measure == TargetVersion.Measure.MULTIPLE:
        goal = _multiple(version.value)
    elif version.measure == TargetVersion.Measure.CHANGE:
        goal = _change(version)
    else:
        compared = str(_COMPARED[version.comparator]) % {
            "value": amount(version.value, version.unit),
            "upper": "" if version.upper is None else amount(version.upper, version.unit),
        }
        goal = str(_MEASURED[version.measure]) % {"goal": compared}
    if version.cadence == TargetVersion.Cadence.EACH_YEAR:
        return _("每年 %(goal)s") % {"goal": goal}
    return goal


def _multiple(times: Decimal) -> str:
    """翻一番 is twice, 翻两番 four times the baseline."""
    if times == 2:
        return _("比基期翻一番")
    if times == 4:
        return _("比基期翻两番")
    return _("达到基期的 %(times)s 倍") % {"times": exact(times)}


def _change(version: TargetVersion) -> str:
    """A rise or a fall against the baseline, in points or per cent of it."""
    shown = {"value": amount(abs(version.value), version.unit)}
    if version.direction == "decrease" or version.value < 0:
        return _("比基期下降 %(value)s") % shown
    return _("比基期提高 %(value)s") % shown


def deadline_words(version: TargetVersion) -> str:
    """By when; a promise without a year says so."""
    if not version.period_end:
        return _("未注明期限")
    return period_label(version.period_end)
