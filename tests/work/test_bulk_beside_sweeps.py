"""A recompute of everything beside sweeps and other workers: right rows, no deadlock, nothing twice."""

from __future__ import annotations

import random
import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.actions import request_job
from accounts.models import Job
from qdpolicy.jobs import DEAD_AFTER, run_due_jobs
from targets.models import ProgressSnapshot, RecomputeShare, StaleRequest, Target
from targets.recompute import read_model, shares, stream, sweep
from targets.recompute.judging import REGIONS
from tests.targets.recompute import worlds as w
from tests.work.processes import environment, manage_command, started, until
from tests.work.promises import approve, from_scratch, settle, submitted, verdict, verdicts
from tests.work.test_sweepers import together

pytestmark = pytest.mark.postgres


def everything() -> list[int]:
    return [region for region, _number in shares.homes()]


def judge_all(regions: list[int] | None = None) -> int:
    now = timezone.now()
    homes = everything() if regions is None else regions
    return stream.recompute_regions(homes, as_of=timezone.localdate(), now=now)


def waiting_for_locks() -> int:
    """How many of this database wait for an advisory lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
            " WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted"
        )
        return int(cursor.fetchone()[0])


def stopping_at(words: str, reached: threading.Event, go: threading.Event) -> Callable[..., Any]:
    """A statement with these words waits until it may go."""

    def watch(execute: Callable[..., Any], sql: Any, *given: Any) -> Any:
        if words in str(sql):
            reached.set()
            assert go.wait(30)
        return execute(sql, *given)

    return watch


def test_value_approved_after_a_bulk_run_has_read_is_right_in_the_end(world: str) -> None:
    row = submitted("TECH_CONTRACT", "2024", "801")
    before = verdict("contract").actual
    ProgressSnapshot.objects.all().delete()
    read, go = threading.Event(), threading.Event()
    order: list[str] = []

    def bulk() -> None:
        # The goals and series are read when it asks which of them are parts.
        with connection.execute_wrapper(stopping_at("head_id <> target_id", read, go)):
            assert judge_all() > 0
        order.append("bulk")

    def save() -> None:
        assert read.wait(30)
        approve(row)
        order.append("saved")

    def sweeping() -> None:
        assert read.wait(30)
        until(lambda: StaleRequest.objects.exists(), 20, "新实绩入列")
        assert sweep().failed == 0
        order.append("sweep")

    def releasing() -> None:
        assert read.wait(30)
        until(lambda: waiting_for_locks() > 0, 20, "清扫在等整区的锁")
        assert not ProgressSnapshot.objects.exists()
        go.set()

    assert together(bulk, save, sweeping, releasing) == []
    assert order == ["saved", "bulk", "sweep"]
    settle()
    assert verdict("contract").actual == 801 != before
    assert verdicts() == from_scratch()


def test_bulk_run_waits_for_a_sweep_of_its_region_and_reads_what_that_wrote(world: str) -> None:
    approve(submitted("TECH_CONTRACT", "2024", "801"))
    written, go = threading.Event(), threading.Event()
    wrote: list[int] = []

    def sweeping() -> None:
        # The last statement of a pair's transaction, when the verdict stands in it.
        watch = stopping_at('DELETE FROM "targets_stalerequest"', written, go)
        with connection.execute_wrapper(watch):
            assert sweep().done >= 1

    def bulk() -> None:
        assert written.wait(30)
        wrote.append(judge_all())

    def releasing() -> None:
        assert written.wait(30)
        until(lambda: waiting_for_locks() > 0, 20, "重算在等清扫的锁")
        go.set()

    assert together(sweeping, bulk, releasing) == []
    # It had read the new figure: of the old one it would have made another row.
    assert wrote == [0]
    assert verdict("contract").actual == 801
    assert verdicts() == from_scratch()


@pytest.mark.parametrize("each", [15, pytest.param(100, marks=pytest.mark.soak)])
def test_many_sweeps_beside_bulk_runs_never_deadlock(empty_world: str, each: int) -> None:
    made = w.built(61, regions=5, levels=4)
    pairs = list(Target.objects.values_list("indicator", "region"))
    judge_all()
    calm = verdicts()
    chance = random.Random(62)
    stop = threading.Event()
    runs: list[int] = []
    failed: list[int] = []

    def sweeping() -> None:
        own = random.Random(chance.random())
        try:
            for _sweep in range(each):
                indicator, region = own.choice(pairs)
                StaleRequest.objects.create(
                    indicator_id=indicator, region_id=region, cause="test", queued_at=timezone.now()
                )
                about = Target.objects.filter(indicator=indicator, region=region)
                ProgressSnapshot.objects.filter(target__in=about).delete()
                failed.append(sweep().failed)
        finally:
            stop.set()

    def bulk() -> None:
        own = random.Random(chance.random())
        while not stop.is_set():
            runs.append(judge_all(own.sample(made.homes, own.randint(1, 3))))

    assert together(sweeping, sweeping, bulk, bulk) == []
    assert failed == [0] * (2 * each)
    assert len(runs) > 1
    settle()
    judge_all()
    assert verdicts() == calm


def cut(job: Job, monkeypatch: pytest.MonkeyPatch) -> list[RecomputeShare]:
    """The job's shares, small ones."""
    monkeypatch.setattr(shares, "SIZE", 12)
    shares.plan(job)
    found = list(RecomputeShare.objects.filter(job=job).order_by("pk"))
    assert len(found) > 3
    return found


