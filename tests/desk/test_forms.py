"""How a change is read: amounts in the chosen unit, periods, and what comes back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from indicators.models import Unit
from qdpolicy.desk.forms import ChangeForm, initial_of, story_of
from targets.models import Target
from tests.desk import builders as d
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db


def form_of(target: Target, **changes: Any) -> ChangeForm:
    """The form sent back with these fields changed."""
    standing = target.versions.select_related("unit").get()
    data = initial_of(standing) | {"change": "adjusted", "reason": "调整"} | changes
    return ChangeForm(data, target=target, standing=standing)


@pytest.fixture
def target() -> Target:
    return d.world()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8500", "8500"), ("8,500家", "8500"), ("０．８５万", "8500"), ("0.85万家", "8500"),
        ("0", "0"), ("-3", "-3"),
    ],
)  # fmt: skip
def test_amount_is_read_in_the_unit(target: Target, text: str, value: str) -> None:
    form = form_of(target, value=text)
    assert form.is_valid(), form.errors
    assert form.proposal().meaning["value"] == Decimal(value)


@pytest.mark.parametrize(
    ("measure", "text", "value"),
    [
        ("growth", "12%", "12"), ("growth", "12", "12"), ("average_growth", "8.5%", "8.5"),
        ("multiple", "2倍", "2"), ("multiple", "4", "4"),
    ],
)  # fmt: skip
def test_amount_of_a_rate_stands_as_it_is(
    target: Target, measure: str, text: str, value: str
) -> None:
    unit: Unit = b.percent()
    form = form_of(target, measure=measure, value=text, unit=unit.pk)
    assert form.is_valid(), form.errors
    assert form.proposal().meaning["value"] == Decimal(value)


def test_amount_of_money_is_converted(target: Target) -> None:
    form = form_of(target, unit=b.money().pk, value="65000000000元", tolerance="5")
    assert form.is_valid(), form.errors
    meaning = form.proposal().meaning
    assert (meaning["value"], meaning["tolerance"]) == (650, 5)


def test_nothing_is_nothing_and_zero_is_a_value(target: Target) -> None:
    form = form_of(target, tolerance="", upper="", baseline_value="0", period_start="")
    assert form.is_valid(), form.errors
    meaning = form.proposal().meaning
    assert (meaning["tolerance"], meaning["upper"], meaning["period_start"]) == (None, None, "")
    assert meaning["baseline_value"] == 0


def test_sent_back_unchanged_it_says_what_was_there(target: Target) -> None:
    standing = target.versions.get()
    form = form_of(target)
    assert form.is_valid(), form.errors
    meaning = form.proposal().meaning
    assert {name: getattr(standing, name) for name in meaning} == meaning


def test_draft_comes_back_with_its_story(target: Target) -> None:
    row = d.draft(target, d.analyst())
    story = story_of(row)
    assert (story["change"], story["reason"], story["basis_note"], story["version"]) == (
        "adjusted", "中期评估后下调", "评估报告第三条", 1,
    )  # fmt: skip


def test_clauses_offered_are_those_of_the_region_and_above(target: Target) -> None:
    province = b.region("370000", "某省", "province")
    city = target.region
    city.parent = province
    city.save()
    above = b.clause(b.document("above", region=province), "c1")
    b.clause(b.document("elsewhere", region=b.region("370100", "他市")), "c1")
    form = form_of(Target.objects.select_related("region__parent").get(pk=target.pk))
    offered = form.fields["basis"].queryset  # type: ignore[attr-defined]
    assert {clause.document.key for clause in offered} == {"plan-one", above.document.key}
    assert "above试点计划 · 一、目标" in str(form["basis"])


def test_withdrawal_keeps_nothing_of_the_meaning(target: Target) -> None:
    form = form_of(target, change="withdrawn", value="不明", basis_note="纪要")
    assert form.is_valid(), form.errors
    assert form.proposal().meaning == {}


def test_what_a_multiple_starts_from_is_a_level_in_the_indicators_unit(target: Target) -> None:
    target.indicator.unit = b.money()
    target.indicator.save()
    times = b.unit("bei", symbol="倍", name_en="times", base="倍", dimension="multiple")
    facts = {"measure": "multiple", "value": "2", "unit": times.pk, "baseline_period": "2023"}
    for text in ("550亿", "550亿元", "550", "55000000000元"):
        form = form_of(
            target, **facts, baseline_value=text, baseline_provenance="stated",
            path="milestones", milestones="2025 800亿",
        )  # fmt: skip
        assert form.is_valid(), (text, form.errors)
        meaning = form.proposal().meaning
        assert (meaning["value"], meaning["baseline_value"]) == (2, 550)
        assert meaning["milestones"] == {"2025": "800"}


@pytest.mark.parametrize(
    "text", ["1e5000000 0 0 0", "1_0 ٣ 0 0", "0.5 0.5", "2 0 0 -1", "25% 25% 25% 25%", "一 0 0 0 0"]
)
def test_shares_of_a_year_are_four_plain_numbers(target: Target, text: str) -> None:
    form = form_of(target, path="seasonal", profile=text)
    assert not form.is_valid()
    assert "profile" in form.errors
    assert form_of(target, path="seasonal", profile="0.1 0.2，0.3,0.4").is_valid()
