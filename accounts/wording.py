"""Words for what the audit trail stores as codes and values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import DecimalField, Field
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import AuditEvent
from .roles import ROLES

OWN_APPS = ("accounts", "indicators", "targets", "programs")

_action_names: dict[str, str | Promise] = {
    "accounts.login": gettext_lazy("登录"),
    "accounts.logout": gettext_lazy("退出"),
    "accounts.login_failed": gettext_lazy("登录失败"),
    "accounts.lock_out": gettext_lazy("账号锁定"),
    "accounts.create_user": gettext_lazy("建立用户"),
    "accounts.change_user": gettext_lazy("修改用户"),
    "accounts.disable_user": gettext_lazy("停用用户"),
    "accounts.enable_user": gettext_lazy("启用用户"),
    "accounts.hand_over": gettext_lazy("移交并停用"),
    "accounts.grant_role": gettext_lazy("授予角色"),
    "accounts.revoke_role": gettext_lazy("收回角色"),
    "accounts.reset_password": gettext_lazy("重置密码"),
    "accounts.change_password": gettext_lazy("修改密码"),
    "accounts.unlock_user": gettext_lazy("解锁用户"),
    "accounts.create_department": gettext_lazy("建立部门"),
    "accounts.change_department": gettext_lazy("修改部门"),
    "accounts.load_departments": gettext_lazy("装载部门"),
    "accounts.request_job": gettext_lazy("发起任务"),
    "accounts.retry_job": gettext_lazy("重试任务"),
    "accounts.cancel_job": gettext_lazy("取消任务"),
    "accounts.ensure_system_users": gettext_lazy("建立系统账号"),
    "accounts.load_demo_users": gettext_lazy("建立演示账号"),
}
_fact_names: dict[str, str | Promise] = {
    "roles": gettext_lazy("角色"),
    "address": gettext_lazy("来源地址"),
    "attempts_forgotten": gettext_lazy("清除的失败记录"),
    "successor": gettext_lazy("接手人"),
    "moved": gettext_lazy("移交数量"),
    "created": gettext_lazy("新建"),
    "changed": gettext_lazy("改动"),
    "unchanged": gettext_lazy("未变"),
    "rows": gettext_lazy("行数"),
    "links": gettext_lazy("关联数"),
    "approved": gettext_lazy("核定数"),
    "verifier": gettext_lazy("核验账号"),
}
# Names in the trail that are shorter than the field whose values they hold.
_fields = {"state": "review_state", "period": "reference_period", "source": "source_title"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One value of an event in words; `before` or `after` is None where the event has none."""

    label: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        words = {"label": self.label, "before": self.before, "after": self.after}
        if self.before is None:
            return _("%(label)s：%(after)s") % words
        if self.after is None:
            return _("%(label)s：原为“%(before)s”") % words
        return _("%(label)s：由“%(before)s”改为“%(after)s”") % words


def register_actions(names: Mapping[str, str | Promise]) -> None:
    """Name the actions of an app above, from its AppConfig.ready; filters then offer them."""
    _action_names.update(names)


def action_name(code: str) -> str:
    """An action in the reader's language; the code itself where nobody has named it."""
    return str(_action_names.get(code, code))


def action_choices() -> list[tuple[str, str]]:
    """All named actions for a filter, by code."""
    return [(code, str(name)) for code, name in sorted(_action_names.items())]


def object_choices() -> list[tuple[str, str]]:
    """The kinds of rows that the trail may tell of: the models of the project's own apps."""
    own = (model for model in apps.get_models() if model._meta.app_label in OWN_APPS)
    return sorted((model._meta.label_lower, str(model._meta.verbose_name)) for model in own)


def object_name(object_type: str) -> str:
    """The kind of a row in the reader's language; empty for no object."""
    try:
        return str(apps.get_model(object_type)._meta.verbose_name) if object_type else ""
    except LookupError:
        return object_type


def differences(event: AuditEvent) -> list[Difference]:
    """What an event changed, value by value; values that stayed the same are left out."""
    before, after = _facts(event.before), _facts(event.after)
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return [
        Difference(
            _fact_name(event.object_type, name),
            _in_words(name, before[name], field) if name in before else None,
            _in_words(name, after[name], field) if name in after else None,
        )
        for name in changed
        for field in (_field(event.object_type, name),)
    ]


def _facts(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    return value if isinstance(value, dict) else {"value": value}


def _fact_name(object_type: str, name: str) -> str:
    if name in _fact_names:
        return str(_fact_names[name])
    field = _field(object_type, name)
    return name if field is None else str(field.verbose_name)


def _field(object_type: str, name: str) -> Field[Any, Any] | None:
    """The column that a name in the trail stands for, where there is one."""
    for candidate in (name, _fields.get(name, name)):
        try:
            field = apps.get_model(object_type)._meta.get_field(candidate)
        except (LookupError, ValueError, FieldDoesNotExist):
            continue
        if isinstance(field, Field):
            return field
    return None


def _in_words(name: str, value: Any, field: Field[Any, Any] | None = None) -> str:
    """A stored value as text; 0, empty, yes and no are told apart, codes get their label."""
    if value is None or value == "":
        return _("空")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return "、".join(_in_words(name, item) for item in value) or _("无")
    if isinstance(value, dict):
        return "、".join(f"{key} {_in_words(key, item)}" for key, item in value.items()) or _("无")
    if name == "roles" and value in ROLES:
        return str(ROLES[value].name)
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, DecimalField) and isinstance(value, str):
        return _exact(value)
    return str(value)


def _exact(stored: str) -> str:
    """A number without the zeros that only the column added: 785.2000000000 is 785.2."""
    return f"{Decimal(stored):f}".rstrip("0").rstrip(".") if "." in stored else stored
