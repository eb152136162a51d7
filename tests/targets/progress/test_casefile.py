"""Files of cases: what is kept, what is refused, and that any bytes get an answer."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.progress import Rules
from targets.progress.casefile import judge_file
from targets.progress.cases import CaseError, judge_case
from targets.progress.reasons import FIGURES
from tests.targets.progress.effort import effort

SOUND: dict[str, Any] = {
    "id": "T1",
    "measure": "level",
    "comparator": "at_least",
    "value": "700.10",
    "unit": "亿元",
    "direction": "increase",
    "period_start": "2024",
    "period_end": "2028",
    "accumulation": "stock",
    "cadence": "by_end",
    "path": "linear",
    "tolerance": None,
    "baseline": {"period": "2023", "value": "500", "provenance": "observed"},
    "series": {"2025": {"value": "600", "qualifier": "exact", "obs_status": "A"}},
    "rates": {},
    "as_of": "2025-12-31",
}
DATA = Path(__file__).parent / "data"


def judged(text: str) -> list[dict[str, Any]]:
    verdicts, refused = judge_file(text.encode())
    rows: list[dict[str, Any]] = json.loads(verdicts)
    assert refused == sum("error" in row for row in rows)
    return rows


def case_text(**texts: str) -> str:
    """The sound case with fields replaced by JSON as it is written here."""
    fields = {name: json.dumps(value) for name, value in SOUND.items()} | texts
    return "{" + ", ".join(f'"{name}": {text}' for name, text in fields.items()) + "}"


def one(**texts: str) -> dict[str, Any]:
    [row] = judged(f"[{case_text(**texts)}]")
    return row


def refusal(raw: bytes) -> str:
    with pytest.raises(CaseError) as caught:
        judge_file(raw)
    assert str(caught.value) == f"{caught.value.zh} {caught.value.en}"
    return caught.value.zh


def test_worked_cases_come_out_as_one_by_one() -> None:
    raw = (DATA / "worked_cases.json").read_bytes()
    verdicts, refused = judge_file(raw)
    assert json.loads(verdicts) == [judge_case(case) for case in json.loads(raw)]
    assert (len(json.loads(verdicts)), refused) == (105, 0)


def test_every_verdict_has_its_keys_in_their_order() -> None:
    rows = judged(f"[{case_text()}, {case_text(value='true')}]")
    assert list(rows[0]) == ["id", "status", "attained", "position", *FIGURES, "flags", "reasons"]
    assert rows[1] == {
        "id": "T1",
        "error": "value 不是有效的数字。 value is not a valid number.",
    }


def test_malformed_case_stands_in_its_place_among_the_others() -> None:
    rows = judged(f'[7, {case_text()}, {{"id": "x"}}, {case_text(id="2")}, null]')
    assert [row["id"] for row in rows] == [None, "T1", "x", 2, None]
    assert ["error" in row for row in rows] == [True, False, True, False, True]
    assert rows[0]["error"] == "case 应为键值对象。 case must be an object."
    assert rows[2]["error"] == "缺少目标值 value。 The goal's value is missing."


@pytest.mark.parametrize(
    "name",
    [
        "null",
        "true",
        '"W1"',
        '"\\ud83d\\ude00 \\"quoted\\" \\\\ \\u0000"',
        "7",
        "1.10",
        "-0",
        "1E400",
        "9" * 5000,
        "[]",
        "{}",
        '[1, [2.50, {"a": null, "b": [false, "c"]}]]',
        '{"键": {"": [{}]}}',
        "[" * 300 + "]" * 300,
    ],
)
@pytest.mark.parametrize("value", ['"700.10"', '"much"'])
def test_id_is_kept_whatever_json_it_is(name: str, value: str) -> None:
    verdicts, refused = judge_file(f"[{case_text(id=name, value=value)}]".encode())
    keep = {"parse_int": str, "parse_float": str}
    assert json.loads(verdicts, **keep)[0]["id"] == json.loads(name, **keep)
    assert refused == (value == '"much"')


def test_case_without_an_id_has_a_null_one() -> None:
    text = case_text().replace('"id": "T1", ', "")
    assert judged(f"[{text}]")[0]["id"] is None


@pytest.mark.parametrize("value", ["700.10", "7.0010e2", '"700.10"', "70010E-2", '" 700.10 "'])
def test_numbers_are_exactly_what_is_written(value: str) -> None:
    known = {"value": value, "as_of": "null"}
    exact = one(**known, series='{"2028": 700.10}')
    assert (exact["status"], exact["gap"]) == ("attained", 0)
    below = one(**known, series='{"2028": 700.09999999999999999999999999999999999}')
    assert (below["status"], below["attained"]) == ("missed", False)
    above = one(**known, comparator='"more_than"', series='{"2028": 700.1000000000000000001}')
    assert (above["status"], above["attained"]) == ("attained", True)


@pytest.mark.parametrize(
    ("texts", "error"),
    [
        ({"value": "NaN"}, "NaN 不是 JSON 数字。 NaN is not a JSON number."),
        ({"value": "-Infinity"}, "-Infinity 不是 JSON 数字。 -Infinity is not a JSON number."),
        ({"text": "[[NaN]]"}, "NaN 不是 JSON 数字。 NaN is not a JSON number."),
        ({"value": "1" * 1_000_000}, "value 不是有效的数字。 value is not a valid number."),
        ({"value": "1E+99999999999999999999"}, "value 不是有效的数字。 value is not a valid number."),
        ({"value": '"1_000"'}, "value 不是有效的数字。 value is not a valid number."),
        (
            {"series": '{"2025": 1, "2024": 3, "2025": 2}'},
            "键 2025 出现了两次。 The key 2025 stands twice.",
        ),
        ({"note": '{"a": {"b": 1, "b": 1}}'}, "键 b 出现了两次。 The key b stands twice."),
        ({"as_of": "20250630"}, "as_of 应写成 2025-06-30 这样的日期。 as_of must be a day like 2025-06-30."),
        ({"as_of": '"2025-02-30"'}, "as_of 应写成 2025-06-30 这样的日期。 as_of must be a day like 2025-06-30."),
        ({"as_of": '"2025-W01-1"'}, "as_of 应写成 2025-06-30 这样的日期。 as_of must be a day like 2025-06-30."),
        ({"series": "null", "rates": "null"}, "缺少实绩 series，没有实绩时写 {}。 The series is missing; write {} for none."),
        ({"series": '{"2025": {"valeu": 3}}'}, "series 2025 缺少 value。 The value of series 2025 is missing."),
    ],
)  # fmt: skip
def test_flaw_of_a_case_is_told_in_words(texts: dict[str, str], error: str) -> None:
    assert one(**texts) == {"id": "T1", "error": error}


def test_case_needs_its_deadline_though_that_may_be_null() -> None:
    without = case_text().replace('"period_end": "2028", ', "")
    [row] = judged(f"[{without}]")
    assert row["error"].startswith("缺少期末 period_end，没有期限时写 null。 The period_end")
    assert "no_deadline" in {reason["code"] for reason in one(period_end="null")["reasons"]}


def test_key_that_stands_twice_keeps_the_id() -> None:
    [row] = judged('[{"id": 4, "value": 1, "value": 2}]')
    assert row == {"id": 4, "error": "键 value 出现了两次。 The key value stands twice."}
    [row] = judged('[{"id": {"a": 1, "a": 2}}]')
    assert row == {"id": None, "error": "键 a 出现了两次。 The key a stands twice."}
    [row] = judged('[{"id": NaN}]')
    assert row == {"id": None, "error": "NaN 不是 JSON 数字。 NaN is not a JSON number."}


def test_long_key_is_not_repeated_at_length() -> None:
    [row] = judged('[{"KEY": 1, "KEY": 2}]'.replace("KEY", "k" * 9000))
    assert row["error"] == f"键 {'k' * 40} 出现了两次。 The key {'k' * 40} stands twice."


def test_half_a_surrogate_pair_passes_through() -> None:
    verdicts, refused = judge_file(
        f"[{case_text(id=chr(34) + chr(92) + 'ud800' + chr(34))}]".encode()
    )
    assert (json.loads(verdicts)[0]["id"], refused) == ("\ud800", 0)
    [row] = judged('[{"id": 1, "value": 1, "period_end": "\\udfff"}]')
    assert "error" in row


def test_byte_order_mark_is_left_out() -> None:
    assert judge_file(b"\xef\xbb\xbf" + f"[{case_text()}]".encode())[1] == 0


@pytest.mark.parametrize(
    ("raw", "zh"),
    [
        (b"", "文件是空的。"),
        (b" \n", "文件是空的。"),
        (b"\xef\xbb\xbf", "文件是空的。"),
        (b"[", "文件不是有效的 JSON：第1行第2列。"),
        (b"[1,\n 2,]", "文件不是有效的 JSON：第2行第4列。"),
        (b"[] []", "文件不是有效的 JSON：第1行第4列。"),
        (b'["\x01"]', "文件不是有效的 JSON：第1行第3列。"),
        (b"{}", "JSON 应为案例的列表。"),
        (b'{"a": 1, "a": 2}', "JSON 应为案例的列表。"),
        (b"NaN", "JSON 应为案例的列表。"),
        (b"12", "JSON 应为案例的列表。"),
        (b"[" * 200_000, "JSON 嵌套过深。"),
        (b'{"a":' * 200_000, "JSON 嵌套过深。"),
        ("[\"亿元\"]".encode("gb18030"), "文件不是 UTF-8 编码（第3个字节），请另存为 UTF-8。"),
        ("[]".encode("utf-16"), "文件不是 UTF-8 编码（第1个字节），请另存为 UTF-8。"),
        (b"\xff\xfe\x00" * 1000, "文件不是 UTF-8 编码（第1个字节），请另存为 UTF-8。"),
    ],
    ids=range(16),
)  # fmt: skip
def test_file_that_holds_no_list_of_cases_is_refused_in_words(raw: bytes, zh: str) -> None:
    assert refusal(raw) == zh


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "文件是空的。 The file is empty."),
        (b"[", "文件不是有效的 JSON：第1行第2列。 The file is not valid JSON: line 1, column 2."),
        (b"{}", "JSON 应为案例的列表。 The JSON must be a list of cases."),
        (b"[" * 200_000, "JSON 嵌套过深。 The JSON is nested too deeply."),
        (
            b"[\xff]",
            "文件不是 UTF-8 编码（第2个字节），请另存为 UTF-8。"
            " The file is not UTF-8 (byte 2); save it as UTF-8.",
        ),
    ],
    ids=range(5),
)
def test_file_is_refused_in_both_languages(raw: bytes, said: str) -> None:
    with pytest.raises(CaseError) as caught:
        judge_file(raw)
    assert str(caught.value) == said


def test_chinese_is_not_escaped() -> None:
    verdicts, _ = judge_file(f"[{case_text(id=json.dumps('一', ensure_ascii=False))}]".encode())
    assert '"id": "一"' in verdicts
    assert "目标期内还没有实绩。" in judge_file(f"[{case_text(series='{}')}]".encode())[0]


def test_cases_are_judged_by_the_rules_that_are_given() -> None:
    raw = f"[{case_text()}]".encode()
    [usual] = json.loads(judge_file(raw)[0])
    [strict] = json.loads(judge_file(raw, Rules(on_track=Decimal(2), ahead=Decimal(3)))[0])
    assert (usual["status"], strict["status"]) == ("on_track", "lagging")
    assert usual["pace"] == strict["pace"]


def test_empty_list_gives_an_empty_list() -> None:
    assert judge_file(b" [ ] ") == ("[]", 0)


def test_part_with_a_flaw_is_named_by_its_place() -> None:
    part = '{"measure": "level", "comparator": "at_least", "value": 10}'
    row = one(parts=f"[{part}, {part.replace('10', '[]')}]")
    assert row["error"] == "第2项：value 不是有效的数字。 Part 2: value is not a valid number."


def test_parts_of_other_indicators_bring_their_own_series() -> None:
    first = '{"measure": "level", "comparator": "at_least", "value": 10, "series": {"2028": 10}}'
    other = first.replace('{"2028": 10}', '{"2028": 9.9}')
    ended = {"as_of": '"2029-01-01"', "baseline": "null"}
    kept, broken = one(parts=f"[{first}]", **ended), one(parts=f"[{first}, {other}]", **ended)
    assert (kept["status"], kept["attained"]) == ("attained", True)
    assert (broken["status"], broken["attained"]) == ("missed", False)
    # Without one of their own they share the series of the case.
    shared = first.replace(', "series": {"2028": 10}', "")
    assert one(parts=f"[{shared}]", series='{"2028": 9}', **ended)["status"] == "missed"


def test_figures_of_a_group_are_null_with_a_reason() -> None:
    part = '{"measure": "level", "comparator": "at_least", "value": 10}'
    row = one(parts=f"[{part}]")
    assert {name: row[name] for name in FIGURES} == dict.fromkeys(FIGURES)
    [reason] = [r for r in row["reasons"] if r["code"] == "parts_have_figures"]
    assert reason["zh"] == "并列要求各有数值，合并后没有单一数值。"


@pytest.mark.parametrize(("value", "base"), [("1E+299", "1E-9"), ("1E-299", "1E+9")])
def test_figure_outside_the_range_of_json_is_null_with_a_reason(value: str, base: str) -> None:
    row = one(value=value, series=f'{{"2025": {base}}}', baseline="null")
    assert row["completion"] is None
    words = {(r["code"], r["params"].get("field")): r["zh"] for r in row["reasons"]}
    assert words["figure_out_of_range", "completion"] == "“完成率”超出 JSON 数字的范围。"
    assert row["gap"] is not None


def test_no_day_means_that_everything_is_known() -> None:
    late = one(series='{"2028": 701}', as_of="null")
    assert (late["status"], late["attained"]) == ("attained", True)
    assert one(series='{"2028": 701}')["status"] == "no_data"


@pytest.mark.parametrize(
    ("series", "rates"), [("{}", "null"), ("null", "{}"), ('{"2025": null}', "{}")]
)
def test_no_figures_are_no_data(series: str, rates: str) -> None:
    row = one(series=series, rates=rates)
    assert (row["status"], row["attained"]) == ("no_data", None)


@pytest.mark.parametrize(
    ("status", "code"), [("Q", "confidential"), ("M", "not_applicable"), ("L", "no_actual")]
)
def test_withheld_figures_need_no_value(status: str, code: str) -> None:
    row = one(series=f'{{"2028": {{"obs_status": "{status}"}}}}', as_of="null")
    assert code in [reason["code"] for reason in row["reasons"]]


WORDS = [
    "2024", "2025-S1", "2024/2028", "2025-06-30", "level", "growth", "at_least", "between", "above",
    "each_year", "flow", "compound", "seasonal", "implied", "percent", "Q", "1E+299", "-1", "0", "5",
]  # fmt: skip
JSON = st.recursive(
    st.one_of(
        st.sampled_from([json.dumps(word) for word in WORDS]),
        st.sampled_from(["null", "true", "0", "-3", "2.5", "1e9", "1E-300", "NaN", "-Infinity"]),
        st.text(max_size=4).map(json.dumps),
        st.sampled_from(['"\\ud800"', '"\\u0000"', "[]", "{}"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(st.tuples(st.sampled_from([*WORDS, "value", "period"]), inner), max_size=3).map(
            lambda pairs: "{" + ", ".join(f"{json.dumps(n)}: {v}" for n, v in pairs) + "}"
        ),
    ),
    max_leaves=5,
)
NAMES = [*SOUND, "upper", "milestones", "profile", "parts"]


@effort(2000)
@given(st.dictionaries(st.sampled_from(NAMES), JSON, min_size=1, max_size=3))
def test_any_json_in_any_field_is_judged_or_refused(texts: dict[str, str]) -> None:
    row = one(**texts)
    if "error" in row:
        assert list(row) == ["id", "error"]
        assert row["error"].strip()
    else:
        assert row["status"]
        assert all(isinstance(row[name], float | int | None) for name in FIGURES)


@effort(300)
@given(st.one_of(st.binary(max_size=40), JSON.map(str.encode)))
def test_any_bytes_are_answered(raw: bytes) -> None:
    refused = None
    try:
        verdicts, _ = judge_file(raw)
    except CaseError as error:
        refused = error
    assert bool(refused.zh and refused.en) if refused else isinstance(json.loads(verdicts), list)
