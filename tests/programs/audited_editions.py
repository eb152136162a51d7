"""One call of every action on programs, their editions and links, for the test of the events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import User
from programs import actions
from programs.actions import EditionRow, ItemRow, ProgramRow
from programs.models import EditionDraft, Program, ProgramLink
from tests.indicators import builders as b
from tests.programs import builders as p
from tests.programs import builders_editions as e


def _row() -> ProgramRow:
    of = b.document()
    item = {
        "name": "项目资助", "name_en": "grant", "tier": "市级", "kind": "project_grant",
        "comparator": "at_most", "cap": Decimal("5000000"), "clause": b.clause(of),
    }  # fmt: skip
    edition = {"name": "二〇二三版", "document": of, "valid_from": date(2023, 1, 1)}
    return ProgramRow(
        key="chain",
        fields={"name": "试验计划", "name_en": "trial", "objective": "支持试验。"},
        editions=[
            EditionRow(key="chain-2023", fields=edition, items=[ItemRow(key="grant", fields=item)])
        ],
        serves=[(b.promise(b.indicator()), {"kind": "named", "words": "文件写明"})],
    )


def _program() -> Program:
    return Program.objects.create(key="p", name="旧名", name_en="old", objective="目的。")


def _of(by: User, row: EditionDraft) -> dict[str, Any]:
    return {"by": by, "draft": row, "version": row.version}


def _undone() -> EditionDraft:
    row = e.draft()
    return actions.undo_draft(by=row.entered_by, draft=row, version=row.version)


def _link() -> ProgramLink:
    return ProgramLink.objects.create(
        program=p.program(), target=b.promise(b.indicator()), kind="named", words="文件写明"
    )


CASES: dict[str, Callable[[User], dict[str, Any]]] = {
    "load_program": lambda by: {"by": by, "row": _row()},
    "save_program_entry": lambda by: {
        "by": by, "entry": _program(), "before": {"name": "旧名"}, "after": {"name": "新名"},
        "reason": "改名", "version": 1,
    },
    "create_program": lambda by: {
        "by": by, "key": "fresh", "name": "新计划", "name_en": "fresh", "objective": "支持试验。",
        "department": b.department(),
    },
    "start_draft": lambda by: {
        "by": by, "program": p.program(), "change": "first", "reason": "按新文件",
    },
    "save_draft": lambda by: {
        **_of(by, e.draft()), "content": e.content("2025-01-01").to_json(), "reason": "补日期",
    },
    "undo_draft": lambda by: _of(by, e.draft()),
    "redo_draft": lambda by: _of(by, _undone()),
    "submit_draft": lambda by: _of(by, e.draft()),
    "return_draft": lambda by: {**_of(by, e.submitted(e.draft())), "reason": "请补条款"},
    "drop_draft": lambda by: {**_of(by, e.draft()), "reason": "重复"},
    "approve_draft": lambda by: _of(by, e.submitted(e.draft())),
    "link_program": lambda by: {
        "by": by, "program": p.program(), "target": b.promise(b.indicator()), "kind": "named",
        "words": "文件写明",
    },
    "drop_link": lambda by: {"by": by, "link": _link(), "version": 1, "reason": "登记有误"},
}  # fmt: skip
