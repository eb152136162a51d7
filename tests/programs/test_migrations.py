"""What editions said of their days in words becomes days, and no word is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from programs.models import Program, ProgramEdition, SupportItem
from tests.indicators import builders as b

pytestmark = pytest.mark.usefixtures("empty_world")
UNREAD = date(1949, 10, 1)
WRITTEN = "（原记日期：{}至{}）"


def before() -> Any:
    """The tables as they were, and the models of that day."""
    call_command("migrate", "programs", "0002", verbosity=0)
    return MigrationExecutor(connection).loader.project_state([("programs", "0002_initial")]).apps


def edition(
    old: Any, program: Program, key: str, begins: str, ends: str = "", note: str = ""
) -> Any:
    return old.get_model("programs", "ProgramEdition").objects.create(
        program_id=program.pk, key=key, name=key, document_id=b.document().pk,
        valid_from=begins, valid_to=ends, note=note,
    )  # fmt: skip


def item(old: Any, of: Any, key: str, per: str, per_en: str = "") -> None:
    old.get_model("programs", "SupportItem").objects.create(
        edition_id=of.pk, key=key, name=f"事项{key}", name_en=f"item {key}", tier="市级",
        kind="project_grant", comparator="at_most", cap=5000000, per=per, per_en=per_en,
        clause_id=b.clause(b.document()).pk,
    )  # fmt: skip


def test_dates_become_days_and_codes_and_unread_words_stay_in_the_note() -> None:
    cases = {
        "year": ("2024", "2028", date(2024, 1, 1), date(2028, 12, 31), ""),
        "month": ("2024-03", "2024-2", date(2024, 3, 1), None, "2024-03"),
        "leap": ("2024-02", "2024-02", date(2024, 2, 1), date(2024, 2, 29), ""),
        "day": ("2024-03-05", "2024-3-9", date(2024, 3, 5), date(2024, 3, 9), ""),
        "open": ("2024", "", date(2024, 1, 1), None, ""),
        "words": ("2024年起", "2026年底", date(2024, 1, 1), date(2026, 12, 31), "2024年起"),
        "unread": ("待定", "", UNREAD, None, "待定"),
        "month13": ("2024-13", "", UNREAD, None, "2024-13"),
        "day31": ("2024-02-31", "", date(2024, 2, 29), None, "2024-02-31"),
        "end": ("2024", "长期", date(2024, 1, 1), None, "长期"),
    }
    programs = {
        key: Program.objects.create(key=key, name=key, name_en=key, objective="目的。")
        for key in cases
    }
    b.clause(b.document())
    old = before()
    for key, (begins, ends, *_days) in cases.items():
        edition(old, programs[key], key, begins, ends, note="原有说明。")
    call_command("migrate", "programs", verbosity=0)
    for key, (said_from, said_to, begins, ends, lost) in cases.items():
        row = ProgramEdition.objects.get(key=key)
        assert (row.valid_from, row.valid_to, row.superseded_at) == (begins, ends, None), key
        kept = WRITTEN.format(said_from, said_to) if lost else ""
        assert row.note == f"原有说明。{kept}", key


def test_of_two_editions_of_one_day_the_last_written_counts_and_both_stay() -> None:
    program = Program.objects.create(key="chain", name="链", name_en="c", objective="目的。")
    b.document()
    old = before()
    for key, begins in (("first", "2024"), ("second", "2024-01"), ("u1", "待定"), ("u2", "不详")):
        edition(old, program, key, begins)
    call_command("migrate", "programs", verbosity=0)
    rows = {row.key: row for row in ProgramEdition.objects.all()}
    assert rows["first"].superseded_at is not None
    assert rows["second"].superseded_at is None
    assert (rows["first"].valid_from, rows["second"].valid_from) == (date(2024, 1, 1),) * 2
    unread = [rows["u2"], rows["u1"]]
    assert [row.valid_from for row in unread] == [UNREAD, date(1949, 10, 2)]
    assert [row.superseded_at for row in unread] == [None, None]


def test_what_a_cap_counts_by_becomes_a_code_and_other_words_stay_in_the_note() -> None:
    program = Program.objects.create(key="chain", name="链", name_en="c", objective="目的。")
    b.clause(b.document())
    old = before()
    of = edition(old, program, "first", "2024")
    for key, per, per_en in (
        ("a", "项目", "project"), ("b", "每家企业", "firm"), ("c", "人", ""), ("d", "", ""),
        ("e", "每批次", "batch"), ("f", "平台", "platform"), ("g", "每个机构", ""), ("h", "年", ""),
    ):  # fmt: skip
        item(old, of, key, per, per_en)
    call_command("migrate", "programs", verbosity=0)
    assert dict(SupportItem.objects.values_list("key", "per")) == {
        "a": "project", "b": "enterprise", "c": "person", "d": "", "e": "", "f": "platform",
        "g": "institution", "h": "year",
    }  # fmt: skip
    row = ProgramEdition.objects.get()
    assert (row.note, row.note_en) == ("（事项e的计算单位：每批次）", "(item e: batch)")
