"""What a person says when saving a table of awards."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy


class AwardApplyForm(forms.Form):
    """Why awards that stand here are changed, and whether rows in error stay behind."""

    reason = forms.CharField(
        label=gettext_lazy("改动理由"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("改动已有的立项时必须填写，记入审计。"),
    )
    leave_errors = forms.BooleanField(
        label=gettext_lazy("有错误或他人已更新的行先不登记，只登记其余的"), required=False
    )
