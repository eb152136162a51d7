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
        from indicators import uploadkinds

        uploadkinds.register("awards", "programs.views.award_uploads.KIND")

        register_actions(
            {
                "programs.load_program": _("装载计划"),
                "programs.save_program_entry": _("维护计划"),
                "programs.create_program": _("新建计划"),
                "programs.start_draft": _("起草计划版本"),
                "programs.save_draft": _("保存版本草稿"),
                "programs.undo_draft": _("撤销版本草稿的修改"),
                "programs.redo_draft": _("重做版本草稿的修改"),
                "programs.submit_draft": _("提交版本草稿"),
                "programs.return_draft": _("退回版本草稿"),
                "programs.drop_draft": _("撤下版本草稿"),
                "programs.approve_draft": _("核定计划版本"),
                "programs.link_program": _("登记计划与目标的关联"),
                "programs.drop_link": _("取消计划与目标的关联"),
                "programs.enter_award": _("登记立项"),
                "programs.enter_awards": _("批量登记立项"),
                "programs.amend_award": _("修改立项"),
                "programs.close_award": _("变更立项状态"),
                "programs.pay": _("登记拨付"),
                "programs.void_payment": _("撤回拨付"),
                "programs.set_budget": _("登记年度预算"),
                "programs.find_or_add_recipient": _("登记受助单位"),
                "programs.save_recipient": _("修改受助单位"),
            }
        )
