"""What stands around every page: header, language, warnings, errors, policy of scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views import defaults

from tests.dashboard import builders as make
from tests.dashboard.builders import page, text_of

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
PAGES = ("/", "/documents/", "/targets/", "/measures/", "/regions/")


@pytest.mark.parametrize("address", PAGES)
def test_every_page_has_the_frame(client: Client, address: str) -> None:
    html = page(client, address)
    assert '<html lang="zh-CN">' in html
    assert html.count("<h1") == 1
    assert 'href="#content"' in html
    assert 'id="content"' in html
    assert html.count('aria-current="page"') == 1
    assert html.count('<meta name="viewport"') == 1
    for light in ("green", "yellow", "red", "grey"):
        assert html.count(f'<symbol id="light-{light}"') == 1


@pytest.mark.parametrize("address", PAGES)
def test_no_page_needs_what_the_content_policy_forbids(client: Client, address: str) -> None:
    make.promise("firms", "missed")
    html = page(client, address)
    assert re.findall(r"<script(?![^>]* src=)", html) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=", html) == []
    assert re.findall(r'(?:src|href)="(?:https?:)?//', html) == []


def test_templates_hold_no_inline_style_or_script() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        source = path.read_text(encoding="utf-8")
        assert re.findall(r"<style|\sstyle=|\son(?:click|change|load|submit)=", source) == [], path


def test_the_stylesheet_loads_nothing_from_outside() -> None:
    for path in (ROOT / "static" / "css").glob("*.css"):
        assert re.findall(r"@import|url\(", path.read_text(encoding="utf-8")) == [], path


def test_each_menu_entry_names_its_page(client: Client) -> None:
    html = page(client, "/targets/")
    nav = html[html.index('class="bounds site-nav"') : html.index("</nav>")]
    assert re.findall(r'href="([^"]+)"[^>]*>([^<]+)<', nav) == [
        ("/", "总览"), ("/targets/", "目标"), ("/documents/", "文件"), ("/indicators/", "指标"),
        ("/findings/", "目标变化"), ("/measures/", "举措"), ("/programs/", "计划"),
        ("/regions/", "地区"),
    ]  # fmt: skip
    assert '<a href="/targets/" aria-current="page">' in nav


@pytest.mark.parametrize(
    ("roles", "entries"),
    [
        (("official",), []),
        (
            ("analyst",),
            [
                "我的工作",
                "表格录入",
                "上传表格",
                "填报轮次",
                "督办",
                "数据疑点",
                "目标变更",
                "维护目录",
            ],
        ),
        (
            ("reviewer",),
            [
                "我的工作",
                "核定",
                "上传表格",
                "填报轮次",
                "督办",
                "数据疑点",
                "合理性规则",
                "目标变更",
                "版本草稿",
                "立项资助",
                "受助单位",
                "判定规则",
                "维护目录",
            ],
        ),
        (
            ("auditor",),
            [
                "上传表格",
                "填报轮次",
                "督办",
                "数据疑点",
                "目标变更",
                "版本草稿",
                "立项资助",
                "受助单位",
                "审计",
                "用户",
                "部门",
                "维护目录",
            ],
        ),
        (("program_editor",), ["上传表格", "版本草稿", "立项资助", "受助单位", "维护目录"]),
        (("security_admin",), ["用户"]),
        (("system_admin",), ["任务", "部门", "维护目录"]),
    ],
)
def test_the_work_menu_follows_the_roles(
    signed_in: Callable[..., Client], roles: tuple[str, ...], entries: list[str]
) -> None:
    html = page(signed_in(*roles))
    menu = re.search(r'<nav class="work-nav".*?</nav>', html, re.S)
    assert (re.findall(r">([^<\s]+)</a>", menu[0]) if menu else []) == entries


def test_strangers_see_the_way_in_and_users_the_way_out(
    client: Client, signed_in: Callable[..., Client]
) -> None:
    outside, inside = page(client), page(signed_in("official"))
    assert f'href="{reverse("login")}"' in outside
    assert f'action="{reverse("logout")}"' not in outside
    assert f'action="{reverse("logout")}"' in inside
    assert f'href="{reverse("login")}"' not in inside
    assert "测试user-official" in inside


def test_the_language_is_switched_by_a_form(client: Client) -> None:
    html = page(client, "/targets/?light=red")
    assert '<input type="hidden" name="next" value="/targets/?light=red">' in html
    response = client.post("/language/", {"language": "en", "next": "/targets/"})
    assert (response.status_code, response["Location"]) == (302, "/targets/")
    html = page(client, "/targets/")
    assert '<html lang="en">' in html
    assert 'name="language" value="zh-hans"' in html


def test_a_plain_connection_is_said_aloud(client: Client, settings: Any) -> None:
    assert "本站未使用加密连接" not in page(client)
    settings.PRODUCTION = settings.PLAIN_HTTP = True
    assert "本站未使用加密连接" in page(client)


def test_a_wrong_address_is_404_in_both_languages(client: Client) -> None:
    response = client.get("/nowhere/")
    seen = text_of(response.content.decode())
    assert response.status_code == 404
    assert "没有这个页面" in seen
    assert "This page does not exist" in seen
    assert "Resolver404" not in seen


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (Http404("没有这一页。"), True),
        (Http404("No Target matches the given query."), False),
        (Http404(), False),
    ],
)
def test_404_repeats_only_our_own_words(error: Http404, shown: bool) -> None:
    response = defaults.page_not_found(request(), error)
    assert ('<p class="notice">' in response.content.decode()) is shown


def test_403_gives_the_reason() -> None:
    seen = text_of(
        defaults.permission_denied(request(), PermissionDenied("请先登录。")).content.decode()
    )
    assert "没有权限" in seen
    assert "请先登录。" in seen
    assert "Your role does not allow this" in seen


def test_403_without_a_reason_names_who_can_help() -> None:
    seen = text_of(defaults.permission_denied(request(), PermissionDenied()).content.decode())
    assert "请联系安全管理员" in seen


def test_409_says_that_nothing_was_overwritten() -> None:
    response: HttpResponse = render(
        request(), "409.html", {"message": "请先看对方的数值。"}, status=409
    )
    seen = text_of(response.content.decode())
    assert "另一个人改动了同一条内容" in seen
    assert "请先看对方的数值。" in seen
    assert "nothing of theirs was overwritten" in seen


def test_500_has_words_in_both_languages() -> None:
    html = defaults.server_error(RequestFactory().get("/")).content.decode()
    assert "系统出错了" in text_of(html)
    assert "Something went wrong on our side." in html


def test_400_has_words_in_both_languages() -> None:
    asked = RequestFactory().get("/")
    html = defaults.bad_request(asked, SuspiciousOperation("secret detail")).content.decode()
    assert "请求无法理解" in text_of(html)
    assert "The request could not be understood." in html
    assert "secret detail" not in html


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_error_pages_ask_nothing_of_the_database(name: str, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert "<h1" in render_to_string(name)


def request() -> HttpRequest:
    """A request as the middleware would hand it on."""
    made = RequestFactory().get("/somewhere/")
    made.user = AnonymousUser()
    return made
