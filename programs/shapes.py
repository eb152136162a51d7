"""What the JSON columns of a support item may hold, said to whoever edits them."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_ITEM = re.compile(r"[A-Za-z0-9_-]+/[A-Za-z0-9_-]+")


class Body(TextChoices):
    """The kinds of body that a support item is for."""

    ENTERPRISE = "enterprise", gettext_lazy("企业")
    INSTITUTION = "institution", gettext_lazy("高校院所")
    PLATFORM = "platform", gettext_lazy("创新平台")
    SERVICE = "service", gettext_lazy("服务机构")
    PERSON = "person", gettext_lazy("个人")


def list_of_items(value: Any) -> None:
    """A list of "program-key/item-key"; raises ValidationError in words."""
    if not isinstance(value, list) or not all(
        isinstance(name, str) and _ITEM.fullmatch(name) for name in value
    ):
        raise ValidationError(_('请写成“计划键/事项键”的列表，例如 ["qianglian/qianglian-demo"]。'))


def list_of_bodies(value: Any) -> None:
    """A list of codes of Body; raises ValidationError in words."""
    known = Body.values
    if not isinstance(value, list) or not all(
        isinstance(code, str) and code in known for code in value
    ):
        raise ValidationError(
            _("适用主体只能是：%(known)s。") % {"known": str(_("、")).join(known)}
        )
