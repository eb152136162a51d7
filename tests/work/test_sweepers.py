"""Two sweeps at once, and a sweep beside people who save: equal rows, nothing twice."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.utils import timezone

from indicators.models import Indicator, Unit
from targets.models import ProgressSnapshot, StaleRequest, StatusChange, Target
from targets.recompute import (
    Sweep,
    queue_open_targets,
    recompute_promises,
    sweep,
)
from targets.recompute.judging import INDICATORS
from tests.work.processes import until
from tests.work.promises import (
    MEETING,
    approve,
    from_scratch,
    many_promises,
    settle,
    submitted,
    verdict,
    verdicts,
)


def together(*tasks: Callable[[], object]) -> list[BaseException]:
    """Run each in a thread with a connection of its own; what they raised."""
    raised: list[BaseException] = []
    start = threading.Barrier(len(tasks))

    def run(task: Callable[[], object]) -> None:
        try:
            start.wait(10)
            task()
        except BaseException as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return raised


def test_two_sweepers_at_once_write_equal_rows_and_each_change_once(world: str) -> None:
    many_promises(regions=8)
    approve(submitted("TECH_CONTRACT", "2024", "801"))
    StatusChange.objects.all().delete()
    ProgressSnapshot.objects.filter(target__key="contract").update(
        promise_status="lagging", digest=7
    )
    outcomes: list[Sweep] = []

    def drain() -> None:
        while True:
            outcome = sweep()
            outcomes.append(outcome)
            if not outcome.done:
                return

    assert together(drain, drain) == []
    assert [outcome.failed for outcome in outcomes] == [0] * len(outcomes)
    assert not StaleRequest.objects.exists()
    changes = Counter(StatusChange.objects.values_list("target", "before", "after"))
    assert [change for change, times in changes.items() if times > 1] == []
    assert (verdict("contract").target_id, "lagging", "attained") in changes
    assert verdicts() == from_scratch()


def test_saves_beside_two_sweepers_all_end_in_the_verdicts(world: str) -> None:
    rows = [submitted("TECH_CONTRACT", f"{year}", "650") for year in (2024, 2026, 2027)]
    done = threading.Event()

    def save() -> None:
        try:
            for row in rows:
                approve(row)
        finally:
            done.set()

    def drain() -> None:
        while not done.is_set() or StaleRequest.objects.exists():
            sweep()

    assert together(save, drain, drain) == []
    assert verdicts() == from_scratch()


def test_daily_job_twice_is_harmless(world: str) -> None:
    """Two beats queue everything twice; the second half is the same work and writes nothing."""
    before = verdicts()
    queued = queue_open_targets()
    assert queue_open_targets() == queued
    assert StaleRequest.objects.count() == 2 * queued
    settle()
    assert not StaleRequest.objects.exists()
    assert verdicts() == before


def test_recompute_of_everything_waits_for_the_sweep_of_the_same_promise(world: str) -> None:
    """A job that read old actuals must not write over the newer verdict of a sweep.

    The sweep holds its promise until it commits; the job comes to it only then.
    """
    heads = list(Target.objects.filter(key="contract").values_list("pk", flat=True))
    written = threading.Event()
    order: list[str] = []

    def as_a_sweep() -> None:
        with transaction.atomic():
            recompute_promises(heads, as_of=timezone.localdate(), now=timezone.now())
            written.set()
            # Long enough for the other to arrive; it cannot be seen waiting on SQLite.
            threading.Event().wait(0.5)
            order.append("sweep")

    def as_a_job() -> None:
        assert written.wait(20)
        recompute_promises(heads, as_of=timezone.localdate(), now=timezone.now())
        order.append("job")

    assert together(as_a_sweep, as_a_job) == []
    assert order == ["sweep", "job"]


@pytest.mark.postgres
def test_row_that_arrives_during_a_sweep_stays_for_the_next(world: str) -> None:
    """The sweep has read its ids and waits for the indicator's lock while a value is approved."""
    first = submitted("TECH_CONTRACT", "2024", "801")
    second = submitted("TECH_CONTRACT", "2025", "802")
    approve(first)
    (seen,) = StaleRequest.objects.values_list("pk", flat=True)
    held, release = threading.Event(), threading.Event()

    def holding() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            lock = [INDICATORS, first.indicator_id]
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", lock)
            held.set()
            assert release.wait(20)

    def sweeping() -> None:
        assert held.wait(20)
        assert sweep() == Sweep(done=1)

    def waits_for_a_lock() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
                " WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted"
            )
            return cursor.fetchone() == (1,)

    def saving() -> None:
        until(waits_for_a_lock, 20, "清扫在等锁")
        approve(second)
        release.set()

    assert together(holding, sweeping, saving) == []
    (left,) = StaleRequest.objects.values_list("pk", flat=True)
    assert left > seen
    settle()
    assert verdicts() == from_scratch()


@pytest.mark.postgres
def test_sweep_that_waited_for_the_lock_reads_the_definition_as_it_is_then(world: str) -> None:
    """While a sweep waits, the unit changes and another sweep takes the row of that change.

    Nobody would come back: what the sweep writes at last must be made of the new unit.
    """
    target = Target.objects.select_related("indicator__unit").get(
        key="contract", document__key=MEETING
    )
    approve(submitted("TECH_CONTRACT", "2024", "801"))
    held, release = threading.Event(), threading.Event()
    lock = [INDICATORS, target.indicator_id]

    def holding() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", lock)
            held.set()
            assert release.wait(20)

    def sweeping() -> None:
        assert held.wait(20)
        assert sweep().failed == 0

    def waits_for_a_lock() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
                " WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted"
            )
            return cursor.fetchone() == (1,)

    def redefining() -> None:
        until(waits_for_a_lock, 20, "清扫在等锁")
        tenfold = Unit.objects.create(
            code="test-unit", symbol="十亿元", name_en="x", base="元", exponent=9, dimension="money"
        )
        Indicator.objects.filter(pk=target.indicator_id).update(unit=tenfold)
        release.set()

    assert together(holding, sweeping, redefining) == []
    assert verdicts() == from_scratch()
