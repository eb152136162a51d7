"""manage.py prepare: bring the database up to date, one process at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from qdpolicy.madeup import disagreement

LOCK = 0x7164_6D69  # one advisory lock for changing the tables


class Command(BaseCommand):
    help = "更新数据库表结构；网页与工作进程同时启动时，先到的一个更新，其余等候。"

    def handle(self, *_args: Any, **_options: Any) -> None:
        # Before the tables are touched, where they are there: nothing of another's is changed.
        _require_agreement()
        with alone():
            call_command("migrate", interactive=False, verbosity=0)


def _require_agreement() -> None:
    """Refuse a database of the other kind: the made-up city and real data stand apart."""
    if sentence := disagreement():
        raise CommandError(sentence)


@contextmanager
def alone() -> Iterator[None]:
    """Wait for whoever changes the tables of this PostgreSQL database; SQLite locks by itself.

    Changing a large table may take longer than a page is allowed to.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        # With the session ends the lock, and the wider time-outs with it.
        connection.close()
