"""The pages of the rules of doubt: the list, and one rule with a test before it is saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import acting_user, requires
from accounts.versions import Conflict
from indicators import actions
from indicators.doubts import (
    MOST_ROWS,
    Difference,
    Overrides,
    Stated,
    differences,
    known_around,
    stored_rows,
)
from indicators.errors import Refused
from indicators.forms.doubts import RuleForm, Trial, TrialForm, conflict_words, initial_of
from indicators.models import Indicator, Observation, PlausibilityRule, in_language
from indicators.plausibility import RULE_OF, RULES, Rule

SHOWN = 50
TRIAL = "try"


@dataclass(frozen=True)
class Line:
    """A rule as the list shows it: its sentence, how it is set for all, and for which apart."""

    rule: Rule
    name: str
    sentence: str
    severity: str
    active: bool
    figures: list[tuple[str, str]]
    set_here: bool
    apart: list[PlausibilityRule]


@require_GET
@requires("indicators.change_plausibilityrule")
def doubt_rules(request: HttpRequest) -> HttpResponse:
    """All rules with their sentence and their setting; two queries of ours however many."""
    stored = list(PlausibilityRule.objects.select_related("indicator").order_by("indicator__code"))
    lines = [
        _line(rule, [row for row in stored if row.code == rule.code]) for rule in RULES.values()
    ]
    return render(request, "doubts/rules.html", {"lines": lines})


def _line(rule: Rule, rows: list[PlausibilityRule]) -> Line:
    everywhere = next((row for row in rows if row.indicator is None), None)
    shown = initial_of(rule, everywhere)
    return Line(
        rule,
        in_language(rule.name_zh, rule.name_en),
        in_language(rule.zh, rule.en),
        str(PlausibilityRule.Severity(shown["severity"]).label),
        shown["is_active"],
        [(in_language(one.zh, one.en), shown[f"parameter_{one.name}"]) for one in rule.parameters],
        everywhere is not None,
        [row for row in rows if row.indicator is not None],
    )


@dataclass(frozen=True)
class Scope:
    """What a page edits: a rule, for all indicators or for one; `row` is what is stored of it."""

    rule: Rule
    indicator: Indicator | None
    row: PlausibilityRule | None

    def rows(self) -> list[Observation]:
        """The stored rows that the setting is about."""
        rows = Observation.objects.order_by(
            "indicator__code", "region__code", "reference_period", "id"
        )
        return stored_rows(
            rows if self.indicator is None else rows.filter(indicator=self.indicator)
        )

    def instead(self, form: RuleForm) -> Overrides:
        """The edited setting, to be tried in place of the stored one."""
        pk = None if self.indicator is None else self.indicator.pk
        return {(self.rule.code, pk): form.setting()}


@require_http_methods(["GET", "POST"])
@requires("indicators.change_plausibilityrule")
def doubt_rule(request: HttpRequest, code: str) -> HttpResponse:
    """One rule, ?indicator= for one indicator alone: test it, try a value, save it or unset it."""
    scope = _scope(code, request.GET.get("indicator", ""))
    if request.method == "GET":
        basis = scope.row or PlausibilityRule.objects.filter(code=code, indicator=None).first()
        initial = initial_of(scope.rule, basis)
        initial["version"] = None if scope.row is None else scope.row.version
        return _page(request, scope, RuleForm(rule=scope.rule, initial=initial))
    form = RuleForm(request.POST, rule=scope.rule)
    then = request.POST.get("then")
    if then == "drop":
        return _drop(request, scope, form)
    if not form.is_valid():
        return _page(request, scope, form, status=400)
    if then == "save":
        return _save(request, scope, form)
    if then == TRIAL:
        return _try(request, scope, form)
    rows = scope.rows()
    found = differences(rows, code, scope.instead(form), timezone.localdate())
    return _page(request, scope, form, tested=_tested(found, len(rows)))


def _scope(code: str, indicator_code: str) -> Scope:
    rule = RULES.get(code)
    if rule is None:
        raise Http404(_("没有这条规则。"))
    indicator = None
    if indicator_code:
        indicator = get_object_or_404(Indicator.objects.select_related("unit"), code=indicator_code)
    row = PlausibilityRule.objects.filter(code=code, indicator=indicator).first()
    return Scope(rule, indicator, row)


def _save(request: HttpRequest, scope: Scope, form: RuleForm) -> HttpResponse:
    data = form.cleaned_data
    try:
        actions.save_doubt_rule(
            by=acting_user(request),
            code=scope.rule.code,
            indicator=scope.indicator,
            severity=data["severity"],
            parameters=data["parameters"],
            is_active=data["is_active"],
            note=data["note"],
            reason=data["reason"],
            version=data["version"],
        )
    except Refused as refusal:
        form.add_error("reason", str(refusal))
        return _page(request, scope, form, status=400)
    except Conflict as conflict:
        return _conflict(request, scope, form, conflict)
    messages.success(request, _("规则已保存，即时生效。"))
    return redirect("doubt_rules")


def _drop(request: HttpRequest, scope: Scope, form: RuleForm) -> HttpResponse:
    if scope.row is None:
        raise Http404(_("没有可以恢复的设定。"))
    form.is_valid()
    try:
        actions.drop_doubt_rule(
            by=acting_user(request),
            rule=scope.row,
            version=form.cleaned_data.get("version") or 0,
            reason=form.cleaned_data.get("reason", ""),
        )
    except Refused as refusal:
        form.add_error("reason", str(refusal))
        return _page(request, scope, form, status=400)
    except Conflict as conflict:
        return _conflict(request, scope, form, conflict)
    messages.success(request, _("已恢复为默认设定。"))
    return redirect("doubt_rules")


def _conflict(
    request: HttpRequest, scope: Scope, form: RuleForm, conflict: Conflict
) -> HttpResponse:
    """409: the other person's setting is shown; saving once more chooses mine knowingly."""
    current = conflict.current if isinstance(conflict.current, PlausibilityRule) else None
    form.data = {name: form.data[name] for name in form.data}
    form.data["version"] = "" if current is None else str(current.version)
    form.add_error(None, conflict_words(current))
    theirs = None if current is None else _line(scope.rule, [_for_all(current)])
    return _page(request, scope, form, theirs=theirs, status=409)


