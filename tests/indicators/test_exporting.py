"""Actuals as CSV: what a spreadsheet gets, and what it never executes."""

from __future__ import annotations

import csv
import io

import pytest

from indicators.exporting import BOM, neutral, observations_csv
from tests.dashboard.builders import indicator, observation, region, unit

pytestmark = pytest.mark.django_db


def lines(text: str) -> list[list[str]]:
    assert text.startswith(BOM)
    return list(csv.reader(io.StringIO(text.removeprefix(BOM))))


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠SUM(A1)"],
)
def test_neutral_formula_start_gets_an_apostrophe(text: str) -> None:
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "示范公报", "2024-09", "1=1", "'=1", "https://example.org/a"])
def test_neutral_other_text_stays(text: str) -> None:
    assert neutral(text) == text


def test_csv_one_actual_has_all_its_columns() -> None:
    row = observation(
        indicator(unit=unit("yi")), "2024", "709.58", qualifier="above", obs_status="P",
        vintage="flash", source_date="2025-01", source_url="https://example.org/a", note="快报数",
    )  # fmt: skip

    assert lines(observations_csv([row])) == [
        [
            "指标代码", "指标", "地区代码", "地区", "报告期", "数值", "计量单位", "限定",
            "数据状态", "数据批次", "来源", "来源日期", "来源链接", "说明",
        ],
        [
            "FIRMS", "指标FIRMS", "370200", "示范市", "2024", "709.58", "亿元", "下限（突破、超过）",
            "初步数", "快报", "示范公报", "2025-01", "https://example.org/a", "快报数",
        ],
    ]  # fmt: skip


def test_csv_zero_is_a_number_and_missing_is_an_empty_cell_with_its_reason() -> None:
    of = indicator()
    rows = [
        observation(of, "2022", "0"),
        observation(of, "2023", None, obs_status="L"),
        observation(of, "2024", None, obs_status="Q"),
    ]

    cells = [(line[5], line[8]) for line in lines(observations_csv(rows))[1:]]

    assert cells == [("0", "正常"), ("", "未统计"), ("", "保密")]


def test_csv_negative_number_stays_a_number() -> None:
    row = observation(indicator(), "2024", "-3.50")

    assert lines(observations_csv([row]))[1][5] == "-3.5"


def test_csv_stored_formulas_come_out_as_text_in_every_text_column() -> None:
    row = observation(
        indicator(name='=HYPERLINK("http://x")'), "2024", "1",
        where=region("370211", name="@示范区"), source_title="+cmd", source_date="-1",
        source_url="http://example.org", note="＝1+1",
    )  # fmt: skip

    line = lines(observations_csv([row]))[1]

    assert [line[1], line[3], line[10], line[11], line[13]] == [
        "'=HYPERLINK(\"http://x\")", "'@示范区", "'+cmd", "'-1", "'＝1+1",
    ]  # fmt: skip


def test_csv_comma_quote_and_line_break_survive_the_round_trip() -> None:
    note = '第一行，"引号",逗号\n第二行'
    row = observation(indicator(), "2024", "12345678901234.5", note=note)

    line = lines(observations_csv([row]))[1]

    assert (line[5], line[13]) == ("12345678901234.5", note)


def test_csv_without_rows_is_the_header_alone() -> None:
    assert len(lines(observations_csv([]))) == 1
