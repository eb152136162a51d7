"""The envelope of a year: set with its source, changed with a reason, exceeded in plain sight."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import AuditEvent
from accounts.versions import Conflict
from programs import actions, errors
from programs.models import Budget
from tests.programs import builders as p

pytestmark = pytest.mark.django_db


def put(amount: str | int | Decimal = 1000, **facts: Any) -> Budget:
    stated = {
        "by": p.editor(), "program": p.program(), "year": 2025, "source_title": "预算批复",
        "amount": amount if isinstance(amount, Decimal) else p.yuan(amount),
    }  # fmt: skip
    return actions.set_budget(**(stated | facts))


def test_a_budget_is_kept_with_where_it_is_written() -> None:
    source = p.clause()
    made = put(clause=source, note=" 含结转 ", source_title=" 2025年预算批复 ")
    made.refresh_from_db()
    assert (made.amount, made.clause, made.note) == (p.yuan(1000), source, "含结转")
    assert (made.source_title, made.set_by, made.version) == ("2025年预算批复", p.editor(), 1)
    event = AuditEvent.objects.get()
    assert (event.action, event.object_label, event.before) == (
        "programs.set_budget", "chain试验计划 2025", None,
    )  # fmt: skip
    assert event.after["amount"] == "10000000"


def test_an_envelope_of_nothing_is_a_budget() -> None:
    assert put(0).amount == 0


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"amount": Decimal("-0.01")}, "negative"),
        ({"amount": Decimal("0.001")}, "fen"),
        ({"amount": Decimal("Infinity")}, "number"),
        ({"amount": Decimal("1E+14")}, "large"),
        ({"source_title": "  "}, "empty"),
        ({"source_title": "长" * 201}, "long"),
        ({"year": 1948}, "year"),
        ({"year": 2101}, "year"),
    ],
)
def test_bad_input_is_refused(facts: dict[str, Any], code: str) -> None:
    with pytest.raises(errors.Refused) as caught:
        put(**facts)
    assert caught.value.code == code
    assert (Budget.objects.count(), AuditEvent.objects.count()) == (0, 0)


def test_a_change_wants_a_reason_and_the_version_that_was_seen() -> None:
    put()
    with pytest.raises(errors.Refused, match="请写明理由"):
        put(1200, version=1, reason=" ")
    changed = put(1200, version=1, reason="年中调整")
    assert (changed.amount, changed.version) == (p.yuan(1200), 2)
    event = AuditEvent.objects.order_by("-pk")[0]
    assert (event.before["amount"], event.after["amount"], event.reason) == (
        "10000000.00", "12000000.00", "年中调整",
    )  # fmt: skip
    with pytest.raises(Conflict) as caught:
        put(900, version=1, reason="又调整")
    assert caught.value.current.amount == p.yuan(1200)
    assert Budget.objects.get().amount == p.yuan(1200)


def test_a_second_budget_of_a_year_meets_the_first() -> None:
    first = put()
    with pytest.raises(Conflict) as caught:
        put(900)
    assert caught.value.current == first
    assert caught.value.attempted["amount"] == p.yuan(900)
    assert put(900, year=2026).year == 2026
    assert put(900, program=p.program("second")).program == p.program("second")


def test_a_budget_that_nobody_set_cannot_be_changed() -> None:
    with pytest.raises(Conflict) as caught:
        put(900, version=1, reason="调整")
    assert caught.value.current is None


def test_less_than_is_committed_is_kept_and_told() -> None:
    p.award(amount=p.yuan(300))
    enough = put(300)
    assert actions.over_commitment(enough) is None
    short = put("299.99", version=1, reason="压减")
    assert actions.over_commitment(short) == p.yuan("0.01")
    assert AuditEvent.objects.order_by("-pk")[0].after["committed"] == "3000000.00"
    assert actions.over_commitment(put(0, year=2026)) is None
