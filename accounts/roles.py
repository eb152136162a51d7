"""Who may do what, declared in code: a role is a name, a sentence and a set of permissions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVERYBODY = frozenset({"targets.view_policy"})
"""Held by every active user that is signed in, with or without a role."""

_CATALOGUE = ("indicator", "unit", "region")
_VIEW_CATALOGUE = frozenset(f"indicators.view_{model}" for model in _CATALOGUE)
_CHANGE_CATALOGUE = _VIEW_CATALOGUE | {
    f"indicators.{verb}_{model}" for verb in ("add", "change") for model in _CATALOGUE
}
_PROGRAMS = ("program", "programedition", "supportitem", "programlink")
_VIEW_PROGRAMS = frozenset(f"programs.view_{model}" for model in _PROGRAMS)
_VIEW_MONEY = frozenset(
    {
        "indicators.view_upload",
        "programs.view_award",
        "programs.view_edition_change",
        "programs.view_recipient",
    }
)
_CHANGE_PROGRAMS = _VIEW_PROGRAMS | {
    f"programs.{verb}_{model}" for verb in ("add", "change") for model in _PROGRAMS
}
_DEPARTMENTS = frozenset(
    {"accounts.view_department", "accounts.add_department", "accounts.change_department"}
)

ADMIN_PERMISSIONS = _CHANGE_CATALOGUE | _CHANGE_PROGRAMS | _DEPARTMENTS
"""Permissions that open a screen of the stock admin; nobody may delete there."""


@dataclass(frozen=True, slots=True)
class Role:
    """One role; `administrator` marks the three that exclude every other role."""

    code: str
    name: str | Promise
    name_en: str
    sentence: str | Promise
    permissions: frozenset[str]
    administrator: bool = False


_DECLARED = (
    Role(
        code="official",
        name=_("领导与督查"),
        name_en="Official",
        sentence=_("查看全部文件、指标、目标与进度，不改动任何数据。"),
        permissions=EVERYBODY,
    ),
    Role(
        code="analyst",
        name=_("数据分析员"),
        name_en="Analyst",
        sentence=_("录入并提交实绩，提出目标变更，装载文件原文；不能审核自己录入的数据。"),
        permissions=EVERYBODY
        | _VIEW_CATALOGUE
        | {
            "indicators.enter_observation",
            "indicators.upload_table",
            "indicators.view_draft",
            "indicators.view_upload",
            "targets.load_original",
            "targets.propose_version",
            "targets.view_change",
            "targets.write_note",
        },
    ),
    Role(
        code="reviewer",
        name=_("审核员"),
        name_en="Reviewer",
        sentence=_(
            "审核他人提交的实绩、目标变更、计划版本和判定规则，评定举措，维护指标目录与合理性规则，"
            "组织填报轮次与督办，可写明理由批准超出上限的立项。"
        ),
        permissions=EVERYBODY
        | _CHANGE_CATALOGUE
        | _VIEW_MONEY
        | {
            "indicators.upload_table",
            "programs.approve_edition",
            "programs.enter_award",
            "programs.override_cap",
            "indicators.approve_observation",
            "indicators.change_plausibilityrule",
            "indicators.lift_lock",
            "indicators.manage_round",
            "indicators.supervise",
            "indicators.view_draft",
            "targets.judge_measure",
            "targets.propose_version",
            "targets.approve_version",
            "targets.view_change",
            "targets.change_ruleset",
        },
    ),
    Role(
        code="program_editor",
        name=_("计划管理员"),
        name_en="Program editor",
        sentence=_("起草计划版本、支持事项与支持上限，登记立项、拨付与年度预算；版本由他人核定。"),
        permissions=EVERYBODY
        | _CHANGE_PROGRAMS
        | _VIEW_MONEY
        | {
            "indicators.upload_table",
            "programs.enter_award",
            "programs.propose_edition",
            "programs.set_budget",
        },
    ),
    Role(
        code="auditor",
        name=_("审计管理员"),
        name_en="Audit administrator",
        sentence=_("查看审计记录与全部数据，从不写入。"),
        permissions=EVERYBODY
        | _VIEW_CATALOGUE
        | _VIEW_PROGRAMS
        | _VIEW_MONEY
        | {
            "accounts.view_auditevent",
            "accounts.view_department",
            "accounts.view_user",
            "indicators.view_draft",
            "targets.view_change",
        },
        administrator=True,
    ),
    Role(
        code="system_admin",
        name=_("系统管理员"),
        name_en="System administrator",
        sentence=_("维护部门、目录与后台任务；看不到审计记录，也不管理账号权限。"),
        permissions=EVERYBODY
        | _CHANGE_CATALOGUE
        | _DEPARTMENTS
        | {"accounts.view_job", "accounts.retry_job"},
        administrator=True,
    ),
    Role(
        code="security_admin",
        name=_("安全管理员"),
        name_en="Security administrator",
        sentence=_("建立、停用、移交与解锁账号，授予和收回角色；不接触业务数据。"),
        permissions=EVERYBODY | {"accounts.change_user", "accounts.view_user"},
        administrator=True,
    ),
)

ROLES: dict[str, Role] = {role.code: role for role in _DECLARED}
ROLE_CHOICES: list[tuple[str, str | Promise]] = [(role.code, role.name) for role in _DECLARED]


def permissions_of(codes: Iterable[str]) -> frozenset[str]:
    """The permissions of a signed-in user holding these roles; an unknown code gives nothing."""
    granted = (ROLES[code].permissions for code in codes if code in ROLES)
    return EVERYBODY.union(*granted)


def excluding_role(codes: Iterable[str]) -> Role | None:
    """The administrator's role that forbids this set of roles, or None where the set is allowed.

    System, security and audit administrators exclude one another and hold no business role
    (GB/T 22239-2019, separation of the three administrators).
    """
    held = [ROLES[code] for code in sorted(set(codes))]
    if len(held) < 2:
        return None
    return next((role for role in held if role.administrator), None)
