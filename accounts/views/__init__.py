"""Pages of accounts: signing in, users, departments, the audit trail."""

from __future__ import annotations

from .departments import department_create, department_edit, departments
from .signing import account, locked_out, login, logout, password_change
from .trail import audit_trail
from .users import (
    user_create,
    user_disable,
    user_edit,
    user_enable,
    user_grant,
    user_hand_over,
    user_page,
    user_reset_password,
    user_revoke,
    user_unlock,
    users,
)

__all__ = [
    "account",
    "audit_trail",
    "department_create",
    "department_edit",
    "departments",
    "locked_out",
    "login",
    "logout",
    "password_change",
    "user_create",
    "user_disable",
    "user_edit",
    "user_enable",
    "user_grant",
    "user_hand_over",
    "user_page",
    "user_reset_password",
    "user_revoke",
    "user_unlock",
    "users",
]
