"""The stock admin shows departments only; users and the trail have pages of their own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from . import actions, audit
from .access import acting_user
from .forms import DepartmentModelForm
from .models import Department
from .versions import Conflict


class DepartmentAdminForm(DepartmentModelForm):
    """A department with the version that was read; the model's own field is not editable."""

    read_version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    class Meta:
        model = Department
        fields = ("code", "name", "name_en", "parent", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("read_version", self.instance.version)

    def clean(self) -> dict[str, Any]:
        """A version that is no longer the stored one is a refusal in words."""
        version = self.cleaned_data.get("read_version")
        if self.instance.pk is not None and version not in (None, self.instance.version):
            raise ValidationError(str(Conflict(self.instance, {})))
        return self.cleaned_data


@admin.register(Department)
class DepartmentAdmin(admin.ModelAdmin):
    """Departments; every save is an action with its audit event, nothing is deleted."""

    form = DepartmentAdminForm
    list_display = ("code", "name", "parent", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("parent",)
    search_fields = ("code", "name")

    def has_delete_permission(self, request: HttpRequest, obj: Department | None = None) -> bool:
        """Nobody: a department that is not used any more is closed."""
        return False

    def save_model(self, request: HttpRequest, obj: Department, form: Any, change: bool) -> None:
        """Hand what was typed to the action."""
        by = acting_user(request)
        values = dict(form.cleaned_data)
        version = values.pop("read_version")
        with audit.source(f"web {request.path}"):
            if change:
                stored = actions.change_department(by=by, department=obj, version=version, **values)
            else:
                values.pop("is_active")
                stored = actions.create_department(by=by, **values)
        obj.pk, obj.version = stored.pk, stored.version

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The stock page; a refusal that only the action could see goes back with its words."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Conflict as conflict:
            refusal = str(conflict)
        except ValidationError as error:
            refusal = " ".join(error.messages)
        messages.error(request, _("没有保存：%s") % refusal)
        response: HttpResponse = redirect(request.get_full_path())
        return response
