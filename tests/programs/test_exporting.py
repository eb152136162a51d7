"""Tables as files: exact, unknown left empty, and nothing that a spreadsheet would execute."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from indicators.exporting import BOM
from programs.exporting import Column, Kind, Table, Value, as_csv, as_xlsx

COLUMNS = (Column("名称"), Column("年度", Kind.YEAR), Column("项目数", Kind.COUNT),
           Column("批准", Kind.MONEY))  # fmt: skip


def table(*rows: tuple[Value, ...], title: str = "示范表", notes: tuple[str, ...] = ()) -> Table:
    return Table("table", title, COLUMNS, rows, notes)


def lines(of: Table) -> list[list[str]]:
    return list(csv.reader(io.StringIO(as_csv(of).removeprefix(BOM))))


def cells(of: Table) -> list[tuple[Any, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(of))).active
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()]


def test_csv_has_heading_rows_title_and_notes() -> None:
    of = table(("甲", 2025, 3, Decimal("5000000.00")), notes=("来源：示范", "截至：2025-06-30"))

    assert lines(of) == [
        ["名称", "年度", "项目数", "批准（元）"],
        ["甲", "2025", "3", "5000000"],
        [],
        ["示范表"],
        ["来源：示范"],
        ["截至：2025-06-30"],
    ]
    assert as_csv(of).startswith(BOM)


def test_sheet_holds_the_same_as_the_csv() -> None:
    of = table(("甲", 2025, 3, Decimal("1234.56")), notes=("来源：示范",))

    assert cells(of) == [
        ("名称", "年度", "项目数", "批准（元）"),
        ("甲", 2025, 3, 1234.56),
        (None,) * 4,
        ("示范表", None, None, None),
        ("来源：示范", None, None, None),
    ]


def test_unknown_is_an_empty_cell_and_zero_is_a_zero() -> None:
    of = table(("甲", None, 0, None), ("乙", 2025, None, Decimal("0.00")))

    assert lines(of)[1:3] == [["甲", "", "0", ""], ["乙", "2025", "", "0"]]
    assert cells(of)[1:3] == [("甲", None, 0, None), ("乙", 2025, None, 0)]


def test_negative_sum_stays_a_number() -> None:
    of = table(("甲", 2025, 1, Decimal("-3.50")))

    assert lines(of)[1][3] == "-3.5"
    assert cells(of)[1][3] == -3.5


def test_sum_longer_than_a_spreadsheet_number_keeps_every_fen() -> None:
    of = table(("甲", 2025, 1, Decimal("1234567890123456.78")))

    assert lines(of)[1][3] == "1234567890123456.78"
    assert cells(of)[1][3] == "1234567890123456.78"


def test_sum_as_long_as_a_spreadsheet_number_is_one() -> None:
    assert cells(table(("甲", 2025, 1, Decimal("9999999999999.99"))))[1][3] == 9999999999999.99


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "＝"])
def test_text_is_never_a_formula(start: str) -> None:
    of = table((f"{start}1+1", 2025, 1, None), title=f"{start}2", notes=(f"{start}3",))

    assert [line[0] for line in lines(of) if line][1:] == [
        f"'{start}1+1", f"'{start}2", f"'{start}3",
    ]  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(of)))
    assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {"s", "n"}


def test_heading_is_never_a_formula() -> None:
    of = Table("t", "题", (Column("=A1"),), [], ())

    assert lines(of)[0] == ["'=A1"]
    assert cells(of)[0] == ("'=A1",)


def test_day_is_written_as_a_day() -> None:
    of = Table("t", "题", (Column("日"),), [(date(2025, 3, 4),)], ())

    assert lines(of)[1] == ["2025-03-04"]


def test_control_characters_do_not_break_the_workbook() -> None:
    of = Table("t", "题", (Column("名"),), [("坏\x00字\x0b",)], ())

    assert cells(of)[1] == ("坏字",)


def test_table_without_rows_is_a_heading_and_a_title() -> None:
    assert lines(table()) == [["名称", "年度", "项目数", "批准（元）"], [], ["示范表"]]
    assert cells(table())[0][3] == "批准（元）"
