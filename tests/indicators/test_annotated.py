"""A person's own file back with notes: on the right cells, with the rest kept, and within limits."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation

from indicators.exporting import notes as child
from indicators.exporting.annotated import Note, TooHard, annotated, notes_of, rebuilt
from indicators.models import StagedCell

RED = "FBC9C4"


def cell(outcome: str = "error", **facts: Any) -> StagedCell:
    return StagedCell(**{"sheet": 1, "row": 4, "column": 5, "outcome": outcome, **facts})


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def own_file() -> bytes:
    """A workbook as a person keeps one: fonts, formulas, lists, a note, a second sheet."""
    book = Workbook()
    first = book.active
    first.title = "填报"
    first["A1"] = "我的表"
    first["A1"].font = Font(bold=True, color="FF0000")
    first["B2"] = 8000
    first["B2"].number_format = "#,##0"
    first["B3"] = "=B2*2"
    first["C2"] = "已有内容"
    first["C2"].comment = Comment("同事的批注", "同事")
    first.freeze_panes = "B2"
    first.column_dimensions["B"].width = 33
    first.merge_cells("A5:C5")
    check = DataValidation(type="list", formula1='"甲,乙"')
    check.add("D2:D9")
    first.add_data_validation(check)
    second = book.create_sheet("附表")
    second["A1"] = "第二张"
    second.sheet_state = "hidden"
    return saved(book)


def read(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


# --- which notes ----------------------------------------------------------------------------------


def test_notes_error_has_its_sentence_under_its_kind() -> None:
    (note,) = notes_of([cell(sentence="“八千左右”不是确切的数值。", sentence_en="Not exact.")])
    assert (note.sheet, note.row, note.column) == (1, 4, 5)
    assert note.text == "【有错误】\n“八千左右”不是确切的数值。"


def test_notes_kinds_have_colours_of_their_own() -> None:
    warned = cell("changed", row=6, warnings=[{"code": "jump", "zh": "多", "en": "up"}])
    found = notes_of([cell(), cell("conflict", row=5), warned])
    assert len({note.colour for note in found}) == 3
    assert found[2].text == "【提示】\n多"


def test_notes_error_with_warnings_says_both() -> None:
    (note,) = notes_of([cell(sentence="甲。", warnings=[{"code": "x", "zh": "乙。", "en": "b"}])])
    assert note.text == "【有错误】\n甲。\n乙。"


@pytest.mark.parametrize("outcome", ["new", "changed", "unchanged"])
def test_notes_cells_without_trouble_have_none(outcome: str) -> None:
    assert notes_of([cell(outcome, sentence="新增 8000家。", sentence_en="New.")]) == []


def test_notes_two_of_one_place_become_one() -> None:
    found = notes_of([cell(sentence="甲。"), cell(sentence="乙。")])
    assert [note.text for note in found] == ["【有错误】\n甲。\n【有错误】\n乙。"]


# --- into a workbook ------------------------------------------------------------------------------


def test_annotated_note_and_colour_are_on_the_cell() -> None:
    book = read(annotated(own_file(), [Note(1, 2, 2, "不对。", RED), Note(2, 9, 9, "空格。", RED)]))
    noted, far = book["填报"]["B2"], book["附表"]["I9"]
    assert (noted.comment.text, noted.fill.start_color.rgb, noted.value) == (
        "不对。", f"00{RED}", 8000,
    )  # fmt: skip
    assert (far.comment.text, far.value) == ("空格。", None)


def test_annotated_keeps_the_rest_of_the_workbook() -> None:
    book = read(annotated(own_file(), [Note(1, 2, 2, "不对。", RED)]))
    first = book["填报"]
    assert book.sheetnames == ["填报", "附表"]
    assert (first["A1"].value, first["A1"].font.bold, first["B3"].value) == (
        "我的表",
        True,
        "=B2*2",
    )
    assert (first["B2"].number_format, first.freeze_panes) == ("#,##0", "B2")
    assert first.column_dimensions["B"].width == 33
    assert [str(ranges) for ranges in first.merged_cells.ranges] == ["A5:C5"]
    assert [check.formula1 for check in first.data_validations.dataValidation] == ['"甲,乙"']
    assert book["附表"].sheet_state == "hidden"
    assert first["C2"].comment.text == "同事的批注"


def test_annotated_own_note_stays_above_ours() -> None:
    book = read(annotated(own_file(), [Note(1, 2, 3, "不对。", RED)]))
    assert book["填报"]["C2"].comment.text == "同事的批注\n————————\n不对。"


def test_annotated_again_has_the_new_notes_and_not_the_old_ones() -> None:
    once = annotated(own_file(), [Note(1, 2, 2, "甲。", RED), Note(1, 2, 3, "丙。", RED)])
    sheet = read(annotated(once, [Note(1, 3, 2, "乙。", RED)]))["填报"]
    assert sheet["B2"].comment is None
    assert sheet["B2"].fill.fill_type is None
    assert (sheet["B3"].comment.text, sheet["C2"].comment.text) == ("乙。", "同事的批注")


def test_annotated_text_like_a_formula_stays_a_text() -> None:
    book = Workbook()
    book.active["A1"] = "=1+1"
    book.active["A1"].data_type = "s"
    again = read(annotated(saved(book), [Note(1, 1, 1, "=不对", RED)]))
    assert (again.active["A1"].data_type, again.active["A1"].value) == ("s", "=1+1")


def test_annotated_characters_that_no_workbook_may_hold_are_left_out() -> None:
    book = read(annotated(own_file(), [Note(1, 2, 2, "不\x0b对。", RED)]))
    assert book["填报"]["B2"].comment.text == "不对。"


def test_annotated_part_of_a_merged_cell_has_its_note_on_the_whole() -> None:
    book = read(annotated(own_file(), [Note(1, 5, 2, "在合并格里。", RED)]))
    assert book["填报"]["A5"].comment.text == "在合并格里。"


@pytest.mark.parametrize(
    "content", [b"", b"no workbook", b"PK\x03\x04 broken"], ids=["empty", "text", "broken"]
)
def test_annotated_what_is_no_workbook_is_too_hard(content: bytes) -> None:
    with pytest.raises(TooHard):
        annotated(content, [Note(1, 1, 1, "不对。", RED)])


def test_annotated_sheet_that_is_not_there_is_too_hard() -> None:
    with pytest.raises(TooHard):
        annotated(own_file(), [Note(9, 1, 1, "不对。", RED)])


def test_child_ends_at_its_limit_of_memory() -> None:
    """A text that inflates to more than the limit ends the child, not the machine."""
    bomb = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(own_file())) as old,
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            with new.open(name, "w") as member:
                start, end, rest = old.read(name).partition(b"</sheetData>")
                member.write(start)
                if name == "xl/worksheets/sheet1.xml":
                    for _mebibyte in range(child.MEMORY >> 20):
                        member.write(b" " * (1 << 20))
                member.write(end + rest)
    with pytest.raises(TooHard):
        annotated(bomb.getvalue(), [Note(1, 1, 1, "不对。", RED)])


def test_child_needs_neither_django_nor_the_package() -> None:
    path = Path(child.__file__)
    said = subprocess.run(
        [sys.executable, "-I", "-X", "importtime", str(path)],
        input=json.dumps({"notes": [], "author": "x"}).encode() + b"\n" + own_file(),
        capture_output=True, env={}, check=True,
    )  # fmt: skip
    loaded = {
        line.rpartition(b"|")[2].strip().partition(b".")[0] for line in said.stderr.split(b"\n")
    }
    assert loaded & {b"django", b"indicators", b"accounts"} == set()
    assert read(said.stdout)["填报"]["B2"].value == 8000


# --- a new workbook -------------------------------------------------------------------------------


def test_rebuilt_has_the_cells_at_their_places_with_the_notes() -> None:
    rows = [(1, 1, ("指标", "数值")), (1, 4, ("甲", "八千左右")), (1, 5, ("乙",))]
    content = rebuilt(rows, [Note(1, 4, 2, "不对。", RED), Note(1, 5, 4, "空格。", RED)], {1: ""})
    sheet = read(content).active
    assert sheet.title == "表1"
    assert list(sheet.iter_rows(values_only=True)) == [
        ("指标", "数值", None, None), (None,) * 4, (None,) * 4, ("甲", "八千左右", None, None),
        ("乙", None, None, None),
    ]  # fmt: skip
    assert (sheet["B4"].comment.text, sheet["B4"].fill.start_color.rgb) == ("不对。", f"00{RED}")
    assert sheet["D5"].comment.text == "空格。"


def test_rebuilt_keeps_the_sheets_apart_by_name() -> None:
    book = read(rebuilt([(1, 1, ("甲",)), (2, 1, (5.5, True))], [], {1: "一", 2: "二"}))
    assert (book.sheetnames, book["二"]["A1"].value, book["二"]["B1"].value) == (
        ["一", "二"], 5.5, True,
    )  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "370200", "0012"])
def test_rebuilt_text_stays_a_text(text: str) -> None:
    written = read(rebuilt([(1, 1, (text,))], [], {})).active["A1"]
    assert (written.data_type, written.value) == ("s", text)


@pytest.mark.parametrize(
    ("name", "title"),
    [("a/b[1]:*?", "a_b_1____"), ("长" * 40, "长" * 31), ("\x01", "表1"), ("", "表1")],
)
def test_rebuilt_sheet_of_a_made_up_file_gets_a_name_that_may_be(name: str, title: str) -> None:
    assert read(rebuilt([(1, 1, ("甲",))], [], {1: name})).sheetnames == [title]
