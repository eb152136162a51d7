"""The app of money."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgramsConfig(AppConfig):
    """Programs, editions, support items."""

    name = "programs"
    verbose_name = _("计划与资助")

    def ready(self) -> None:
        """Name the actions for the audit trail."""
        from accounts.wording import register_actions

        register_actions(
            {
                "programs.load_program": _("装载计划"),
                "programs.save_program_entry": _("维护计划"),
            }
        )