def _for_all(row: PlausibilityRule) -> PlausibilityRule:
    """The row as the list would show it, were it the one for all; not saved."""
    return PlausibilityRule(
        code=row.code, severity=row.severity, parameters=row.parameters, is_active=row.is_active
    )


def _try(request: HttpRequest, scope: Scope, form: RuleForm) -> HttpResponse:
    """What would be said of a value that nobody has stated."""
    trial_form = _trial_form(scope, request.POST)
    if not trial_form.is_valid():
        return _page(request, scope, form, trial_form=trial_form, status=400)
    trial = trial_form.trial()
    return _page(
        request, scope, form, trial_form=trial_form, said=_said(scope, form, trial), trial=trial
    )


def _said(scope: Scope, form: RuleForm, trial: Trial) -> list[dict[str, Any]]:
    known = known_around([trial], scope.instead(form))
    stated = Stated(trial.indicator, trial.region, trial.period, trial.value)
    return [
        {
            "severity": str(PlausibilityRule.Severity(issue.severity).label),
            "code": issue.severity.value,
            "sentence": in_language(issue.zh, issue.en),
            "own": RULE_OF[issue.code] == scope.rule.code,
        }
        for issue in known.doubts(stated, timezone.localdate())
    ]


def _trial_form(scope: Scope, data: Any = None) -> TrialForm:
    initial = {} if scope.indicator is None else {"indicator": scope.indicator.code}
    return TrialForm(data, prefix=TRIAL, initial=initial)


def _tested(found: list[Difference], looked: int) -> dict[str, Any]:
    """The outcome of a test: how many today, how many then, and the rows, those that change first."""
    return {
        "now": sum(one.now is not None for one in found),
        "then": sum(one.then is not None for one in found),
        "differ": sum(one.differs for one in found),
        "rows": found[:SHOWN],
        "more": max(0, len(found) - SHOWN),
        "looked": looked,
        "not_all": looked == MOST_ROWS,
    }


def _page(
    request: HttpRequest, scope: Scope, form: RuleForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "scope": scope,
        "name": in_language(scope.rule.name_zh, scope.rule.name_en),
        "sentence": in_language(scope.rule.zh, scope.rule.en),
        "form": form,
        "trial_form": more.pop("trial_form", None) or _trial_form(scope),
        "indicators": Indicator.objects.order_by("code"),
        "default": _default_words(scope.rule),
        **more,
    }
    return render(request, "doubts/rule.html", context, status=status)


def _default_words(rule: Rule) -> list[tuple[str, str]]:
    """The built-in figures, shown beside those that are edited."""
    return [(in_language(one.zh, one.en), one.text(one.default) or "—") for one in rule.parameters]
