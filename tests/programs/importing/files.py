"""Tables of awards made of rows, staged as an upload, for the tests of reading and comparing them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from accounts.models import User
from indicators import actions
from indicators.models import Upload
from programs.models import StagedAward
from tests.indicators.importing.files import stage
from tests.programs import builders as p

HEADER = [
    "立项编号", "项目名称", "承担单位", "统一社会信用代码", "计划", "支持事项", "年度", "立项日期",
    "立项金额（万元）", "申报投入（万元）", "产业", "区市", "状态", "备注",
]  # fmt: skip
CODE = p.credit_code(11)
OTHER_CODE = p.credit_code(12)
_FIELDS = {
    "number": 0, "project": 1, "recipient": 2, "code": 3, "program": 4, "item": 5, "year": 6,
    "day": 7, "amount": 8, "investment": 9, "industry": 10, "region": 11, "status": 12, "note": 13,
}  # fmt: skip


def line(number: str = "LX-1", amount: Any = 100, **changes: Any) -> list[Any]:
    """One row under `HEADER`, of an award of the item `grant` to a made-up firm."""
    row: list[Any] = [
        number, f"{number}项目", "示范甲公司", CODE, "chain试验计划", "grant资助", 2025,
        date(2025, 3, 10), amount, None, None, None, None, None,
    ]  # fmt: skip
    for name, value in changes.items():
        row[_FIELDS[name]] = value
    return row


def sent(by: User, *lines: Sequence[Any], header: Sequence[Any] = HEADER, **more: Any) -> Upload:
    """An upload of these rows under the header, read and compared."""
    return stage(by, [list(header), *map(list, lines)], **more)


def rows(upload: Upload) -> list[StagedAward]:
    """Its staged rows in file order."""
    return list(upload.staged_awards.order_by("sheet", "row"))


def outcomes(upload: Upload) -> list[str]:
    """The outcome of each row."""
    return [row.outcome for row in rows(upload)]


def sentences(upload: Upload) -> list[str]:
    """The sentence of each row."""
    return [row.sentence for row in rows(upload)]


def applied(upload: Upload, **words: Any) -> Upload:
    """The upload as its person asked for it to be written, and as a worker then wrote it."""
    actions.apply_upload(by=upload.by, upload=upload, version=upload.version, **words)
    asked = Upload.objects.select_related("by").get(pk=upload.pk)
    actions.merge_upload(upload=asked, leave_errors=bool(words.get("leave_errors")))
    return Upload.objects.select_related("by").get(pk=upload.pk)
