"""Files that people of the practice city uploaded: saved, undone, refused, given up, waiting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from accounts.actions import cancel_job, request_job
from accounts.models import User
from indicators.actions import apply_upload, drop_upload, receive_upload, undo_upload
from indicators.models import Upload
from programs.actions import amend_award, entry_of
from programs.models import Award, Recipient
from qdpolicy.practice.people import People

SAVED, UNDONE, DROPPED = "已保存的实绩.csv", "已撤销的实绩.csv", "已放弃的实绩.csv"
WAITING, AWARDS = "待确认的实绩.csv", "待确认的立项.csv"
_HEAD = "指标,地区,报告期,数值"
ACTUALS = {
    SAVED: [_HEAD, "人工智能企业数,丁港区,2025,9", "人工智能企业数,丁港区,2024,7"],
    UNDONE: [_HEAD, "人工智能企业数,戊田区,2025,6"],
    # New, changed, as it stands, a colleague's draft, and a number that is none.
    WAITING: [
        _HEAD, "新增孵化载体,乙湖区,2025,1", "新型研发机构数,示例市,2025,44",
        "新型研发机构数,示例市,2024,38", "人工智能企业数,丙山区,2025,15",
        "科技型中小企业数,丙山区,2025,一千三百左右",
    ],
    DROPPED: [_HEAD, "新增孵化载体,丙山区,2025,1"],
}  # fmt: skip
AWARDS_HEAD = "立项编号,项目名称,承担单位,统一社会信用代码,计划,支持事项,年度,立项日期,立项金额（元）,申报投入（元）"
CONFLICTING, CHANGED, UNCHANGED = "SL-2025-001", "SL-2025-002", "SL-2025-003"
"""Awards of the fixtures that the file of awards names again; the first is changed meanwhile."""


def _received(cast: People) -> None:
    """All files come in; one is no table, and one job is called off."""
    for name, lines in ACTUALS.items():
        receive_upload(by=cast.analyst, name=name, content="\n".join(lines).encode())
    receive_upload(by=cast.analyst, name="不是表格.xlsx", content=b"PK\x03\x04 broken")
    receive_upload(by=cast.editor, name=AWARDS, content=_awards().encode())
    job = request_job(by=cast.analyst, kind="project_all")
    cancel_job(by=cast.analyst, job=job, reason="练习：不需要了")


def _awards() -> str:
    """A table of awards: two new, two changed, one as it stands, one over its cap."""
    body = Recipient.objects.get(name="练习企业40号有限公司")
    given = f"{body.name},{body.credit_code}"
    lines = [
        AWARDS_HEAD,
        f"PT-2026-901,重点实验室运行（上传）,{_of('练习实验室1号')},平台计划,重点实验室补助,2026,2026-03-02,1500000,",
        f"YL-2026-901,研发投入奖补（上传）,{given},育林计划,研发投入奖补,2026,2026-03-03,300000.05,3000000.5",
        _line(CONFLICTING, minus=10000),
        _line(CHANGED, minus=20000),
        _line(UNCHANGED),
        f"YL-2026-902,研发投入奖补（超限）,{given},育林计划,研发投入奖补,2026,2026-03-04,9000000,99000000",
    ]
    return "\n".join(lines)


def _of(name: str) -> str:
    """Name and code of a recipient, as a table writes them."""
    body = Recipient.objects.get(name=name)
    return f"{body.name},{body.credit_code}"


def _line(number: str, minus: int = 0) -> str:
    """A line about an award that is there, with so much less in 元."""
    award = Award.objects.select_related("recipient", "program", "item").get(number=number)
    cells = (
        award.number, award.project, award.recipient.name, award.recipient.credit_code,
        award.program.name, award.item.name, award.year, award.decided_on,
        award.amount - minus, award.investment if award.investment is not None else "",
    )  # fmt: skip
    return ",".join(map(str, cells))


def _decided(cast: People) -> None:
    """Two are saved, one is given up."""
    for name in (SAVED, UNDONE):
        _applied(cast.analyst, name)
    upload = Upload.objects.get(name=DROPPED)
    drop_upload(by=cast.analyst, upload=upload, version=upload.version)


def _applied(by: User, name: str) -> None:
    upload = Upload.objects.get(name=name)
    apply_upload(
        by=by, upload=upload, version=upload.version, reason="补报（练习）",
        explanation="已核对（练习）", leave_errors=True,
    )  # fmt: skip


def _undone(cast: People) -> None:
    """One is taken back; of the awards one is changed while the file is about to be saved."""
    upload = Upload.objects.get(name=UNDONE)
    undo_upload(by=cast.analyst, upload=upload, version=upload.version, reason="传错了文件（练习）")
    award = Award.objects.select_related("recipient", "program", "item__edition", "region").get(
        number=CONFLICTING
    )
    less = replace(entry_of(award), amount=award.amount - Decimal(5000))
    amend_award(
        by=cast.editor, award=award, version=award.version, entry=less, reason="核减（练习）"
    )
    _applied(cast.editor, AWARDS)


STEPS: tuple[Callable[[People], None], ...] = (_received, _decided, _undone)
"""After each of them the jobs that it asked for are done."""
