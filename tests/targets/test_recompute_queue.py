"""The stale queue: what a sweep takes, what it leaves, what it parks, and the calendar."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEvent
from targets.actions import request_verdicts, retry_parked
from targets.errors import Refused
from targets.models import ProgressSnapshot, StaleRequest, Target, TargetVersion
from targets.recompute import BATCH, TRIES, Sweep, queue_open_targets, sweep
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db


def queue(target: Target, times: int = 1) -> None:
    StaleRequest.objects.bulk_create(
        StaleRequest(
            indicator_id=target.indicator_id, region_id=target.region_id, cause="test",
            queued_at=timezone.now(),
        )
        for _time in range(times)
    )  # fmt: skip


def broken(key: str = "broken") -> Target:
    """A promise whose period no reader understands, as no form would let it in."""
    target = b.promise(b.indicator("BROKEN"), "10", "2024", key=key)
    TargetVersion.objects.filter(target=target).update(period_end="不是报告期")
    return target


def test_sweep_of_an_empty_queue_does_nothing() -> None:
    assert sweep() == Sweep(0, 0)
    assert ProgressSnapshot.objects.count() == 0


def test_sweep_judges_each_pair_once_and_deletes_all_its_rows() -> None:
    target = b.promise(b.indicator("FIRMS"), "10", "2024")
    b.actual(target.indicator, "10", "2024")
    queue(target, times=7)
    assert sweep() == Sweep(done=7)
    assert StaleRequest.objects.count() == 0
    assert ProgressSnapshot.objects.get().status == "attained"


def test_sweep_judges_a_whole_promise_when_only_a_part_is_queued() -> None:
    head = b.promise(b.indicator("LABS"), "10", "2024")
    part = b.promise(b.indicator("LABS_NEW"), "2", "2024")
    Target.objects.filter(pk=part.pk).update(part_of=head)
    b.actual(head.indicator, "12", "2024")
    b.actual(part.indicator, "1", "2024")
    queue(part)
    assert sweep() == Sweep(done=1)
    assert ProgressSnapshot.objects.get(target=head).promise_status == "missed"
    assert ProgressSnapshot.objects.get(target=part).status == "missed"


def test_sweep_of_a_pair_that_nobody_promised_only_empties_the_queue() -> None:
    firms = b.indicator("FIRMS")
    StaleRequest.objects.create(
        indicator=firms, region=b.region(), cause="test", queued_at=timezone.now()
    )
    assert sweep() == Sweep(done=1)
    assert ProgressSnapshot.objects.count() == 0


def test_sweep_takes_the_oldest_batch_and_leaves_the_rest() -> None:
    target = b.promise(b.indicator("FIRMS"), "10", "2024")
    queue(target, times=BATCH + 3)
    newest = list(StaleRequest.objects.order_by("-pk").values_list("pk", flat=True)[:3])
    assert sweep() == Sweep(done=BATCH)
    assert sorted(StaleRequest.objects.values_list("pk", flat=True)) == sorted(newest)
    assert sweep() == Sweep(done=3)


def test_sweep_judges_as_of_the_day_it_is_told() -> None:
    target = b.promise(b.indicator("FIRMS"), "10", "2030")
    queue(target)
    sweep(as_of=date(2026, 2, 3))
    assert ProgressSnapshot.objects.get().as_of == date(2026, 2, 3)
    queue(target)
    sweep()
    assert ProgressSnapshot.objects.get().as_of == timezone.localdate()


def test_pair_that_fails_is_parked_after_five_tries_while_others_go_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bad, good = broken(), b.promise(b.indicator("FIRMS"), "10", "2024")
    queue(bad, times=2)
    now = timezone.now()
    waits = []
    with caplog.at_level(logging.CRITICAL):
        for attempt in range(1, TRIES + 1):
            queue(good)
            assert sweep(now=now) == Sweep(done=1, failed=2)
            rows = list(StaleRequest.objects.all())
            assert {(row.attempts, row.indicator_id) for row in rows} == {
                (attempt, bad.indicator_id)
            }
            assert all(row.last_error.startswith("PeriodError: “不是报告期”") for row in rows)
            # Before its time a row is left alone.
            assert sweep(now=now) == Sweep(0, 0)
            if attempt < TRIES:
                waits.append((rows[0].next_try_at - now).total_seconds())
                now = rows[0].next_try_at
    assert waits == [2, 4, 8, 16]
    assert {row.parked_at for row in StaleRequest.objects.all()} == {now}
    assert StaleRequest.objects.parked().count() == 2
    assert sweep(now=now + timedelta(days=9)) == Sweep(0, 0)
    assert set(ProgressSnapshot.objects.values_list("target", flat=True)) == {good.pk}


def test_failing_pair_writes_nothing_of_what_it_had_begun(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Head judged, part broken: half a promise must not be seen."""
    head, part = b.promise(b.indicator("FIRMS"), "10", "2024"), broken()
    Target.objects.filter(pk=part.pk).update(part_of=head)
    queue(head)
    with caplog.at_level(logging.CRITICAL):
        assert sweep() == Sweep(failed=1)
    assert ProgressSnapshot.objects.count() == 0


