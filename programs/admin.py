"""Programs, editions, caps and links in the stock admin; every save is an action."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from accounts.adminforms import AuditedAdmin, VersionedForm
from programs.actions import save_program_entry
from programs.models import Program, ProgramEdition, ProgramLink, SupportItem


class ProgramsAdmin(AuditedAdmin):
    """A part of the programs: every save is `save_program_entry`."""

    def save_entry(self, **facts: Any) -> None:
        """Keep the row with its audit event."""
        save_program_entry(**facts)


@admin.register(Program)
class ProgramAdmin(ProgramsAdmin):
    """Programs through all their editions."""

    list_display = ("key", "name", "department")
    list_select_related = ("department",)
    search_fields = ("key", "name", "name_en")


class SupportItemInline(admin.StackedInline):
    """What an edition pays for, edited with the edition and for the same reason."""

    model = SupportItem
    form = VersionedForm
    extra = 0
    can_delete = False
    filter_horizontal = ("also_in",)


@admin.register(ProgramEdition)
class ProgramEditionAdmin(ProgramsAdmin):
    """Editions with their support items."""

    list_display = ("key", "program", "name", "valid_from", "valid_to")
    list_filter = ("program",)
    list_select_related = ("program",)
    search_fields = ("key", "name")
    inlines = (SupportItemInline,)


@admin.register(ProgramLink)
class ProgramLinkAdmin(ProgramsAdmin):
    """Programs and the targets they say they serve."""

    list_display = ("program", "target", "kind", "words")
    list_filter = ("kind", "program")
    list_select_related = ("program", "target")
