"""Every write of accounts: keyword-only, `by=` (None is the system), one transaction, one event."""

from __future__ import annotations

from .departments import DepartmentRow, change_department, create_department, load_departments
from .founding import ensure_system_users, load_demo_users
from .grants import grant_role, revoke_role
from .jobs import cancel_job, request_job, retry_job
from .signing import change_password, reset_password, unlock_user
from .users import change_user, create_user, disable_user, enable_user, hand_over

__all__ = [
    "DepartmentRow",
    "cancel_job",
    "change_department",
    "change_password",
    "change_user",
    "create_department",
    "create_user",
    "disable_user",
    "enable_user",
    "ensure_system_users",
    "grant_role",
    "hand_over",
    "load_demo_users",
    "load_departments",
    "request_job",
    "reset_password",
    "retry_job",
    "revoke_role",
    "unlock_user",
]
