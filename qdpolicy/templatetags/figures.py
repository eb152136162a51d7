"""Filters for every number, period and status on a page; templates format nothing themselves."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from django import template
from django.utils.translation import gettext as _

from accounts.models import Department
from indicators.models import Observation, Unit, in_language
from programs.models import ProgramEdition
from programs.wording import span_of
from qdpolicy.dashboard import amounts, words
from qdpolicy.dashboard.versions import replaced_words, withdrawn_words
from targets.models import PolicyDocument, ProgressSnapshot, Target, TargetVersion
from targets.progress.reasons import Reason
from targets.progress.rules import DEFAULT_RULES
from targets.progress.wording import flag_word, sentence

register = template.Library()

ONE = Decimal(1)
_IN_PER_CENT = (TargetVersion.Measure.GROWTH, TargetVersion.Measure.AVERAGE_GROWTH)


@register.filter
def figure(value: Decimal | int | None, unit: Unit | None = None) -> str:
    """A stated figure with all its digits, in its unit where one is given; None is 暂无数据."""
    if value is None:
        return _("暂无数据")
    number = Decimal(value)
    return amounts.exact(number) if unit is None else amounts.amount(number, unit)


@register.filter
def fingerprint(digest: int) -> str:
    """The digest of a verdict, kept as a signed number of 64 bits, as its 16 hexadecimal digits."""
    return f"{digest % (1 << 64):016x}"


@register.filter
def computed(value: Decimal | None, unit: Unit | None = None) -> str:
    """A computed figure, rounded for reading; None is an em dash, since a reason stands beside."""
    if value is None:
        return "—"
    if unit is None:
        return amounts.rounded(value, Decimal(0))
    return amounts.amount(value, unit, Decimal(0), computed=True)


@register.filter
def days_of(edition: ProgramEdition) -> str:
    """The days of an edition: 2024—2028, or to the day where it does not begin with a year."""
    return span_of(edition)


@register.simple_tag
def beside(value: Decimal | None, unit: Unit, *limits: Decimal | None) -> str:
    """A computed figure beside the limits that its rounding must not reach or cross."""
    if value is None:
        return "—"
    known = [limit for limit in limits if limit is not None]
    return amounts.amount(value, unit, *known, computed=True)


@register.filter
def percent(share: Decimal | None) -> str:
    """A share as a percentage that never seems to reach 100% or a threshold it does not."""
    if share is None:
        return "—"
    rules = DEFAULT_RULES
    return amounts.percentage(share, Decimal(0), rules.lagging, rules.on_track, ONE, rules.ahead)


@register.filter
def distance(value: Decimal | None, unit: Unit) -> str:
    """A signed gap in a unit, in points between percentages; None is an em dash."""
    return "—" if value is None else amounts.difference(value, unit)


@register.simple_tag
def rate(value: Decimal | None, version: TargetVersion, snapshot: ProgressSnapshot) -> str:
    """A speed per year: in per cent on compound paths and for rates, else in units."""
    if value is None:
        return "—"
    compound = (
        version.path == TargetVersion.Path.COMPOUND and "path_forced_linear" not in snapshot.flags
    )
    if compound or version.measure in _IN_PER_CENT:
        return amounts.amount(value, amounts.PER_CENT, Decimal(0), computed=True)
    unit = version.target.indicator.unit
    if unit.dimension in (Unit.Dimension.PERCENT, Unit.Dimension.POINT):
        return amounts.difference(value, unit)
    return amounts.amount(value, unit, Decimal(0), computed=True)


@register.filter
def money(yuan: Decimal | None) -> str:
    """An amount of yuan, in 万元 or 亿元 where that is exact: 5000000 is 500万元."""
    if yuan is None:
        return _("暂无数据")
    return amounts.money(yuan)


@register.filter
def bar(share: Decimal | None) -> int:
    """A share as whole per cent from 0 to 100, the length of a bar; never a number to read."""
    return 0 if share is None else int(max(Decimal(0), min(ONE, share)) * 100)


@register.filter
def observed(observation: Observation | None) -> str:
    """An actual in the indicator's unit with its qualifier, or why there is no number."""
    if observation is None:
        return _("暂无数据")
    if observation.value is None:
        return str(words.MISSING_LABELS.get(observation.obs_status, _("暂无数据")))
    return qualified(observation.value, observation.qualifier, observation.indicator.unit)


@register.simple_tag
def qualified(value: Decimal | None, qualifier: str, unit: Unit) -> str:
    """A value with what its source says of it: 超过 395亿元."""
    if value is None:
        return _("暂无数据")
    return words.qualified(value, qualifier, unit)


@register.filter
def period(text: str | None) -> str:
    """A canonical period in words: 2024年上半年."""
    return words.period_label(text)


