"""Refusals of the workflow of actuals, in words for the person at the screen."""

from __future__ import annotations

from django.utils.translation import gettext as _


class Refused(Exception):  # noqa: N818 - an answer to a person, not a fault
    """An action that the rules do not allow; the message is a sentence for people."""


def wrong_state(wanted: str, found: str) -> Refused:
    """The row is not where this step starts from."""
    return Refused(
        _("这一步只能对“%(wanted)s”的数值进行，该数值目前为“%(found)s”。")
        % {"wanted": wanted, "found": found}
    )


def own_entry() -> Refused:
    """The approver is the one who entered."""
    return Refused(_("不能核定自己录入的数值，请由另一位核定人处理。"))


def already_there() -> Refused:
    """Another draft of the same cell is on its way."""
    return Refused(_("该指标在该地区、该报告期已有一条待处理的数值，请先处理那一条。"))


def overtaken() -> Refused:
    """Somebody approved another value of the same cell meanwhile."""
    return Refused(_("录入之后已有他人核定了同一指标、地区和报告期的数值，请对照后重新录入更正。"))


def unit_in_use() -> Refused:
    """A change of unit under stored actuals."""
    return Refused(_("该计量单位已有实绩使用，不能更改；请另建单位或指标。"))


def mixes_made_up() -> Refused:
    """A made-up region beside real ones, or the other way round."""
    return Refused(_("虚构地区与真实地区不能放在同一个数据库里。"))


def needs_reason() -> Refused:
    """A correction, a return or a missing value without a reason."""
    return Refused(_("请写明理由。"))


def no_period() -> Refused:
    """An observation without a reference period cannot count."""
    return Refused(_("报告期未知的数值只能保留为草稿，不能核定。"))


def stands_already() -> Refused:
    """A version to be brought back that is the present one."""
    return Refused(_("这就是现在的数值，不需要恢复。"))


def evidence_of_open_values() -> Refused:
    """A file for a value that is no draft any more."""
    return Refused(
        _("佐证材料只能附在草稿或已退回的数值上；已核定的数值请先更正，再附在更正的草稿上。")
    )


def too_much_evidence(most: int) -> Refused:
    """More files than a value may have."""
    return Refused(_("一条数值最多附 %(most)s 个文件。") % {"most": most})


def evidence_twice(name: str) -> Refused:
    """The same content once more."""
    return Refused(_("同样内容的文件已经附上：%(name)s。") % {"name": name})


def empty_file() -> Refused:
    """An upload without content."""
    return Refused(_("这个文件是空的，请另选文件。"))


def file_too_large() -> Refused:
    """An upload of more bytes than are read."""
    return Refused(_("文件超过10 MB，请分成几个文件上传。"))


def nothing_to_apply() -> Refused:
    """An upload of which no cell would be written."""
    return Refused(_("这个文件没有要保存的内容：没有新增，没有改动，也没有选择保留您的数值。"))


def errors_left() -> Refused:
    """An upload with errors, applied without saying that they stay behind."""
    return Refused(_("文件中还有错误，请改正后重新上传，或选择只保存没有错误的单元格。"))


def needs_explanation() -> Refused:
    """A doubt that nobody answered."""
    return Refused(_("有数值与合理性提示不符，请写明说明。"))


def not_your_upload() -> Refused:
    """Somebody else's upload."""
    return Refused(_("只有上传人可以处理这个文件。"))


def upload_elsewhere(found: str) -> Refused:
    """An upload that is not where this step starts from."""
    return Refused(_("这个文件目前为“%(found)s”，不能进行这一步。") % {"found": found})


def built_upon(number: int, first: object) -> Refused:
    """An upload that cannot be undone any more: how many cells, and the first of them."""
    return Refused(
        _("不能撤销：%(number)s个单元格在保存之后又有变动，例如 %(first)s")
        % {"number": number, "first": first}
    )


def needs_name() -> Refused:
    """A round without a name."""
    return Refused(_("请填写填报轮次的名称。"))


def name_is_taken() -> Refused:
    """Two rounds of one name."""
    return Refused(_("已有同名的填报轮次，请换一个名称。"))


def closes_too_early() -> Refused:
    """A round that closes before it opens."""
    return Refused(_("截止时间必须晚于开放时间。"))


def round_is_out() -> Refused:
    """A change of a round that is published."""
    return Refused(_("这一轮已经发布，不能再改动；更正数值请直接录入更正。"))


def period_is_owed() -> Refused:
    """Another period for a round that has duties."""
    return Refused(_("这一轮已有填报任务，报告期不能再改；请另建一轮。"))


def round_is_open(number: int) -> Refused:
    """Publishing a round that is not complete before it closes."""
    return Refused(
        _("还有 %(number)d 项没有核定，这一轮也还没有截止，现在不能发布。") % {"number": number}
    )


def gaps_want_a_reason(number: int) -> Refused:
    """Publishing a closed round with gaps, without saying why."""
    return Refused(
        _("还有 %(number)d 项没有核定；仍要发布时请写明理由，缺口会记入审计。") % {"number": number}
    )


def no_deputy() -> Refused:
    """A deputy who may not enter."""
    return Refused(_("代填人必须是在用的数据分析员。"))


def duty_is_supervised() -> Refused:
    """Taking back a duty that has an order."""
    return Refused(_("这项填报任务已有督办单，不能取消。"))


def duty_is_done() -> Refused:
    """An order for a value that is approved."""
    return Refused(_("这项数值已经核定，不需要督办。"))


def order_is_open() -> Refused:
    """A second order for one duty."""
    return Refused(_("这项填报任务已有未销号的督办单。"))


def order_is_closed() -> Refused:
    """A step on an order that is closed."""
    return Refused(_("这张督办单已经销号。"))


def needs_words() -> Refused:
    """A line of the log without words."""
    return Refused(_("请写明内容。"))


def days_out_of_order() -> Refused:
    """Days of a supervision rule that make no sense."""
    return Refused(_("黄灯天数至少为1，红灯天数必须大于黄灯天数，提醒天数不能为负。"))


def ends_before_now() -> Refused:
    """A leave that is over before it begins."""
    return Refused(_("许可的到期时间必须晚于现在。"))


def owes_nothing() -> Refused:
    """A leave for a department without duties in the round."""
    return Refused(_("该部门在这一轮没有这项填报任务，不需要许可。"))


def leave_is_over() -> Refused:
    """Taking back a leave that has ended."""
    return Refused(_("这项许可已经到期或收回。"))
