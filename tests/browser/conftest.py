"""The product as a user meets it: a real server and worker, and Chromium in front of them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    sync_playwright,
)

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "browser-demo-2026"
FLAGS = [
    "--no-sandbox", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--disable-gpu",
]  # fmt: skip


def until(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    """The first true answer of a condition that is asked again and again; fails after a while."""
    pause = Event()
    for _ in range(int(seconds * 5)):
        if answer := condition():
            return answer
        pause.wait(0.2)
    raise AssertionError(f"{what}: not within {seconds} s")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """A running site and where it is."""

    url: str
    environment: dict[str, str]

    def manage(self, *arguments: str) -> str:
        """Run a management command of the site."""
        answer = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert answer.returncode == 0, answer.stderr
        return answer.stdout


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database of our own: a file, or one on the PostgreSQL server of this run."""
    default = settings.DATABASES["default"]
    if default["ENGINE"] != "django.db.backends.postgresql":
        yield f"sqlite:///{tmp_path_factory.mktemp('site') / 'site.sqlite3'}"
        return
    login = {
        "host": default["HOST"], "port": default["PORT"] or 5432, "user": default["USER"],
        "password": default["PASSWORD"],
    }  # fmt: skip
    name = f"qdpolicy_browser_{os.getpid()}"
    with psycopg.connect(dbname="postgres", autocommit=True, **login) as server:
        server.execute(f'CREATE DATABASE "{name}"')
    secret = f":{login['password']}" if login["password"] else ""
    yield f"postgres://{login['user']}{secret}@{login['host']}:{login['port']}/{name}"
    with psycopg.connect(dbname="postgres", autocommit=True, **login) as server:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def site(database_url: str) -> Iterator[Site]:
    """The fixtures loaded, the web process and the worker running; both end with the session."""
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "DEMO_PASSWORD": PASSWORD,
        "CELERY_BROKER_URL": settings.CELERY_BROKER_URL,
        "PYTHONWARNINGS": "default",
    }
    running = Site(f"http://127.0.0.1:{port}", environment)
    running.manage("migrate", "--noinput", "-v", "0")
    running.manage("load_facts")
    running.manage("shell", "-v", "0", "-c", "from qdpolicy.demo import load_demo; load_demo()")
    running.manage("work", "--once")
    web = [sys.executable, "-m", "gunicorn", "qdpolicy.wsgi", "--bind", f"127.0.0.1:{port}",
           "--workers", "2", "--log-level", "warning"]  # fmt: skip
    worker = [sys.executable, "manage.py", "work"]
    if settings.CELERY_BROKER_URL:
        schedule = f"/tmp/qdpolicy-beat-{os.getpid()}"
        worker = [sys.executable, "-m", "celery", "--app", "qdpolicy", "worker", "--beat",
                  "--schedule", schedule, "--concurrency", "1", "--loglevel", "error"]  # fmt: skip
    processes = [
        subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
        for command in (web, worker)
    ]
    try:
        until(lambda: answers(running.url), 30, "the web process answers")
        yield running
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=20)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield chromium
        chromium.close()


@dataclass
class Visit:
    """A browser window that notes what it asked for and what it complained of."""

    site: Site
    context: BrowserContext
    page: Page
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def watch(self) -> None:
        host = urlsplit(self.site.url).netloc

        def asked(request: Request) -> None:
            parts = urlsplit(request.url)
            if parts.scheme not in ("data", "blob", "about") and parts.netloc != host:
                self.foreign.append(request.url)

        def said(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                self.complaints.append(f"{self.page.url}: {message.text}")

        def crashed(error: Any) -> None:
            self.complaints.append(f"{self.page.url}: {error}")

        self.page.on("request", asked)
        self.page.on("console", said)
        self.page.on("pageerror", crashed)

    def go(self, path: str) -> Any:
        return self.page.goto(self.site.url + path, wait_until="load")

    def sign_in(self, username: str) -> None:
        self.go("/accounts/login/")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("main button[type=submit]")
        self.page.wait_for_load_state("load")
        assert "/accounts/login/" not in self.page.url, self.page.inner_text("main")


@pytest.fixture
def visit(site: Site, browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Open a window: `visit()`, `visit("demo-analyst", width=390)`; all are checked at the end.

    Whatever a test does, no request may leave for another host, and the browser may complain of
    nothing: a violation of the content security policy is such a complaint.
    """
    opened: list[Visit] = []

    def make(username: str = "", *, width: int = 1440, script: bool = True) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script, locale="zh-CN"
        )
        window = Visit(site, context, context.new_page())
        window.watch()
        opened.append(window)
        if username:
            window.sign_in(username)
        return window

    yield make
    for window in opened:
        window.context.close()
    assert [url for window in opened for url in window.foreign] == []
    assert [text for window in opened for text in window.complaints] == []
