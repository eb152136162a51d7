"""manage.py serve: what `make run` runs. Set up, serve, work, and end both together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from qdpolicy import madeup, practice
from qdpolicy.demo import load_demo


class Command(BaseCommand):
    help = "建库、装载五份文件、计算进度，并在本机提供服务；网页进程与工作进程同时启动、同时结束。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *_args: Any, port: int, **_options: Any) -> None:
        require_free(port)
        self.stdout.write("正在建库、装载文件、计算进度 …")
        call_command("prepare")
        call_command("load_facts", stdout=self.stdout)
        accounts = load_demo()
        if settings.PRACTICE:
            practice.act()
        call_command("work", once=True)
        connections.close_all()
        if settings.PRACTICE:
            self.stdout.write(f"\n{madeup.BANNER}（{settings.DATABASES['default']['NAME']}）")
        self.stdout.write(f"\n科技政策看板已启动： http://127.0.0.1:{port}/\n")
        for username, role in accounts:
            self.stdout.write(f"  {username:<22} {settings.DEMO_PASSWORD:<18} {role}")
        if settings.CELERY_BROKER_URL:
            self.stdout.write("\n请在另一个终端运行 make worker，由 Celery 计算进度。")
        self.stdout.write("按 Ctrl-C 结束。\n")
        self.stdout.flush()
        sys.exit(run_together(commands(port)))


def require_free(port: int) -> None:
    """Refuse a port that is taken, before anything is started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            raise CommandError(
                f"端口 {port} 不可用，请换一个：make run PORT=8001"
                f" (port {port} cannot be used; choose another)"
            ) from None


def commands(port: int) -> list[list[str]]:
    """The web process, and the worker where Celery is not the one."""
    python = sys.executable
    web = [
        python, "-m", "gunicorn", "qdpolicy.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2",
        "--log-level", "warning",
    ]  # fmt: skip
    worker = [python, str(settings.BASE_DIR / "manage.py"), "work"]
    return [web] if settings.CELERY_BROKER_URL else [web, worker]


def run_together(each: list[list[str]]) -> int:
    """Run the processes until one ends or we are asked to; then end them all. The exit status."""
    running: list[subprocess.Popen[bytes]] = []
    asked = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked = True

    # Before the first process, and SIGHUP too: nothing may outlive a window that was closed.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        # Their own session, so that Ctrl-C reaches them through us and in order.
        for command in each:
            running.append(subprocess.Popen(command, start_new_session=True))  # noqa: S603
        while not asked and all(process.poll() is None for process in running):
            time.sleep(0.2)
    finally:
        ended = [process.poll() for process in running]
        for process in running:
            if process.poll() is None:
                process.terminate()
        for process in running:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    return 0 if asked else next(code for code in ended if code is not None)