def test_new_request_for_a_parked_pair_is_tried_on_its_own(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bad = broken()
    queue(bad)
    StaleRequest.objects.update(parked_at=timezone.now(), attempts=TRIES)
    TargetVersion.objects.filter(target=bad).update(period_end="2024")
    queue(bad)
    assert sweep() == Sweep(done=1)
    assert StaleRequest.objects.parked().count() == 1
    assert ProgressSnapshot.objects.get().target_id == bad.pk


def test_parked_row_is_tried_again_when_a_person_asks() -> None:
    bad, person = broken(), b.person("repairer")
    queue(bad)
    StaleRequest.objects.update(
        parked_at=timezone.now(), attempts=TRIES, last_error="PeriodError: x",
        next_try_at=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    row = StaleRequest.objects.get()
    TargetVersion.objects.filter(target=bad).update(period_end="2024")
    retried = retry_parked(by=person, request=row)
    assert (retried.attempts, retried.parked_at, retried.next_try_at) == (0, None, None)
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.before) == (
        "targets.retry_parked", {"attempts": TRIES, "error": "PeriodError: x"},
    )  # fmt: skip
    assert sweep() == Sweep(done=1)
    assert StaleRequest.objects.count() == 0
    with pytest.raises(Refused, match="已不在停放之列"):
        retry_parked(by=person, request=row)


def test_retry_does_not_read_again_what_a_sweep_may_have_taken() -> None:
    queue(broken())
    StaleRequest.objects.update(parked_at=timezone.now(), attempts=TRIES)
    row, person = StaleRequest.objects.get(), b.person("repairer")
    with CaptureQueriesContext(connection) as asked:
        retry_parked(by=person, request=row)
    verbs = [sql["sql"].split(maxsplit=1)[0] for sql in asked if "stalerequest" in sql["sql"]]
    # The insert is the trail's, which names the row.
    assert verbs == ["UPDATE", "INSERT"]


def test_calendar_queues_each_pair_once_however_many_promises_it_has() -> None:
    firms, labs = b.indicator("FIRMS"), b.indicator("LABS")
    for about, place in (
        (firms, None),
        (firms, None),
        (labs, None),
        (labs, b.region("370100", "济南市")),
    ):
        b.promise(about, "10", "2024", region=place)
    noon = datetime(2026, 3, 2, 4, 0, tzinfo=timezone.get_default_timezone())
    assert queue_open_targets(now=noon) == 3
    assert set(StaleRequest.objects.values_list("cause", "queued_at")) == {("calendar", noon)}
    assert sweep(as_of=date(2026, 3, 2)) == Sweep(done=3)
    assert ProgressSnapshot.objects.filter(as_of=date(2026, 3, 2)).count() == 4


def test_calendar_alone_moves_a_verdict() -> None:
    target = b.promise(b.indicator("FIRMS"), "10", "2026", period_start="2026")
    for year, value in ((2024, 1), (2025, 2)):
        b.actual(target.indicator, str(Decimal(value)), str(year))
    statuses = []
    for day in (date(2025, 12, 31), date(2026, 1, 1)):
        queue_open_targets()
        sweep(as_of=day)
        statuses.append(ProgressSnapshot.objects.get().status)
    assert statuses[0] == "not_due"
    assert statuses[1] != "not_due"


def test_verdicts_asked_for_by_hand_are_queued_once_a_pair_and_told() -> None:
    firms = b.indicator("FIRMS")
    targets = [b.promise(firms, "10", "2024"), b.promise(firms, "11", "2024")]
    assert request_verdicts(by=b.person("asker"), targets=targets, reason="口径调整") == 2
    assert StaleRequest.objects.get().cause == "by hand"
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.after, event.reason) == (
        "targets.request_verdicts", {"targets": 2}, "口径调整",
    )  # fmt: skip
