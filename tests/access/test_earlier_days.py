"""Every address under an earlier day: reading pages answer as classified, no other page does."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from qdpolicy.knowledge import Knowledge
from tests.access import world
from tests.access.test_urls import ALL, ANONYMOUS, ARGUMENTS, PEOPLE, Address, client_of

pytestmark = pytest.mark.django_db
# No page with a form of days to look for: a redirect, and files of pages that lead back too.
FILES = {"applied", "applied_file", "editions_compare_file"}


def day() -> str:
    """The prefix of today, the only day on which the rows of the world are known."""
    return Knowledge(timezone.localdate(), timezone.localdate()).prefix


def url_of(address: Address, built: dict[str, Any]) -> str:
    return reverse(address.name, kwargs=ARGUMENTS.get(address.name, lambda _w: {})(built))


@pytest.mark.parametrize("public_reading", [True, False], ids=["open reading", "closed"])
@pytest.mark.parametrize("person", PEOPLE)
def test_reading_pages_answer_whoever_may_read(
    person: str, public_reading: bool, settings: Any
) -> None:
    settings.PUBLIC_READING = public_reading
    built = world.build()
    client = client_of(person, built["home"])
    found = {}
    for address in ALL:
        assert address.access is not None
        if address.access.kind == "reading":
            response = client.get(day() + url_of(address, built))
            away = str(response.headers.get("Location", ""))
            found[address.name] = (
                response.status_code,
                away.startswith(f"{day()}/accounts/login/"),
            )
    closed = not public_reading and person == ANONYMOUS
    led_back = {name for name, answer in found.items() if answer == (302, False)}
    assert led_back <= present_only(client, built) | FILES
    assert closed or "choose_day" in led_back
    expected = (302, True) if closed else (200, False)
    assert {found[name] for name in found.keys() - led_back} == {expected}
    assert {"overview", "target", "document", "indicator_csv", "regions"} <= found.keys() - led_back


def present_only(client: Client, built: dict[str, Any]) -> set[str]:
    """Reading pages that speak of the present only: they offer no other day."""
    found = set()
    for address in ALL:
        if address.access is not None and address.access.kind == "reading":
            html = client.get(url_of(address, built)).content.decode(errors="replace")
            if "<html" in html and 'class="days"' not in html:
                found.add(address.name)
    return found


@pytest.mark.parametrize("person", [ANONYMOUS, "analyst", "reviewer", "system_admin"])
def test_no_other_page_answers_under_a_day(person: str) -> None:
    built = world.build()
    client = client_of(person, built["home"])
    events = AuditEvent.objects.count()
    for address in ALL:
        assert address.access is not None
        if address.access.kind == "reading":
            continue
        url = url_of(address, built)
        response = client.get(day() + url)
        assert (response.status_code, response["Location"]) == (302, url), address.name
        assert client.post(day() + url, {}).status_code == 404, address.name
    assert AuditEvent.objects.count() == events


def test_no_reading_page_takes_a_post_under_a_day() -> None:
    built = world.build()
    client = Client()
    for address in ALL:
        if address.access is not None and address.access.kind == "reading":
            response = client.post(day() + url_of(address, built))
            assert response.status_code == 404, address.name
