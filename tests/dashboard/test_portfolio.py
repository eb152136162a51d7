"""The portfolio: programs x years, sums that add up, and unknown that is never a zero."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import plotly.graph_objects as go
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from programs.models import Award, Program
from qdpolicy.dashboard.portfolio import asked_years
from tests.dashboard import builders as b
from tests.dashboard.test_indicators import Text, rows_of, words
from tests.programs import builders as p

pytestmark = pytest.mark.django_db

PAGE = "/portfolio/"
QUERIES = 4


def grant(key: str = "chain", **fields: Any) -> Any:
    """The item of a program of its own that can be granted from 2020 on."""
    return p.item(of=p.edition(p.program(key, **fields), date(2020, 1, 1)))


def awarded(year: int, amount: int, key: str = "chain", **fields: Any) -> Award:
    """An award of so many 万元 decided in the year it counts in."""
    return p.award(grant(key), p.yuan(amount), year=year, decided_on=date(year, 5, 1), **fields)


def table(client: Client, query: str = "") -> list[str]:
    return rows_of(client.get(f"{PAGE}{query}"), "portfolio")


def lines(client: Client, query: str = "") -> list[list[str]]:
    answer = client.get(f"{PAGE}?table=portfolio&format=csv{query}")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_page_shows_what_was_granted_paid_and_left_of_every_year(client: Client) -> None:
    p.payment(awarded(2024, 300), p.yuan(100))
    awarded(2025, 500)
    p.budget(year=2024, amount=p.yuan(1000))
    awarded(2025, 70, "other")

    assert table(client) == [
        "chain试验计划"
        " 300万元 1 项 已拨 100万元 预算余 700万元"
        " 500万元 1 项 已拨 0万元 无预算"
        " 800万元 2 项 已拨 100万元 预算余 700万元",
        "other试验计划 暂无 70万元 1 项 已拨 0万元 无预算 70万元 1 项 已拨 0万元 无预算",
        "全部计划"
        " 300万元 1 项 已拨 100万元 预算余 700万元"
        " 570万元 2 项 已拨 0万元 无预算"
        " 870万元 3 项 已拨 100万元 预算余 700万元",
    ]


def test_page_says_it_in_one_sentence(client: Client) -> None:
    p.payment(awarded(2024, 300), p.yuan(100))
    awarded(2025, 70, "other")

    assert "2024—2025年，2 个计划立项 2 项，批准370万元，已拨付100万元。" in words(client.get(PAGE))


def test_page_shows_the_distance_to_the_caps(client: Client) -> None:
    awarded(2025, 500)
    awarded(2025, 200)
    p.award(
        grant("other"), p.yuan(510), decided_on=date(2025, 5, 1), override_reason="专题会议决定"
    )
    open_item = p.item(of=p.edition(p.program("open")), comparator="uncapped")
    p.award(open_item, p.yuan(9000))

    assert table(client, "?show=caps") == [
        "chain试验计划 300万元 2 项 1 项达到上限 300万元 2 项 1 项达到上限",
        "other试验计划 −10万元 1 项 1 项达到上限 1 项超限批准 −10万元 1 项 1 项达到上限 1 项超限批准",
        "open试验计划 没有上限可比 1 项 没有上限可比 1 项",
        "全部计划 290万元 4 项 2 项达到上限 1 项超限批准 290万元 4 项 2 项达到上限 1 项超限批准",
    ]
    assert "其中 1 项超限批准。" in words(client.get(PAGE))


def test_page_year_without_an_entry_says_so_and_never_zero(client: Client) -> None:
    awarded(2023, 300)
    awarded(2025, 500)

    (row, _together) = table(client)

    assert row.split(" 300万元")[1].split(" 500万元")[0].endswith("暂无")
    assert " 0万元" not in row.replace("已拨 0万元", "")


def test_page_budget_without_an_award_is_shown_beside_unknown(client: Client) -> None:
    p.budget(year=2025, amount=p.yuan(800))

    assert table(client)[0] == "chain试验计划 暂无 预算 800万元 暂无 预算 800万元"
    assert "登记了预算800万元，还没有登记立项。" in words(client.get(PAGE))


def test_page_overspent_year_is_negative_and_marked(client: Client) -> None:
    awarded(2025, 500)
    p.budget(year=2025, amount=p.yuan(400))

    assert "预算余 −100万元" in table(client)[0]
    assert client.get(PAGE).content.decode().count('class="num over"') == 4


def test_page_names_the_programs_without_an_entry(client: Client) -> None:
    awarded(2025, 500)
    p.program("silent", name="无声计划")

    assert [row.split(" ")[0] for row in table(client)] == ["chain试验计划", "全部计划"]
    assert "这些年没有登记立项和预算的计划： 无声计划" in words(client.get(PAGE))


def test_page_without_any_entry_is_useful(client: Client) -> None:
    assert "还没有登记立项、拨付或预算" in words(client.get(PAGE))

    p.program()

    text = words(client.get(PAGE))
    assert "还没有登记立项、拨付或预算" in text
    assert "0万元" not in text


def test_page_filters_by_department_in_sums_and_rows(client: Client) -> None:
    awarded(2025, 500)
    p.program("other", department=b.department("other", "他局"))
    awarded(2025, 70, "other")

    rows = table(client, "?department=other")

    assert [row.split(" ")[0] for row in rows] == ["other试验计划", "全部计划"]
    assert "70万元 1 项" in rows[1]
    assert client.get(f"{PAGE}?department=none").status_code == 404


def test_page_years_are_chosen_from_those_with_an_entry(client: Client) -> None:
    for year in (2020, 2022, 2025):
        awarded(year, 100)

    assert client.get(PAGE).context["shown"].years == [2022, 2023, 2024, 2025]
    assert client.get(f"{PAGE}?from=2020&to=2022").context["shown"].years == [2020, 2021, 2022]
    assert client.get(f"{PAGE}?from=2025&to=2020").context["shown"].years == list(range(2020, 2026))
    for wrong in ("from=2021", "to=1999", "to=x", "show=all", "page=9"):
        assert client.get(f"{PAGE}?{wrong}").status_code == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [2021, 2022, 2023, 2024, 2025]),
        ({"to": "2020"}, [2019, 2020]),
        ({"from": "2019"}, list(range(2019, 2026))),
        ({"from": "2021", "to": "2021"}, [2021]),
    ],
)
def test_years_unless_named_are_the_latest_ones(query: dict[str, str], expected: list[int]) -> None:
    assert asked_years(query, [2025, 2023, 2021, 2020, 2019]) == expected


def test_years_of_nothing_are_none() -> None:
    assert asked_years({"from": "2020"}, []) == []


def test_totals_are_of_all_programs_and_not_of_the_page(client: Client) -> None:
    for turn in range(21):
        awarded(2025, 1, f"p{turn:02}")

    first, second = table(client), table(client, "?page=2")

    assert (len(first), len(second)) == (21, 2)
    assert first[-1] == second[-1]
    assert "21万元 21 项" in first[-1]


def test_file_has_every_year_with_an_entry_in_yuan(client: Client) -> None:
    p.payment(awarded(2024, 300), p.yuan(100))
    p.budget(year=2025, amount=p.yuan(800))

    assert lines(client) == [
        ["计划", "责任部门", "年度", "项目数", "预算（元）", "批准（元）", "已拨付（元）",
         "预算余额（元）", "待拨付（元）", "距上限（元）", "达到上限", "超限批准"],
        ["chain试验计划", "kjj处室", "2024", "1", "", "3000000", "1000000", "", "2000000",
         "2000000", "0", "0"],
        ["chain试验计划", "kjj处室", "2025", "", "8000000", "", "", "", "", "", "", ""],
        ["chain试验计划", "kjj处室", "合计", "1", "8000000", "3000000", "1000000", "",
         "2000000", "2000000", "0", "0"],
        ["全部计划", "", "2024", "1", "", "3000000", "1000000", "", "2000000", "2000000", "0",
         "0"],
        ["全部计划", "", "2025", "", "8000000", "", "", "", "", "", "", ""],
        ["全部计划", "", "合计", "1", "8000000", "3000000", "1000000", "", "2000000", "2000000",
         "0", "0"],
        [],
        ["各计划各年度的预算、批准与拨付"],
        ["来源：本站登记的立项、拨付和预算"],
        [f"截至：{date.today().isoformat()}"],
    ]  # fmt: skip


def test_files_hold_what_the_filters_leave_and_no_recipient(client: Client) -> None:
    awarded(2024, 300, recipient=p.recipient("某某机密公司"))
    awarded(2025, 500)

    assert {line[2] for line in lines(client, "&from=2025&to=2025")[1:3]} == {"2025", "合计"}
    answer = client.get(f"{PAGE}?table=portfolio&format=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    told = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert "3000000" in told
    for text in (" ".join(told), words(client.get(PAGE))):
        assert "某某机密公司" not in text
        assert p.recipient("某某机密公司").credit_code not in text


def test_files_have_a_name_and_another_format_is_404(client: Client) -> None:
    answer = client.get(f"{PAGE}?table=portfolio&format=xlsx")

    assert answer["Content-Disposition"] == 'attachment; filename="portfolio.xlsx"'
    for wrong in ("table=other", "table=portfolio&format=pdf", "figure=none"):
        assert client.get(f"{PAGE}?{wrong}").status_code == 404


def test_figure_is_sound_and_of_the_years_shown(client: Client) -> None:
    awarded(2024, 300)
    awarded(2025, 500)

    spec = json.loads(client.get(f"{PAGE}?figure=money&from=2025").content)

    go.Figure(spec)
    assert [(trace["x"], trace["y"]) for trace in spec["data"]] == [
        ([2025.0], [500.0]),
        ([2025.0], [0.0]),
    ]


def several(number: int) -> None:
    for turn in range(number):
        awarded(2025, 100, f"p{turn}")
        awarded(2024, 100, f"p{turn}")
        p.budget(p.program(f"p{turn}"))


@pytest.mark.parametrize("number", [1, 3])
def test_page_costs_the_same_queries_however_many_programs_and_awards(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    several(number)

    with django_assert_num_queries(QUERIES):
        client.get(PAGE)


def test_page_signed_in_stays_within_twelve_queries(
    signed_in: Callable[..., Client], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    several(3)
    editor = signed_in("program_editor")

    with django_assert_max_num_queries(12):
        editor.get(PAGE)


def test_page_never_reads_the_awards(client: Client) -> None:
    several(2)

    with CaptureQueriesContext(connection) as spent:
        client.get(PAGE)

    read = " ".join(query["sql"] for query in spent.captured_queries)
    assert "programs_yeartotal" in read
    assert "programs_award" not in read
    assert "programs_payment" not in read


def test_page_speaks_of_the_present_only(client: Client) -> None:
    answer = client.get(f"/known-on/2025-01-01{PAGE}")

    assert (answer.status_code, answer["Location"]) == (302, PAGE)


def test_page_is_read_only_and_asks_for_login_where_reading_is_not_public(
    client: Client, settings: Any
) -> None:
    assert client.post(PAGE).status_code == 405

    settings.PUBLIC_READING = False

    assert client.get(PAGE).status_code == 302


def test_page_in_english_writes_sums_without_wan(client: Client) -> None:
    awarded(2025, 234)
    client.cookies["django_language"] = "en"

    row = table(client)[0]

    assert "2.34 million yuan" in row.replace("\u00a0", " ")
    assert "万元" not in row


def test_names_are_texts_and_never_markup(client: Client) -> None:
    grant("bad", name="<a href=x>计划")
    awarded(2025, 100, "bad")
    p.program("still", name="<a href=x>静")

    tags = Text(client.get(PAGE).content.decode()).tags

    assert [attrs for tag, attrs in tags if tag == "a" and attrs["href"] == "x"] == []
    assert Program.objects.count() == 2


def test_programs_lead_to_the_portfolio_and_back(client: Client) -> None:
    awarded(2025, 100)

    assert f'href="{reverse("portfolio")}"' in client.get("/programs/").content.decode()
    html = client.get(PAGE).content.decode()
    assert 'href="/programs/chain/"' in html
    assert 'href="/programs/"' in html


def test_sums_on_the_page_are_exact(client: Client) -> None:
    p.award(grant(), Decimal("1234567.89"), year=2025, decided_on=date(2025, 1, 2))

    assert "123.456789万元 1 项" in table(client)[0]
