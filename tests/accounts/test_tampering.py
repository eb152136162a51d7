"""Every way of tampering with the stored trail is found, 100 of 100."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from accounts import audit
from accounts.models import AuditEvent, AuditHead, Department

pytestmark = pytest.mark.django_db
LENGTH = 12
FAR = 1_000_000


@pytest.fixture
def trail() -> audit.Head:
    """A chain of twelve events, and its head as an auditor would have noted it."""
    department = Department.objects.create(code="A", name="局")
    for number in range(LENGTH // 2):
        with audit.transaction("web /desk/"):
            for half in ("上", "下"):
                audit.record(
                    by=None,
                    action="accounts.test",
                    target=department,
                    before={"value": number},
                    after={"value": f"{number}{half}"},
                    reason="抽查",
                )
    return audit.head()


def update(rows: QuerySet[Any], **values: Any) -> None:
    """What somebody with the database's own shell can do; our queryset would refuse."""
    QuerySet.update(rows, **values)


def change_field(chance: random.Random) -> None:
    event = AuditEvent.objects.get(pk=chance.randint(1, LENGTH))
    other: dict[str, Any] = {
        "at": event.at + timedelta(microseconds=1),
        "actor_id": 7,
        "actor_name": "他人",
        "department_code": "B",
        "action": "accounts.other",
        "object_type": "accounts.user",
        "object_id": "0",
        "object_label": "别的",
        "before": None,
        "after": {"value": "别的"},
        "reason": "",
        "source": "system",
        "previous_hash": f"{chance.getrandbits(256):064x}",
        "hash": f"{chance.getrandbits(256):064x}",
        "id": event.pk + FAR,
    }
    name = chance.choice(sorted(other))
    update(AuditEvent.objects.filter(pk=event.pk), **{name: other[name]})


def remove(chance: random.Random) -> None:
    place = chance.randint(1, LENGTH)
    rows = AuditEvent.objects.filter(pk=place)
    rows._raw_delete(rows.db)
    if chance.random() < 0.5:
        shift(place, -1)
        AuditHead.objects.update(count=F("count") - 1)


def insert(chance: random.Random) -> None:
    place = chance.randint(1, LENGTH + 1)
    shift(place - 1, 1)
    copy = AuditEvent.objects.order_by("?").first()
    assert copy is not None
    copy.pk = place
    copy.previous_hash = f"{chance.getrandbits(256):064x}"
    copy.hash = f"{chance.getrandbits(256):064x}"
    AuditEvent.objects.bulk_create([copy])
    if chance.random() < 0.5:
        AuditHead.objects.update(count=F("count") + 1)


def swap(chance: random.Random) -> None:
    one, two = chance.sample(range(1, LENGTH + 1), 2)
    for before, after in ((one, FAR), (two, one), (FAR, two)):
        update(AuditEvent.objects.filter(pk=before), id=after)


def truncate(chance: random.Random) -> None:
    left = chance.randint(0, LENGTH - 1)
    rows = AuditEvent.objects.filter(pk__gt=left)
    rows._raw_delete(rows.db)
    if chance.random() < 0.5:
        last = AuditEvent.objects.last()
        digest = last.hash if last is not None else audit.ORIGIN_HASH
        AuditHead.objects.update(count=left, hash=digest)


def rewrite_head(chance: random.Random) -> None:
    if chance.random() < 0.5:
        AuditHead.objects.update(hash=f"{chance.getrandbits(256):064x}")
    else:
        AuditHead.objects.update(count=chance.choice([0, 3, LENGTH + 5]))


def shift(after: int, by: int) -> None:
    update(AuditEvent.objects.filter(pk__gt=after), id=F("id") + FAR)
    update(AuditEvent.objects.filter(pk__gt=FAR), id=F("id") - FAR + by)


WAYS: list[Callable[[random.Random], None]] = [
    change_field,
    change_field,
    remove,
    insert,
    swap,
    truncate,
    rewrite_head,
]


def test_untouched_trail_has_no_finding(trail: audit.Head) -> None:
    assert audit.verify() == []
    assert audit.verify(trail) == []
    assert trail.count == LENGTH


def test_tampering_is_found_100_of_100(trail: audit.Head) -> None:
    missed = []
    for seed in range(100):
        way = WAYS[seed % len(WAYS)]
        with transaction.atomic():
            way(random.Random(seed))
            if not audit.verify(trail):
                missed.append((seed, way.__name__))
            transaction.set_rollback(True)
    assert missed == []
    assert audit.verify(trail) == []


@pytest.mark.parametrize("field", [field.name for field in AuditEvent._meta.local_fields])
def test_change_of_each_field_is_found(trail: audit.Head, field: str) -> None:
    other: dict[str, Any] = {"id": FAR, "actor_id": 7, "before": {}, "after": {}}
    event = AuditEvent.objects.get(pk=5)
    other["at"] = event.at - timedelta(seconds=1)
    other["hash"] = other["previous_hash"] = "f" * 64
    update(AuditEvent.objects.filter(pk=5), **{field: other.get(field, "别的")})
    assert audit.verify() != []


def test_trail_cut_with_its_head_is_found_only_by_the_noted_head(trail: audit.Head) -> None:
    rows = AuditEvent.objects.filter(pk__gt=8)
    rows._raw_delete(rows.db)
    AuditHead.objects.update(count=8, hash=AuditEvent.objects.get(pk=8).hash)
    assert audit.verify() == []
    assert [finding.kind for finding in audit.verify(trail)] == ["truncated"]


def test_fork_of_the_chain_is_refused_by_the_database(trail: audit.Head) -> None:
    """What two writers without the lock would do: both follow the same event."""
    fork = AuditEvent.objects.get(pk=LENGTH)
    fork.pk, fork.hash = LENGTH + 1, "f" * 64
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEvent.objects.bulk_create([fork])
    assert audit.verify(trail) == []


def test_chain_goes_on_after_the_noted_head(trail: audit.Head) -> None:
    with audit.transaction():
        audit.record(by=None, action="accounts.test", target=None)
    assert audit.verify(trail) == []


def test_command_prints_the_head(trail: audit.Head, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_audit", f"--expect-head={trail}")
    assert capsys.readouterr().out.splitlines() == [
        f"链末端 (head) {trail}",
        "未发现篡改。 (No tampering found.)",
    ]


def test_command_exits_1_and_names_the_finding(
    trail: audit.Head, capsys: pytest.CaptureFixture[str]
) -> None:
    update(AuditEvent.objects.filter(pk=3), reason="别的")
    with pytest.raises(SystemExit) as leaving:
        call_command("verify_audit")
    assert leaving.value.code == 1
    assert capsys.readouterr().out.splitlines()[1:] == [
        "第 3 条被改动：内容与摘要不符。 (Event 3 was altered: its content does not match its hash.)"
    ]


def test_command_refuses_a_head_in_another_form(trail: audit.Head) -> None:
    with pytest.raises(CommandError, match="请按“条数:64位摘要”填写"):
        call_command("verify_audit", "--expect-head=abc")
