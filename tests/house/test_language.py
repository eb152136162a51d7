"""Chinese is the site's language; English is a choice that stays."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def language_of(client: Client, **headers: str) -> str:
    return str(client.get(reverse("login"), headers=headers)["Content-Language"])


@pytest.mark.parametrize("accepted", ["en-US,en;q=0.9", "de", "zh-TW", "x" * 500, ""])
def test_browser_language_chooses_nothing(client: Client, accepted: str) -> None:
    assert language_of(client, **{"Accept-Language": accepted}) == "zh-hans"


def test_switch_chooses_english_and_it_stays(client: Client) -> None:
    response = client.post(reverse("set_language"), {"language": "en", "next": reverse("login")})
    assert (response.status_code, response["Location"]) == (302, reverse("login"))
    assert language_of(client) == "en"
    client.post(reverse("set_language"), {"language": "zh-hans"})
    assert language_of(client) == "zh-hans"


@pytest.mark.parametrize("cookie", ["xx", "fr", "../../etc", "é", "e" * 5000])
def test_cookie_that_names_no_language_of_ours_is_ignored(client: Client, cookie: str) -> None:
    client.cookies["django_language"] = cookie
    assert language_of(client) == "zh-hans"


def test_next_page_of_the_switch_stays_on_this_site(client: Client) -> None:
    response = client.post(
        reverse("set_language"), {"language": "en", "next": "https://example.org/"}
    )
    assert response["Location"] == "/"


def test_page_tells_caches_that_it_depends_on_the_choice(client: Client) -> None:
    assert "Cookie" in client.get(reverse("login"))["Vary"]
