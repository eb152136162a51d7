"""What collecting asks of a person: duties by round, reminders, notes, and what reviewers decide."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import User
from indicators.actions import rule_to_show
from indicators.delivery import Tally, tallies
from indicators.models import (
    Duty,
    Observation,
    Reminder,
    ReportingRound,
    SupervisionOrder,
    SupervisionRule,
)
from qdpolicy.entry.rounds.asked import Asked, asked_notes
from qdpolicy.entry.rounds.progress import (
    Progress,
    Stage,
    by_round,
    round_state,
    stage_of,
)
from qdpolicy.entry.rounds.scope import notable_by, orders_of
from qdpolicy.reminders import sentence

SHOWN = 20
"""Reminders on the page."""


@dataclass(frozen=True)
class Work:
    """A round with my part in it."""

    round: ReportingRound
    state: Stage
    progress: Progress
    stage: Stage


@dataclass(frozen=True)
class Told:
    """A reminder in words."""

    row: Reminder
    words: str


@dataclass(frozen=True)
class Mine:
    """Everything that the rounds ask of a person at this moment."""

    owed: list[Work] = field(default_factory=list)
    reminders: list[Told] = field(default_factory=list)
    unread: int = 0
    notes: list[Asked] = field(default_factory=list)
    waiting: int = 0
    ready: list[Work] = field(default_factory=list)
    orders: int = 0


def mine(user: User, now: datetime) -> Mine:
    """What there is for a person, in a fixed number of queries for the roles held."""
    rounds = {row.pk: row for row in ReportingRound.objects.unpublished()}
    rule = rule_to_show()
    told = [
        Told(row, sentence(row))
        for row in user.reminders.select_related("round").order_by("-made_on", "-pk")[:SHOWN]
    ]
    owes = user.has_perm("indicators.enter_observation")
    decides = user.has_perm("indicators.manage_round")
    duties = Duty.objects.unpublished().owed_by(user)
    return Mine(
        owed=_works(tallies(duties), rounds, rule, now) if owes else [],
        reminders=told,
        unread=sum(item.row.read_at is None for item in told),
        notes=_notes(user) if user.has_perm("targets.write_note") else [],
        waiting=_waiting(user) if user.has_perm("indicators.approve_observation") else 0,
        ready=_ready(rounds, rule, now) if decides else [],
        orders=_open_orders(user),
    )


def _works(
    found: list[Tally], rounds: dict[int, ReportingRound], rule: SupervisionRule, now: datetime
) -> list[Work]:
    """My rounds, the one that closes first on top."""
    works = [
        Work(rounds[pk], round_state(rounds[pk], now), done, stage_of(done, rounds[pk], rule, now))
        for pk, done in by_round(found).items()
    ]
    return sorted(works, key=lambda work: (work.round.closes_at, work.round.pk))


def _ready(rounds: dict[int, ReportingRound], rule: SupervisionRule, now: datetime) -> list[Work]:
    """The rounds that may be published: complete ones, and those that have closed."""
    works = _works(tallies(Duty.objects.unpublished()), rounds, rule, now)
    return [
        work
        for work in works
        if work.progress.approved == work.progress.total or work.round.closes_at <= now
    ]


def _notes(user: User) -> list[Asked]:
    """The notes that are asked of a person and not written yet."""
    asked = asked_notes(Duty.objects.unpublished().owed_by(user))
    open_ = [item for item in asked if item.note is None]
    may = set(
        notable_by(user)
        .filter(pk__in=[item.target.pk for item in open_])
        .values_list("pk", flat=True)
    )
    return [item for item in open_ if item.target.pk in may]


def _waiting(user: User) -> int:
    """Values that others have submitted."""
    rows = Observation.objects.current().filter(
        review_state=Observation.ReviewState.SUBMITTED, reference_period__isnull=False
    )
    return rows.exclude(entered_by=user).count()


def _open_orders(user: User) -> int:
    """Orders of my scope that are open."""
    return SupervisionOrder.objects.filter(
        closed_at=None, pk__in=orders_of(user).order_by().values("pk")
    ).count()
