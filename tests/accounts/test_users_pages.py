"""The pages of the security administrator: lists, forms, buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.models import AuditEvent, Department, User

pytestmark = pytest.mark.django_db
Person = Callable[..., User]
Enter = Callable[..., Client]
Events = Callable[[], list[AuditEvent]]


@pytest.fixture
def client(signed_in: Enter) -> Client:
    return signed_in("security_admin")


def listed(client: Client, query: str = "") -> list[str]:
    answer = client.get(reverse("users") + query)
    assert answer.status_code == 200
    return [user.username for user in answer.context["page"]]


def notices(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_list_leaves_out_system_accounts(client: Client, person: Person) -> None:
    person("analyst", username="ann")
    actions.ensure_system_users()
    assert listed(client) == ["ann", "security-admin.1"]


def test_list_by_role_department_and_state(client: Client, person: Person) -> None:
    top = Department.objects.create(code="A", name="局")
    below = Department.objects.create(code="A1", name="处", parent=top)
    other = Department.objects.create(code="B", name="区")
    person("analyst", username="one", department=top)
    person("reviewer", "analyst", username="two", department=below)
    gone = person("reviewer", username="three", department=other)
    actions.disable_user(by=None, user=gone)
    assert listed(client, "?role=reviewer") == ["three", "two"]
    assert listed(client, "?department=A") == ["one", "two"]
    assert listed(client, "?department=A1") == ["two"]
    assert listed(client, "?active=no") == ["three"]
    assert listed(client, "?active=yes&role=reviewer") == ["two"]
    assert listed(client, "?department=B&role=analyst") == []


@pytest.mark.parametrize(
    "query", ["?role=emperor", "?department=Z", "?active=maybe", "?page=x", "?page=999", "?page=-1"]
)
def test_list_with_a_value_that_is_no_choice_narrows_nothing(client: Client, query: str) -> None:
    assert listed(client, query) == ["security-admin.1"]


def test_list_says_which_filter_was_no_choice(client: Client) -> None:
    form = client.get(reverse("users") + "?role=emperor").context["form"]
    assert list(form.errors) == ["role"]


def test_list_has_pages_that_keep_the_filter(client: Client) -> None:
    User.objects.bulk_create(
        User(username=f"u{number:03}", full_name="众人") for number in range(60)
    )
    first = client.get(reverse("users") + "?active=yes&page=1")
    assert len(first.context["page"].object_list) == 50
    assert "?active=yes&amp;page=2" in first.content.decode()
    assert len(listed(client, "?active=yes&page=2")) == 11


def test_list_marks_locked_and_disabled_accounts(client: Client, person: Person) -> None:
    locked, gone = person(username="locked"), person(username="gone")
    actions.disable_user(by=None, user=gone)
    AccessAttempt.objects.create(
        username="locked", failures_since_start=5, attempt_time=timezone.now()
    )
    answer = client.get(reverse("users"))
    assert answer.context["locked"] == {locked.username}
    text = answer.content.decode()
    assert (text.count(">已锁定</td>"), text.count(">已停用</td>")) == (1, 1)


def test_empty_list_says_so(client: Client) -> None:
    text = client.get(reverse("users") + "?role=official").content.decode()
    assert "没有符合条件的账号。" in text


NEW = {"username": "New.One", "full_name": "新人", "email": "", "roles": ["analyst", "reviewer"]}


def test_create_shows_a_one_time_password_once(client: Client, new_events: Events) -> None:
    department = Department.objects.create(code="A", name="局")
    new_events()
    answer = client.post(reverse("user_create"), {**NEW, "department": department.pk})
    user = User.objects.get(username="new.one")
    password = answer.context["password"]
    assert user.check_password(password) is True
    assert (user.must_change_password, user.roles, user.department) == (
        True,
        {"analyst", "reviewer"},
        department,
    )
    assert password in answer.content.decode()
    assert [event.action for event in new_events()] == ["accounts.create_user"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"username": "张三"}, "账号只能用小写字母、数字和 . _ - ，并以字母或数字开头。"),
        ({"username": "security-admin.1"}, "这个账号已经存在，请换一个。"),
        ({"full_name": ""}, "这个字段是必填项。"),
        ({"email": "nowhere"}, "输入一个有效的 Email 地址。"),
        ({"roles": ["auditor", "analyst"]}, "三员分立"),
        ({"roles": ["emperor"]}, "emperor"),
        ({"department": "404"}, "选择"),
    ],
)
def test_create_with_bad_input_says_so_and_loses_nothing(
    client: Client, new_events: Events, wrong: dict[str, Any], words: str
) -> None:
    new_events()
    data = {**NEW, "email": "keep@example.org", **wrong}
    answer = client.post(reverse("user_create"), data)
    form = answer.context["form"]
    assert answer.status_code == 200
    assert words in str(form.errors)
    assert {name: form[name].value() for name in data} == data
    assert User.objects.filter(full_name="新人").count() == 0
    assert new_events() == []


def edit(client: Client, user: User, **data: Any) -> Any:
    facts = {"full_name": user.full_name, "email": "", "version": user.version, **data}
    return client.post(reverse("user_edit", args=[user.pk]), facts)


def test_edit_saves_and_goes_back(client: Client, person: Person, new_events: Events) -> None:
    user = person()
    new_events()
    answer = edit(client, user, full_name="改名")
    assert answer["Location"] == reverse("user_page", args=[user.pk])
    assert User.objects.get(pk=user.pk).full_name == "改名"
    assert [event.action for event in new_events()] == ["accounts.change_user"]


def test_edit_of_a_changed_account_shows_both_values(client: Client, person: Person) -> None:
    user = person()
    actions.change_user(by=None, user=user, version=1, full_name="第一人")
    answer = edit(client, user, full_name="第二人", email="second@example.org")
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "<td>第一人</td><td>第二人</td>" in text
    form = answer.context["form"]
    assert (form["full_name"].value(), form["email"].value(), form["version"].value()) == (
        "第二人",
        "second@example.org",
        "2",
    )
    assert User.objects.get(pk=user.pk).full_name == "第一人"

    again = edit(client, user, full_name="第二人", version=form["version"].value())
    assert again.status_code == 302
    assert User.objects.get(pk=user.pk).full_name == "第二人"


@pytest.mark.parametrize("version", ["", "x", "0", "-1"])
def test_edit_without_a_version_is_refused(client: Client, person: Person, version: str) -> None:
    user = person()
    answer = edit(client, user, full_name="改名", version=version)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["version"]
    assert User.objects.get(pk=user.pk).full_name == user.full_name


def test_edit_keeps_a_closed_department_on_offer(client: Client, person: Person) -> None:
    closed = Department.objects.create(code="A", name="旧局", is_active=False)
    Department.objects.create(code="B", name="别的旧局", is_active=False)
    user = person(department=closed)
    form = client.get(reverse("user_edit", args=[user.pk])).context["form"]
    assert list(form.fields["department"].queryset) == [closed]


def push(client: Client, name: str, user: User, **data: Any) -> Any:
    return client.post(reverse(name, args=[user.pk]), data, follow=True)


def test_buttons_do_what_they_say(client: Client, person: Person, new_events: Events) -> None:
    user = person("analyst")
    new_events()
    told = [
        notices(push(client, "user_disable", user, reason="调离")),
        notices(push(client, "user_enable", user, reason="回岗")),
        notices(push(client, "user_grant", user, role="reviewer", reason="代班")),
        notices(push(client, "user_revoke", user, role="analyst")),
        notices(push(client, "user_unlock", user)),
    ]
    assert told == [
        ["账号已停用。"],
        ["账号已启用。"],
        ["角色已授予。"],
        ["角色已收回。"],
        ["账号已解锁。"],
    ]
    assert [(event.action, event.reason) for event in new_events()] == [
        ("accounts.disable_user", "调离"),
        ("accounts.enable_user", "回岗"),
        ("accounts.grant_role", "代班"),
        ("accounts.revoke_role", ""),
        ("accounts.unlock_user", ""),
    ]
    assert User.objects.get(pk=user.pk).roles == {"reviewer"}


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("user_enable", {}, "该账号没有停用。"),
        ("user_grant", {"role": "auditor"}, "三员分立"),
        ("user_grant", {"role": "emperor"}, "请选择一个角色。"),
        ("user_grant", {}, "请选择一个角色。"),
        ("user_revoke", {"role": "reviewer"}, "该用户没有这个角色。"),
        ("user_revoke", {"role": ""}, "请选择一个角色。"),
    ],
)
def test_refusal_is_said_and_the_reason_is_kept(
    client: Client,
    person: Person,
    new_events: Events,
    name: str,
    data: dict[str, str],
    words: str,
) -> None:
    user = person("analyst")
    new_events()
    answer = push(client, name, user, reason="写了很久的理由", **data)
    assert words in answer.context["error"]
    assert 'value="写了很久的理由"' in answer.content.decode()
    assert new_events() == []


def test_own_account_cannot_be_disabled_or_promoted(client: Client) -> None:
    own = client.user  # type: ignore[attr-defined]
    assert push(client, "user_disable", own).context["error"] == "不能停用自己的账号。"
    assert push(client, "user_grant", own, role="analyst").context["error"] == (
        "不能给自己授予角色。"
    )


def test_page_shows_what_can_be_done(client: Client, person: Person) -> None:
    user = person("analyst")
    text = client.get(reverse("user_page", args=[user.pk])).content.decode()
    assert "收回“数据分析员”" in text
    assert reverse("user_disable", args=[user.pk]) in text
    assert reverse("user_enable", args=[user.pk]) not in text
    assert reverse("user_unlock", args=[user.pk]) not in text


def test_page_offers_to_unlock_a_locked_account(client: Client, person: Person) -> None:
    user = person()
    AccessAttempt.objects.create(
        username=user.username, failures_since_start=5, attempt_time=timezone.now()
    )
    text = client.get(reverse("user_page", args=[user.pk])).content.decode()
    assert reverse("user_unlock", args=[user.pk]) in text


def test_page_for_the_auditor_has_no_button(signed_in: Enter, person: Person) -> None:
    user = person("analyst")
    text = signed_in("auditor").get(reverse("user_page", args=[user.pk])).content.decode()
    assert reverse("user_grant", args=[user.pk]) not in text
    assert reverse("user_disable", args=[user.pk]) not in text
    assert "数据分析员" in text


def test_reset_password_shows_it_once(client: Client, person: Person) -> None:
    user = person()
    answer = push(client, "user_reset_password", user, reason="忘记")
    password = answer.context["password"]
    assert password in answer.content.decode()
    assert User.objects.get(pk=user.pk).check_password(password) is True
    page = client.get(reverse("user_page", args=[user.pk])).content.decode()
    assert password not in page


def test_hand_over_closes_the_account(client: Client, person: Person) -> None:
    leaver, successor = person("analyst"), person("analyst")
    answer = push(client, "user_hand_over", leaver, successor=successor.pk, reason="退休")
    assert notices(answer)[0].startswith("已移交并停用账号，移交 ")
    assert User.objects.get(pk=leaver.pk).is_active is False


def test_hand_over_offers_others_in_use(client: Client, person: Person) -> None:
    leaver, other, gone = person(), person(), person()
    actions.disable_user(by=None, user=gone)
    actions.ensure_system_users()
    form = client.get(reverse("user_hand_over", args=[leaver.pk])).context["form"]
    own = client.user  # type: ignore[attr-defined]
    assert set(form.fields["successor"].queryset) == {other, own}


@pytest.mark.parametrize("successor", ["", "404", "x"])
def test_hand_over_to_nobody_keeps_the_reason(
    client: Client, person: Person, successor: str
) -> None:
    leaver = person()
    answer = push(client, "user_hand_over", leaver, successor=successor, reason="退休")
    form = answer.context["form"]
    assert (list(form.errors), form["reason"].value()) == (["successor"], "退休")
    assert User.objects.get(pk=leaver.pk).is_active is True


def test_hand_over_refused_by_a_rule_says_so_on_the_form(client: Client, person: Person) -> None:
    own = client.user  # type: ignore[attr-defined]
    answer = push(client, "user_hand_over", own, successor=person().pk, reason="退休")
    assert answer.context["form"].non_field_errors() == ["不能移交自己的账号。"]


def test_stored_markup_is_shown_as_text(client: Client, person: Person) -> None:
    user = person(full_name="<script>alert(1)</script>")
    for where in (reverse("users"), reverse("user_page", args=[user.pk])):
        text = client.get(where).content.decode()
        assert "<script>alert(1)" not in text
        assert "&lt;script&gt;alert(1)" in text
