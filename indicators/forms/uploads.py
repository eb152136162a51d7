"""Forms of uploads: the file, and what a person says when saving."""

from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_BYTES = 10 * 1024 * 1024


class UploadForm(forms.Form):
    """A workbook or a table as CSV; what is in it is checked where it is read."""

    file = forms.FileField(
        label=gettext_lazy("表格文件"),
        max_length=120,
        allow_empty_file=True,  # it is refused with a sentence of its own
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.csv,.tsv,.txt"}),
        help_text=gettext_lazy("填好的模板，或 .xlsx、CSV（UTF-8 或 GB18030）表格，不超过 10 MB。"),
        error_messages={
            "required": gettext_lazy("请选择一个文件。"),
            "max_length": gettext_lazy("文件名太长，最多 %(max)d 个字，现有 %(length)d 个字。"),
        },
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """Not even read where it is too large."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("文件超过 10 MB，请拆分后分别上传。"))
        return file


class VersionForm(forms.Form):
    """The version of the upload that the page showed."""

    version = forms.IntegerField(min_value=1, max_value=2_000_000_000)


class ApplyForm(forms.Form):
    """What a person says when saving: why approved values are corrected, why doubts are none."""

    reason = forms.CharField(
        label=gettext_lazy("更正理由"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("改动已核定的数值时必须填写，与每个改动一起保存。"),
    )
    explanation = forms.CharField(
        label=gettext_lazy("对提示的说明"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("有提示的数值无误时写明原因；表格“说明”一栏已写明的不用再写。"),
    )
    leave_errors = forms.BooleanField(
        label=gettext_lazy("有错误的格子先不保存，只保存其余的"), required=False
    )
