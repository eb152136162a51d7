"""Entering and changing an award by form: without script, over the cap, with the live check."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from programs import actions
from programs.models import Award, Program, Recipient, SupportItem
from tests.indicators import builders as b
from tests.programs import builders as p

pytestmark = pytest.mark.django_db
NEW = "/awards/new/"
ON = f"{NEW}?program=chain&decided_on=2025-03-10"
CHECK = "/awards/check/?program=chain&decided_on=2025-03-10"


@pytest.fixture
def grant() -> SupportItem:
    return p.item(clause=p.clause(quote="攻关项目最高支持500万元"))


@pytest.fixture
def editor(grant: SupportItem) -> Client:
    return b.client_of(p.editor())


@pytest.fixture
def reviewer(grant: SupportItem) -> Client:
    return b.client_of(p.reviewer())


def typed(**changes: Any) -> dict[str, Any]:
    """A form that is kept as it is; a new firm of a sound code."""
    form = {
        "item": "grant", "number": "LX-2025-1", "project": "深海装备攻关", "project_code": "",
        "year": "2025", "amount": "300", "investment": "", "credit_code": p.credit_code(7),
        "recipient_name": "示范七号公司", "recipient_kind": "enterprise", "recipient_region": "",
        "industry": "", "region": "", "note": "",
    }  # fmt: skip
    return form | changes


def stated(award: Award, **changes: Any) -> dict[str, Any]:
    """The form of an award as it is shown, with the reason of a change."""
    award.refresh_from_db()
    form = typed(
        number=award.number, project=award.project, amount="300", year=str(award.year),
        credit_code=award.recipient.credit_code or "", recipient_name="", recipient_kind="",
        reason="补正", version=str(award.version),
    )  # fmt: skip
    return form | changes


def edit_of(award: Award) -> str:
    return reverse("award_edit", args=[award.pk])


def test_program_and_day_come_first_then_the_items_in_force_that_day(
    editor: Client, grant: SupportItem
) -> None:
    later = p.edition(begins=date(2025, 6, 1))
    p.item("fresh", of=later)
    first = editor.get(NEW)
    assert (first.status_code, first.context["form"]) == (200, None)
    for day, keys in (("2025-05-31", ["grant"]), ("2025-06-01", ["fresh"])):
        page = editor.get(NEW, {"program": "chain", "decided_on": day})
        assert [item.key for item in page.context["ground"].items] == keys
    assert "500万元" in editor.get(ON).content.decode()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("program=other&decided_on=2025-03-10", "不由您的部门负责"),
        ("program=none&decided_on=2025-03-10", "没有这个计划"),
        ("program=chain&decided_on=2023-12-31", "没有适用的版本"),
        ("program=chain&decided_on=2099-01-01", "还没有到"),
        ("program=chain&decided_on=1999-01-01", "不能早于"),
        ("program=chain&decided_on=%D9%A3", "日期请写成"),
        ("program=chain", ""),
        ("program=bare&decided_on=2025-03-10", "没有列出支持事项"),
    ],
)
def test_choice_that_leads_nowhere_says_why(editor: Client, query: str, words: str) -> None:
    p.item("far", of=p.edition(p.program("other", department=b.department("far"))))
    p.edition(p.program("bare"))
    response = editor.get(f"{NEW}?{query}")
    assert response.context["form"] is None
    assert words in response.content.decode()
    assert editor.post(f"{NEW}?{query}", typed()).status_code == 400
    assert Award.objects.count() == 0


def test_award_is_entered_without_script_with_a_new_recipient(editor: Client) -> None:
    district = p.district()
    response = editor.post(
        ON, typed(region=district.pk, recipient_region=district.pk, industry="智能家电")
    )
    award = Award.objects.select_related("recipient", "item").get()
    assert response["Location"] == reverse("award", args=[award.pk])
    assert (award.number, award.project_code, award.amount) == (
        "LX-2025-1", "LX-2025-1", p.yuan(300),
    )  # fmt: skip
    assert (award.recipient.name, award.recipient.region, award.region) == (
        "示范七号公司", district, district,
    )  # fmt: skip
    assert (award.item.key, award.decided_on, award.industry) == (
        "grant", date(2025, 3, 10), "智能家电",
    )  # fmt: skip
    assert award.entered_by == p.editor()


@pytest.mark.parametrize(
    ("amount", "yuan"),
    [("500", "5000000"), ("500万元", "5000000"), ("3000000元", "3000000"), ("１２.３４", "123400")],
)
def test_amount_is_read_as_typed(editor: Client, amount: str, yuan: str) -> None:
    assert editor.post(ON, typed(amount=amount)).status_code == 302
    assert Award.objects.get().amount == Decimal(yuan)


def test_known_recipient_is_found_by_code_alone_however_it_is_written(editor: Client) -> None:
    firm = p.recipient("示范七号公司", credit_code=p.credit_code(7))
    assert firm.credit_code
    written = f" {firm.credit_code[:4].lower()}-{firm.credit_code[4:]} "
    form = typed(credit_code=written, recipient_name="", recipient_kind="")
    assert editor.post(ON, form).status_code == 302
    assert Award.objects.get().recipient == firm
    assert Recipient.objects.count() == 1


def test_person_has_no_code(editor: Client) -> None:
    form = typed(credit_code="", recipient_name="示范人员甲", recipient_kind="person")
    assert editor.post(ON, form).status_code == 302
    found = Award.objects.get().recipient
    assert (found.name, found.credit_code) == ("示范人员甲", None)


WRONG: list[tuple[dict[str, str], str, str]] = [
    ({"amount": "-3"}, "amount", "不能是负数"),
    ({"amount": "0.00000005"}, "amount", "不是整数分"),
    ({"amount": "三百左右"}, "amount", "不是确切的数值"),
    ({"amount": ""}, "amount", ""),
    ({"item": "gone"}, "item", "没有这个支持事项"),
    ({"item": ""}, "item", "请选择支持事项"),
    ({"credit_code": "9199999900000000"}, "credit_code", "应为 18 位"),
    ({"credit_code": "91999999000000007I"}, "credit_code", "不含 I"),
    ({"credit_code": "919999990000000070"}, "credit_code", "校验位"),
    ({"credit_code": ""}, "credit_code", "请填写统一社会信用代码"),
    ({"recipient_name": ""}, "recipient_name", "请填写名称"),
    ({"recipient_kind": ""}, "recipient_kind", "请选择类别"),
    ({"recipient_kind": "person"}, "recipient_kind", "个人没有统一社会信用代码"),
    ({"year": "20255"}, "year", ""),
    ({"number": ""}, "number", ""),
    ({"project": "长" * 161}, "project", ""),
    ({"region": "999"}, "region", ""),
]


@pytest.mark.parametrize(("changes", "field", "words"), WRONG)
def test_wrong_field_is_said_and_nothing_typed_is_lost(
    editor: Client, changes: dict[str, str], field: str, words: str
) -> None:
    p.credit_code(7)
    response = editor.post(ON, typed(note="写了很久的备注", **changes))
    text = response.content.decode()
    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    assert words in text
    assert "写了很久的备注" in text
    assert changes[field] in text or len(changes[field]) > 100 or field in ("item", "region")
    assert (Award.objects.count(), Recipient.objects.count()) == (0, 0)


def test_refused_award_leaves_no_recipient_behind(editor: Client) -> None:
    events = AuditEvent.objects.count()
    assert editor.post(ON, typed(amount="500.01")).status_code == 409
    assert (Award.objects.count(), Recipient.objects.count()) == (0, 0)
    assert AuditEvent.objects.count() == events


def test_over_the_cap_the_page_quotes_the_clause_and_says_whom_to_ask(editor: Client) -> None:
    p.award(amount=p.yuan(450), project_code="P-1")
    p.reviewer()
    p.person("faraway", "reviewer", at=b.department("far"))
    response = editor.post(ON, typed(amount="60", project_code="P-1"))
    text = response.content.decode()
    assert response.status_code == 409
    for words in ("攻关项目最高支持500万元", "上限 500万元", "已立项 450万元", "还可立项 50万元",
                  "超出 10万元", str(p.reviewer())):  # fmt: skip
        assert words in text, words
    assert "override_reason" not in text
    assert "faraway同志" not in text
    hint = response.context["hint"]
    assert (hint.state, hint.check.headroom) == ("refused", p.yuan(50))


def test_editor_who_posts_a_reason_of_an_override_gets_none(editor: Client) -> None:
    form = typed(amount="600", override_reason="我同意")
    assert editor.post(ON, form).status_code == 409
    assert Award.objects.count() == 0


def test_reviewer_grants_over_the_cap_with_a_reason_that_stays(reviewer: Client) -> None:
    first = reviewer.post(ON, typed(amount="600", override_reason=""))
    assert first.status_code == 409
    assert "您可以在“超出上限的理由”里写明理由" in first.content.decode()
    assert reviewer.post(ON, typed(amount="600", override_reason="专题会议纪要")).status_code == 302
    award = Award.objects.get()
    assert (award.override_reason, award.overridden_by) == ("专题会议纪要", p.reviewer())


def test_reason_without_need_is_refused(reviewer: Client) -> None:
    response = reviewer.post(ON, typed(amount="10", override_reason="以防万一"))
    assert response.status_code == 409
    assert "没有超出任何上限" in response.content.decode()
    assert "以防万一" in response.content.decode()


def test_number_is_given_once(editor: Client) -> None:
    standing = p.award()
    response = editor.post(ON, typed(number=standing.number))
    assert response.status_code == 409
    assert "已被使用" in response.content.decode()


def test_share_of_the_investment_wants_the_investment(editor: Client) -> None:
    p.item("share", rate=Decimal(20), rate_of="研发投入")
    missing = editor.post(ON, typed(item="share", amount="30"))
    assert list(missing.context["form"].errors) == ["investment"]
    over = editor.post(ON, typed(item="share", amount="30", investment="100"))
    assert over.status_code == 409
    assert "还可立项 20万元" in over.content.decode()
    assert editor.post(ON, typed(item="share", amount="20", investment="100")).status_code == 302
    assert Award.objects.get().ceiling == p.yuan(20)


def test_code_of_another_name_is_refused(editor: Client) -> None:
    firm = p.recipient("先登记的公司")
    response = editor.post(ON, typed(credit_code=firm.credit_code))
    assert response.status_code == 400
    assert list(response.context["form"].errors) == ["recipient_name"]


# Changing.


def test_change_is_kept_with_its_reason(editor: Client) -> None:
    award = p.award(amount=p.yuan(300))
    page = editor.get(edit_of(award))
    assert page.context["form"].initial["amount"] == p.yuan(300)
    assert 'value="300"' in page.content.decode()
    response = editor.post(edit_of(award), stated(award, amount="280", reason="评审核减"))
    assert response.status_code == 302
    award.refresh_from_db()
    assert (award.amount, award.version) == (p.yuan(280), 2)
    event = AuditEvent.objects.order_by("-pk").first()
    assert event is not None
    assert (event.action, event.reason) == ("programs.amend_award", "评审核减")


def test_form_as_it_is_shown_changes_nothing_but_the_version(editor: Client) -> None:
    award = p.award(
        amount=p.yuan("12.345678"), investment=p.yuan(90), region=p.district(), industry="甲",
        note="备注", project_code="P-9",
    )  # fmt: skip
    form = editor.get(edit_of(award)).context["form"]
    posted = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    before = {name: getattr(award, name) for name in posted if name in ("number", "note")}
    assert editor.post(edit_of(award), posted | {"reason": "无改动"}).status_code == 302
    after = Award.objects.get(pk=award.pk)
    assert {name: getattr(after, name) for name in before} == before
    for name in ("amount", "investment", "region", "industry", "project_code", "recipient",
                 "year", "decided_on", "item_key"):  # fmt: skip
        assert getattr(after, name) == getattr(award, name), name


def test_change_needs_a_reason(editor: Client) -> None:
    award = p.award()
    response = editor.post(edit_of(award), stated(award, reason=" "))
    assert list(response.context["form"].errors) == ["reason"]


def test_other_day_holds_the_award_against_the_edition_of_that_day(editor: Client) -> None:
    award = p.award(amount=p.yuan(300))
    p.item("grant", of=p.edition(begins=date(2025, 6, 1)), cap=p.yuan(200))
    moved = f"{edit_of(award)}?program=chain&decided_on=2025-06-02"
    response = editor.post(moved, stated(award))
    assert response.status_code == 409
    assert "上限 200万元" in response.content.decode()
    assert editor.post(moved, stated(award, amount="200")).status_code == 302
    award.refresh_from_db()
    assert (award.decided_on, award.amount) == (date(2025, 6, 2), p.yuan(200))


def test_overtaken_change_shows_both_values_and_keeps_what_was_typed(editor: Client) -> None:
    award = p.award(amount=p.yuan(300))
    seen = stated(award, amount="250", note="我写的备注")
    actions.amend_award(
        by=p.reviewer(), award=award, version=award.version, reason="先改",
        entry=p.entry(amount=p.yuan(120), number=award.number, recipient=award.recipient),
    )  # fmt: skip
    response = editor.post(edit_of(award), seen)
    text = response.content.decode()
    assert response.status_code == 409
    told = {both.label: both for both in response.context["clashes"]}
    assert (told["立项金额"].current.money, told["立项金额"].attempted.money) == (
        p.yuan(120), p.yuan(250),
    )  # fmt: skip
    assert "120万元" in text
    assert "我写的备注" in text
    award.refresh_from_db()
    assert award.amount == p.yuan(120)
    again = seen | {"version": response.context["form"]["version"].value()}
    assert editor.post(edit_of(award), again).status_code == 302


def test_closed_award_cannot_be_changed(editor: Client) -> None:
    award = p.closed(p.award(), "terminated")
    assert editor.get(reverse("award", args=[award.pk])).content.decode().count("/edit/") == 0
    response = editor.post(edit_of(award), stated(award))
    assert response.status_code == 409
    assert "不能再改动或拨付" in response.content.decode()


def test_change_without_a_word_on_the_recipient_keeps_it(editor: Client) -> None:
    person = p.recipient("示范人员乙", kind="person")
    award = p.award(recipient=person)
    form = stated(award, credit_code="", recipient_name="", recipient_kind="")
    assert editor.post(edit_of(award), form).status_code == 302
    award.refresh_from_db()
    assert award.recipient == person


# The live check.


def asked(client: Client, url: str = CHECK, **form: Any) -> dict[str, str]:
    found: dict[str, str] = client.post(url, typed(**form)).json()
    return found


def test_check_says_what_is_left_and_keeps_nothing(editor: Client) -> None:
    p.award(amount=p.yuan(450), project_code="P-1")
    events = AuditEvent.objects.count()
    found = asked(editor, amount="60", project_code="P-1")
    assert found["state"] == "refused"
    for words in ("500万元", "450万元", "50万元", "10万元", "攻关项目最高支持500万元"):
        assert words in found["html"], words
    assert asked(editor, amount="50", project_code="P-1")["state"] == "fits"
    assert (Award.objects.count(), Recipient.objects.count()) == (1, 1)
    assert AuditEvent.objects.count() == events


def test_check_answers_before_everything_is_typed(editor: Client) -> None:
    nothing = dict.fromkeys(typed(), "")
    assert asked(editor, **nothing)["state"] == "none"
    only_item = asked(editor, **(nothing | {"item": "grant"}))
    assert only_item["state"] == "incomplete"
    assert "500万元" in only_item["html"]
    assert asked(editor, amount="三百左右")["state"] == "incomplete"


def test_check_names_the_known_recipient(editor: Client) -> None:
    firm = p.recipient("先登记的公司")
    assert "先登记的公司" in asked(editor, credit_code=firm.credit_code)["html"]


def test_check_tells_what_may_not_be_had_beside_it(editor: Client) -> None:
    firm = p.recipient("示范丙公司")
    p.item("solo", not_with=["chain/grant"], not_with_for="ever")
    mine = p.award(recipient=firm)
    found = asked(editor, item="solo", credit_code=firm.credit_code, recipient_name="", amount="")
    assert found["state"] == "refused"
    assert f'href="/awards/{mine.pk}/"' in found["html"]


def test_award_of_anothers_program_is_named_by_its_number_alone(editor: Client) -> None:
    firm = p.recipient("示范丁公司")
    other = p.program("other", department=b.department("far"))
    theirs = p.award(p.item("far-grant", of=p.edition(other)), recipient=firm)
    p.item("solo", not_with=["other/far-grant"], not_with_for="ever")
    found = asked(editor, item="solo", credit_code=firm.credit_code, recipient_name="")
    assert theirs.number in found["html"]
    assert f"/awards/{theirs.pk}/" not in found["html"]


def test_check_of_a_change_does_not_count_the_award_against_itself(editor: Client) -> None:
    award = p.award(amount=p.yuan(400))
    form = stated(award, amount="500") | {"award": str(award.pk)}
    assert asked(editor, **form)["state"] == "fits"


def test_check_stays_within_the_scope(editor: Client) -> None:
    other = p.program("other", department=b.department("far"))
    theirs = p.award(p.item("far-grant", of=p.edition(other)))
    url = "/awards/check/?program=other&decided_on=2025-03-10"
    assert asked(editor, url, item="far-grant")["state"] == "none"
    assert editor.post(CHECK, {"award": str(theirs.pk)}).status_code == 404
    assert editor.get(CHECK).status_code == 405


@pytest.mark.parametrize("award", ["x", "٣", "9" * 30, "-1"])
def test_check_of_an_odd_award_is_no_fault(editor: Client, award: str) -> None:
    assert editor.post(CHECK, typed(award=award)).status_code == 200


def test_choice_offers_the_own_programs_alone(editor: Client) -> None:
    p.program("other", department=b.department("far"))
    offered = editor.get(NEW).context["choose"].programs
    assert set(offered) == {"chain"}
    assert Program.objects.count() == 2


def test_editor_without_a_program_is_told(grant: SupportItem) -> None:
    client = b.client_of(p.person("idle", "program_editor", at=b.department("idle")))
    assert "您的部门没有负责的计划" in client.get(NEW).content.decode()
