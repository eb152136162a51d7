"""What is locked, by which rule, and who may lift it: the hours of rounds, and the review."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from accounts.language import in_language
from accounts.models import User
from indicators.errors import Refused
from indicators.models import (
    Duty,
    LockException,
    Observation,
    Place,
    ReportingRound,
    subtree_of,
)

State = Observation.ReviewState
Rows = TypeVar("Rows", bound="QuerySet[Any]")
_FEW = 400  # indicators named in a query; for more of them all open duties are read


@dataclass(frozen=True, kw_only=True)
class Lock:
    """Why a cell may not be written now; `until` is when it opens by itself, None for never."""

    rule: str  # "not_open" | "closed" | "submitted"
    zh: str
    en: str
    who_zh: str
    who_en: str
    until: datetime | None = None

    def __str__(self) -> str:
        return in_language(f"{self.zh}{self.who_zh}", f"{self.en} {self.who_en}")

    @property
    def sentence(self) -> str:
        """The rule in the reader's language."""
        return in_language(self.zh, self.en)

    @property
    def who(self) -> str:
        """Who may lift it, in the reader's language."""
        return in_language(self.who_zh, self.who_en)


def locked(
    places: Collection[Place], *, by: User, now: datetime | None = None
) -> dict[Place, Lock]:
    """The cells among these that this person may not write now; four queries, six with leaves.

    A cell that no unpublished round asks for is free, and one that any open round asks for. A
    value that was returned stays open until its round is out: the reviewers asked for it.
    """
    wanted = set(places)
    now = now or timezone.now()
    found = _out_of_hours(wanted, by=by, now=now)
    rows = _of_places(Observation.objects.in_progress().filter(key=None), wanted)
    for indicator, region, period, state, returned_at in rows.values_list(
        "indicator", "region", "reference_period", "review_state", "returned_at"
    ):
        place = (indicator, region, period or "")
        if place not in wanted:
            continue
        if state == State.SUBMITTED:
            found[place] = _UNDER_REVIEW
        elif returned_at is not None and place in found and found[place].rule == "closed":
            del found[place]
    return found


def require_open(
    *, by: User, place: tuple[int, int, str | None], now: datetime | None = None
) -> None:
    """Raise Refused, in words, where the hours of its rounds lock a cell; a value without a period
    is in no round."""
    indicator, region, period = place
    if period is None:
        return
    cell = (indicator, region, period)
    lock = _out_of_hours({cell}, by=by, now=now or timezone.now()).get(cell)
    if lock is None:
        return
    returned = Observation.objects.in_progress().filter(
        key=None, indicator=indicator, region=region, returned_at__isnull=False
    )
    if lock.rule == "closed" and returned.for_period(period).exists():
        return
    raise Refused(str(lock))


def awaiting_publication(places: Iterable[tuple[int, int, str | None]]) -> set[Place]:
    """The cells among these that a round will publish: what is approved there is not out yet.

    Inside a transaction a round that is found stays unpublished until its end: publishing takes
    the same row for itself alone, and so sees every value that was approved before.
    """
    wanted = {(i, r, period) for i, r, period in places if period is not None}
    asked = _of_places(Duty.objects.unpublished(), wanted).values_list(
        "indicator", "region", "reference_period", "round"
    )
    duties = list(asked)
    rounds = {duty[3] for duty in duties if duty[:3] in wanted}
    if rounds and connection.vendor == "postgresql":
        # A shared lock, which the ORM does not offer: approvals of a round do not wait for
        # one another. SQLite has one writer at a time.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM indicators_reportinground"
                " WHERE id = ANY(%s) AND published_at IS NULL ORDER BY id FOR KEY SHARE",
                [sorted(rounds)],
            )
            rounds = {pk for (pk,) in cursor.fetchall()}
        duties = list(asked.all())  # one that was dropped while this waited asks for nothing
    return {
        (indicator, region, period)
        for indicator, region, period, round_ in duties
        if round_ in rounds and (indicator, region, period) in wanted
    }


