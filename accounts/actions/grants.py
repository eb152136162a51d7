"""Granting and revoking roles, under the separation of duties."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import RoleGrant, User
from accounts.roles import ROLES, excluding_role

from .storing import save_new


def grant_role(*, by: User | None, user: User, role: str, reason: str = "") -> RoleGrant:
    """Give a role; raises ValidationError where the separation of duties forbids it."""
    with audit.transaction():
        before = lock_roles(user)
        grant = add_grant(by=by, user=user, role=role)
        audit.record(
            by=by,
            action="accounts.grant_role",
            target=user,
            before={"roles": sorted(before)},
            after={"roles": sorted(before | {role})},
            reason=reason,
        )
    user.forget_roles()
    return grant


def revoke_role(*, by: User | None, user: User, role: str, reason: str = "") -> None:
    """Take a role away; raises ValidationError for a role not held or the last of its kind."""
    with audit.transaction():
        before = lock_roles(user)
        if role not in before:
            raise ValidationError(_("该用户没有这个角色。"))
        refuse_oneself(by, user, _("不能收回自己的角色。"))
        if role == "security_admin":
            keep_one_security_admin(user)
        RoleGrant.objects.filter(user=user, role=role).delete()
        audit.record(
            by=by,
            action="accounts.revoke_role",
            target=user,
            before={"roles": sorted(before)},
            after={"roles": sorted(before - {role})},
            reason=reason,
        )
    user.forget_roles()


def lock_roles(user: User) -> frozenset[str]:
    """The roles held, read after taking the user's row: two grants at once cannot pass a check."""
    User.objects.filter(pk=user.pk).update(version=F("version") + 1)
    user.refresh_from_db(fields=["version"])
    return frozenset(RoleGrant.objects.filter(user=user).values_list("role", flat=True))


def add_grant(*, by: User | None, user: User, role: str) -> RoleGrant:
    """Store a grant that the separation of duties allows; the caller holds the lock."""
    if role not in ROLES:
        raise ValidationError(_("没有这个角色。"))
    if user.is_system:
        raise ValidationError(_("系统账号不能有角色。"))
    refuse_oneself(by, user, _("不能给自己授予角色。"))
    held = RoleGrant.objects.filter(user=user).values_list("role", flat=True)
    excluding = excluding_role({*held, role})
    if excluding is not None:
        raise ValidationError(
            _("“%(role)s”须单独设置，不能与其他角色由同一人担任（三员分立）。")
            % {"role": excluding.name}
        )
    grant = RoleGrant(user=user, role=role, granted_by=by)
    save_new(grant)
    return grant


def refuse_oneself(by: User | None, user: User, sentence: str) -> None:
    """Raise ValidationError with the sentence where somebody acts on the own account."""
    if by is not None and by.pk == user.pk:
        raise ValidationError(sentence)


def keep_one_security_admin(leaving: User) -> None:
    """Raise ValidationError where nobody would be left to manage accounts.

    Locks the grants in question, so that two of them cannot remove each other at once.
    """
    grants = RoleGrant.objects.select_for_update().filter(role="security_admin")
    holders = set(grants.filter(user__is_active=True).values_list("user_id", flat=True))
    if leaving.pk in holders and len(holders) == 1:
        raise ValidationError(_("这是最后一位安全管理员，请先授权另一位。"))
