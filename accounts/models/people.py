"""Departments, users and the roles they hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.language import in_language
from accounts.roles import ADMIN_PERMISSIONS, ROLE_CHOICES, ROLES, permissions_of


class DepartmentQuerySet(models.QuerySet["Department"]):
    """Departments, a tree of a few hundred rows at most."""

    def active(self) -> DepartmentQuerySet:
        """Those in use."""
        return self.filter(is_active=True)

    def subtree(self, department: Department) -> frozenset[int]:
        """Ids of a department and of all below it; one query, safe against a cycle."""
        below: defaultdict[int | None, list[int]] = defaultdict(list)
        for pk, parent_id in Department.objects.values_list("pk", "parent_id"):
            below[parent_id].append(pk)
        found, waiting = {department.pk}, [department.pk]
        while waiting:
            fresh = [pk for pk in below[waiting.pop()] if pk not in found]
            found.update(fresh)
            waiting.extend(fresh)
        return frozenset(found)


class Department(models.Model):
    """A division of the bureau, a district's office, or another unit that has users."""

    code = models.CharField(_("代码"), max_length=32, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    name_en = models.CharField(_("英文名称"), max_length=200, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("上级部门"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    is_active = models.BooleanField(_("启用"), default=True)
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("部门")
        verbose_name_plural = _("部门")
        default_permissions = ()
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(name=""),
                name="department_has_code_and_name",
                violation_error_message=_("部门必须有代码和名称。"),
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="department_not_own_parent",
                violation_error_message=_("部门不能是自己的上级。"),
            ),
        )

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)


class UserQuerySet(models.QuerySet["User"]):
    """Users; `people` leaves out the two system accounts."""

    def active(self) -> UserQuerySet:
        """Those in use."""
        return self.filter(is_active=True)

    def people(self) -> UserQuerySet:
        """Users who are persons."""
        return self.filter(is_system=False)

    def with_role(self, code: str) -> UserQuerySet:
        """Users who hold the role."""
        return self.filter(grants__role=code)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """The default manager; accounts are created by `actions.create_user` alone."""


class User(AbstractBaseUser):
    """A person with an account, or one of the two system accounts that cannot sign in."""

    username = models.CharField(
        _("账号"),
        max_length=64,
        unique=True,
        validators=[
            RegexValidator(
                r"\A[a-z0-9][a-z0-9._-]*\Z",
                _("账号只能用小写字母、数字和 . _ - ，并以字母或数字开头。"),
            )
        ],
        error_messages={"unique": _("这个账号已经存在，请换一个。")},
    )
    full_name = models.CharField(_("姓名"), max_length=60)
    email = models.EmailField(_("电子邮箱"), blank=True)
    department = models.ForeignKey(
        Department,
        verbose_name=_("所属部门"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="users",
    )
    is_active = models.BooleanField(_("启用"), default=True)
    is_system = models.BooleanField(_("系统账号"), default=False, editable=False)
    must_change_password = models.BooleanField(_("须修改密码"), default=False, editable=False)
    date_joined = models.DateTimeField(_("建立时间"), default=timezone.now, editable=False)
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        verbose_name = _("用户")
        verbose_name_plural = _("用户")
        default_permissions = ()
        ordering = ("username",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(username="") & ~Q(full_name=""),
                name="user_has_names",
                violation_error_message=_("账号和姓名都必须填写。"),
            ),
            models.CheckConstraint(
                condition=Q(is_system=False)
                | Q(must_change_password=False, department__isnull=True),
                name="user_system_is_no_person",
                violation_error_message=_("系统账号没有部门，也没有密码。"),
            ),
        )

    def __str__(self) -> str:
        return self.full_name or self.username

    @cached_property
    def roles(self) -> frozenset[str]:
        """Codes of the roles held; one query per instance, none where grants are prefetched."""
        if self.pk is None:
            return frozenset()
        return frozenset(grant.role for grant in self.grants.all())

    def forget_roles(self) -> None:
        """Read the roles anew at the next question, after a grant or a revocation."""
        self.__dict__.pop("roles", None)

    @property
    def role_names(self) -> list[str]:
        """Names of the roles held, in the order of declaration, in the reader's language."""
        return [str(role.name) for code, role in ROLES.items() if code in self.roles]

    @property
    def permissions(self) -> frozenset[str]:
        """All permissions held; none for a disabled or a system account."""
        if not self.is_active or self.is_system:
            return frozenset()
        return permissions_of(self.roles)

    @property
    def is_staff(self) -> bool:
        """Whether some role opens a screen of the stock admin."""
        return not self.permissions.isdisjoint(ADMIN_PERMISSIONS)

    @property
    def is_superuser(self) -> bool:
        """Nobody holds every right."""
        return False

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Whether some role gives "app.codename"; rows are not told apart here."""
        return perm in self.permissions

    def has_perms(self, perm_list: Iterable[str], obj: models.Model | None = None) -> bool:
        """Whether the roles give all of them."""
        return self.permissions.issuperset(perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether some role gives anything in the app."""
        return any(perm.startswith(f"{app_label}.") for perm in self.permissions)

    def get_full_name(self) -> str:
        """The name as people write it."""
        return self.full_name

    def get_short_name(self) -> str:
        """The name as people write it; Chinese names are not cut."""
        return self.full_name


class RoleGrant(models.Model):
    """One role held by one user; which roles go together is decided by `roles.excluding_role`."""

    user = models.ForeignKey(
        User, verbose_name=_("用户"), on_delete=models.PROTECT, related_name="grants"
    )
    role = models.CharField(_("角色"), max_length=32, choices=ROLE_CHOICES)
    granted_by = models.ForeignKey(
        User,
        verbose_name=_("授予人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="grants_given",
    )
    granted_at = models.DateTimeField(_("授予时间"), default=timezone.now)

    class Meta:
        verbose_name = _("角色授予")
        verbose_name_plural = _("角色授予")
        default_permissions = ()
        ordering = ("user", "role")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "role"),
                name="rolegrant_once",
                violation_error_message=_("该用户已经有这个角色。"),
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(ROLES)),
                name="rolegrant_known_role",
                violation_error_message=_("没有这个角色。"),
            ),
            models.CheckConstraint(
                condition=Q(granted_by__isnull=True) | ~Q(granted_by=F("user")),
                name="rolegrant_not_to_oneself",
                violation_error_message=_("不能给自己授予角色。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {ROLES[self.role].name}"
