"""Accounts that exist before any person has made one."""

from __future__ import annotations

from accounts import audit
from accounts.models import Department, User
from accounts.roles import ROLES

from .grants import add_grant
from .storing import save_new

SYSTEM_USERS = (("system-import", "系统导入"), ("system-check", "系统核验"))


def ensure_system_users() -> tuple[User, User]:
    """The importing and the checking system account, made where missing; nobody can sign in.

    Two of them, since whoever enters a value must not be the one who approves it.
    """
    with audit.transaction():
        importer, checker = (_ensure(*names) for names in SYSTEM_USERS)
        fresh = [user for user, created in (importer, checker) if created]
        if fresh:
            audit.record(
                by=None,
                action="accounts.ensure_system_users",
                target=User,
                after={"created": [user.username for user in fresh]},
            )
    return importer[0], checker[0]


def load_demo_users(*, password: str, department: Department | None = None) -> list[User]:
    """One user for each role, "demo-analyst" and so on, for trying out; safe to repeat.

    All get the given password, and the department whose indicators they answer for. Never for
    production, where the settings refuse DEMO_PASSWORD.
    """
    users: list[User] = []
    created: list[str] = []
    with audit.transaction():
        for role in ROLES.values():
            username = f"demo-{role.code.replace('_', '-')}"
            user = User.objects.filter(username=username).first()
            if user is None:
                user = User(username=username, full_name=f"演示·{role.name}", department=department)
                user.set_password(password)
                save_new(user)
                add_grant(by=None, user=user, role=role.code)
                created.append(username)
            users.append(user)
        if created:
            audit.record(
                by=None,
                action="accounts.load_demo_users",
                target=User,
                after={"created": created},
            )
    return users


def _ensure(username: str, full_name: str) -> tuple[User, bool]:
    user = User.objects.filter(username=username).first()
    if user is not None:
        return user, False
    user = User(username=username, full_name=full_name, is_system=True)
    user.set_unusable_password()
    save_new(user)
    return user, True
