"""Real databases for tests that start processes or load all facts: each a copy of one template.

A process cannot see the transaction that pytest-django rolls back, nor its SQLite in memory. So
these tests get a database of their own, migrated and loaded once and then copied.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from qdpolicy.facts.loading import load_facts
from targets.recompute import sweep

POSTGRES = settings.DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql"
# As configured, before pytest-django renames it: the name is the base of our own names.
CONFIGURED = dict(settings.DATABASES["default"])
_numbers = count(1)


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="qdpolicy-worlds-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _on_server(*statements: sql.Composed) -> None:
    """Statements outside a transaction, on the server's maintenance database."""
    with psycopg.connect(
        host=CONFIGURED["HOST"] or None,
        port=CONFIGURED["PORT"] or None,
        user=CONFIGURED["USER"] or None,
        password=CONFIGURED["PASSWORD"] or None,
        dbname="postgres",
        autocommit=True,
    ) as server:
        for statement in statements:
            server.execute(statement)


def _drop(name: str) -> None:
    if POSTGRES:
        _on_server(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    else:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{name}{suffix}").unlink(missing_ok=True)


def _new(template: str | None) -> str:
    """A new database, empty or a copy; its name, or its path on SQLite."""
    number = next(_numbers)
    if not POSTGRES:
        path = _folder() / f"world{number}.sqlite3"
        if template is not None:
            shutil.copyfile(template, path)
        return str(path)
    name = f"test_{Path(CONFIGURED['NAME']).name}_w{os.getpid()}_{number}"
    _drop(name)
    _on_server(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template or "template0")
        )
    )
    return name


def url_of(name: str) -> str:
    """The DATABASE_URL under which another process finds the database."""
    if not POSTGRES:
        return f"sqlite:///{name}"
    user, password = (quote(str(CONFIGURED[part])) for part in ("USER", "PASSWORD"))
    secret = f":{password}" if password else ""
    return f"postgres://{user}{secret}@{CONFIGURED['HOST']}:{CONFIGURED['PORT'] or 5432}/{name}"


@cache
def empty_template() -> str:
    """A migrated database without facts."""
    name = _new(None)
    atexit.register(_drop, name)
    with _default(name):
        call_command("migrate", verbosity=0)
    return name


@cache
def template() -> str:
    """A migrated database with all facts loaded, and everything judged once."""
    name = _new(empty_template())
    atexit.register(_drop, name)
    with _default(name):
        load_facts(settings.BASE_DIR / "fixtures")
        while sweep().done:
            pass
    return name


@contextmanager
def _default(name: str) -> Iterator[None]:
    """The database as the default one of this process, in every thread."""
    before = connections["default"]
    configured = connections.settings["default"]
    connections.settings["default"] = {**configured, "NAME": name, "CONN_MAX_AGE": 0}
    del connections["default"]
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = configured
        connections["default"] = before


@contextmanager
def opened(source: str) -> Iterator[str]:
    """A copy of a template as the default database of this process; yields its DATABASE_URL."""
    name = _new(source)
    try:
        with _default(name):
            yield url_of(name)
    finally:
        _drop(name)


@pytest.fixture
def world(django_db_blocker: object) -> Iterator[str]:
    """All facts in a real database of this test alone; its DATABASE_URL."""
    with django_db_blocker.unblock(), opened(template()) as url:
        yield url


@pytest.fixture
def empty_world(django_db_blocker: object) -> Iterator[str]:
    """A real, migrated, empty database of this test alone; its DATABASE_URL."""
    with django_db_blocker.unblock(), opened(empty_template()) as url:
        yield url


@pytest.fixture(scope="module")
def shared_world(django_db_blocker: object) -> Iterator[str]:
    """As `world`, for all tests of a module: for those that only read, or must write nothing."""
    with django_db_blocker.unblock(), opened(template()) as url:
        yield url
