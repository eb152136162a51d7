"""The empty table of awards: what it offers, and that it comes back filled as it was filled."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from accounts.models import User
from programs.importing import blank
from programs.importing.headings import LISTS_SHEET, NAMES
from tests.indicators import builders as b
from tests.indicators.importing.files import accounted, stage
from tests.programs import builders as p
from tests.programs.importing.files import CODE, applied, outcomes, rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def eva() -> User:
    p.item()
    p.item("one", name="攻关", tier="国家级")
    p.item("two", name="攻关", tier="省级")
    p.district()
    foreign = p.program("other", department=b.department("elsewhere"))
    p.item("secret", of=p.edition(foreign))
    return p.editor()


def book_of(by: User) -> Workbook:
    answer = b.client_of(by).get(reverse("award_template"))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    return load_workbook(io.BytesIO(answer.content))


def filled(book: Workbook, *lines: dict[str, Any]) -> bytes:
    sheet = book[blank.SHEET]
    for row, line in enumerate(lines, blank.HEADER_ROW + 1):
        for name, value in line.items():
            sheet.cell(row, list(NAMES).index(name) + 1).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


LINE = {
    "number": "LX-1", "project": "示范项目", "recipient": "示范甲公司", "credit_code": CODE,
    "kind": "企业", "program": "chain试验计划", "item": "grant资助", "year": 2025,
    "decided_on": date(2025, 3, 10), "amount": 123.456789, "investment": 400,
    "industry": "示范产业", "region": "一号区", "status": "已立项", "paid_on": date(2025, 4, 1),
    "paid_amount": 20, "note": "备注一",
}  # fmt: skip


def test_template_has_headings_with_units_and_no_rows(eva: User) -> None:
    sheet = book_of(eva)[blank.SHEET]
    header = [cell.value for cell in sheet[blank.HEADER_ROW]]
    assert header[0] == "立项编号"
    assert "立项金额（万元）" in header
    below = sheet.iter_rows(min_row=blank.HEADER_ROW + 1, values_only=True)
    assert {value for row in below for value in row} == {None}


def test_drop_downs_offer_what_the_person_may_enter(eva: User) -> None:
    lists = book_of(eva)[LISTS_SHEET]
    assert lists.sheet_state == "hidden"
    columns = [[cell for cell in column if cell] for column in lists.iter_cols(values_only=True)]
    assert columns == [
        ["chain试验计划"],
        ["grant资助", "国家级·攻关", "省级·攻关"],
        ["青岛市", "一号区"],
        ["企业", "高校院所", "创新平台", "服务机构", "个人"],
        ["已立项", "已验收"],
    ]


def test_codes_are_text_cells(eva: User) -> None:
    sheet = book_of(eva)[blank.SHEET]
    column = list(NAMES).index("credit_code") + 1
    assert sheet.cell(blank.HEADER_ROW + 1, column).number_format == "@"


def test_template_filled_comes_back_as_it_was_filled(eva: User) -> None:
    second = {**LINE, "number": "LX-2", "item": "省级·攻关", "amount": 25}
    upload = stage(eva, filled(book_of(eva), LINE, second), "立项.xlsx")
    assert upload.refusal == ""
    assert (upload.kind, outcomes(upload)) == ("awards", ["new", "new"])
    assert accounted(upload)
    fields = rows(upload)[0].fields
    assert fields == {
        "number": "LX-1", "project": "示范项目", "project_code": "", "recipient": "示范甲公司",
        "credit_code": CODE, "kind": "enterprise", "program": p.program().pk, "item_key": "grant",
        "year": 2025, "decided_on": "2025-03-10", "amount": "1234567.89", "investment": "4000000",
        "industry": "示范产业", "region": p.district().pk, "note": "备注一", "status": "approved",
        "paid_amount": "200000", "paid_on": "2025-04-01",
    }  # fmt: skip
    applied(upload)
    again = stage(eva, filled(book_of(eva), LINE, second), "立项.xlsx")
    assert outcomes(again) == ["unchanged", "unchanged"]


def test_empty_template_has_nothing_to_enter(eva: User) -> None:
    upload = stage(eva, filled(book_of(eva)), "立项.xlsx")
    assert (upload.state, outcomes(upload)) == ("staged", [])
    shown = b.client_of(eva).get(reverse("upload", args=[upload.pk])).content.decode()
    assert "没有可以登记的立项" in shown


def test_hostile_names_are_texts_in_the_lists(eva: User) -> None:
    p.program("evil", name='=HYPERLINK("http://evil")')
    lists = book_of(eva)[LISTS_SHEET]
    (cell,) = [cell for cell in lists["A"] if str(cell.value).startswith("=")]
    assert cell.data_type == "s"
