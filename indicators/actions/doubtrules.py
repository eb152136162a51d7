"""Writes to the rules of doubt: set one for all indicators or for one of them, or unset it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.language import in_language
from accounts.models import User
from accounts.versions import Conflict, compare_and_set
from indicators import errors
from indicators.models import Indicator, PlausibilityRule
from indicators.plausibility import RULES, ParameterError

_TOLD = ("severity", "parameters", "is_active", "note")


def save_doubt_rule(
    *,
    by: User,
    code: str,
    indicator: Indicator | None,
    severity: str,
    parameters: Mapping[str, Any],
    is_active: bool,
    note: str,
    reason: str,
    version: int | None,
) -> PlausibilityRule:
    """Set a rule for all indicators (None) or for one; `version` None is a setting that is new.

    Raises Refused without a reason or with parameters that cannot be, and Conflict where somebody
    has set the rule meanwhile.
    """
    if not reason.strip():
        raise errors.needs_reason()
    changes = {
        "severity": PlausibilityRule.Severity(severity),
        "parameters": checked_parameters(code, parameters),
        "is_active": is_active,
        "note": note.strip(),
    }
    rows = PlausibilityRule.objects.filter(code=code, indicator=indicator)
    with audit.transaction():
        before = rows.first()
        if before is None and version is None:
            try:
                with transaction.atomic():
                    row = PlausibilityRule.objects.create(code=code, indicator=indicator, **changes)
            except IntegrityError:
                raise Conflict(rows.first(), changes) from None
        elif before is None or version is None:
            raise Conflict(before, changes)
        else:
            compare_and_set(PlausibilityRule, before.pk, version, **changes)
            row = PlausibilityRule.objects.get(pk=before.pk)
        audit.record(
            by=by,
            action="indicators.save_doubt_rule",
            target=row,
            before=_facts(before),
            after=_facts(row),
            reason=reason,
            label=_label(row),
        )
    return row


def drop_doubt_rule(*, by: User, rule: PlausibilityRule, version: int, reason: str) -> None:
    """Go back to the default, or from one indicator's setting to that for all.

    Raises Refused without a reason, Conflict where the setting has moved on from `version`.
    """
    if not reason.strip():
        raise errors.needs_reason()
    with audit.transaction():
        # The count of a delete on the seen version is the compare-and-set of this step.
        gone, _each = PlausibilityRule.objects.filter(pk=rule.pk, version=version).delete()
        if gone == 0:
            raise Conflict(PlausibilityRule.objects.filter(pk=rule.pk).first(), {})
        audit.record(
            by=by,
            action="indicators.drop_doubt_rule",
            target=rule,
            before=_facts(rule),
            reason=reason,
            label=_label(rule),
        )


def checked_parameters(code: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """All parameters of the rule as they are stored; raises Refused in words."""
    rule = RULES.get(code)
    if rule is None:
        raise errors.Refused(_("没有这条规则。"))
    try:
        setting = rule.setting(parameters)
    except ParameterError as error:
        raise errors.Refused(in_language(error.zh, error.en)) from error
    stored = {}
    for parameter in rule.parameters:
        value = setting.parameters[parameter.name]
        if isinstance(value, tuple):
            _refuse_unknown({name for pair in value for name in pair})
        stored[parameter.name] = parameter.store(value)
    return stored


def _refuse_unknown(codes: set[str]) -> None:
    known = set(Indicator.objects.filter(code__in=codes).values_list("code", flat=True))
    if missing := sorted(codes - known):
        raise errors.Refused(_("没有代码为 %(codes)s 的指标。") % {"codes": "、".join(missing)})


def _facts(row: PlausibilityRule | None) -> dict[str, Any] | None:
    return None if row is None else {name: getattr(row, name) for name in _TOLD}


def _label(row: PlausibilityRule) -> str:
    rule = RULES.get(row.code)
    name = row.code if rule is None else f"{row.code} {rule.name_zh}"
    return name if row.indicator is None else f"{name} · {row.indicator}"
