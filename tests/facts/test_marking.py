"""Downloads of a practice site are marked as made up; a real site's pass as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template import loader
from django.test import Client
from django.urls import reverse

from qdpolicy import madeup
from qdpolicy.marking import MarkDownloads, line, name_of
from tests.access import world
from tests.access.test_urls import ALL, ARGUMENTS
from tests.facts.practiceworld import practising
from tests.facts.test_practice_pages import NO_PAGES, body, is_file, is_page


@pytest.mark.django_db
def test_real_site_never_shows_the_mark(make_user: Callable[..., Any]) -> None:
    built = world.build()
    boss = make_user("reviewer", department=built["home"])
    client = Client()
    client.force_login(boss, backend="accounts.backends.RoleBackend")
    pages = files = 0
    for address in ALL:
        if address.name in NO_PAGES:
            continue
        arguments = ARGUMENTS[address.name](built) if address.name in ARGUMENTS else {}
        response = client.get(reverse(address.name, kwargs=arguments))
        content = body(response)
        assert madeup.BANNER.encode() not in content, address.name
        assert madeup.BANNER_EN.encode() not in content, address.name
        assert b"data-practice" not in content, address.name
        pages += is_page(response) and response.status_code == 200
        if is_file(response):
            files += 1
            assert madeup.PREFIX not in name_of(response.headers["Content-Disposition"])
    assert (pages > 30, files > 0) == (True, True)
    for template in ("400.html", "500.html", "403_csrf.html"):
        assert madeup.BANNER not in loader.get_template(template).render({}, HttpRequest())


def marked(response: HttpResponseBase) -> Any:
    """An answer as it leaves a practice site."""
    with practising():
        return MarkDownloads(lambda _request: response)(HttpRequest())


def attachment(content: bytes, kind: str, disposition: str) -> HttpResponse:
    headers = {"Content-Disposition": disposition, "Content-Length": str(len(content))}
    return HttpResponse(content, content_type=kind, headers=headers)


CSV = "text/csv; charset=utf-8"


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="a.csv"', "a.csv"),
        ("attachment; filename*=utf-8''%E8%A1%A8.csv", "表.csv"),
        ('attachment; filename="a\\"b.csv"', 'a"b.csv'),
        ("attachment", ""),
    ],
)
def test_name_of_a_download_is_read_as_it_was_given(disposition: str, name: str) -> None:
    assert name_of(disposition) == name
    response = marked(attachment(b"x", "text/plain", disposition))
    assert name_of(response.headers["Content-Disposition"]) == madeup.PREFIX + name
    assert response.content == b"x"


def test_first_line_stands_behind_the_mark_of_utf8_and_the_length_is_right() -> None:
    for content in (b"\xef\xbb\xbfa,b\r\n", b"a,b\r\n"):
        response = marked(attachment(content, CSV, 'attachment; filename="a.csv"'))
        assert response.content == b"\xef\xbb\xbf" + line() + b"a,b\r\n"
        assert response.headers["Content-Length"] == str(len(response.content))


def test_streamed_table_gets_its_first_line_too() -> None:
    parts = ["\ufeffa,b\r\n".encode(), b"1,2\r\n"]
    response = StreamingHttpResponse(
        parts, content_type=CSV, headers={"Content-Disposition": 'attachment; filename="a.csv"'}
    )
    assert b"".join(marked(response)) == b"\xef\xbb\xbf" + line() + b"a,b\r\n1,2\r\n"


def test_what_is_no_download_passes_as_it_is() -> None:
    response = marked(HttpResponse(b"a,b", content_type=CSV))
    assert response.content == b"a,b"
    real = attachment(b"a,b", CSV, 'attachment; filename="a.csv"')
    assert MarkDownloads(lambda _request: real)(HttpRequest()).content == b"a,b"  # type: ignore[attr-defined]
    assert real.headers["Content-Disposition"] == 'attachment; filename="a.csv"'
