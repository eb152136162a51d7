"""Writes of user accounts: creating, changing, disabling, handing over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit, signals
from accounts.models import Department, User
from accounts.versions import compare_and_set

from .grants import add_grant, keep_one_security_admin, refuse_oneself
from .storing import save_new


def create_user(
    *,
    by: User | None,
    username: str,
    full_name: str,
    email: str = "",
    department: Department | None = None,
    roles: Iterable[str] = (),
    password: str | None = None,
    must_change_password: bool = True,
) -> User:
    """Open an account with its roles; without a password nobody can sign in to it yet.

    Raises ValidationError for a name that exists or roles that exclude one another.
    """
    granted = sorted(set(roles))
    with audit.transaction():
        user = User(
            username=username,
            full_name=full_name,
            email=email,
            department=department,
            must_change_password=must_change_password,
        )
        user.set_password(password)
        save_new(user)
        for role in granted:
            add_grant(by=by, user=user, role=role)
        audit.record(
            by=by,
            action="accounts.create_user",
            target=user,
            after={"username": username, **_facts(user), "roles": granted},
        )
    return user


def change_user(*, by: User | None, user: User, version: int, **changes: Any) -> User:
    """Change full_name, email or department on the version that was read.

    Raises Conflict for another version and ValidationError for a broken rule.
    """
    unknown = set(changes) - {"full_name", "email", "department"}
    if unknown:
        raise TypeError(f"not a field of a user that can be changed: {sorted(unknown)}")
    with audit.transaction():
        before = User.objects.select_related("department").get(pk=user.pk)
        after: User = User.objects.select_related("department").get(pk=user.pk)
        for name, value in changes.items():
            setattr(after, name, value)
        after.full_clean(exclude=["password", "last_login"])
        after.version = compare_and_set(User, after.pk, version, **changes)
        audit.record(
            by=by,
            action="accounts.change_user",
            target=after,
            before=_facts(before),
            after=_facts(after),
        )
    return after


def disable_user(*, by: User | None, user: User, reason: str = "") -> None:
    """Close an account; its sessions end with their next request, its rows stay.

    Raises ValidationError for a closed account, for oneself, for the last security administrator.
    """
    with audit.transaction():
        refuse_oneself(by, user, _("不能停用自己的账号。"))
        keep_one_security_admin(user)
        _set_active(user, False, _("该账号已经停用，或是不能停用的系统账号。"))
        audit.record(
            by=by,
            action="accounts.disable_user",
            target=user,
            before={"is_active": True},
            after={"is_active": False},
            reason=reason,
        )


def enable_user(*, by: User | None, user: User, reason: str = "") -> None:
    """Open a closed account again with the roles it had; raises ValidationError if open."""
    with audit.transaction():
        _set_active(user, True, _("该账号没有停用。"))
        audit.record(
            by=by,
            action="accounts.enable_user",
            target=user,
            before={"is_active": False},
            after={"is_active": True},
            reason=reason,
        )


def hand_over(*, by: User | None, user: User, successor: User, reason: str = "") -> dict[str, int]:
    """Move a leaver's open work to a successor and close the leaver's account.

    The apps above move their rows as receivers of `signals.handing_over`, in this transaction.
    Returns what they moved as counts by name; raises ValidationError where the successor is the
    leaver or cannot sign in.
    """
    moved: dict[str, int] = {}
    with audit.transaction():
        refuse_oneself(by, user, _("不能移交自己的账号。"))
        if successor.pk == user.pk or not successor.is_active or successor.is_system:
            raise ValidationError(_("接手人必须是另一位在用的用户。"))
        keep_one_security_admin(user)
        answers = signals.handing_over.send(sender=User, leaver=user, successor=successor, by=by)
        for _receiver, counts in answers:
            moved.update(cast("dict[str, int]", counts or {}))
        _set_active(user, False, _("该账号已经停用，或是不能停用的系统账号。"))
        audit.record(
            by=by,
            action="accounts.hand_over",
            target=user,
            before={"is_active": True},
            after={"is_active": False, "successor": str(successor), "moved": moved},
            reason=reason,
        )
    return moved


def _set_active(user: User, active: bool, sentence: str) -> None:
    """Switch an account in one statement; raises ValidationError where it was so already."""
    rows = User.objects.filter(pk=user.pk, is_active=not active, is_system=False)
    if rows.update(is_active=active, version=F("version") + 1) == 0:
        raise ValidationError(sentence)
    user.refresh_from_db(fields=["is_active", "version"])


def _facts(user: User) -> dict[str, Any]:
    return {
        "full_name": user.full_name,
        "email": user.email,
        "department": str(user.department) if user.department else None,
    }
