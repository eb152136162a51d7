"""Translation in: what is stored of a recipient, and which are looked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators.models import Region
from programs import creditcode
from programs.forms.awards import code_sentence, version_field, words_field
from programs.models import Recipient


class RecipientFilter(forms.Form):
    """Which recipients."""

    q = forms.CharField(
        label=gettext_lazy("名称或统一社会信用代码"),
        required=False,
        max_length=80,
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("类别"),
        required=False,
        choices=[("", gettext_lazy("全部")), *Recipient.Kind.choices],
    )


class RecipientForm(forms.Form):
    """Name, code, kind and district, with the version that was read."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=Recipient.Kind.choices)
    credit_code = forms.CharField(
        label=gettext_lazy("统一社会信用代码"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("18 位；个人没有代码，请留空。"),
    )
    region = forms.ModelChoiceField(
        label=gettext_lazy("所在区市"),
        required=False,
        queryset=Region.objects.none(),
        empty_label=gettext_lazy("不填"),
    )
    reason = words_field(gettext_lazy("修改理由"), required=True)
    version = version_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Region.objects.filter(
            kind__in=(Region.Kind.CITY, Region.Kind.DISTRICT, Region.Kind.ZONE)
        )

    def clean_credit_code(self) -> str:
        """The code as it is stored; ValidationError in words for one that cannot be."""
        code = creditcode.normalise(self.cleaned_data["credit_code"])
        sentence = code_sentence(code) if code else None
        if sentence is not None:
            raise forms.ValidationError(sentence)
        return code

    def clean(self) -> dict[str, Any]:
        """Only a person has no code."""
        data = super().clean() or self.cleaned_data
        person = data.get("kind") == Recipient.Kind.PERSON
        if "credit_code" in data and "kind" in data and person == bool(data["credit_code"]):
            self.add_error(
                "credit_code",
                _("个人没有统一社会信用代码，请留空。")
                if person
                else _("请填写统一社会信用代码；个人请在类别中选“个人”。"),
            )
        return data


def initial_of(recipient: Recipient) -> dict[str, Any]:
    """The fields as they are stored."""
    return {
        "name": recipient.name,
        "kind": recipient.kind,
        "credit_code": recipient.credit_code or "",
        "region": recipient.region_id,
        "version": recipient.version,
    }
