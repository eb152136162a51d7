"""Kill -9 in the middle of applying an upload: all of it or nothing, and it can go on afterwards."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection

from accounts import audit
from accounts.models import AuditEvent
from indicators import actions
from indicators.actions import MERGE_STEPS
from indicators.models import Observation, Upload
from tests.work import uploads
from tests.work.processes import ROOT, environment, until

INDICATORS = 20  # x 20 regions x 50 years


@dataclass
class Killed:
    """A world with one upload that is being applied, and what the actuals said before."""

    url: str
    indicators: int
    ana: Any
    plus: int = 0

    def prepare(self) -> None:
        """The next upload: it amends what stands there and enters the rest."""
        self.plus += 1
        upload = uploads.staged(self.ana, self.indicators, self.plus)
        assert upload.counts["error"] == 0
        self.upload = uploads.applying(upload)
        self.before, self.rows = uploads.digest(), Observation.objects.count()

    @property
    def cells(self) -> int:
        return self.indicators * uploads.REGIONS * len(uploads.YEARS)

    def outcome(self) -> str:
        """ "all", "nothing", or what is between; once the server has ended the killed session."""
        if connection.vendor == "postgresql":
            until(lambda: self._sessions() == 0, 60, "server ended the session")
        self.upload.refresh_from_db()
        told = AuditEvent.objects.filter(
            action="indicators.apply_upload", object_id=str(self.upload.pk)
        ).count()
        written = Observation.objects.current().filter(upload=self.upload).count()
        if (self.upload.state, told, written) == ("applied", 1, self.cells):
            return "all"
        if (self.upload.state, told, uploads.digest()) == ("applying", 0, self.before):
            return "nothing"
        return f"between: {self.upload.state}, {told} events, {written} of {self.cells} rows"

    def _sessions(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid()"
            )
            return int(cursor.fetchone()[0])

    def merging(self, point: str = "-", *more: str) -> subprocess.Popen[str]:
        connection.close()
        return subprocess.Popen(
            [sys.executable, "-m", "tests.work.uploads", str(self.upload.pk), point, *more],
            cwd=ROOT, env=environment(self.url, DJANGO_SETTINGS_MODULE="qdpolicy.settings"),
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip

    def end(self) -> None:
        """The upload goes on as if nothing had been, and the chain of the audit holds."""
        assert actions.merge_upload(upload=self.upload)
        assert self.outcome() == "all"
        assert audit.verify() == []


def killed_world(url: str, indicators: int) -> Killed:
    world = Killed(url, indicators, uploads.catalogue(indicators))
    half = uploads.applying(uploads.staged(world.ana, indicators, 0, every=2))
    assert actions.merge_upload(upload=half)
    world.prepare()
    return world


def kill_at_random(world: Killed, kills: int, seed: int, seconds: float) -> list[str]:
    """Kill a merge `kills` times somewhere in its course; what each left behind."""
    chance, left = random.Random(seed), []
    for _ in range(kills):
        with world.merging() as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            # The moment is what is tested; nothing waits for it to have passed.
            try:
                process.wait(chance.uniform(0, seconds))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            process.stdout.read()
        left.append(world.outcome())
        if left[-1] == "all":
            world.prepare()
    return left


def seconds_of_a_merge(world: Killed) -> float:
    """How long one takes that nobody disturbs; the next upload is prepared then."""
    with world.merging() as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        start = time.monotonic()
        assert process.stdout.read().split()[-1] == "merged"
        took = time.monotonic() - start
    world.prepare()
    return took


def test_killed_at_each_point_leaves_nothing_and_goes_on(empty_world: str) -> None:
    world = killed_world(empty_world, INDICATORS)
    for point in MERGE_STEPS:
        with world.merging(point) as process:
            said, _err = process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert said.split() == ["ready", *MERGE_STEPS[: MERGE_STEPS.index(point) + 1]]
        assert world.outcome() == "nothing", point
    world.end()


def test_killed_upload_can_be_dropped(empty_world: str) -> None:
    world = killed_world(empty_world, 1)
    with world.merging("entered") as process:
        process.communicate()
    assert world.outcome() == "nothing"
    upload = Upload.objects.get(pk=world.upload.pk)
    actions.drop_upload(by=world.ana, upload=upload, version=upload.version)
    assert uploads.digest() == world.before
    assert audit.verify() == []


def test_test_would_notice_a_merge_without_transaction(empty_world: str) -> None:
    world = killed_world(empty_world, 1)
    with world.merging("amended", "bare") as process:
        process.communicate()
    assert world.outcome().startswith("between")


@pytest.mark.soak
def test_killed_twenty_times_at_random_over_a_hundred_thousand_rows(empty_world: str) -> None:
    world = killed_world(empty_world, 100)
    left = kill_at_random(world, 20, seed=4, seconds=seconds_of_a_merge(world) * 1.1)
    assert set(left) <= {"all", "nothing"}, left
    assert left.count("nothing") >= 5, left
    world.end()


def test_killed_at_random_moments_leaves_all_or_nothing(empty_world: str) -> None:
    world = killed_world(empty_world, 4)
    left = kill_at_random(world, 3, seed=7, seconds=seconds_of_a_merge(world))
    assert set(left) <= {"all", "nothing"}, left
    world.end()
