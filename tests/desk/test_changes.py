"""The pages of changes: proposing, comparing, the steps, who sees and may do what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from targets import actions
from targets.models import ProgressSnapshot, Target, TargetVersion
from tests.desk import builders as d
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db
NEW = "/targets/plan-one/firms/change/"


def filled(client: Client, address: str = NEW, **changes: Any) -> dict[str, Any]:
    """The form as a browser would send it back, with these fields changed."""
    form = client.get(address).context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: "" if value is None else value for name, value in data.items()}
    return data | {"reason": "中期评估后下调", "basis_note": "评估报告"} | changes


def test_form_states_what_is_in_force() -> None:
    d.world()
    client = b.client_of(d.analyst())
    form = client.get(NEW).context["form"]
    assert (form["value"].value(), form["period_end"].value()) == ("9000", "2024")
    assert (form["baseline_period"].value(), form["comparator"].value()) == ("2020", "at_least")
    assert "现行读法：达到 9,000家以上，2024年" in d.seen(client, NEW)


def test_proposal_becomes_a_draft_and_shows_its_difference_and_verdict() -> None:
    target = d.world()
    client = b.client_of(d.analyst())
    data = filled(client, change="adjusted", value="0.8万", period_end="2025年")
    response = client.post(NEW, data, follow=True)
    row = target.versions.in_progress().get()
    assert response.redirect_chain[-1][0] == f"/changes/{row.pk}/"
    assert (row.value, row.period_end, row.review_state) == (8000, "2025", "draft")
    words = d.text_of(response.content.decode())
    assert "目标值 9,000家 8,000家" in words
    assert "期限 2024年 2025年" in words
    assert "判定由“符合预期”变为“提前完成”" in words
    assert "核对无误，提交核定" in words
    assert not ProgressSnapshot.objects.exists()
    assert target.versions.in_force().get().value == 9000


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"value": "八千左右"}, "八千左右"),
        ({"value": ""}, "这个字段是必填项"),
        ({"value": "8500亿元"}, "与所选的计量单位“家”不同"),
        ({"period_end": "某年"}, "某年"),
        ({"valid_from": "明年"}, "日期请写成 2026-01-31"),
        ({"reason": ""}, "请写明理由"),
        ({"basis_note": ""}, "须写明依据"),
        ({"change": "first"}, "选择一个有效的选项"),
        ({"value": "9000"}, "与现行读法没有差别"),
        ({"milestones": "2023"}, "不是“报告期 数值”"),
        ({"profile": "甲 乙"}, "分季份额须是四个数"),
        ({"comparator": "between"}, "区间须有上限"),
        ({"period_start": "2030"}, "起始期不能晚于期限"),
    ],
)
def test_bad_input_comes_back_in_words_and_loses_nothing(
    changes: dict[str, str], words: str
) -> None:
    target = d.world()
    client = b.client_of(d.analyst())
    data = filled(client, **({"change": "adjusted", "value": "8500"} | changes))
    response = client.post(NEW, data)
    assert response.status_code == 200
    said = d.text_of(response.content.decode())
    assert words in said
    assert "已填的内容都保留着" in said
    assert response.context["form"]["reason"].value() == data["reason"]
    assert target.versions.count() == 1


def test_withdrawal_asks_for_reason_and_source_only() -> None:
    target = d.world()
    client = b.client_of(d.analyst())
    data = filled(client, change="withdrawn", value="", unit="", period_end="无")
    client.post(NEW, data)
    row = target.versions.in_progress().get()
    assert (row.change, row.value, row.period_end) == ("withdrawn", 9000, "2024")
    words = d.seen(client, f"/changes/{row.pk}/")
    assert "效力 现行 废止" in words
    assert "变为“已废止，不再判定”" in words


def test_milestones_profile_and_clause_are_read() -> None:
    target = d.world()
    source = b.clause(b.document("later", title="中期评估"), "c9", locator="第三条")
    client = b.client_of(d.analyst())
    data = filled(
        client, change="adjusted", path="milestones", milestones="2022年 0.6万\n2023 7000家",
        profile="0.1 0.2,0.3，0.4", basis=source.pk, basis_note="",
    )  # fmt: skip
    client.post(NEW, data)
    row = target.versions.in_progress().get()
    assert row.milestones == {"2022": "6000", "2023": "7000"}
    assert row.profile == ["0.1", "0.2", "0.3", "0.4"]
    assert row.basis == source
    words = d.seen(client, f"/changes/{row.pk}/")
    assert "节点值 — 2022年 6,000家；2023年 7,000家" in words
    assert "分季份额 — 10%、20%、30%、40%" in words
    assert "中期评估 · 第三条" in words
    again = client.get(f"/changes/{row.pk}/edit/").context["form"]
    assert again["milestones"].value() == "2022 6000\n2023 7000"
    assert again["profile"].value() == "0.1 0.2 0.3 0.4"


def test_steps_lead_from_draft_to_force() -> None:
    target = d.world()
    author, judge = d.analyst(), d.reviewer()
    row = d.draft(target, author)
    writer, reader = b.client_of(author), b.client_of(judge)
    writer.post(f"/changes/{row.pk}/submit/", {"version": 1})
    assert "等待另一位核定人处理" not in d.seen(reader, f"/changes/{row.pk}/")
    row.refresh_from_db()
    reader.post(f"/changes/{row.pk}/return/", {"version": row.version, "reason": "依据不清"})
    assert "退回原因：依据不清" in d.seen(writer, f"/changes/{row.pk}/")
    row.refresh_from_db()
    address = f"/changes/{row.pk}/edit/"
    writer.post(address, filled(writer, address, value="8600"))
    row.refresh_from_db()
    assert (row.value, row.review_state) == (8600, "draft")
    writer.post(f"/changes/{row.pk}/submit/", {"version": row.version})
    row.refresh_from_db()
    reader.post(f"/changes/{row.pk}/approve/", {"version": row.version})
    row.refresh_from_db()
    assert (row.review_state, row.is_in_force, row.approved_by) == ("approved", True, judge)
    words = d.seen(reader, f"/changes/{row.pk}/")
    assert "现行" in words
    assert "判定会怎样" not in words


def test_draft_is_given_up_with_a_reason() -> None:
    target = d.world()
    author = d.analyst()
    row = d.draft(target, author)
    client = b.client_of(author)
    refused = client.post(f"/changes/{row.pk}/drop/", {"version": 1, "reason": " "}, follow=True)
    assert "请写明理由" in d.text_of(refused.content.decode())
    client.post(f"/changes/{row.pk}/drop/", {"version": 1, "reason": "重复"})
    assert "撤下原因：重复" in d.seen(client, f"/changes/{row.pk}/")
    assert not target.versions.in_progress().exists()


def test_step_on_an_old_version_is_409_with_both_sides() -> None:
    target = d.world()
    author, judge = d.analyst(), d.reviewer()
    row = d.submitted(target, author)
    client = b.client_of(judge)
    seen_version = row.version
    actions.return_version(by=judge, draft=row, version=row.version, reason="再核")
    actions.amend_version(by=author, draft=row, version=row.version, proposal=d.adjusted("7000"))
    actions.submit_version(by=author, draft=row, version=row.version)
    response = client.post(
        f"/changes/{row.pk}/approve/", {"version": seen_version, "seen": "达到 8,500家以上"}
    )
    words = d.text_of(response.content.decode())
    assert response.status_code == 409
    assert "您看到的 达到 8,500家以上" in words
    assert "达到 7,000家以上" in words
    assert target.versions.in_force().get().value == 9000


def test_edit_on_an_old_version_is_409_and_sent_again_is_a_choice() -> None:
    target = d.world()
    author = d.analyst()
    row = d.draft(target, author)
    client = b.client_of(author)
    address = f"/changes/{row.pk}/edit/"
    data = filled(client, address, value="8600")
    other = b.client_of(d.analyst("other"))
    other.post(address, filled(other, address, value="8700", valid_from="2026-01-01"))
    response = client.post(address, data)
    words = d.text_of(response.content.decode())
    assert response.status_code == 409
    assert "目标值 8,700家 8,600家" in words
    assert "生效日期 2026-01-01 —" in words
    assert target.versions.get(pk=row.pk).value == 8700
    assert client.post(address, data | {"version": 2}).status_code == 302
    assert target.versions.get(pk=row.pk).value == 8600


@pytest.mark.parametrize("version", ["", "x", "-1", "１", "9" * 12])
def test_step_without_a_version_is_a_bad_request(version: str) -> None:
    author = d.analyst()
    row = d.draft(d.world(), author)
    response = b.client_of(author).post(f"/changes/{row.pk}/submit/", {"version": version})
    assert response.status_code == 400
    assert TargetVersion.objects.get(pk=row.pk).review_state == "draft"


def test_own_change_waits_for_another_reviewer(settings: Any) -> None:
    judge = d.reviewer()
    row = d.submitted(d.world(), judge)
    client = b.client_of(judge)
    assert "等待另一位核定人处理" in d.seen(client, f"/changes/{row.pk}/")
    response = client.post(f"/changes/{row.pk}/approve/", {"version": row.version}, follow=True)
    assert "不能核定自己提出的变更" in d.text_of(response.content.decode())
    settings.SELF_APPROVAL = True
    assert "等待另一位" not in d.seen(client, f"/changes/{row.pk}/")


def test_analyst_of_another_department_neither_sees_nor_proposes() -> None:
    target = d.world()
    row = d.draft(target, d.analyst())
    stranger = b.client_of(b.person("outside", "analyst", at=b.department("other")))
    assert stranger.get(NEW).status_code == 404
    assert stranger.get(f"/changes/{row.pk}/").status_code == 404
    assert stranger.post(f"/changes/{row.pk}/submit/", {"version": 1}).status_code == 404
    assert "没有在办的目标变更" in d.seen(stranger, "/changes/")
    assert "提出变更" not in d.seen(stranger, "/targets/plan-one/firms/")


def test_auditor_sees_everything_and_has_no_step() -> None:
    row = d.submitted(d.world(), d.analyst())
    client = b.client_of(b.person("auditor", "auditor"))
    words = d.seen(client, f"/changes/{row.pk}/")
    assert "目标值 9,000家 8,500家" in words
    assert "退回原因" not in words
    assert client.post(f"/changes/{row.pk}/approve/", {"version": 1}).status_code == 403


def test_second_change_of_a_target_leads_to_the_first() -> None:
    author = d.analyst()
    row = d.draft(d.world(), author)
    response = b.client_of(author).get(NEW, follow=True)
    assert response.redirect_chain == [(f"/changes/{row.pk}/", 302)]
    assert "已有一份在办的变更" in d.text_of(response.content.decode())


def test_submitted_change_is_not_edited() -> None:
    author = d.analyst()
    row = d.submitted(d.world(), author)
    response = b.client_of(author).get(f"/changes/{row.pk}/edit/", follow=True)
    assert "现在不能修改" in d.text_of(response.content.decode())


def test_list_puts_what_waits_for_a_judge_first_and_names_what_is_scheduled() -> None:
    author, judge = d.analyst(), d.reviewer()
    day = timezone.localdate() + timedelta(days=20)
    scheduled, one, two = d.world(), d.promise_of("DRAFTED"), d.promise_of("SUBMITTED")
    d.approved(scheduled, author, judge, d.adjusted(valid_from=day))
    d.draft(one, author, d.adjusted("90"))
    d.submitted(two, author, d.adjusted("80"))
    done = d.promise_of("DONE")
    d.approved(done, author, judge, d.adjusted("70"))
    client = b.client_of(judge)
    rows = [row for row, _found in client.get("/changes/").context["items"]]
    assert [row.target for row in rows] == [two, one, scheduled]
    words = d.seen(client, "/changes/")
    assert "目标值 100家 → 80家" in words
    assert f"自 {day.isoformat()} 起" in words
    assert "等待生效" in words


@pytest.mark.parametrize("number", [1, 3])
def test_list_costs_the_same_queries(number: int, django_assert_num_queries: Any) -> None:
    author = d.analyst()
    for place in range(number):
        d.submitted(d.promise_of(f"I{place}"), author, d.adjusted("90"))
    client = b.client_of(d.reviewer())
    client.get("/changes/")
    with django_assert_num_queries(8):
        client.get("/changes/")


def test_target_page_tells_the_story_of_its_readings() -> None:
    target = d.world()
    author, judge = d.analyst(), d.reviewer()
    source = b.clause(b.document("later", title="中期评估"), "c9", locator="第三条")
    d.approved(target, author, judge, d.adjusted("8500", basis=source))
    day = timezone.localdate() + timedelta(days=20)
    d.approved(target, author, judge, d.adjusted("8000", valid_from=day))
    words = d.seen(Client(), "/targets/plan-one/firms/")
    assert "3 个版本的读法" in words
    assert "目标值 9,000家 → 8,500家 中期评估后下调；依据： 中期评估 · 第三条" in words
    assert f"已核定：自 {day.isoformat()} 起改为 达到 8,000家以上" in words
    assert f"{day.isoformat()} 生效" in words
    assert "author同志" not in words  # names are for people who are signed in
    d.draft(target, author, d.adjusted("7000"))
    signed_in = d.seen(b.client_of(author), "/targets/plan-one/firms/")
    assert "有一份变更在办（草稿）" in signed_in
    assert "author同志" in signed_in


def test_withdrawn_target_says_since_when_why_and_by_what() -> None:
    target = d.world()
    author, judge = d.analyst(), d.reviewer()
    other = d.promise_of("OTHER")
    gone = d.adjusted(change="withdrawn", reason="计划停止执行", valid_from=timezone.localdate())
    d.approved(target, author, judge, gone)
    words = d.seen(Client(), "/targets/plan-one/firms/")
    today = timezone.localdate().isoformat()
    assert f"这项目标自 {today} 起废止，不再判定。" in words
    assert "理由：计划停止执行；依据：评估报告第三条" in words
    assert "结论正在计算" not in words
    assert "已废止" in d.seen(Client(), "/documents/plan-one/")
    listed = d.seen(Client(), "/targets/")
    assert "1 项目标" in listed
    assert target.name not in listed
    assert other.name in listed


def test_target_page_is_the_same_for_a_reader_without_the_right(client: Client) -> None:
    d.world()
    assert "提出变更" not in d.seen(client, "/targets/plan-one/firms/")
    assert "提出变更" in d.seen(b.client_of(d.analyst()), "/targets/plan-one/firms/")
    assert Target.objects.count() == 1