def test_share_that_another_worker_holds_is_left_to_it(
    empty_world: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    w.built(63, each=2)
    job = request_job(by=None, kind="recompute_all")
    first, second, *_rest = cut(job, monkeypatch)

    def taking() -> None:
        assert shares.take(job)

    with transaction.atomic():
        RecomputeShare.objects.select_for_update().get(pk=first.pk)
        assert together(taking) == []
    done = set(RecomputeShare.objects.exclude(done_at=None).values_list("pk", flat=True))
    assert done == {second.pk}


def test_two_workers_share_a_job_and_do_each_share_once(
    empty_world: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = w.built(64, regions=12, each=2)
    job = request_job(by=None, kind="recompute_all")
    planned = cut(job, monkeypatch)
    done: list[int] = []
    both = threading.Barrier(2)

    def work() -> None:
        mine = 0
        both.wait(20)
        while shares.take(job):
            mine += 1
        done.append(mine)

    assert together(work, work) == []
    assert sum(done) == len(planned)
    written = [share.written for share in RecomputeShare.objects.filter(job=job)]
    assert sum(written) == ProgressSnapshot.objects.count() == len(verdicts())
    found = verdicts()
    assert found == from_scratch()
    assert made.homes


def test_worker_killed_in_mid_share_gives_it_back_and_another_ends_the_job(
    empty_world: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    w.built(65, regions=8, each=2)
    run_due_jobs()
    ProgressSnapshot.objects.all().delete()
    job = request_job(by=None, kind="recompute_all")
    first, second, *_rest = cut(job, monkeypatch)
    command, env = manage_command("work", "--once"), environment(empty_world)
    with transaction.atomic(), connection.cursor() as cursor:
        lock = [REGIONS, second.regions[-1]]
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", lock)
        with started(command, env, tmp_path / "first") as worker:
            until(lambda: waiting_for_locks() == 1, 40, "工作进程停在第二份")
            worker.kill()
            assert worker.wait(5) == -signal.SIGKILL
    first.refresh_from_db()
    kept = first.done_at
    assert kept is not None
    (written,) = RecomputeShare.objects.exclude(done_at=None).values_list("written", flat=True)
    assert ProgressSnapshot.objects.count() == written
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING
    lost = timezone.now() - DEAD_AFTER - timedelta(minutes=1)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=lost)
    with started(command, env, tmp_path / "second") as worker:
        assert worker.wait(40) == 0
    job.refresh_from_db()
    assert (job.state, job.attempts, job.done) == (Job.State.DONE, 2, Target.objects.count())
    first.refresh_from_db()
    assert first.done_at == kept
    found = verdicts()
    assert found == from_scratch()
    read_model.rebuild()
    assert judge_all() == 0
