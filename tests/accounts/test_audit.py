"""Recording events: in the transaction of what they tell, in one chain."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from accounts import audit
from accounts.models import AuditError, AuditEvent, AuditHead, Department, User

pytestmark = pytest.mark.django_db


def tell(action: str = "accounts.test", **facts: Any) -> None:
    facts.setdefault("by", None)
    facts.setdefault("target", None)
    audit.record(action=action, **facts)


def test_record_outside_of_a_transaction_is_refused() -> None:
    with pytest.raises(AuditError, match="审计记录只能写在"):
        tell()


def test_event_keeps_who_what_and_why(person: Callable[..., User]) -> None:
    department = Department.objects.create(code="A", name="局")
    user = person("analyst", department=department)
    with audit.transaction("command load"):
        tell(by=user, target=department, before={"n": 1}, after={"n": 2}, reason="更正")
    event = AuditEvent.objects.get(action="accounts.test")
    assert (event.actor_id, event.actor_name, event.department_code) == (
        user.pk,
        user.full_name,
        "A",
    )
    assert (event.object_type, event.object_id, event.object_label) == (
        "accounts.department",
        str(department.pk),
        "局",
    )
    assert (event.before, event.after, event.reason) == ({"n": 1}, {"n": 2}, "更正")
    assert event.source == "command load"


def test_event_of_the_system_has_no_actor() -> None:
    with audit.transaction():
        tell(target=User, label="全部")
    event = AuditEvent.objects.get()
    assert (event.actor_id, event.actor_name, event.department_code) == (None, "系统", "")
    assert (event.object_type, event.object_id, event.object_label) == ("accounts.user", "", "全部")
    assert (event.source, event.before, event.after) == ("system", None, None)


def test_values_are_kept_as_text_that_returns_alike() -> None:
    facts = {
        "amount": Decimal("395.50"),
        "day": date(2024, 6, 30),
        "moment": datetime(2024, 6, 30, 8, tzinfo=UTC),
        "share": 0.1,
        "none": None,
        "zero": 0,
        "no": False,
        "roles": frozenset({"b", "a"}),
        3: ["x", ("y",)],
        "bad": "a\0b\ud800",
    }
    with audit.transaction():
        tell(after=facts)
    assert AuditEvent.objects.get().after == {
        "amount": "395.50",
        "day": "2024-06-30",
        "moment": "2024-06-30T08:00:00+00:00",
        "share": "0.1",
        "none": None,
        "zero": 0,
        "no": False,
        "roles": ["a", "b"],
        "3": ["x", ["y"]],
        "bad": "a\\x00b\\ud800",
    }
    assert audit.verify() == []


def test_long_texts_are_cut_visibly() -> None:
    with audit.transaction("s" * 300):
        tell(label="长" * 300)
    event = AuditEvent.objects.get()
    assert event.object_label == "长" * 199 + "…"
    assert event.source == "s" * 199 + "…"
    assert audit.verify() == []


def test_surrounding_source_names_the_events() -> None:
    with audit.source("command outer"):
        with audit.source("command inner"), audit.transaction():
            tell()
        with audit.transaction():
            tell()
    with audit.transaction():
        tell()
    sources = list(AuditEvent.objects.values_list("source", flat=True))
    assert sources == ["command inner", "command outer", "system"]


def test_nested_transaction_joins_the_outer_one() -> None:
    with audit.transaction("outer"):
        tell("accounts.one")
        with audit.transaction("inner"):
            tell("accounts.two")
        assert AuditEvent.objects.count() == 0
        tell("accounts.three")
    events = AuditEvent.objects.values_list("id", "action", "source")
    assert list(events) == [
        (1, "accounts.one", "outer"),
        (2, "accounts.two", "outer"),
        (3, "accounts.three", "outer"),
    ]


def fail_after_telling(action: str = "accounts.dropped") -> None:
    with audit.transaction():
        Department.objects.create(code="A", name="局")
        tell(action)
        raise RuntimeError


def test_exception_drops_events_with_the_rows() -> None:
    with pytest.raises(RuntimeError):
        fail_after_telling()
    assert (Department.objects.count(), AuditEvent.objects.count()) == (0, 0)
    with pytest.raises(AuditError):
        tell()


def test_caught_exception_of_a_nested_block_drops_its_events_only() -> None:
    with audit.transaction():
        tell("accounts.kept")
        with pytest.raises(RuntimeError):
            fail_after_telling()
        tell("accounts.kept_too")
    assert Department.objects.count() == 0
    actions = list(AuditEvent.objects.values_list("action", flat=True))
    assert actions == ["accounts.kept", "accounts.kept_too"]
    assert audit.verify() == []


def test_transaction_without_events_touches_no_chain() -> None:
    with audit.transaction():
        Department.objects.create(code="A", name="局")
    assert AuditHead.objects.count() == 0
    assert audit.head() == audit.Head(0, audit.ORIGIN_HASH)


def test_chain_links_each_event_to_the_one_before() -> None:
    for _round in range(3):
        with audit.transaction():
            tell()
            tell()
    rows = list(AuditEvent.objects.values_list("id", "previous_hash", "hash"))
    assert [row[0] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row[1] for row in rows] == [audit.ORIGIN_HASH, *(row[2] for row in rows[:-1])]
    assert audit.head() == audit.Head(6, rows[-1][2])


def test_chain_is_extended_by_the_last_statements() -> None:
    with CaptureQueriesContext(connection) as queries, audit.transaction():
        tell()
        Department.objects.create(code="A", name="局")
    statements = [query["sql"] for query in queries.captured_queries]
    own = [place for place, sql in enumerate(statements) if "accounts_department" in sql]
    marks = ("accounts_audit", "pg_advisory_xact_lock")
    chain = [place for place, sql in enumerate(statements) if any(mark in sql for mark in marks)]
    assert len(chain) == 5  # lock, head, events, two for the first head
    assert own[-1] < chain[0]


def test_hash_depends_on_the_key(settings: Any) -> None:
    with audit.transaction():
        tell()
    assert audit.verify() == []
    settings.AUDIT_KEY = "another key of another house"
    assert [finding.kind for finding in audit.verify()] == ["altered"]


def test_many_events_in_one_transaction_are_one_chain() -> None:
    with audit.transaction():
        for number in range(450):
            tell(after={"n": number})
    assert audit.head().count == 450
    assert audit.verify(audit.head()) == []


Result = TypeVar("Result")


def in_thread(act: Callable[[], Result]) -> Result:
    """Run on a connection of its own, and close it."""

    def run() -> Result:
        try:
            return act()
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(run).result()


def make_chain_tables() -> None:
    with connections["default"].schema_editor() as editor:
        editor.create_model(AuditEvent)
        editor.create_model(AuditHead)


@pytest.fixture
def shared_database(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """Threads share PostgreSQL as it is; SQLite in memory cannot be shared, so a file instead."""
    if connection.vendor == "postgresql":
        yield
        return
    in_memory = connections.databases["default"]["NAME"]
    connections.databases["default"]["NAME"] = str(tmp_path / "chain.sqlite3")
    try:
        in_thread(make_chain_tables)
        yield
    finally:
        connections.databases["default"]["NAME"] = in_memory


@pytest.mark.django_db(transaction=True)
def test_threads_extend_one_chain(shared_database: None) -> None:
    threads, rounds = 6, 8
    start = threading.Barrier(threads)

    def write(number: int) -> None:
        start.wait()
        for turn in range(rounds):
            with audit.transaction():
                tell(f"accounts.t{number}", after={"turn": turn})
                tell(f"accounts.t{number}", after={"turn": turn})

    with ThreadPoolExecutor(max_workers=threads) as pool:
        writing = [pool.submit(in_thread, partial(write, number)) for number in range(threads)]
    assert [done.result() for done in writing] == [None] * threads
    assert in_thread(audit.head).count == threads * rounds * 2
    assert in_thread(audit.verify) == []
    told = in_thread(lambda: list(AuditEvent.objects.values_list("action", flat=True)))
    assert told[::2] == told[1::2]  # the two of one transaction stand side by side
    assert {told.count(f"accounts.t{number}") for number in range(threads)} == {rounds * 2}


def test_plain_atomic_around_is_joined() -> None:
    with transaction.atomic():
        with audit.transaction():
            tell()
        assert AuditEvent.objects.count() == 1
        transaction.set_rollback(True)
    assert AuditEvent.objects.count() == 0
