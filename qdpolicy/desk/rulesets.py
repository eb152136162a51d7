"""The rules of judgement: what they were and are, and a new set with its effect shown first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import acting_user, reading, requires
from accounts.versions import Conflict
from qdpolicy.dashboard.promises import page_of
from qdpolicy.dashboard.words import status_label
from qdpolicy.desk.previewing import preview
from qdpolicy.desk.ruleforms import RulesForm, initial_of
from qdpolicy.knowledge import asked_by, knowledge_of
from targets import actions
from targets.actions import Terms
from targets.actions.rules import check_terms
from targets.errors import Refused
from targets.models import RuleSet, RuleSetQuerySet
from targets.progress import Rules
from targets.progress.rules import DEFAULT_LIGHTS
from targets.recompute import rules_in_force, rules_of

State = RuleSet.ReviewState


def _visible(request: HttpRequest) -> RuleSetQuerySet:
    """What counts is for every reader; drafts are for those who may change the rules today."""
    rows = RuleSet.objects.select_related("entered_by", "approved_by")
    knowledge = asked_by(request)
    if knowledge is not None:
        return rows.known_on(knowledge.known_on)
    return rows if request.user.has_perm("targets.change_ruleset") else rows.approved()


def _present(request: HttpRequest) -> RuleSet | None:
    """The rules of the day that the page shows."""
    knowledge = knowledge_of(request)
    if knowledge is None:
        return RuleSet.objects.in_force_on(timezone.localdate())
    return RuleSet.objects.in_force_on(knowledge.as_of, knowledge.known_on)


@require_safe
@reading
def rules_list(request: HttpRequest) -> HttpResponse:
    """Every set of rules, the newest first, with the one of today marked."""
    context = {
        "page": page_of(_visible(request).order_by("-version"), request.GET),
        "present": _present(request),
    }
    return render(request, "desk/rules.html", context)


@require_safe
@reading
def rules_page(request: HttpRequest, version: int) -> HttpResponse:
    """One set of rules; of one that is not approved yet also what it would change today."""
    rules = get_object_or_404(_visible(request), version=version)
    today = timezone.localdate()
    pending = rules.review_state in (State.DRAFT, State.SUBMITTED)
    own = rules.entered_by_id == request.user.pk and not settings.SELF_APPROVAL
    may = request.user.has_perm("targets.change_ruleset")
    context = {
        "rules": rules,
        "lights": [(status_label(status), rules.lights[status]) for status in DEFAULT_LIGHTS],
        "present": _present(request),
        "preview": preview(rules_in_force(today)[0], rules_of(rules), as_of=today)
        if pending
        else None,
        "today": today,
        "may_submit": may and rules.review_state == State.DRAFT,
        "may_judge": may and rules.review_state == State.SUBMITTED and not own,
        "waits_for_another": may and rules.review_state == State.SUBMITTED and own,
    }
    return render(request, "desk/rule_set.html", context)


@require_http_methods(["GET", "POST"])
@requires("targets.change_ruleset")
def rules_new(request: HttpRequest) -> HttpResponse:
    """A new set of rules: its effect is shown first, and only "save" keeps a draft."""
    today = timezone.localdate()
    standing = RuleSet.objects.in_force_on(today) or RuleSet()
    initial = {**initial_of(standing), "in_force_from": today}
    form = RulesForm(request.POST or None, initial=initial)
    context: dict[str, Any] = {"form": form, "present": standing, "today": today}
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("then") == "save":
                return _saved(request, form)
            check_terms(form.terms())
            context["preview"] = preview(
                rules_in_force(today)[0], _as_rules(form.terms()), as_of=today
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return render(request, "desk/rules_form.html", context)


def _saved(request: HttpRequest, form: RulesForm) -> HttpResponse:
    """The draft is kept; its page asks to submit it."""
    rules = actions.propose_rules(
        by=acting_user(request), terms=form.terms(), reason=form.cleaned_data["reason"]
    )
    messages.success(request, _("草稿已保存，还没有提交；请核对下面的影响。"))
    return redirect("rule_set", rules.version)


def _as_rules(terms: Terms) -> Rules:
    """Terms as the engine takes them."""
    names = ("on_track", "lagging", "ahead", "about_tolerance", "nearly_share", "lights")
    return rules_of(RuleSet(version=0, **{name: getattr(terms, name) for name in names}))


def _step(
    request: HttpRequest, version: int, done: str, move: Callable[[RuleSet], RuleSet]
) -> HttpResponse:
    """Take one step of the workflow; a refusal goes back in words, a conflict with the state."""
    rules = get_object_or_404(RuleSet, version=version)
    try:
        move(rules)
    except Refused as refusal:
        messages.error(request, str(refusal))
    except Conflict as conflict:
        context = {
            "rules": RuleSet.objects.select_related("approved_by").get(pk=rules.pk),
            "sentence": str(conflict),
        }
        return render(request, "desk/rules_conflict.html", context, status=409)
    else:
        messages.success(request, done)
    return redirect("rule_set", version)


@require_POST
@requires("targets.change_ruleset")
def rules_submit(request: HttpRequest, version: int) -> HttpResponse:
    """Hand a draft to the other reviewers."""
    user = acting_user(request)
    return _step(
        request,
        version,
        _("已提交，等待核定。"),
        lambda rules: actions.submit_rules(by=user, rules=rules),
    )


@require_POST
@requires("targets.change_ruleset")
def rules_return(request: HttpRequest, version: int) -> HttpResponse:
    """Send a submitted set of rules back with a reason."""
    user = acting_user(request)
    reason = request.POST.get("reason", "").replace("\0", "")[:2000]
    return _step(
        request,
        version,
        _("已退回。"),
        lambda rules: actions.return_rules(by=user, rules=rules, reason=reason),
    )


@require_POST
@requires("targets.change_ruleset")
def rules_approve(request: HttpRequest, version: int) -> HttpResponse:
    """Approve a submitted set of rules; all verdicts are made anew from its first day on."""
    user = acting_user(request)
    return _step(
        request,
        version,
        _("已核定。自启用日期起按这套规则判定，全部判定随后更新。"),
        lambda rules: actions.approve_rules(by=user, rules=rules),
    )
