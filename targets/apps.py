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
                "targets.propose_version": _("提出目标变更"),
                "targets.amend_version": _("修改目标变更"),
                "targets.submit_version": _("提交目标变更"),
                "targets.return_version": _("退回目标变更"),
                "targets.drop_version": _("撤下目标变更"),
                "targets.approve_version": _("核定目标变更"),
                "targets.bring_into_force": _("目标变更到期生效"),
                "targets.write_note": _("填写滞后说明"),
                "targets.propose_rules": _("新建判定规则"),
                "targets.submit_rules": _("提交判定规则"),
                "targets.return_rules": _("退回判定规则"),
                "targets.approve_rules": _("核定判定规则"),
            }
        )
