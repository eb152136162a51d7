"""The words that the script of the grid shows and reads out; %(name)s is filled in there."""

from __future__ import annotations

from django.utils.translation import gettext as _


def script_words() -> dict[str, str]:
    """Every sentence of the script, in the reader's language."""
    return {
        "count": _("%(count)s 处改动，还没有保存"),
        "no_changes": _("没有改动。"),
        "changed_label": _("%(new)s，原来 %(old)s，还没有保存"),
        "empty": _("空"),
        "cleared": _("已清空，请选原因"),
        "choose_missing": _(
            "清空了 %(count)s 格。没有数据时请选择未统计、不适用或保密；空格不会当作零。"
        ),
        "locked": _("这一格现在不能填：%(sentence)s"),
        "locked_many": _("有 %(count)s 格现在不能填，没有改动。"),
        "undone": _("撤销了 %(count)s 格的改动。"),
        "redone": _("重做了 %(count)s 格的改动。"),
        "nothing_to_undo": _("没有可以撤销的改动。"),
        "nothing_to_redo": _("没有可以重做的改动。"),
        "copied": _("复制了 %(count)s 格。"),
        "selected": _("选中 %(rows)s 行 %(columns)s 列。"),
        "pasting": _("正在读取粘贴的内容……"),
        "pasted": _("粘贴了 %(count)s 格。"),
        "pasted_wrong": _("其中 %(count)s 格有错误，已用 ✕ 标出。"),
        "notes_title": _("粘贴说明"),
        "close": _("关闭"),
        "reading": _("正在核对……"),
        "saving": _("正在保存……"),
        "saved": _("已保存 %(count)s 格。"),
        "submitted": _("已保存并提交 %(count)s 格，等待核定。"),
        "offline": _("连不上服务器。什么也没有丢失：改动还在这一页，稍后再保存。"),
        "failed": _("服务器没有接受：%(sentence)s"),
        "unexpected": _(
            "服务器没有照常回答，可能已经退出登录。改动还在这一页；请在另一个窗口登录后再保存。"
        ),
        "stored": _("上次离开时有 %(count)s 处改动没有保存。"),
        "restore": _("恢复这些改动"),
        "discard": _("放弃这些改动"),
        "restored": _("恢复了 %(count)s 处改动。"),
        "discarded": _("放弃了没有保存的改动。"),
        "review_title": _("核对 %(count)s 处改动"),
        "submit_draft": _("提交已有的草稿"),
        "difference": _("相差 %(difference)s"),
        "read_as": _("读作 %(value)s"),
        "errors_block": _("有 %(count)s 处错误，改正后才能保存。"),
        "go_to": _("跳到这一格"),
        "error": _("错误"),
        "warning": _("警告"),
        "hint": _("提示"),
        "reason": _("理由（更正了什么，或为何与提示不同）"),
        "reason_missing": _("没有数值的原因"),
        "reason_wanted": _("请写明理由。"),
        "reason_all": _("同一个理由用于下面 %(count)s 格"),
        "use_all": _("填入全部"),
        "conflict": _("%(by)s 在 %(at)s 填了 %(value)s。请选择用哪一个值。"),
        "conflict_withdrawn": _("这里的数值刚刚被撤回。请选择用哪一个值。"),
        "use_mine": _("用我的值：%(value)s"),
        "keep_theirs": _("保留对方的值：%(value)s"),
        "choice_wanted": _("请选择用哪一个值。"),
        "confirm_save": _("确认保存"),
        "confirm_submit": _("确认保存并提交"),
        "back": _("返回修改"),
        "unchanged": _("%(count)s 处与原来的数值相同，不用保存。"),
        "unit_is": _("单位 %(value)s"),
        "last_is": _("上年同期 %(value)s"),
        "goal_is": _("目标 %(value)s"),
        "required_is": _("按路径应达到 %(value)s"),
        "in_unit": _("%(name)s（%(unit)s）"),
        "edit_label": _("%(row)s，%(column)s，单位 %(unit)s"),
    }
