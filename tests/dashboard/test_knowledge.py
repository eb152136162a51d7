"""The day in an address: read, refused in words, kept by every link, and forgotten afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import get_script_prefix, reverse
from django.utils import timezone

from qdpolicy.knowledge import (
    DayError,
    Knowledge,
    KnownOn,
    address_below,
    asked_by,
    knowledge_of,
    present_address,
    present_url,
    read_day,
    root_of,
)
from tests.dashboard import builders as make
from tests.dashboard.builders import page, text_of

TODAY = date(2026, 3, 1)
DAY = "/known-on/2025-03-02"


@pytest.mark.parametrize("text", ["1900-01-01", "2024-02-29", "2026-03-01"])
def test_read_day_takes_days_up_to_today(text: str) -> None:
    assert read_day(text, today=TODAY) == date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2024-02-30", "没有 2024-02-30 这一天"),
        ("2023-02-29", "没有 2023-02-29 这一天"),
        ("0000-01-01", "没有 0000-01-01 这一天"),
        ("0001-01-01", "日期不能早于 1900 年"),
        ("1899-12-31", "日期不能早于 1900 年"),
        ("2026-03-02", "2026-03-02 还没有到"),
        ("9999-12-31", "9999-12-31 还没有到"),
        ("0000", "“0000”不是日期"),
        ("99999-01-01", "“99999-01-01”不是日期"),
        ("２０２４-０１-０１", "不是日期"),
        ("٢٠٢٤-٠١-٠١", "不是日期"),
        ("2024-1-1", "不是日期"),
        ("20240101", "不是日期"),
        ("2024-W01-1", "不是日期"),
        ("2024-01-01\n", "不是日期"),
        ("", "不是日期"),
        ("长" * 500, "“" + "长" * 20 + "”不是日期"),
    ],
)
def test_read_day_refuses_everything_else_in_words(text: str, words: str) -> None:
    with pytest.raises(DayError, match=re.escape(words)):
        read_day(text, today=TODAY)


def test_the_prefix_names_the_second_day_where_it_is_another() -> None:
    day, other = date(2024, 6, 30), date(2024, 3, 31)
    assert Knowledge(day, day).prefix == "/known-on/2024-06-30"
    assert Knowledge(day, other).prefix == "/known-on/2024-06-30/as-of/2024-03-31"
    assert Knowledge(day, other).end == datetime(2024, 6, 30, 16, 0, tzinfo=UTC)


def through(path: str, script: str = "", method: str = "get") -> tuple[HttpRequest, Any]:
    """A request behind the middleware, and what a page saw in it."""
    seen: dict[str, Any] = {}

    def answer(request: HttpRequest) -> HttpResponse:
        seen["knowledge"] = asked_by(request)
        seen["path_info"] = request.path_info
        seen["targets"] = reverse("targets")
        seen["login"] = present_url(request, "login")
        seen["root"] = root_of(request)
        seen["present"] = present_address(request)
        return HttpResponse("ok")

    request = getattr(RequestFactory(SCRIPT_NAME=script), method)(path)
    return request, (KnownOn(answer)(request), seen)


def test_the_day_moves_into_the_script_name() -> None:
    request, (response, seen) = through("/known-on/2024-06-30/as-of/2024-03-31/targets/?light=red")
    assert response.status_code == 200
    assert seen == {
        "knowledge": Knowledge(date(2024, 6, 30), date(2024, 3, 31)),
        "path_info": "/targets/",
        "targets": "/known-on/2024-06-30/as-of/2024-03-31/targets/",
        "login": "/accounts/login/",
        "root": "",
        "present": "/targets/?light=red",
    }
    # The whole address stays what it was: forms and pagers that repeat it keep the day.
    assert request.get_full_path() == "/known-on/2024-06-30/as-of/2024-03-31/targets/?light=red"
    assert get_script_prefix() == "/"


def test_the_present_stays_as_it_is() -> None:
    _request, (_response, seen) = through("/targets/?page=2")
    assert seen["knowledge"] is None
    assert (seen["targets"], seen["present"]) == ("/targets/", "/targets/?page=2")


def test_a_site_below_a_path_keeps_its_path() -> None:
    request = RequestFactory(SCRIPT_NAME="/board").get("/known-on/2024-06-30/targets/")
    request.path_info = "/known-on/2024-06-30/targets/"
    seen: dict[str, Any] = {}

    def answer(request: HttpRequest) -> HttpResponse:
        asked_by(request)
        seen["url"], seen["present"] = reverse("targets"), present_address(request)
        seen["login"] = present_url(request, "login")
        return HttpResponse("ok")

    KnownOn(answer)(request)
    assert seen == {
        "url": "/board/known-on/2024-06-30/targets/",
        "present": "/board/targets/",
        "login": "/board/accounts/login/",
    }


def test_a_page_that_fails_leaves_no_prefix_behind() -> None:
    def fail(_request: HttpRequest) -> HttpResponse:
        raise RuntimeError(reverse("targets"))

    with pytest.raises(RuntimeError, match="/known-on/2024-06-30/targets/"):
        KnownOn(fail)(RequestFactory().get("/known-on/2024-06-30/targets/"))
    assert get_script_prefix() == "/"


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/known-on/2024-06-30", "/known-on/2024-06-30/"),
        ("/known-on/2024-06-30?light=red", "/known-on/2024-06-30/?light=red"),
        ("/known-on/2024-06-30/as-of/2024-06-30/regions/", "/known-on/2024-06-30/regions/"),
        (
            "/known-on/2024-06-30/as-of/2024-06-30//evil.example/?a=%20b",
            "/known-on/2024-06-30//evil.example/?a=%20b",
        ),
    ],
)
def test_one_day_has_one_address(path: str, to: str) -> None:
    _request, (response, _seen) = through(path)
    assert (response.status_code, response["Location"]) == (302, to)


def test_an_address_of_two_slashes_names_no_other_host() -> None:
    request = RequestFactory().get("/known-on/2024-06-30//evil.example/")
    assert address_below(request) == "/known-on/2024-06-30//evil.example/"
    request.path_info = "//evil.example/"
    assert address_below(request) == "/%2Fevil.example/"


# --- the site -------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2024-02-30", "没有 2024-02-30 这一天"),
        ("0000", "不是日期"),
        ("99999-01-01", "不是日期"),
        ("%D9%A2%D9%A0%D9%A2%D9%A4-01-01", "不是日期"),
        ("0001-01-01", "不能早于 1900 年"),
        ("9999-12-31", "还没有到"),
        ("2024-06-30%0A", "不是日期"),
        ("%ED%A0%80", "不是日期"),
        ("<b>", "不是日期"),
    ],
)
@pytest.mark.parametrize("path", ["/known-on/{}/", "/known-on/2024-06-30/as-of/{}/targets/"])
def test_an_impossible_day_is_404_in_words(client: Client, day: str, words: str, path: str) -> None:
    response = client.get(path.format(day))
    html = response.content.decode()
    assert response.status_code == 404
    assert words in text_of(html)
    assert "<b>" not in html[html.index("error-page") :]
    assert 'href="/targets/"' in html


@pytest.mark.django_db
def test_tomorrow_is_refused_and_today_is_not(client: Client) -> None:
    today = timezone.localdate()
    assert client.get(f"/known-on/{today}/").status_code == 200
    assert client.get(f"/known-on/{today + timedelta(days=1)}/").status_code == 404


@pytest.mark.django_db
def test_a_nul_in_the_day_is_a_bad_request(client: Client) -> None:
    assert client.get("/known-on/2024-06-30%00/").status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/nowhere/", "/known-on/2024-06-30/", "//evil.example/"])
def test_what_is_not_there_is_not_there_under_a_day(client: Client, path: str) -> None:
    response = client.get(f"{DAY}{path}")
    html = response.content.decode()
    assert response.status_code == 404
    assert re.findall(r'(?:href|action)="//', html) == []
    assert f'href="{DAY}/targets/"' in html


@pytest.mark.django_db
def test_a_missing_slash_is_added_under_the_day(client: Client) -> None:
    response = client.get(f"{DAY}/targets?light=red")
    assert (response.status_code, response["Location"]) == (301, f"{DAY}/targets/?light=red")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/accounts/login/?next=/targets/", "/accounts/login/?next=/targets/"),
        ("/actuals/new/?indicator=A", "/actuals/new/?indicator=A"),
        ("/healthz", "/healthz"),
        ("/admin/", "/admin/"),
        ("/language/", "/language/"),
        ("/known-on/", "/known-on/"),
    ],
)
def test_other_pages_lead_to_the_present(client: Client, path: str, to: str) -> None:
    response = client.get(f"{DAY}{path}")
    assert (response.status_code, response["Location"]) == (302, to)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["logout", "login", "set_language", "entry_new", "jobs", "department_create"]
)
def test_nothing_is_written_under_a_day(signed_in: Callable[..., Client], name: str) -> None:
    client = signed_in("analyst")
    response = client.post(f"{DAY}{reverse(name)}", {"language": "en", "next": "/"})
    assert response.status_code == 404
    assert "只供查看，不能在这里改动" in text_of(response.content.decode())
    assert "sessionid" not in response.cookies or response.cookies["sessionid"].value
    assert "测试" in page(client, "/")


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options"])
def test_reading_pages_take_no_unsafe_method_under_a_day(client: Client, method: str) -> None:
    assert getattr(client, method)(f"{DAY}/targets/").status_code == 404


@pytest.mark.django_db
def test_a_closed_site_asks_to_sign_in_and_comes_back_to_the_day(
    client: Client, settings: Any
) -> None:
    settings.PUBLIC_READING = False
    response = client.get(f"{DAY}/targets/?light=red")
    back = "next=/known-on/2025-03-02/targets/%3Flight%3Dred"
    assert response["Location"] == f"{DAY}/accounts/login/?{back}"
    response = client.get(response["Location"])
    assert response["Location"] == f"/accounts/login/?{back}"


@pytest.mark.django_db
def test_the_language_switch_comes_back_to_the_day(client: Client) -> None:
    html = page(client, f"{DAY}/targets/?light=red")
    assert 'action="/language/"' in html
    assert f'name="next" value="{DAY}/targets/?light=red"' in html
    response = client.post("/language/", {"language": "en", "next": f"{DAY}/targets/?light=red"})
    assert response["Location"] == f"{DAY}/targets/?light=red"


@pytest.mark.django_db
def test_every_link_of_a_page_keeps_the_day(client: Client) -> None:
    make.promise("firms", "missed")
    make.measure("build")
    for path in ("/", "/targets/", "/documents/plan/", "/indicators/FIRMS/", "/measures/"):
        html = page(client, DAY + path)
        links = re.findall(r'(?:href|data-figure)="(/[^"]*)"', html)
        strangers = {
            link for link in links if not link.startswith((f"{DAY}/", "/static/", "/known-on/?"))
        }
        assert strangers == {path, "/accounts/login/"}
        assert len([link for link in links if link.startswith(f"{DAY}/")]) >= 7
        assert re.findall(r'src="(?!/static/)', html) == []


@pytest.mark.django_db
def test_the_day_does_not_reach_the_next_request(client: Client) -> None:
    make.promise("firms", "missed")
    before = links_of(page(client, "/targets/"))
    assert client.get(f"{DAY}/targets/").status_code == 200
    assert client.get(f"{DAY}/nowhere/").status_code == 404
    assert client.post(f"{DAY}/targets/").status_code == 404
    assert get_script_prefix() == "/"
    assert links_of(page(client, "/targets/")) == before
    assert "known-on/2025" not in page(client, "/targets/")


def links_of(html: str) -> list[str]:
    return re.findall(r'(?:href|action|src)="([^"]*)"', html)


@pytest.mark.django_db
def test_the_banner_names_both_days_and_the_way_back(client: Client) -> None:
    make.promise("firms", "missed")
    html = page(client, f"{DAY}/targets/?light=grey")
    banner = html[html.index("banner-past") : html.index("<main")]
    assert "按 2025-03-02 所知的判定，不是现在的。" in text_of(banner)
    assert 'href="/targets/?light=grey"' in banner
    banner = page(client, "/known-on/2025-03-02/as-of/2024-03-31/targets/")
    assert "按 2025-03-02 所知、截至 2024-03-31 的判定，不是现在的。" in text_of(banner)
    assert "banner-past" not in page(client, "/targets/")


@pytest.mark.django_db
def test_the_form_of_a_page_offers_another_day(client: Client) -> None:
    make.promise("firms", "missed")
    for path in ("/targets/?light=red", f"{DAY}/targets/?light=red"):
        html = page(client, path)
        form = html[html.index('class="days"') : html.index("</details>", html.index('"days"'))]
        assert 'method="get" action="/known-on/"' in form
        assert 'name="next" value="/targets/?light=red"' in form
    assert 'name="known_on" type="date" required value="2025-03-02"' in form
    assert 'class="days"' not in page(client, "/accounts/login/")
    assert 'class="days"' not in client.get("/nowhere/").content.decode()


def test_a_request_without_a_day_knows_the_present() -> None:
    assert knowledge_of(RequestFactory().get("/")) is None
