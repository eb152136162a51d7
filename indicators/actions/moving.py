"""Cells of an upload that moved: between compare and apply, or between apply and undo; in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from accounts.language import in_language
from accounts.models import User
from indicators import locks
from indicators.actions import merging
from indicators.actions.seen import Standing, standings
from indicators.models import (
    Observation,
    Place,
    StagedCell,
    Upload,
)
from indicators.quantities import plain

SHOWN = 20
Outcome = StagedCell.Outcome


def note_moved(upload: Upload, keys: Collection[int]) -> None:
    """Compare these staged cells with what stands there now; their person chooses again."""
    wanted = set(keys)
    if not wanted:
        return
    near = StagedCell.objects.filter(upload=upload, pk__gte=min(wanted), pk__lte=max(wanted))
    cells = [cell for cell in near if cell.pk in wanted]
    indicators = {cell.indicator_id for cell in cells if cell.indicator_id is not None}
    now_there = standings(
        Observation.objects.of_indicators(indicators).select_related("entered_by")
    )
    locked = locks.locked({_place(cell) for cell in cells}, by=upload.by)
    for cell in cells:
        standing = now_there.get(_place(cell), Standing())
        _compare(cell, standing, locked.get(_place(cell)))
    names = ("seen_open", "seen_open_version", "seen_approved", "outcome", "chosen", "sentence",
             "sentence_en")  # fmt: skip
    changes = ", ".join(f"{name} = %s" for name in names)
    statement = f"UPDATE {StagedCell._meta.db_table} SET {changes} WHERE id = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(
            statement, [[*(getattr(cell, name) for name in names), cell.pk] for cell in cells]
        )


def _compare(cell: StagedCell, standing: Standing, lock: locks.Lock | None) -> None:
    seen, row = standing.seen, standing.latest
    as_seen = (cell.seen_open, cell.seen_open_version, cell.seen_approved) == (
        seen.open, seen.open_version, seen.approved,
    )  # fmt: skip
    cell.seen_open, cell.seen_open_version = seen.open, seen.open_version
    cell.seen_approved, cell.chosen = seen.approved, False
    if lock is not None:
        cell.outcome = Outcome.ERROR
        cell.sentence, cell.sentence_en = f"{lock.zh}{lock.who_zh}", f"{lock.en} {lock.who_en}"
    elif as_seen:
        cell.outcome = Outcome.ERROR
        cell.sentence = "这个单元格已不在您的填报范围内。"
        cell.sentence_en = "This cell is no longer among those that you may enter."
    elif row is not None and _says(row) == _says(cell):
        cell.outcome = Outcome.UNCHANGED
        cell.sentence, cell.sentence_en = "与现有数值相同。", "The same as what stands there."
    else:
        cell.outcome = Outcome.CONFLICT
        cell.sentence, cell.sentence_en = conflict_words(row)


def conflict_words(row: Observation | None) -> tuple[str, str]:
    """What a conflict says: who keeps what there since when; `row` with its author selected."""
    if row is None:
        return (
            "您看到的数值已被撤回，请选择是否仍要保存。",
            "The value that you saw was withdrawn; choose whether to keep yours.",
        )
    there = shown(row)
    who, at = row.entered_by, timezone.localtime(row.entered_at).strftime("%Y-%m-%d %H:%M")
    return (
        f"{who}于{at}录入了{there[0]}，请选择保留哪一个。",
        f"{who} entered {there[1]} at {at}; choose which one to keep.",
    )


def shown(row: Observation | StagedCell) -> tuple[str, str]:
    """A value, or why there is none, in both languages."""
    if row.value is not None:
        return plain(row.value), plain(row.value)
    return MISSING.get(row.obs_status, ("—", "—"))


MISSING = {
    "L": ("“未统计”", "“not collected”"),
    "M": ("“不适用”", "“not applicable”"),
    "Q": ("“保密”", "“confidential”"),
}


def _says(row: Observation | StagedCell) -> tuple[object, ...]:
    return (
        row.value, row.qualifier, row.obs_status, row.vintage, row.source_title, row.source_url,
        row.source_date, row.note,
    )  # fmt: skip


def _place(cell: StagedCell) -> Place:
    return cell.indicator_id or 0, cell.region_id or 0, cell.reference_period


@dataclass(frozen=True)
class Hindrance:
    """A cell that keeps an upload from being undone, and what happened to it since."""

    cell: StagedCell
    label: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.label}：{in_language(self.zh, self.en)}"


def hindrances(upload: Upload, limit: int = SHOWN) -> list[Hindrance]:
    """The first cells on which somebody built since the upload was applied; empty: it can be undone."""
    built = dict(merging.built_upon(upload.pk)[:limit])
    if not built:
        return []
    cells = list(
        StagedCell.objects.filter(pk__in=built)
        .select_related("indicator", "region")
        .order_by("sheet", "row", "column")
    )
    now_there = standings(
        Observation.objects.of_indicators(
            {cell.indicator_id for cell in cells if cell.indicator_id is not None}
        ).select_related("entered_by", "withdrawn_by")
    )
    return [
        _hindrance(upload.by, cell, now_there.get(_place(cell), Standing()), proven=built[cell.pk])
        for cell in cells
    ]


def _hindrance(by: User, cell: StagedCell, standing: Standing, *, proven: bool) -> Hindrance:
    row = standing.open
    if proven:
        words = "已附有佐证材料。", "Evidence is attached to it."
    elif (
        row is None and standing.approved is not None and standing.approved.pk != cell.seen_approved
    ):
        words = "已经核定。", "It has been approved."
    elif row is None:
        words = "已被撤回。", "It was withdrawn."
    elif row.review_state == Observation.ReviewState.SUBMITTED:
        words = "已经提交，正在等待核定。", "It was submitted and waits for review."
    elif row.review_state == Observation.ReviewState.RETURNED:
        words = "已被退回，等待处理。", "It was returned and waits for its author."
    else:
        who = row.entered_by
        words = f"{who}之后又作了修改。", f"{who} changed it afterwards."
    label = f"{cell.indicator} {cell.region} {cell.reference_period}"
    return Hindrance(cell, label, *words)
