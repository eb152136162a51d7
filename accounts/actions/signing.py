"""Writes that concern signing in: passwords and locks."""

from __future__ import annotations

from axes.utils import reset
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from accounts.passwords import one_time_password


def reset_password(*, by: User | None, user: User, reason: str = "") -> str:
    """Set a random one-time password and return it; it must be changed at the next sign-in.

    It is stored nowhere in plain text. Raises ValidationError for a system account.
    """
    if user.is_system:
        raise ValidationError(_("系统账号没有密码。"))
    password = one_time_password()
    with audit.transaction():
        _set_password(user, password, must_change=True)
        audit.record(by=by, action="accounts.reset_password", target=user, reason=reason)
    return password


def change_password(*, by: User, password: str) -> None:
    """Set one's own password; raises ValidationError for the old one or a broken password rule."""
    if by.check_password(password):
        raise ValidationError(_("新密码不能与现在的密码相同。"))
    validate_password(password, by)
    with audit.transaction():
        _set_password(by, password, must_change=False)
        audit.record(by=by, action="accounts.change_password", target=by)


def unlock_user(*, by: User | None, user: User, reason: str = "") -> None:
    """Forget the failed sign-ins of an account, so that it may try again at once."""
    with audit.transaction():
        forgotten = reset(username=user.username)
        audit.record(
            by=by,
            action="accounts.unlock_user",
            target=user,
            after={"attempts_forgotten": forgotten},
            reason=reason,
        )


def _set_password(user: User, password: str, *, must_change: bool) -> None:
    user.set_password(password)
    user.must_change_password = must_change
    User.objects.filter(pk=user.pk).update(
        password=user.password, must_change_password=must_change, version=F("version") + 1
    )
    user.refresh_from_db(fields=["version"])
