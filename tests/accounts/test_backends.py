"""Who gets in, and that rights come from roles."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts import actions
from accounts.backends import RoleBackend
from accounts.models import User

PASSWORD = "green-lamp-4471"
pytestmark = pytest.mark.django_db


def test_right_password_enters(person: Callable[..., User]) -> None:
    user = person()
    assert RoleBackend().authenticate(None, username=user.username, password=PASSWORD) == user


def test_wrong_password_does_not_enter(person: Callable[..., User]) -> None:
    user = person()
    assert RoleBackend().authenticate(None, username=user.username, password="other") is None


def test_disabled_user_does_not_enter_or_stay(person: Callable[..., User]) -> None:
    user = person()
    actions.disable_user(by=None, user=user)
    backend = RoleBackend()
    assert backend.authenticate(None, username=user.username, password=PASSWORD) is None
    assert backend.get_user(user.pk) is None


def test_system_account_does_not_enter_even_with_a_password() -> None:
    importer, _checker = actions.ensure_system_users()
    importer.set_password(PASSWORD)
    importer.save()
    backend = RoleBackend()
    assert backend.authenticate(None, username=importer.username, password=PASSWORD) is None
    assert backend.get_user(importer.pk) is None


def test_unknown_user_of_a_session_is_nobody() -> None:
    assert RoleBackend().get_user(404) is None


def test_rights_are_those_of_the_roles(person: Callable[..., User]) -> None:
    user, backend = person("reviewer"), RoleBackend()
    assert backend.get_all_permissions(user) == set(user.permissions)
    assert backend.get_group_permissions(user) == set()
    assert backend.has_perm(user, "targets.judge_measure") is True
    assert backend.has_perm(user, "indicators.enter_observation") is False
    assert backend.has_module_perms(user, "targets") is True
    assert backend.has_module_perms(user, "accounts") is False


def test_anonymous_has_no_rights() -> None:
    visitor, backend = AnonymousUser(), RoleBackend()
    assert backend.get_all_permissions(visitor) == set()
    assert backend.has_perm(visitor, "targets.view_policy") is False
    assert backend.has_module_perms(visitor, "targets") is False
