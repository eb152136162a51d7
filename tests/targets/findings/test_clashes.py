"""Promises in force that contradict one another, overtake one another, or were met before."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from targets.findings import CLASHES
from tests.targets.findings.builders import found, kinds, promise, series

D = Decimal


def clashes(*promises: Any, **given: Any) -> list[tuple[Any, ...]]:
    return [row for row in kinds(*promises, **given) if row[0] in CLASHES]


PLAN = {"issued": "2021"}
YEAR = {"issued": "2023"}


def test_two_documents_ask_differently_for_one_deadline() -> None:
    (finding,) = found(promise("plan", "700", "2025", **PLAN), promise("year", "800", "2025"))
    assert finding.kind == "contradicted"
    assert (finding.change, finding.distance) == ("raised", D(100))
    assert round(finding.percent or D(0), 4) == D("14.2857")


@pytest.mark.parametrize(
    "other",
    [
        {"value": "700.00"},
        {"comparator": "at_most"},
        {"measure": "growth"},
        {"in_force": False},
        {"document": "doc-plan"},
        {"follows": "plan"},
        {"region": "370212"},
    ],
)
def test_no_contradiction(other: dict[str, Any]) -> None:
    about = {"value": "800", **other}
    later = promise("year", about.pop("value"), "2025", **YEAR, **about)
    assert clashes(promise("plan", "700", "2025", **PLAN), later) == []


def test_another_comparator_for_the_same_number_is_no_contradiction() -> None:
    plan = promise("plan", "700", "2025", **PLAN)
    assert clashes(plan, promise("year", "700", "2025", comparator="more_than", **YEAR)) == []


def test_each_pair_of_three_is_told_once_and_what_was_taken_up_is_not() -> None:
    a = promise("a", "1", "2025", issued="2020")
    b = promise("b", "2", "2025", issued="2021")
    c = promise("c", "3", "2025", issued="2022", follows="a")
    d = promise("d", "4", "2025", issued="2023")
    wanted = {("contradicted", "b", "c"), ("contradicted", "b", "d"), ("contradicted", "c", "d")}
    assert set(clashes(a, b, c, d)) == wanted


def test_a_deadline_within_the_year_is_the_same_year() -> None:
    plan, half = promise("plan", "700", "2025", **PLAN), promise("half", "800", "2025-S1", **YEAR)
    assert clashes(plan, half) == [("contradicted", "plan", "half")]


def test_an_interim_goal_above_a_final_one() -> None:
    plan = promise("plan", "65", "2026", measure="share", issued="2022-10-11")
    year = promise("year", "67", "2024", measure="share", comparator="about", issued="2024-02-23")
    (clash, change) = found(plan, year)
    assert (clash.kind, clash.distance, clash.percent) == ("milestone_above_goal", D(2), None)
    assert [p.id for p in clash.promises] == ["plan", "year"]
    assert change.kind == "raised"


def test_an_interim_ceiling_below_a_final_one() -> None:
    fall: dict[str, Any] = {"comparator": "at_most", "direction": "decrease"}
    plan = promise("plan", "10", "2026", **PLAN, **fall)
    year = promise("year", "8", "2024", **YEAR, **fall)
    assert clashes(plan, year) == [("milestone_above_goal", "plan", "year")]


def test_interim_above_final_within_one_document_whichever_comes_first() -> None:
    one = {"issued": "2021", "document": "doc"}
    final, interim = promise("z", "65", "2026", **one), promise("a", "70", "2024", **one)
    wanted = [("milestone_above_goal", "z", "a")]
    assert clashes(final, interim) == wanted
    assert clashes(interim, final) == wanted


@pytest.mark.parametrize(
    ("year", "fields"),
    [
        ("64", {}),
        ("65", {}),
        ("70", {"issued": "2020"}),
        ("70", {"in_force": False}),
        ("70", {"measure": "growth"}),
    ],
)
def test_no_interim_above_final(year: str, fields: dict[str, Any]) -> None:
    measure = {"measure": fields["measure"]} if "measure" in fields else {}
    plan = promise("plan", "65", "2026", **PLAN, **measure)
    assert clashes(plan, promise("year", year, "2024", **(YEAR | fields))) == []


def test_a_goal_without_a_deadline_is_overtaken_by_nothing() -> None:
    assert clashes(promise("plan", "65", None, **PLAN), promise("year", "70", "2024")) == []


@pytest.mark.parametrize(
    ("value", "fields", "actual", "met"),
    [
        ("2000", {}, "2039", True),
        ("2039", {}, "2039", True),
        ("2039", {"comparator": "more_than"}, "2039", False),
        ("2500", {}, "2039", False),
        ("2000", {}, ">2000", True),
        ("2100", {}, ">2000", False),
        ("2000", {}, "<2039", False),
        ("2100", {"comparator": "about"}, "2060", True),
        ("2100", {"comparator": "nearly"}, "1900", True),
        ("2000", {"comparator": "between", "upper": "3000"}, "2100", True),
        ("8", {"comparator": "at_most", "direction": "decrease"}, "7.5", True),
        ("8", {"comparator": "at_most", "direction": "decrease"}, "8.5", False),
        ("3", {"measure": "rank", "comparator": "at_most"}, "2", True),
        ("65", {"measure": "share"}, "70", True),
        # A ceiling to be kept and a goal of every year are met before as a rule.
        ("8", {"comparator": "at_most", "direction": "maintain"}, "7", False),
        ("60", {"direction": "maintain"}, "70", False),
        ("60", {"cadence": "each_year"}, "70", False),
        ("60", {"measure": "increment"}, "70", False),
        ("60", {"in_force": False}, "70", False),
        ("0", {}, "0", True),
    ],
)
def test_a_goal_that_was_met_before_its_issue(
    value: str, fields: dict[str, Any], actual: str, met: bool
) -> None:
    asked = promise("a", value, "2024", issued="2024-01-31", **fields)
    wanted = [("below_actual", "a")] if met else []
    assert clashes(asked, actuals=series(y2023=actual)) == wanted


def test_only_what_was_over_before_the_issue_counts() -> None:
    asked = promise("a", "100", "2024", issued="2024-02")
    known = series(y2022="90", y2023="95", y2024="120")
    assert clashes(asked, actuals=known) == []
    by_year = promise("a", "100", "2025", issued="2025")
    (finding,) = found(by_year, actuals=known)
    assert finding.base is not None
    assert (str(finding.base.period), finding.base.value) == ("2024", D(120))
    assert finding.distance == D(20)


def test_part_of_a_year_of_a_flow_says_nothing_of_a_year() -> None:
    asked = promise("a", "100", "2024", issued="2024-02-23", accumulation="flow")
    assert clashes(asked, actuals=series(y2023_S1="150")) == []
    assert clashes(asked, actuals=series(y2023_S1="150", y2022="101")) == [("below_actual", "a")]
    stock = promise("a", "100", "2024", issued="2024-02-23")
    assert clashes(stock, actuals=series(y2023_S1="150")) == [("below_actual", "a")]
    endless = promise("a", "100", None, issued="2024-02-23", accumulation="flow")
    assert clashes(endless, actuals=series(y2022="101")) == [("below_actual", "a")]


def test_what_does_not_fit_comes_first_and_then_the_latest() -> None:
    a = promise("a", "100", "2020", issued="2019")
    b = promise("b", "200", "2022", issued="2021")
    c = promise("c", "300", "2024", issued="2023")
    d = promise("d", "310", "2024", issued="2023-05")
    assert [row[0] for row in kinds(a, b, c, d)] == ["contradicted", "raised", "raised", "raised"]
    assert kinds(a, b, c, d)[1][2] == "c"  # dated by its year alone, so the latest
