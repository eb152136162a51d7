"""The template: what it holds, what it lets a person touch, and that nothing in it executes."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from accounts.models import User
from indicators import layout
from indicators.errors import Refused
from indicators.exporting.planning import MOST_CELLS, Asked, plan, recent
from indicators.exporting.template import as_number, put, template
from indicators.models import Duty, Indicator, Observation, ReportingRound
from indicators.periods import ReferencePeriod, read_period
from tests.indicators import builders as b

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, 30)


def periods(*texts: str) -> tuple[ReferencePeriod, ...]:
    return tuple(ReferencePeriod.parse(text) for text in texts)


@pytest.fixture
def analyst(db: None) -> User:
    bureau = b.department("bureau")
    b.region()
    b.indicator("FIRMS", at=b.department("division", parent=bureau), unit=b.unit())
    return b.person("analyst", "analyst", at=bureau)


def firms() -> Indicator:
    return Indicator.objects.get(code="FIRMS")


def duty(of: Indicator, period: str, **facts: Any) -> Duty:
    now = timezone.now()
    round_, _new = ReportingRound.objects.get_or_create(
        name="示范轮次",
        defaults={
            "reference_period": "2025", "opens_at": now - timedelta(days=1),
            "closes_at": now + timedelta(days=1), "made_by": b.person("maker"), "made_at": now,
        },
    )  # fmt: skip
    return Duty.objects.create(
        round=round_, indicator=of, region=facts.pop("region", None) or b.region(),
        reference_period=period, department=facts.pop("department", None) or of.department, **facts,
    )  # fmt: skip


def book_of(user: User, asked: Asked | None = None) -> Workbook:
    content = template(plan(user, asked or Asked(), today=TODAY), title="实绩填报表", now=NOW)
    return load_workbook(io.BytesIO(content))


def data(book: Workbook) -> Worksheet:
    sheet = book[layout.DATA_SHEET]
    assert isinstance(sheet, Worksheet)
    return sheet


def cell(sheet: Worksheet, period: str, field: str, row: int = layout.FIRST_ROW) -> Any:
    """The cell of a field in the group of a period, found as a reader of the file would."""
    for number in range(100):
        column = layout.group_column(number, "value")
        words = sheet.cell(layout.PERIOD_ROW, column).value
        if words is None:
            raise AssertionError(f"no group of {period}")
        if str(read_period(words)) == period:
            return sheet.cell(row, layout.group_column(number, field))
    raise AssertionError(period)


def tokens(book: Workbook) -> list[tuple[Any, ...]]:
    rows = book[layout.TOKEN_SHEET].iter_rows(min_row=layout.FIRST_TOKEN_ROW, values_only=True)
    return list(rows)


# --- periods --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [
        ("year", ["2023", "2024", "2025", "2026"]),
        ("half", ["2025-S1", "2025-S2", "2026-S1", "2026-S2"]),
        ("quarter", ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]),
        ("month", ["2026-08", "2026-09", "2026-10", "2026-11"]),
    ],
)
def test_recent_ends_with_the_period_of_today(frequency: str, expected: list[str]) -> None:
    assert [str(period) for period in recent(frequency, TODAY)] == expected


def test_recent_on_the_first_of_january_begins_a_new_year() -> None:
    assert [str(p) for p in recent("quarter", date(2026, 1, 1), 2)] == ["2025-Q4", "2026-Q1"]


# --- what is in it --------------------------------------------------------------------------------


def test_template_names_its_version_and_hides_its_sheet(analyst: User) -> None:
    book = book_of(analyst)
    hidden = book[layout.TOKEN_SHEET]
    assert book.sheetnames == [layout.DATA_SHEET, layout.HELP_SHEET, layout.TOKEN_SHEET]
    assert (hidden["A1"].value, hidden["B1"].value) == (layout.MARK, layout.VERSION)
    assert hidden.sheet_state == "hidden"
    assert data(book).sheet_state == "visible"


def test_template_row_has_key_names_and_unit(analyst: User) -> None:
    sheet = data(book_of(analyst))
    assert [sheet.cell(layout.FIRST_ROW, column).value for column in range(1, 5)] == [
        "FIRMS|370200", "FIRMS指标", "青岛市", "家",
    ]  # fmt: skip
    assert sheet.column_dimensions["A"].hidden
    assert [sheet.cell(layout.HEADER_ROW, column).value for column in range(1, 5)] == list(
        layout.LEADING
    )


def test_template_definition_is_a_note_on_the_name(analyst: User) -> None:
    note = data(book_of(analyst)).cell(layout.FIRST_ROW, layout.INDICATOR_COLUMN).comment
    assert note is not None
    assert "年末登记在册的数量。" in note.text


def test_template_of_a_yearly_indicator_has_the_last_years(analyst: User) -> None:
    sheet = data(book_of(analyst))
    for period in ("2023", "2024", "2025", "2026"):
        assert cell(sheet, period, "value").value is None
    with pytest.raises(AssertionError):
        cell(sheet, "2026-Q1", "value")


@pytest.mark.parametrize(
    ("frequency", "part"), [("half", "2026-S1"), ("quarter", "2026-Q3"), ("month", "2026-09")]
)
def test_template_parts_of_a_year_are_open_only_where_the_indicator_has_them(
    analyst: User, frequency: str, part: str
) -> None:
    b.indicator("PARTS", at=analyst.department, frequency=frequency)
    sheet = data(book_of(analyst))
    rows = {sheet.cell(row, 1).value: row for row in (4, 5)}
    assert not cell(sheet, part, "value", rows["PARTS|370200"]).protection.locked
    assert cell(sheet, part, "value", rows["FIRMS|370200"]).protection.locked
    assert not cell(sheet, "2025", "value", rows["PARTS|370200"]).protection.locked


def test_template_known_value_is_filled_in_as_a_number(analyst: User) -> None:
    b.actual(
        firms(), "1234.5", "2024", qualifier="above", obs_status="P", vintage="flash",
        source_title="示范公报", source_url="https://example.org/a", source_date="2025-03",
        note="第一行\n第二行",
    )  # fmt: skip
    sheet = data(book_of(analyst))
    found = {field: cell(sheet, "2024", field).value for field, _header in layout.GROUP}
    assert found == {
        "value": 1234.5, "qualifier": "下限（突破、超过）", "status": "初步数", "vintage": "快报",
        "source_title": "示范公报", "source_url": "https://example.org/a",
        "source_date": "2025-03", "note": "第一行\n第二行",
    }  # fmt: skip
    assert cell(sheet, "2024", "value").number_format == "#,##0.0"


def test_template_zero_is_a_number_and_missing_is_a_reason(analyst: User) -> None:
    b.actual(firms(), "0", "2024")
    b.actual(firms(), None, "2023", obs_status="Q")
    sheet = data(book_of(analyst))
    assert cell(sheet, "2024", "value").value == 0
    assert (cell(sheet, "2023", "value").value, cell(sheet, "2023", "status").value) == (
        None, "保密",
    )  # fmt: skip


def test_template_shows_the_open_value_before_the_approved_one(analyst: User) -> None:
    approved = b.actual(firms(), "1", "2024")
    draft = b.actual(firms(), "2", "2024", by=analyst, review_state="draft", version=3)
    book = book_of(analyst)
    assert cell(data(book), "2024", "value").value == 2
    assert ("FIRMS|370200", "2024", f"{draft.pk}.3.{approved.pk}") in tokens(book)


def test_template_token_of_an_empty_cell_is_three_zeros(analyst: User) -> None:
    assert ("FIRMS|370200", "2025", "0.0.0") in tokens(book_of(analyst))


def test_template_loaded_draft_stands_beside_and_is_not_filled_in(analyst: User) -> None:
    b.actual(firms(), "9", "2024", review_state="draft", key="o-1")
    book = book_of(analyst)
    assert cell(data(book), "2024", "value").value is None
    assert ("FIRMS|370200", "2024", "0.0.0") in tokens(book)


def test_template_rows_are_the_regions_with_figures(analyst: User) -> None:
    b.actual(firms(), "5", "2019", region=b.region("370211", "黄岛区", "district"))
    sheet = data(book_of(analyst))
    assert [row[0].value for row in sheet.iter_rows(min_row=4, max_col=1)] == ["FIRMS|370211"]


def test_template_asked_narrows_to_indicators_regions_and_periods(analyst: User) -> None:
    b.indicator("OTHER", at=analyst.department)
    b.region("370211", "黄岛区", "district")
    asked = Asked(("FIRMS",), ("370211",), periods("2025", "2024-S1"))
    found = plan(analyst, asked, today=TODAY)
    assert [(i.code, r.code) for i, r in found.rows] == [("FIRMS", "370211")]
    assert [str(period) for period in found.periods] == ["2024-S1", "2025"]
    assert len(found.cells) == 2


# --- scope ----------------------------------------------------------------------------------------


def test_template_has_no_strangers_row_value_or_token(analyst: User) -> None:
    secret = b.indicator("SECRET", at=b.department("elsewhere"))
    b.actual(secret, "77001", "2024")
    book = book_of(analyst)
    told = " ".join(
        str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row
    )
    assert [word for word in ("SECRET", "77001") if word in told] == []


def test_template_of_a_duty_opens_that_cell_alone(analyst: User) -> None:
    secret = b.indicator("SECRET", at=b.department("elsewhere"))
    b.actual(secret, "77001", "2024")
    b.actual(secret, "88", "2025")
    duty(secret, "2025", department=analyst.department)
    book = book_of(analyst)
    sheet = data(book)
    row = {sheet.cell(row, 1).value: row for row in (4, 5)}["SECRET|370200"]
    owed, foreign = cell(sheet, "2025", "value", row), cell(sheet, "2024", "value", row)
    assert (owed.value, owed.protection.locked) == (88, False)
    assert (foreign.value, foreign.protection.locked) == (None, True)
    assert [token[1] for token in tokens(book) if token[0] == "SECRET|370200"] == ["2025"]


def test_template_submitted_value_is_shown_and_locked_with_its_reason(analyst: User) -> None:
    b.actual(firms(), "5", "2024", by=analyst, review_state="submitted")
    shown = cell(data(book_of(analyst)), "2024", "value")
    assert (shown.value, shown.protection.locked) == (5, True)
    assert "等待核定" in shown.comment.text


def test_template_without_anything_of_mine_is_refused(db: None) -> None:
    with pytest.raises(Refused, match="没有可由您填报的指标"):
        plan(b.person("nobody", "analyst"), Asked(), today=TODAY)


def test_template_larger_than_a_spreadsheet_scrolls_is_refused(analyst: User) -> None:
    many = tuple(ReferencePeriod.of_year(year) for year in range(1950, 2020))
    with pytest.raises(Refused, match=str(MOST_CELLS)):
        plan(analyst, Asked(periods=many), today=TODAY)


@pytest.mark.parametrize("count", [1, 3])
def test_plan_takes_the_same_queries_for_any_number_of_indicators(
    analyst: User, count: int
) -> None:
    for number in range(count):
        b.actual(b.indicator(f"MORE-{number}", at=analyst.department), "5", "2024")
    analyst = User.objects.get(pk=analyst.pk)
    with CaptureQueriesContext(connection) as queries:
        plan(analyst, Asked(), today=TODAY)
    assert len(queries) == 9


# --- what it lets a person do ---------------------------------------------------------------------


def test_template_only_cells_of_input_are_unlocked(analyst: User) -> None:
    book = book_of(analyst)
    sheet = data(book)
    assert all(book[name].protection.sheet for name in book.sheetnames)
    unlocked = {
        (each.row, each.column)
        for row in sheet.iter_rows()
        for each in row
        if not each.protection.locked
    }
    size = 4 * len(layout.GROUP)
    assert unlocked == {
        (layout.FIRST_ROW, layout.FIRST_GROUP_COLUMN + offset) for offset in range(size)
    }


def test_template_lists_offer_every_word_of_the_layout(analyst: User) -> None:
    offered = {
        check.formula1: str(check.sqref) for check in data(book_of(analyst)).data_validations.dataValidation
    }  # fmt: skip
    assert set(offered) == {
        f'"{",".join(words)}"' for words in (layout.QUALIFIERS, layout.STATUSES, layout.VINTAGES)
    }
    assert all(len(words) < 256 for words in offered)  # what a spreadsheet takes of a list
    assert all(len(ranges.split()) == 4 for ranges in offered.values())


def test_layout_words_are_those_of_the_model() -> None:
    for words, choices in (
        (layout.QUALIFIERS, Observation.Qualifier),
        (layout.STATUSES, Observation.Status),
        (layout.VINTAGES, Observation.Vintage),
    ):
        assert set(words.values()) == set(choices.values)


def test_template_stays_in_sight_and_prints_on_a4(analyst: User) -> None:
    sheet = data(book_of(analyst))
    assert sheet.freeze_panes == "E4"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$1:$3", "$B:$D")
    assert [item.id for item in sheet.col_breaks.brk] == [12, 20, 28]
    assert sheet.column_dimensions["B"].width == 30


def test_template_help_is_chinese_with_english_below(analyst: User) -> None:
    lines = [row[0] for row in book_of(analyst)[layout.HELP_SHEET].iter_rows(values_only=True)]
    assert lines.index("填报说明") < lines.index("How to fill it in")
    assert any("模板版本 1" in str(line) for line in lines)


# --- nothing executes -----------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "＝"])
def test_template_text_that_starts_like_a_formula_is_a_text(analyst: User, start: str) -> None:
    text = f'{start}HYPERLINK("http://example.org")'
    Indicator.objects.filter(code="FIRMS").update(name=text)
    b.actual(firms(), "1", "2024", source_title=text, note=text)
    sheet = data(book_of(analyst))
    cells = [sheet["B4"], cell(sheet, "2024", "source_title"), cell(sheet, "2024", "note")]
    assert [(each.data_type, each.value) for each in cells] == [("s", text)] * 3


def test_put_leaves_out_what_no_workbook_may_hold() -> None:
    sheet = Workbook().active
    put(sheet["A1"], "一\x0b二")
    assert sheet["A1"].value == "一二"


@pytest.mark.parametrize(
    ("value", "kept", "shape"),
    [
        ("0", Decimal(0), "#,##0"),
        ("-1234.50", Decimal("-1234.5"), "#,##0.0"),
        ("0.0000000001", Decimal("0.0000000001"), "#,##0.0000000000"),
        ("123456789012345", Decimal(123456789012345), "#,##0"),
        ("1234567890.123456", "1234567890.123456", "General"),
        ("100000000000000000000", Decimal(10) ** 20, "#,##0"),
    ],
)
def test_as_number_keeps_every_digit(value: str, kept: Any, shape: str) -> None:
    sheet = Workbook().active
    as_number(sheet["A1"], Decimal(value))
    assert (sheet["A1"].value, sheet["A1"].number_format) == (kept, shape)
