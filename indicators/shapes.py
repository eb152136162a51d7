"""What the codes and the JSON columns of the catalogue may hold, said to whoever edits them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.language import in_language
from indicators.periods import PeriodError, ReferencePeriod

# Codes stand in addresses and in the names of files: a slash in one broke every list that links it.
CODE_PATTERN = r"\A[A-Za-z0-9][A-Za-z0-9_-]*\Z"
CODE = RegexValidator(
    CODE_PATTERN,
    gettext_lazy("代码只能用字母、数字和 - _ ，并以字母或数字开头。"),
)


def list_of_names(value: Any) -> None:
    """A list of texts such as ["高企", "高新企业"]; raises ValidationError in words."""
    if not isinstance(value, list) or not all(
        isinstance(name, str) and name.strip() for name in value
    ):
        raise ValidationError(_('请写成由文字组成的列表，例如 ["名称一", "名称二"]。'))


def list_of_breaks(value: Any) -> None:
    """A list of {"period", "note", "note_en"} with readable periods; raises ValidationError."""
    if not isinstance(value, list) or not all(_is_break(change) for change in value):
        raise ValidationError(_('请写成列表，每一条为 {"period": "2022", "note": "说明"}。'))
    for change in value:
        try:
            ReferencePeriod.parse(change["period"])
        except PeriodError as error:
            raise ValidationError(in_language(error.zh, error.en)) from error


def _is_break(change: Any) -> bool:
    known = {"period", "note", "note_en"}
    return (
        isinstance(change, dict)
        and "period" in change
        and change.keys() <= known
        and all(isinstance(text, str) for text in change.values())
    )
