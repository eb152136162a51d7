"""The demo accounts of an embedded run: one a role, none in production."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from accounts.roles import ROLES
from qdpolicy.demo import load_demo
from qdpolicy.madeup import HOME
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db


def test_demo_has_one_account_for_each_role_and_repeats_without_adding(settings: Any) -> None:
    settings.PRODUCTION, settings.DEMO_PASSWORD = False, "demo-password-for-tests"
    home = b.department(HOME)
    accounts = load_demo()
    assert sorted(role for _name, role in accounts) == sorted(str(r.name) for r in ROLES.values())
    users = User.objects.filter(username__in=[name for name, _role in accounts])
    assert {user.department_id for user in users} == {home.pk}
    assert all(user.check_password("demo-password-for-tests") for user in users)
    count = User.objects.count()
    assert load_demo() == accounts
    assert User.objects.count() == count


@pytest.mark.parametrize(
    ("production", "password"), [(True, "demo-password-for-tests"), (False, "")]
)
def test_demo_has_no_account_in_production_or_without_a_password(
    settings: Any, production: bool, password: str
) -> None:
    settings.PRODUCTION, settings.DEMO_PASSWORD = production, password
    assert load_demo() == []
    assert User.objects.count() == 0
