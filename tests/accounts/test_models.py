"""Constraints and questions of the tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import (
    AuditError,
    AuditEvent,
    AuditHead,
    Department,
    Job,
    RoleGrant,
    User,
)

pytestmark = pytest.mark.django_db


def test_identifiers_have_at_most_thirty_characters() -> None:
    names = []
    for model in apps.get_app_config("accounts").get_models():
        names.append(model._meta.db_table)
        names += [field.column for field in model._meta.local_fields]
        names += [item.name for item in model._meta.constraints]
        names += [item.name for item in model._meta.indexes]
    assert len(names) > 60
    assert [name for name in names if len(name) > 30] == []


def test_no_permission_rows_are_made() -> None:
    permission = apps.get_model("auth", "Permission")
    assert list(permission.objects.filter(content_type__app_label="accounts")) == []


def test_subtree_holds_department_and_all_below() -> None:
    top = Department.objects.create(code="A", name="局")
    middle = Department.objects.create(code="A1", name="处", parent=top)
    bottom = Department.objects.create(code="A11", name="科", parent=middle)
    Department.objects.create(code="B", name="区")
    assert Department.objects.subtree(top) == {top.pk, middle.pk, bottom.pk}
    assert Department.objects.subtree(bottom) == {bottom.pk}


def test_subtree_of_a_circle_ends() -> None:
    one = Department.objects.create(code="C1", name="甲")
    two = Department.objects.create(code="C2", name="乙", parent=one)
    Department.objects.filter(pk=one.pk).update(parent=two)
    assert Department.objects.subtree(one) == {one.pk, two.pk}


def test_subtree_costs_one_query(django_assert_num_queries: Any) -> None:
    top = Department.objects.create(code="A", name="局")
    with django_assert_num_queries(1):
        Department.objects.subtree(top)


def test_active_departments_leave_out_closed_ones() -> None:
    open_one = Department.objects.create(code="A", name="局")
    Department.objects.create(code="B", name="旧局", is_active=False)
    assert list(Department.objects.active()) == [open_one]


@pytest.mark.parametrize(
    "broken",
    [
        lambda: Department.objects.create(code="", name="无代码"),
        lambda: Department.objects.create(code="X", name=""),
        lambda: User.objects.create(username="", full_name="无账号"),
        lambda: User.objects.create(username="nameless", full_name=""),
        lambda: User.objects.create(
            username="machine", full_name="机器", is_system=True, must_change_password=True
        ),
        lambda: Job.objects.create(kind=""),
        lambda: Job.objects.create(kind="sum", state="sleeping"),
        lambda: Job.objects.create(kind="sum", state="running"),
        lambda: Job.objects.create(kind="sum", state="done"),
        lambda: Job.objects.create(kind="sum", state="queued", finished_at=timezone.now()),
        lambda: AuditHead.objects.create(id=2, hash="0" * 64),
    ],
)
def test_broken_row_is_refused_by_the_database(broken: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        broken()
    connection.check_constraints()


def test_department_as_own_parent_is_refused_by_the_database() -> None:
    department = Department.objects.create(code="A", name="局")
    with pytest.raises(IntegrityError), transaction.atomic():
        Department.objects.filter(pk=department.pk).update(parent=department)


@pytest.mark.parametrize("role", ["emperor", ""])
def test_unknown_role_is_refused_by_the_database(person: Callable[..., User], role: str) -> None:
    user = person()
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=user, role=role)


def test_grant_to_oneself_is_refused_by_the_database(person: Callable[..., User]) -> None:
    user = person()
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=user, role="analyst", granted_by=user)


@pytest.mark.parametrize("name", ["Zhang", "张三", "a b", "-a", "a\n", "ａ"])
def test_username_outside_the_alphabet_is_refused(name: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        User(username=name, full_name="某人").full_clean(exclude=["password"])
    assert list(refusal.value.message_dict) == ["username"]


def test_user_str_is_the_full_name() -> None:
    assert str(User(username="zs", full_name="甲乙")) == "甲乙"
    assert str(User(username="zs")) == "zs"


def test_user_names_are_not_cut() -> None:
    user = User(username="zs", full_name="甲乙")
    assert (user.get_full_name(), user.get_short_name()) == ("甲乙", "甲乙")


def test_unsaved_user_has_no_roles() -> None:
    assert User(username="zs").roles == frozenset()


def test_roles_are_read_once_per_instance(
    person: Callable[..., User], django_assert_num_queries: Any
) -> None:
    user = User.objects.get(pk=person("analyst", "reviewer").pk)
    with django_assert_num_queries(1):
        assert user.roles == {"analyst", "reviewer"}
        assert user.roles == {"analyst", "reviewer"}
    assert user.role_names == ["数据分析员", "审核员"]


def test_roles_of_prefetched_users_cost_no_query(
    person: Callable[..., User], django_assert_num_queries: Any
) -> None:
    person("analyst")
    person("auditor")
    users = list(User.objects.prefetch_related("grants").order_by("pk"))
    with django_assert_num_queries(0):
        assert [sorted(user.roles) for user in users] == [["analyst"], ["auditor"]]


@pytest.mark.parametrize(
    ("role", "staff"),
    [
        ("official", False),
        ("analyst", True),
        ("reviewer", True),
        ("program_editor", True),
        ("auditor", True),
        ("system_admin", True),
        ("security_admin", False),
    ],
)
def test_staff_are_roles_with_a_screen_in_the_admin(
    person: Callable[..., User], role: str, staff: bool
) -> None:
    assert person(role).is_staff is staff


def test_nobody_is_superuser(person: Callable[..., User]) -> None:
    assert person("system_admin").is_superuser is False


def test_permissions_follow_the_roles(person: Callable[..., User]) -> None:
    user = person("analyst")
    assert user.has_perm("indicators.enter_observation") is True
    assert user.has_perm("indicators.approve_observation") is False
    assert user.has_perms(["indicators.enter_observation", "targets.view_policy"]) is True
    assert user.has_perms(["indicators.enter_observation", "accounts.view_user"]) is False
    assert user.has_module_perms("indicators") is True
    assert user.has_module_perms("programs") is False


def test_permissions_of_disabled_user_are_none(person: Callable[..., User]) -> None:
    user = person("analyst")
    user.is_active = False
    assert user.permissions == frozenset()


def test_querysets_of_users_read_after_the_noun(person: Callable[..., User]) -> None:
    analyst, closed = person("analyst"), person("reviewer")
    User.objects.filter(pk=closed.pk).update(is_active=False)
    User.objects.create(username="machine", full_name="机器", is_system=True)
    assert list(User.objects.people().active()) == [analyst]
    assert list(User.objects.with_role("reviewer")) == [closed]


def test_due_jobs_are_queued_and_their_time_has_come() -> None:
    now = timezone.now()
    late = Job.objects.create(kind="late", next_try_at=now - timedelta(seconds=1))
    later = Job.objects.create(kind="later", next_try_at=now - timedelta(seconds=9))
    Job.objects.create(kind="future", next_try_at=now + timedelta(seconds=1))
    Job.objects.create(kind="busy", state="running", started_at=now, next_try_at=now)
    Job.objects.create(kind="over", state="done", finished_at=now, next_try_at=now)
    assert list(Job.objects.due(now)) == [later, late]


def test_event_cannot_be_changed_or_deleted(person: Callable[..., User]) -> None:
    person()
    event = AuditEvent.objects.get()
    attempts: list[Callable[[], object]] = [
        event.save,
        event.delete,
        AuditEvent(action="x").save,
        lambda: AuditEvent.objects.update(reason="x"),
        lambda: AuditEvent.objects.filter(pk=1).delete(),
        lambda: AuditEvent.objects.bulk_update([event], ["reason"]),
        lambda: AuditEvent.objects.bulk_create([event], ignore_conflicts=True),
        lambda: AuditEvent.objects.bulk_create(
            [event], update_conflicts=True, update_fields=["reason"], unique_fields=["id"]
        ),
        lambda: AuditEvent.objects.update_or_create(pk=1, defaults={"reason": "x"}),
        lambda: AuditEvent.objects.create(action="x"),
    ]
    for attempt in attempts:
        with pytest.raises(AuditError), transaction.atomic():
            attempt()
    assert AuditEvent.objects.get().reason == ""


def test_rows_are_named_in_words(person: Callable[..., User]) -> None:
    user = person("analyst")
    assert str(Department(code="A", name="局")) == "局"
    assert str(user.grants.get()) == f"{user.full_name} · 数据分析员"
    assert str(AuditEvent.objects.get()) == f"1 accounts.create_user {user.full_name}"
    assert str(AuditHead.objects.get()).startswith("1:")
    assert str(Job(pk=3, kind="sum")) == "sum #3"
