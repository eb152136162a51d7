"""The app of statistics."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IndicatorsConfig(AppConfig):
    """Units, regions, indicators, observations."""

    name = "indicators"
    verbose_name = _("统计指标")

    def ready(self) -> None:
        """Listen for people who leave, and name the actions for the audit trail."""
        from accounts.wording import register_actions
        from indicators import receivers  # noqa: F401 - importing connects them

        register_actions(
            {
                "indicators.enter": _("录入实绩"),
                "indicators.amend": _("修改实绩"),
                "indicators.withdraw": _("撤回草稿"),
                "indicators.submit": _("提交实绩"),
                "indicators.return": _("退回实绩"),
                "indicators.approve": _("核定实绩"),
                "indicators.save_catalogue_entry": _("维护指标目录"),
                "indicators.load_catalogue": _("装载指标目录"),
                "indicators.load_observations": _("装载实绩"),
            }
        )
