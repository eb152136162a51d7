"""What is decided before any view: no NUL in a request, and a one-time password opens one page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from .models import User

STILL_OPEN = frozenset({"logout", "password_change", "set_language"})


class RefuseNul:
    """Answers 400 to a NUL in an address or a cookie: PostgreSQL fails on it in every text."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on, or raise BadRequest."""
        query = (text for name, texts in request.GET.lists() for text in (name, *texts))
        if any("\0" in text for text in (request.path_info, *query, *request.COOKIES.values())):
            raise BadRequest(_("请求中含有无效字符。"))
        return self.get_response(request)


class MustChangePassword:
    """Sends a user with a one-time password to the page for changing it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on; the deciding is done once its view is known."""
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        """Let public views and the few names in STILL_OPEN pass, redirect the rest."""
        access = getattr(view, "access", None)
        if access is not None and access.kind == "public":
            return None
        match = request.resolver_match
        if match is not None and match.view_name in STILL_OPEN:
            return None
        if isinstance(request.user, User) and request.user.must_change_password:
            return redirect("password_change")
        return None
