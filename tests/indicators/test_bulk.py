"""Steps for many values: all or nothing, equal to the steps for one, told in one event."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import audit
from accounts.models import AuditEvent, User
from accounts.versions import Conflict
from indicators import actions, locks
from indicators.actions import bulk
from indicators.errors import Refused
from indicators.models import Duty, Observation, ReportingRound
from indicators.signals import observations_changed
from targets.models import StaleRequest
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db
STATES = ("draft", "submitted", "returned", "approved")


@pytest.fixture
def analyst() -> User:
    return b.person("analyst", "analyst", at=b.department())


@pytest.fixture
def reviewer() -> User:
    return b.person("reviewer", "reviewer", at=b.department())


@pytest.fixture
def checker() -> User:
    """Who approved what stands; made before the transactions that are taken back."""
    b.region()
    b.indicator()
    return b.person("checker")


def rows(state: str, by: User, number: int = 3, first: int = 2001) -> list[Observation]:
    facts: dict[str, Any] = {}
    if state == "returned":
        now = timezone.now()
        facts = {"return_reason": "缺来源", "returned_at": now, "returned_by": b.person("older")}
    return [
        b.actual(b.indicator(), str(year), str(year), by=by, review_state=state, **facts)
        for year in range(first, first + number)
    ]


def seen_of(some: list[Observation]) -> dict[int, int]:
    return {row.pk: row.version for row in some}


def states() -> list[tuple[str, int]]:
    return list(Observation.objects.order_by("pk").values_list("review_state", "version"))


def test_submit_all_moves_drafts_and_returned_values(analyst: User) -> None:
    some = rows("draft", analyst) + rows("returned", analyst, first=2011)
    outcome = actions.submit_all(by=analyst, seen=seen_of(some))
    assert (outcome.done, outcome.left) == ([row.pk for row in some], [])
    found = Observation.objects.current()
    assert {(row.review_state, row.submitted_by, row.version) for row in found} == {
        ("submitted", analyst, 2)
    }
    assert all(row.submitted_at is not None for row in found)
    # When and why they were returned stays, as rows of the past.
    kept = Observation.objects.filter(copy_of__isnull=False)
    assert set(kept.values_list("review_state", "return_reason")) == {("returned", "缺来源")}
    assert kept.count() == 3


def test_return_all_keeps_one_reason_for_each(analyst: User, reviewer: User) -> None:
    some = rows("submitted", analyst)
    outcome = actions.return_all(by=reviewer, seen=seen_of(some), reason=" 请补来源 ")
    assert len(outcome.done) == 3
    kept = set(Observation.objects.values_list("review_state", "return_reason", "returned_by"))
    assert kept == {("returned", "请补来源", reviewer.pk)}


def test_return_all_wants_a_reason(analyst: User, reviewer: User) -> None:
    some = rows("submitted", analyst)
    with pytest.raises(Refused, match="请写明理由"):
        actions.return_all(by=reviewer, seen=seen_of(some), reason=" ")
    assert set(states()) == {("submitted", 1)}


def test_approve_all_supersedes_and_asks_once_for_all_verdicts(
    analyst: User, reviewer: User
) -> None:
    old = b.actual(b.indicator(), "7000", "2001")
    some = rows("submitted", analyst)
    Observation.objects.filter(pk=some[0].pk).update(supersedes=old)
    other = b.actual(b.indicator("OTHER"), "1", by=analyst, review_state="submitted")
    told: list[frozenset[tuple[int, int]]] = []

    def listen(pairs: frozenset[tuple[int, int]], **_kwargs: object) -> None:
        told.append(pairs)

    observations_changed.connect(listen)
    try:
        outcome = actions.approve_all(by=reviewer, seen=seen_of([*some, other]))
    finally:
        observations_changed.disconnect(listen)
    assert outcome.left == []
    old.refresh_from_db()
    approved = Observation.objects.approved()
    assert {row.pk for row in approved} == {*(row.pk for row in some), other.pk}
    assert old.superseded_at == approved.first().approved_at == approved.first().published_at
    pair = (other.indicator_id, other.region_id)
    assert told == [frozenset({(some[0].indicator_id, some[0].region_id), pair})]
    assert StaleRequest.objects.count() == 2


def test_bulk_step_leaves_one_event_with_every_row(analyst: User, reviewer: User) -> None:
    some = rows("submitted", analyst)
    actions.return_all(by=reviewer, seen=seen_of(some), reason="请补来源")
    [event] = AuditEvent.objects.filter(action__startswith="indicators.")
    assert (event.action, event.reason, event.actor_id) == (
        "indicators.return_all", "请补来源", reviewer.pk,
    )  # fmt: skip
    assert event.after == {
        "rows": 3,
        "cells": [f"{row.pk} FIRMS/370200/{row.reference_period}" for row in some],
    }
    assert audit.verify() == []


def test_one_row_that_is_left_holds_back_all(analyst: User, reviewer: User) -> None:
    some = rows("submitted", analyst)
    mine = b.actual(b.indicator(), "9", "2020", by=reviewer, review_state="submitted")
    before = states()
    outcome = actions.approve_all(by=reviewer, seen=seen_of([*some, mine]))
    assert outcome.done == []
    assert [(left.pk, left.sentence) for left in outcome.left] == [
        (mine.pk, "不能核定自己录入的数值，请由另一位核定人处理。")
    ]
    assert (states(), b.events(), StaleRequest.objects.count()) == (before, [], 0)


def test_partly_lets_the_others_through_and_names_what_is_left(
    analyst: User, reviewer: User, settings: Any
) -> None:
    settings.SELF_APPROVAL = False
    some = rows("submitted", analyst)
    mine = b.actual(b.indicator(), "9", "2020", by=reviewer, review_state="submitted")
    moved = b.actual(b.indicator(), "8", "2021", by=analyst, review_state="submitted")
    seen = {**seen_of([*some, mine, moved]), 987654: 1}
    Observation.objects.filter(pk=moved.pk).update(version=4)
    outcome = actions.approve_all(by=reviewer, seen=seen, partly=True)
    assert outcome.done == [row.pk for row in some]
    assert [(left.pk, left.moved_on) for left in outcome.left] == [
        (mine.pk, False), (moved.pk, True), (987654, True),
    ]  # fmt: skip
    assert "现在是“待核定”" in outcome.left[1].sentence
    assert set(outcome.done) | {left.pk for left in outcome.left} == set(seen)


def test_nothing_ready_leaves_no_event(analyst: User) -> None:
    [row] = rows("submitted", analyst, 1)
    outcome = actions.submit_all(by=analyst, seen=seen_of([row]), partly=True)
    assert (outcome.done, len(outcome.left), b.events()) == ([], 1, [])
    assert actions.submit_all(by=analyst, seen={}) == actions.Outcome()


def test_draft_without_a_period_is_left(analyst: User) -> None:
    row = b.actual(b.indicator(), "1", None, by=analyst, review_state="draft")
    [left] = actions.submit_all(by=analyst, seen=seen_of([row])).left
    assert "报告期未知" in left.sentence


def test_second_value_of_a_cell_in_one_approval_is_overtaken(analyst: User, reviewer: User) -> None:
    first = b.actual(b.indicator(), "1", by=analyst, review_state="submitted", key="loaded")
    second = b.actual(b.indicator(), "2", by=analyst, review_state="submitted")
    outcome = actions.approve_all(by=reviewer, seen=seen_of([first, second]), partly=True)
    assert outcome.done == [first.pk]
    assert "已有他人核定" in outcome.left[0].sentence


def test_own_values_are_marked_where_small_offices_allow_them(
    analyst: User, reviewer: User, settings: Any
) -> None:
    settings.SELF_APPROVAL = True
    [theirs] = rows("submitted", analyst, 1)
    mine = b.actual(b.indicator(), "9", "2020", by=reviewer, review_state="submitted")
    actions.approve_all(by=reviewer, seen=seen_of([theirs, mine]))
    marked = dict(Observation.objects.values_list("pk", "self_approved"))
    assert marked == {theirs.pk: False, mine.pk: True}


def a_round(opens: int, closes: int, **facts: Any) -> ReportingRound:
    """A round that opens and closes so many days from now."""
    now = timezone.now()
    day = timezone.timedelta(days=1)
    return ReportingRound.objects.create(
        name=f"轮次{ReportingRound.objects.count()}", reference_period="2001",
        opens_at=now + opens * day, closes_at=now + closes * day, made_by=b.person("maker"),
        made_at=now, **facts,
    )  # fmt: skip


def owe(row: Observation, within: ReportingRound) -> None:
    Duty.objects.create(
        round=within, indicator=row.indicator, region=row.region, department=b.department(),
        reference_period=row.reference_period,
    )  # fmt: skip


def test_draft_of_a_closed_round_is_left_with_the_rule(analyst: User) -> None:
    some = rows("draft", analyst)
    owe(some[0], a_round(-3, -1))
    outcome = actions.submit_all(by=analyst, seen=seen_of(some), partly=True)
    assert outcome.done == [row.pk for row in some[1:]]
    assert "截止填报" in outcome.left[0].sentence
    with pytest.raises(Refused) as one:
        actions.submit(by=analyst, observation=some[0], version=1)
    assert str(one.value) == outcome.left[0].sentence


def test_loaded_value_under_review_does_not_lock_the_draft_of_its_cell(analyst: User) -> None:
    """The person's own row waits for review; the loaded draft beside it is another matter."""
    b.actual(b.indicator(), "2", by=analyst, review_state="submitted")
    loaded = b.actual(b.indicator(), "1", by=analyst, review_state="draft", key="loaded")
    assert locks.locked([bulk._place(loaded)], by=analyst) != {}
    assert actions.submit_all(by=analyst, seen=seen_of([loaded])).done == [loaded.pk]


