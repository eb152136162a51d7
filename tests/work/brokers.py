"""A Redis of the test's own: it can be ended, killed, frozen and started again."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from tests.work.processes import free_port, until

SERVER = shutil.which("redis-server") or "redis-server"


class Broker:
    """A redis-server on a free port, in memory only: it may lose everything at any time."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, again on the same port, and wait until it answers."""
        self._process = subprocess.Popen(
            [
                SERVER, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                "--appendonly", "no", "--dir", str(self._folder),
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until(self._answers, 10, "Redis 启动")

    def _answers(self) -> bool:
        client = redis.Redis(port=self.port, socket_timeout=1, socket_connect_timeout=1)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def stop(self) -> None:
        """End it in good order."""
        self._signal(signal.SIGTERM)
        self._wait()

    def kill(self) -> None:
        """End it by kill -9."""
        self._signal(signal.SIGKILL)
        self._wait()

    def freeze(self) -> None:
        """It takes connections and never answers: worse than being gone."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _wait(self) -> None:
        assert self._process is not None
        self._process.wait(10)
        self._process = None

    def end(self) -> None:
        """Whatever its state."""
        if self._process is not None:
            self.thaw()
            self.kill()


@contextmanager
def running(folder: Path) -> Iterator[Broker]:
    """A broker that answers; ended at the end."""
    broker = Broker(folder)
    broker.start()
    try:
        yield broker
    finally:
        broker.end()
