"""What is known around cells, from the tables: the right neighbours, and few queries for many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indicators.doubts import (
    Cell,
    Stated,
    differences,
    doubts_of,
    known_around,
    oddities,
    rules_for,
    steps_between,
    stored_rows,
)
from indicators.models import Indicator, Observation, PlausibilityRule, Region
from indicators.periods import ReferencePeriod
from indicators.plausibility import DEFAULTS, RULES, Context, Issue, Kind, Past, Severity
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def stated(
    of: Indicator, value: str | None, period: str = "2024", at: Region | None = None, **facts: Any
) -> Stated:
    number = None if value is None else Decimal(value)
    return Stated(of, at or b.region(), period, number, **facts)


def context(of: Indicator, value: str, period: str = "2024", at: Region | None = None) -> Context:
    told = stated(of, value, period, at)
    return known_around([told]).context(told, TODAY)


def doubts(*told: Stated) -> list[list[str]]:
    return [[issue.code for issue in issues] for issues in doubts_of(told, TODAY)]


def test_the_series_gives_last_following_history_and_the_year_before() -> None:
    of = b.indicator()
    for period, value in (("2019", "10"), ("2021", "12"), ("2023", "15"), ("2025", "20")):
        b.actual(of, value, period)
    b.actual(of, None, "2022")  # a declared missing value is no neighbour
    b.actual(of, "99", "2023-S1")  # nor is a period of another length
    b.actual(of, "999", "2024", review_state="draft")  # nor what nobody has approved
    around = context(of, "16")

    assert (around.last, around.last_period, around.steps) == (15, "2023", 1)
    assert around.history == (
        Past("2019", Decimal(10), 1), Past("2021", Decimal(12), 2), Past("2023", Decimal(15), 2),
    )  # fmt: skip
    assert (around.following, around.following_period) == (20, "2025")
    assert (around.last_year, around.stored, around.later_periods) == (15, None, True)


def test_the_first_and_last_value_have_no_neighbour_there() -> None:
    of = b.indicator()
    b.actual(of, "10", "2024")
    first, last = context(of, "9", "2020"), context(of, "11", "2025")

    assert (first.last, first.history, first.steps, first.following) == (None, (), 1, 10)
    assert (last.last, last.following, last.later_periods) == (10, None, False)
    assert context(of, "11", "2024").stored == 10


@pytest.mark.parametrize(
    ("earlier", "later", "steps"),
    [
        ("2023", "2024", 1),
        ("2017", "2024", 7),
        ("2023-S1", "2023-S2", 1),
        ("2023-S1", "2024-S1", 2),
        ("2023-Q4", "2024-Q1", 1),
        ("2023-01", "2024-03", 14),
        ("2014-05-18", "2024-11-18", 10),
        ("2024-05-18", "2024-11-18", 1),
        ("2016-01/2016-09", "2022-01/2022-09", 6),
        ("2018/2020", "2021/2024", 3),
    ],
)
def test_steps_are_periods_of_the_kind(earlier: str, later: str, steps: int) -> None:
    assert steps_between(ReferencePeriod.parse(earlier), ReferencePeriod.parse(later)) == steps


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({}, Kind.COUNT),
        ({"kind": "rate", "unit": b.percent}, Kind.RATE),
        ({"kind": "ratio", "unit": b.percent}, Kind.SHARE),
        ({"kind": "amount", "unit": b.money}, Kind.MONEY),
        ({"kind": "index"}, Kind.PHYSICAL),
    ],
)
def test_the_kind_follows_the_indicator_and_its_unit(facts: dict[str, Any], kind: Kind) -> None:
    facts = {name: fact() if callable(fact) else fact for name, fact in facts.items()}
    assert context(b.indicator("K", **facts), "5").kind is kind


def test_unit_and_accumulation_are_known() -> None:
    of = b.indicator("M", kind="amount", unit=b.money(), accumulation="flow")
    around = context(of, "5")

    assert (around.unit, around.exponent, around.stock, around.bounded) == ("亿元", 8, False, False)
    share = context(b.indicator("S", kind="ratio", unit=b.percent()), "5")
    assert (share.bounded, share.stock) == (True, True)


@pytest.fixture
def districts() -> list[Region]:
    city = b.region()
    found = [b.region(f"37020{n}", f"区{n}", "district", parent=city) for n in (2, 3)]
    b.region("370200-GX", "高新区", "zone", parent=city)
    return found


def test_districts_add_up_and_zones_do_not_count(districts: list[Region]) -> None:
    of = b.indicator("SUM", aggregation="sum")
    zone = Region.objects.get(kind="zone")
    b.actual(of, "30", region=districts[0])
    b.actual(of, "70", region=districts[1])
    b.actual(of, "40", region=zone)

    assert doubts(stated(of, "100"), stated(of, "120")) == [[], ["parts_do_not_add_up"]]
    b.actual(of, "100")
    assert doubts(stated(of, "30", at=districts[0])) == [[]]
    assert doubts(stated(of, "45", at=districts[0])) == [["parts_do_not_add_up"]]
    assert doubts(stated(of, "900", at=zone)) == [[]]


def test_only_what_sums_over_regions_is_added_up(districts: list[Region]) -> None:
    of = b.indicator("NOT")
    b.actual(of, "30", region=districts[0])
    b.actual(of, "70", region=districts[1])

    assert doubts(stated(of, "170")) == [[]]


def test_a_city_without_known_districts_and_a_district_without_a_city_are_not_added_up(
    districts: list[Region],
) -> None:
    of = b.indicator("SUM", aggregation="sum")
    alone = b.region("370299", "孤区", "district")

    assert context(of, "5").parts == ()
    assert doubts(stated(of, "5"), stated(of, "6", at=alone)) == [[], []]
    assert doubts(stated(of, "6", at=districts[0])) == [[]]


def pairs(*lines: str) -> None:
    stored = RULES["part_over_whole"].setting({"pairs": "\n".join(lines)}).pairs("pairs")
    PlausibilityRule.objects.create(
        code="part_over_whole", severity="warning", parameters={"pairs": list(map(list, stored))}
    )


def test_parts_and_wholes_are_found_in_either_direction() -> None:
    part, whole, other = b.indicator("PART"), b.indicator("WHOLE"), b.indicator("OTHER")
    pairs("PART <= WHOLE")
    b.actual(part, "60")
    b.actual(whole, "90")
    b.actual(other, "1")

    assert doubts(stated(part, "91"), stated(part, "90")) == [["part_over_whole"], []]
    assert doubts(stated(whole, "59"), stated(whole, "60")) == [["part_over_whole"], []]
    assert doubts(stated(other, "1"), stated(part, "91", "2023")) == [[], []]


def test_a_part_in_another_multiple_of_the_unit_is_converted() -> None:
    wan = b.unit("wan-jia", symbol="万家", exponent=4)
    part, whole = b.indicator("PART"), b.indicator("WHOLE", unit=wan)
    pairs("PART <= WHOLE", "PART <= MONEY")
    b.actual(whole, "0.9")
    b.actual(b.indicator("MONEY", kind="amount", unit=b.money()), "1")

    assert doubts(stated(part, "9000"), stated(part, "9001")) == [[], ["part_over_whole"]]


def test_published_growth_is_held_against_the_levels_and_the_other_way_round() -> None:
    level = b.indicator("LEVEL", kind="amount", unit=b.money())
    rate = b.indicator("RATE", kind="rate", unit=b.percent(), rate_of=level)
    b.actual(level, "100", "2023")
    b.actual(level, "112", "2024")
    assert doubts(stated(rate, "12"), stated(rate, "20")) == [[], ["growth_against_levels"]]
    assert doubts(stated(rate, "20", "2023")) == [[]]

    b.actual(rate, "12", "2024")
    assert doubts(stated(level, "113"), stated(level, "130")) == [[], ["growth_against_levels"]]


def test_growth_in_points_is_no_growth_in_per_cent() -> None:
    level = b.indicator("LEVEL", kind="amount", unit=b.money())
    rate = b.indicator("RATE", kind="rate", unit=b.points(), rate_of=level)
    b.actual(level, "100", "2023")
    b.actual(level, "112", "2024")
    b.actual(rate, "90", "2024")

    assert doubts(stated(rate, "80"), stated(level, "114")) == [[], []]


def test_a_second_statement_of_the_cell_is_told() -> None:
    of = b.indicator()
    b.actual(of, "2039", "2017", source_title="甲")
    second = b.actual(of, "2053", "2017", key="s-1", review_state="draft", source_title="乙")

    assert doubts(Stated.of(Cell(of, b.region(), "2017"), second)) == [["two_values"]]
    # A correction of the approved value still meets the second statement.
    assert doubts(stated(of, "2060", "2017")) == [["two_values"]]
    assert doubts(stated(of, "2053", "2017")) == [[]]


def test_an_approved_value_leaves_the_telling_to_the_other_row() -> None:
    of = b.indicator()
    approved = b.actual(of, "2039", "2017")
    first = b.actual(of, "2053", "2017", key="s-1", review_state="draft")
    later = b.actual(of, "2060", "2017", key="s-2", review_state="draft")
    cell = Cell(of, b.region(), "2017")

    assert doubts(*(Stated.of(cell, row) for row in (approved, first, later))) == [
        [], ["two_values"], ["two_values"],
    ]  # fmt: skip
    known = known_around([cell])
    told = known.context(Stated.of(cell, later), TODAY).statements
    assert [one.value for one in told] == [2053, 2039]


def test_the_same_source_with_another_number_is_told_even_to_a_correction() -> None:
    of = b.indicator()
    facts = {"source_title": "公报", "source_date": "2025-03", "vintage": "annual"}
    b.actual(of, "2039", **facts)
    draft = b.actual(of, "2053", review_state="draft", **facts)

    assert doubts(Stated.of(Cell(of, b.region(), "2024"), draft)) == [["same_source_differs"]]
    other = b.actual(of, "7", "2023", review_state="draft", **facts)
    assert doubts(Stated.of(Cell(of, b.region(), "2023"), other)) == [[]]


def test_a_second_statement_replaces_nothing() -> None:
    of = b.indicator()
    b.actual(of, "100", "2023")
    b.actual(of, "100", "2024")
    b.actual(of, "101", "2025")
    second = b.actual(of, "105", "2024", key="s-1", review_state="draft")
    told = Stated.of(Cell(of, b.region(), "2024"), second)

    assert known_around([told]).context(told, TODAY).stored is None
    assert doubts(stated(of, "105", "2024"))[0] == ["earlier_value_changed", "two_values"][:1]


def test_what_two_approved_rows_show_is_told_once(districts: list[Region]) -> None:
    money = {"kind": "amount", "unit": b.money()}
    of = b.indicator("SUM", aggregation="sum", **money)
    b.actual(of, "286", "2016")
    b.actual(of, "286.4", "2017")
    for place, district in enumerate(districts):
        b.actual(of, f"{200 + place}", "2017", region=district)
    rows = stored_rows(Observation.objects.order_by("pk"))

    told = [(odd.row.region.code, odd.row.reference_period, odd.issue.code)
            for odd in oddities(rows, TODAY)]  # fmt: skip
    assert told == [
        ("370200", "2017", "near_repeat"), ("370200", "2017", "parts_do_not_add_up"),
    ]  # fmt: skip


def test_growth_and_parts_of_approved_rows_are_told_once() -> None:
    level = b.indicator("LEVEL")
    rate = b.indicator("RATE", kind="rate", unit=b.percent(), rate_of=level)
    part = b.indicator("PART")
    pairs("PART <= LEVEL")
    b.actual(level, "100", "2023")
    b.actual(level, "120", "2024")
    b.actual(rate, "5", "2024")
    b.actual(part, "130", "2024")

    told = [(odd.row.indicator.code, odd.issue.code)
            for odd in oddities(stored_rows(Observation.objects.order_by("pk")), TODAY)]  # fmt: skip
    assert told == [("RATE", "growth_against_levels"), ("PART", "part_over_whole")]


def test_stored_rows_are_current_numbers_with_a_period() -> None:
    of = b.indicator()
    row = b.actual(of, "10", "2023")
    b.actual(of, None, "2022")
    b.actual(of, "10", None, review_state="draft", key="s-1")
    b.actual(of, "9", "2023", superseded_at=row.entered_at)

    assert stored_rows(Observation.objects.all()) == [row]


def set_rule(code: str, indicator: Indicator | None = None, **facts: Any) -> PlausibilityRule:
    defaults = {"severity": RULES[code].severity.value, "parameters": {}}
    return PlausibilityRule.objects.create(code=code, indicator=indicator, **{**defaults, **facts})


def test_without_rows_the_rules_are_the_built_in_ones() -> None:
    of = b.indicator()

    assert rules_for([of.pk])[of.pk] is DEFAULTS


def test_a_row_for_all_and_a_row_for_one_indicator_override_the_default() -> None:
    one, other, third = b.indicator("A"), b.indicator("B"), b.indicator("C")
    set_rule("jump", severity="hint", parameters={"factor": "3"})
    set_rule("jump", one, severity="error", parameters={"factor": "5"})
    set_rule("negative", other, is_active=False)
    rules = rules_for([one.pk, other.pk])

    assert rules[one.pk]["jump"].severity is Severity.ERROR
    assert rules[one.pk]["jump"].number("factor") == 5
    assert rules[other.pk]["jump"].number("factor") == 3
    assert (rules[one.pk]["negative"].active, rules[other.pk]["negative"].active) == (True, False)
    assert rules[third.pk]["jump"].severity is Severity.HINT
    assert rules[third.pk]["jump"].number("known") == 4


def test_rules_are_read_in_one_query(
    django_assert_num_queries: Callable[..., Any],
) -> None:
    many = [b.indicator(f"I{n}") for n in range(3)]
    set_rule("jump", many[0])
    with django_assert_num_queries(1):
        rules_for([one.pk for one in many])


@pytest.mark.parametrize(
    "facts",
    [
        {"code": "jump", "parameters": {"factor": "three"}},
        {"code": "jump", "parameters": {"of_another_day": "3"}},
    ],
)
def test_a_stored_setting_that_is_not_understood_counts_as_none(facts: dict[str, Any]) -> None:
    of = b.indicator()
    set_rule(facts["code"], parameters=facts["parameters"])
    PlausibilityRule.objects.create(code="of_another_day", severity="error")

    assert rules_for([of.pk])[of.pk] == DEFAULTS


def test_the_rules_of_the_table_decide_what_is_said() -> None:
    of = b.indicator()
    b.actual(of, "100", "2023")
    assert doubts(stated(of, "250")) == [["jump"]]
    set_rule("jump", of, severity="error", parameters={"factor": "2.4"})
    (issue,) = doubts_of([stated(of, "250")], TODAY)[0]
    assert issue.severity is Severity.ERROR
    PlausibilityRule.objects.update(is_active=False)
    assert doubts(stated(of, "250")) == [[]]
    set_rule("out_of_bounds", of, parameters={"max": "200"})
    assert doubts(stated(of, "250")) == [["out_of_bounds"]]


def test_a_tried_setting_stands_in_for_the_stored_one() -> None:
    of = b.indicator()
    for year, value in (("2022", "100"), ("2023", "250"), ("2024", "280")):
        b.actual(of, value, year)
    wide = RULES["jump"].setting({"factor": "3"})
    strict = RULES["jump"].setting({"factor": "1.1"})
    rows = stored_rows(Observation.objects.order_by("pk"))

    (gone,) = differences(rows, "jump", {("jump", None): wide}, TODAY)
    assert gone.row.reference_period == "2023"
    assert gone.now is not None
    assert (gone.then, gone.differs) == (None, True)
    new, same = differences(rows, "jump", {("jump", of.pk): strict}, TODAY)
    assert (new.row.reference_period, new.now) == ("2024", None)
    assert new.then is not None
    assert (same.row.reference_period, same.differs) == ("2023", False)


def test_a_difference_without_one_comes_last() -> None:
    of, other = b.indicator("A"), b.indicator("B")
    for indicator in (of, other):
        b.actual(indicator, "100", "2022")
        b.actual(indicator, "250", "2023")
    grave = RULES["jump"].setting(severity="error")
    rows = stored_rows(Observation.objects.order_by("pk"))
    first, second = differences(rows, "jump", {("jump", other.pk): grave}, TODAY)

    assert (first.row.indicator, first.differs) == (other, True)
    assert (second.row.indicator, second.differs) == (of, False)


def test_nothing_around_nothing() -> None:
    assert doubts_of([], TODAY) == []


def crowd(size: int, districts: list[Region]) -> list[Stated]:
    told = []
    for place in range(size):
        of = b.indicator(f"I{size}-{place}", aggregation="sum")
        b.indicator(f"R{size}-{place}", kind="rate", unit=b.percent(), rate_of=of)
        for period in ("2021", "2022", "2023"):
            b.actual(of, "10", period)
        b.actual(of, "4", "2024", region=districts[0])
        told += [stated(of, "10", "2024"), stated(of, "12", "2025")]
    return told


def test_many_cells_cost_the_same_queries_as_one(districts: list[Region]) -> None:
    counts = []
    for size in (1, 3):
        told = crowd(size, districts)
        with CaptureQueriesContext(connection) as queries:
            doubts_of(told, TODAY)
        counts.append(len(queries))
    assert counts == [5, 5]


def test_sentences_are_there_in_the_readers_language(districts: list[Region]) -> None:
    from django.utils import translation

    of = b.indicator()
    b.actual(of, "100", "2022")
    b.actual(of, "250", "2023")
    (odd,) = oddities(stored_rows(Observation.objects.all()), TODAY)

    assert isinstance(odd.issue, Issue)
    assert (odd.rule_name, odd.severity_label) == ("突变", "须写明理由")
    assert odd.sentence.startswith("上期100家，本期250家")
    with translation.override("en"):
        assert odd.rule_name == "Jump"
        assert odd.sentence.startswith("100家 before, 250家 now")
