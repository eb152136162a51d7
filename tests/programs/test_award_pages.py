"""Pages of awards: the list with its sums, one award with its steps, and downloads."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent, User
from accounts.roles import ROLES
from programs.models import Award, Payment
from tests.indicators import builders as b
from tests.programs import builders as p

pytestmark = pytest.mark.django_db
LIST = "/awards/"
SECRET = "绝密新材料有限公司"


@pytest.fixture
def editor() -> Client:
    return b.client_of(p.editor())


@pytest.fixture
def masked(monkeypatch: pytest.MonkeyPatch) -> Client:
    """An editor whose role sees awards, and no names."""
    role = ROLES["program_editor"]
    fewer = replace(role, permissions=role.permissions - {"programs.view_recipient"})
    monkeypatch.setitem(ROLES, "program_editor", fewer)
    return b.client_of(p.editor())


def page_of(award: Award) -> str:
    return reverse("award", args=[award.pk])


def elsewhere() -> Award:
    """An award of a program that another department answers for."""
    program = p.program("other", department=b.department("far"))
    return p.award(p.item("other-grant", of=p.edition(program)))


def numbers(response: Any) -> list[str]:
    return [line.award.number for line in response.context["lines"]]


def test_list_shows_the_own_awards_to_an_editor_and_all_to_reviewer_and_auditor(
    editor: Client,
) -> None:
    mine, other = p.award(), elsewhere()
    assert numbers(editor.get(LIST)) == [mine.number]
    for role in ("reviewer", "auditor"):
        everybody = b.client_of(p.person(f"a-{role}", role))
        assert numbers(everybody.get(LIST)) == [other.number, mine.number]


@pytest.mark.parametrize("role", ["official", "analyst", "system_admin", "security_admin"])
def test_list_and_downloads_are_closed_to_other_roles(role: str) -> None:
    award = p.award()
    client = b.client_of(p.person(f"a-{role}", role, at=b.department()))
    for url in (LIST, "/awards.csv", "/awards.xlsx", page_of(award), "/awards/new/"):
        assert client.get(url).status_code == 403, url


def test_sums_are_of_all_that_the_filters_leave_not_of_the_page(editor: Client) -> None:
    first = p.award(amount=p.yuan("100.01"))
    p.payment(first, p.yuan(40))
    p.closed(p.award(amount=p.yuan(70)), "withdrawn")
    stopped = p.award(amount=p.yuan(30))
    p.payment(stopped, p.yuan(10))
    p.closed(stopped, "terminated")
    p.award(amount=p.yuan(900), of=p.item("big", cap=p.yuan(1000)))
    sums = editor.get(LIST, {"item": "grant", "program": "chain"}).context["sums"]
    assert (sums.number, sums.withdrawn, sums.terminated) == (3, 1, 1)
    assert (sums.committed, sums.paid) == (p.yuan("110.01"), p.yuan(50))
    assert sums.unpaid == p.yuan("60.01")


def test_sums_stay_exact_where_binary_fractions_would_drift(editor: Client) -> None:
    for _n in range(10):
        p.award(amount=p.yuan("0.000010"))
    assert str(editor.get(LIST).context["sums"].committed) == "1.00"


FILTERS: dict[str, Callable[[Award], str]] = {
    "program": lambda award: award.program.key,
    "year": lambda award: str(award.year),
    "status": lambda award: award.status,
    "region": lambda award: award.region.code if award.region else "",
    "industry": lambda award: award.industry,
    "over": lambda award: "yes" if award.overridden_by_id else "no",
}


@pytest.mark.parametrize("name", FILTERS)
def test_each_filter_leaves_what_it_says(editor: Client, name: str) -> None:
    plain = p.award(region=p.district(), industry="人工智能")
    program = p.program("second")
    special = p.award(
        p.item("other", of=p.edition(program)), p.yuan(600), override_reason="市里专题会议同意",
        region=p.district("370203", "二号区"), industry="智能家电", decided_on=date(2024, 5, 6),
        year=2024,
    )  # fmt: skip
    special = p.closed(special, "completed")
    for award in (plain, special):
        asked = FILTERS[name](award)
        assert numbers(editor.get(LIST, {name: asked})) == [award.number], asked


def test_items_can_be_chosen_once_a_program_is(editor: Client) -> None:
    wanted = p.award(p.item("alpha"))
    p.award(p.item("beta"))
    form = editor.get(LIST).context["form"]
    assert form.fields["item"].choices == [("", "全部")]
    found = editor.get(LIST, {"program": "chain", "item": "alpha"})
    assert [code for code, _l in found.context["form"].fields["item"].choices] == [
        "", "alpha", "beta",
    ]  # fmt: skip
    assert numbers(found) == [wanted.number]


def test_text_is_looked_for_in_number_project_name_and_code(editor: Client) -> None:
    firm = p.recipient(SECRET)
    wanted = p.award(recipient=firm, number="QL-77", project="深海装备攻关")
    p.award()
    assert firm.credit_code
    for text in ("QL-77", "ql-7", "深海", "绝密", firm.credit_code, firm.credit_code.lower()):
        assert numbers(editor.get(LIST, {"q": text})) == [wanted.number], text
    assert editor.get(LIST, {"q": "没有这样的"}).context["sums"].number == 0


@pytest.mark.parametrize(
    ("sort", "order"),
    [("", "cba"), ("oldest", "abc"), ("amount", "bca"), ("paid", "acb"), ("number", "abc")],
)
def test_order_is_one_of_those_offered(editor: Client, sort: str, order: str) -> None:
    for day, (name, amount, paid) in enumerate((("a", 20, 9), ("b", 90, 1), ("c", 50, 5)), 1):
        award = p.award(number=name, amount=p.yuan(amount), decided_on=date(2025, 1, day))
        p.payment(award, p.yuan(paid))
    assert numbers(editor.get(LIST, {"sort": sort})) == list(order)


@pytest.mark.parametrize(
    "query", ["sort=-pk", "status=gone", "year=abc", "program=%27", "over=maybe", "region=0"]
)
def test_filter_that_is_no_choice_is_said_and_narrows_nothing(editor: Client, query: str) -> None:
    award = p.award()
    response = editor.get(f"{LIST}?{query}")
    assert numbers(response) == [award.number]
    assert list(response.context["form"].errors) == [query.partition("=")[0]]


@pytest.mark.parametrize(
    ("url", "wanted"),
    [(LIST, 10), ("/awards/?program=chain&item=grant&q=LX", 11), ("/recipients/", 7)],
)
def test_list_costs_the_same_queries_with_one_row_and_with_three(
    editor: Client, url: str, wanted: int
) -> None:
    costs = []
    for number in (1, 2):
        for _n in range(number):
            award = p.award(
                recipient=p.recipient(f"公司{Award.objects.count()}"), region=p.district()
            )
            p.payment(award)
        editor.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert editor.get(url).status_code == 200
        # Beside these the session may be refreshed, which depends on the clock.
        asked = [query for query in queries if query["sql"].startswith("SELECT")]
        costs.append(len(asked))
    assert costs == [wanted, wanted]


def test_empty_list_says_what_is_missing(editor: Client) -> None:
    assert "还没有登记立项" in editor.get(LIST).content.decode()
    p.award()
    assert "没有符合条件的立项" in editor.get(LIST, {"q": "无此项目"}).content.decode()


def test_page_beyond_the_last_is_the_last(editor: Client) -> None:
    p.award()
    assert editor.get(LIST, {"page": "99"}).context["page"].number == 1


# Names.


def everything_shown(client: Client, award: Award) -> dict[str, str]:
    """What each address that shows awards answers, as text."""
    found = {
        url: client.get(url).content.decode("utf-8", "replace")
        for url in (LIST, f"{LIST}?q=LX", page_of(award), f"{page_of(award)}edit/", "/awards.csv")
    }
    posted = {
        "program": "chain", "decided_on": "2025-03-10", "award": str(award.pk), "item": "grant",
        "credit_code": award.recipient.credit_code or "", "amount": "10",
    }  # fmt: skip
    check = "/awards/check/?program=chain&decided_on=2025-03-10"
    found["check"] = client.post(check, posted).json()["html"]
    return found


def test_name_and_code_are_absent_everywhere_without_the_right_to_them(masked: Client) -> None:
    award = p.award(recipient=p.recipient(SECRET))
    shown = everything_shown(masked, award)
    for url, text in shown.items():
        assert text, url
        assert SECRET not in text, url
        assert "新材料" not in text, url
        assert str(award.recipient.credit_code)[4:-2] not in text, url
    assert "绝***司" in shown[LIST]
    assert "绝***司" in shown[page_of(award)]
    assert "绝***司" in shown["check"]


def test_name_and_code_are_there_with_the_right_but_never_in_a_file(editor: Client) -> None:
    award = p.award(recipient=p.recipient(SECRET))
    shown = everything_shown(editor, award)
    code = str(award.recipient.credit_code)
    file = shown.pop("/awards.csv")
    assert SECRET not in file
    assert code not in file
    assert "绝***司" in file
    assert f"{code[:4]}" in file
    assert [url for url, text in shown.items() if SECRET not in text] == []
    assert code in shown[page_of(award)]


def test_text_search_betrays_no_name_without_the_right(masked: Client) -> None:
    award = p.award(recipient=p.recipient(SECRET))
    for text in ("绝密", award.recipient.credit_code):
        assert masked.get(LIST, {"q": text}).context["sums"].number == 0
    assert numbers(masked.get(LIST, {"q": award.number})) == [award.number]


def test_pages_of_recipients_are_closed_without_the_right(masked: Client) -> None:
    award = p.award(recipient=p.recipient(SECRET))
    assert masked.get("/recipients/").status_code == 403
    assert masked.get(f"/recipients/{award.recipient_id}/").status_code == 403


def test_history_masks_the_recipient_that_was_replaced(masked: Client) -> None:
    award = p.award(recipient=p.recipient(SECRET))
    from programs import actions

    actions.amend_award(
        by=p.editor(), award=award, version=award.version, reason="抄错单位",
        entry=replace(actions.entry_of(award), recipient=p.recipient("示范乙公司")),
    )  # fmt: skip
    text = masked.get(page_of(award)).content.decode()
    assert "绝***司" in text
    assert SECRET not in text


# Downloads.


def test_csv_holds_the_filtered_awards_in_yuan(editor: Client) -> None:
    p.award(number="A-1", amount=p.yuan("12.345678"), region=p.district(), industry="虚拟现实")
    p.award(number="B-1")
    response = editor.get("/awards.csv", {"q": "A-1"})
    text = response.content.decode("utf-8-sig")
    lines = text.splitlines()
    assert lines[0].startswith("立项编号,项目名称,项目编号,受助单位,统一社会信用代码,计划")
    assert "立项金额（元）" in lines[0]
    assert [line.partition(",")[0] for line in lines[1:3]] == ["A-1", ""]
    assert ",123456.78," in lines[1]
    assert "attachment" in response["Content-Disposition"]
    assert "no-cache" in response["Cache-Control"]


def test_formula_in_a_text_is_inert_in_both_files(editor: Client) -> None:
    from openpyxl import load_workbook

    p.award(number="=1+1", project='=HYPERLINK("http://evil")', industry="@x")
    text = editor.get("/awards.csv").content.decode("utf-8-sig")
    assert "'=1+1" in text
    assert ",=" not in text
    book = load_workbook(io.BytesIO(editor.get("/awards.xlsx").content))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    assert any(str(cell.value).startswith("'=HYPERLINK") for cell in cells)


def test_workbook_of_too_many_rows_leads_to_the_csv(
    editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from programs.views import award_downloads

    p.award()
    monkeypatch.setattr(award_downloads, "MOST_IN_WORKBOOK", 0)
    response = editor.get("/awards.xlsx", follow=True)
    assert "请下载 CSV" in response.content.decode()


def test_downloads_stay_within_the_scope(editor: Client) -> None:
    mine, other = p.award(), elsewhere()
    text = editor.get("/awards.csv").content.decode()
    assert mine.number in text
    assert other.number not in text


# One award.


def test_page_tells_everything_of_an_award(editor: Client) -> None:
    item = p.item(clause=p.clause(quote="攻关项目最高支持500万元"))
    award = p.award(
        item, p.yuan(120), investment=p.yuan(400), region=p.district(), industry="人工智能",
        note="分两年实施",
    )  # fmt: skip
    p.payment(award, p.yuan(60), note="首笔")
    text = editor.get(page_of(award)).content.decode()
    for words in (
        award.project, award.number, award.recipient.name, str(award.recipient.credit_code),
        "120万元", "60万元", "500万元", "400万元", "攻关项目最高支持500万元", "一号区", "人工智能",
        "分两年实施", "首笔", "登记立项", "登记拨付", str(item.edition),
    ):  # fmt: skip
        assert words in text, words


def test_page_out_of_scope_is_not_found(editor: Client) -> None:
    other = elsewhere()
    for path in ("", "edit/"):
        assert editor.get(f"{page_of(other)}{path}").status_code == 404
    for path in ("pay/", "status/"):
        assert editor.post(f"{page_of(other)}{path}", {"version": "1"}).status_code == 404


def test_auditor_reads_and_cannot_act() -> None:
    award = p.award()
    client = b.client_of(p.person("checker", "auditor"))
    response = client.get(page_of(award))
    assert response.context["may_change"] is False
    assert "登记拨付</button>" not in response.content.decode()
    assert client.post(f"{page_of(award)}pay/").status_code == 403
    assert client.get(f"{page_of(award)}edit/").status_code == 403


def test_reviewer_of_another_department_reads_and_does_not_change() -> None:
    award = p.award()
    client = b.client_of(p.person("far", "reviewer", at=b.department("far")))
    assert client.get(page_of(award)).context["may_change"] is False
    assert client.get(f"{page_of(award)}edit/").status_code == 404


def test_override_stays_visible(editor: Client) -> None:
    award = p.award(amount=p.yuan(600), override_reason="市里专题会议纪要〔2025〕3号")
    text = editor.get(page_of(award)).content.decode()
    assert "这笔立项超出了支持上限" in text
    assert "市里专题会议纪要〔2025〕3号" in text
    assert str(award.overridden_by) in text
    assert "超出上限" in editor.get(LIST).content.decode()
    plain = p.award()
    assert "这笔立项超出了支持上限" not in editor.get(page_of(plain)).content.decode()


def test_queries_of_the_page_do_not_grow_with_payments_and_events(editor: Client) -> None:
    award = p.award(amount=p.yuan(100))
    costs = []
    for amount in (10, 11, 12):
        p.payment(award, p.yuan(amount))
        with CaptureQueriesContext(connection) as queries:
            editor.get(page_of(award))
        costs.append(len(queries))
    assert costs[0] == costs[2] <= 14


def paid(award: Award, **changes: str) -> dict[str, str]:
    award.refresh_from_db()
    form = {"amount": "40", "paid_on": "2025-05-06", "note": "", "version": str(award.version)}
    return form | changes


def test_payment_is_kept_and_shown(editor: Client) -> None:
    award = p.award(amount=p.yuan(100))
    response = editor.post(f"{page_of(award)}pay/", paid(award, note="首笔"), follow=True)
    assert "已登记拨付" in response.content.decode()
    (payment,) = award.payments.all()
    assert (payment.amount, payment.paid_on, payment.note) == (
        p.yuan(40), date(2025, 5, 6), "首笔",
    )  # fmt: skip
    assert response.context["unpaid"] == p.yuan(60)


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"amount": "100.01"}, 409, "还可拨付 100万元"),
        ({"amount": "-1"}, 400, "不能是负数"),
        ({"amount": "0.00000001"}, 400, "不是整数分"),
        ({"amount": "abc"}, 400, "不是数值"),
        ({"paid_on": "2024-01-01"}, 409, "不能早于立项日期"),
        ({"paid_on": "2099-01-01"}, 400, "还没有到"),
        ({"paid_on": "昨天"}, 400, "日期请写成"),
        ({"version": "99"}, 409, "刚刚被他人修改"),
        ({"version": ""}, 400, ""),
    ],
)
def test_wrong_payment_comes_back_as_typed(
    editor: Client, changes: dict[str, str], status: int, words: str
) -> None:
    award = p.award(amount=p.yuan(100))
    events = AuditEvent.objects.count()
    response = editor.post(f"{page_of(award)}pay/", paid(award, note="记下来的话", **changes))
    text = response.content.decode()
    assert response.status_code == status
    assert words in text
    assert "记下来的话" in text
    assert (Payment.objects.count(), AuditEvent.objects.count()) == (0, events)


def test_payment_is_taken_back_with_a_reason_and_stays_on_record(editor: Client) -> None:
    award = p.award(amount=p.yuan(100))
    payment = p.payment(award, p.yuan(40))
    url = f"{page_of(award)}payments/{payment.pk}/void/"
    assert editor.post(url, {"reason": " "}).status_code == 400
    response = editor.post(url, {"reason": "账号写错"}, follow=True)
    text = response.content.decode()
    assert "已撤回这笔拨付" in text
    assert "账号写错" in text
    payment.refresh_from_db()
    award.refresh_from_db()
    assert (payment.void_reason, award.paid) == ("账号写错", 0)
    assert editor.post(url, {"reason": "再来一次"}).status_code == 409


def test_payment_of_another_award_cannot_be_taken_back(editor: Client) -> None:
    award, other = p.award(), p.award()
    payment = p.payment(other)
    assert (
        editor.post(f"{page_of(award)}payments/{payment.pk}/void/", {"reason": "x"}).status_code
        == 404
    )


@pytest.mark.parametrize("status", ["completed", "terminated", "withdrawn"])
def test_status_moves_and_comes_back(editor: Client, status: str) -> None:
    award = p.award()
    url = f"{page_of(award)}status/"
    form = {"status": status, "reason": "项目情况变化", "version": str(award.version)}
    assert editor.post(url, form).status_code == 302
    award.refresh_from_db()
    assert award.status == status
    back = {"status": "approved", "reason": "恢复实施", "version": str(award.version)}
    assert editor.post(url, back).status_code == 302
    award.refresh_from_db()
    assert award.status == "approved"


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"status": "terminated", "reason": ""}, 409, "请写明理由"),
        ({"status": "approved", "reason": "x"}, 400, ""),
        ({"status": "gone", "reason": "写下的原因"}, 400, "写下的原因"),
        ({"status": "", "reason": "写下的原因"}, 400, "写下的原因"),
    ],
)
def test_wrong_step_changes_nothing(
    editor: Client, form: dict[str, str], status: int, words: str
) -> None:
    award = p.award()
    response = editor.post(f"{page_of(award)}status/", form | {"version": str(award.version)})
    assert response.status_code == status
    assert words in response.content.decode()
    award.refresh_from_db()
    assert award.status == "approved"


def test_withdrawing_after_a_payment_is_refused_in_words(editor: Client) -> None:
    award = p.award()
    p.payment(award)
    award.refresh_from_db()
    form = {"status": "withdrawn", "reason": "不做了", "version": str(award.version)}
    response = editor.post(f"{page_of(award)}status/", form)
    assert response.status_code == 409
    assert "请改为终止" in response.content.decode()


def test_history_tells_who_what_old_new_and_why(editor: Client) -> None:
    from programs import actions

    award = p.award(amount=p.yuan(100))
    actions.amend_award(
        by=p.reviewer(), award=award, version=award.version, reason="评审会核减",
        entry=replace(actions.entry_of(award), amount=p.yuan(80), region=p.district()),
    )  # fmt: skip
    history = editor.get(page_of(award)).context["history"]
    assert [(moment.action, moment.who) for moment in history] == [
        ("修改立项", str(p.reviewer())), ("登记立项", str(p.editor())),
    ]  # fmt: skip
    assert history[0].reason == "评审会核减"
    told = {change.label: (change.before, change.after) for change in history[0].changes}
    assert set(told) == {"立项金额", "实施区市"}
    before, after = told["立项金额"]
    assert before is not None
    assert after is not None
    assert (before.money, after.money) == (p.yuan(100), p.yuan(80))
    assert told["实施区市"][1] is not None
    assert told["实施区市"][1].text == "一号区"
    text = editor.get(page_of(award)).content.decode()
    assert "100万元 → 80万元" in text


def test_navigation_offers_the_pages_to_whom_they_open(editor: Client) -> None:
    assert 'href="/awards/"' in editor.get("/").content.decode()
    assert 'href="/recipients/"' in editor.get("/").content.decode()
    analyst = b.client_of(p.person("counter", "analyst", at=b.department()))
    text = analyst.get("/").content.decode()
    assert 'href="/awards/"' not in text
    assert 'href="/recipients/"' not in text


def test_texts_of_an_award_are_shown_inert(editor: Client) -> None:
    award = p.award(
        project="<script>alert(1)</script>", recipient=p.recipient('"><img src=x>'), note="<b>x</b>"
    )
    for url in (LIST, page_of(award), f"{page_of(award)}edit/", "/recipients/"):
        text = editor.get(url).content.decode()
        assert "<script>alert(1)" not in text, url
        assert "<img src=x>" not in text, url


def test_english_pages_answer(editor: Client) -> None:
    award = p.award()
    p.payment(award)
    editor.cookies["django_language"] = "en"
    urls = (LIST, page_of(award), f"{page_of(award)}edit/", "/recipients/", "/awards.csv")
    for url in urls:
        assert editor.get(url).status_code == 200, url


def test_user_without_department_enters_what_no_department_answers_for() -> None:
    free = p.program("free", department=None)
    award = p.award(p.item("free-grant", of=p.edition(free)))
    bound = p.award()
    stray: User = p.person("stray", "program_editor")
    client = b.client_of(stray)
    assert numbers(client.get(LIST)) == [award.number]
    assert client.get(page_of(bound)).status_code == 404
