"""Scopes, counts and pages of promises."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.http import Http404

from qdpolicy.dashboard.census import census
from qdpolicy.dashboard.promises import (
    NO_DEADLINE,
    SORTS,
    Scope,
    current_versions,
    listed,
    one_of,
    ordered,
    page_of,
    parts_of,
    read_scope,
)
from targets.models import TargetVersion
from tests.dashboard import builders as make

pytestmark = pytest.mark.django_db


def keys(scope: Scope, sort: str = "light") -> list[str]:
    """The targets of a scope by their key."""
    rows = ordered(listed().filter(scope.condition()), sort)
    return [row.target.key for row in rows]


@pytest.fixture
def city() -> None:
    """Promises of two documents, regions, departments and years, one of two parts."""
    plan, old = make.document("plan"), make.document("old", issued="2021-01-01")
    district = make.region("370202", "示范区", "district")
    other = make.department("other", "另一局")
    make.promise("red", "missed", of=plan)
    make.promise("late", "lagging", of=plan, department=other)
    make.promise("fine", "attained", of=plan, meaning={"period_end": "2028"})
    make.promise("span", "on_track", of=old, meaning={"period_end": "2021/2024"})
    make.promise("half", "no_data", of=old, meaning={"period_end": "2022-S1"})
    make.promise("open", "not_assessable", of=old, region=district, meaning={"period_end": ""})
    head = make.promise("head", of=old)
    part = make.promise("part", "off_track", of=old, part_of=head)
    make.snapshot(head, "attained", "green", promise_status="off_track", promise_light="red")
    assert part.part_of == head


@pytest.mark.usefixtures("city")
def test_a_promise_is_listed_once_and_the_worst_come_first() -> None:
    assert keys(Scope()) == ["red", "head", "late", "span", "fine", "open", "half"]


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    ("scope", "found"),
    [
        (Scope(year="2024"), ["red", "head", "late", "span"]),
        (Scope(year="2022"), ["half"]),
        (Scope(year="2021"), []),
        (Scope(year=NO_DEADLINE), ["open"]),
        (Scope(document="plan"), ["red", "late", "fine"]),
        (Scope(region="370202"), ["open"]),
        (Scope(department="other"), ["late"]),
        (Scope(department="bureau"), ["red", "head", "span", "fine", "open", "half"]),
        (Scope(light="red"), ["red", "head"]),
        (Scope(light="grey"), ["open", "half"]),
        (Scope(status="off_track"), ["head"]),
        (Scope(status="attained"), ["fine"]),
        (Scope(light="green", document="plan"), ["fine"]),
    ],
)
def test_a_scope_is_a_condition(scope: Scope, found: list[str]) -> None:
    assert keys(scope) == found


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    ("sort", "first", "last"),
    [("deadline", "open", "fine"), ("document", "red", "head"), ("completion", "red", "half")],
)
def test_orders(sort: str, first: str, last: str) -> None:
    found = keys(Scope(), sort)
    assert (found[0], len(found)) == (first, 7)
    assert found.index(last) == 6 or sort == "completion"


def test_the_least_complete_come_first_and_those_without_a_figure_last() -> None:
    for key, completion in (("high", "1.2"), ("low", "0.1"), ("zero", "0")):
        found = make.target(key)
        make.version(found)
        make.snapshot(found, "lagging", "yellow", completion=Decimal(completion))
    make.promise("unknown", "no_data")
    assert keys(Scope(), "completion") == ["zero", "low", "high", "unknown"]


def test_sorts_are_an_enumeration() -> None:
    assert set(SORTS) == {"light", "deadline", "completion", "document"}


def test_only_the_approved_reading_in_force_counts() -> None:
    found = make.promise("firms", "attained")
    make.version(found, review_state="draft", approved_by=None, approved_at=None, period_end="2030")
    make.version(found, superseded_at=make.NOW, period_end="2020")
    make.target("unread")
    assert [row.period_end for row in current_versions()] == ["2024"]
    assert keys(Scope()) == ["firms"]


def test_a_promise_without_a_verdict_is_pending_and_grey() -> None:
    make.promise("new")
    make.promise("done", "attained")
    counts = census().standing(Scope())
    assert counts.by_status == {"attained": 1, "pending": 1}
    assert counts.by_light == {"red": 0, "yellow": 0, "green": 1, "grey": 1}
    assert keys(Scope(status="pending")) == ["new"]
    assert keys(Scope(light="grey")) == ["new"]


@pytest.mark.usefixtures("city")
def test_standing_counts_promises_and_not_parts() -> None:
    counts = census().standing(Scope())
    assert counts.total == 7
    assert counts.by_light == {"red": 2, "yellow": 1, "green": 2, "grey": 2}
    assert list(counts.by_status.items()) == [
        ("attained", 1), ("on_track", 1), ("lagging", 1), ("off_track", 1), ("missed", 1),
        ("not_assessable", 1), ("no_data", 1),
    ]  # fmt: skip
    assert (counts.as_of, counts.rule_version) == (make.AS_OF, 1)


def test_standing_names_the_latest_day_and_rules() -> None:
    early, late = make.promise("early"), make.promise("late")
    make.snapshot(early, "attained", "green", as_of=date(2024, 1, 1), rule_version=2)
    make.snapshot(late, "attained", "green", as_of=date(2024, 5, 1), rule_version=1)
    counts = census().standing(Scope())
    assert (counts.as_of, counts.rule_version) == (date(2024, 5, 1), 2)


def test_standing_of_nothing() -> None:
    counts = census().standing(Scope())
    assert (counts.total, counts.as_of, counts.rule_version) == (0, None, None)
    assert counts.by_status == {}


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    "scope",
    [
        Scope(), Scope(light="red"), Scope(light="yellow"), Scope(status="missed"),
        Scope(status="missed", light="red"), Scope(status="missed", light="green"),
        Scope(status="not_due"),
    ],
)  # fmt: skip
def test_the_number_of_a_page_is_that_of_its_rows(scope: Scope) -> None:
    assert census().standing(scope).number(scope) == len(keys(scope))


def test_without_light_keeps_the_rest() -> None:
    whole = Scope(
        year="2024", document="d", region="r", department="x", light="red", status="missed"
    )
    assert whole.without_light == Scope(year="2024", document="d", region="r", department="x")
    assert Scope().is_everything
    assert not whole.is_everything


@pytest.mark.usefixtures("city")
def test_choices_are_what_is_there() -> None:
    offered = census().choices
    assert offered.years == (
        ("2028", "2028年"), ("2024", "2024年"), ("2022", "2022年"), (NO_DEADLINE, "无期限"),
    )  # fmt: skip
    assert offered.documents == (("plan", "文件plan"), ("old", "文件old"))
    assert offered.regions == (("370200", "示范市"), ("370202", "示范区"))
    assert offered.departments == (("bureau", "示范局"), ("other", "另一局"))


def test_choices_leave_out_what_is_no_period() -> None:
    make.promise("odd", meaning={"period_end": "近年"})
    assert census().choices.years == ()


@pytest.mark.usefixtures("city")
def test_read_scope_takes_what_is_offered() -> None:
    query = {"year": "2024", "document": "plan", "light": "red", "status": "", "utm": "x"}
    assert read_scope(query, census().choices) == Scope(year="2024", document="plan", light="red")


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    "query",
    [
        {"year": "1999"}, {"year": "2024 OR 1=1"}, {"document": "nowhere"}, {"region": "1"},
        {"department": "x"}, {"light": "purple"}, {"status": "great"}, {"light": "red\x00"},
    ],
)  # fmt: skip
def test_read_scope_refuses_what_is_not_offered(query: dict[str, str]) -> None:
    with pytest.raises(Http404, match="这个筛选条件"):
        read_scope(query, census().choices)


def test_one_of_shortens_what_it_repeats() -> None:
    with pytest.raises(Http404) as refused:
        one_of("长" * 200, ("a",))
    assert str(refused.value) == f"没有“{'长' * 40}”这个筛选条件。"
    assert one_of("a", ("a", "b")) == "a"


@pytest.mark.parametrize("text", ["0", "2", "-1", "x", "", "１", "9999999", "1.0"])
def test_page_of_refuses_what_is_no_page(text: str) -> None:
    make.promise("one")
    with pytest.raises(Http404, match="没有这一页"):
        page_of(listed().order_by("pk"), {"page": text})


def test_page_of_cuts_after_twenty(django_assert_num_queries: Any) -> None:
    found = make.target("same")
    TargetVersion.objects.bulk_create(
        [
            TargetVersion(
                target=found, measure="level", comparator="at_least", value=Decimal(n),
                unit=make.unit(), direction="increase", commitment="firm",
                entered_by=make.user("writer"), entered_at=make.NOW,
                review_state="dropped", return_reason="示范",
            )
            for n in range(43)
        ]
    )  # fmt: skip
    rows = TargetVersion.objects.order_by("value")
    with django_assert_num_queries(1):
        page = page_of(rows, {"page": "3"}, 43)
        values = [row.value for row in page.object_list]
    assert values == [Decimal(40), Decimal(41), Decimal(42)]
    assert page.paginator.num_pages == 3


@pytest.mark.usefixtures("city")
def test_parts_stand_under_their_head() -> None:
    rows = list(listed())
    found = parts_of(rows)
    assert [[part.target.key for part in parts] for parts in found.values()] == [["part"]]
    assert [row.target.key for row in rows if row.target_id in found] == ["head"]
    assert {row.target.key: row.has_parts for row in rows if row.has_parts} == {"head": True}


def test_a_verdict_with_newer_inputs_is_stale() -> None:
    waiting = make.promise("waiting", "attained")
    make.promise("calm", "attained", indicator=make.indicator("CALM"))
    make.stale(waiting)
    assert {row.target.key: row.stale for row in listed()} == {"waiting": True, "calm": False}
