"""Template filters: every number, period and status goes through them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from accounts.models import Department
from indicators.models import Indicator, Observation
from qdpolicy.templatetags import figures
from targets.models import ProgressSnapshot, Target, TargetVersion
from tests.dashboard.builders import unsaved_unit

D = Decimal


def shown(source: str, **context: Any) -> str:
    """A template with our filters loaded."""
    return Template("{% load figures %}" + source).render(Context(context)).strip()


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (D("9000.0000000000"), "jia", "9,000家"),
        (D("0E-10"), "jia", "0家"),
        (D("395"), "yi", "395亿元"),
        (None, "jia", "暂无数据"),
    ],
)
def test_figure_with_a_unit(value: Decimal | None, code: str, text: str) -> None:
    assert shown("{{ value|figure:unit }}", value=value, unit=unsaved_unit(code)) == text


@pytest.mark.parametrize(
    ("value", "text"), [(D("1234.50"), "1,234.5"), (3, "3"), (0, "0"), (None, "暂无数据")]
)
def test_figure_without_a_unit(value: Decimal | int | None, text: str) -> None:
    assert figures.figure(value) == text


def test_computed_is_rounded_and_none_is_a_dash() -> None:
    assert figures.computed(D("693.33333"), unsaved_unit("jia")) == "693.3家"
    assert figures.computed(D("693.33333")) == "693.3"
    assert figures.computed(D(0)) == "0"
    assert figures.computed(None) == "—"


def test_beside_keeps_a_figure_from_its_limits() -> None:
    unit = unsaved_unit("jia")
    assert figures.beside(D("8999.99996"), unit, D(9000), None) == "8,999.99996家"
    assert figures.beside(D("8000.44444"), unit, None) == "8,000家"
    assert figures.beside(None, unit, D(9000)) == "—"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (D("0.88"), "88%"), (D("0.99996"), "99.996%"), (D("0.94999"), "94.999%"),
        (D("0.59999"), "59.999%"), (D(0), "0%"), (D("-0.00001"), "-0.001%"), (None, "—"),
    ],
)  # fmt: skip
def test_percent_never_crosses_a_threshold(share: Decimal | None, text: str) -> None:
    assert figures.percent(share) == text


def test_distance_between_percentages_is_in_points() -> None:
    assert figures.distance(D("-0.4"), unsaved_unit("percent")) == "\u22120.4 个百分点"
    assert figures.distance(None, unsaved_unit("percent")) == "—"


@pytest.mark.parametrize(
    ("share", "length"), [(D("0.881"), 88), (D("1.3"), 100), (D("-0.2"), 0), (D(0), 0), (None, 0)]
)
def test_bar_stays_in_its_ground(share: Decimal | None, length: int) -> None:
    assert figures.bar(share) == length


@pytest.mark.parametrize(
    ("status", "text"), [("L", "未统计"), ("M", "不适用"), ("Q", "保密"), ("A", "暂无数据")]
)
def test_observed_says_why_there_is_no_number(status: str, text: str) -> None:
    row = Observation(value=None, obs_status=status)
    assert figures.observed(row) == text


@pytest.mark.parametrize(
    ("value", "qualifier", "text"),
    [(D(0), "exact", "0亿元"), (D(395), "above", "超过 395亿元"), (D(7), "about", "约 7亿元")],
)
def test_observed_shows_a_number_with_its_qualifier(
    value: Decimal, qualifier: str, text: str
) -> None:
    row = Observation(
        value=value, qualifier=qualifier, indicator=Indicator(unit=unsaved_unit("yi"))
    )
    assert figures.observed(row) == text


def test_observed_of_nothing_is_no_data() -> None:
    assert figures.observed(None) == "暂无数据"


def test_qualified_of_nothing_is_no_data() -> None:
    assert figures.qualified(None, "exact", unsaved_unit("yi")) == "暂无数据"


def test_words_of_codes() -> None:
    assert shown("{{ '2024-Q3'|period }}") == "2024年三季度"
    assert shown("{{ 'lagging'|status_label }}") == "略有滞后"
    assert shown("{{ 'lagging'|light }}") == "yellow"
    assert shown("{{ 'red'|light_label }}") == "红灯"
    assert shown("{{ 'grey'|light_meaning }}") == "暂不能判断"
    assert shown("{{ 'early'|flag_label }}") == "提前完成"
    assert shown("{{ 'down'|trend_label }}") == "下降"
    assert shown("{{ ''|trend_label }}") == ""
    assert shown("{{ nothing|goal_words }}{{ nothing|deadline }}", nothing=None) == ""


def test_reason_words_follow_the_language() -> None:
    row = {"code": "stale_data", "params": {"period": "2023"}}
    assert figures.reason_words(row) == "最新实绩是2023年的。"
    with translation.override("en"):
        assert figures.reason_words(row) == "The latest actual is that of 2023."


def test_localized_takes_the_english_where_there_is_one() -> None:
    target = Target(note="中文说明", note_en="A note")
    assert figures.localized(target, "note") == "中文说明"
    with translation.override("en"):
        assert figures.localized(target, "note") == "A note"
        assert figures.localized(Target(note="只有中文"), "note") == "只有中文"
        assert figures.localized(Observation(note="没有英文栏"), "note") == "没有英文栏"


def test_department_name_has_no_code_and_none_is_unstated() -> None:
    assert figures.department_name(Department(code="x1", name="示范局")) == "示范局"
    assert figures.department_name(None) == "未注明"


@pytest.mark.parametrize(
    ("measure", "symbol"),
    [("level", "亿元"), ("multiple", "亿元"), ("growth", "%"), ("average_growth", "%")],
)
def test_verdict_unit(measure: str, symbol: str) -> None:
    target = Target(indicator=Indicator(unit=unsaved_unit("yi")))
    assert figures.verdict_unit(target, TargetVersion(measure=measure)).symbol == symbol


@pytest.mark.parametrize(
    ("measure", "path", "flags", "code", "text"),
    [
        ("level", "linear", [], "jia", "693.3家"),
        ("level", "compound", [], "jia", "693.3%"),
        ("level", "compound", ["path_forced_linear"], "jia", "693.3家"),
        ("growth", "linear", [], "jia", "693.3%"),
        ("share", "linear", [], "percent", "+693.3 个百分点"),
    ],
)
def test_rate_is_in_units_or_in_per_cent(
    measure: str, path: str, flags: list[str], code: str, text: str
) -> None:
    target = Target(indicator=Indicator(unit=unsaved_unit(code)))
    version = TargetVersion(target=target, measure=measure, path=path)
    snapshot = ProgressSnapshot(flags=flags)
    assert figures.rate(D("693.33333"), version, snapshot) == text
    assert figures.rate(None, version, snapshot) == "—"


def test_money_of_nothing_is_no_data() -> None:
    assert figures.money(None) == "暂无数据"
    assert figures.money(D(5000000)) == "500万元"


def test_a_light_has_colour_shape_and_word() -> None:
    html = shown("{% status_light 'lagging' %}")
    assert html == (
        '<span class="light light-yellow"><svg class="light-shape" aria-hidden="true" '
        'focusable="false" viewBox="0 0 20 20"><use href="#light-yellow"></use></svg>'
        '<span class="light-word">略有滞后</span></span>'
    )


def test_a_light_that_is_being_computed_again_says_so() -> None:
    html = shown("{% status_light 'attained' flags 'big' True %}", flags=["early"])
    assert html.count("提前完成") == 1
    assert html.count("更新中") == 1
    assert 'class="light light-green light-big"' in html


def test_the_light_of_a_promise_is_that_of_its_worst_part() -> None:
    snapshot = ProgressSnapshot(status="attained", promise_status="missed", flags=[])
    assert "未完成" in shown("{% promise_light s %}", s=snapshot)
    assert "已完成" in shown("{% part_light s %}", s=snapshot)


@pytest.mark.parametrize("tag", ["promise_light", "part_light"])
def test_a_promise_without_a_verdict_is_being_computed(tag: str) -> None:
    assert "正在计算" in shown("{% " + tag + " target.snapshot %}", target=Target())


@pytest.mark.parametrize(
    ("goal", "expected", "marks"), [(D(9000), D(8100), 1), (D(0), D(0), 0), (D(9000), None, 0)]
)
def test_completion_bar_marks_what_is_expected(
    goal: Decimal, expected: Decimal | None, marks: int
) -> None:
    snapshot = ProgressSnapshot(
        completion=D("0.88"), goal=goal, expected_now=expected, light="green"
    )
    html = shown("{% completion_bar s %}", s=snapshot)
    assert html.count('class="bar-done" x="0" y="1" width="88"') == 1
    assert html.count('class="bar-expected" x="90"') == marks
    assert html.count("bar-expected") == marks


@pytest.mark.parametrize(
    ("address", "tag", "query"),
    [
        ("/?year=2024&page=3", "{% with_query light='red' %}", "?year=2024&amp;light=red"),
        ("/?light=red", "{% with_query light=None %}", "?"),
        ("/?light=red&year=2024", "{% with_query light='' %}", "?year=2024"),
        ("/", "{% with_query %}", "?"),
        ("/?a=1&amp;b=2&x=%22", "{% with_query a=2 %}", "?amp%3Bb=2&amp;x=%22&amp;a=2"),
    ],
)
def test_with_query_changes_the_pages_own_address(address: str, tag: str, query: str) -> None:
    assert shown(tag, request=RequestFactory().get(address)) == query


def test_html_language() -> None:
    assert figures.html_language() == "zh-CN"
    with translation.override("en"):
        assert figures.html_language() == "en"


@pytest.mark.parametrize(
    ("digest", "shown"),
    [
        (0, "0000000000000000"),
        (1, "0000000000000001"),
        (-1, "ffffffffffffffff"),
        (2**63 - 1, "7fffffffffffffff"),
        (-(2**63), "8000000000000000"),
    ],
)
def test_fingerprint_is_sixteen_digits_of_the_unsigned_number(digest: int, shown: str) -> None:
    assert figures.fingerprint(digest) == shown
