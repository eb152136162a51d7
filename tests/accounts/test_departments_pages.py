"""The pages of departments, and their screen in the stock admin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.admin import DepartmentAdmin
from accounts.models import AuditEvent, Department, User

pytestmark = pytest.mark.django_db
Person = Callable[..., User]
Enter = Callable[..., Client]
Events = Callable[[], list[AuditEvent]]


@pytest.fixture
def client(signed_in: Enter) -> Client:
    return signed_in("system_admin")


@pytest.fixture
def bureau(db: None) -> Department:
    return Department.objects.create(code="A", name="局")


def facts(department: Department, **data: Any) -> dict[str, Any]:
    shown = {
        "code": department.code,
        "name": department.name,
        "name_en": "",
        "parent": "",
        "is_active": "on",
        "version": department.version,
    }
    return {**shown, **data}


def edit(client: Client, department: Department, **data: Any) -> Any:
    where = reverse("department_edit", args=[department.pk])
    return client.post(where, facts(department, **data))


def test_list_counts_accounts_in_use(client: Client, bureau: Department, person: Person) -> None:
    person(department=bureau)
    actions.disable_user(by=None, user=person(department=bureau))
    rows = client.get(reverse("departments")).context["departments"]
    assert [(row.code, row.people) for row in rows] == [("A", 1)]


def test_list_without_departments_says_who_makes_them(client: Client) -> None:
    assert "还没有部门，由系统管理员建立。" in client.get(reverse("departments")).content.decode()


def test_list_for_the_auditor_has_no_link_to_edit(signed_in: Enter, bureau: Department) -> None:
    text = signed_in("auditor").get(reverse("departments")).content.decode()
    assert reverse("department_edit", args=[bureau.pk]) not in text
    assert reverse("department_create") not in text


def test_create_adds_a_department(client: Client, bureau: Department, new_events: Events) -> None:
    new_events()
    data = {"code": "A1", "name": "处", "name_en": "Division", "parent": bureau.pk}
    answer = client.post(reverse("department_create"), data)
    assert answer["Location"] == reverse("departments")
    assert Department.objects.get(code="A1").parent == bureau
    assert [event.action for event in new_events()] == ["accounts.create_department"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "A"}, "code"),
        ({"code": ""}, "code"),
        ({"name": ""}, "name"),
        ({"parent": "9"}, "parent"),
    ],
)
def test_create_with_bad_input_loses_nothing(
    client: Client, bureau: Department, wrong: dict[str, str], field: str
) -> None:
    data = {"code": "A1", "name": "处", "name_en": "Division", "parent": "", **wrong}
    form = client.post(reverse("department_create"), data).context["form"]
    assert list(form.errors) == [field]
    assert {name: form[name].value() for name in data} == data
    assert Department.objects.count() == 1


def test_edit_saves(client: Client, bureau: Department, new_events: Events) -> None:
    new_events()
    assert edit(client, bureau, name="新局")["Location"] == reverse("departments")
    bureau.refresh_from_db()
    assert (bureau.name, bureau.version) == ("新局", 2)
    (event,) = new_events()
    assert (event.before["name"], event.after["name"]) == ("局", "新局")


def test_edit_of_a_changed_department_shows_both_values(client: Client, bureau: Department) -> None:
    actions.change_department(by=None, department=bureau, version=1, name="第一人")
    answer = edit(client, bureau, name="第二人")
    assert answer.status_code == 409
    assert "<td>第一人</td><td>第二人</td>" in answer.content.decode()
    assert answer.context["form"]["version"].value() == "2"
    bureau.refresh_from_db()
    assert bureau.name == "第一人"


def test_edit_to_a_circle_is_said_on_the_form(client: Client, bureau: Department) -> None:
    below = Department.objects.create(code="A1", name="处", parent=bureau)
    answer = edit(client, bureau, parent=below.pk)
    assert answer.context["form"].non_field_errors() == ["上级部门不能是本部门的下级。"]
    assert answer.status_code == 200


def test_edit_to_the_own_parent_is_refused(client: Client, bureau: Department) -> None:
    assert edit(client, bureau, parent=bureau.pk).status_code == 200
    bureau.refresh_from_db()
    assert bureau.parent is None


def change_in_admin(client: Client, department: Department, **data: Any) -> Any:
    where = reverse("admin:accounts_department_change", args=[department.pk])
    return client.post(where, facts(department, read_version=department.version, **data))


def test_admin_change_is_an_action(client: Client, bureau: Department, new_events: Events) -> None:
    new_events()
    assert change_in_admin(client, bureau, name="新局").status_code == 302
    bureau.refresh_from_db()
    assert (bureau.name, bureau.version) == ("新局", 2)
    (event,) = new_events()
    assert event.action == "accounts.change_department"
    assert event.source.startswith("web /")


def test_admin_add_is_an_action(client: Client, new_events: Events) -> None:
    new_events()
    where = reverse("admin:accounts_department_add")
    data = {"code": "A1", "name": "处", "name_en": "", "parent": "", "is_active": "on"}
    assert client.post(where, {**data, "read_version": "1"}).status_code == 302
    assert Department.objects.get().code == "A1"
    assert [event.action for event in new_events()] == ["accounts.create_department"]


def test_admin_change_of_an_old_version_is_refused(client: Client, bureau: Department) -> None:
    actions.change_department(by=None, department=bureau, version=1, name="第一人")
    answer = change_in_admin(client, bureau, name="第二人")
    assert answer.status_code == 200
    assert "这条记录刚刚被他人修改" in answer.content.decode()
    bureau.refresh_from_db()
    assert bureau.name == "第一人"


def test_admin_change_that_only_the_action_refuses_is_said(
    client: Client, bureau: Department
) -> None:
    below = Department.objects.create(code="A1", name="处", parent=bureau)
    where = reverse("admin:accounts_department_change", args=[bureau.pk])
    answer = client.post(where, facts(bureau, read_version=1, parent=below.pk), follow=True)
    told = [str(message) for message in answer.context["messages"]]
    assert told == ["没有保存：上级部门不能是本部门的下级。"]
    bureau.refresh_from_db()
    assert bureau.parent is None


def test_admin_offers_no_deletion(client: Client, bureau: Department) -> None:
    where = reverse("admin:accounts_department_delete", args=[bureau.pk])
    assert client.post(where, {"post": "yes"}).status_code == 403
    assert Department.objects.count() == 1


def test_admin_shows_of_accounts_departments_only() -> None:
    own = [model for model in admin.site._registry if model._meta.app_label == "accounts"]
    assert own == [Department]
    assert isinstance(admin.site._registry[Department], DepartmentAdmin)
