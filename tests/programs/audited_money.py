"""One call of every action on money, for the test that asks for its event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.models import User
from programs import actions
from programs.models import Award, Budget
from tests.programs import builders as p


def _award(by: User) -> dict[str, Any]:
    award = p.award()
    return {"by": by, "award": award, "version": award.version}


def _amended(by: User) -> dict[str, Any]:
    found = _award(by)
    award: Award = found["award"]
    return {**found, "entry": p.entry(number=award.number, amount=p.yuan(90)), "reason": "更正"}


def _recipient(by: User) -> dict[str, Any]:
    of = p.recipient()
    return {
        "by": by, "recipient": of, "version": of.version, "name": "新名公司", "kind": of.kind,
        "credit_code": of.credit_code, "region": None, "reason": "更名",
    }  # fmt: skip


def _budget(by: User) -> dict[str, Any]:
    made: Budget = p.budget()
    return {
        "by": by, "program": made.program, "year": made.year, "amount": p.yuan(1200),
        "source_title": "调整批复", "version": made.version, "reason": "年中调整",
    }  # fmt: skip


CASES: dict[str, Callable[[User], dict[str, Any]]] = {
    "enter_award": lambda by: {"by": by, "entry": p.entry()},
    "enter_awards": lambda by: {"by": by, "entries": [p.entry(), p.entry()]},
    "amend_award": _amended,
    "close_award": lambda by: {**_award(by), "status": "terminated", "reason": "项目终止"},
    "pay": lambda by: {**_award(by), "amount": p.yuan(50), "paid_on": p.DECIDED},
    "void_payment": lambda by: {"by": by, "payment": p.payment(p.award()), "reason": "退回"},
    "set_budget": _budget,
    "find_or_add_recipient": lambda by: {
        "by": by, "name": "示范二号公司", "credit_code": p.credit_code(), "kind": "enterprise",
    },
    "save_recipient": _recipient,
}  # fmt: skip

READING = {"check_award", "checked_code", "entry_of", "item_in_force", "over_commitment"}
"""Public functions that only read."""

BY_THE_SYSTEM = {"rebuild_totals": "test_recounting.py", "recount": "test_recounting.py"}
"""What makes the read model anew, in nobody's name, and the file of tests that calls it."""

TOLD_AS: dict[str, str] = {}
"""Actions that are told as the one that they are made of."""

assert {*CASES, *READING, *BY_THE_SYSTEM} <= {*actions.__all__}
