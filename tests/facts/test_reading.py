"""Reading fixture files: what a person writes is what is read, or a sentence says why not."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from qdpolicy.facts.digest import DigestError, unmark
from qdpolicy.facts.reading import (
    FactsError,
    Problems,
    complete,
    decimal,
    held,
    read_rows,
    read_table,
    read_yaml,
    repeated,
)

REQUIRED = {"code": ..., "name": ..., "note": "", "aliases": [], "parent": None}


def refusal(path: Path) -> list[str]:
    with pytest.raises(FactsError) as refused:
        read_yaml(path)
    return refused.value.problems


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", Decimal(0)),
        ("-3.5", Decimal("-3.5")),
        ("700", Decimal(700)),
        ("0.0000000001", Decimal("0.0000000001")),
        ("123456789012345", Decimal("123456789012345")),
        ("12345.6789012345", Decimal("12345.6789012345")),
        ("100000000000000.0", Decimal("100000000000000")),
        ("", None),
        (None, None),
    ],
)
def test_decimal_reads_exact_numbers(text: str | None, number: Decimal | None) -> None:
    assert decimal(text) == number


@pytest.mark.parametrize(
    "text",
    ["八千左右", "NaN", "Infinity", "-inf", "1_000", "1,000", "1e3", "٣", "１２", "0x10", "1.", ".5", " 7", "7 ", "11%", "+7", "--7", "1:30", True],
)  # fmt: skip
def test_decimal_refuses_what_is_no_plain_number(text: str) -> None:
    with pytest.raises(ValueError, match=f"“{text}”不是数值".replace("+", r"\+")):
        decimal(text)


@pytest.mark.parametrize(
    "text",
    [
        "1234567890123456",  # sixteen digits
        "1000000000000000",  # sixteen places before the point
        "0.00000000001",  # eleven decimals
        "1.0000000000000000000000000000000001",  # rounded away by a careless normalize()
        "123456789.1234567",
    ],
)
def test_decimal_refuses_what_a_column_would_round(text: str) -> None:
    with pytest.raises(ValueError, match=f"“{text}”超出可保存的范围"):
        decimal(text)


def test_held_counts_the_places_it_is_given() -> None:
    assert held(Decimal("5.55"), places=2) == Decimal("5.55")
    assert held(Decimal("5.500"), places=2) == Decimal("5.5")
    with pytest.raises(ValueError, match="2 位小数"):
        held(Decimal("5.555"), places=2)
    assert held(Decimal("1E+3")) == 1000


def test_yaml_scalars_stay_the_text_they_were_written_as(tmp_path: Path) -> None:
    path = tmp_path / "rows.yaml"
    path.write_text(
        "{a: 010, b: 1:30, c: 2024-02-23, d: 1_000, e: 700.00000000000000001, f: 2024, g: 1e3,"
        " h: null, i: true, j: '', k: ~}",
        encoding="utf-8",
    )
    assert read_yaml(path) == {
        "a": "010", "b": "1:30", "c": "2024-02-23", "d": "1_000", "e": "700.00000000000000001",
        "f": "2024", "g": "1e3", "h": None, "i": True, "j": "", "k": None,
    }  # fmt: skip


def test_yaml_field_given_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "rows.yaml"
    path.write_text("- code: a\n  name: 甲\n  code: b\n", encoding="utf-8")
    assert refusal(path) == ["rows.yaml 第 3 行：“code”写了两次"]


def test_yaml_that_is_malformed_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "rows.yaml"
    path.write_text("- code: a\n  name: [甲\n", encoding="utf-8")
    assert refusal(path) == ["rows.yaml 第 3 行：YAML 格式有误"]


@pytest.mark.parametrize(
    "text", ["!!python/object/apply:os.getcwd []", "a: &x 1\nb: *y\n", "a: \x07"]
)
def test_yaml_with_tags_of_code_or_broken_references_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rows.yaml"
    path.write_text(text, encoding="utf-8")
    (sentence,) = refusal(path)
    assert sentence.startswith("rows.yaml ")
    assert sentence.endswith("YAML 格式有误")


def test_yaml_missing_or_of_another_encoding_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.yaml") == ["none.yaml：文件不存在"]
    path = tmp_path / "rows.yaml"
    path.write_bytes("名: 值".encode("gb18030"))
    assert refusal(path) == ["rows.yaml：不是 UTF-8 编码"]


def test_rows_name_what_is_missing_unknown_or_of_another_shape(tmp_path: Path) -> None:
    path = tmp_path / "rows.yaml"
    path.write_text(
        "- {code: a, name: 甲}\n- {code: b, colour: 红, size: 大}\n- 字\n"
        "- {code: c, name: 丙, aliases: 别名}\n- {code: d, name: [丁]}\n",
        encoding="utf-8",
    )
    problems = Problems()
    rows = read_rows(path, REQUIRED, problems)
    assert problems.found == [
        "rows.yaml 第 2 条（b）：没有“colour”这个字段",
        "rows.yaml 第 2 条（b）：没有“size”这个字段",
        "rows.yaml 第 2 条（b）：缺少“name”",
        "rows.yaml 第 3 条：应为“字段: 值”的形式",
        "rows.yaml 第 3 条（?）：缺少“code”",
        "rows.yaml 第 3 条（?）：缺少“name”",
        "rows.yaml 第 4 条（c）：“aliases”应为列表",
        "rows.yaml 第 5 条（d）：“name”不应为列表",
    ]
    assert rows[0] == {"code": "a", "name": "甲", "note": "", "aliases": [], "parent": None}
    with pytest.raises(FactsError):
        problems.stop_if_any()


def test_rows_that_are_no_list_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.yaml"
    path.write_text("code: a", encoding="utf-8")
    with pytest.raises(FactsError, match=r"rows\.yaml：应为一个列表"):
        read_rows(path, REQUIRED, Problems())


def test_complete_keeps_zero_and_false_and_fills_only_what_is_left_out() -> None:
    problems = Problems()
    row = complete({"a": "0", "b": False}, {"a": ..., "b": True, "c": "x"}, "行", problems)
    assert (row, problems.found) == ({"a": "0", "b": False, "c": "x"}, [])


def test_repeated_names_each_value_as_often_as_it_is_too_many() -> None:
    assert repeated(["a", "b", "a", "c", "a"]) == ["a", "a"]
    assert repeated([]) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("甲,乙\n1,2\n", None),
        ("甲,丙\n1,2\n", "t.csv：表头应为 甲,乙"),
        ("甲,乙,丙\n1,2,3\n", "t.csv：表头应为 甲,乙"),
        ("甲,乙\n1,2,3\n1,2,3\n", "t.csv 第 2 条：应有 2 列，实有 3 列"),
        ("甲,乙\n1,2\n1,2,3\n", "t.csv：不是可读的 UTF-8 CSV 表格"),
        ("甲,乙\n1,2\n1\n", "t.csv 第 3 条：应有 2 列，实有 1 列"),
        ('甲,乙\n1,"2\n', "t.csv：不是可读的 UTF-8 CSV 表格"),
        ("", "t.csv：不是可读的 UTF-8 CSV 表格"),
    ],
)
def test_table_is_read_whole_or_refused(tmp_path: Path, text: str, sentence: str | None) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    if sentence is None:
        assert read_table(path, ["甲", "乙"]) == [{"甲": "1", "乙": "2"}]
        return
    with pytest.raises(FactsError) as refused:
        read_table(path, ["甲", "乙"])
    assert refused.value.problems == [sentence]


def test_table_keeps_words_that_other_readers_take_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("\ufeff甲,乙\nNA,null\n007,1e3\n", encoding="utf-8")
    assert read_table(path, ["甲", "乙"]) == [
        {"甲": "NA", "乙": "null"}, {"甲": "007", "乙": "1e3"},
    ]  # fmt: skip


def test_table_of_another_encoding_or_missing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("甲,乙\n一,二\n".encode("gb18030"))
    with pytest.raises(FactsError, match="不是可读的 UTF-8 CSV 表格"):
        read_table(path, ["甲", "乙"])
    with pytest.raises(FactsError, match=r"none\.csv：文件不存在"):
        read_table(tmp_path / "none.csv", ["甲", "乙"])


def test_digest_marks_become_offsets_into_the_plain_text() -> None:
    plain, stretches = unmark("一是{a:再建10家}，二是{b-2:超过3亿元}。")
    assert plain == "一是再建10家，二是超过3亿元。"
    assert {key: plain[start:end] for key, (start, end) in stretches.items()} == {
        "a": "再建10家", "b-2": "超过3亿元",
    }  # fmt: skip
    assert unmark("没有标记。") == ("没有标记。", {})


@pytest.mark.parametrize(
    "marked", ["{a:甲", "甲}", "{甲:乙}", "{A:乙}", "{a:{b:丙}}", "{a:}", "{:甲}", "{a 甲}"]
)
def test_digest_with_a_brace_of_no_mark_is_refused(marked: str) -> None:
    with pytest.raises(DigestError, match="花括号"):
        unmark(marked)


def test_digest_that_marks_a_key_twice_is_refused() -> None:
    with pytest.raises(DigestError, match="“a”标了两次"):
        unmark("{a:甲}和{a:乙}")
