"""Blocks copied from spreadsheets and web pages: every value in its own cell, or left out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.pasting import MOST_CELLS, ColumnHead, Pasted, RowHead, read_block
from indicators.quantities import convert, grouped, plain, read_number, split_unit

ROWS = (
    RowHead("FIRMS|370200", ("FIRMS", "高新技术企业数", "高企"), "家"),
    RowHead("CONTRACT|370200", ("CONTRACT", "技术合同成交额", "contract value"), "亿元"),
    RowHead("SHARE|370200", ("SHARE", "高新产值占比"), "%"),
    RowHead("PEOPLE|370200", ("PEOPLE", "研发人员全时当量"), "万人年"),
)
COLUMNS = tuple(ColumnHead(str(year), (f"{year}年",)) for year in range(2019, 2026))
YEARS = [column.period for column in COLUMNS]


def paste(
    block: Sequence[Sequence[str]],
    anchor: tuple[int, int] = (0, 0),
    rows: Sequence[RowHead] = ROWS,
    columns: Sequence[ColumnHead] = COLUMNS,
) -> Pasted:
    return read_block(block, rows=rows, columns=columns, anchor=anchor)


def texts(pasted: Pasted) -> dict[tuple[str, str], str]:
    """The texts by code and period."""
    found = {(cell.key.partition("|")[0], cell.period): cell.text for cell in pasted.cells}
    assert len(found) == len(pasted.cells)
    return found


def told(pasted: Pasted) -> str:
    return "\n".join(note.zh for note in pasted.notes)


# Where it was pasted


def test_a_bare_block_lies_where_it_was_pasted() -> None:
    pasted = paste([["1", "2"], ["3", "4"]], anchor=(1, 2))
    assert texts(pasted) == {
        ("CONTRACT", "2021"): "1", ("CONTRACT", "2022"): "2",
        ("SHARE", "2021"): "3", ("SHARE", "2022"): "4",
    }  # fmt: skip
    assert [(cell.source_row, cell.source_column) for cell in pasted.cells] == [
        (0, 0), (0, 1), (1, 0), (1, 1)
    ]  # fmt: skip
    assert pasted.notes == []
    assert not pasted.transposed


def test_one_cell_is_a_value_even_where_it_looks_like_a_year() -> None:
    assert texts(paste([["2024"]], anchor=(0, 6))) == {("FIRMS", "2025"): "2024"}


@pytest.mark.parametrize("block", [[["2039"], ["2053"]], [["2039", "2053"]], [["2300", "2024"]]])
def test_values_that_look_like_years_stay_values(block: list[list[str]]) -> None:
    assert sorted(texts(paste(block)).values()) == sorted(t for line in block for t in line)


@pytest.mark.parametrize("block", [[["2024"], ["7920"]], [["2024", "7920"]]])
def test_a_year_or_value_is_asked_about(block: list[list[str]]) -> None:
    pasted = paste(block)
    assert pasted.cells == []
    assert "分不清是年份还是数值" in told(pasted)


def test_a_block_with_ragged_lines_and_blank_ends_is_squared() -> None:
    assert texts(paste([["1"], [], ["2", "3", ""], [""], []])) == {
        ("FIRMS", "2019"): "1", ("SHARE", "2019"): "2", ("SHARE", "2020"): "3",
    }  # fmt: skip


def test_a_blank_cell_changes_nothing_and_is_told() -> None:
    pasted = paste([["1", "", "0"]])
    assert texts(pasted) == {("FIRMS", "2019"): "1", ("FIRMS", "2021"): "0"}
    assert "1个空白格没有改动原来的数值" in told(pasted)


def test_what_does_not_fit_is_named() -> None:
    block = [[str(10 * row + column) for column in range(4)] for row in range(5)]
    pasted = paste(block, anchor=(2, 5))
    assert texts(pasted) == {
        ("SHARE", "2024"): "0", ("SHARE", "2025"): "1",
        ("PEOPLE", "2024"): "10", ("PEOPLE", "2025"): "11",
    }  # fmt: skip
    assert "第3–5行超出表格" in told(pasted)
    assert "第3–4列超出表格" in told(pasted)


@pytest.mark.parametrize("block", [[], [[]], [["", " "], ["\u3000"]], [["\ufeff"]]])
def test_a_block_without_anything_says_so(block: list[list[str]]) -> None:
    pasted = paste(block)
    assert pasted.cells == []
    assert told(pasted) == "粘贴的内容里没有数据。"


def test_a_block_that_is_too_large_is_refused() -> None:
    pasted = paste([["1"] * 200] * (MOST_CELLS // 200 + 1))
    assert pasted.cells == []
    assert "一次最多粘贴20,000格" in told(pasted)


@pytest.mark.parametrize("text", ["八千左右", "-", "—", "…", "N/A", "无", "=1+1", "约", "*", "abc"])
def test_what_is_no_number_passes_unchanged(text: str) -> None:
    assert texts(paste([["5", text]])) == {("FIRMS", "2019"): "5", ("FIRMS", "2020"): text}


# By its headings


def test_names_and_years_win_over_the_place() -> None:
    pasted = paste(
        [["指标", "2024", "2023"], ["高新产值占比", "61", "60"], ["高企", "8683", "7920"]],
        anchor=(3, 6),
    )
    assert texts(pasted) == {
        ("SHARE", "2024"): "61", ("SHARE", "2023"): "60",
        ("FIRMS", "2024"): "8683", ("FIRMS", "2023"): "7920",
    }  # fmt: skip
    assert pasted.notes == []


def test_rows_and_columns_may_be_swapped() -> None:
    pasted = paste([["年份", "高企", "SHARE"], ["2023年", "7920", "60"], ["2024年", "8683", "61"]])
    assert pasted.transposed
    assert texts(pasted) == {
        ("SHARE", "2024"): "61", ("SHARE", "2023"): "60",
        ("FIRMS", "2024"): "8683", ("FIRMS", "2023"): "7920",
    }  # fmt: skip
    where = {cell.text: (cell.source_row, cell.source_column) for cell in pasted.cells}
    assert where["8683"] == (2, 1)
    assert "行列对调" in told(pasted)


def test_pairs_of_year_and_value_go_to_the_row_of_the_place() -> None:
    pasted = paste([["2021", "5"], ["2022", "6"], ["2023", "7"]], anchor=(1, 0))
    assert pasted.transposed
    assert texts(pasted) == {
        ("CONTRACT", "2021"): "5", ("CONTRACT", "2022"): "6", ("CONTRACT", "2023"): "7",
    }  # fmt: skip


def test_years_alone_above_the_values_keep_the_rows_of_the_place() -> None:
    pasted = paste([["2024", "2025"], ["5", "6"], ["7", "8"]], anchor=(2, 0))
    assert texts(pasted) == {
        ("SHARE", "2024"): "5", ("SHARE", "2025"): "6",
        ("PEOPLE", "2024"): "7", ("PEOPLE", "2025"): "8",
    }  # fmt: skip


def test_names_alone_keep_the_columns_of_the_place() -> None:
    pasted = paste([["高企", "家", "2039", "2053"], ["SHARE", "%", "60", "61"]], anchor=(0, 1))
    assert texts(pasted) == {
        ("FIRMS", "2020"): "2039", ("FIRMS", "2021"): "2053",
        ("SHARE", "2020"): "60%", ("SHARE", "2021"): "61%",
    } or texts(pasted)[("SHARE", "2020")] == "60"  # fmt: skip
    assert texts(pasted)[("FIRMS", "2021")] == "2053"


@pytest.mark.parametrize(
    "name",
    [
        "高新技术企业数", " 高新技术 企业数 ", "firms", "ＦＩＲＭＳ", "1. 高企", "（一）高新技术企业数",
        "其中：高企", "高企①", "高企[2]", "高新技术企业数（家）", "高企(万家)", "一、高企 家", "高企，家",
    ],
)  # fmt: skip
def test_names_are_known_in_many_guises(name: str) -> None:
    found = texts(paste([["指标", "2025年"], [name, "5"]]))
    assert found == {("FIRMS", "2025"): "5万家" if "万" in name else "5"}


@pytest.mark.parametrize(
    "label",
    [
        "2024", "2024年", "２０２４年", "2024 年", "2024年度", "2024年(实际)", "2024年完成数", "2024年①",
        "2024年（家）", "2024年快报数", "2024年末",
    ],
)  # fmt: skip
def test_periods_are_known_in_many_guises(label: str) -> None:
    assert texts(paste([["指标", label], ["高企", "5"]])) == {("FIRMS", "2024"): "5"}


def test_goals_and_growth_are_no_actuals() -> None:
    pasted = paste([["指标", "2024年目标", "2024年", "同比(%)"], ["高企", "9000", "8683", "9.6"]])
    assert texts(pasted) == {("FIRMS", "2024"): "8683"}
    assert "“2024年目标”不在表格里" in told(pasted)
    assert "“同比(%)”不在表格里" in told(pasted)


def test_unknown_names_and_periods_are_left_out_and_told() -> None:
    pasted = paste([["指标", "2012年", "2024年"], ["森林覆盖率", "1", "2"], ["高企", "3", "4"]])
    assert texts(pasted) == {("FIRMS", "2024"): "4"}
    assert "“森林覆盖率”不在表格里" in told(pasted)
    assert "“2012年”不在表格里" in told(pasted)


def test_unknown_names_are_never_counted_from_the_place() -> None:
    pasted = paste([["指标", "2023年", "2024年"], ["森林覆盖率", "1", "2"], ["人均绿地", "3", "4"]])
    assert pasted.cells == []
    assert "“森林覆盖率”不在表格里" in told(pasted)
    assert "“人均绿地”不在表格里" in told(pasted)


def test_an_ambiguous_name_is_left_out() -> None:
    rows = [RowHead("A|1", ("A", "高企")), RowHead("B|1", ("B", "高企"))]
    pasted = paste([["高企", "5"], ["B", "6"]], rows=rows)
    assert texts(pasted) == {("B", "2019"): "6"}
    assert "“高企”在表格里不止一行" in told(pasted)


def test_two_texts_for_one_cell_are_left_out_and_equal_ones_taken_once() -> None:
    pasted = paste(
        [["指标", "2024"], ["高企", "5"], ["FIRMS", "6"], ["SHARE", "7"], ["SHARE", "7"]]
    )
    assert texts(pasted) == {("SHARE", "2024"): "7"}
    assert "2024 的同一格有不同的内容（5、6）" in told(pasted)


def test_headings_in_two_lines_are_joined_merged_or_not() -> None:
    halves = [ColumnHead(f"{year}-S{half}") for year in (2023, 2024) for half in (1, 2)]
    under = ["", "上半年", "下半年", "上半年", "下半年"]
    expected = {("FIRMS", str(head.period)): str(n) for n, head in enumerate(halves)}
    for above in (["", "2023年", "", "2024年", ""], ["", *["2023年"] * 2, *["2024年"] * 2]):
        block = [above, under, ["高企", "0", "1", "2", "3"]]
        assert texts(paste(block, columns=halves)) == expected
    turned = [list(line) for line in zip(*block, strict=True)]
    assert texts(paste(turned, columns=halves)) == expected


def test_a_year_merged_over_value_and_growth_takes_the_value() -> None:
    block = [["指标", "2024年", "2024年"], ["指标", "数值", "同比"], ["高企", "8683", "9.6"]]
    pasted = paste(block)
    assert texts(pasted) == {("FIRMS", "2024"): "8683"}
    assert "不在表格里" in told(pasted)


def test_titles_serial_numbers_and_notes_are_left_out() -> None:
    block = [
        ["表1 主要指标", "", "", ""],
        ["序号", "指标", "2023年", "2024年"],
        ["1", "高企", "7920", "8683"],
        ["2", "技术合同成交额", "500", "600"],
        ["注：2024年为快报数。", "", "", ""],
        ["数据来源：统计公报"] * 4,
    ]
    pasted = paste(block)
    assert texts(pasted) == {
        ("FIRMS", "2023"): "7920", ("FIRMS", "2024"): "8683",
        ("CONTRACT", "2023"): "500", ("CONTRACT", "2024"): "600",
    }  # fmt: skip
    assert "注：2024年为快报数。" in told(pasted)
    assert "数据来源：统计公报" in told(pasted)


# Units


@pytest.mark.parametrize(
    "block",
    [
        [["单位：万元", ""], ["指标", "2024"], ["CONTRACT", "7000000"]],
        [["指标", "2024"], ["CONTRACT", "7000000"], ["（单位：万元）", ""]],
        [["指标（单位：万元）", "2024"], ["CONTRACT", "7000000"]],
        [["指标", "单位", "2024"], ["CONTRACT", "万元", "7000000"]],
        [["指标", "2024年（万元）"], ["CONTRACT", "7000000"]],
        [["指标", "2024年"], ["技术合同成交额（万元）", "7000000"]],
        [["年份", "技术合同成交额（万元）"], ["2024年", "7000000"]],
        [["年份", "CONTRACT"], ["单位", "万元"], ["2024年", "7000000"]],
    ],
)
def test_a_unit_that_is_stated_once_goes_to_each_value(block: list[list[str]]) -> None:
    assert texts(paste(block)) == {("CONTRACT", "2024"): "7000000万元"}


def test_a_unit_stated_for_the_table_is_told() -> None:
    pasted = paste([["单位：万元", ""], ["CONTRACT", "5"]])
    assert "“万元”，已用于没有写单位的数值" in told(pasted)


def test_the_own_unit_of_a_text_wins() -> None:
    block = [["单位：万元", "", ""], ["CONTRACT", "700亿元", "1.2万"], ["SHARE", "11%", "—"]]
    assert texts(paste(block)) == {
        ("CONTRACT", "2019"): "700亿元", ("CONTRACT", "2020"): "1.2万万元",
        ("SHARE", "2019"): "11%", ("SHARE", "2020"): "—",
    }  # fmt: skip


def test_the_unit_of_the_row_is_not_repeated_but_goes_to_words_of_magnitude() -> None:
    block = [["单位：亿元", "", ""], ["CONTRACT", "700", "1.2万"]]
    assert texts(paste(block)) == {
        ("CONTRACT", "2019"): "700", ("CONTRACT", "2020"): "1.2万亿元",
    }  # fmt: skip


def test_several_units_of_a_table_are_not_guessed() -> None:
    pasted = paste([["单位：亿元、家", ""], ["CONTRACT", "5"]])
    assert texts(pasted) == {("CONTRACT", "2019"): "5"}
    assert "几种单位" in told(pasted)


# Footnotes


@pytest.mark.parametrize(
    "text", ["8100①", "8100[1]", "8100*", "8100 **", "8100¹", "8100【注1】", "8100（注）", "8100②③"]
)
def test_footnote_marks_are_taken_off_and_told(text: str) -> None:
    pasted = paste([[text]])
    assert texts(pasted) == {("FIRMS", "2019"): "8100"}
    assert "去掉了1处脚注符号" in told(pasted)


@pytest.mark.parametrize(
    "text", ["8100(1)", "(8100)", "*", "①", "八千多①", "8100a", "5km²", "8100²3"]
)
def test_what_is_no_footnote_mark_stays(text: str) -> None:
    pasted = paste([[text]])
    assert texts(pasted) == {("FIRMS", "2019"): text}
    assert pasted.notes == []


# Any block, and one table in every disguise


@given(
    st.lists(
        st.lists(
            st.text(max_size=8)
            | st.sampled_from(
                [
                    "高企",
                    "SHARE",
                    "2024",
                    "2024年",
                    "上半年",
                    "单位",
                    "单位：亿元",
                    "注：",
                    "—",
                    "0",
                    "1,234",
                ]
            ),
            max_size=6,
        ),
        max_size=6,
    ),
    st.tuples(st.integers(0, 5), st.integers(0, 8)),
)
def test_any_block_gives_places_of_the_grid_and_texts_of_its_own(
    block: list[list[str]], anchor: tuple[int, int]
) -> None:
    pasted = paste(block, anchor)
    assert set(texts(pasted)) <= {(row.names[0], year) for row in ROWS for year in YEARS}
    for cell in pasted.cells:
        source = " ".join(block[cell.source_row][cell.source_column].split())
        assert cell.text != ""
        assert cell.text[:1] == source.strip("\ufeff\u200b ")[:1]
    assert all(note.zh and note.en for note in pasted.notes)


def full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


SPELLINGS = {
    "plain": plain,
    "grouped": grouped,
    "full width": lambda value: full_width(grouped(value)),
    "with blanks": lambda value: f" \u3000{plain(value)}\u00a0",
    "signed": lambda value: plain(value) if value < 0 else f"+{plain(value)}",
}
VALUES = st.decimals(-(10**6), 10**6, places=2, allow_nan=False, allow_infinity=False)


@st.composite
def disguised(draw: st.DrawFn) -> tuple[list[list[str]], dict[tuple[str, str], Decimal]]:
    """A block as somebody may have made it, and the values it states in the units of the grid."""
    rows = draw(st.lists(st.sampled_from(ROWS), min_size=1, unique=True))
    years = draw(st.lists(st.sampled_from(YEARS), min_size=1, unique=True))
    table = {(row.names[0], year): draw(VALUES) for row in rows for year in years}
    where = draw(st.sampled_from(["nowhere", "name", "column", "cell"]))
    spelled = SPELLINGS[draw(st.sampled_from(sorted(SPELLINGS)))]
    marks = draw(st.booleans())
    year_form = draw(st.sampled_from(["{}", "{}年", "{}年（完成数）", "{} 年度"]))
    block = [["指标", *(["单位"] if where == "column" else []), *map(year_form.format, years)]]
    for row in rows:
        # The unit that the table writes: that of the grid or a smaller one.
        exponent, base = split_unit(row.unit)
        unit, step = (base, exponent) if draw(st.booleans()) else (row.unit, 0)
        if where == "nowhere":
            unit, step = row.unit, 0
        name = draw(st.sampled_from(row.names)) + (f"（{unit}）" if where == "name" else "")
        line = [name, *([unit] if where == "column" else [])]
        for year in years:
            value = convert(table[row.names[0], year], step, 0)
            line.append(spelled(value) + (unit if where == "cell" else "") + ("①" if marks else ""))
        block.append(line)
    if draw(st.booleans()):
        block.append(["森林覆盖率"] + [""] * (len(block[0]) - 1 - len(years)) + ["1"] * len(years))
    if draw(st.booleans()):
        block = [list(line) for line in zip(*block, strict=True)]
    if draw(st.booleans()):
        block.insert(0, [draw(st.sampled_from(["表1 主要指标", ""]))])
    if draw(st.booleans()):
        block.append(["注：快报数"])
    return block, table


@settings(max_examples=300, deadline=None)
@given(disguised(), st.tuples(st.integers(0, 3), st.integers(0, 6)))
def test_a_table_comes_back_from_every_disguise(
    made: tuple[list[list[str]], dict[tuple[str, str], Decimal]], anchor: tuple[int, int]
) -> None:
    block, table = made
    units = {row.names[0]: split_unit(row.unit)[0] for row in ROWS}
    found = {}
    for (code, year), text in texts(paste(block, anchor)).items():
        number = read_number(text)
        bare = number.unit_text == "" and number.exponent == 0
        found[code, year] = number.value if bare else convert(number.value, 0, units[code])
    assert found == table


# At the edges


def test_blank_lines_at_the_end_are_nothing() -> None:
    pasted = paste([["指标", "2024"], ["高企", "5"], ["", ""], [" ", ""]])
    assert (texts(pasted), pasted.notes) == ({("FIRMS", "2024"): "5"}, [])


def test_text_longer_than_any_name_is_no_heading() -> None:
    long = "高企" * 300
    pasted = paste([["指标", "2024", long], ["高企", "5", "6"], [long, "7", "8"]])
    assert texts(pasted) == {("FIRMS", "2024"): "5"}
    assert pasted.notes


@pytest.mark.parametrize("head", ["备注", "", "高企" * 300])
def test_year_over_one_column_is_a_heading_whatever_stands_beside_it(head: str) -> None:
    """Otherwise the value of 2024 would lie in the first year of the grid."""
    pasted = paste([["指标", "2024", head], ["高企", "5", "说明文字"]])
    assert texts(pasted) == {("FIRMS", "2024"): "5"}


def test_blank_column_outside_the_grid_is_not_told() -> None:
    pasted = paste([["1"] * len(YEARS) + ["", "9"]])
    assert list(texts(pasted).values()) == ["1"] * len(YEARS)
    assert "9" in told(pasted)
    assert "8" not in told(pasted)


@pytest.mark.parametrize("known", [[], [["高企", "1"]]])
def test_unknown_name_without_values_is_passed_over(known: list[list[str]]) -> None:
    block = [["指标", "2024"], ["没有的甲", "5"], ["没有的乙", ""], ["没有的丙", "6"]]
    pasted = paste([*block, *known])
    assert texts(pasted) == ({("FIRMS", "2024"): "1"} if known else {})
    assert "没有的甲" in told(pasted)
    assert "没有的乙" not in told(pasted)


def test_blank_line_beyond_the_grid_is_not_told() -> None:
    pasted = paste([["1"], [""], ["2"]], anchor=(3, 0))
    assert texts(pasted) == {("PEOPLE", "2019"): "1"}
    assert "第3行超出表格" in told(pasted)


def test_block_of_words_alone_holds_no_value() -> None:
    pasted = paste([["全市主要指标", "全市主要指标"], ["年度情况", "年度情况"]])
    assert [cell for cell in pasted.cells if cell.text.isdigit()] == []
