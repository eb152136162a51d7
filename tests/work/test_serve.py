"""`manage.py serve`, which `make run` runs: it answers, and it leaves nobody behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from accounts.roles import ROLES
from indicators.models import Observation
from targets.models import ProgressSnapshot, Target
from tests.work.processes import (
    alive,
    attempt,
    children,
    environment,
    free_port,
    listening,
    manage_command,
    started,
    until,
)
from tests.work.promises import approve, submitted, verdict


@dataclass(frozen=True)
class Served:
    """A running site: the process, those below it, the port, and what was printed."""

    pid: int
    below: list[int]
    port: int
    log: Path

    @property
    def printed(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def get(self, path: str) -> tuple[int, str]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode()


@contextmanager
def serving(url: str, folder: Path, **env: str) -> Iterator[tuple[Served, object]]:
    """The command on a free port, with both of its processes up; nothing of it stays."""
    port, log = free_port(), folder / "log"
    command = manage_command("serve", "--port", str(port))
    with started(command, environment(url, **env), log) as process:
        until(lambda: process.poll() is not None or listening(port), 120, "网页端口")
        assert process.poll() is None, log.read_text(encoding="utf-8")
        # gunicorn, its two workers, and ours.
        until(lambda: len(children(process.pid)) == 4, 60, "全部子进程")
        served = Served(process.pid, children(process.pid), port, log)
        try:
            yield served, process
        finally:
            for pid in served.below:
                if alive(pid):
                    os.kill(pid, signal.SIGKILL)


def test_serve_sets_up_an_empty_database_answers_and_ends_as_a_whole(
    empty_world: str, tmp_path: Path
) -> None:
    with serving(empty_world, tmp_path) as (served, process):
        assert served.get("/healthz") == (200, "ok")
        status, page = served.get("/")
        assert (status, "<!doctype html>" in page.lower()) == (200, True)
        assert f"http://127.0.0.1:{served.port}/" in served.printed
        accounts = re.findall(r"^  (demo-\S+)\s+demo-password-for-tests\s+\S", served.printed, re.M)
        assert len(accounts) == len(ROLES)
        # Everything was judged before the address was printed.
        assert ProgressSnapshot.objects.count() == Target.objects.count()
        assert Observation.objects.count() == 277
        approve(submitted("TECH_CONTRACT", "2024", "801"))
        until(lambda: verdict("contract").actual == 801, 30, "工作进程的判定")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert [pid for pid in served.below if alive(pid)] == []
        assert not listening(served.port)


TOGETHER = """
import sys
import django
django.setup()
from qdpolicy.management.commands.serve import run_together
waiting = [sys.executable, "-c", "import signal; signal.pause()"]
other = [sys.executable, "-c", sys.argv[1]]
sys.exit(run_together([waiting, other]))
"""


def together(folder: Path, other: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """Two small processes run as serve runs its own: one that waits, and the other."""
    env = environment("sqlite:///:memory:", DJANGO_SETTINGS_MODULE="qdpolicy.settings")
    return started([sys.executable, "-c", TOGETHER, other], env, folder / "log")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_processes_end_together_on_ctrl_c_and_when_the_window_closes(
    tmp_path: Path, number: signal.Signals
) -> None:
    with together(tmp_path, "import signal; signal.pause()") as process:
        until(lambda: len(children(process.pid)) == 2, 60, "两个子进程")
        below = children(process.pid)
        process.send_signal(number)
        assert process.wait(20) == 0
        assert [pid for pid in below if alive(pid)] == []
    assert (tmp_path / "log").read_text(encoding="utf-8") == ""


@pytest.mark.parametrize("status", [0, 3])
def test_processes_end_together_with_the_status_of_the_one_that_ended(
    tmp_path: Path, status: int
) -> None:
    end = tmp_path / "end"
    other = f"import os\nwhile not os.path.exists({str(end)!r}): pass\nraise SystemExit({status})"
    with together(tmp_path, other) as process:
        until(lambda: len(children(process.pid)) == 2, 60, "两个子进程")
        below = children(process.pid)
        end.touch()
        assert process.wait(20) == status
        assert [pid for pid in below if alive(pid)] == []


def test_serve_ends_when_one_of_its_processes_dies(world: str, tmp_path: Path) -> None:
    with serving(world, tmp_path) as (served, process):
        (worker,) = (
            pid
            for pid in served.below
            if Path(f"/proc/{pid}/cmdline").read_bytes().endswith(b"\0work\0")
        )
        os.kill(worker, signal.SIGKILL)
        assert process.wait(20) != 0
        assert [pid for pid in served.below if alive(pid)] == []
        assert not listening(served.port)


def test_serve_refuses_a_port_that_is_taken_before_it_starts_anything(
    empty_world: str,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = attempt(environment(empty_world), "serve", "--port", port)
    assert done.returncode != 0
    assert f"端口 {port} 不可用，请换一个" in done.stderr
    assert "Traceback" not in done.stderr
    assert Target.objects.count() == 0


def test_serve_refuses_a_port_that_does_not_exist(empty_world: str) -> None:
    done = attempt(environment(empty_world), "serve", "--port", "99999")
    assert done.returncode != 0
    assert "端口 99999 不可用，请换一个" in done.stderr
