"""Which layouts of tables are recognised, and what becomes of cells that belong to none."""

from __future__ import annotations

import pytest

from accounts.models import User
from indicators.importing.matching import Catalogue
from indicators.importing.tables import recognise
from indicators.models import Upload
from tests.indicators import builders
from tests.indicators.importing.files import accounted, errors, said, stage, xlsx_of

pytestmark = pytest.mark.django_db
CITY = "青岛市"


@pytest.fixture
def ana() -> User:
    at = builders.department()
    builders.region()
    builders.region("370202", "市南区", "district")
    builders.region("370203", "市北区", "district", aliases=["北区"])
    builders.indicator("FIRMS", name="高新技术企业数", name_en="High-tech firms", aliases=["高企"])
    builders.indicator("RD", name="研发经费", name_en="R&D", unit=builders.money(), kind="amount")
    builders.indicator("SHARE", name="研发强度", unit=builders.percent(), kind="ratio")
    return builders.person("ana", "analyst", at=at)


def check(upload: Upload) -> list[tuple[object, ...]]:
    assert upload.state == "staged", upload.refusal
    assert accounted(upload), upload.found
    return said(upload)


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
@pytest.mark.parametrize(
    "rows",
    [
        [["指标", "地区", "报告期", "数值"], ["高企", CITY, "2024", "5600"]],
        [["数值", "年份", "区市", "指标代码"], ["5600", "2024年", "370200", "FIRMS"]],
        [["Indicator", "Region", "Period", "Value"], ["high-tech firms", CITY, "2024", "5,600"]],
        [["指标名称（家）", "报告期", "实际值"], ["高企（家）", "2024年度", "5600家"]],
    ],
)
def test_long_table_with_its_columns_in_any_order(
    ana: User, rows: list[list[str]], name: str
) -> None:
    assert check(stage(ana, rows, name)) == [("FIRMS", CITY, "2024", "5600")]


def test_wide_table_of_years(ana: User) -> None:
    upload = stage(ana, [
        ["指标", "单位", 2022, 2023, "2024年"],
        ["高企", "家", 4000, 5000, 5600],
        ["研发经费", "万元", 2864000, None, 3000000],
    ])  # fmt: skip
    assert check(upload) == [
        ("FIRMS", CITY, "2022", "4000"),
        ("FIRMS", CITY, "2023", "5000"),
        ("FIRMS", CITY, "2024", "5600"),
        ("RD", CITY, "2022", "286.4"),
        ("RD", CITY, "2024", "300"),
    ]
    assert upload.found["kind"] == "wide"


def test_wide_table_without_headers_for_its_names(ana: User) -> None:
    upload = stage(
        ana, [[None, None, 2023, 2024], ["高企", "市南区", 50, 60], [None, "北区", 70, 80]]
    )
    assert check(upload) == [
        ("FIRMS", "市南区", "2023", "50"),
        ("FIRMS", "市南区", "2024", "60"),
        ("FIRMS", "市北区", "2023", "70"),
        ("FIRMS", "市北区", "2024", "80"),
    ]


def test_turned_table_with_units_in_its_header(ana: User) -> None:
    upload = stage(ana, [
        ["年份", "高新技术企业数（家）", "研发经费（万元）", "研发强度"],
        [2023, 5000, 2864000, 2.5],
        [2024, 5600, 3000000, 2.6],
    ])  # fmt: skip
    assert check(upload) == [
        ("FIRMS", CITY, "2023", "5000"),
        ("RD", CITY, "2023", "286.4"),
        ("SHARE", CITY, "2023", "2.5"),
        ("FIRMS", CITY, "2024", "5600"),
        ("RD", CITY, "2024", "300"),
        ("SHARE", CITY, "2024", "2.6"),
    ]


def test_turned_table_with_a_row_of_units(ana: User) -> None:
    upload = stage(
        ana, [["年份", "高企", "研发经费"], [None, "家", "万元"], ["2024", 5600, 3000000]]
    )
    assert check(upload) == [("FIRMS", CITY, "2024", "5600"), ("RD", CITY, "2024", "300")]


def test_table_of_districts_takes_its_year_from_the_title(ana: User) -> None:
    upload = stage(ana, [
        ["2024年各区市科技指标"],
        ["指标", "市南区", "市北区"],
        ["高企", 50, 60],
    ])  # fmt: skip
    assert check(upload) == [
        ("FIRMS", "市南区", "2024", "50"),
        ("FIRMS", "市北区", "2024", "60"),
    ]


