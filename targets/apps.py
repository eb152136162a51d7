"""The app of promises."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TargetsConfig(AppConfig):
    """Policy documents, targets, progress."""

    name = "targets"
    verbose_name = _("政策目标")

    def ready(self) -> None:
        """Listen for changed actuals, and name the actions for the audit trail."""
        from accounts.wording import register_actions
        from targets import receivers  # noqa: F401 - importing connects them

        register_actions(
            {
                "targets.load_document": _("装载文件"),
                "targets.link_succession": _("关联前后目标"),
                "targets.attach_original": _("附加原文"),
                "targets.judge_measure": _("评定举措"),
                "targets.request_verdicts": _("请求重新判定"),
                "targets.retry_parked": _("重试停放的重算"),
            }
        )
