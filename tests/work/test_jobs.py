"""Background jobs: progress, retries, dead workers, calling off, and one worker for each job."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actions import cancel_job, request_job, retry_job
from accounts.models import Job
from qdpolicy.jobs import CHUNK, DEAD_AFTER, TRIES, Cancelled, beat, recompute_all, run_due_jobs
from targets.models import ProgressSnapshot, Target
from tests.work.promises import many_promises, settle, verdicts
from tests.work.test_sweepers import together


@pytest.fixture
def job(db: None) -> Job:
    return request_job(by=None, kind="recompute_all")


def taken(job: Job, *, attempts: int = 1) -> Job:
    """The job as a worker holds it."""
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING, attempts=attempts, started_at=now, heartbeat_at=now
    )
    job.refresh_from_db()
    return job


def test_job_recomputes_every_promise_in_shares_with_its_progress(world: str) -> None:
    many_promises(regions=12)
    settle()
    Job.objects.all().delete()
    targets = Target.objects.count()
    assert targets > 100
    ProgressSnapshot.objects.all().delete()
    job = request_job(by=None, kind="recompute_all")
    assert run_due_jobs() == 1
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.attempts) == ("done", targets, targets, 1)
    assert job.finished_at is not None
    assert len(verdicts()) == Target.objects.count()
    # The projections follow, once.
    assert Job.objects.exclude(pk=job.pk).get().kind == "project_all"
    while run_due_jobs():
        pass
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


def test_projections_go_on_where_their_turn_ended(
    world: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_promises(regions=12)
    settle()
    Job.objects.all().delete()
    job = request_job(by=None, kind="project_all")
    monkeypatch.setattr("qdpolicy.jobs.TURN", 0.0)
    turns = 0
    while run_due_jobs():
        turns += 1
        before, _state = job.done, job.refresh_from_db()
        assert job.done > before
        assert job.attempts <= 1
    assert turns == -(-job.total // CHUNK) > 2
    assert (job.state, job.done) == ("done", job.total)


def test_job_of_an_unknown_kind_fails_after_five_tries_with_its_error(db: None) -> None:
    job = request_job(by=None, kind="fly_to_the_moon")
    good = request_job(by=None, kind="recompute_all")
    now = timezone.now()
    for attempt in range(1, TRIES + 1):
        run_due_jobs(now=now)
        job.refresh_from_db()
        assert job.attempts == attempt
        assert job.error == "KeyError: 'fly_to_the_moon'"
        if attempt < TRIES:
            assert job.state == Job.State.QUEUED
            assert job.next_try_at > timezone.now()
            while run_due_jobs(now=timezone.now()):
                pass
            job.refresh_from_db()
            assert job.attempts == attempt
            now = job.next_try_at
    assert (job.state, job.finished_at is not None) == (Job.State.FAILED, True)
    assert run_due_jobs(now=now + timedelta(days=1)) == 0
    good.refresh_from_db()
    assert good.state == Job.State.DONE


def test_failed_job_is_done_anew_when_a_person_asks(db: None) -> None:
    job = request_job(by=None, kind="fly_to_the_moon")
    now = timezone.now()
    for _attempt in range(TRIES):
        run_due_jobs(now=now)
        job.refresh_from_db()
        now = job.next_try_at
    Job.objects.filter(pk=job.pk).update(kind="recompute_all")
    retry_job(by=None, job=job)
    assert run_due_jobs(now=timezone.now()) == 1
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == (Job.State.DONE, 1, "")


def test_job_whose_worker_died_is_taken_again(job: Job) -> None:
    taken(job)
    later = timezone.now() + DEAD_AFTER
    assert run_due_jobs(now=later - timedelta(seconds=30)) == 0
    assert run_due_jobs(now=later + timedelta(seconds=30)) == 1
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.DONE, 2)


def test_job_that_keeps_killing_its_workers_is_failed(job: Job) -> None:
    taken(job, attempts=TRIES)
    assert run_due_jobs(now=timezone.now() + 2 * DEAD_AFTER) == 0
    job.refresh_from_db()
    assert (job.state, job.error.split(":")[0]) == (Job.State.FAILED, "WorkerLost")
    assert job.finished_at is not None


def test_worker_thought_dead_does_not_write_over_its_heir(job: Job) -> None:
    first = taken(job)
    second = taken(Job.objects.get(pk=job.pk), attempts=2)
    with pytest.raises(Cancelled):
        beat(first, done=1, total=2)
    beat(second, done=3, total=4)
    job.refresh_from_db()
    assert (job.done, job.total) == (3, 4)


def test_job_called_off_while_it_runs_stops_at_its_next_heartbeat(job: Job) -> None:
    taken(job)
    cancel_job(by=None, job=job, reason="不需要了")
    with pytest.raises(Cancelled):
        recompute_all(job)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (Job.State.CANCELLED, 0, None)
    assert run_due_jobs() == 0


def test_job_called_off_while_it_waits_is_never_taken(job: Job) -> None:
    cancel_job(by=None, job=job)
    assert run_due_jobs() == 0
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.CANCELLED, 0)


def test_two_workers_take_each_job_once(world: str) -> None:
    Job.objects.all().delete()
    jobs = [request_job(by=None, kind="recompute_all") for _number in range(6)]
    counts: list[int] = []
    lock = threading.Lock()

    def work() -> None:
        found = run_due_jobs()
        with lock:
            counts.append(found)

    assert together(work, work) == []
    assert sum(counts) == len(jobs)
    states = set(Job.objects.filter(kind="recompute_all").values_list("state", "attempts"))
    assert states == {(Job.State.DONE, 1)}