def test_title_and_unit_line_above_the_header(ana: User) -> None:
    rows = [
        ["科技统计表"],
        [],
        ["单位：万元"],
        ["指标", "2023", "2024"],
        ["研发经费", 2864000, 3000000],
    ]
    upload = stage(ana, xlsx_of(rows, merged=["A1:C1"]))
    assert check(upload) == [("RD", CITY, "2023", "286.4"), ("RD", CITY, "2024", "300")]
    assert upload.found["cells"] == {"used": 3, "header": 5, "unused": 0}


def test_merged_names_count_for_the_rows_below(ana: User) -> None:
    rows = [
        ["指标", "地区", "报告期", "数值"],
        ["高企", "市南区", "2023", 50],
        [None, None, "2024", 60],
        [None, "市北区", "2023", 70],
    ]
    upload = stage(ana, xlsx_of(rows, merged=["A2:A4", "B2:B3"]))
    assert check(upload) == [
        ("FIRMS", "市南区", "2023", "50"),
        ("FIRMS", "市南区", "2024", "60"),
        ("FIRMS", "市北区", "2023", "70"),
    ]


def test_remarks_below_and_unknown_columns_are_listed(ana: User) -> None:
    upload = stage(ana, [
        ["指标", "报告期", "数值", "负责人"],
        ["高企", "2024", 5600, "甲"],
        ["研发经费", "2024", 300, "乙"],
        ["注：2024年为快报数。"],
        ["数据来源：统计公报"],
    ])  # fmt: skip
    assert len(check(upload)) == 2
    unused = {(place["place"], place["text"]): place for place in upload.found["unused"]}
    assert unused["A4", "注：2024年为快报数。"]["why"] == "note"
    assert ("A5", "数据来源：统计公报") in unused
    assert unused["D2:D3", "负责人"]["cells"] == 2


def test_header_that_comes_again_and_rows_without_value_are_listed(ana: User) -> None:
    upload = stage(ana, [
        ["指标", "报告期", "数值"],
        ["高企", "2024", 5600],
        ["指标", "报告期", "数值"],
        ["研发经费", "2024", None],
        ["高企", "2023", 5000],
    ])  # fmt: skip
    assert len(check(upload)) == 2
    assert [place["why"] for place in upload.found["unused"]] == ["header", "blank"]


def test_sheet_without_table_is_listed(ana: User) -> None:
    upload = stage(ana, {
        "数据": [["指标", "报告期", "数值"], ["高企", "2024", 5600]],
        "封面": [["科技局"], ["二〇二五年"]],
    })  # fmt: skip
    assert len(check(upload)) == 1
    assert [(place["sheet"], place["why"], place["cells"]) for place in upload.found["unused"]] == [
        (2, "sheet", 2)
    ]


def test_name_of_two_indicators_is_refused_with_both_codes(ana: User) -> None:
    builders.indicator("OTHER", aliases=["高企"])
    upload = stage(ana, [["指标", "报告期", "数值"], ["高企", "2024", 5600]])
    (words,) = errors(upload)
    assert "FIRMS、OTHER" in words


def test_code_and_name_that_disagree_are_refused(ana: User) -> None:
    upload = stage(ana, [
        ["指标代码", "指标", "报告期", "数值"],
        ["FIRMS", "研发经费", "2024", 5600],
        ["FIRMS", "高企", "2023", 5000],
    ])  # fmt: skip
    assert said(upload) == [("FIRMS", CITY, "2023", "5000")]
    assert "不是同一个" in errors(upload)[0]


def test_half_years_quarters_and_months_across(ana: User) -> None:
    upload = stage(ana, [["指标", "2024年上半年", "2024年1—9月", "2024-11"], ["高企", 1, 2, 3]])
    assert [cell[2] for cell in check(upload)] == ["2024-S1", "2024-01/2024-09", "2024-11"]


def test_table_is_not_recognised_in_a_letter(ana: User) -> None:
    rows = [("关于报送数据的函", ""), ("各有关单位：", ""), ("请于2024年12月前报送。", "")]
    assert recognise(rows, 1, "Sheet1", Catalogue(ana)) is None
