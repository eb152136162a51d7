"""The app of accounts."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People: users, departments, roles, the audit trail."""

    name = "accounts"
    verbose_name = _("账号与审计")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to signing in and out."""
        from . import receivers  # noqa: F401
