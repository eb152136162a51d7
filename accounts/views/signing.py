"""Signing in and out, one's own account and password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout as end_session
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions
from accounts.access import acting_user, public, signed_in
from accounts.forms import LoginForm
from accounts.roles import ROLES

# Django's own view checks that `next` leads nowhere outside.
login = public(
    LoginView.as_view(template_name="accounts/login.html", authentication_form=LoginForm)
)


@public
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session; asking twice is harmless."""
    end_session(request)
    return redirect(settings.LOGIN_URL)


@signed_in
@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """What the reader's own account is and may do."""
    user = acting_user(request)
    roles = [role for code, role in ROLES.items() if code in user.roles]
    return render(request, "accounts/account.html", {"account": user, "roles": roles})


@signed_in
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def password_change(request: HttpRequest) -> HttpResponse:
    """Change one's own password; the session stays, all others of the account end."""
    user = acting_user(request)
    form = PasswordChangeForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_password(by=user, password=form.cleaned_data["new_password1"])
        except ValidationError as refusal:
            form.add_error("new_password1", refusal)
        else:
            update_session_auth_hash(request, user)
            messages.success(request, _("密码已修改。"))
            return redirect("account")
    return render(request, "accounts/password_change.html", {"form": form})


def locked_out(
    request: HttpRequest,
    response: HttpResponse | None = None,
    credentials: dict[str, Any] | None = None,
) -> HttpResponse:
    """What django-axes answers with while an account is locked (429)."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    context = {"minutes": minutes, "limit": settings.AXES_FAILURE_LIMIT}
    return render(request, "accounts/locked_out.html", context, status=429)
