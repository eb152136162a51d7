"""A one-time password opens one page: the one to change it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from .models import User

STILL_OPEN = frozenset({"logout", "password_change", "set_language"})


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
