"""The practice city in a database of its own: loaded, acted out and judged once a process."""

from __future__ import annotations

import atexit
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest
from django.test import override_settings

from qdpolicy import madeup, practice
from qdpolicy.demo import load_demo
from qdpolicy.facts.loading import load_facts
from targets.recompute import sweep
from tests.work import worlds

CHEAP = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@contextmanager
def practising() -> Iterator[None]:
    """As `make practice` runs: the setting, and a password for the demo accounts."""
    with override_settings(PRACTICE=True, DEMO_PASSWORD="practice only", PASSWORD_HASHERS=CHEAP):
        yield


@cache
def facts_template() -> str:
    """The facts of the city alone, before anybody acted."""
    name = worlds._new(worlds.empty_template())
    atexit.register(worlds._drop, name)
    with worlds._default(name), practising():
        load_facts(madeup.folder())
    return name


@cache
def template() -> str:
    """The whole city."""
    name = worlds._new(facts_template())
    atexit.register(worlds._drop, name)
    with worlds._default(name), practising():
        load_demo()
        practice.act()
        while sweep().done:
            pass
    return name


@pytest.fixture(scope="module")
def city(django_db_blocker: object) -> Iterator[str]:
    """The city for all tests of a module that only read; its DATABASE_URL."""
    with django_db_blocker.unblock(), worlds.opened(template()) as url, practising():
        yield url


@pytest.fixture
def own_city(django_db_blocker: object) -> Iterator[str]:
    """The city in a database of this test alone; its DATABASE_URL."""
    with django_db_blocker.unblock(), worlds.opened(template()) as url, practising():
        yield url
