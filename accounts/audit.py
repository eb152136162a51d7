"""The audit trail: events recorded in the transaction of what they tell, chained by HMAC.

Events wait in memory until the last statement of the outermost `transaction`, so that a long
import holds the head of the chain only for the moment of its commit.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db import transaction as database_transaction
from django.utils import timezone

from .models import AuditError, AuditEvent, AuditHead, User
from .verification import Finding, Head, examine

__all__ = ["AuditError", "Finding", "Head", "head", "record", "source", "transaction", "verify"]

ORIGIN_HASH = "0" * 64
"""What the first event names as its predecessor."""

_LOCK_KEY = 0x7164_7061  # one advisory lock for the chain; "qdpa" in ASCII
_CHAINED = (
    "at",
    "actor_id",
    "actor_name",
    "department_code",
    "action",
    "object_type",
    "object_id",
    "object_label",
    "before",
    "after",
    "reason",
    "source",
    "previous_hash",
)


@dataclass
class _Batch:
    source: str
    events: list[AuditEvent] = field(default_factory=list)


_batches: ContextVar[Mapping[str, _Batch] | None] = ContextVar("audit_batches", default=None)
_source: ContextVar[str] = ContextVar("audit_source", default="system")


@contextmanager
def source(name: str) -> Iterator[None]:
    """Name where the writes inside come from: "web /path", "command load_x", "system"."""
    token = _source.set(name)
    try:
        yield
    finally:
        _source.reset(token)


@contextmanager
def transaction(source: str | None = None, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """One database transaction with its audit events; nested ones join the outermost.

    `source` overrides the surrounding `source()`; a nested one is ignored. An exception undoes the
    rows and drops the events of the block it leaves, also when an outer block catches it.
    """
    batches = _batches.get() or {}
    joined = batches.get(using)
    if joined is not None:
        kept = len(joined.events)
        try:
            with database_transaction.atomic(using=using):
                yield
        except BaseException:
            del joined.events[kept:]
            raise
        return
    batch = _Batch(source or _source.get())
    token = _batches.set({**batches, using: batch})
    try:
        with database_transaction.atomic(using=using):
            yield
            if batch.events:
                _append(batch.events, using)
    finally:
        _batches.reset(token)


def record(
    *,
    by: User | None,
    action: str,
    target: models.Model | type[models.Model] | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    label: str | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> None:
    """Tell one thing that was done; `by` None is the system, `target` may be a row or a model.

    Decimal, dates and other values are kept as text. Raises AuditError outside of `transaction`.
    """
    batch = (_batches.get() or {}).get(using)
    if batch is None:
        raise AuditError(
            "审计记录只能写在 audit.transaction 之内。"
            " (An audit event can be recorded inside audit.transaction only.)"
        )
    row = target if isinstance(target, models.Model) else None
    name = str(row) if row is not None else ""
    batch.events.append(
        AuditEvent(
            at=timezone.now(),
            actor_id=by.pk if by is not None else None,
            actor_name=_text(str(by) if by is not None else "系统", 100),
            department_code=by.department.code if by is not None and by.department else "",
            action=_text(action, 64),
            object_type=target._meta.label_lower if target is not None else "",
            object_id=_text(str(row.pk), 64) if row is not None else "",
            object_label=_text(name if label is None else label, 200),
            before=_plain(before),
            after=_plain(after),
            reason=_text(reason),
            source=_text(batch.source, 200),
        )
    )


def head(using: str = DEFAULT_DB_ALIAS) -> Head:
    """The present end of the chain; keep it elsewhere to notice a truncation later."""
    row = AuditHead.objects.using(using).first()
    return Head(row.count, row.hash) if row is not None else Head(0, ORIGIN_HASH)


def verify(expect_head: Head | None = None, *, using: str = DEFAULT_DB_ALIAS) -> list[Finding]:
    """Read the whole chain and name every alteration; an empty list means untouched.

    `expect_head` is an earlier `head()`: the event at that place must still be the same one.
    Streams, so memory stays flat however long the chain is.
    """
    rows = AuditEvent.objects.using(using).order_by("id").iterator(chunk_size=2000)
    links = ((row.pk, row.previous_hash, row.hash, digest(row)) for row in rows)
    return examine(links, head(using), origin=ORIGIN_HASH, expected=expect_head)


def digest(event: AuditEvent) -> str:
    """HMAC-SHA256 over the canonical JSON of every field and the hash of the event before."""
    facts = {name: getattr(event, name) for name in _CHAINED}
    facts["at"] = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps(facts, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    key = settings.AUDIT_KEY.encode()
    return hmac.new(key, text.encode("ascii"), hashlib.sha256).hexdigest()


def _append(events: list[AuditEvent], using: str) -> None:
    """Extend the chain under its lock: advisory on PostgreSQL, the head's row elsewhere."""
    heads = AuditHead.objects.using(using)
    if connections[using].vendor == "postgresql":
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK_KEY])
    else:
        heads.update(count=models.F("count"))
    last = head(using)
    previous = last.hash
    for place, event in enumerate(events, start=last.count + 1):
        event.pk = place
        event.previous_hash = previous
        event.hash = previous = digest(event)
    AuditEvent.objects.using(using).bulk_create(events, batch_size=200)
    end = {"count": last.count + len(events), "hash": previous}
    if not heads.update(**end):
        heads.create(**end)


def _plain(value: Any) -> Any:
    """A value as both databases store and return it alike: no float, no NUL, text keys."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        return {_text(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return [_plain(item) for item in sorted(value, key=str)]
    if isinstance(value, datetime):
        return value.isoformat()
    return _text(str(value))


def _text(value: str, limit: int | None = None) -> str:
    """A text that any database takes; NUL and lone surrogates are kept visibly escaped."""
    safe = value.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")
    return safe if limit is None or len(safe) <= limit else safe[: limit - 1] + "…"
