"""Words of statuses, flags and reasons: composed from figures and periods alone."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.periods import ReferencePeriod
from targets import progress
from targets.progress import Reason
from targets.progress.reasons import COVERS, FIGURES, reason
from targets.progress.verdict import FLAGS, Light, Status
from targets.progress.wording import (
    FIELD_WORDS,
    FLAG_WORDS,
    LIGHT_WORDS,
    SENTENCES,
    STATUS_WORDS,
    flag_word,
    light_word,
    sentence,
    status_word,
)
from tests.targets.progress.effort import effort

SOURCES = sorted(Path(progress.__file__).parent.glob("*.py"))
HOLES = re.compile(r"\{([a-z_]+:[npw])\}")


def test_every_code_has_words() -> None:
    assert set(STATUS_WORDS) == set(get_args(Status))
    assert set(LIGHT_WORDS) == set(get_args(Light))
    assert set(FLAG_WORDS) == set(FLAGS)
    assert set(FIGURES) <= set(FIELD_WORDS)
    assert set(COVERS) <= set(SENTENCES)


def test_every_reason_that_is_given_has_a_sentence_and_every_sentence_is_given() -> None:
    text = "\n".join(p.read_text(encoding="utf-8") for p in SOURCES if p.name != "wording.py")
    given_codes = set(re.findall(r'(?:say|reason)\(\s*"([a-z_]+)"', text))
    given_codes |= {"linear_for_sign", "linear_for_small_base", "confidential", "not_applicable"}
    given_codes |= {"baseline_already_met"}
    assert given_codes == set(SENTENCES)


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_both_languages_say_the_same_figures(code: str) -> None:
    zh, en = SENTENCES[code]
    holes = set(HOLES.findall(zh))
    optional = {"gap:n"} if code == "beyond_the_goal" else set()
    assert holes - optional == set(HOLES.findall(en)) - optional
    assert zh.endswith("。")
    assert en.endswith(".")
    assert re.sub(HOLES, "", zh + en).count("{") == 0


@pytest.mark.parametrize(
    ("code", "params", "zh", "en"),
    [
        (
            "base_substituted",
            {"period": ReferencePeriod.of_year(2020), "used": ReferencePeriod.of_year(2021)},
            "基期2020年没有数据，改用其后最早的2021年。",
            "The baseline of 2020 is missing; 2021, the first after it, stands in.",
        ),
        (
            "stale_data",
            {"period": ReferencePeriod.parse("2024-S1")},
            "最新实绩是2024年上半年的。",
            "The latest actual is that of first half of 2024.",
        ),
        (
            "goal_malformed",
            {"field": "tolerance"},
            "目标的“容差”不成立，请核对。",
            "The goal's tolerance cannot be right; please check it.",
        ),
        (
            "base_not_positive",
            {"value": Decimal("-0.50")},
            "基期值-0.5不大于0，倍数和百分比没有意义。",
            "The baseline -0.5 is not above 0; multiples and percentages of it mean nothing.",
        ),
    ],
)
def test_sentence_is_composed_from_its_figures(code, params, zh, en) -> None:
    given_reason = reason(code, **params)
    assert (sentence(given_reason, "zh"), sentence(given_reason, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("699.96", "699.96"),
        ("8964", "8964"),
        ("99.999999", "99.999999"),
        ("1E+3", "1000"),
        ("0.3333333333333", "0.333333"),
        ("1E+400", "1E+400"),
        ("-0", "0"),
        ("NaN", "—"),
        ("Infinity", "—"),
        ("<b>", "—"),
        ("", "—"),
    ],
)
def test_numbers_are_shown_exactly_unless_very_long(value: str, shown: str) -> None:
    words = sentence(Reason("sum_incomplete", (("days", value),)), "zh")
    assert words == f"累计值缺少其中{shown}天的数据。"


@effort(100)
@given(st.sampled_from(sorted(SENTENCES)), st.text(min_size=3, max_size=30))
def test_foreign_text_never_reaches_a_sentence(code: str, text: str) -> None:
    marked = f"<script>{text}"
    names = ("period", "used", "value", "field", "goal", "base", "gap", "days", "count", "parts")
    stained = Reason(code, tuple((name, marked) for name in names))
    for language in ("zh", "en"):
        assert "<script>" not in sentence(stained, language)
    assert sentence(Reason(marked), "en") == "The reason is not known."


def test_amounts_are_written_by_the_caller_and_counts_are_not() -> None:
    def show(amount: Decimal) -> str:
        return f"{amount}亿元"

    base = reason("base_not_positive", value=Decimal("-0.5"))
    assert sentence(base, "zh", show) == "基期值-0.5亿元不大于0，倍数和百分比没有意义。"
    days = reason("sum_incomplete", days=3)
    assert sentence(days, "zh", show) == "累计值缺少其中3天的数据。"
    stained = Reason("base_not_positive", (("value", "<b>"),))
    assert sentence(stained, "zh", show) == "基期值—不大于0，倍数和百分比没有意义。"


def test_unknown_codes_are_a_dash() -> None:
    assert (status_word("mood", "zh"), flag_word("mood", "en"), light_word("pink", "zh")) == (
        "—",
        "—",
        "—",
    )
    assert (status_word("missed", "zh"), status_word("missed", "en")) == ("未完成", "missed")
    assert (flag_word("ahead", "zh"), light_word("grey", "zh")) == ("快于预期", "灰")


def test_reason_survives_being_stored() -> None:
    original = reason("year_failed", period=ReferencePeriod.of_year(2025), value=Decimal("9.50"))
    row = original.as_row()
    assert row == {"code": "year_failed", "params": {"period": "2025", "value": "9.5"}}
    assert Reason.from_row(row) == original
    assert hash(Reason.from_row(row)) == hash(original)
    assert Reason.from_row({"code": "x", "params": {"a": 1, "b": "2"}}) == Reason(
        "x", (("b", "2"),)
    )
    assert Reason.from_row({}) == Reason("")
