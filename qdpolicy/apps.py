"""The wiring as an app: its commands, catalogue and system checks."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QdpolicyConfig(AppConfig):
    """What crosses the apps."""

    name = "qdpolicy"
    verbose_name = _("政策看板")

    def ready(self) -> None:
        """Register the system checks."""
        from qdpolicy import checks  # noqa: F401 - importing registers them
