"""Signing in and out, lock-out, one's own password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.lockouts import locked_usernames
from accounts.models import AuditEvent, User

pytestmark = pytest.mark.django_db
Person = Callable[..., User]
Enter = Callable[..., Client]
Events = Callable[[], list[AuditEvent]]
PASSWORD = "green-lamp-4471"


def sign_in(client: Client, username: str, password: str = PASSWORD, **facts: str) -> Any:
    return client.post(reverse("login"), {"username": username, "password": password, **facts})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_login_with_the_right_password(client: Client, person: Person, new_events: Events) -> None:
    user = person()
    new_events()
    answer = sign_in(client, user.username)
    assert (answer.status_code, is_in(client)) == (302, True)
    (event,) = new_events()
    assert (event.action, event.actor_id, event.source) == (
        "accounts.login",
        user.pk,
        f"web {reverse('login')}",
    )
    assert event.after == {"address": "127.0.0.1"}


def test_login_reads_the_account_in_any_case(client: Client, person: Person) -> None:
    sign_in(client, f" {person(username='ada.7').username.upper()} ")
    assert is_in(client) is True


def test_login_goes_to_a_local_next(client: Client, person: Person) -> None:
    answer = sign_in(client, person().username, next="/desk/?year=2024")
    assert answer["Location"] == "/desk/?year=2024"


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)", "\\\\x.org"]
)
def test_login_does_not_go_elsewhere(client: Client, person: Person, elsewhere: str) -> None:
    answer = sign_in(client, person().username, next=elsewhere)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("overview")


def test_login_with_the_wrong_password_keeps_the_account(
    client: Client, person: Person, new_events: Events
) -> None:
    user = person()
    new_events()
    answer = sign_in(client, user.username, "wrong")
    text = answer.content.decode()
    assert (answer.status_code, is_in(client)) == (200, False)
    assert "账号或密码不对。连续五次输错，账号会锁定三十分钟。" in text
    assert f'value="{user.username}"' in text
    assert "wrong" not in text
    (event,) = new_events()
    assert (event.action, event.actor_id, event.object_label) == (
        "accounts.login_failed",
        None,
        user.username,
    )


@pytest.mark.parametrize("username", ["", "a\0b", "x" * 500, "<b>", "no.such.user"])
def test_login_with_any_account_answers_in_words(client: Client, username: str) -> None:
    answer = sign_in(client, username)
    assert (answer.status_code, is_in(client)) == (200, False)
    assert "<b>" not in answer.content.decode()


def test_five_failures_lock_and_a_security_admin_unlocks(
    client: Client, person: Person, new_events: Events
) -> None:
    user = person()
    new_events()
    statuses = [sign_in(client, user.username, "wrong").status_code for _turn in range(5)]
    assert statuses == [200, 200, 200, 200, 429]
    locked = sign_in(client, user.username)
    assert (locked.status_code, is_in(client)) == (429, False)
    assert "请在 30 分钟后再试，或请安全管理员解锁。" in locked.content.decode()
    assert locked_usernames([user.username], timezone.now()) == {user.username}
    told = [event.action for event in new_events()]
    assert (told.count("accounts.login_failed"), told.count("accounts.lock_out")) == (6, 1)

    actions.unlock_user(by=person("security_admin"), user=user)
    assert locked_usernames([user.username], timezone.now()) == frozenset()
    assert sign_in(client, user.username).status_code == 302
    assert is_in(client) is True


def test_four_failures_do_not_lock(client: Client, person: Person) -> None:
    user = person()
    for _turn in range(4):
        sign_in(client, user.username, "wrong")
    assert sign_in(client, user.username).status_code == 302


def test_lock_of_one_account_leaves_others_open(client: Client, person: Person) -> None:
    locked, other = person(), person()
    for _turn in range(5):
        sign_in(client, locked.username, "wrong")
    assert sign_in(client, other.username).status_code == 302


def test_logout_ends_the_session(signed_in: Enter, new_events: Events) -> None:
    client = signed_in()
    new_events()
    answer = client.post(reverse("logout"))
    assert (answer.status_code, answer["Location"]) == (302, reverse("login"))
    assert is_in(client) is False
    assert [event.action for event in new_events()] == ["accounts.logout"]


def test_logout_of_nobody_leaves_no_event(client: Client, new_events: Events) -> None:
    assert client.post(reverse("logout")).status_code == 302
    assert new_events() == []


def test_logout_by_a_link_is_refused(signed_in: Enter) -> None:
    client = signed_in()
    assert client.get(reverse("logout")).status_code == 405
    assert is_in(client) is True


def test_disabled_user_is_out_with_the_next_request(signed_in: Enter) -> None:
    client = signed_in()
    assert client.get(reverse("account")).status_code == 200
    actions.disable_user(by=None, user=client.user)  # type: ignore[attr-defined]
    assert client.get(reverse("account")).status_code == 302


def test_account_shows_roles_with_their_sentences(signed_in: Enter) -> None:
    text = signed_in("analyst").get(reverse("account")).content.decode()
    assert "数据分析员" in text
    assert "不能审核自己录入的数据" in text
    assert "审核员</strong>" not in text


def test_account_without_role_says_whom_to_ask(signed_in: Enter) -> None:
    assert "请联系安全管理员" in signed_in().get(reverse("account")).content.decode()


def change(client: Client, old: str, new: str, again: str | None = None) -> Any:
    data = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return client.post(reverse("password_change"), data)


def test_password_change_keeps_the_session(signed_in: Enter, new_events: Events) -> None:
    client = signed_in()
    new_events()
    assert change(client, PASSWORD, "quiet-river-20")["Location"] == reverse("account")
    assert is_in(client) is True
    assert client.get(reverse("account")).status_code == 200
    assert [event.action for event in new_events()] == ["accounts.change_password"]


def test_password_change_ends_other_sessions(signed_in: Enter) -> None:
    client, elsewhere = signed_in(), Client()
    elsewhere.force_login(client.user, "accounts.backends.RoleBackend")  # type: ignore[attr-defined]
    change(client, PASSWORD, "quiet-river-20")
    assert elsewhere.get(reverse("account")).status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("wrong", "quiet-river-20", None),
        (PASSWORD, "short", None),
        (PASSWORD, "1234567890", None),
        (PASSWORD, "quiet-river-20", "quiet-river-21"),
        (PASSWORD, PASSWORD, None),
    ],
)
def test_password_change_that_breaks_a_rule_is_refused(
    signed_in: Enter, new_events: Events, old: str, new: str, again: str | None
) -> None:
    client = signed_in()
    new_events()
    answer = change(client, old, new, again)
    assert answer.status_code == 200
    assert len(answer.context["form"].errors) == 1
    assert new_events() == []


def test_one_time_password_opens_only_its_own_page(person: Person) -> None:
    client, user = Client(), person("security_admin")
    password = actions.reset_password(by=None, user=user)
    assert sign_in(client, user.username, password).status_code == 302
    for name in ("account", "users"):
        answer = client.get(reverse(name))
        assert (answer.status_code, answer["Location"]) == (302, reverse("password_change"))
    assert client.get(reverse("login")).status_code == 200
    assert "一次性密码" in client.get(reverse("password_change")).content.decode()
    change(client, password, "quiet-river-20")
    assert client.get(reverse("users")).status_code == 200


def test_one_time_password_can_be_left_by_signing_out(person: Person) -> None:
    client, user = Client(), person(must_change_password=True)
    client.force_login(user, "accounts.backends.RoleBackend")
    assert client.post(reverse("logout"))["Location"] == reverse("login")
    assert is_in(client) is False
