"""A recompute of everything in shares: how they are cut, taken, counted, kept and called off."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.translation import override

from accounts.actions import cancel_job, request_job, retry_job
from accounts.models import Job
from qdpolicy import jobs
from targets.models import ProgressSnapshot, RecomputeShare, StaleRequest, Target
from targets.recompute import queue, queue_open_targets, read_model, shares
from targets.tasks import take_shares
from targets.views import remaining
from tests.indicators import builders as b
from tests.targets.recompute import worlds as w

pytestmark = pytest.mark.django_db


@pytest.fixture
def small_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "SIZE", 10)
    monkeypatch.setattr(shares, "SMALL", 10)


def running(**facts: Any) -> Job:
    now = timezone.now()
    fields = {"state": Job.State.RUNNING, "started_at": now, "heartbeat_at": now, **facts}
    job = request_job(by=None, kind="recompute_all")
    Job.objects.filter(pk=job.pk).update(**fields)
    job.refresh_from_db()
    return job


def planned(seed: int = 31) -> tuple[w.World, Job]:
    made = w.built(seed, each=2)
    job = running()
    shares.plan(job)
    return made, job


def open_shares(job: Job) -> int:
    return RecomputeShare.objects.filter(job=job, done_at=None).count()


@pytest.mark.parametrize(
    ("homes", "wanted"),
    [
        ([], []),
        ([(1, 3)], [([1], 3)]),
        ([(1, 50)], [([1], 50)]),
        ([(1, 4), (2, 6), (3, 1)], [([1, 2], 10), ([3], 1)]),
        ([(1, 4), (2, 7), (3, 1)], [([1], 4), ([2, 3], 8)]),
        ([(1, 50), (2, 50)], [([1], 50), ([2], 50)]),
    ],
)
def test_regions_are_packed_until_a_share_is_full(homes: Any, wanted: Any) -> None:
    assert list(shares.packed(homes, 10)) == wanted


def test_part_is_counted_at_the_home_of_its_promise() -> None:
    here, there = b.region(), b.region("370300", "外市")
    head = b.promise(b.indicator("A"), region=here)
    for code in ("B", "C"):
        part = b.promise(b.indicator(code), region=there)
        Target.objects.filter(pk=part.pk).update(part_of=head)
    b.promise(b.indicator("D"), region=there)
    assert list(shares.homes()) == [(here.pk, 3), (there.pk, 1)]


@pytest.mark.usefixtures("small_shares")
def test_shares_hold_every_home_once_and_every_target() -> None:
    world, job = planned()
    cut = list(RecomputeShare.objects.filter(job=job))
    regions = [region for share in cut for region in share.regions]
    assert len(cut) > 2
    assert len(regions) == len(set(regions))
    homes = set(Target.objects.promises().values_list("region", flat=True))
    assert set(regions) == homes <= set(world.homes)
    assert sum(share.targets for share in cut) == Target.objects.count()
    shares.plan(job)
    assert list(RecomputeShare.objects.filter(job=job)) == cut


@pytest.mark.usefixtures("small_shares")
def test_progress_counts_targets_share_by_share_to_the_end() -> None:
    _world, job = planned()
    total = Target.objects.count()
    seen = [shares.standing(job)]
    while shares.take(job):
        seen.append(shares.standing(job))
    assert [s.total for s in seen] == [total] * len(seen)
    done = [s.done for s in seen]
    assert done[0] == 0
    assert done[-1] == total
    assert all(before < after for before, after in itertools.pairwise(done))
    assert seen[-1].written == ProgressSnapshot.objects.count() > 0
    assert not shares.take(job)
    assert not shares.take(job, wait=True)
    again = running()
    jobs.recompute_all(again)
    assert shares.standing(again) == shares.Standing(total, total, 0)


@pytest.mark.usefixtures("small_shares")
def test_job_that_was_interrupted_keeps_what_was_done_and_ends_in_equal_rows() -> None:
    world, job = planned()
    assert shares.take(job)
    (first,) = RecomputeShare.objects.exclude(done_at=None)
    left = open_shares(job)
    assert left > 1
    job.refresh_from_db()
    jobs.recompute_all(job)
    assert RecomputeShare.objects.get(pk=first.pk).done_at == first.done_at
    assert open_shares(job) == 0
    ended = w.standing()
    day = timezone.localdate()
    w.forget()
    read_model.rebuild()
    shares_of_one = running()
    jobs.recompute_all(shares_of_one)
    assert w.standing() == ended != {}
    assert {row["as_of"] for row in ended.values()} == {day}
    assert world.homes


@pytest.mark.usefixtures("small_shares")
def test_share_that_was_done_on_an_earlier_day_is_done_anew() -> None:
    _world, job = planned()
    assert shares.take(job)
    assert shares.take(job)
    old, kept = RecomputeShare.objects.exclude(done_at=None)
    RecomputeShare.objects.filter(pk=old.pk).update(done_at=timezone.now() - timedelta(days=1))
    shares.plan(job)
    old.refresh_from_db()
    assert (old.done_at, old.written) == (None, None)
    assert RecomputeShare.objects.get(pk=kept.pk).done_at == kept.done_at


@pytest.mark.usefixtures("small_shares")
def test_shares_of_a_job_that_was_called_off_are_not_taken_by_helpers() -> None:
    _world, job = planned()
    before = open_shares(job)
    cancel_job(by=None, job=job)
    take_shares()
    assert open_shares(job) == before > 1
    with pytest.raises(jobs.Cancelled):
        jobs.recompute_all(job)
    assert not ProgressSnapshot.objects.exists()
    retry_job(by=None, job=Job.objects.get(pk=job.pk))
    take_shares()
    assert open_shares(job) == before
    jobs.run_due_jobs()
    job.refresh_from_db()
    assert (job.state, open_shares(job)) == (Job.State.DONE, 0)
    assert ProgressSnapshot.objects.count() > 0


@pytest.mark.usefixtures("small_shares")
def test_helper_takes_the_shares_of_every_job_that_runs_and_only_those() -> None:
    _world, job = planned()
    waiting = request_job(by=None, kind="recompute_all")
    shares.plan(waiting)
    take_shares()
    assert open_shares(job) == 0
    assert open_shares(waiting) > 1
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING
    jobs.recompute_all(job)
    job.refresh_from_db()
    assert job.done == job.total == Target.objects.count()


def test_job_without_promises_is_over_at_once() -> None:
    job = running()
    jobs.recompute_all(job)
    job.refresh_from_db()
    assert (job.done, job.total) == (0, 0)


def test_remaining_time_is_told_in_words_while_it_can_be_known() -> None:
    now = timezone.now()

    def told(seconds: float, done: int | None, total: int | None, **facts: Any) -> str:
        fields = {"state": Job.State.RUNNING, "started_at": now - timedelta(seconds=seconds)}
        return remaining(Job(done=done or 0, total=total, **{**fields, **facts}), now)

    assert told(10, 50, 100) == "约剩 10 秒"
    assert told(10, 99, 100) == "约剩 1 秒"
    assert told(59, 50, 100) == "约剩 59 秒"
    assert told(60, 50, 100) == "约剩 1 分钟"
    assert told(600, 10, 100) == "约剩 90 分钟"
    assert told(10, 0, 100) == told(10, 5, None) == told(10, 0, 0) == ""
    assert told(10, 5, 9, started_at=None) == ""
    for state in set(Job.State) - {Job.State.RUNNING}:
        assert told(10, 5, 10, state=state) == ""
    with override("en"):
        assert told(10, 50, 100) != "约剩 10 秒"


@pytest.fixture
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MANY", 1)


def asked_for() -> list[str]:
    return list(Job.objects.order_by("pk").values_list("kind", flat=True))


@pytest.mark.usefixtures("few_are_many")
def test_daily_job_of_many_pairs_asks_for_one_job_instead_of_rows() -> None:
    before = asked_for()
    b.promise(b.indicator("A"))
    assert queue_open_targets() == 1
    assert asked_for() == before
    b.promise(b.indicator("B"))
    StaleRequest.objects.all().delete()
    assert queue_open_targets() == 0
    assert queue_open_targets() == 0
    assert asked_for() == [*before, "recompute_all"]
    assert not StaleRequest.objects.exists()


@pytest.mark.usefixtures("few_are_many")
def test_daily_job_beside_one_that_runs_since_yesterday_asks_for_another() -> None:
    b.promise(b.indicator("A"))
    b.promise(b.indicator("B"))
    before = len(asked_for())
    running(started_at=timezone.now() - timedelta(hours=1))
    queue_open_targets()
    assert len(asked_for()) == before + 2
    Job.objects.update(state=Job.State.DONE, finished_at=timezone.now())
    queue_open_targets()
    assert len(asked_for()) == before + 3


def test_share_is_judged_in_one_transaction_on_a_server() -> None:
    """Where one process writes at a time it is many, so that a save waits for no share."""
    world, job = planned()
    failing = RecomputeShare.objects.filter(job=job).earliest("pk")
    assert set(failing.regions) <= set(world.homes)
    assert connection.in_atomic_block
    assert shares.take(job)
    failing.refresh_from_db()
    assert failing.written == ProgressSnapshot.objects.count()
    assert failing.done_at is not None
