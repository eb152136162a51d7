"""Parameters of rules: read from text and JSON, kept exactly, refused in words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.plausibility import DEFAULTS, RULES, Parameter, ParameterError, Severity, Takes

FACTOR = Parameter("factor", "倍数", "Factor", Decimal(2), least=Decimal(1), most=Decimal(10))
COUNT = Parameter("count", "个数", "Count", Decimal(4), Takes.WHOLE)
BOUND = Parameter("bound", "上限", "Bound", None, Takes.OPTIONAL)
PAIRS = Parameter("pairs", "成对", "Pairs", (), Takes.PAIRS)


@pytest.mark.parametrize(
    ("parameter", "raw", "expected"),
    [
        (FACTOR, "1.50", Decimal("1.5")),
        (FACTOR, 3, Decimal(3)),
        (FACTOR, " 10 ", Decimal(10)),
        (COUNT, "4", Decimal(4)),
        (COUNT, "4.0", Decimal(4)),
        (BOUND, "", None),
        (BOUND, None, None),
        (BOUND, "0", Decimal(0)),
        (BOUND, "-5", Decimal(-5)),
        (PAIRS, "A <= B\n\nC ≤ D\nE,F\nG H", (("A", "B"), ("C", "D"), ("E", "F"), ("G", "H"))),
        (PAIRS, [["A", "B"], ["A", "B"]], (("A", "B"),)),
        (PAIRS, "", ()),
    ],
)
def test_parameter_reads(parameter: Parameter, raw: object, expected: object) -> None:
    assert parameter.read(raw) == expected


@pytest.mark.parametrize(
    ("parameter", "raw", "zh", "en"),
    [
        (FACTOR, "", "倍数：“”不是可用的数。", "Factor: “” is not a usable number."),
        (FACTOR, None, "倍数：“”不是可用的数。", "Factor: “” is not a usable number."),
        (FACTOR, "两", "倍数：“两”不是可用的数。", "Factor: “两” is not a usable number."),
        (FACTOR, "NaN", "倍数：“NaN”不是可用的数。", "Factor: “NaN” is not a usable number."),
        (FACTOR, "1E99", "倍数：“1E99”不是可用的数。", "Factor: “1E99” is not a usable number."),
        (FACTOR, "0.9", "倍数：不能小于1。", "Factor: cannot be less than 1."),
        (FACTOR, "11", "倍数：不能大于10。", "Factor: cannot be more than 10."),
        (COUNT, "4.5", "个数：“4.5”须是整数。", "Count: “4.5” must be a whole number."),
        (PAIRS, "A", "成对：“A”应写成“部分指标代码 <= 总体指标代码”。",
         "Pairs: “A” should read “PART_CODE <= WHOLE_CODE”."),
        (PAIRS, [["A"]], "成对：“['A']”应写成“部分指标代码 <= 总体指标代码”。",
         "Pairs: “['A']” should read “PART_CODE <= WHOLE_CODE”."),
        (PAIRS, "A <= A", "成对：“A”不能是自己的部分。", "Pairs: “A” cannot be a part of itself."),
        (PAIRS, 7, "成对：不是成对的指标代码。", "Pairs: these are no pairs of indicator codes."),
    ],
)  # fmt: skip
def test_parameter_refuses_in_words(parameter: Parameter, raw: object, zh: str, en: str) -> None:
    with pytest.raises(ParameterError) as refused:
        parameter.read(raw)
    assert (refused.value.zh, refused.value.en) == (zh, en)


@pytest.mark.parametrize(
    ("parameter", "raw"),
    [(FACTOR, "1.5"), (BOUND, ""), (BOUND, "0"), (PAIRS, "A <= B\nC <= D"), (COUNT, "3")],
)
def test_what_is_stored_and_what_is_shown_read_back(parameter: Parameter, raw: str) -> None:
    value = parameter.read(raw)

    assert parameter.read(parameter.store(value)) == value
    assert parameter.text(value) == raw


@given(st.decimals(min_value=1, max_value=10, places=8))
def test_numbers_are_kept_exactly(value: Decimal) -> None:
    assert FACTOR.read(FACTOR.store(value)) == value


@pytest.mark.parametrize("code", RULES)
def test_every_default_is_a_value_that_may_be_set(code: str) -> None:
    rule = RULES[code]
    stored = {one.name: one.store(one.default) for one in rule.parameters}

    assert rule.setting(stored) == DEFAULTS[code]


@pytest.mark.parametrize("code", RULES)
def test_every_rule_says_in_both_languages_what_it_checks(code: str) -> None:
    rule = RULES[code]

    assert rule.code == code
    assert rule.zh.endswith("。")
    assert rule.en.endswith(".")
    assert rule.name_zh
    assert rule.name_en
    # Hints want nothing done; all others say what.
    assert bool(rule.advice_zh) == bool(rule.advice_en) == (rule.severity is not Severity.HINT)
    assert all(one.zh and one.en for one in rule.parameters)
    assert len(code) <= 30


def test_rules_stand_after_those_they_are_silent_for() -> None:
    order = list(RULES)
    for rule in RULES.values():
        assert all(order.index(other) < order.index(rule.code) for other in rule.unless)


def test_an_unknown_parameter_is_refused() -> None:
    with pytest.raises(ParameterError, match="没有“faktor”这个参数"):
        RULES["jump"].setting({"faktor": "3"})


def test_bounds_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ParameterError, match="下限不能高于上限"):
        RULES["out_of_bounds"].setting({"min": "5", "max": "4"})
    assert RULES["out_of_bounds"].setting({"min": "5", "max": "5"}).optional("min") == 5


def test_a_setting_takes_another_severity_and_may_be_off() -> None:
    setting = RULES["jump"].setting({}, severity="error", active=False)

    assert (setting.severity, setting.active) == (Severity.ERROR, False)
    assert setting.number("factor") == 2
