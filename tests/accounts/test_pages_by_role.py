"""Every address of accounts and every role: one table of answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import urls
from accounts.models import Department, User
from accounts.roles import ROLES

pytestmark = pytest.mark.django_db
Enter = Callable[..., Client]
Person = Callable[..., User]

EVERYBODY = {"", *ROLES}
READERS = {"auditor", "security_admin"}
SECURITY = {"security_admin"}
TABLE: dict[str, tuple[str, set[str] | None]] = {
    "login": ("get", None),
    "logout": ("post", None),
    "account": ("get", EVERYBODY),
    "password_change": ("get", EVERYBODY),
    "users": ("get", READERS),
    "user_create": ("get", SECURITY),
    "user_page": ("get", READERS),
    "user_edit": ("get", SECURITY),
    "user_disable": ("post", SECURITY),
    "user_enable": ("post", SECURITY),
    "user_hand_over": ("get", SECURITY),
    "user_grant": ("post", SECURITY),
    "user_revoke": ("post", SECURITY),
    "user_reset_password": ("post", SECURITY),
    "user_unlock": ("post", SECURITY),
    "departments": ("get", {"auditor", "system_admin"}),
    "department_create": ("get", {"system_admin"}),
    "department_edit": ("get", {"system_admin"}),
    "audit_trail": ("get", {"auditor"}),
}
NAMES = [pattern.name for pattern in urls.urlpatterns]
WITH_PK = {pattern.name for pattern in urls.urlpatterns if "<int:pk>" in str(pattern.pattern)}


def address(name: str, pk: int) -> str:
    return reverse(name, args=[pk] if name in WITH_PK else [])


def target(name: str, person: Person) -> int:
    if name.startswith("department"):
        return Department.objects.create(code="A", name="局").pk
    return person("analyst").pk


def test_every_address_is_in_the_table_and_classified() -> None:
    assert list(TABLE) == NAMES
    kinds = {pattern.name: pattern.callback.access for pattern in urls.urlpatterns}  # type: ignore[union-attr]
    assert [name for name in NAMES if kinds[name].kind == "public"] == ["login", "logout"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("role", ["", *ROLES])
def test_page_by_role(signed_in: Enter, person: Person, name: str, role: str) -> None:
    method, allowed = TABLE[name]
    client = signed_in(*([role] if role else []))
    answer = getattr(client, method)(address(name, target(name, person)))
    expected = {200, 302} if allowed is None or role in allowed else {403}
    assert answer.status_code in expected
    assert answer.headers.get("Location", "").startswith(reverse("login") + "?") is False


@pytest.mark.parametrize("name", NAMES)
def test_page_for_anonymous(client: Client, person: Person, name: str) -> None:
    method, allowed = TABLE[name]
    where = address(name, target(name, person))
    answer = getattr(client, method)(where)
    if allowed is None:
        assert answer.headers.get("Location", "") in {"", reverse("login")}
    else:
        assert (answer.status_code, answer["Location"]) == (
            302,
            f"{reverse('login')}?next={where}",
        )


@pytest.mark.parametrize("name", sorted(WITH_PK))
@pytest.mark.parametrize("pk", [404, 2**70])
def test_page_of_nothing_is_404(signed_in: Enter, name: str, pk: int) -> None:
    role = "system_admin" if name.startswith("department") else "security_admin"
    answer = getattr(signed_in(role), TABLE[name][0])(address(name, pk))
    assert answer.status_code == 404


def test_page_of_a_system_account_is_404(signed_in: Enter) -> None:
    from accounts import actions

    importer, _checker = actions.ensure_system_users()
    client = signed_in("security_admin")
    assert client.get(address("user_page", importer.pk)).status_code == 404
    assert client.post(address("user_reset_password", importer.pk)).status_code == 404


def queries(client: Client, where: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(where).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    ("name", "role"),
    [("users", "security_admin"), ("departments", "system_admin"), ("audit_trail", "auditor")],
)
def test_list_costs_the_same_with_one_and_with_three(
    signed_in: Enter, person: Person, name: str, role: str
) -> None:
    client = signed_in(role)

    def add(number: int) -> None:
        top = Department.objects.create(code=f"A{number}", name="局")
        place = Department.objects.create(code=f"B{number}", name="处", parent=top)
        person("analyst", "reviewer", department=place)

    add(1)
    one = queries(client, reverse(name))
    add(2)
    add(3)
    assert queries(client, reverse(name)) == one
    assert one <= 12


def test_pages_are_not_kept_by_the_browser(signed_in: Enter, person: Person) -> None:
    client: Any = signed_in("security_admin")
    answer = client.post(address("user_reset_password", person().pk))
    assert "no-store" in answer["Cache-Control"]
