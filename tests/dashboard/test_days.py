"""The page that leads to an earlier day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.dashboard.builders import page, text_of

pytestmark = pytest.mark.django_db
ASK = "/known-on/"


@pytest.mark.parametrize(
    ("asked", "to"),
    [
        ({"known_on": "2024-06-30"}, "/known-on/2024-06-30/"),
        ({"known_on": "2024-06-30", "next": ""}, "/known-on/2024-06-30/"),
        (
            {"known_on": "2024-06-30", "as_of": "", "next": "/targets/?light=red&page=2"},
            "/known-on/2024-06-30/targets/?light=red&page=2",
        ),
        (
            {"known_on": "2024-06-30", "as_of": "2024-03-31", "next": "/"},
            "/known-on/2024-06-30/as-of/2024-03-31/",
        ),
        ({"known_on": "2024-06-30", "as_of": "2024-06-30"}, "/known-on/2024-06-30/"),
        ({"known_on": " 2024-06-30 "}, "/known-on/2024-06-30/"),
        # A later day for the verdicts: what would be said now with the knowledge of then.
        (
            {"known_on": "2024-06-30", "as_of": "2025-01-31"},
            "/known-on/2024-06-30/as-of/2025-01-31/",
        ),
        ({"known_on": "2024-06-30", "next": "//evil.example/"}, "/known-on/2024-06-30//evil.example/"),
        ({"known_on": "2024-06-30", "next": "https://evil.example/"}, "/known-on/2024-06-30/"),
        ({"known_on": "2024-06-30", "next": "javascript:alert(1)"}, "/known-on/2024-06-30/"),
        ({"known_on": "2024-06-30", "next": "/a\r\nSet-Cookie: x"}, "/known-on/2024-06-30/a%0D%0ASet-Cookie:%20x"),
    ],
)  # fmt: skip
def test_a_day_leads_to_the_page(client: Client, asked: dict[str, str], to: str) -> None:
    response = client.get(ASK, asked)
    assert (response.status_code, response["Location"]) == (302, to)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"known_on": ""}, "这个字段是必填项。"),
        ({"known_on": "2024-02-30"}, "没有 2024-02-30 这一天。"),
        ({"known_on": "昨天"}, "“昨天”不是日期，请写成 2024-06-30 的样子。"),
        ({"known_on": "2024-06-30", "as_of": "0000"}, "“0000”不是日期"),
        ({"known_on": "2024-06-30", "as_of": "1000-01-01"}, "日期不能早于 1900 年。"),
    ],
)
def test_an_impossible_day_is_said_and_nothing_is_lost(
    client: Client, asked: dict[str, str], words: str
) -> None:
    response = client.get(ASK, asked | {"next": "/targets/?light=red"})
    html = response.content.decode()
    assert response.status_code == 400
    assert words in text_of(html)
    for name, text in asked.items():
        assert f'name="{name}" value="{text}"' in html or not text
    assert 'name="next" value="/targets/?light=red"' in html


def test_tomorrow_is_no_day_to_know(client: Client) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert client.get(ASK, {"known_on": tomorrow.isoformat()}).status_code == 400


def test_asked_for_nothing_the_page_explains(client: Client) -> None:
    html = page(client, f"{ASK}?next=/targets/")
    seen = text_of(html)
    assert "只用当天结束前已经核定的实绩、目标读法和判定规则。" in seen
    assert "晚于所选日期的评定显示为未评定" in seen
    assert "必填" not in seen
    assert 'name="next" value="/targets/"' in html
