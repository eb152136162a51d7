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


def needs_reason() -> Refused:
    """A correction, a return or a missing value without a reason."""
    return Refused(_("请写明理由。"))


def no_period() -> Refused:
    """An observation without a reference period cannot count."""
    return Refused(_("报告期未知的数值只能保留为草稿，不能核定。"))
