"""翻一番、超过1200亿元: two legs of one promise, and which of them binds."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.findings import Finding, Promise
from targets.findings.legs import asked_for
from tests.targets.findings.builders import baseline, found, promise, series

D = Decimal
ONE: dict[str, Any] = {"document": "plan", "issued": "2024", "head": "contract"}


def level(value: str = "1200", **fields: Any) -> Promise:
    return promise("level", value, "2028", **({"comparator": "more_than"} | ONE | fields))


def double(**fields: Any) -> Promise:
    about: dict[str, Any] = {"measure": "multiple", "baseline": baseline("2023")}
    return promise("double", fields.pop("value", "2"), "2028", **(about | ONE | fields))


def of_legs(*promises: Promise, **given: Any) -> list[Finding]:
    return [f for f in found(*promises, **given) if f.kind == "legs_differ"]


def single(*promises: Promise, **given: Any) -> Finding:
    (finding,) = of_legs(*promises, **given)
    return finding


@pytest.mark.parametrize(
    ("base", "asked", "binding", "distance"),
    [("632", "1264", "double", "64"), ("500", "1000", "level", "200")],
)
def test_a_published_base_says_which_leg_binds(
    base: str, asked: str, binding: str, distance: str
) -> None:
    finding = single(level(), double(), actuals=series(y2023=base))
    assert [p.id for p in finding.promises] == ["double", "level"]
    assert finding.base is not None
    assert (finding.base.source, finding.base.value) == ("observed", D(base))
    assert asked_for(finding.earlier, finding.base) == D(asked)
    assert (finding.binding, finding.distance) == (binding, D(distance))


def test_a_base_at_which_both_ask_for_the_same_gives_nothing_to_say() -> None:
    assert of_legs(level(), double(), actuals=series(y2023="600")) == []


def test_a_stated_base_counts_where_none_is_published() -> None:
    stated = double(baseline=baseline("2023", "650", "stated"))
    finding = single(level(), stated)
    assert finding.base is not None
    assert (finding.base.source, finding.binding) == ("stated", "double")
    finding = single(level(), stated, actuals=series(y2023="500"))
    assert finding.base is not None
    assert (finding.base.source, finding.binding) == ("observed", "level")


def test_the_growth_published_a_year_later_gives_the_base_back() -> None:
    implied = double(baseline=baseline("2023", "600", "implied"))
    finding = single(level(), implied, actuals=series(y2024="709.58"), rates=series(y2024="12.21"))
    base = finding.base
    assert base is not None
    assert (base.source, str(base.used), base.certainty) == ("derived", "2024", "about")
    assert base.value.quantize(D("0.01")) == D("632.37")
    assert finding.binding == "double"
    assert finding.distance is not None
    assert finding.distance.quantize(D("0.01")) == D("64.74")


def test_the_growth_published_for_the_base_itself_gives_it_too() -> None:
    finding = single(level(), double(), actuals=series(y2022="500"), rates=series(y2023="10"))
    assert finding.base is not None
    assert (finding.base.value, str(finding.base.used)) == (D(550), "2022")
    assert finding.binding == "level"


@pytest.mark.parametrize("rate", ["-100", "-250"])
def test_a_rate_that_leaves_nothing_gives_no_base(rate: str) -> None:
    finding = single(
        level(), double(), actuals=series(y2022="5", y2024="7"),
        rates=series(y2023=rate, y2024=rate),
    )  # fmt: skip
    assert finding.base is not None
    assert finding.base.source == "implied"


def test_a_base_that_is_no_year_is_not_derived() -> None:
    finding = single(
        level(), double(baseline=baseline("2023-S1")), actuals=series(y2024="700"),
        rates=series(y2024="10"),
    )  # fmt: skip
    assert finding.base is not None
    assert finding.base.source == "implied"


def test_without_a_base_the_level_implies_one() -> None:
    finding = single(level(), double(baseline=baseline("2023", "600", "implied")))
    assert finding.base is not None
    assert (finding.base.source, finding.base.value) == ("implied", D(600))
    assert (finding.binding, finding.distance) == (None, None)


@pytest.mark.parametrize(
    ("base", "binding"),
    [(">632", "double"), (">500", None), ("<500", "level"), ("<632", None), ("~632", "double")],
)
def test_a_bound_of_the_base_decides_on_its_own_side_only(base: str, binding: str | None) -> None:
    assert single(level(), double(), actuals=series(y2023=base)).binding == binding


def test_an_approximate_base_on_the_edge_decides_nothing() -> None:
    assert single(level(), double(), actuals=series(y2023="~600")).binding is None
    assert single(level(), double(), actuals=series(y2023=">600")).binding == "double"
    assert single(level(), double(), actuals=series(y2023="<600")).binding == "double"


def test_bounds_on_both_sides_decide_nothing() -> None:
    flow: dict[str, Any] = {"accumulation": "flow"}
    finding = single(
        level(**flow), double(**flow), actuals=series(y2023_S1=">400", y2023_S2="<300")
    )
    assert (finding.base and finding.base.certainty, finding.binding) == ("either", None)


@pytest.mark.parametrize(
    ("measure", "value", "fields", "actuals", "asked"),
    [
        ("multiple", "4", {}, {"y2023": "400"}, "1600"),
        ("change", "100", {"unit": "亿元"}, {"y2023": "400"}, "500"),
        ("change", "25", {"unit": "%"}, {"y2023": "400"}, "500"),
        ("growth", "10", {"baseline": None}, {"y2027": "1000"}, "1100"),
        ("average_growth", "10", {"baseline": baseline("2026")}, {"y2026": "1000"}, "1210"),
    ],
)
def test_other_ways_of_asking_by_the_base(
    measure: str, value: str, fields: dict[str, Any], actuals: dict[str, str], asked: str
) -> None:
    leg = double(value=value, measure=measure, **fields)
    finding = single(level("1000"), leg, actuals=series(**actuals))
    assert finding.base is not None
    found_asked = asked_for(finding.earlier, finding.base)
    assert found_asked is not None
    assert found_asked.quantize(D("0.000001")) == D(asked)
    assert finding.binding == ("double" if D(asked) > 1000 else "level")


@pytest.mark.parametrize(
    "other",
    [
        {"head": "another", "clause": "c1"},
        {"document": "another", "clause": "c1", "head": "another"},
        {"in_force": False},
        {"baseline": None},
        {"baseline": baseline("2028")},
        {"comparator": "at_most"},
        {"value": "0"},
        {"value": "-2"},
        {"measure": "rank", "comparator": "at_most", "value": "5"},
        {"measure": "growth", "value": "-100"},
    ],
)
def test_what_are_no_two_legs(other: dict[str, Any]) -> None:
    assert of_legs(level(clause="c0"), double(**other), actuals=series(y2023="632")) == []


def test_two_targets_of_one_clause_are_legs_too() -> None:
    one, other = level(clause="c1"), double(clause="c1", head="another")
    assert single(one, other, actuals=series(y2023="632")).binding == "double"


def test_the_head_may_be_the_multiple() -> None:
    assert single(double(), level(), actuals=series(y2023="632")).earlier.id == "double"


def test_the_baseline_may_stand_with_the_other_leg() -> None:
    based = level(baseline=baseline("2023", "600", "implied"))
    assert single(based, double(baseline=None), actuals=series(y2023="632")).binding == "double"


def test_legs_due_at_different_times_are_not_compared() -> None:
    other = promise("double", "2", "2030", measure="multiple", baseline=baseline("2023"), **ONE)
    assert of_legs(level(), other, actuals=series(y2023="632")) == []


@pytest.mark.parametrize("base", ["0", "-5"])
def test_a_base_that_is_not_above_zero_is_none(base: str) -> None:
    finding = single(level(), double(), actuals=series(y2023=base))
    assert finding.base is not None
    assert finding.base.source == "implied"


def test_an_average_without_an_end_asks_for_nothing_known() -> None:
    endless = {"period_end": None}
    leg = double(measure="average_growth", **endless)
    assert of_legs(level(**endless), leg, actuals=series(y2023="632")) == []
    year = double(measure="growth", **endless)
    assert of_legs(level(**endless), year, actuals=series(y2023="632")) == []


def test_a_level_that_implies_no_base_above_zero_says_nothing() -> None:
    assert of_legs(level("50"), double(value="100", measure="change", unit="家")) == []


positive = st.decimals("0.01", 10**6, places=2)


@given(positive, positive)
def test_the_binding_leg_asks_for_more(base: Decimal, goal: Decimal) -> None:
    findings = of_legs(level(str(goal)), double(), actuals=series(y2023=str(base)))
    if 2 * base == goal:
        assert findings == []
    else:
        assert findings[0].binding == ("double" if 2 * base > goal else "level")
        assert findings[0].distance == abs(2 * base - goal)
