"""The classification of views and its enforcement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.access import Access, View, acting_user, public, reading, requires, signed_in
from accounts.models import AuditEvent, User

pytestmark = pytest.mark.django_db


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("seen")


def ask(view: View, user: Any, method: str = "get") -> Any:
    request = getattr(RequestFactory(), method)("/desk/?year=2024")
    request.user = user
    return view(request)


def test_public_is_open_to_anonymous() -> None:
    assert ask(public(page), AnonymousUser()).content == b"seen"


@pytest.mark.parametrize(("open_reading", "status"), [(True, 200), (False, 302)])
def test_reading_follows_the_setting(settings: Any, open_reading: bool, status: int) -> None:
    settings.PUBLIC_READING = open_reading
    assert ask(reading(page), AnonymousUser()).status_code == status


def test_reading_is_open_to_signed_in(settings: Any, person: Callable[..., User]) -> None:
    settings.PUBLIC_READING = False
    assert ask(reading(page), person()).status_code == 200


def test_signed_in_sends_anonymous_to_login_and_back() -> None:
    answer = ask(signed_in(page), AnonymousUser())
    assert answer.status_code == 302
    assert answer["Location"].endswith("/accounts/login/?next=/desk/%3Fyear%3D2024")


def test_requires_sends_anonymous_to_login(settings: Any) -> None:
    settings.PUBLIC_READING = True
    assert ask(requires("targets.view_policy")(page), AnonymousUser()).status_code == 302


def test_requires_lets_holder_in(person: Callable[..., User]) -> None:
    view = requires("indicators.enter_observation")(page)
    assert ask(view, person("analyst")).status_code == 200


def test_requires_refuses_others_in_words(person: Callable[..., User]) -> None:
    view = requires("indicators.enter_observation")(page)
    with pytest.raises(PermissionDenied, match="您的角色没有这项权限"):
        ask(view, person("reviewer"))


@pytest.mark.parametrize(
    ("decorate", "access"),
    [
        (public, Access("public")),
        (reading, Access("reading")),
        (signed_in, Access("signed_in")),
        (requires("accounts.view_job"), Access("requires", "accounts.view_job")),
    ],
)
def test_access_is_carried_in_any_order(decorate: Callable[[View], View], access: Access) -> None:
    above: Any = decorate(require_POST(page))
    below: Any = require_POST(decorate(page))
    assert (above.access, below.access) == (access, access)
    assert (above.__name__, below.__name__) == ("page", "page")


def test_method_restriction_holds_in_any_order(person: Callable[..., User]) -> None:
    user = person()
    for view in (signed_in(require_POST(page)), require_POST(signed_in(page))):
        assert ask(view, user).status_code == 405
        assert ask(view, user, "post").status_code == 200


def test_view_names_the_source_of_its_events(person: Callable[..., User]) -> None:
    user = person()

    @signed_in
    def write(request: HttpRequest) -> HttpResponse:
        with audit.transaction():
            audit.record(by=acting_user(request), action="accounts.test", target=user)
        return HttpResponse()

    ask(write, user)
    assert AuditEvent.objects.get(action="accounts.test").source == "web /desk/"


def test_acting_user_is_the_signed_in_one(person: Callable[..., User]) -> None:
    request = RequestFactory().get("/")
    request.user = person()
    assert acting_user(request) == request.user


def test_acting_user_of_anonymous_is_refused() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    with pytest.raises(PermissionDenied, match="请先登录"):
        acting_user(request)
