"""Programs, editions, caps and links in the stock admin; every save is an action."""

from __future__ import annotations

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
from accounts.adminforms import AuditedAdmin, ReasonedForm, VersionedForm
from programs.actions import content_of, save_draft, save_program_entry, start_draft
from programs.contents import content_from
from programs.drafting.content import Content
from programs.drafting.differences import brought_onto, differences
from programs.errors import Refused
from programs.models import EditionDraft, Program, ProgramEdition, ProgramLink, SupportItem

Change = EditionDraft.Change


class ProgramsAdmin(AuditedAdmin):
    """A part of the programs: every save is `save_program_entry`; others' programs are only read."""

    def save_entry(self, **facts: Any) -> None:
        """Keep the row with its audit event."""
        save_program_entry(**facts)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may edit programs, those of the department and below."""
        may = super().has_change_permission(request, obj)
        if not may or obj is None:
            return may
        of = obj.pk if isinstance(obj, Program) else obj.program_id
        return Program.objects.editable_by(acting_user(request)).filter(pk=of).exists()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Of programs only those that the user may edit."""
        if db_field.related_model is Program:
            kwargs["queryset"] = Program.objects.editable_by(acting_user(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Program)
class ProgramAdmin(ProgramsAdmin):
    """Programs through all their editions."""

    list_display = ("key", "name", "department")
    list_select_related = ("department",)
    search_fields = ("key", "name", "name_en")


class SupportItemInline(admin.StackedInline):
    """What an edition pays for, drawn up with the edition and for the same reason."""

    model = SupportItem
    form = VersionedForm
    extra = 0
    can_delete = False
    filter_horizontal = ("also_in",)
    formfield_overrides = AuditedAdmin.formfield_overrides


class EditionForm(ReasonedForm):
    """An edition as it would be; approved ones stay as they are, so this becomes a draft."""

    change = forms.ChoiceField(
        label=gettext_lazy("变更类型"),
        choices=[
            (Change.CORRECTED.value, Change.CORRECTED.label),
            (Change.AMENDED.value, Change.AMENDED.label),
        ],
        initial=Change.CORRECTED.value,
        help_text=gettext_lazy(
            "更正录入：这一版本从来就应当如此；调整：自新的开始日期起。新增的版本不看这一项。"
        ),
    )


@admin.register(ProgramEdition)
class ProgramEditionAdmin(ProgramsAdmin):
    """Editions with their items: what is saved here starts or continues a draft, as in the editor."""

    form = EditionForm
    exclude = ("key", "replaces", "known_from", "superseded_at")
    list_display = ("key", "program", "name", "valid_from", "valid_to", "superseded_at")
    list_filter = ("program",)
    list_select_related = ("program",)
    search_fields = ("key", "name")
    inlines = (SupportItemInline,)
    formfield_overrides: ClassVar = {
        **AuditedAdmin.formfield_overrides,
        models.URLField: {"assume_scheme": "https"},
    }

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not those that a correction took the place of."""
        superseded = obj is not None and obj.superseded_at is not None
        return not superseded and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        """Nothing: the row stays; `save_related` knows the items as well."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Draw up what the page says, with its items, as a draft."""
        (items,) = formsets
        items.save(commit=False)
        rows = [
            (row.instance, list(row.cleaned_data["also_in"]))
            for row in items.forms
            if row.has_changed() or row.instance.pk is not None
        ]
        content = content_from(form.instance, rows)
        with audit.source(f"web {request.path}"):
            draw_up(request, form, content)

    def log_addition(self, request: HttpRequest, row: Any, message: Any) -> Any:
        """The trail tells of the draft; no edition was added."""

    def log_change(self, request: HttpRequest, row: Any, message: Any) -> Any:
        """The trail tells of the draft; no edition was changed."""

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The list, with what became of it."""
        return self.response_change(request, obj)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """The list, with what became of it."""
        messages.success(request, _("已记为草稿，待提交和另一人核定；现行版本没有改动。"))
        return redirect("admin:programs_programedition_changelist")

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The stock page; a draft that the rules refuse goes back in words."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refused as refusal:
            messages.error(request, _("没有保存：%s") % refusal)
        return redirect(request.get_full_path())


def draw_up(request: HttpRequest, form: Any, content: Content) -> EditionDraft:
    """Start a draft with this content, or bring what differs into the one that is under way.

    Refused where a draft of another kind or edition is under way, and where nothing differs.
    """
    by, reason = acting_user(request), form.cleaned_data["reason"]
    base = ProgramEdition.objects.filter(pk=form.instance.pk).first()
    kind = Change.FIRST.value if base is None else form.cleaned_data["change"]
    draft = EditionDraft.objects.in_progress().filter(program=form.instance.program).first()
    found = [] if base is None else differences(content_of(base), content)
    if base is not None and not found:
        raise Refused(_("与所依据的版本没有差别，没有可以提交的变更。"))
    with audit.transaction():
        if draft is None:
            draft = start_draft(
                by=by, program=form.instance.program, change=kind, based_on=base, reason=reason
            )
        elif base is None or (draft.change, draft.based_on_id) != (kind, base.pk):
            raise Refused(_("这个计划已有一份在办的版本草稿，请先处理那一份。"))
        whole = Content.from_json(draft.content)
        told = content if base is None else brought_onto(whole, found, content)
        return save_draft(
            by=by, draft=draft, version=draft.version, content=told.to_json(), reason=reason
        )


@admin.register(ProgramLink)
class ProgramLinkAdmin(ProgramsAdmin):
    """Programs and the targets or indicators they say they serve."""

    list_display = ("program", "target", "indicator", "kind", "words")
    list_filter = ("kind", "program")
    list_select_related = ("program", "target", "indicator")
