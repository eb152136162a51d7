"""The app of statistics."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IndicatorsConfig(AppConfig):
    """Units, regions, indicators, observations."""

    name = "indicators"
    verbose_name = _("统计指标")
