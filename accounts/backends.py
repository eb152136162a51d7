"""Signing in with a password; rights come from roles, not from permission rows."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Model

from .models import User


class RoleBackend(ModelBackend):
    """Authenticates active people; a disabled or system account neither enters nor stays."""

    def user_can_authenticate(self, user: AbstractBaseUser | AnonymousUser | None) -> bool:
        """Whether this is an active person."""
        return isinstance(user, User) and user.is_active and not user.is_system

    def get_user(self, user_id: Any) -> User | None:
        """The user of a session, with department; None where it may not enter any more."""
        user = User.objects.select_related("department").filter(pk=user_id).first()
        return user if self.user_can_authenticate(user) else None

    def get_user_permissions(
        self, user_obj: AbstractBaseUser | AnonymousUser, obj: Model | None = None
    ) -> set[str]:
        """What the roles of the user give."""
        return set(user_obj.permissions) if isinstance(user_obj, User) else set()

    def get_group_permissions(
        self, user_obj: AbstractBaseUser | AnonymousUser, obj: Model | None = None
    ) -> set[str]:
        """Nothing: there are no groups."""
        return set()

    def get_all_permissions(
        self, user_obj: AbstractBaseUser | AnonymousUser, obj: Model | None = None
    ) -> set[str]:
        """What the roles of the user give."""
        return self.get_user_permissions(user_obj, obj)

    def has_perm(
        self,
        user_obj: AbstractBaseUser | AnonymousUser,
        perm: str,
        obj: Model | None = None,
    ) -> bool:
        """Whether some role of the user gives "app.codename"."""
        return perm in self.get_user_permissions(user_obj, obj)

    def has_module_perms(self, user_obj: AbstractBaseUser | AnonymousUser, app_label: str) -> bool:
        """Whether some role of the user gives anything in the app."""
        return isinstance(user_obj, User) and user_obj.has_module_perms(app_label)
