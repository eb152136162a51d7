"""The sentence that says why a target has the light it has, from its snapshot (pure)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators.models import Unit
from qdpolicy.dashboard import words
from qdpolicy.dashboard.amounts import amount, percentage
from targets.models import ProgressSnapshot, RuleSet, TargetVersion
from targets.progress.rules import Rules

_BANDS: Mapping[str, Promise | str] = {
    "ahead": gettext_lazy("不低于 %(ahead)s"),
    "on_track": gettext_lazy("不低于 %(on_track)s"),
    "lagging": gettext_lazy("在 %(lagging)s 与 %(on_track)s 之间"),
    "off_track": gettext_lazy("低于 %(lagging)s"),
}


def lead_sentence(
    version: TargetVersion, snapshot: ProgressSnapshot, unit: Unit, rules: RuleSet | Rules
) -> str:
    """The actual, what it is held against, and the status that follows; "" where no actual is.

    Figures are in `unit`, the unit of the verdict; `rules` are those the verdict was made with.
    """
    if snapshot.actual is None:
        return ""
    said = {
        "period": words.period_label(snapshot.period),
        "actual": words.qualified(snapshot.actual, snapshot.actual_qualifier, unit),
        "goal": words.goal_words(version),
        "label": words.status_label(snapshot.status, snapshot.flags),
    }
    if snapshot.status == "attained":
        return _("%(period)s实绩 %(actual)s，满足“%(goal)s”，所以是“%(label)s”。") % said
    if snapshot.status == "missed":
        return _("%(period)s实绩 %(actual)s，没有满足“%(goal)s”，所以是“%(label)s”。") % said
    if snapshot.status == "regressing" and snapshot.baseline_value is not None:
        base = amount(snapshot.baseline_value, unit, computed=True)
        return _(
            "%(period)s实绩 %(actual)s，基期为 %(base)s：离目标更远，或失去了已达到的水平，"
            "所以是“%(label)s”。"
        ) % {**said, "base": base}
    if snapshot.pace is None or snapshot.status not in _BANDS:
        return ""
    return _paced(snapshot, unit, rules, said)


def _paced(
    snapshot: ProgressSnapshot, unit: Unit, rules: RuleSet | Rules, said: dict[str, str]
) -> str:
    """The sentence of a status that the pace decided."""
    limits = (rules.lagging, rules.on_track, rules.ahead)
    assert snapshot.pace is not None
    assert snapshot.actual is not None
    band = "ahead" if "ahead" in snapshot.flags else snapshot.status
    bounds = {
        "lagging": percentage(rules.lagging),
        "on_track": percentage(rules.on_track),
        "ahead": percentage(rules.ahead),
    }
    said = {
        **said,
        "pace": percentage(snapshot.pace, *limits),
        "band": str(_BANDS[band]) % bounds,
    }
    if snapshot.expected_now is None:
        return _("%(period)s实绩 %(actual)s，进度 %(pace)s，%(band)s，所以是“%(label)s”。") % said
    expected = amount(snapshot.expected_now, unit, snapshot.actual, computed=True)
    return _(
        "%(period)s实绩 %(actual)s，按路径此时应为 %(expected)s；进度 %(pace)s，%(band)s，"
        "所以是“%(label)s”。"
    ) % {**said, "expected": expected}
