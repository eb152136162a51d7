"""The catalogue in the stock admin; actuals are entered and approved on pages of their own."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.adminforms import AuditedAdmin
from indicators.actions import save_catalogue_entry
from indicators.models import Indicator, Observation, Region, Unit


class CatalogueAdmin(AuditedAdmin):
    """A part of the catalogue: every save is `save_catalogue_entry`."""

    def save_entry(self, **facts: Any) -> None:
        """Keep the row with its audit event; a changed indicator asks for new verdicts."""
        save_catalogue_entry(**facts)


@admin.register(Unit)
class UnitAdmin(CatalogueAdmin):
    """Units of measurement."""

    list_display = ("code", "symbol", "name_en", "base", "exponent", "dimension")

    def get_readonly_fields(self, request: HttpRequest, obj: Unit | None = None) -> Any:
        """What stored actuals are counted in stays as it is."""
        used = obj is not None and Observation.objects.filter(indicator__unit=obj).exists()
        return ("base", "exponent") if used else ()

    list_filter = ("dimension",)
    search_fields = ("code", "symbol", "name_en")


@admin.register(Region)
class RegionAdmin(CatalogueAdmin):
    """Regions and functional zones."""

    list_display = ("code", "name", "kind", "parent", "valid_from", "valid_to")
    list_filter = ("kind",)
    list_select_related = ("parent",)
    search_fields = ("code", "name", "name_en")


@admin.register(Indicator)
class IndicatorAdmin(CatalogueAdmin):
    """Indicators with their definitions."""

    list_display = ("code", "name", "unit", "kind", "direction", "frequency", "department")

    def get_readonly_fields(self, request: HttpRequest, obj: Indicator | None = None) -> Any:
        """The unit of stored actuals stays as it is."""
        return ("unit",) if obj is not None and obj.observations.exists() else ()

    list_filter = ("kind", "direction", "frequency")
    list_select_related = ("unit", "department")
    search_fields = ("code", "name", "name_en")
