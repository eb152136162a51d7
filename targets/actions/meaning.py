"""Whether the meaning that a version states can be judged, in words where it cannot."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators.models import in_language
from indicators.periods import PeriodError
from targets.errors import Refused
from targets.models import Target, TargetVersion
from targets.models.versions import MEANING
from targets.progress.goal import faults
from targets.recompute.reading import IN_INDICATOR_UNIT, goal_of

_FAULTS = {
    "value": gettext_lazy("目标值须是确定的数。"),
    "upper": gettext_lazy("区间须有上限，且不小于目标值。"),
    "tolerance": gettext_lazy("允差须是不小于 0 的数。"),
    "period_start": gettext_lazy("起始期不能晚于期限。"),
    "milestones": gettext_lazy("节点值须是“报告期 数值”，每个节点一行。"),
    "profile": gettext_lazy("分季份额须是四个不小于 0 的数，合计为 1。"),
    "baseline": gettext_lazy("基期须写明来源；除实际观测外还须写明基期值。"),
}


def require_sound(target: Target, version: TargetVersion) -> None:
    """Refuse a meaning that the engine cannot judge; every fault in one sentence."""
    found = _faults(target, version)
    if found:
        raise Refused(" ".join(dict.fromkeys(found)))


def _faults(target: Target, version: TargetVersion) -> list[str]:
    """What is wrong with the columns, else what the engine finds."""
    stored = {field.name for field in TargetVersion._meta.concrete_fields}
    try:
        version.clean_fields(exclude=stored - set(MEANING) | {"unit"})
    except ValidationError as error:
        names = {
            field.name: str(field.verbose_name) for field in TargetVersion._meta.concrete_fields
        }
        return [
            _("%(field)s：%(fault)s") % {"field": names[name], "fault": " ".join(messages)}
            for name, messages in error.message_dict.items()
        ]
    found = list(_between_columns(target, version))
    if found:
        return found
    try:
        goal = goal_of(target, version)
    except PeriodError as error:
        return [in_language(error.zh, error.en)]
    except (ArithmeticError, ValueError, TypeError, AttributeError):
        return [str(_FAULTS["milestones"])]
    return [
        str(_FAULTS.get(name, _("%(field)s 不在可选之列。") % {"field": name}))
        for name in faults(goal)
    ]


def _between_columns(target: Target, version: TargetVersion) -> list[str]:
    """What one column asks of another."""
    found = []
    between = version.comparator == TargetVersion.Comparator.BETWEEN
    if between and (version.upper is None or version.upper < version.value):
        found.append(str(_FAULTS["upper"]))
    if not between and version.upper is not None:
        found.append(_("只有区间目标有上限，请清空上限。"))
    observed = version.baseline_provenance == TargetVersion.Provenance.OBSERVED
    named = bool(version.baseline_period) and bool(version.baseline_provenance)
    nothing = not version.baseline_period and not version.baseline_provenance
    valueless = version.baseline_value is None
    if not ((nothing or (named and observed)) if valueless else named):
        found.append(str(_FAULTS["baseline"]))
    own = target.indicator.unit
    if version.measure in IN_INDICATOR_UNIT and version.unit.base != own.base:
        found.append(
            _("计量单位“%(unit)s”与指标的“%(own)s”不能换算。")
            % {"unit": version.unit.symbol, "own": own.symbol}
        )
    return found
