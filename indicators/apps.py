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
        from indicators import receivers, uploadkinds  # noqa: F401 - importing connects the first

        uploadkinds.register(uploadkinds.ACTUALS, "indicators.views.actualkind.KIND")

        register_actions(
            {
                "indicators.enter": _("录入实绩"),
                "indicators.amend": _("修改实绩"),
                "indicators.withdraw": _("撤回草稿"),
                "indicators.submit": _("提交实绩"),
                "indicators.return": _("退回实绩"),
                "indicators.approve": _("核定实绩"),
                "indicators.submit_all": _("批量提交实绩"),
                "indicators.return_all": _("批量退回实绩"),
                "indicators.approve_all": _("批量核定实绩"),
                "indicators.attach_evidence": _("附上佐证材料"),
                "indicators.remove_evidence": _("移除佐证材料"),
                "indicators.make_round": _("建立填报轮次"),
                "indicators.change_round": _("修改填报轮次"),
                "indicators.publish_round": _("发布填报轮次"),
                "indicators.assign_duties": _("分派填报任务"),
                "indicators.change_duty": _("修改填报任务"),
                "indicators.drop_duty": _("取消填报任务"),
                "indicators.grant_exception": _("批准逾期填报"),
                "indicators.revoke_exception": _("收回填报许可"),
                "indicators.open_order": _("开督办单"),
                "indicators.note_order": _("记录督办"),
                "indicators.close_order": _("督办销号"),
                "indicators.escalate": _("自动督办"),
                "indicators.change_supervision_rule": _("修改督办规则"),
                "indicators.remind": _("发出提醒"),
                "indicators.read_reminders": _("阅读提醒"),
                "indicators.email_reminders": _("邮件提醒"),
                "indicators.save_doubt_rule": _("修改合理性规则"),
                "indicators.drop_doubt_rule": _("恢复合理性规则"),
                "indicators.save_catalogue_entry": _("维护指标目录"),
                "indicators.load_catalogue": _("装载指标目录"),
                "indicators.load_observations": _("装载实绩"),
                "indicators.receive_upload": _("上传表格"),
                "indicators.choose_conflicts": _("选择表格中的冲突"),
                "indicators.apply_upload": _("保存上传的表格"),
                "indicators.undo_upload": _("撤销上传的表格"),
                "indicators.drop_upload": _("放弃上传的表格"),
            }
        )
