"""Which changes of targets a person sees, and which targets one may propose to change."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from indicators.models import Indicator
from targets.models import Target, TargetVersion, TargetVersionQuerySet

_SHOWN = (
    "unit", "basis__document", "entered_by", "approved_by", "supersedes__unit",
    "supersedes__target__indicator__unit", "target__document", "target__indicator__unit",
    "target__region",
)  # fmt: skip


def changeable(user: User) -> QuerySet[Target]:
    """Targets a person may propose to change: reviewers all, others those of the own departments."""
    rows = Target.objects.select_related("document", "indicator__unit", "region__parent", "clause")
    if user.has_perm("targets.approve_version"):
        return rows
    return rows.filter(indicator__in=Indicator.objects.enterable_by(user))


def visible(user: User) -> TargetVersionQuerySet:
    """Changes that a person sees: whoever does not propose sees all, as reviewers do."""
    rows = TargetVersion.objects.exclude(change=TargetVersion.Change.FIRST).select_related(*_SHOWN)
    if user.has_perm("targets.approve_version") or not user.has_perm("targets.propose_version"):
        return rows
    return rows.filter(target__indicator__in=Indicator.objects.enterable_by(user))


def editable(user: User) -> TargetVersionQuerySet:
    """Changes that a person may rewrite, submit and give up."""
    return visible(user).filter(target__in=changeable(user).order_by().values("pk"))
