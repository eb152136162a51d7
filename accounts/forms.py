"""Forms of accounts; what they read is handed to actions, none of them saves."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.utils.translation import gettext_lazy as _

from .models import Department, User
from .roles import ROLE_CHOICES
from .wording import action_choices, object_choices

if TYPE_CHECKING:
    UserModelForm = forms.ModelForm[User]
    DepartmentModelForm = forms.ModelForm[Department]
else:  # ModelForm takes no type argument at run time
    UserModelForm = DepartmentModelForm = forms.ModelForm

EVERYTHING = ("", _("全部"))


class LoginForm(AuthenticationForm):
    """Account and password; the account is read in lower case as it is stored."""

    error_messages = {  # noqa: RUF012 - Django's own attribute
        "invalid_login": _("账号或密码不对。连续五次输错，账号会锁定三十分钟。"),
        "inactive": _("该账号已停用，请联系安全管理员。"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Django tells the browser the longest name but does not check it.
        self.fields["username"] = UsernameField(
            label=_("账号"), max_length=64, widget=forms.TextInput(attrs={"autofocus": True})
        )
        password = forms.CharField(
            label=_("密码"),
            strip=False,
            max_length=128,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        )
        self.fields["password"] = password

    def clean_username(self) -> str:
        """The account in lower case."""
        username: str = self.cleaned_data["username"]
        return username.strip().lower()


class ReasonForm(forms.Form):
    """Why something is done to an account; kept in the audit trail."""

    reason = forms.CharField(label=_("理由"), max_length=500, required=False)


class HandOverForm(ReasonForm):
    """To whom the open work of a leaver goes, and why."""

    successor = forms.ModelChoiceField(label=_("接手人"), queryset=User.objects.none())

    field_order = ("successor", "reason")

    def __init__(self, *args: Any, leaver: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = User.objects.people().active().exclude(pk=leaver.pk)
        successor = self.fields["successor"]
        assert isinstance(successor, forms.ModelChoiceField)
        successor.queryset = others.order_by("full_name", "username")


class RoleForm(ReasonForm):
    """One role to grant or to revoke, and why."""

    role = forms.ChoiceField(label=_("角色"), choices=ROLE_CHOICES)

    field_order = ("role", "reason")


class UserForm(UserModelForm):
    """What can be edited of an account, with the version that was read."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    class Meta:
        model = User
        fields = ("full_name", "email", "department")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("version", self.instance.version)
        _offer_departments(self.fields["department"], self.instance.department_id)


class NewUserForm(UserModelForm):
    """A new account with its first roles."""

    roles = forms.MultipleChoiceField(
        label=_("角色"),
        choices=ROLE_CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = User
        fields = ("username", "full_name", "email", "department")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_departments(self.fields["department"], None)

    def clean_username(self) -> str:
        """The account in lower case."""
        username: str = self.cleaned_data["username"]
        return username.lower()


class DepartmentForm(DepartmentModelForm):
    """A department, with the version that was read."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    class Meta:
        model = Department
        fields = ("code", "name", "name_en", "parent", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("version", self.instance.version)


class UserFilter(forms.Form):
    """Which users a list shows."""

    department = forms.ModelChoiceField(
        label=_("部门（含下级）"),
        queryset=Department.objects.all(),
        to_field_name="code",
        required=False,
        empty_label=_("全部"),
    )
    role = forms.ChoiceField(label=_("角色"), choices=[EVERYTHING, *ROLE_CHOICES], required=False)
    active = forms.ChoiceField(
        label=_("状态"),
        choices=[EVERYTHING, ("yes", _("在用")), ("no", _("已停用"))],
        required=False,
    )


# A midnight at either end of the calendar lies outside of it in another time zone.
_DAYS = [
    MinValueValidator(date(1900, 1, 1), _("日期不能早于 1900 年。")),
    MaxValueValidator(date(2999, 12, 31), _("日期不能晚于 2999 年。")),
]


class TrailFilter(forms.Form):
    """Which audit events a page shows; `before` is the place where the page before ended."""

    action = forms.ChoiceField(
        label=_("动作"), choices=lambda: [EVERYTHING, *action_choices()], required=False
    )
    actor = forms.CharField(label=_("操作人账号"), max_length=64, required=False)
    object_type = forms.ChoiceField(
        label=_("对象类型"), choices=lambda: [EVERYTHING, *object_choices()], required=False
    )
    object_id = forms.CharField(
        label=_("对象编号"),
        max_length=64,
        required=False,
        validators=[RegexValidator(r"\A[A-Za-z0-9_-]+\Z", _("对象编号只含字母、数字和 - _ 。"))],
    )
    since = forms.DateField(
        label=_("起始日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=_DAYS,
    )
    until = forms.DateField(
        label=_("截止日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=_DAYS,
    )
    before = forms.IntegerField(
        required=False, widget=forms.HiddenInput, validators=[MinValueValidator(1)]
    )

    def clean_actor(self) -> User | None:
        """The user of the account name; an unknown one is said, not ignored."""
        username: str = self.cleaned_data["actor"]
        if not username:
            return None
        user: User | None = User.objects.filter(username=username.lower()).first()
        if user is None:
            raise ValidationError(_("没有这个账号。"))
        return user

    def clean(self) -> dict[str, Any]:
        """The first day is not after the last."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since is not None and until is not None and since > until:
            self.add_error("until", _("截止日期不能早于起始日期。"))
        return self.cleaned_data


def _offer_departments(field: forms.Field, present: int | None) -> None:
    """Departments in use, and the present one though it be closed."""
    assert isinstance(field, forms.ModelChoiceField)
    offered = Department.objects.active()
    if present is not None:
        offered |= Department.objects.filter(pk=present)
    field.queryset = offered
