"""Pages on which the security administrator looks after accounts."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions
from accounts.access import acting_user, requires
from accounts.forms import HandOverForm, NewUserForm, ReasonForm, RoleForm, UserFilter, UserForm
from accounts.lockouts import locked_usernames
from accounts.models import Department, User
from accounts.passwords import one_time_password
from accounts.roles import ROLES
from accounts.versions import Conflict

from .editing import carried_out, conflict_page

PAGE = 50


@requires("accounts.view_user")
@never_cache
@require_safe
def users(request: HttpRequest) -> HttpResponse:
    """All people with an account, filtered by department, role and state."""
    rows = User.objects.people().select_related("department").prefetch_related("grants")
    form = UserFilter(request.GET)
    form.is_valid()  # a filter that is no choice is said on the form and narrows nothing
    chosen = form.cleaned_data
    if chosen.get("department"):
        rows = rows.filter(department__in=Department.objects.subtree(chosen["department"]))
    if chosen.get("role"):
        rows = rows.filter(grants__role=chosen["role"])
    if chosen.get("active"):
        rows = rows.filter(is_active=chosen["active"] == "yes")
    page = Paginator(rows.order_by("username"), PAGE).get_page(request.GET.get("page"))
    locked = locked_usernames([user.username for user in page], timezone.now())
    context = {"page": page, "form": form, "locked": locked, "filters": _filters(request)}
    return render(request, "accounts/users.html", context)


@requires("accounts.change_user")
@never_cache
@require_http_methods(["GET", "POST"])
def user_create(request: HttpRequest) -> HttpResponse:
    """Open an account; its one-time password is shown once, on the answer."""
    by = acting_user(request)
    form = NewUserForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        password = one_time_password()
        user = carried_out(
            form, lambda: actions.create_user(by=by, password=password, **form.cleaned_data)
        )
        if user is not None:
            context = {"account": user, "password": password}
            return render(request, "accounts/one_time_password.html", context)
    return render(request, "accounts/user_form.html", {"form": form})


@requires("accounts.view_user")
@never_cache
@require_safe
def user_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: what it is, which roles it has, and what can be done to it."""
    user = get_object_or_404(User.objects.people().select_related("department"), pk=pk)
    return _show(request, user)


@requires("accounts.change_user")
@never_cache
@require_http_methods(["GET", "POST"])
def user_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change name, e-mail or department; 409 with both values where another was faster."""
    user = get_object_or_404(User.objects.people(), pk=pk)
    form = UserForm(request.POST if request.method == "POST" else None, instance=user)
    if request.method == "POST" and form.is_valid():
        changes = dict(form.cleaned_data)
        version = changes.pop("version")
        try:
            done = carried_out(
                form,
                lambda: actions.change_user(
                    by=acting_user(request), user=user, version=version, **changes
                ),
            )
        except Conflict as conflict:
            return conflict_page(request, "accounts/user_form.html", UserForm, conflict)
        if done is not None:
            messages.success(request, _("已保存。"))
            return redirect("user_page", pk=pk)
    return render(request, "accounts/user_form.html", {"form": form, "edited": user})


@requires("accounts.change_user")
@require_POST
def user_disable(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an account."""
    user = get_object_or_404(User.objects.people(), pk=pk)
    by, reason = acting_user(request), _reason(request)
    return _answer(
        request,
        user,
        _("账号已停用。"),
        lambda: actions.disable_user(by=by, user=user, reason=reason),
    )


@requires("accounts.change_user")
@require_POST
def user_enable(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a closed account again."""
    user = get_object_or_404(User.objects.people(), pk=pk)
    by, reason = acting_user(request), _reason(request)
    return _answer(
        request,
        user,
        _("账号已启用。"),
        lambda: actions.enable_user(by=by, user=user, reason=reason),
    )


@requires("accounts.change_user")
@never_cache
@require_http_methods(["GET", "POST"])
def user_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a leaver's open work to somebody else and close the account."""
    user = get_object_or_404(User.objects.people(), pk=pk)
    form = HandOverForm(request.POST if request.method == "POST" else None, leaver=user)
    if request.method == "POST" and form.is_valid():
        by, chosen = acting_user(request), form.cleaned_data
        moved = carried_out(form, lambda: actions.hand_over(by=by, user=user, **chosen))
        if moved is not None:
            messages.success(request, _("已移交并停用账号，移交 %d 项。") % sum(moved.values()))
            return redirect("user_page", pk=pk)
    return render(request, "accounts/hand_over.html", {"form": form, "account": user})


@requires("accounts.change_user")
@require_POST
def user_grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a role."""
    user = get_object_or_404(User.objects.people(), pk=pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _show(request, user, error=_("请选择一个角色。"), reason=_reason(request))
    by, chosen = acting_user(request), form.cleaned_data
    done = _("角色已授予。")
    return _answer(request, user, done, lambda: actions.grant_role(by=by, user=user, **chosen))


@requires("accounts.change_user")
@require_POST
def user_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a role away."""
    user = get_object_or_404(User.objects.people(), pk=pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _show(request, user, error=_("请选择一个角色。"), reason=_reason(request))
    by, chosen = acting_user(request), form.cleaned_data
    done = _("角色已收回。")
    return _answer(request, user, done, lambda: actions.revoke_role(by=by, user=user, **chosen))


@requires("accounts.change_user")
@never_cache
@require_POST
def user_reset_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a one-time password and show it once; it is stored nowhere in plain text."""
    user = get_object_or_404(User.objects.people(), pk=pk)
    password = actions.reset_password(by=acting_user(request), user=user, reason=_reason(request))
    context = {"account": user, "password": password}
    return render(request, "accounts/one_time_password.html", context)


@requires("accounts.change_user")
@require_POST
def user_unlock(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an account that was locked after failed sign-ins try again."""
    user = get_object_or_404(User.objects.people(), pk=pk)
    by, reason = acting_user(request), _reason(request)
    return _answer(
        request,
        user,
        _("账号已解锁。"),
        lambda: actions.unlock_user(by=by, user=user, reason=reason),
    )


def _answer(request: HttpRequest, user: User, done: str, act: Callable[[], object]) -> HttpResponse:
    """Do it and go back to the account; a refusal shows it again with the reason typed."""
    try:
        act()
    except ValidationError as error:
        return _show(request, user, error=" ".join(error.messages), reason=_reason(request))
    messages.success(request, done)
    return redirect("user_page", pk=user.pk)


def _show(request: HttpRequest, user: User, *, error: str = "", reason: str = "") -> HttpResponse:
    user.forget_roles()
    context = {
        "account": user,
        "held": [role for code, role in ROLES.items() if code in user.roles],
        "grantable": [role for code, role in ROLES.items() if code not in user.roles],
        "locked": bool(locked_usernames([user.username], timezone.now())),
        "may_change": request.user.has_perm("accounts.change_user"),
        "error": error,
        "reason": reason,
    }
    return render(request, "accounts/user_page.html", context)


def _reason(request: HttpRequest) -> str:
    """The reason given, cut to what the trail keeps readable."""
    form = ReasonForm({"reason": request.POST.get("reason", "")[:500]})
    form.is_valid()
    return str(form.cleaned_data.get("reason", ""))


def _filters(request: HttpRequest) -> str:
    """The chosen filters as a query string for the links to other pages."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()
