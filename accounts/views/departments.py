"""Pages on which the system administrator looks after departments."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions
from accounts.access import acting_user, requires
from accounts.forms import DepartmentForm
from accounts.models import Department
from accounts.versions import Conflict

from .editing import carried_out, conflict_page


@requires("accounts.view_department")
@never_cache
@require_safe
def departments(request: HttpRequest) -> HttpResponse:
    """All departments with the number of accounts in use; a few hundred at most, so one page."""
    in_use = Count("users", filter=Q(users__is_active=True))
    rows = Department.objects.select_related("parent").annotate(people=in_use).order_by("code")
    may_change = request.user.has_perm("accounts.change_department")
    context = {"departments": rows, "may_change": may_change}
    return render(request, "accounts/departments.html", context)


@requires("accounts.change_department")
@never_cache
@require_http_methods(["GET", "POST"])
def department_create(request: HttpRequest) -> HttpResponse:
    """Add a department."""
    by = acting_user(request)
    form = DepartmentForm(request.POST if request.method == "POST" else None)
    del form.fields["version"], form.fields["is_active"]
    if request.method == "POST" and form.is_valid():
        made = carried_out(form, lambda: actions.create_department(by=by, **form.cleaned_data))
        if made is not None:
            messages.success(request, _("部门已建立。"))
            return redirect("departments")
    return render(request, "accounts/department_form.html", {"form": form})


@requires("accounts.change_department")
@never_cache
@require_http_methods(["GET", "POST"])
def department_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a department; 409 with both values where another was faster."""
    department = get_object_or_404(Department, pk=pk)
    data = request.POST if request.method == "POST" else None
    form = DepartmentForm(data, instance=department)
    if request.method == "POST" and form.is_valid():
        changes = dict(form.cleaned_data)
        version = changes.pop("version")
        try:
            done = carried_out(
                form,
                lambda: actions.change_department(
                    by=acting_user(request), department=department, version=version, **changes
                ),
            )
        except Conflict as conflict:
            template = "accounts/department_form.html"
            return conflict_page(request, template, DepartmentForm, conflict)
        if done is not None:
            messages.success(request, _("已保存。"))
            return redirect("departments")
    context = {"form": form, "edited": department}
    return render(request, "accounts/department_form.html", context)
