"""Changes of the rules by which verdicts are made: a new numbered set, approved by another person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Job, User
from accounts.versions import Conflict
from targets.actions.queue import queue_targets
from targets.errors import Refused
from targets.models import RuleSet, Target
from targets.models.rules import lights_of_every_status

State = RuleSet.ReviewState
MANY = 5000
"""More pairs of indicator and region than this are judged by one background job."""
RECOMPUTE_ALL = "recompute_all"


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a rule set states: shares (0.95 is 95 %), a light for each status, its first day."""

    on_track: Decimal
    lagging: Decimal
    ahead: Decimal
    about_tolerance: Decimal
    nearly_share: Decimal
    lights: Mapping[str, str]
    in_force_from: date


def propose_rules(*, by: User, terms: Terms, reason: str) -> RuleSet:
    """Keep a new numbered draft; Refused in words where the terms make no sense.

    A draft is never rewritten: what was returned is taken up by a new number.
    """
    with audit.transaction():
        check_terms(terms)
        rules = RuleSet(
            **(asdict(terms) | {"lights": dict(terms.lights)}),
            version=_next_number(),
            reason=_stated(reason),
            entered_by=by,
            entered_at=timezone.now(),
        )
        try:
            with transaction.atomic():
                rules.save()
        except IntegrityError as error:
            raise Refused(_("另一位同志刚刚新建了规则，请再保存一次。")) from error
        audit.record(
            by=by,
            action="targets.propose_rules",
            target=rules,
            label=_label(rules),
            after=_facts(rules),
            reason=rules.reason,
        )
    return rules


def submit_rules(*, by: User, rules: RuleSet) -> RuleSet:
    """Hand a draft to the reviewers; Conflict where it moved on."""
    with audit.transaction():
        _move(by=by, rules=rules, start=State.DRAFT, review_state=State.SUBMITTED)
    return rules


def return_rules(*, by: User, rules: RuleSet, reason: str) -> RuleSet:
    """Send a submitted rule set back with a reason that stays."""
    with audit.transaction():
        _move(
            by=by,
            rules=rules,
            start=State.SUBMITTED,
            reason=_stated(reason),
            review_state=State.RETURNED,
            return_reason=_stated(reason),
        )
    return rules


def approve_rules(*, by: User, rules: RuleSet) -> RuleSet:
    """Approve a submitted rule set; from its first day on it judges, and verdicts are made anew.

    Refused: own rules (unless SELF_APPROVAL), or rules that begin before those in force, since the
    later ones would hide them. Of one that begins later the daily job asks for the verdicts.
    """
    with audit.transaction():
        own = rules.entered_by_id == by.pk
        if own and not settings.SELF_APPROVAL:
            raise Refused(_("不能核定自己提出的规则，请由另一位核定人处理。"))
        _refuse_earlier(rules.in_force_from)
        now = timezone.now()
        _move(
            by=by,
            rules=rules,
            start=State.SUBMITTED,
            review_state=State.APPROVED,
            approved_by=by,
            approved_at=now,
            self_approved=own,
        )
        if rules.in_force_from <= timezone.localdate(now):
            _judge_all_anew(by)
    return rules


def _judge_all_anew(by: User) -> None:
    """Every verdict: by the queue, or by one job where they are many."""
    targets = list(Target.objects.order_by("pk").only("indicator", "region")[: MANY + 1])
    if len(targets) > MANY:
        Job.objects.create(kind=RECOMPUTE_ALL, requested_by=by)
    else:
        queue_targets(targets, cause="rules")


def check_terms(terms: Terms) -> None:
    """Refuse thresholds out of order, shares that are none, and a status without a light."""
    figures = (terms.lagging, terms.on_track, terms.ahead)
    if not all(
        figure.is_finite() for figure in (*figures, terms.about_tolerance, terms.nearly_share)
    ):
        raise Refused(_("界限须是确定的数。"))
    if not 0 <= terms.lagging <= terms.on_track <= terms.ahead <= 10:
        raise Refused(_("界限须依次不降：略有滞后 ≤ 符合预期 ≤ 快于预期，且在 0 到 1000% 之间。"))
    if not (0 <= terms.about_tolerance <= 1 and 0 <= terms.nearly_share <= 1):
        raise Refused(_("“左右”允差与“近”下限须在 0 到 100% 之间。"))
    try:
        lights_of_every_status(terms.lights)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    _refuse_earlier(terms.in_force_from)


def _refuse_earlier(day: date) -> None:
    """Rules begin on or after the first day of the latest approved ones."""
    latest = RuleSet.objects.approved().aggregate(day=Max("in_force_from"))["day"]
    if latest is not None and day < latest:
        raise Refused(
            _("启用日期不能早于最近一版规则的启用日期 %(day)s。") % {"day": latest.isoformat()}
        )


def _next_number() -> int:
    """The number after the last."""
    return (RuleSet.objects.aggregate(last=Max("version"))["last"] or 0) + 1


def _stated(reason: str) -> str:
    """A reason that says something."""
    if not reason.strip():
        raise Refused(_("请写明理由。"))
    return reason.strip()


def _move(*, by: User, rules: RuleSet, start: State, reason: str = "", **changes: Any) -> None:
    """One step of the workflow: compare the state, set, record; Conflict where it moved on."""
    rows = RuleSet.objects.filter(pk=rules.pk, review_state=start)
    if not rows.update(**changes):
        raise Conflict(RuleSet.objects.filter(pk=rules.pk).first(), changes)
    rules.refresh_from_db()
    name = {
        State.SUBMITTED: "submit_rules", State.RETURNED: "return_rules",
        State.APPROVED: "approve_rules",
    }[State(rules.review_state)]  # fmt: skip
    audit.record(
        by=by,
        action=f"targets.{name}",
        target=rules,
        label=_label(rules),
        before={"state": start},
        after=_facts(rules),
        reason=reason,
    )


def _label(rules: RuleSet) -> str:
    """How the audit trail names a rule set."""
    return str(_("判定规则第 %(version)s 版") % {"version": rules.version})


def _facts(rules: RuleSet) -> dict[str, Any]:
    """The fields of a rule set that the audit trail keeps."""
    names = ("on_track", "lagging", "ahead", "about_tolerance", "nearly_share", "lights")
    return {
        **{name: getattr(rules, name) for name in names},
        "in_force_from": rules.in_force_from,
        "state": rules.review_state,
    }
