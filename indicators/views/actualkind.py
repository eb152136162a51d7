"""The kind of uploads that hold actuals: cells of indicators, regions and periods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from accounts.models import User
from indicators import uploadkinds
from indicators.actions import cells
from indicators.forms.uploads import ApplyForm
from indicators.importing.reading import Reading
from indicators.importing.staging import stage_actuals
from indicators.models import Upload
from indicators.uploadkinds import Beat, Moved, Note, Offer, Step
from indicators.views import showing


class ActualsKind:
    """Cells of actuals, through `indicators.importing` and `indicators.actions.cells`."""

    code = uploadkinds.ACTUALS
    enter = "indicators.enter_observation"
    no_table = (
        "请使用模板，或写明“指标”“报告期”“数值”等列名，或以指标为行、年份为列。",
        "Use the template, or name the columns (indicator, period, value), or put indicators down"
        " and years across.",
    )
    not_entered = (
        "这个文件里是实绩，您的角色不能录入实绩；请交给数据分析员上传。",
        "The file holds actuals, which your role may not enter; ask an analyst to upload it.",
    )
    rows_template = "uploads/_cells.html"
    steps_template = "uploads/_steps.html"

    @property
    def name(self) -> str:
        """实绩."""
        return _("实绩")

    def sees_all(self, user: User) -> bool:
        """Reviewers and auditors do."""
        return showing.sees_all(user)

    def recognises(self, rows: Sequence[Sequence[Any]]) -> bool:
        """Every file is taken for actuals first; what is none is found in `stage`."""
        return True

    def stage(self, upload: Upload, reading: Reading, beat: Beat) -> dict[str, Any]:
        """Compare the file cell by cell."""
        return stage_actuals(upload, reading, beat)

    def clear(self, upload: int) -> None:
        """Forget its cells."""
        cells.clear(upload)

    def counts(self, upload: int) -> dict[str, int]:
        """Of each outcome, and of cells with a warning."""
        return cells.counts(upload)

    def ready(self, upload: Upload, *, reason: str, explanation: str, leave_errors: bool) -> None:
        """Refuse what is not complete."""
        cells.ready(upload, reason=reason, explanation=explanation, leave_errors=leave_errors)

    def write(self, upload: Upload, *, leave_errors: bool, step: Step) -> Mapping[str, Any]:
        """Enter and amend drafts."""
        return cells.write(upload, leave_errors=leave_errors, step=step)

    def note_moved(self, upload: Upload, moved: Moved) -> int:
        """Make conflicts of the cells that moved."""
        return cells.note_moved(upload, moved)

    def undo(self, upload: Upload, *, by: User, reason: str) -> Mapping[str, Any]:
        """Withdraw new drafts, restore changed ones."""
        return cells.undo(upload, by=by, reason=reason)

    def form(self, data: Mapping[str, Any] | None = None) -> ApplyForm:
        """Reason, explanation, and whether errors stay behind."""
        return ApplyForm(data)

    def page(self, upload: Upload, user: User, *, outcome: str, number: str) -> dict[str, Any]:
        """A page of cells with what stood and what stands; a fixed number of queries."""
        page = Paginator(showing.chosen_cells(upload, outcome), showing.PAGE).get_page(number)
        shown = showing.shown(list(page), user, showing.sheet_names(upload))
        return {
            "page": page,
            "cells": shown,
            "choices": any(item.cell.outcome == "conflict" for item in shown),
            "tallies": showing.tallies(upload),
            "moved_words": _(
                "保存时发现有的格子刚被别人改过，所以一格也没有保存；"
                "请在“他人已更新”里作出选择，再保存一次。"
            ),
        }

    def notes(self, upload: Upload, most: int) -> list[Note]:
        """On the cells in error, in conflict or with a warning."""
        # openpyxl is imported where a workbook is written.
        from indicators.exporting.annotated import notes_of

        return notes_of(showing.needing_work(upload)[:most])

    def offers(self, user: User) -> list[Offer]:
        """The template of actuals has a form of its own on the page."""
        return []


KIND = ActualsKind()
