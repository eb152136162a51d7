"""Which rounds, duties, orders and promises a person sees or writes about."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from indicators.models import (
    Duty,
    DutyQuerySet,
    Indicator,
    ReportingRound,
    SupervisionOrder,
    subtree_of,
)
from indicators.models.rounds import ReportingRoundQuerySet
from targets.models import Target


def sees_all(user: User) -> bool:
    """Reviewers and auditors see every department; whoever enters sees the own duties."""
    return user.has_perm("indicators.approve_observation") or not user.has_perm(
        "indicators.enter_observation"
    )


def duties_of(user: User) -> DutyQuerySet:
    """The duties that a person sees."""
    return Duty.objects.all() if sees_all(user) else Duty.objects.owed_by(user)


def rounds_of(user: User) -> ReportingRoundQuerySet:
    """The rounds that a person sees: those with duties of theirs, or all."""
    rows = ReportingRound.objects.all()
    if sees_all(user):
        return rows
    return rows.filter(Exists(Duty.objects.owed_by(user).filter(round=OuterRef("pk"))))


def orders_of(user: User) -> QuerySet[SupervisionOrder]:
    """The orders that a person sees, with what their names need."""
    rows = SupervisionOrder.objects.select_related(
        "duty__round", "duty__indicator", "duty__region", "duty__department", "rule",
        "opened_by", "closed_by",
    )  # fmt: skip
    return rows if sees_all(user) else rows.filter(duty__in=duties_of(user))


def notable_by(user: User) -> QuerySet[Target]:
    """The promises that a person may explain: of the own indicators, departments and duties."""
    owed = Duty.objects.owed_by(user).filter(
        indicator=OuterRef("indicator"), region=OuterRef("region")
    )
    return Target.objects.filter(
        Q(indicator__in=Indicator.objects.enterable_by(user))
        | Q(department__in=subtree_of(user))
        | Exists(owed)
    ).select_related("document", "indicator__unit", "region", "snapshot")
