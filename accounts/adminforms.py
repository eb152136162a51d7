"""The stock admin with our rules: a save is an action, on the version seen, for a reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.access import acting_user
from accounts.models import User
from accounts.versions import Conflict


class StorableDecoder(json.JSONDecoder):
    """JSON that both databases keep and a page can show: else it is no JSON, in the form's words.

    NUL and halves of surrogate pairs are refused, and what is too deep or too long to be read.
    """

    def decode(self, s: str, *args: Any) -> Any:
        """The value; raises JSONDecodeError."""
        try:
            value = super().decode(s, *args)
            text = json.dumps(value, ensure_ascii=False, allow_nan=False)
            text.encode()
        except (RecursionError, ValueError) as error:
            raise json.JSONDecodeError("not storable", "", 0) from error
        if "\\u0000" in text:
            raise json.JSONDecodeError("not storable", "", 0)
        return value


class VersionedForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript at run time
    """A row of the admin that knows which version its editor saw, where the model counts them."""

    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # What changed is told against the stored row, not against what the browser sends back.
            field.show_hidden_initial = False
        self.versioned = self.instance.pk is not None and hasattr(self.instance, "version")
        if self.versioned:
            self.fields["seen_version"].initial = self.instance.version

    def has_changed(self) -> bool:
        """Whether a field of the row itself differs; the hidden version is none."""
        return bool(set(self.changed_data) - {"seen_version", "reason"})

    def clean(self) -> dict[str, Any]:
        """An edit of a version that is no longer stored is refused in words."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name, field in self.fields.items():
            # An emptied list is the list of nothing, not the NULL that its column refuses.
            if isinstance(field, forms.JSONField) and data.get(name, ()) is None:
                data[name] = self._meta.model._meta.get_field(name).get_default()
        if self.versioned and data.get("seen_version") != self.instance.version:
            raise forms.ValidationError(str(Conflict(self.instance, {})))
        return data

    def before_and_after(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The changed fields as they were stored and as they were typed, in words."""
        names = [name for name in self.changed_data if name not in ("seen_version", "reason")]
        before: dict[str, Any] = {}
        if self.instance.pk is not None:
            before = {name: _words(self.fields[name], self.initial.get(name)) for name in names}
        return before, {name: _words(self.fields[name], self.cleaned_data[name]) for name in names}


class ReasonedForm(VersionedForm):
    """A row of the admin whose editor says why."""

    reason = forms.CharField(
        label=gettext_lazy("修改理由"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("写入审计记录。"),
    )


def _words(field: forms.Field, value: Any) -> Any:
    """A value of a form as the trail keeps it: rows by their names, numbers and flags as they are."""
    if isinstance(field, forms.ModelMultipleChoiceField):
        return sorted(str(row) for row in value or ())
    if isinstance(field, forms.ModelChoiceField) and not isinstance(value, models.Model):
        return None if value in (None, "") else str(field.to_python(value))
    return str(value) if isinstance(value, models.Model) else value


class AuditedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # no subscript at run time
    """Saves through an action with both sides in the trail; nothing is deleted."""

    form = ReasonedForm
    formfield_overrides: ClassVar = {models.JSONField: {"decoder": StorableDecoder}}

    def save_entry(
        self,
        *,
        by: User,
        entry: models.Model,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        reason: str,
        version: int | None,
    ) -> None:
        """The app's own action."""
        raise TypeError(f"{type(self).__name__} names no action")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: what policies and actuals refer to stays."""
        return False

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        """Hand the edited row to the action."""
        if not change or form.has_changed():
            self._hand_over(request, form, form.cleaned_data["reason"])

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Hand each edited inline row to the action, for the reason given above it."""
        formset.save(commit=False)
        for row in formset.forms:
            if row.has_changed():
                self._hand_over(request, row, form.cleaned_data["reason"])
        formset.save_m2m()

    def _hand_over(self, request: HttpRequest, form: Any, reason: str) -> None:
        before, after = form.before_and_after()
        with audit.source(f"web {request.path}"):
            self.save_entry(
                by=acting_user(request),
                entry=form.instance,
                before=before,
                after=after,
                reason=reason,
                version=form.cleaned_data["seen_version"] if form.versioned else None,
            )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The stock page; an edit that another overtook in the same moment goes back in words."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Conflict as conflict:
            messages.error(request, _("没有保存：%s") % conflict)
        response: HttpResponse = redirect(request.get_full_path())
        return response
