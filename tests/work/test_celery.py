"""A real Celery worker with its beat over a Redis of our own that fails in every way it can.

Redis may lose everything: no save waits for it, and once it is back the verdicts converge.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from accounts.actions import request_job
from accounts.models import AuditEvent, Job
from indicators.models import Indicator, Observation, Region
from targets.models import StaleRequest, StatusChange
from tests.work.brokers import Broker, running
from tests.work.processes import environment, started, until
from tests.work.promises import approve, from_scratch, submitted, verdict, verdicts

pytestmark = [pytest.mark.celery_worker, pytest.mark.postgres]
SAVES = 50
LOCK_TIMEOUT = 20  # seconds, of the settings: a save that takes as long hangs on something


@contextmanager
def celery(
    url: str, broker: Broker, folder: Path, name: str = "celery"
) -> Iterator[subprocess.Popen[bytes]]:
    """The worker of `make worker`, with its log in `name`.log."""
    command = [
        sys.executable, "-m", "celery", "--app", "qdpolicy", "worker", "--beat",
        "--schedule", str(folder / f"{name}-schedule"), "--loglevel", "warning",
        "--concurrency", "1", "--hostname", f"{name}@localhost",
    ]  # fmt: skip
    env = environment(url, broker=broker.url)
    with started(command, env, folder / f"{name}.log") as process:
        yield process


def fifty(year: int) -> list[Observation]:
    """Submitted values of as many cells: no two saves ask for the same row."""
    codes = Indicator.objects.filter(unit__code__in=("jia", "yi-yuan", "xiang")).order_by("code")
    rows = [
        submitted(indicator.code, str(year), "123")
        for indicator in codes[:SAVES]
        if not Observation.objects.approved().filter(
            indicator=indicator, region__code="370200", reference_period=str(year)
        ).exists()
    ]  # fmt: skip
    districts = Region.objects.filter(parent__code="370200").order_by("code")
    for district in districts:
        for code in ("HNTE", "TECH_SME", "TECH_CONTRACT", "RD_EXP", "NKL", "CKL"):
            if len(rows) < SAVES:
                rows.append(submitted(code, str(year), "45", region=district.code))
    assert len(rows) == SAVES
    return rows


def save_all(rows: list[Observation]) -> float:
    """Approve each; the longest one in seconds. None may fail."""
    longest = 0.0
    for row in rows:
        begun = time.monotonic()
        approve(row)
        longest = max(longest, time.monotonic() - begun)
    return longest


def converged() -> bool:
    return not StaleRequest.objects.exists()


FAULTS: dict[str, tuple[Callable[[Broker], None], Callable[[Broker], None]]] = {
    "stopped": (Broker.stop, Broker.start),
    "killed": (Broker.kill, Broker.start),
    "frozen": (Broker.freeze, Broker.thaw),
}


def test_saves_never_wait_for_redis_and_verdicts_converge_when_it_is_back(
    world: str, tmp_path: Path
) -> None:
    """Up, stopped, killed and frozen one after the other, under one and the same worker."""
    with running(tmp_path) as broker, celery(world, broker, tmp_path) as worker:
        longest = {"up": save_all(fifty(2031))}
        until(converged, 60, "Redis 正常时的判定")
        for place, (name, (fail, recover)) in enumerate(FAULTS.items(), start=2032):
            rows = fifty(place)
            fail(broker)
            longest[name] = save_all(rows)
            states = {Observation.objects.get(pk=row.pk).review_state for row in rows}
            assert states == {"approved"}
            recover(broker)
            until(converged, 150, f"Redis {name} 之后恢复判定")
            assert worker.poll() is None
        assert max(longest.values()) < LOCK_TIMEOUT, longest
    events = AuditEvent.objects.filter(action="indicators.approve").count()
    assert events == SAVES * (1 + len(FAULTS))
    assert verdicts() == from_scratch()


PUBLISHING = """
import sys
import django
django.setup()
from django.conf import settings
from django.db import transaction
from indicators.models import Observation
from targets.tasks import sweep_stale
from tests.work.promises import approve
from qdpolicy.celery import app
app.set_default()
with transaction.atomic():
    approve(Observation.objects.get(pk=int(sys.argv[1])))
    transaction.on_commit(sweep_stale.delay)
print("saved")
"""


def publish_on_commit(url: str, broker: Broker, row: Observation, *, seconds: int = 8) -> str:
    """What a save that publishes on commit ends as: saved, failed, or hanging after `seconds`."""
    env = environment(url, broker=broker.url, DJANGO_SETTINGS_MODULE="qdpolicy.settings")
    command = [sys.executable, "-c", PUBLISHING, str(row.pk)]
    try:
        done = subprocess.run(
            command, env=env, cwd=Path(__file__).parents[2], capture_output=True, text=True,
            timeout=seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "hanging"
    return "saved" if done.stdout == "saved\n" else "failed"


def test_save_that_publishes_on_commit_fails_without_redis(world: str, tmp_path: Path) -> None:
    """The negative control: the same save, with the task published on the request path."""
    rows = [submitted("TECH_CONTRACT", str(year), "700") for year in (2041, 2042, 2043)]
    with running(tmp_path) as broker:
        assert publish_on_commit(world, broker, rows[0], seconds=60) == "saved"
        broker.freeze()
        assert publish_on_commit(world, broker, rows[1]) in ("failed", "hanging")
        broker.thaw()
        broker.kill()
        assert publish_on_commit(world, broker, rows[2]) in ("failed", "hanging")
    # Worse than a refusal: each was committed, and the person was told otherwise.
    states = {Observation.objects.get(pk=row.pk).review_state for row in rows}
    assert states == {"approved"}


def test_worker_killed_in_its_work_and_restarted_catches_up(world: str, tmp_path: Path) -> None:
    with running(tmp_path) as broker:
        with celery(world, broker, tmp_path, "first") as worker:
            approve(submitted("TECH_CONTRACT", "2024", "801"))
            until(lambda: verdict("contract").actual == 801, 60, "第一个进程的判定")
            approve(submitted("TECH_CONTRACT", "2025", "802"))
            worker.kill()
            worker.wait(5)
        approve(submitted("TECH_CONTRACT", "2024", "803"))
        job = request_job(by=None, kind="recompute_all")
        with celery(world, broker, tmp_path, "second"):
            until(converged, 60, "重启后清空队列")
            until(lambda: Job.objects.get(pk=job.pk).state == "done", 30, "任务完成")
    assert verdict("contract").actual == 803
    assert verdicts() == from_scratch()


def test_two_beats_at_once_write_equal_rows_and_each_change_once(
    world: str, tmp_path: Path
) -> None:
    with (
        running(tmp_path) as broker,
        celery(world, broker, tmp_path, "one"),
        celery(world, broker, tmp_path, "two"),
    ):
        until(lambda: list(tmp_path.glob("two-schedule*")), 60, "第二个 beat")
        save_all(fifty(2051))
        approve(submitted("TECH_CONTRACT", "2024", "801"))
        until(converged, 60, "两个 beat 的判定")
    changes = list(StatusChange.objects.values_list("target", "before", "after"))
    assert len(changes) == len(set(changes))
    assert verdicts() == from_scratch()
    for name in ("one", "two"):
        assert "Traceback" not in (tmp_path / f"{name}.log").read_text(encoding="utf-8")
