"""Staged rows as they come into the table: odd texts, several chunks, a second try, found later."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accounts.models import User
from indicators import actions
from indicators.importing import doubting, staging
from indicators.importing.checking import COLUMNS, Staged
from indicators.importing.staging import stage_upload
from indicators.models import StagedCell, Upload
from tests.indicators import builders
from tests.indicators.importing.files import cells, csv_of, stage, xlsx_of

pytestmark = pytest.mark.django_db
HEADER = ["指标", "地区", "报告期", "数值", "来源", "说明"]


@pytest.fixture
def ana() -> User:
    builders.indicator()
    builders.region()
    return builders.person("ana", "analyst", at=builders.department())


def row(upload: Upload, number: int, **changes: Any) -> Staged:
    fields: dict[str, Any] = dict.fromkeys(COLUMNS, "")
    fields |= {
        "upload_id": upload.pk, "sheet": 1, "row": number, "column": 4, "indicator_id": None,
        "region_id": None, "value": None, "qualifier": "exact", "obs_status": "A",
        "vintage": "annual", "seen_open": 0, "seen_open_version": 0, "seen_approved": 0,
        "outcome": "error", "chosen": False, "warnings": "[]",
    }  # fmt: skip
    return tuple((fields | changes)[name] for name in COLUMNS)


@pytest.mark.parametrize(
    "text", ["a\tb", "a\nb", "a\r\nb", "a\\b", "\\N", "None", "\\.", "'\"", "中\u3000文", ""]
)
def test_text_comes_into_the_table_as_it_is(ana: User, text: str) -> None:
    upload = actions.receive_upload(by=ana, name="a.csv", content=b"x")
    staging.write([row(upload, 1), row(upload, 2, note=text, sentence=text), row(upload, 3)])
    assert [cell.note for cell in cells(upload)] == ["", text, ""]
    cell = upload.cells.get(row=2)
    assert (cell.sentence, cell.indicator_id, cell.value, cell.warnings) == (text, None, None, [])


def test_numbers_come_in_exactly(ana: User) -> None:
    upload = actions.receive_upload(by=ana, name="a.csv", content=b"x")
    staging.write([row(upload, 1, value="123456789012345"), row(upload, 2, value="-0.0000000001")])
    assert [str(cell.value.normalize()) for cell in cells(upload)] == ["123456789012345", "-1E-10"]


def test_work_goes_on_while_rows_are_taken_in(ana: User) -> None:
    upload = actions.receive_upload(by=ana, name="a.csv", content=b"x")
    waiting = staging.write([row(upload, 1)], meanwhile=lambda: [row(upload, 2)])
    assert upload.cells.count() == 1
    assert staging.write(waiting) == []
    assert upload.cells.count() == 2
    assert staging.write([], meanwhile=lambda: [row(upload, 3)]) == [row(upload, 3)]


def test_later_findings_change_only_their_rows(ana: User) -> None:
    upload = actions.receive_upload(by=ana, name="a.csv", content=b"x")
    other = actions.receive_upload(by=ana, name="b.csv", content=b"x")
    new = {"outcome": "new", "note": "因为", "sentence": "新增"}
    staging.write([row(upload, n, **new) for n in (1, 2, 3)] + [row(other, 1, **new)])
    doubt = json.dumps([{"code": "jump", "zh": "变化过大", "en": "large"}], ensure_ascii=False)
    staging.update(
        upload.pk,
        [
            doubting.Finding(1, 1, 4, "", doubt, "", ""),
            doubting.Finding(1, 3, 4, "error", "[]", "矛盾", "contradicts"),
        ],
    )
    found = [(c.outcome, c.sentence, c.explanation, len(c.warnings)) for c in cells(upload)]
    assert found == [
        ("new", "新增", "因为", 1),
        ("new", "新增", "", 0),
        ("error", "矛盾", "", 0),
    ]
    assert [c.outcome for c in cells(other)] == ["new"]


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_table_of_many_chunks_is_whole(ana: User, name: str) -> None:
    for number in range(30):
        builders.region(f"R{number:02d}", f"地区{number}", "district")
    rows: list[list[Any]] = [HEADER]
    rows += [
        [
            "FIRMS",
            f"R{i % 30:02d}",
            f"{1900 + i // 30}",
            f"{1000 + i // 30}",
            "公报",
            f"第{i}行\t\\",
        ]
        for i in range(3600)
    ]
    upload = stage(ana, csv_of(rows) if name.endswith("csv") else xlsx_of(rows), name)
    assert upload.counts["new"] == 3600
    found = cells(upload)
    assert [cell.row for cell in found] == list(range(2, 3602))
    assert [cell.note for cell in found] == [f"第{i}行\t\\" for i in range(3600)]
    assert {cell.value for cell in found} == {1000 + i for i in range(120)}
    assert upload.found["cells"] == {"used": 3600 * 6, "header": 6, "unused": 0}


def test_progress_counts_the_cells_of_the_file(ana: User) -> None:
    rows = [HEADER, *(["FIRMS", "青岛市", f"{1900 + i}", "5", "", ""] for i in range(100))]
    upload = actions.receive_upload(by=ana, name="a.csv", content=csv_of(rows))
    heard: list[tuple[int, int]] = []
    stage_upload(upload, beat=lambda done, total: heard.append((done, total)))
    assert heard[0] == (0, 406)
    assert heard[-1] == (406, 406)
    assert heard == sorted(heard)


def test_reading_that_was_broken_off_begins_anew(ana: User) -> None:
    rows = [HEADER, *(["FIRMS", "青岛市", f"{1900 + i}", "5", "", ""] for i in range(100))]
    upload = actions.receive_upload(by=ana, name="a.csv", content=csv_of(rows))

    class EndedError(Exception):
        pass

    def beat(done: int, total: int) -> None:
        if done:
            raise EndedError

    staging.write([row(upload, 9)])  # what an earlier try left
    with pytest.raises(EndedError):
        stage_upload(upload, beat=beat)
    upload.refresh_from_db()
    assert upload.state == "received"
    stage_upload(upload)
    assert StagedCell.objects.filter(upload=upload).count() == 100


def test_upload_that_is_staged_is_left_alone(ana: User) -> None:
    upload = stage(ana, [HEADER, ["FIRMS", "青岛市", "2024", 5, "", ""]])
    version = upload.version
    stage_upload(upload)
    assert Upload.objects.get(pk=upload.pk).version == version


def test_number_of_queries_does_not_grow_with_the_rows(
    ana: User, django_assert_max_num_queries: Any
) -> None:
    for count in (1, 120):
        rows = [HEADER, *(["FIRMS", "青岛市", f"{1900 + i}", "5", "", ""] for i in range(count))]
        upload = actions.receive_upload(by=ana, name="a.csv", content=csv_of(rows))
        with django_assert_max_num_queries(40):
            stage_upload(upload)
