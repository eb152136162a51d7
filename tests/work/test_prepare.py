"""`make run` and `make worker` start side by side: both bring the tables up to date, one by one."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from tests.work import worlds
from tests.work.processes import attempt, environment, manage_command

APPLIED = "from django.db.migrations.recorder import MigrationRecorder as R; print(R.Migration.objects.count())"


@pytest.fixture
def bare() -> Iterator[str]:
    """The address of a database without any table."""
    name = worlds._new(None)
    yield worlds.url_of(name)
    worlds._drop(name)


def applied(env: dict[str, str]) -> int:
    answer = attempt(env, "shell", "-v", "0", "-c", APPLIED)
    assert answer.returncode == 0, answer.stderr
    return int(answer.stdout.strip())


def test_prepare_makes_all_tables_and_again_changes_nothing(bare: str) -> None:
    env = environment(bare)
    assert attempt(env, "prepare").returncode == 0
    count = applied(env)
    assert count > 10
    assert attempt(env, "prepare").returncode == 0
    assert applied(env) == count
    assert attempt(env, "migrate", "--check").returncode == 0


@pytest.mark.postgres
def test_processes_that_prepare_at_once_wait_for_each_other(bare: str) -> None:
    env = environment(bare)
    running = [
        subprocess.Popen(manage_command("prepare"), env=env, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    ended = [(process.communicate(timeout=120)[1], process.returncode) for process in running]
    assert ended == [("", 0)] * 3
    assert attempt(env, "migrate", "--check").returncode == 0
