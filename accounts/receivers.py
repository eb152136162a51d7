"""Signing in and out leaves audit events."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from . import audit
from .models import User


@receiver(user_logged_in, dispatch_uid="accounts.audit_login")
def audit_login(*, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Tell that somebody signed in, and from where."""
    _tell("accounts.login", request, user=user)


@receiver(user_logged_out, dispatch_uid="accounts.audit_logout")
def audit_logout(*, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Tell that somebody signed out; a session without a user is no event."""
    if user is not None:
        _tell("accounts.logout", request, user=user)


@receiver(user_login_failed, dispatch_uid="accounts.audit_failed_login")
def audit_failed_login(
    *, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
) -> None:
    """Tell of a failed sign-in under the name that was typed."""
    _tell("accounts.login_failed", request, label=str(credentials.get("username", "")))


@receiver(user_locked_out, dispatch_uid="accounts.audit_lock_out")
def audit_lock_out(*, request: HttpRequest, username: str, **kwargs: Any) -> None:
    """Tell once that an account was locked; further tries are failed sign-ins."""
    if getattr(request, "axes_failures_since_start", None) == settings.AXES_FAILURE_LIMIT:
        _tell("accounts.lock_out", request, label=str(username))


def _tell(
    action: str,
    request: HttpRequest | None,
    *,
    user: User | None = None,
    label: str | None = None,
) -> None:
    address = request.META.get("REMOTE_ADDR", "") if request is not None else ""
    with audit.transaction():
        audit.record(
            by=user,
            action=action,
            target=user if user is not None else User,
            label=label,
            after={"address": address},
        )
