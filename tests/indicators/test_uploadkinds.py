"""The registry of what an upload may hold: who is asked first, and what nobody registered."""

from __future__ import annotations

import pytest

from indicators import uploadkinds
from indicators.importing.staging import stage_upload
from indicators.models import StagedCell, Upload
from tests.indicators import builders as b
from tests.indicators.importing.files import stage

pytestmark = pytest.mark.django_db


def test_actuals_come_first_and_awards_are_registered_from_above() -> None:
    assert [kind.code for kind in uploadkinds.kinds()] == ["actuals", "awards"]
    assert uploadkinds.kind("awards") is uploadkinds.kind("awards")


def test_kind_that_nobody_registered_is_an_error() -> None:
    with pytest.raises(KeyError):
        uploadkinds.kind("weather")


@pytest.mark.parametrize(
    ("role", "codes"),
    [
        ("analyst", ["actuals"]),
        ("program_editor", ["awards"]),
        ("reviewer", ["awards"]),
        ("auditor", []),
        ("official", []),
    ],
)
def test_kinds_that_a_person_may_enter(role: str, codes: list[str]) -> None:
    found = uploadkinds.enterable_by(b.person("one", role))
    assert [kind.code for kind in found] == codes


def test_what_a_kind_says_is_there_in_both_languages() -> None:
    for kind in uploadkinds.kinds():
        assert kind.name
        assert all(kind.no_table)
        assert all(kind.not_entered)


def test_table_of_actuals_with_headings_of_awards_among_them_stays_one() -> None:
    """Two headings that awards share do not make a table of them."""
    b.indicator()
    b.region()
    ana = b.person("ana", "analyst", at=b.department())
    rows = [["指标", "地区", "报告期", "数值", "计划", "立项日期"], ["企业数", "青岛市", "2024", 5]]
    rows[1][0] = b.indicator().name
    upload = stage(ana, rows)
    assert (upload.kind, upload.state, upload.cells.count()) == ("actuals", "staged", 1)


def test_cells_staged_before_the_table_of_awards_was_seen_are_forgotten() -> None:
    b.indicator()
    b.region()
    both = b.person("both", "analyst", "program_editor", at=b.department())
    actuals = [["指标", "地区", "报告期", "数值"], [b.indicator().name, "青岛市", "2024", 5]]
    awards = [
        ["立项编号", "项目名称", "承担单位", "统一社会信用代码", "计划", "支持事项", "立项日期",
         "立项金额（万元）"],
        ["A", "甲", "乙", "丙", "丁", "戊", "2025-01-01", 1],
    ]  # fmt: skip
    upload = stage(both, {"实绩": actuals, "立项": awards})
    assert (upload.kind, StagedCell.objects.filter(upload=upload).count()) == ("awards", 0)
    assert [part["text"] for part in upload.found["unused"]] == ["实绩"]


def test_upload_that_waits_no_longer_is_left_alone() -> None:
    ana = b.person("ana", "analyst", at=b.department())
    upload = stage(ana, [["甲"], [1]])
    assert upload.state == "refused"
    stage_upload(upload)
    assert Upload.objects.get(pk=upload.pk).version == upload.version