@register.filter
def planned(document: PolicyDocument) -> str:
    """The span of time a document plans for, in words; empty where it names none."""
    start, end = document.period_start, document.period_end
    if not start or not end or start == end:
        return words.period_label(start or end) if start or end else ""
    return _("%(start)s至%(end)s") % {
        "start": words.period_label(start),
        "end": words.period_label(end),
    }


@register.filter
def goal_words(version: TargetVersion | None) -> str:
    """What a version promises, in words."""
    return "" if version is None else words.goal_words(version)


@register.filter
def deadline(version: TargetVersion | None) -> str:
    """By when a version is due, in words."""
    return "" if version is None else words.deadline_words(version)


@register.filter
def replaced_on(version: TargetVersion) -> str:
    """Of a former reading: 原目标，2025-03-01被取代."""
    return replaced_words(version)


@register.filter
def withdrawn_since(version: TargetVersion) -> str:
    """Of a withdrawn target: 已废止，自2025-03-01起."""
    return withdrawn_words(version)


@register.filter
def light(status: str) -> str:
    """The light of a status: green, yellow, red or grey."""
    return words.light_for(status)


@register.filter
def light_label(name: str) -> str:
    """The name of a light: 红灯."""
    return str(words.LIGHT_LABELS[name])


@register.filter
def light_meaning(name: str) -> str:
    """What a light stands for: 略有滞后."""
    return str(words.LIGHT_MEANINGS[name])


@register.filter
def status_label(status: str) -> str:
    """The word of a status: 符合预期."""
    return words.status_label(status)


@register.filter
def flag_label(flag: str) -> str:
    """A flag in words."""
    return flag_word(flag, words.language())


@register.filter
def trend_label(trend: str) -> str:
    """The direction of the latest movement in words."""
    return str(words.TREND_LABELS.get(trend, ""))


@register.filter
def reason_words(row: Mapping[str, Any], unit: Unit | None = None) -> str:
    """The sentence of a reason that a snapshot stores, its amounts in the unit of the verdict."""
    show = None if unit is None else partial(amounts.amount, unit=unit)
    return sentence(Reason.from_row(row), words.language(), show)


@register.filter
def localized(row: Any, field: str) -> str:
    """A field in the reader's language, its `_en` twin where there is one: {{ d|localized:"note" }}."""
    return in_language(getattr(row, field), getattr(row, f"{field}_en", ""))


@register.filter
def department_name(department: Department | None) -> str:
    """The name of a department without its code; 未注明 where none is stated."""
    if department is None:
        return _("未注明")
    return in_language(department.name, department.name_en)


@register.filter
def verdict_unit(target: Target, version: TargetVersion) -> Unit:
    """The unit a verdict's figures are in: per cent for rates, else the indicator's."""
    return amounts.PER_CENT if version.measure in _IN_PER_CENT else target.indicator.unit


@register.inclusion_tag("components/light.html")
def status_light(
    status: str,
    flags: list[str] | None = None,
    size: str = "",
    updating: bool = False,
    light: str = "",
) -> dict[str, Any]:
    """A status as colour, shape and word; `size` "big" or "dot", `updating` adds 更新中.

    `light` is the one that the verdict was given; "" is that of the default rules.
    """
    return {
        "light": light or words.light_for(status),
        "label": words.status_label(status, flags or ()),
        "size": size,
        "updating": updating,
    }


@register.inclusion_tag("components/light.html")
def promise_light(
    snapshot: ProgressSnapshot | None, size: str = "", updating: bool = False
) -> dict[str, Any]:
    """The light of a whole promise (its worst part); 正在计算 where there is no verdict yet."""
    # A missing reverse relation reaches a tag as "", not as None.
    if not snapshot:
        return status_light(words.PENDING, [], size, updating)
    return status_light(
        snapshot.promise_status, snapshot.flags, size, updating, snapshot.promise_light
    )


@register.inclusion_tag("components/light.html")
def part_light(snapshot: ProgressSnapshot | None, size: str = "") -> dict[str, Any]:
    """The light of one target alone, a part or a head without its parts."""
    if not snapshot:
        return status_light(words.PENDING, [], size)
    return status_light(snapshot.status, snapshot.flags, size, light=snapshot.light)


@register.inclusion_tag("components/bar.html")
def completion_bar(snapshot: ProgressSnapshot) -> dict[str, Any]:
    """The share of the goal that is there, with a mark where the path expects it to be."""
    expected = None
    if snapshot.goal not in (None, 0) and snapshot.expected_now is not None:
        expected = bar(snapshot.expected_now / snapshot.goal)
    return {
        "width": bar(snapshot.completion),
        "expected": expected,
        "light": snapshot.light,
        "label": percent(snapshot.completion),
    }


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: Any) -> str:
    """The page's own query string with these parameters changed; None or "" takes one out."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag
def html_language() -> str:
    """The language of the page as HTML wants it: zh-CN or en."""
    return "en" if amounts.in_english() else "zh-CN"
