"""A session ends when nobody uses it; using it keeps it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_at_work(signed_in: Any) -> Client:
    client: Client = signed_in("official")
    assert client.get(reverse("account")).status_code == 200
    return client


def test_session_lives_thirty_minutes_from_the_last_request(client_at_work: Client) -> None:
    almost = timezone.now() + timedelta(minutes=5)
    Session.objects.update(expire_date=almost)
    client_at_work.get(reverse("account"))
    session = Session.objects.get()
    assert timedelta(minutes=29) < session.expire_date - timezone.now() <= timedelta(minutes=30)


def test_session_left_alone_is_over(client_at_work: Client) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    response = client_at_work.get(reverse("account"))
    assert response.status_code == 302
    assert response.url.startswith(reverse("login"))


def test_cookies_are_out_of_reach_of_scripts(client_at_work: Client) -> None:
    response = client_at_work.get(reverse("login"))
    cookies = {**client_at_work.cookies, **response.cookies}
    assert {name for name, cookie in cookies.items() if cookie["httponly"]} == {
        "sessionid",
        "csrftoken",
    }


def test_every_page_has_the_strict_policy(client_at_work: Client) -> None:
    header = client_at_work.get(reverse("account"))["Content-Security-Policy"]
    assert "unsafe" not in header
    directives = dict(part.strip().split(" ", 1) for part in header.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert directives["img-src"] == "'self' data: blob:"
    assert directives["frame-ancestors"] == "'none'"
