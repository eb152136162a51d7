"""Pages of recipients: what a body got, what is left under the caps of today, corrections."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from programs import actions
from programs.models import Recipient
from tests.indicators import builders as b
from tests.programs import builders as p

pytestmark = pytest.mark.django_db
LIST = "/recipients/"


@pytest.fixture
def editor() -> Client:
    return b.client_of(p.editor())


def page_of(recipient: Recipient) -> str:
    return reverse("recipient", args=[recipient.pk])


def elsewhere(**facts: Any) -> Any:
    program = p.program("other", department=b.department("far"))
    return p.award(p.item("far-grant", of=p.edition(program)), **facts)


def names(response: Any) -> list[str]:
    return [line.recipient.name for line in response.context["lines"]]


@pytest.mark.parametrize("role", ["official", "analyst", "system_admin", "security_admin"])
def test_pages_are_closed_to_other_roles(role: str) -> None:
    firm = p.recipient()
    client = b.client_of(p.person(f"a-{role}", role, at=b.department()))
    for url in (LIST, page_of(firm), f"{page_of(firm)}edit/"):
        assert client.get(url).status_code == 403, url


def test_list_is_of_whom_the_own_programs_support(editor: Client) -> None:
    p.award(recipient=p.recipient("甲公司"))
    theirs = elsewhere(recipient=p.recipient("乙公司"))
    p.recipient("丙公司")
    assert names(editor.get(LIST)) == ["丙公司", "甲公司"]
    assert editor.get(page_of(theirs.recipient)).status_code == 404
    assert editor.get(f"{page_of(theirs.recipient)}edit/").status_code == 404
    auditor = b.client_of(p.person("checker", "auditor"))
    assert names(auditor.get(LIST)) == ["丙公司", "乙公司", "甲公司"]


def test_list_sums_what_each_got_and_leaves_out_the_withdrawn(editor: Client) -> None:
    firm = p.recipient("甲公司")
    p.payment(p.award(recipient=firm, amount=p.yuan("100.01")), p.yuan(30))
    p.closed(p.award(recipient=firm), "withdrawn")
    elsewhere(recipient=firm)
    (line,) = editor.get(LIST).context["lines"]
    assert (line.number, line.committed, line.paid) == (1, p.yuan("100.01"), p.yuan(30))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "甲"}, ["甲公司"]),
        ({"q": "CODE"}, ["甲公司"]),
        ({"kind": "institution"}, ["乙大学"]),
        ({"q": "公司", "kind": "institution"}, []),
        ({"kind": "none"}, ["乙大学", "甲公司"]),
    ],
)
def test_list_is_narrowed_by_name_code_and_kind(
    editor: Client, query: dict[str, str], found: list[str]
) -> None:
    firm = p.recipient("甲公司")
    p.recipient("乙大学", kind="institution")
    asked = {name: value.replace("CODE", f" {firm.credit_code} ") for name, value in query.items()}
    assert names(editor.get(LIST, asked)) == found


def test_page_tells_what_was_got_by_year_and_program(editor: Client) -> None:
    firm = p.recipient("甲公司")
    p.award(recipient=firm, amount=p.yuan(10))
    p.award(recipient=firm, amount=p.yuan(20))
    p.award(recipient=firm, amount=p.yuan(40), year=2024, decided_on=date(2024, 5, 1))
    second = p.program("second")
    stopped = p.award(p.item("two", of=p.edition(second)), p.yuan(80), recipient=firm)
    p.payment(stopped, p.yuan(5))
    p.closed(stopped, "terminated")
    response = editor.get(page_of(firm))
    assert [
        (got.year, got.program.key, got.number, got.committed, got.paid)
        for got in response.context["got"]
    ] == [
        (2025, "chain", 2, p.yuan(30), 0), (2025, "second", 1, p.yuan(5), p.yuan(5)),
        (2024, "chain", 1, p.yuan(40), 0),
    ]  # fmt: skip
    text = response.content.decode()
    for words in ("30万元", "5万元", str(firm.credit_code)):
        assert words in text


def this_year() -> int:
    return timezone.localdate().year


def test_headroom_is_of_the_caps_per_body_in_force_today(editor: Client) -> None:
    firm = p.recipient("甲公司")
    once = p.item("once", per="enterprise", payout="once", cap=p.yuan(100))
    p.item("yearly", per="enterprise", payout="yearly", cap=p.yuan(60))
    p.item("per-project", per="project")
    p.item("single", per="")
    p.item("open", comparator="uncapped", per="enterprise")
    p.item("for-schools", per="institution", bodies=["institution"])
    gone = p.edition(p.program("gone"), date(2020, 1, 1), valid_to=date(2021, 1, 1))
    p.item("ended", of=gone, per="enterprise")
    p.award(once, p.yuan(70), recipient=firm)
    p.award(p.item("yearly"), p.yuan(50), recipient=firm, decided_on=date(2024, 6, 1), year=2024)
    p.award(once, p.yuan(90), recipient=p.recipient("乙公司"))
    rooms = editor.get(page_of(firm)).context["rooms"]
    assert [(room.item.key, room.granted, room.left) for room in rooms] == [
        ("once", p.yuan(70), p.yuan(30)), ("yearly", 0, p.yuan(60)),
    ]  # fmt: skip


def test_headroom_over_the_cap_is_negative_not_none_left(editor: Client) -> None:
    firm = p.recipient("甲公司")
    item = p.item("once", per="enterprise", payout="once", cap=p.yuan(100))
    p.award(item, p.yuan(120), recipient=firm, override_reason="会议同意")
    response = editor.get(page_of(firm))
    (room,) = response.context["rooms"]
    assert room.left == p.yuan(-20)
    assert "−20万元" in response.content.decode()


@pytest.mark.parametrize(
    ("reach", "in_the_way"), [("ever", True), ("", True), ("year", False), ("project", False)]
)
def test_page_names_what_stands_in_the_way_of_an_item(
    editor: Client, reach: str, in_the_way: bool
) -> None:
    firm = p.recipient("甲公司")
    p.item("solo", per="enterprise", not_with=["chain/grant"], not_with_for=reach)
    award = p.award(recipient=firm, decided_on=date(2024, 6, 1), year=2024)
    (room,) = editor.get(page_of(firm)).context["rooms"]
    assert [other.number for other in room.others] == ([award.number] if in_the_way else [])


@pytest.mark.parametrize("lists", ["one", "other", "both"])
def test_pair_that_may_not_be_had_together_is_told_once(editor: Client, lists: str) -> None:
    firm = p.recipient("甲公司")
    one = p.item("one", not_with=["chain/other"] if lists != "other" else [], not_with_for="ever")
    other = p.item("other", not_with=["chain/one"] if lists != "one" else [], not_with_for="ever")
    first = p.award(one, recipient=firm)
    second = p.award(other, recipient=firm, override_reason="会议同意")
    p.award(p.item("third"), recipient=firm)
    response = editor.get(page_of(firm))
    assert [{pair.one.number, pair.other.number} for pair in response.context["pairs"]] == [
        {first.number, second.number}
    ]
    assert "有不得同享的立项同时存在" in response.content.decode()


def test_pair_of_other_years_or_projects_is_none_where_the_rule_reaches_no_further(
    editor: Client,
) -> None:
    firm = p.recipient("甲公司")
    yearly = p.item("yearly", not_with=["chain/grant"], not_with_for="year")
    project = p.item("project", not_with=["chain/grant"], not_with_for="project")
    p.award(recipient=firm, decided_on=date(2024, 6, 1), year=2024)
    p.award(yearly, recipient=firm)
    p.award(project, recipient=firm)
    assert editor.get(page_of(firm)).context["pairs"] == []


def test_award_of_anothers_program_is_named_by_its_number_alone(editor: Client) -> None:
    firm = p.recipient("甲公司")
    mine = p.item("solo", not_with=["other/far-grant"], not_with_for="ever")
    theirs = elsewhere(recipient=firm)
    own = p.award(mine, recipient=firm, override_reason="会议同意")
    text = editor.get(page_of(firm)).content.decode()
    assert f'href="/awards/{own.pk}/"' in text
    assert theirs.number in text
    assert f'href="/awards/{theirs.pk}/"' not in text
    assert theirs.project not in text


def test_page_costs_the_same_queries_with_one_award_and_with_three(editor: Client) -> None:
    firm = p.recipient("甲公司")
    p.item("once", per="enterprise", payout="once", cap=p.yuan(900))
    costs = []
    for number in (1, 2):
        for _n in range(number):
            p.award(p.item("once"), recipient=firm)
        with CaptureQueriesContext(connection) as queries:
            editor.get(page_of(firm))
        costs.append(len([q for q in queries if q["sql"].startswith("SELECT")]))
    assert costs[0] == costs[1] <= 13


# Corrections.


def stated(firm: Recipient, **changes: str) -> dict[str, str]:
    form = {
        "name": firm.name, "kind": firm.kind, "credit_code": firm.credit_code or "", "region": "",
        "reason": "单位更名", "version": str(firm.version),
    }  # fmt: skip
    return form | changes


def test_name_is_corrected_with_the_reason(editor: Client) -> None:
    firm = p.recipient("旧名公司")
    url = f"{page_of(firm)}edit/"
    assert 'value="旧名公司"' in editor.get(url).content.decode()
    response = editor.post(url, stated(firm, name="新名公司"), follow=True)
    text = response.content.decode()
    assert "旧名公司 → 新名公司" in text
    assert "单位更名" in text
    firm.refresh_from_db()
    assert (firm.name, firm.version) == ("新名公司", 2)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"reason": ""}, "reason"),
        ({"credit_code": ""}, "credit_code"),
        ({"credit_code": "91999999000000007X"}, "credit_code"),
        ({"kind": "person"}, "credit_code"),
        ({"kind": "none"}, "kind"),
        ({"region": "0"}, "region"),
        ({"version": "٣٣٣x"}, "version"),
    ],
)
def test_wrong_correction_comes_back_as_typed(
    editor: Client, changes: dict[str, str], field: str
) -> None:
    firm = p.recipient("旧名公司")
    events = AuditEvent.objects.count()
    response = editor.post(f"{page_of(firm)}edit/", stated(firm, **({"name": "新名"} | changes)))
    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    firm.refresh_from_db()
    assert (firm.name, AuditEvent.objects.count()) == ("旧名公司", events)


def test_code_of_a_second_body_is_refused(editor: Client) -> None:
    one, other = p.recipient("甲公司"), p.recipient("乙公司")
    response = editor.post(f"{page_of(one)}edit/", stated(one, credit_code=other.credit_code or ""))
    assert response.status_code == 409
    assert "已用于另一单位" in response.content.decode()


def test_overtaken_correction_shows_both_values(editor: Client) -> None:
    firm = p.recipient("旧名公司")
    seen = stated(firm, name="我写的名称")
    actions.save_recipient(
        by=p.reviewer(), recipient=firm, version=firm.version, name="别人写的名称",
        credit_code=firm.credit_code or "", kind=firm.kind,
    )  # fmt: skip
    url = f"{page_of(firm)}edit/"
    response = editor.post(url, seen)
    assert response.status_code == 409
    (both,) = response.context["clashes"]
    assert (both.label, both.current.text, both.attempted.text) == (
        "名称", "别人写的名称", "我写的名称",
    )  # fmt: skip
    again = seen | {"version": response.context["form"]["version"].value()}
    assert editor.post(url, again).status_code == 302
    firm.refresh_from_db()
    assert firm.name == "我写的名称"


def test_auditor_reads_and_cannot_correct() -> None:
    firm = p.recipient("甲公司")
    client = b.client_of(p.person("checker", "auditor"))
    assert "更正名称或代码" not in client.get(page_of(firm)).content.decode()
    assert client.get(f"{page_of(firm)}edit/").status_code == 403
