"""The app of money."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgramsConfig(AppConfig):
    """Programs, editions, support items."""

    name = "programs"
    verbose_name = _("计划与资助")
