"""Translation in: a judgement of a measure, and an original text as a file or pasted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from targets.models import Measure
from targets.originals import LIMIT, UnreadableError, decode


class JudgementForm(forms.Form):
    """What a person judges of a qualitative commitment, on the version that was read."""

    status = forms.ChoiceField(
        label=gettext_lazy("评定结果"),
        choices=[choice for choice in Measure.Status.choices if choice[0] != "unjudged"],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("评定理由"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("写明依据：做了什么、见于何处。"),
        error_messages={"required": gettext_lazy("请写明评定理由。")},
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class OriginalForm(forms.Form):
    """An original text that the user has: one .txt file, or pasted words; at most 512 KiB."""

    file = forms.FileField(
        label=gettext_lazy("文本文件（.txt）"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".txt,text/plain"}),
        help_text=gettext_lazy("UTF-8 或 GB18030 编码，不超过 512 KiB。"),
    )
    pasted = forms.CharField(
        label=gettext_lazy("或粘贴全文"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12}),
    )

    def clean_file(self) -> str:
        """The text of the file."""
        upload: UploadedFile[bytes] | None = self.cleaned_data["file"]
        return "" if upload is None else read_text(upload)

    def clean(self) -> dict[str, Any]:
        """Exactly one of the two, kept as `raw`."""
        data = self.cleaned_data
        given = [data.get(name, "") for name in ("file", "pasted")]
        if self.errors:
            return data
        if len(given[1].encode()) > LIMIT:
            self.add_error("pasted", _("原文超过 512 KiB，请确认粘贴的是一份文件。"))
        elif all(given):
            raise forms.ValidationError(_("上传文件和粘贴全文请只选一种。"))
        elif not any(given):
            raise forms.ValidationError(_("请上传文本文件，或粘贴全文。"))
        data["raw"] = given[0] or given[1]
        return data


def read_text(upload: UploadedFile[bytes]) -> str:
    """The words of an uploaded .txt file: UTF-8, else GB18030, never guessed further.

    Raises ValidationError in words for another kind of file, size or encoding.
    """
    if not (upload.name or "").lower().endswith(".txt"):
        raise forms.ValidationError(_("只接受 .txt 文本文件；其他格式请另存为纯文本。"))
    if upload.size is None or upload.size > LIMIT:
        raise forms.ValidationError(_("文件超过 512 KiB，请只保留正文后再上传。"))
    try:
        return decode(upload.read())
    except UnreadableError as error:
        raise forms.ValidationError(str(error)) from error
