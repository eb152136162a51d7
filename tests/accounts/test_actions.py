"""Writes: each leaves exactly one audit event, and keeps the rules."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts import actions, audit
from accounts.actions import DepartmentRow
from accounts.models import AuditEvent, Department, Job, RoleGrant, User
from accounts.signals import handing_over
from accounts.versions import Conflict

pytestmark = pytest.mark.django_db
Person = Callable[..., User]
PASSWORD = "green-lamp-4471"
NAMES = sorted(name for name in dir(actions) if inspect.isfunction(getattr(actions, name)))


def failed_job() -> Job:
    return Job.objects.create(kind="sum", state="failed", finished_at=timezone.now(), attempts=5)


def department(**facts: Any) -> Department:
    return Department.objects.create(**{"code": "A", "name": "局", **facts})


def closed(user: User) -> User:
    User.objects.filter(pk=user.pk).update(is_active=False)
    user.refresh_from_db()
    return user


CASES: dict[str, Callable[[User, Person], object]] = {
    "create_user": lambda by, person: actions.create_user(
        by=by, username="new", full_name="新人", roles=["analyst", "reviewer"]
    ),
    "change_user": lambda by, person: actions.change_user(
        by=by, user=by, version=by.version, full_name="改名"
    ),
    "disable_user": lambda by, person: actions.disable_user(by=by, user=person()),
    "enable_user": lambda by, person: actions.enable_user(by=by, user=closed(person())),
    "hand_over": lambda by, person: actions.hand_over(by=by, user=person(), successor=person()),
    "grant_role": lambda by, person: actions.grant_role(by=by, user=person(), role="analyst"),
    "revoke_role": lambda by, person: actions.revoke_role(
        by=by, user=person("analyst"), role="analyst"
    ),
    "reset_password": lambda by, person: actions.reset_password(by=by, user=person()),
    "change_password": lambda by, person: actions.change_password(by=by, password="new-lamp-3301"),
    "unlock_user": lambda by, person: actions.unlock_user(by=by, user=person()),
    "create_department": lambda by, person: actions.create_department(by=by, code="B", name="处"),
    "change_department": lambda by, person: actions.change_department(
        by=by, department=department(), version=1, name="新局"
    ),
    "load_departments": lambda by, person: actions.load_departments(
        by=by, rows=[DepartmentRow("A", "局"), DepartmentRow("A1", "处", "", "A")]
    ),
    "request_job": lambda by, person: actions.request_job(by=by, kind="sum"),
    "retry_job": lambda by, person: actions.retry_job(by=by, job=failed_job()),
    "cancel_job": lambda by, person: actions.cancel_job(by=by, job=Job.objects.create(kind="sum")),
    "ensure_system_users": lambda by, person: actions.ensure_system_users(),
    "load_demo_users": lambda by, person: actions.load_demo_users(password=PASSWORD),
}
BY_THE_SYSTEM = {"ensure_system_users", "load_demo_users"}


@pytest.mark.parametrize("name", NAMES)
def test_action_leaves_exactly_one_event(person: Person, name: str) -> None:
    by = person("security_admin")
    people = [person(), person(), person("analyst")]
    ready = iter(people)
    told = audit.head().count
    CASES[name](by, lambda *roles: people[2] if roles else next(ready))
    events = AuditEvent.objects.filter(pk__gt=told)
    expected = (f"accounts.{name}", None if name in BY_THE_SYSTEM else by.pk)
    assert list(events.values_list("action", "actor_id")) == [expected]
    assert audit.verify() == []


def test_every_action_has_a_case() -> None:
    assert sorted(CASES) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_action_takes_keywords_only(name: str) -> None:
    parameters = inspect.signature(getattr(actions, name)).parameters.values()
    kinds = {parameter.kind for parameter in parameters}
    assert kinds <= {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}


def event() -> AuditEvent:
    last = AuditEvent.objects.last()
    assert last is not None
    return last


def refused(act: Callable[[], object], words: str) -> None:
    """The action refuses in these words and leaves neither a row nor an event."""
    told = audit.head()
    with pytest.raises(ValidationError) as refusal:
        act()
    assert words in " ".join(refusal.value.messages)
    assert audit.head() == told


def test_create_user_stores_roles_and_hides_the_password(person: Person) -> None:
    by = person("security_admin")
    place = department()
    user = actions.create_user(
        by=by,
        username="new",
        full_name="新人",
        department=place,
        roles=["reviewer", "analyst"],
        password=PASSWORD,
    )
    assert (user.roles, user.must_change_password, user.version) == (
        {"analyst", "reviewer"},
        True,
        1,
    )
    assert user.check_password(PASSWORD) is True
    assert {grant.granted_by for grant in user.grants.all()} == {by}
    assert event().after == {
        "username": "new",
        "full_name": "新人",
        "email": "",
        "department": "局",
        "roles": ["analyst", "reviewer"],
    }


def test_create_user_without_password_cannot_enter() -> None:
    user = actions.create_user(by=None, username="new", full_name="新人")
    assert user.has_usable_password() is False


def test_create_user_with_a_name_that_exists_is_refused(person: Person) -> None:
    name = person().username
    refused(
        lambda: actions.create_user(by=None, username=name, full_name="重名"),
        "这个账号已经存在",
    )


def test_create_user_with_roles_that_exclude_one_another_is_refused() -> None:
    refused(
        lambda: actions.create_user(
            by=None, username="new", full_name="新人", roles=["auditor", "analyst"]
        ),
        "三员分立",
    )
    assert User.objects.filter(username="new").exists() is False


def test_change_user_keeps_old_and_new(person: Person) -> None:
    user = person()
    changed = actions.change_user(by=None, user=user, version=1, email="x@example.org")
    assert (changed.email, changed.version) == ("x@example.org", 2)
    assert (event().before["email"], event().after["email"]) == ("", "x@example.org")


def test_change_user_by_two_editors_conflicts(person: Person) -> None:
    user = person()
    actions.change_user(by=None, user=user, version=1, full_name="第一人")
    told = audit.head()
    with pytest.raises(Conflict) as second:
        actions.change_user(by=None, user=user, version=1, full_name="第二人")
    assert second.value.attempted == {"full_name": "第二人"}
    assert User.objects.get(pk=user.pk).full_name == "第一人"
    assert audit.head() == told


def test_change_user_of_another_field_is_a_mistake_of_the_caller(person: Person) -> None:
    with pytest.raises(TypeError, match="is_system"):
        actions.change_user(by=None, user=person(), version=1, is_system=True)


def test_change_user_to_an_empty_name_is_refused(person: Person) -> None:
    user = person()
    refused(lambda: actions.change_user(by=None, user=user, version=1, full_name=""), "不能为空")


def test_disable_twice_is_refused(person: Person) -> None:
    user = person()
    actions.disable_user(by=None, user=user, reason="调离")
    assert (user.is_active, event().reason) == (False, "调离")
    refused(lambda: actions.disable_user(by=None, user=user), "已经停用")


def test_disable_oneself_is_refused(person: Person) -> None:
    by = person("security_admin")
    refused(lambda: actions.disable_user(by=by, user=by), "不能停用自己的账号")


def test_disable_of_the_last_security_admin_is_refused(person: Person) -> None:
    last = person("security_admin")
    refused(lambda: actions.disable_user(by=None, user=last), "最后一位安全管理员")
    person("security_admin")
    actions.disable_user(by=None, user=last)
    assert last.is_active is False


def test_disable_of_a_system_account_is_refused() -> None:
    importer, _checker = actions.ensure_system_users()
    refused(lambda: actions.disable_user(by=None, user=importer), "系统账号")


def test_enable_brings_back_the_roles(person: Person) -> None:
    user = person("analyst")
    actions.disable_user(by=None, user=user)
    actions.enable_user(by=None, user=user)
    assert (user.is_active, user.roles) == (True, {"analyst"})
    refused(lambda: actions.enable_user(by=None, user=user), "没有停用")


def test_hand_over_moves_what_the_apps_above_answer(person: Person) -> None:
    leaver, successor = person("analyst"), person("analyst")
    seen: list[tuple[User, User]] = []

    def move(leaver: User, successor: User, **kwargs: Any) -> dict[str, int]:
        seen.append((leaver, successor))
        return {"indicators.drafts": 3}

    handing_over.connect(move)
    try:
        moved = actions.hand_over(by=None, user=leaver, successor=successor, reason="退休")
    finally:
        handing_over.disconnect(move)
    assert moved["indicators.drafts"] == 3
    assert seen == [(leaver, successor)]
    assert leaver.is_active is False
    assert event().after["moved"]["indicators.drafts"] == 3


def test_hand_over_that_fails_above_changes_nothing(person: Person) -> None:
    leaver, successor = person(), person()

    def fail(**kwargs: Any) -> None:
        raise ValidationError("对方没有权限")

    handing_over.connect(fail)
    try:
        refused(lambda: actions.hand_over(by=None, user=leaver, successor=successor), "没有权限")
    finally:
        handing_over.disconnect(fail)
    assert User.objects.get(pk=leaver.pk).is_active is True


def test_hand_over_to_nobody_in_use_is_refused(person: Person) -> None:
    leaver = person()
    importer, _checker = actions.ensure_system_users()
    for successor in (leaver, closed(person()), importer):
        refused(
            lambda successor=successor: actions.hand_over(  # type: ignore[misc]
                by=None, user=leaver, successor=successor
            ),
            "接手人必须是另一位在用的用户",
        )


def test_grant_role_is_seen_at_once(person: Person) -> None:
    user = person("analyst")
    assert user.roles == {"analyst"}
    actions.grant_role(by=None, user=user, role="reviewer", reason="代班")
    assert user.roles == {"analyst", "reviewer"}
    assert (event().before, event().after) == (
        {"roles": ["analyst"]},
        {"roles": ["analyst", "reviewer"]},
    )


def test_grant_role_twice_is_refused(person: Person) -> None:
    user = person("analyst")
    refused(lambda: actions.grant_role(by=None, user=user, role="analyst"), "已经有这个角色")


def test_grant_unknown_role_is_refused(person: Person) -> None:
    user = person()
    refused(lambda: actions.grant_role(by=None, user=user, role="emperor"), "没有这个角色")


def test_grant_role_to_oneself_is_refused(person: Person) -> None:
    by = person()
    refused(lambda: actions.grant_role(by=by, user=by, role="auditor"), "不能给自己授予角色")


def test_grant_role_to_a_system_account_is_refused() -> None:
    importer, _checker = actions.ensure_system_users()
    refused(lambda: actions.grant_role(by=None, user=importer, role="analyst"), "系统账号")


@pytest.mark.parametrize("held", ["official", "analyst", "auditor", "system_admin"])
def test_grant_of_an_administrator_beside_another_role_is_refused(
    person: Person, held: str
) -> None:
    user = person(held)
    refused(lambda: actions.grant_role(by=None, user=user, role="security_admin"), "三员分立")
    assert RoleGrant.objects.filter(user=user).count() == 1


def test_revoke_role_that_is_not_held_is_refused(person: Person) -> None:
    user = person()
    refused(lambda: actions.revoke_role(by=None, user=user, role="analyst"), "没有这个角色")


def test_revoke_own_role_is_refused(person: Person) -> None:
    by = person("security_admin")
    refused(
        lambda: actions.revoke_role(by=by, user=by, role="security_admin"), "不能收回自己的角色"
    )


def test_revoke_of_the_last_security_admin_is_refused(person: Person) -> None:
    last = person("security_admin")
    refused(
        lambda: actions.revoke_role(by=None, user=last, role="security_admin"),
        "最后一位安全管理员",
    )


def test_reset_password_is_random_and_told_to_nobody_else(person: Person) -> None:
    user = person()
    first, second = (actions.reset_password(by=None, user=user) for _turn in range(2))
    assert first != second
    assert user.check_password(second) is True
    assert User.objects.get(pk=user.pk).must_change_password is True
    stored = list(AuditEvent.objects.values_list("before", "after", "reason", "object_label"))
    assert [row for row in stored if second in str(row)] == []


def test_reset_password_of_a_system_account_is_refused() -> None:
    importer, _checker = actions.ensure_system_users()
    refused(lambda: actions.reset_password(by=None, user=importer), "系统账号没有密码")


def test_change_password_ends_the_obligation(person: Person) -> None:
    user = person(must_change_password=True)
    actions.change_password(by=user, password="quiet-river-20")
    stored = User.objects.get(pk=user.pk)
    assert stored.must_change_password is False
    assert stored.check_password("quiet-river-20") is True


@pytest.mark.parametrize("password", ["1234567890", "password123", "8472915036"])
def test_change_password_to_a_weak_one_is_refused(person: Person, password: str) -> None:
    user = person()
    refused(lambda: actions.change_password(by=user, password=password), "密码")


def test_change_password_to_the_present_one_is_refused(person: Person) -> None:
    user = person(must_change_password=True)
    refused(
        lambda: actions.change_password(by=user, password=PASSWORD),
        "新密码不能与现在的密码相同",
    )
    assert User.objects.get(pk=user.pk).must_change_password is True


def test_change_password_to_the_own_name_is_refused(person: Person) -> None:
    user = person(username="harbour.master.77")
    refused(lambda: actions.change_password(by=user, password="harbour.master.77"), "账号")


def test_unlock_user_forgets_the_failures(person: Person) -> None:
    user = person()
    AccessAttempt.objects.create(username=user.username, failures_since_start=5)
    AccessAttempt.objects.create(username="somebody.else", failures_since_start=5)
    actions.unlock_user(by=None, user=user)
    assert list(AccessAttempt.objects.values_list("username", flat=True)) == ["somebody.else"]
    assert event().after == {"attempts_forgotten": 1}


def test_create_department_with_a_code_that_exists_is_refused() -> None:
    department()
    refused(lambda: actions.create_department(by=None, code="A", name="另一局"), "已存在")


def test_change_department_keeps_old_and_new() -> None:
    top, row = department(), department(code="B", name="处")
    changed = actions.change_department(by=None, department=row, version=1, parent=top)
    assert (changed.parent, changed.version) == (top, 2)
    assert (event().before["parent"], event().after["parent"]) == (None, "局")


def test_change_department_to_a_circle_is_refused() -> None:
    top = department()
    middle = department(code="B", name="处", parent=top)
    bottom = department(code="C", name="科", parent=middle)
    refused(
        lambda: actions.change_department(by=None, department=top, version=1, parent=bottom),
        "上级部门不能是本部门的下级",
    )
    refused(
        lambda: actions.change_department(by=None, department=top, version=1, parent=top),
        "上级部门不能是本部门的下级",
    )


def test_change_department_by_two_editors_conflicts() -> None:
    row = department()
    actions.change_department(by=None, department=row, version=1, name="第一人")
    with pytest.raises(Conflict):
        actions.change_department(by=None, department=row, version=1, name="第二人")
    assert Department.objects.get().name == "第一人"


def test_change_department_of_another_field_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError, match="version_of"):
        actions.change_department(by=None, department=department(), version=1, version_of=3)


ROWS = [DepartmentRow("A1", "处", "Division", "A"), DepartmentRow("A", "局", "Bureau")]


def test_load_departments_twice_adds_nothing_twice() -> None:
    first = actions.load_departments(by=None, rows=ROWS)
    second = actions.load_departments(by=None, rows=iter(ROWS))
    assert first == {"created": 2, "changed": 0, "unchanged": 0}
    assert second == {"created": 0, "changed": 0, "unchanged": 2}
    assert list(Department.objects.values_list("code", "name", "name_en", "parent__code")) == [
        ("A", "局", "Bureau", None),
        ("A1", "处", "Division", "A"),
    ]


def test_load_departments_follows_a_changed_list_and_removes_nothing() -> None:
    actions.load_departments(by=None, rows=ROWS)
    counts = actions.load_departments(by=None, rows=[DepartmentRow("A1", "新处", "Division", "A")])
    assert counts == {"created": 0, "changed": 1, "unchanged": 0}
    assert list(Department.objects.values_list("name", "version")) == [("局", 1), ("新处", 3)]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([DepartmentRow("A", "局", "", "Z")], "上级 Z 不存在"),
        ([DepartmentRow("A", "局", "", "B"), DepartmentRow("B", "处", "", "A")], "循环"),
        ([DepartmentRow("A", "")], "不能为空"),
    ],
)
def test_load_departments_with_a_broken_list_changes_nothing(
    rows: list[DepartmentRow], words: str
) -> None:
    refused(lambda: actions.load_departments(by=None, rows=rows), words)
    assert Department.objects.count() == 0


def test_request_job_is_due_at_once(person: Person) -> None:
    by = person("system_admin")
    job = actions.request_job(by=by, kind="recompute", params={"region": "370200"})
    assert list(Job.objects.due(timezone.now())) == [job]
    assert (job.requested_by, job.state, job.params) == (by, "queued", {"region": "370200"})


def test_retry_job_starts_counting_anew() -> None:
    job = actions.retry_job(by=None, job=failed_job())
    assert (job.state, job.attempts, job.finished_at, job.error) == ("queued", 0, None, "")
    with pytest.raises(Conflict):
        actions.retry_job(by=None, job=job)


def test_cancel_job_that_is_over_conflicts() -> None:
    job = Job.objects.create(kind="sum")
    assert actions.cancel_job(by=None, job=job).state == "cancelled"
    with pytest.raises(Conflict):
        actions.cancel_job(by=None, job=job)


def test_system_users_are_made_once_and_cannot_sign_in() -> None:
    first, second = actions.ensure_system_users(), actions.ensure_system_users()
    assert first == second
    assert [user.full_name for user in first] == ["系统导入", "系统核验"]
    assert [user.has_usable_password() for user in first] == [False, False]
    assert AuditEvent.objects.count() == 1


def test_demo_users_are_one_for_each_role_and_made_once() -> None:
    users = actions.load_demo_users(password=PASSWORD)
    assert actions.load_demo_users(password="another-word-1") == users
    assert [user.username for user in users] == [
        "demo-official",
        "demo-analyst",
        "demo-reviewer",
        "demo-program-editor",
        "demo-auditor",
        "demo-system-admin",
        "demo-security-admin",
    ]
    assert [len(user.roles) for user in users] == [1] * 7
    assert users[0].check_password(PASSWORD) is True
    # The second time made nobody, so there is nothing to tell.
    assert event().after == {"created": [user.username for user in users]}
    assert AuditEvent.objects.filter(action="accounts.load_demo_users").count() == 1