class _Owed(NamedTuple):
    """A duty as the hours of its round need it."""

    round: ReportingRound
    indicator: int
    department: int
    deputy: int | None


def _out_of_hours(wanted: set[Place], *, by: User, now: datetime) -> dict[Place, Lock]:
    """The cells that only rounds ask for which are not open now; three queries at most."""
    rounds = {row.pk: row for row in ReportingRound.objects.unpublished()}
    if not rounds or not wanted:
        return {}
    duties: dict[Place, list[_Owed]] = {}
    rows = _of_places(Duty.objects.filter(round__in=rounds), wanted).values_list(
        "indicator", "region", "reference_period", "round", "department", "deputy"
    )
    for indicator, region, period, round_, department, deputy in rows.order_by("pk"):
        place = (indicator, region, period)
        if place in wanted:
            owed = _Owed(rounds[round_], indicator, department, deputy)
            duties.setdefault(place, []).append(owed)
    shut = {
        place: owed
        for place, owed in duties.items()
        if not any(duty.round.opens_at <= now < duty.round.closes_at for duty in owed)
    }
    if not shut:
        return {}
    leaves = list(
        LockException.objects.filter(
            round__in=rounds, revoked_at=None, granted_at__lte=now, ends_at__gt=now
        )
    )
    return {
        place: _lock([duty.round for duty in owed], now)
        for place, owed in shut.items()
        if not any(_lifts(leave, duty, by) for leave in leaves for duty in owed)
    }


def _lifts(leave: LockException, duty: _Owed, by: User) -> bool:
    """Whether a leave covers a duty, for a person of the department or its deputy."""
    return (
        leave.round_id == duty.round.pk
        and leave.department_id == duty.department
        and leave.indicator_id in (None, duty.indicator)
        and (duty.deputy == by.pk or duty.department in subtree_of(by))
    )


def _lock(rounds: list[ReportingRound], now: datetime) -> Lock:
    """The sentence of the round that opens next, else of the one that closed last."""
    coming = [row for row in rounds if row.opens_at > now]
    if coming:
        round_ = min(coming, key=lambda row: row.opens_at)
        opens = _clock(round_.opens_at)
        return Lock(
            rule="not_open",
            zh=f"“{round_.name}”要到 {opens} 才开放填报，现在不能录入。",
            en=f"The round “{round_.name}” opens at {opens}; nothing can be entered before.",
            who_zh="如需提前，请审核员调整该轮次的开放时间，或批准例外许可。",
            who_en="A reviewer may move its opening, or grant an exception.",
            until=round_.opens_at,
        )
    round_ = max(rounds, key=lambda row: row.closes_at)
    closed = _clock(round_.closes_at)
    return Lock(
        rule="closed",
        zh=f"“{round_.name}”已于 {closed} 截止填报，还没有发布，现在不能录入。",
        en=f"The round “{round_.name}” closed at {closed} and is not published yet.",
        who_zh="如需补报，请审核员写明理由和期限，批准例外许可。",
        who_en="A reviewer may grant an exception, with a reason and an end.",
    )


_UNDER_REVIEW = Lock(
    rule="submitted",
    zh="这个数值已经提交，正在等待核定，现在不能修改。",
    en="This value has been submitted and waits for review; it cannot be changed now.",
    who_zh="需要修改时，请审核员退回。",
    who_en="A reviewer may return it.",
)


def _clock(moment: datetime) -> str:
    """A moment on the clock here."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")


def _of_places(rows: Rows, wanted: set[Place]) -> Rows:
    """Rows near these cells: the database narrows them, the caller compares whole cells."""
    indicators = {indicator for indicator, _region, _period in wanted}
    if len(indicators) <= _FEW:
        rows = rows.filter(indicator__in=indicators)
    periods = {period for _indicator, _region, period in wanted}
    return rows.filter(reference_period__in=periods) if len(periods) <= _FEW else rows