def test_value_of_an_unpublished_round_is_approved_but_not_out(
    analyst: User, reviewer: User
) -> None:
    some = rows("submitted", analyst, 2)
    owe(some[0], a_round(-1, 1))
    actions.approve_all(by=reviewer, seen=seen_of(some))
    out = list(Observation.objects.order_by("pk").values_list("published_at", flat=True))
    assert (out[0], out[1] is not None) == (None, True)


def test_rolled_back_approval_of_many_leaves_nothing(analyst: User, reviewer: User) -> None:
    some = rows("submitted", analyst)
    before = states()

    def approve_and_fail() -> float:
        with audit.transaction():
            return len(actions.approve_all(by=reviewer, seen=seen_of(some)).left) / 0

    with pytest.raises(ZeroDivisionError):
        approve_and_fail()
    assert (states(), b.events(), StaleRequest.objects.count()) == (before, [], 0)


def test_row_that_slips_away_under_the_step_is_a_conflict(
    analyst: User, reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cannot happen while the rows are held; if it did, nothing would be written."""
    some = rows("submitted", analyst)
    judge = bulk._Step._judge

    def slip(self: Any, *arguments: Any) -> Any:
        ready = judge(self, *arguments)
        Observation.objects.filter(pk=some[1].pk).update(superseded_at=timezone.now())
        return ready

    monkeypatch.setattr(bulk._Step, "_judge", slip)
    with pytest.raises(Conflict):
        actions.approve_all(by=reviewer, seen=seen_of(some))
    assert set(states()) == {("submitted", 1)}


@pytest.mark.parametrize("step", ["submit_all", "return_all", "approve_all"])
def test_statements_do_not_grow_with_the_rows(step: str, analyst: User, reviewer: User) -> None:
    by = analyst if step == "submit_all" else reviewer
    state = "draft" if step == "submit_all" else "submitted"
    more = {"reason": "请补来源"} if step == "return_all" else {}
    counts = []
    Observation.objects.all().delete()
    # The first event ever makes the head of the trail.
    for number, first in ((1, 2000), (1, 2001), (30, 2010)):
        seen = seen_of(rows(state, analyst, number, first))
        with CaptureQueriesContext(connection) as queries:
            assert len(getattr(actions, step)(by=by, seen=seen, **more).done) == number
        counts.append(len(queries))
    assert counts[1] == counts[2]
    assert counts[1] <= 20


# --- the steps for one say what the steps for many must do ----------------------------------------


@dataclass(frozen=True)
class Given:
    """One row of a random world."""

    state: str
    own: bool
    corrects: bool
    overtaken: bool
    stale: bool
    past: bool
    again: bool
    period: bool


GIVEN = st.builds(
    Given,
    st.sampled_from(("submitted", "submitted", *STATES)),
    *[st.integers(0, 5).map(lambda n, at=at: n >= at) for at in (5, 3, 5, 5, 5, 4, 1)],
)
ACTS: dict[str, Callable[..., Any]] = {
    "submit": lambda by, row, version: actions.submit(by=by, observation=row, version=version),
    "return_": lambda by, row, version: actions.return_(
        by=by, observation=row, version=version, reason="请补来源"
    ),
    "approve": lambda by, row, version: actions.approve(by=by, observation=row, version=version),
}
BULK: dict[str, Callable[..., actions.Outcome]] = {
    "submit": lambda by, seen: actions.submit_all(by=by, seen=seen, partly=True),
    "return_": lambda by, seen: actions.return_all(
        by=by, seen=seen, reason="请补来源", partly=True
    ),
    "approve": lambda by, seen: actions.approve_all(by=by, seen=seen, partly=True),
}


def build(world: list[Given], author: User, reviewer: User) -> dict[int, int]:
    seen = {}
    for place, given_ in enumerate(world):
        period = str(2001 + place) if given_.period or given_.state == "approved" else None
        by = reviewer if given_.own and given_.state != "approved" else author
        old = None
        if given_.corrects and period and given_.state != "approved":
            old = b.actual(b.indicator(), "1", period, by=author)
        facts: dict[str, Any] = {"review_state": given_.state}
        if given_.state == "returned":
            facts["return_reason"] = "旧"
        if given_.again:
            facts |= {"returned_at": timezone.now(), "returned_by": author, "return_reason": "旧"}
        if given_.past:
            facts["superseded_at"] = timezone.now()
        row = b.actual(
            b.indicator(), "2", period, by=by,
            supersedes=None if given_.overtaken else old, **facts,
        )  # fmt: skip
        seen[row.pk] = row.version + given_.stale
    return seen


VOLATILE = ("submitted_at", "returned_at", "approved_at", "published_at", "superseded_at")


def picture(first: int) -> list[dict[str, Any]]:
    """Every row, ids from the first of the world, and whether a moment is set instead of when."""
    found = []
    for row in Observation.objects.filter(pk__gte=first).order_by("pk").values():
        for name in VOLATILE:
            row[name] = row[name] is not None
        row.pop("entered_at")
        row["id"] -= first
        for name in ("supersedes_id", "copy_of_id"):
            if row[name] is not None:
                row[name] -= first
        found.append(row)
    return found


@pytest.mark.parametrize("step", sorted(ACTS))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(world=st.lists(GIVEN, min_size=1, max_size=8))
def test_step_for_many_equals_the_steps_for_one(
    step: str, world: list[Given], analyst: User, reviewer: User, checker: User
) -> None:
    pictures, sentences, queued = [], [], []
    for way in ("one", "many"):
        with transaction.atomic():
            seen = build(world, analyst, reviewer)
            first = Observation.objects.earliest("pk").pk
            left = {}
            if way == "many":
                outcome = BULK[step](reviewer, seen)
                left = {each.pk: each.sentence for each in outcome.left if not each.moved_on}
            else:
                for pk, version in seen.items():
                    row = Observation.objects.get(pk=pk)
                    if row.version != version:
                        continue
                    try:
                        with transaction.atomic():
                            ACTS[step](reviewer, row, version)
                    except Refused as refusal:
                        left[pk] = str(refusal)
            pictures.append(picture(first))
            sentences.append({pk - first: sentence for pk, sentence in left.items()})
            queued.append(set(StaleRequest.objects.values_list("indicator", "region")))
            transaction.set_rollback(True)
    assert pictures[0] == pictures[1]
    assert sentences[0] == sentences[1]
    assert queued[0] == queued[1]


def test_five_hundred_rows_and_one_go_in_two_chunks(analyst: User, reviewer: User) -> None:
    shuffled = random.Random(7).sample(range(1400, 1400 + bulk.CHUNK + 1), bulk.CHUNK + 1)
    of = b.indicator()
    city, checker = b.region(), b.person("checker")
    Observation.objects.bulk_create(
        Observation(
            indicator=of, region=city, reference_period=str(year), value=Decimal(year),
            review_state="submitted", entered_by=analyst, entered_at=timezone.now(),
        )
        for year in shuffled
    )  # fmt: skip
    seen = dict(Observation.objects.values_list("pk", "version"))
    outcome = actions.approve_all(by=checker, seen=seen)
    assert len(outcome.done) == bulk.CHUNK + 1
    assert Observation.objects.approved().count() == bulk.CHUNK + 1


def test_cell_approved_by_somebody_else_under_the_step_is_refused_in_words(
    analyst: User, reviewer: User, checker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A loaded value stands beside the draft of its cell; the database keeps one of the two."""
    some = rows("submitted", analyst, number=1)
    judge = bulk._Step._judge

    def meanwhile(self: Any, *arguments: Any) -> Any:
        ready = judge(self, *arguments)
        b.actual(some[0].indicator, "1", some[0].reference_period, key="loaded")
        return ready

    monkeypatch.setattr(bulk._Step, "_judge", meanwhile)
    with pytest.raises(Refused, match="已有他人核定"):
        actions.approve_all(by=reviewer, seen=seen_of(some))
    assert set(states()) == {("submitted", 1)}
