"""One call of every action of entering and collecting, for the test that asks for its event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from indicators import actions
from indicators.actions import Entry, Seen
from indicators.models import (
    Duty,
    LockException,
    Observation,
    PlausibilityRule,
    Reminder,
    StagedCell,
    SupervisionOrder,
    SupervisionRule,
    Upload,
)
from tests.indicators import builders as b
from tests.indicators import roundworld

PDF = b"%PDF-1.7\n"
HOUR = timedelta(hours=1)


def entry(value: str = "8000") -> Entry:
    return Entry(indicator=b.indicator(), region=b.region(), period="2024", value=Decimal(value))


def row(state: str, **facts: Any) -> Observation:
    author = User.objects.filter(username="author").first()
    author = author or b.person("author", "analyst", at=b.department())
    return b.actual(b.indicator(), "8000", by=author, review_state=state, **facts)


def seen(state: str) -> dict[int, int]:
    found = row(state)
    return {found.pk: found.version}


def evidence() -> Any:
    of = row("draft")
    return of.evidence.create(
        name="a.pdf", content_type="application/pdf", size=9, sha256="0" * 64, content=PDF,
        attached_by=of.entered_by, attached_at=timezone.now(),
    )  # fmt: skip


def duty(**hours: Any) -> Duty:
    return roundworld.duty(roundworld.reporting_round(**hours), b.indicator())


def late() -> Duty:
    """A duty of a round that has closed."""
    return duty(opens=-timedelta(days=9), closes=-timedelta(days=5))


def round_facts() -> actions.RoundFacts:
    now = timezone.now()
    return actions.RoundFacts(name="年报", period="2024", opens_at=now, closes_at=now + HOUR)


def supervision_rule() -> SupervisionRule:
    made = actions.rule_in_force()
    assert isinstance(made, SupervisionRule)
    return made


def order() -> SupervisionOrder:
    of, now = late(), timezone.now()
    return SupervisionOrder.objects.create(duty=of, rule=supervision_rule(), opened_at=now)


def exception() -> LockException:
    within = roundworld.reporting_round()
    return LockException.objects.create(
        round=within, department=b.department(), reason="补报", ends_at=timezone.now() + HOUR,
        granted_by=roundworld.lead(), granted_at=timezone.now(),
    )  # fmt: skip


def reminder(by: User) -> None:
    Reminder.objects.create(
        recipient=by, round=roundworld.reporting_round(), kind="opened",
        made_on=timezone.localdate(), number=1,
    )  # fmt: skip


def doubt_rule() -> PlausibilityRule:
    return PlausibilityRule.objects.create(code="jump", severity="hint")


def upload(by: User, state: str = "staged", **facts: Any) -> Upload:
    """A compared file with one new cell, of which nothing is written."""
    now = timezone.now()
    found = Upload.objects.create(
        by=by, at=now, name="年报.xlsx", size=1, sha256="0" * 64, content=b"x", state=state,
        found={"sheets": []}, **facts,
    )  # fmt: skip
    StagedCell.objects.create(
        upload=found, row=2, column=2, indicator=b.indicator(), region=b.region(),
        reference_period="2024", text="8000", value=Decimal(8000), outcome="new",
    )  # fmt: skip
    return found


def applied(by: User) -> Upload:
    """An upload that found nothing to write."""
    found = upload(by, "applied", applied_at=timezone.now())
    found.cells.all().delete()
    return found


def conflicting(by: User) -> dict[str, Any]:
    found = upload(by)
    found.cells.update(outcome="conflict")
    cells = list(found.cells.values_list("pk", flat=True))
    return {"by": by, "upload": found, "cells": cells, "version": 1}


CASES: dict[str, Callable[[User], dict[str, Any]]] = {
    "withdraw": lambda by: {
        "by": by, "observation": row("draft"), "version": 1, "reason": "填错",
    },
    "keep": lambda by: {"by": by, "entry": entry(), "seen": Seen()},
    "keep_all": lambda by: {"by": by, "stated": [(entry(), Seen(), "")]},
    "bring_back": lambda by: {
        "by": by, "row": row("draft", superseded_at=timezone.now()), "seen": Seen(),
        "reason": "改回",
    },
    "submit_all": lambda by: {"by": by, "seen": seen("draft")},
    "return_all": lambda by: {"by": by, "seen": seen("submitted"), "reason": "请补来源"},
    "approve_all": lambda by: {"by": by, "seen": seen("submitted")},
    "attach_evidence": lambda by: {
        "by": by, "observation": row("draft"), "name": "a.pdf", "content": PDF,
    },
    "remove_evidence": lambda by: {"by": by, "evidence": evidence(), "reason": "附错"},
    "make_round": lambda by: {"by": by, "facts": round_facts()},
    "change_round": lambda by: {
        "by": by, "round_": roundworld.reporting_round(), "version": 1, "facts": round_facts(),
        "reason": "延期",
    },
    "publish_round": lambda by: {
        "by": by, "round_": late().round, "version": 1, "reason": "先行发布",
    },
    "assign_duties": lambda by: {
        "by": by, "round_": roundworld.reporting_round(),
        "owed": [
            actions.Owed(
                indicator=b.indicator(), region=b.region(), period="2024",
                department=b.department(),
            )
        ],
    },
    "copy_duties": lambda by: {
        "by": by, "earlier": duty(name="前一轮").round,
        "round_": roundworld.reporting_round(name="后一轮"),
    },
    "change_duty": lambda by: {
        "by": by, "duty": duty(), "version": 1, "department": b.department("other"),
        "deputy": None,
    },
    "drop_duty": lambda by: {"by": by, "duty": duty(), "version": 1, "reason": "不再统计"},
    "grant_exception": lambda by: {
        "by": by, "round_": late().round, "department": b.department(), "reason": "补报",
        "ends_at": timezone.now() + HOUR,
    },
    "revoke_exception": lambda by: {"by": by, "leave": exception(), "version": 1},
    "read_reminders": lambda by: (reminder(by), {"by": by})[1],
    "open_order": lambda by: {"by": by, "duty": late(), "reason": "逾期"},
    "note_order": lambda by: {"by": by, "order": order(), "text": "已联系"},
    "close_order": lambda by: {"by": by, "order": order(), "version": 1, "reason": "已报送"},
    "change_supervision_rule": lambda by: {
        "by": by, "version": supervision_rule().version, "remind_days": 2, "yellow_days": 3,
        "red_days": 9, "reason": "年度调整",
    },
    "save_doubt_rule": lambda by: {
        "by": by, "code": "jump", "indicator": None, "severity": "hint", "parameters": {},
        "is_active": True, "note": "", "reason": "调整", "version": None,
    },
    "drop_doubt_rule": lambda by: {
        "by": by, "rule": doubt_rule(), "version": 1, "reason": "恢复默认",
    },
    "receive_upload": lambda by: {"by": by, "name": "a.csv", "content": b"a,b\n"},
    "choose_conflicts": conflicting,
    "apply_upload": lambda by: {"by": by, "upload": upload(by), "version": 1},
    "drop_upload": lambda by: {"by": by, "upload": upload(by), "version": 1},
    "undo_upload": lambda by: {
        "by": by, "upload": applied(by), "version": 1,
        "reason": "传错",
    },
}  # fmt: skip

READING = {
    "checked_parameters", "deputies", "light_at", "rule_in_force", "restated", "rule_to_show", "standing_in",
    "standings", "unapproved",
}  # fmt: skip
"""Public functions that only read, or make what the code itself declares."""

BY_THE_SYSTEM = {
    "close_delivered": "audited.py",
    "email_reminders": "test_reminding.py",
    "escalate": "test_supervision.py",
    "merge_upload": "test_uploads.py",
    "refuse_upload": "audited.py",
    "remind": "test_reminding.py",
    "staged": "test_uploads.py",
}
"""What jobs and receivers do, in nobody's name, and the file of tests that calls it by its name.

Those of this file are called by a receiver and by the staging, and are looked at through them.
"""

TOLD_AS = {
    "apply_upload": "accounts.request_job",
    "bring_back": "indicators.enter",
    "keep": "indicators.enter",
    "keep_all": "indicators.enter",
    "copy_duties": "indicators.assign_duties",
}
"""Actions that are told as the one that they are made of."""
