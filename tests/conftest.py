"""What every test may use: which tests can run here, cheap passwords, one user per role."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection
from django.test import Client

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
CHROMIUM = shutil.which("chromium")
LONG = frozenset({"browser", "work", "access"})  # folders whose tests start processes

# Playwright's own loop runs in this thread; the tests' database calls are not part of it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def missing_here() -> dict[str, bool]:
    """Markers whose tests cannot run on this machine: a user's clone has none of these."""
    return {
        "shared": not SHARED.is_dir(),
        "postgres": settings.DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql",
        "celery_worker": not settings.CELERY_BROKER_URL,
        "browser": CHROMIUM is None,
    }


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--ran-list", type=Path, help="write the ids of the tests that ran here")
    parser.addoption("--collected-list", type=Path, help="write the ids of all collected tests")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    marks = config.getoption("markexpr") or ""
    everything = [
        item for item in items if "not soak" not in marks or not item.get_closest_marker("soak")
    ]
    if path := config.getoption("collected_list"):
        path.write_text("".join(f"{item.nodeid}\n" for item in everything), encoding="utf-8")
    absent = {name for name, missing in missing_here().items() if missing}
    left_out = [item for item in items if absent & {mark.name for mark in item.iter_markers()}]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]
    # The long files go first, so that at the end no process waits for another's.
    items.sort(key=lambda item: item.path.parent.name not in LONG)


RAN: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call":
        RAN.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    # Of several processes only the first hears of every test.
    first = not hasattr(session.config, "workerinput")
    if first and (path := session.config.getoption("ran_list")):
        path.write_text("".join(f"{nodeid}\n" for nodeid in RAN), encoding="utf-8")


@pytest.fixture(scope="session", autouse=True)
def _no_session_stays(request: pytest.FixtureRequest) -> Iterator[None]:
    """PostgreSQL drops a database only when its last session is gone.

    The server takes a moment to end the session that a test's thread has closed.
    """
    if connection.vendor != "postgresql":
        yield
        return
    request.getfixturevalue("django_db_setup")
    yield
    with request.getfixturevalue("django_db_blocker").unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(autouse=True)
def _quick_and_clean(settings: object) -> Iterator[None]:
    """Hashing a password costs a second by design; the tests of signing in need not pay it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.PUBLIC_READING = True
    settings.SECURE_SSL_REDIRECT = False
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def first_rules(db: None) -> None:
    """The rule set that the migrations made; a test that empties all tables took it along."""
    from importlib import import_module

    from django.apps import apps

    if not apps.get_model("targets", "RuleSet").objects.exists():
        import_module("targets.migrations.0002_first_rules").add(apps, None)
        apps.get_model("targets", "RuleSet").objects.update(review_state="approved")


@pytest.fixture
def make_user(db: None) -> Callable[..., object]:
    """A user with roles: `make_user("analyst", department=bureau)`."""
    from accounts.models import RoleGrant

    users = get_user_model()

    def make(*roles: str, department: object = None, username: str = "") -> object:
        name = username or f"user-{'-'.join(roles) or 'plain'}-{users.objects.count()}"
        user = users(username=name, full_name=f"测试{name}", department=department)
        user.set_password("correct horse 9")
        user.save()
        for role in roles:
            RoleGrant.objects.create(user=user, role=role, granted_by=None)
        return user

    return make


@pytest.fixture
def signed_in(make_user: Callable[..., object]) -> Callable[..., Client]:
    """A client signed in with these roles."""

    def make(*roles: str, **fields: object) -> Client:
        client = Client()
        client.force_login(make_user(*roles, **fields), backend="accounts.backends.RoleBackend")
        return client

    return make
