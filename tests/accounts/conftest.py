"""People and a client for the tests of accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts import actions
from accounts.models import AuditEvent, User

PASSWORD = "green-lamp-4471"


@pytest.fixture(autouse=True)
def _quick_hashing(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """Makes a user with the given roles; names are numbered."""
    made = iter(range(1, 1000))

    def make(*roles: str, **facts: Any) -> User:
        number = next(made)
        facts.setdefault("username", f"{'-'.join(roles) or 'plain'}.{number}".replace("_", "-"))
        facts.setdefault("full_name", f"测试用户{number}")
        facts.setdefault("must_change_password", False)
        return actions.create_user(by=None, roles=roles, password=PASSWORD, **facts)

    return make


@pytest.fixture
def signed_in(person: Callable[..., User]) -> Callable[..., Client]:
    """A client in which a fresh user with the given roles is signed in."""

    def enter(*roles: str) -> Client:
        client = Client()
        user = person(*roles)
        client.force_login(user, backend="accounts.backends.RoleBackend")
        client.user = user  # type: ignore[attr-defined]
        return client

    return enter


@pytest.fixture
def new_events(db: None) -> Callable[[], list[AuditEvent]]:
    """The events that were added since the last question."""
    seen = 0

    def ask() -> list[AuditEvent]:
        nonlocal seen
        events = list(AuditEvent.objects.filter(id__gt=seen))
        seen += len(events)
        return events

    return ask
