"""The app of promises."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TargetsConfig(AppConfig):
    """Policy documents, targets, progress."""

    name = "targets"
    verbose_name = _("政策目标")

    def ready(self) -> None:
        """Listen for changed actuals."""
        from targets import receivers  # noqa: F401 - importing connects them
