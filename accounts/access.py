"""Who may open a view: every view carries one classification, and it is enforced here.

The innermost decorated view carries `access`; functools.wraps hands it on, so the decorators of
django.views.decorators may stand above or below.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from . import audit
from .models import User

View = Callable[..., HttpResponseBase]
Kind = Literal["public", "reading", "signed_in", "requires"]


@dataclass(frozen=True, slots=True)
class Access:
    """How a view is protected; `permission` belongs to kind "requires" alone."""

    kind: Kind
    permission: str = ""


def public(view: View) -> View:
    """Open to everybody: the login page, health checks."""
    return _guard(view, Access("public"))


def reading(view: View) -> View:
    """Open to everybody where PUBLIC_READING allows it, else to whoever is signed in."""
    return _guard(view, Access("reading"))


def signed_in(view: View) -> View:
    """Open to every signed-in user; others are sent to the login page."""
    return _guard(view, Access("signed_in"))


def requires(permission: str) -> Callable[[View], View]:
    """Open to users whose roles hold "app.codename"; anonymous 302 to login, others 403."""

    def decorate(view: View) -> View:
        return _guard(view, Access("requires", permission))

    return decorate


def acting_user(request: HttpRequest) -> User:
    """The signed-in user; raises PermissionDenied (403) where there is none."""
    if not isinstance(request.user, User):
        raise PermissionDenied(_("请先登录。"))
    return request.user


def _guard(view: View, access: Access) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not _open_to_all(access):
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if access.permission and not request.user.has_perm(access.permission):
                raise PermissionDenied(_("您的角色没有这项权限，请联系安全管理员。"))
        with audit.source(f"web {request.path}"):
            return view(request, *args, **kwargs)

    guarded.access = access  # type: ignore[attr-defined]
    return guarded


def _open_to_all(access: Access) -> bool:
    return access.kind == "public" or (access.kind == "reading" and settings.PUBLIC_READING)
