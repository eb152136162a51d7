"""The pages of the rules: what counts is public, a change shows its effect first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from targets import actions
from targets.models import ProgressSnapshot, RuleSet, Target
from targets.recompute import queue_open_targets, sweep
from tests.desk import builders as d
from tests.indicators import builders as b

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_rules")]


@pytest.fixture
def author() -> User:
    return d.reviewer("author")


@pytest.fixture
def target() -> Target:
    """Pace 1.0: 8000 in 2023 of 5000 in 2020 to 9000 in 2024."""
    return d.world()


def filled(client: Client, **changes: Any) -> dict[str, Any]:
    form = client.get("/rules/new/").context["form"]
    data = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in data.items()} | {
        "reason": "从严", **changes,
    }  # fmt: skip


def stricter(client: Client, **changes: Any) -> dict[str, Any]:
    return filled(client, on_track="110", ahead="120", **changes)


def test_form_states_the_rules_in_force_in_per_cent(author: User) -> None:
    form = b.client_of(author).get("/rules/new/").context["form"]
    names = ("on_track", "lagging", "ahead", "about_tolerance", "nearly_share")
    assert [form[name].value() for name in names] == ["95", "60", "105", "2", "90"]
    assert form["light_lagging"].value() == "yellow"


def test_preview_shows_what_would_change_and_writes_nothing(author: User, target: Target) -> None:
    client = b.client_of(author)
    response = client.post("/rules/new/", stricter(client, then="preview"))
    words = d.text_of(response.content.decode())
    assert "1 项判定会改变" in words
    assert "比较了全部 1 项承诺" in words
    assert "符合预期 1 0" in words
    assert "略有滞后 0 1" in words
    assert f"{target.name} 达到 9,000家以上，2024年 符合预期 略有滞后 100%" in words
    assert "保存草稿" in words
    assert RuleSet.objects.count() == 1
    assert not ProgressSnapshot.objects.exists()


def test_without_a_change_the_preview_says_so(author: User, target: Target) -> None:
    client = b.client_of(author)
    response = client.post("/rules/new/", filled(client, then="preview"))
    assert "没有判定会改变" in d.text_of(response.content.decode())


def test_preview_is_what_really_changes(author: User, target: Target) -> None:
    queue_open_targets()
    sweep()
    snapshot = ProgressSnapshot.objects.get(target=target)
    assert (snapshot.status, snapshot.light) == ("on_track", "green")
    client, judge = b.client_of(author), b.client_of(d.reviewer())
    foreseen = client.post(
        "/rules/new/", stricter(client, then="preview", light_lagging="red")
    ).context["preview"]
    client.post("/rules/new/", stricter(client, then="save", light_lagging="red"))
    client.post("/rules/2/submit/")
    assert "1 项判定会改变" in d.seen(judge, "/rules/2/")
    judge.post("/rules/2/approve/")
    sweep()
    snapshot.refresh_from_db()
    (row,) = foreseen.changed
    assert (row.after.status, row.after.light) == (snapshot.status, snapshot.light)
    assert (snapshot.status, snapshot.light, snapshot.rule_version) == ("lagging", "red", 2)
    page = judge.get("/targets/plan-one/firms/").content.decode()
    assert 'class="light light-red light-big"' in page


def test_saved_rules_wait_for_another_person(author: User, target: Target) -> None:
    client = b.client_of(author)
    response = client.post("/rules/new/", stricter(client, then="save"), follow=True)
    assert response.redirect_chain == [("/rules/2/", 302)]
    rules = RuleSet.objects.get(version=2)
    assert (rules.review_state, rules.entered_by) == ("draft", author)
    client.post("/rules/2/submit/")
    words = d.seen(client, "/rules/2/")
    assert "等待另一位核定人处理" in words
    assert "退回原因" not in words
    refused = client.post("/rules/2/approve/", follow=True)
    assert "不能核定自己提出的规则" in d.text_of(refused.content.decode())


def test_returned_rules_show_the_reason_and_no_preview(author: User, target: Target) -> None:
    client, judge = b.client_of(author), b.client_of(d.reviewer())
    client.post("/rules/new/", stricter(client, then="save"))
    client.post("/rules/2/submit/")
    refused = judge.post("/rules/2/return/", {"reason": ""}, follow=True)
    assert "请写明理由" in d.text_of(refused.content.decode())
    judge.post("/rules/2/return/", {"reason": "理由不足"})
    words = d.seen(client, "/rules/2/")
    assert "退回原因：理由不足" in words
    assert "判定会怎样" not in words


def test_step_that_somebody_took_first_is_409(author: User, target: Target) -> None:
    client, judge = b.client_of(author), b.client_of(d.reviewer())
    client.post("/rules/new/", stricter(client, then="save"))
    client.post("/rules/2/submit/")
    judge.post("/rules/2/approve/")
    response = judge.post("/rules/2/approve/")
    assert response.status_code == 409
    assert "现在的状态 已核定 · judge同志" in d.text_of(response.content.decode())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"on_track": "百分之九十五"}, "输入一个数字"),
        ({"on_track": "110"}, "界限须依次不降"),
        ({"lagging": "-1"}, "大于或等于0"),
        ({"about_tolerance": "150"}, "允差"),
        ({"light_attained": "blue"}, "选择一个有效的选项"),
        ({"in_force_from": "下月"}, "日期请写成 2026-01-31"),
        ({"in_force_from": "1999-01-01"}, "不能早于"),
        ({"reason": ""}, "请写明理由"),
    ],
)
@pytest.mark.parametrize("then", ["preview", "save"])
def test_bad_terms_come_back_in_words_and_lose_nothing(
    author: User, changes: dict[str, str], words: str, then: str
) -> None:
    client = b.client_of(author)
    data = filled(client, then=then, nearly_share="88", **changes)
    response = client.post("/rules/new/", data)
    assert response.status_code == 200
    assert words in d.text_of(response.content.decode())
    assert response.context["form"]["nearly_share"].value() == "88"
    assert RuleSet.objects.count() == 1


def test_zero_per_cent_is_a_threshold(author: User) -> None:
    client = b.client_of(author)
    client.post("/rules/new/", filled(client, lagging="0", about_tolerance="0", then="save"))
    rules = RuleSet.objects.get(version=2)
    assert (rules.lagging, rules.about_tolerance) == (0, 0)


def test_everybody_reads_what_counts_and_nobody_else_the_drafts(
    author: User, target: Target
) -> None:
    terms = actions.Terms(
        on_track=b.Decimal("0.9"), lagging=b.Decimal("0.5"), ahead=b.Decimal("1.1"),
        about_tolerance=b.Decimal("0.02"), nearly_share=b.Decimal("0.9"),
        lights=RuleSet.objects.get().lights,
        in_force_from=timezone.localdate() + timedelta(days=30),
    )  # fmt: skip
    actions.propose_rules(by=author, terms=terms, reason="从宽")
    anonymous = Client()
    assert "第 2 版" not in d.seen(anonymous, "/rules/")
    assert anonymous.get("/rules/2/").status_code == 404
    words = d.seen(anonymous, "/rules/1/")
    assert "进度不低于 95% 为符合预期（不低于 105% 为快于预期）" in words
    assert "系统自带的规则" in words
    assert "第 2 版" in d.seen(b.client_of(author), "/rules/")
    assert b.client_of(d.analyst("writer")).get("/rules/new/").status_code == 403


def test_on_an_earlier_day_only_the_rules_known_then_are_shown(
    author: User, target: Target
) -> None:
    client, judge = b.client_of(author), b.client_of(d.reviewer())
    client.post("/rules/new/", stricter(client, then="save"))
    client.post("/rules/2/submit/")
    judge.post("/rules/2/approve/")
    assert "第 2 版" in d.seen(judge, "/rules/")
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    words = d.seen(judge, f"/known-on/{yesterday}/rules/")
    assert "第 2 版" not in words
    assert "第 1 版 2000-01-01 95% 60% 105% 2% 90% 已核定 现行" in words
    assert judge.get(f"/known-on/{yesterday}/rules/2/").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_list_costs_the_same_queries(
    author: User, number: int, django_assert_num_queries: Any
) -> None:
    client = b.client_of(author)
    for _turn in range(number):
        client.post("/rules/new/", filled(client, then="save"))
    with django_assert_num_queries(9):
        assert len(client.get("/rules/").context["page"]) == number + 1
