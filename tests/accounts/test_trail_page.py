"""The page of the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions, audit
from accounts.models import AuditEvent, Department, User

pytestmark = pytest.mark.django_db
Person = Callable[..., User]
Enter = Callable[..., Client]


@pytest.fixture
def client(signed_in: Enter) -> Client:
    return signed_in("auditor")


def shown(client: Client, query: str = "") -> list[int]:
    answer = client.get(reverse("audit_trail") + query)
    assert answer.status_code == 200
    return [line["event"].pk for line in answer.context["lines"]]


def tell(count: int) -> None:
    with audit.transaction():
        for _turn in range(count):
            audit.record(by=None, action="accounts.test", target=None)


def test_newest_event_stands_first(client: Client) -> None:
    tell(2)
    everything = list(AuditEvent.objects.order_by("-pk").values_list("pk", flat=True))
    assert shown(client) == everything
    assert len(everything) == 4  # made and signed in, and two more


def test_pages_follow_one_another_without_gap_or_overlap(client: Client) -> None:
    tell(120)
    total, query, seen = AuditEvent.objects.count(), "", []
    for _page in range(3):
        answer = client.get(reverse("audit_trail") + query)
        seen += [line["event"].pk for line in answer.context["lines"]]
        query = f"?{answer.context['older']}"
        tell(1)  # what comes in meanwhile does not move the pages
    assert answer.context["older"] == ""
    assert seen == list(range(total, 0, -1))


def test_filters_are_kept_from_page_to_page(client: Client) -> None:
    tell(60)
    answer = client.get(reverse("audit_trail") + "?object_type=&since=2020-01-01")
    assert answer.context["older"].startswith("object_type=&since=2020-01-01&before=")


def test_filter_by_action_actor_and_object(client: Client, person: Person) -> None:
    by = person("security_admin", username="guard")
    user = person("analyst")
    actions.disable_user(by=by, user=user)
    department = Department.objects.create(code="A", name="局")
    actions.change_department(by=by, department=department, version=1, name="新局")
    changed, disabled = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True)[:2]
    assert shown(client, "?action=accounts.disable_user") == [disabled]
    assert shown(client, "?actor=GUARD") == [changed, disabled]
    assert shown(client, f"?object_type=accounts.department&object_id={department.pk}") == [changed]
    assert shown(client, "?action=accounts.disable_user&object_type=accounts.department") == []


def test_filter_by_day_takes_both_ends_in_local_time(client: Client) -> None:
    moments = [
        datetime(2024, 6, 29, 23, 59, 59),
        datetime(2024, 6, 30, 0, 0, 0),
        datetime(2024, 6, 30, 23, 59, 59),
        datetime(2024, 7, 1, 0, 0, 0),
    ]
    tell(4)
    rows = AuditEvent.objects.filter(action="accounts.test").order_by("pk")
    places = list(rows.values_list("pk", flat=True))
    for place, moment in zip(places, moments, strict=True):
        aware = timezone.make_aware(moment)
        QuerySet.update(AuditEvent.objects.filter(pk=place), at=aware)
    assert shown(client, "?since=2024-06-30&until=2024-06-30") == [places[2], places[1]]
    assert shown(client, "?until=2024-06-29") == [places[0]]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?action=nowhere", "action"),
        ("?actor=no.such.user", "actor"),
        ("?object_type=auth.permission", "object_type"),
        ("?object_id=1%3B--", "object_id"),
        ("?since=yesterday", "since"),
        ("?since=2024-07-01&until=2024-06-30", "until"),
        ("?since=0001-01-01", "since"),
        ("?until=9999-12-31", "until"),
        ("?before=0", "before"),
        ("?before=x", "before"),
    ],
)
def test_filter_that_is_no_value_is_said(client: Client, query: str, field: str) -> None:
    answer = client.get(reverse("audit_trail") + query)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]


def test_place_beyond_every_number_shows_everything(client: Client) -> None:
    assert shown(client, "?before=99999999999999999999999") == shown(client)


def test_difference_is_told_in_words(client: Client, person: Person) -> None:
    user = person(full_name="旧名")
    actions.change_user(by=None, user=user, version=1, full_name="新名")
    text = client.get(reverse("audit_trail") + "?action=accounts.change_user").content.decode()
    assert "<div>姓名：由“旧名”改为“新名”</div>" in text
    assert "修改用户" in text


def test_stored_markup_is_shown_as_text(client: Client, person: Person) -> None:
    person(full_name="<img src=x onerror=alert(1)>")
    text = client.get(reverse("audit_trail")).content.decode()
    assert "<img src=x" not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text


def test_head_is_shown_to_be_noted(client: Client) -> None:
    assert str(audit.head()) in client.get(reverse("audit_trail")).content.decode()


def test_no_match_says_so(client: Client) -> None:
    tomorrow: Any = timezone.localdate() + timedelta(days=1)
    text = client.get(reverse("audit_trail") + f"?since={tomorrow}").content.decode()
    assert "没有符合条件的记录。" in text


def test_page_is_read_only(client: Client) -> None:
    assert client.post(reverse("audit_trail")).status_code == 405
