"""Who acts in the practice city: the demo accounts, and two colleagues nobody signs in as."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.actions import create_user
from accounts.models import Department, User
from qdpolicy.madeup import PRACTICE_HOME


@dataclass(frozen=True, slots=True)
class People:
    """One of each: a value or a change is always approved by another person."""

    analyst: User
    colleague: User
    reviewer: User
    second_reviewer: User
    editor: User


def people() -> People:
    """The cast; the demo accounts must be there (`load_demo`). Raises RuntimeError without them."""
    known = {user.username: user for user in User.objects.filter(username__startswith="demo-")}
    if "demo-analyst" not in known:
        raise RuntimeError("没有演示账号：请设置 DEMO_PASSWORD (no demo accounts)")
    home = Department.objects.get(code=PRACTICE_HOME)
    return People(
        analyst=known["demo-analyst"],
        colleague=create_user(
            by=None, username="practice-analyst", full_name="练习·另一位数据分析员",
            department=home, roles=["analyst"],
        ),
        reviewer=known["demo-reviewer"],
        second_reviewer=create_user(
            by=None, username="practice-reviewer", full_name="练习·另一位审核员",
            department=home, roles=["reviewer"],
        ),
        editor=known["demo-program-editor"],
    )  # fmt: skip
