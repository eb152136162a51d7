"""The page of the grid: its rows and columns, what stands in and beside the cells, and its queries."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from indicators.models import Indicator, Observation
from targets.models import Target
from targets.recompute import recompute
from tests.entry.grid import builders as g
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db

SPAN = "?from=2021&to=2025"


@pytest.fixture
def analyst() -> User:
    b.region()
    return g.analyst()


@pytest.fixture
def client(analyst: User) -> Client:
    return b.client_of(analyst)


def cell(client: Client, of: Any, period: str, query: str = SPAN) -> dict[str, Any]:
    return g.data(client, query)["cells"][g.key(of, period)]  # type: ignore[no-any-return]


def rows(client: Client, query: str = "") -> list[str]:
    return [row["key"] for row in g.data(client, query)["rows"]]


# --- which rows -----------------------------------------------------------------------------------


def test_rows_are_my_indicators_in_the_region_of_most_of_them(client: Client) -> None:
    g.secret()
    b.region("370202", "市南区", "district", parent=b.region())
    for code in ("BBB", "AAA"):
        b.actual(g.firms(code), "5", "2024")
    b.actual(g.firms("AAA"), "3", "2024", region=b.region("370202"))
    assert rows(client) == ["AAA|370200", "BBB|370200"]
    assert rows(client, "?region=370202") == ["AAA|370202", "BBB|370202"]


@pytest.mark.parametrize("region", ["999999", "青岛", "370200'", "%ED%A0%80"])
def test_unknown_region_is_404(client: Client, region: str) -> None:
    g.firms()
    assert client.get(f"{g.GRID}?region={region}").status_code == 404


def test_strangers_data_show_nowhere(client: Client) -> None:
    g.firms()
    g.secret()
    body = client.get(g.GRID).content.decode()
    assert [word for word in ("SECRET", "77,001", "77001", "77,777") if word in body] == []


def test_strangers_indicator_is_404_as_rows_of_regions(client: Client) -> None:
    g.secret()
    assert client.get(f"{g.GRID}?by=regions&indicator=SECRET").status_code == 404
    assert client.get(f"{g.GRID}SECRET/").status_code == 404


def test_person_without_indicators_is_told_so() -> None:
    body = b.client_of(b.person("loose", "analyst")).get(g.GRID).content.decode()
    assert "没有符合条件的指标" in body
    assert 'id="grid"' not in body


def test_regions_can_be_the_rows(client: Client) -> None:
    b.region("370202", "市南区", "district", parent=b.region())
    of = g.firms()
    found = g.data(client, "?by=regions&indicator=FIRMS")["rows"]
    assert [row["name"] for row in found] == ["青岛市", "市南区"]
    assert rows(client, "?by=regions&indicator=FIRMS&q=市南") == [f"{of.code}|370202"]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("?q=aa", ["AAA"]),
        ("?q=高企", ["AAA"]),
        ("?q=bbb%20ind", ["BBB"]),
        ("?q=nothing", []),
        ("?department=part", ["BBB"]),
        ("?department=elsewhere", []),
        ("?department=part&q=aaa", []),
    ],
)
def test_rows_are_filtered_by_name_and_department(
    client: Client, query: str, codes: list[str]
) -> None:
    g.firms("AAA", aliases=["高企"])
    b.indicator("BBB", at=b.department("part", parent=g.bureau()))
    assert [row.split("|")[0] for row in rows(client, query)] == codes


def test_frequency_shows_the_indicators_that_have_it(client: Client) -> None:
    for frequency in ("year", "half", "quarter", "month"):
        g.firms(frequency.upper(), frequency=frequency)
    shown = {
        frequency: [row.split("|")[0] for row in rows(client, f"?frequency={frequency}")]
        for frequency in ("year", "half", "quarter", "month")
    }
    assert shown == {
        "year": ["HALF", "MONTH", "QUARTER", "YEAR"],
        "half": ["HALF", "MONTH", "QUARTER"],
        "quarter": ["MONTH", "QUARTER"],
        "month": ["MONTH"],
    }


def test_duties_of_open_rounds_are_rows_with_their_region(client: Client) -> None:
    lent = b.indicator("LENT", at=b.department("elsewhere"))
    b.region("370202", "市南区", "district", parent=b.region())
    own = g.firms()
    g.firms("IDLE")
    g.duty(lent, "2024", region=b.region("370202"))
    g.duty(own, "2024")
    g.duty(g.firms("LATER"), "2024", opens=1, closes=2)
    found = g.data(client, "?duties=1")["rows"]
    assert [(row["key"], row["name"]) for row in found] == [
        ("FIRMS|370200", "FIRMS指标"),
        ("LENT|370202", "LENT指标 · 市南区"),
    ]
    assert rows(client, "?duties=1&region=370202") == ["LENT|370202"]


def test_lent_indicator_is_open_in_the_owed_cell_alone(client: Client) -> None:
    lent = b.indicator("LENT", at=b.department("elsewhere"))
    g.firms()
    g.duty(lent, "2024")
    assert rows(client) == ["FIRMS|370200", "LENT|370200"]
    assert "locked" not in cell(client, lent, "2024")
    assert cell(client, lent, "2023")["locked"] == "这一格不由您的部门填报。"


# --- what stands in the cells -----------------------------------------------------------------------


def test_cell_says_its_value_state_and_circumstances(client: Client, analyst: User) -> None:
    of = g.firms()
    old = b.actual(of, "7000", "2023")
    row = b.actual(of, "7920.50", "2024", by=analyst, review_state="draft", note="初算",
                   qualifier="above", vintage="flash", obs_status="P")  # fmt: skip
    found = cell(client, of, "2024")
    assert (found["text"], found["shown"], found["state"]) == ("7920.5", "超过 7,920.5", "draft")
    assert (found["status"], found["vintage"], found["qualifier"]) == ("P", "flash", "above")
    assert (found["token"], found["last"]) == (f"{row.pk}.1.0", "7,000")
    assert (found["by"], found["note"]) == ("analyst同志", "初算")
    assert cell(client, of, "2023")["token"] == f"0.0.{old.pk}"


def test_draft_stands_before_the_approved_value_that_counts_until_then(
    client: Client, analyst: User
) -> None:
    of = g.firms()
    approved = b.actual(of, "7000", "2024")
    draft = b.actual(of, "7100", "2024", by=analyst, review_state="returned", supersedes=approved,
                     return_reason="请补来源")  # fmt: skip
    found = cell(client, of, "2024")
    assert (found["text"], found["approved"], found["returned"]) == ("7100", "7,000", "请补来源")
    assert found["token"] == f"{draft.pk}.1.{approved.pk}"


def test_loaded_draft_and_past_rows_are_not_the_value_of_a_cell(client: Client) -> None:
    of = g.firms()
    b.actual(of, "1", "2024", review_state="draft", key="loaded-1")
    b.actual(of, "2", "2024", superseded_at="2024-01-01T00:00:00Z")
    found = cell(client, of, "2024")
    assert (found["text"], found["state"], found["token"]) == ("", "empty", "0.0.0")


def test_missing_value_is_shown_with_its_reason_and_zero_as_zero(client: Client) -> None:
    of = g.firms()
    b.actual(of, None, "2023", obs_status="Q")
    b.actual(of, "0", "2024")
    hidden, zero = cell(client, of, "2023"), cell(client, of, "2024")
    assert (hidden["text"], hidden["shown"], hidden["status"]) == ("", "保密", "Q")
    assert (zero["text"], zero["shown"], zero["last"]) == ("0", "0", "保密")


def test_submitted_value_is_locked_with_the_rule_and_who_lifts_it(client: Client) -> None:
    of = g.firms()
    b.actual(of, "1", "2024", review_state="submitted")
    found = cell(client, of, "2024")
    assert found["state"] == "submitted"
    assert "等待核定" in found["locked"]
    assert "退回" in found["locked"]


def test_closed_round_locks_its_cells_and_no_others(client: Client) -> None:
    of = g.firms()
    g.duty(of, "2024", opens=-3, closes=-1)
    assert "截止" in cell(client, of, "2024")["locked"]
    assert "locked" not in cell(client, of, "2023")


def test_periods_that_are_not_over_are_marked(client: Client) -> None:
    g.firms()
    columns = g.data(client, "?from=2024&to=2100")["columns"]
    assert (columns[0]["label"], columns[0]["partial"]) == ("2024年", False)
    assert columns[-1] == {"period": "2100", "label": "2100年", "partial": True}


# --- goals and the way to them ----------------------------------------------------------------------


def judged(value: str, end: str, base: str, **facts: Any) -> Target:
    """A promise whose verdict starts at the figure of a year."""
    of = g.firms()
    b.actual(of, base, "2020")
    b.actual(of, base, "2021")
    target = b.promise(of, value, end, baseline_period="2020", baseline_provenance="observed",
                       period_start="2020", **facts)  # fmt: skip
    recompute([target], as_of=date(2022, 6, 1), now=timezone.now())
    return target


def test_goal_of_the_period_else_the_next_one_stands_beside(client: Client) -> None:
    of = g.firms()
    b.promise(of, "9000", "2024")
    b.promise(of, "12000", "2030")
    assert cell(client, of, "2024")["goal"] == "达到 9,000家以上"
    assert cell(client, of, "2023")["goal"] == "2024年 达到 9,000家以上"
    assert cell(client, of, "2025")["goal"] == "2030年 达到 12,000家以上"
    assert g.data(client, SPAN)["rows"][0]["goal"] == "2030年 达到 12,000家以上"
    assert g.data(client, "?from=2035&to=2036")["rows"][0]["goal"].startswith("2030年")


def test_required_value_lies_on_the_path_from_the_base_to_the_goal(client: Client) -> None:
    target = judged("9000", "2025", "4000")
    found = {year: cell(client, target.indicator, year).get("required") for year in
             ("2021", "2022", "2023", "2024", "2025")}  # fmt: skip
    assert found == {
        "2021": "5,000家", "2022": "6,000家", "2023": "7,000家", "2024": "8,000家", "2025": "9,000家",
    }  # fmt: skip
    assert "required" not in cell(client, target.indicator, "2026", "?from=2026&to=2026")
    assert "required" not in cell(client, target.indicator, "2020", "?from=2020&to=2020")


def test_required_value_follows_milestones_and_agrees_with_the_verdict(client: Client) -> None:
    target = judged("9000", "2025", "4000", path="milestones", milestones={"2023": "5000"})
    assert cell(client, target.indicator, "2023")["required"] == "5,000家"
    assert cell(client, target.indicator, "2024")["required"] == "7,000家"
    snapshot = Target.objects.get().snapshot
    assert snapshot.period == "2021"
    assert Decimal(
        cell(client, target.indicator, "2021")["required"].rstrip("家").replace(",", "")
    ) == (round(snapshot.expected_now))


def test_goal_without_a_verdict_or_of_every_year_requires_nothing(client: Client) -> None:
    of = g.firms()
    b.promise(of, "9000", "2025")
    b.promise(of, "100", "2025", cadence="each_year")
    assert "required" not in cell(client, of, "2024")
    assert cell(client, of, "2024")["goal"] == "每年 达到 100家以上"


# --- the parts of a year ------------------------------------------------------------------------------


def quarters(of: Any, *values: str | None, year: int = 2024) -> None:
    for number, value in enumerate(values, 1):
        if value is not None:
            b.actual(of, value, f"{year}-Q{number}")


def test_year_is_suggested_from_its_parts_where_the_rules_add_them_up(client: Client) -> None:
    of = g.flow()
    quarters(of, "100.5", "200", "300", "400")
    found = cell(client, of, "2024")
    assert (found["parts"], found["parts_text"]) == ("各分期合计 1,000.5", "1000.5")
    assert (found["text"], found["state"]) == ("", "empty")


@pytest.mark.parametrize(
    ("facts", "values"),
    [
        ({}, ("1", "2", None, "4")),
        ({}, (None, None, None, None)),
        ({"accumulation": "stock"}, ("1", "2", "3", "4")),
        ({"aggregation": "none"}, ("1", "2", "3", "4")),
        ({"aggregation": "ratio"}, ("1", "2", "3", "4")),
    ],
)
def test_year_is_not_made_from_parts_with_a_gap_or_without_the_rule(
    client: Client, facts: dict[str, str], values: tuple[str | None, ...]
) -> None:
    of = g.flow(**facts)
    quarters(of, *values)
    assert "parts" not in cell(client, of, "2024")


def test_zero_is_a_part_and_a_hidden_or_vague_part_leaves_no_sum(client: Client) -> None:
    of = g.flow()
    quarters(of, "0", "0", "0", "0")
    quarters(of, "1", "2", "3", year=2023)
    b.actual(of, None, "2023-Q4", obs_status="Q")
    quarters(of, "1", "2", "3", year=2022)
    b.actual(of, "4", "2022-Q4", qualifier="above")
    assert cell(client, of, "2024")["parts_text"] == "0"
    assert "parts" not in cell(client, of, "2023")
    assert "parts" not in cell(client, of, "2022")


def test_parts_of_several_lengths_add_up_without_counting_a_day_twice(client: Client) -> None:
    of = g.flow()
    b.actual(of, "10", "2024-S1")
    quarters(of, "4", "6", "7", None)
    for month in (10, 11, 12):
        b.actual(of, "1", f"2024-{month}")
    assert cell(client, of, "2024")["parts_text"] == "20"


def test_quarters_are_columns_with_the_year_behind_them(client: Client) -> None:
    of = g.flow(frequency="quarter")
    quarters(of, "1", "2", "3", "4")
    found = g.data(client, "?frequency=quarter&from=2024-Q3&to=2025-Q1")
    assert [column["period"] for column in found["columns"]] == [
        "2024-Q3", "2024-Q4", "2024", "2025-Q1",
    ]  # fmt: skip
    assert found["cells"][g.key(of, "2024")]["parts_text"] == "10"
    assert found["cells"][g.key(of, "2025-Q1")]["last"] == "1"


# --- the page -----------------------------------------------------------------------------------------


def test_table_is_whole_without_script(client: Client, analyst: User) -> None:
    of = g.firms()
    b.promise(of, "9000", "2030")
    b.actual(of, "7920", "2024")
    b.actual(of, "8000", "2025", by=analyst, review_state="draft")
    body = client.get(g.GRID).content.decode()
    assert '<th scope="row"><a href="/actuals/grid/FIRMS/?region=370200&amp;' in body
    for words in (
        "7,920",
        "2030年 达到 9,000家以上",
        '8,000<span class="visually-hidden"> 草稿</span>',
    ):
        assert words in body
    assert "style=" not in body
    assert "onclick" not in body


def test_address_holds_the_state_and_rows_link_to_their_form(client: Client) -> None:
    g.firms()
    found = client.get(f"{g.GRID}?from=2023年&to=2024&q=firms")
    assert [column["period"] for column in found.context["columns"]] == ["2023", "2024"]
    assert 'name="from" value="2023"' in found.content.decode()
    url = found.context["data"]["rows"][0]["url"]
    assert url == "/actuals/grid/FIRMS/?region=370200&frequency=year&from=2023&to=2024"
    assert client.get(url).status_code == 200


def test_page_is_linked_for_those_who_enter_and_for_no_others(client: Client) -> None:
    g.firms()
    assert 'href="/actuals/grid/" aria-current="page"' in client.get(g.GRID).content.decode()
    reviewer = b.client_of(b.person("reviewer", "reviewer"))
    assert reviewer.get(g.GRID).status_code == 403
    assert "/actuals/grid/" not in reviewer.get("/actuals/review/").content.decode()


def test_page_speaks_english_without_changing_the_numbers(client: Client) -> None:
    of = g.flow(frequency="year")
    b.actual(of, "12.5", "2024")
    client.cookies["django_language"] = "en"
    found = g.data(client)
    assert found["cells"][g.key(of, "2024")]["shown"] == "12.5"
    assert found["rows"][0]["unit"] == "100 million yuan"


def filled(number: int, years: int, analyst: User) -> None:
    """So many indicators with a value, a draft, a goal and a duty each."""
    for position in range(number):
        of = g.flow(f"I{position:03}", frequency="quarter")
        for year in range(2025 - years, 2025):
            b.actual(of, "10", str(year))
        b.actual(of, "11", "2025", by=analyst, review_state="draft")
        b.promise(of, "50", "2030", baseline_period="2020", baseline_provenance="observed")
        quarters(of, "1", "2", "3", "4", year=2019)
        g.duty(of, "2025")


@pytest.mark.parametrize("number", [1, 3, 40])
def test_page_costs_the_same_queries_for_one_indicator_and_for_forty(
    client: Client, analyst: User, number: int
) -> None:
    filled(number, 3, analyst)
    client.get(g.GRID)  # what is cached for the site
    with CaptureQueriesContext(connection) as asked:
        found = client.get(f"{g.GRID}{SPAN}")
    assert found.status_code == 200
    assert len(found.context["lines"]) == number
    assert len(asked) == 16, "\n".join(query["sql"][:200] for query in asked)


def test_long_list_is_paged(client: Client) -> None:
    home, unit = g.bureau(), b.unit()
    Indicator.objects.bulk_create(
        Indicator(code=f"N{n:03}", name=f"指标{n:03}", name_en="", definition="口径", unit=unit,
                  department=home, kind="count", accumulation="stock", direction="increase",
                  aggregation="none")
        for n in range(205)
    )  # fmt: skip
    assert len(rows(client)) == 200
    assert rows(client, "?page=2") == [f"N{n}|370200" for n in range(200, 205)]
    assert Observation.objects.count() == 0
