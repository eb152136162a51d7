"""Budgets of a program by year: what is known, what is not, what is over, and setting one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent
from programs import actions
from programs.models import Budget
from tests.indicators import builders as b
from tests.programs import builders as p

pytestmark = pytest.mark.django_db
LIST = "/programs/chain/budgets/"
NEW = f"{LIST}new/"
YEAR = f"{LIST}2025/"


@pytest.fixture
def editor() -> Client:
    p.program()
    return b.client_of(p.editor())


def typed(**changes: str) -> dict[str, str]:
    form = {
        "year": "2025", "amount": "1000", "source_title": "示范预算批复〔2025〕1号", "clause": "", "note": "",
    }  # fmt: skip
    return form | changes


def changed(budget: Budget, **changes: str) -> dict[str, str]:
    return typed(reason="年中调整", version=str(budget.version)) | changes


def rows(client: Client) -> list[Any]:
    return list(client.get(LIST).context["rows"])


@pytest.mark.parametrize("role", ["official", "analyst", "system_admin", "security_admin"])
def test_pages_are_closed_to_other_roles(role: str) -> None:
    p.budget()
    client = b.client_of(p.person(f"a-{role}", role, at=b.department()))
    for url in (LIST, NEW, YEAR):
        assert client.get(url).status_code == 403, url


def test_reviewer_and_auditor_read_and_do_not_set() -> None:
    p.budget()
    for role in ("reviewer", "auditor"):
        client = b.client_of(p.person(f"a-{role}", role))
        text = client.get(LIST).content.decode()
        assert "1,000万元" in text
        assert "budgets/new/" not in text
        assert client.get(NEW).status_code == 403


def test_program_of_another_department_is_not_found(editor: Client) -> None:
    p.budget(p.program("other", department=b.department("far")))
    for path in ("", "new/", "2025/"):
        assert editor.get(f"/programs/other/budgets/{path}").status_code == 404, path
    assert editor.post("/programs/other/budgets/new/", typed(year="2026")).status_code == 404


def test_year_shows_commitment_payment_and_what_is_left(editor: Client) -> None:
    p.budget(amount=p.yuan("500.000001"))
    award = p.award(amount=p.yuan(300))
    p.payment(award, p.yuan(120))
    (row,) = rows(editor)
    assert (row.year, row.awards, row.committed, row.paid) == (2025, 1, p.yuan(300), p.yuan(120))
    assert (row.left, row.over, row.unpaid) == (p.yuan("200.000001"), None, p.yuan(180))
    assert "200.000001万元" in editor.get(LIST).content.decode()


def test_year_without_a_budget_is_not_known_and_no_zero(editor: Client) -> None:
    p.award()
    p.award(decided_on=date(2024, 5, 1), year=2024)
    p.budget(year=2024, amount=p.yuan(0))
    unknown, nothing = rows(editor)
    assert (unknown.budget, unknown.left, unknown.over) == (None, None, None)
    assert (nothing.left, nothing.over) == (p.yuan(-100), p.yuan(100))
    text = editor.get(LIST).content.decode()
    assert text.count("预算未登记") == 1
    assert "budgets/new/?year=2025" in text


def test_year_that_is_over_is_said_in_words(editor: Client) -> None:
    p.budget(amount=p.yuan(250))
    p.award(amount=p.yuan(300))
    text = editor.get(LIST).content.decode()
    assert "2025 年已立项超出预算 50万元" in text
    assert "over-row" in text
    assert "超出预算" in text


def test_empty_page_says_what_is_missing(editor: Client) -> None:
    assert "还没有登记预算，也没有立项" in editor.get(LIST).content.decode()


def test_list_costs_the_same_queries_with_one_year_and_with_three(editor: Client) -> None:
    costs = []
    for years in ((2025,), (2024, 2023)):
        for year in years:
            p.budget(year=year, clause=p.clause())
        with CaptureQueriesContext(connection) as queries:
            editor.get(LIST)
        costs.append(len([q for q in queries if q["sql"].startswith("SELECT")]))
    assert costs[0] == costs[1] <= 9


def test_budget_is_set_with_its_clause(editor: Client) -> None:
    clause = p.clause()
    form = typed(amount="0.5亿元", clause=str(clause.pk), note="初稿")
    response = editor.post(NEW, form, follow=True)
    assert "已登记 2025 年预算" in response.content.decode()
    budget = Budget.objects.get()
    assert (budget.year, budget.amount, budget.clause, budget.note, budget.set_by) == (
        2025, p.yuan(5000), clause, "初稿", p.editor(),
    )  # fmt: skip


def test_clauses_are_offered_by_document_with_their_words(editor: Client) -> None:
    clause = p.clause(quote="预算安排一千万元")
    offered = editor.get(NEW).context["form"].fields["clause"].choices
    assert list(offered)[1:] == [(str(clause.document), [(clause.pk, "第二条 预算安排一千万元")])]
    budget = p.budget(clause=clause)
    page = editor.get(YEAR).content.decode()
    assert f'<option value="{budget.clause_id}" selected>' in page


def test_budget_of_nothing_is_a_budget(editor: Client) -> None:
    assert editor.post(NEW, typed(amount="0")).status_code == 302
    assert Budget.objects.get().amount == 0


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"amount": "-1"}, "amount", "不能是负数"),
        ({"amount": "0.00000001"}, "amount", "不是整数分"),
        ({"amount": "很多"}, "amount", ""),
        ({"amount": ""}, "amount", ""),
        ({"year": "二〇二五"}, "year", ""),
        ({"year": "1066"}, "year", ""),
        ({"source_title": " "}, "source_title", ""),
        ({"clause": "q1"}, "clause", ""),
        ({"clause": "0"}, "clause", ""),
    ],
)
def test_wrong_field_is_said_and_nothing_typed_is_lost(
    editor: Client, changes: dict[str, str], field: str, words: str
) -> None:
    p.clause()
    response = editor.post(NEW, typed(note="写下的备注", **changes))
    text = response.content.decode()
    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    assert words in text
    assert "写下的备注" in text
    assert Budget.objects.count() == 0


def test_change_needs_a_reason_and_leaves_both_values_in_the_trail(editor: Client) -> None:
    budget = p.budget()
    refused = editor.post(YEAR, changed(budget, reason=""))
    assert list(refused.context["form"].errors) == ["reason"]
    assert editor.post(YEAR, changed(budget, amount="800")).status_code == 302
    budget.refresh_from_db()
    assert (budget.amount, budget.version) == (p.yuan(800), 2)
    event = AuditEvent.objects.order_by("-pk").first()
    assert event is not None
    assert (event.action, event.reason) == ("programs.set_budget", "年中调整")


def test_year_of_a_budget_stays(editor: Client) -> None:
    budget = p.budget()
    assert editor.post(YEAR, changed(budget, year="2031")).status_code == 302
    assert [row.year for row in Budget.objects.all()] == [2025]


def test_less_than_is_committed_is_kept_and_warned_of(editor: Client) -> None:
    p.award(amount=p.yuan(300))
    response = editor.post(NEW, typed(amount="200"), follow=True)
    text = response.content.decode()
    assert "已立项的金额超过了它" in text
    assert "message-warning" in text
    assert Budget.objects.get().amount == p.yuan(200)


def test_second_budget_of_a_year_shows_both_and_can_be_chosen(editor: Client) -> None:
    p.budget(amount=p.yuan(700))
    response = editor.post(NEW, typed())
    assert response.status_code == 409
    told = {both.label: both for both in response.context["clashes"]}
    assert (told["预算"].current.money, told["预算"].attempted.money) == (
        p.yuan(700), p.yuan(1000),
    )  # fmt: skip
    assert Budget.objects.get().amount == p.yuan(700)
    assert f'action="{YEAR}"' in response.content.decode()
    version = response.context["form"]["version"].value()
    assert editor.post(YEAR, typed(version=version, reason="以批复为准")).status_code == 302
    assert Budget.objects.get().amount == p.yuan(1000)


def test_overtaken_change_shows_both_values(editor: Client) -> None:
    budget = p.budget()
    seen = changed(budget, amount="800")
    actions.set_budget(
        by=p.editor(), program=budget.program, year=2025, amount=p.yuan(900),
        source_title=budget.source_title, version=budget.version, reason="先改",
    )  # fmt: skip
    response = editor.post(YEAR, seen)
    assert response.status_code == 409
    text = response.content.decode()
    assert "900万元" in text
    again = seen | {"version": response.context["form"]["version"].value()}
    assert editor.post(YEAR, again).status_code == 302
    budget.refresh_from_db()
    assert budget.amount == p.yuan(800)


def test_year_in_the_address_fills_the_form(editor: Client) -> None:
    assert editor.get(f"{NEW}?year=2031").context["form"]["year"].value() == 2031
    for odd in ("x", "٣٣٣٣", "99999"):
        assert editor.get(f"{NEW}?year={odd}").status_code == 200


def test_form_of_a_year_without_a_budget_is_not_found(editor: Client) -> None:
    assert editor.get(f"{LIST}2031/").status_code == 404
