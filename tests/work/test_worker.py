"""`manage.py work` as a process of its own: it sweeps, it ends when asked, it survives kill -9."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from accounts.actions import request_job
from accounts.models import Job
from targets.models import ProgressSnapshot, StaleRequest, StatusChange
from tests.work.processes import environment, manage, manage_command, started, until
from tests.work.promises import (
    approve,
    from_scratch,
    many_promises,
    settle,
    submitted,
    verdict,
    verdicts,
)


def test_worker_sweeps_what_an_approval_queues_and_ends_when_asked(
    world: str, tmp_path: Path
) -> None:
    assert verdict("contract").actual != 801
    with started(manage_command("work"), environment(world), tmp_path / "log") as worker:
        approve(submitted("TECH_CONTRACT", "2024", "801"))
        until(lambda: verdict("contract").actual == 801, 30, "新实绩的判定")
        until(lambda: not StaleRequest.objects.exists(), 10, "队列清空")
        assert verdict("contract").status == "attained"
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(5) == 0
    assert verdicts() == from_scratch()
    assert "Traceback" not in (tmp_path / "log").read_text(encoding="utf-8")


def test_worker_does_the_jobs_that_people_ask_for(world: str, tmp_path: Path) -> None:
    settled = verdicts()
    ProgressSnapshot.objects.all().delete()
    job = request_job(by=None, kind="recompute_all")
    with started(manage_command("work"), environment(world), tmp_path / "log"):
        until(lambda: Job.objects.get(pk=job.pk).state == Job.State.DONE, 30, "任务完成")
    job.refresh_from_db()
    assert (job.done, job.total, job.error) == (job.total, job.total, "")
    assert verdicts() == settled


def test_worker_once_empties_the_queue_and_ends(world: str) -> None:
    approve(submitted("TECH_CONTRACT", "2024", "801"))
    manage(environment(world), "work", "--once")
    assert not StaleRequest.objects.exists()
    assert verdict("contract").actual == 801


def test_worker_killed_in_mid_sweep_loses_no_verdict(world: str, tmp_path: Path) -> None:
    pairs = many_promises(regions=17)
    assert pairs >= 200
    approve(submitted("TECH_CONTRACT", "2024", "801"))
    queued = StaleRequest.objects.count()
    command, env = manage_command("work"), environment(world)
    with started(command, env, tmp_path / "first") as worker:
        until(lambda: StaleRequest.objects.count() < queued - 20, 40, "清扫开始")
        worker.kill()
        assert worker.wait(5) == -signal.SIGKILL
    left = StaleRequest.objects.count()
    assert 0 < left < queued
    with started(command, env, tmp_path / "second"):
        until(lambda: not StaleRequest.objects.exists(), 40, "重启后清空队列")
    found = verdicts()
    assert found == from_scratch()
    assert len(found) >= pairs
    assert StatusChange.objects.filter(target__key="contract").count() <= 1


def test_sweep_that_deletes_first_loses_verdicts_when_it_is_cut_off(world: str) -> None:
    """The negative control of the test above: without the one transaction the row is gone."""
    settle()
    approve(submitted("TECH_CONTRACT", "2024", "801"))

    class Killed(BaseException):
        """The process ends here."""

    def careless_sweep() -> None:
        pairs = list(StaleRequest.objects.values_list("indicator", "region"))
        StaleRequest.objects.all().delete()
        for _pair in pairs:
            raise Killed

    with pytest.raises(Killed):
        careless_sweep()
    settle()
    found = verdicts()
    assert found != from_scratch()


@pytest.mark.soak
def test_worker_killed_a_hundred_times_during_saves_loses_no_verdict(
    world: str, tmp_path: Path
) -> None:
    command, env = manage_command("work"), environment(world)
    for cycle in range(100):
        approve(submitted("TECH_CONTRACT", str(2030 + cycle % 60), str(100 + cycle)))
        with started(command, env, tmp_path / "log") as worker:
            approve(submitted("HNTE", str(2030 + cycle % 60), str(9000 + cycle)))
            queued = StaleRequest.objects.count()
            # Killed when the queue moves: in its first sweep, or as it queues the day's work.
            until(lambda queued=queued: StaleRequest.objects.count() != queued, 30, "清扫")
            worker.kill()
            worker.wait(5)
    settle()
    assert not StaleRequest.objects.exists()
    assert verdicts() == from_scratch()
