"""What uploads of actuals do with their cells: counted, checked, written, compared again, undone.

The life of an upload (`indicators.actions.uploads`) calls these through the kind of its file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from indicators import errors, locks
from indicators.actions import merging, moving
from indicators.models import Duty, Indicator, ReportingRound, StagedCell, Upload
from indicators.uploadkinds import Moved

Outcome = StagedCell.Outcome

WRITTEN = Q(outcome__in=(Outcome.NEW, Outcome.CHANGED)) | Q(outcome=Outcome.CONFLICT, chosen=True)
"""The cells that applying writes."""


def clear(upload: int) -> None:
    """Forget the staged cells of an upload."""
    StagedCell.objects.filter(upload=upload).delete()


def counts(upload: int) -> dict[str, int]:
    """How many cells there are of each outcome, and how many with a warning."""
    cells = StagedCell.objects.filter(upload=upload)
    found = dict.fromkeys(Outcome.values, 0)
    found |= dict(cells.values_list("outcome").annotate(n=Count("pk")).order_by("outcome"))
    found["warning"] = cells.exclude(outcome=Outcome.ERROR).exclude(warnings=[]).count()
    return found


def ready(upload: Upload, *, reason: str, explanation: str, leave_errors: bool) -> None:
    """Refuse to write nothing, errors, and what lacks its words; the explanation is kept."""
    cells = StagedCell.objects.filter(upload=upload)
    wanted = cells.filter(WRITTEN)
    if not wanted.exists():
        raise errors.nothing_to_apply()
    if not leave_errors and cells.filter(outcome=Outcome.ERROR).exists():
        raise errors.errors_left()
    if not reason and wanted.filter(needing_reason()).exists():
        raise errors.needs_reason()
    warned = wanted.exclude(warnings=[]).filter(explanation="")
    if explanation:
        warned.update(explanation=explanation)
    elif any(
        warning.get("needs_reason", True)
        for warnings in warned.values_list("warnings", flat=True).iterator()
        for warning in warnings
    ):
        raise errors.needs_explanation()


def needing_reason() -> Q:
    """Cells that want a reason: corrections of approved values, and gaps without a note."""
    return Q(seen_approved__gt=0, seen_open=0) | Q(value=None, note="")


def write(upload: Upload, *, leave_errors: bool, step: Callable[[str], None]) -> dict[str, Any]:
    """Write the cells in the transaction around; Moved where one changed since it was compared."""
    now = timezone.now()
    merging.lock(upload.pk)
    step("locked")
    if moved := merging.moved(upload.pk) or _out_of_reach(upload):
        raise Moved(moved)
    step("checked")
    amended, entered = merging.todo(upload.pk)
    kept = merging.keep_copies(upload.pk, now) if amended else 0
    step("copied")
    changed = merging.amend_drafts(upload, now) if amended else 0
    step("amended")
    made = merging.enter_drafts(upload, now)
    step("entered")
    if (kept, changed, made) != (amended, amended, entered):
        raise Moved([])
    return {"entered": entered, "amended": amended}


def note_moved(upload: Upload, moved: Moved) -> int:
    """The cells that moved become conflicts, of which the person chooses; their number."""
    keys = moved.keys or merging.moved(upload.pk)
    moving.note_moved(upload, keys)
    return len(keys)


def undo(upload: Upload, *, by: User, reason: str) -> dict[str, int]:
    """Withdraw the new drafts and give the changed ones their earlier content back.

    Refused, naming the cells, where somebody built on it or a round locks one by now.
    """
    now = timezone.now()
    merging.lock_as_left(upload.pk)
    if hindrances := moving.hindrances(upload):
        raise errors.built_upon(len(merging.built_upon(upload.pk)), hindrances[0])
    if lock := next(iter(_locks_on(upload, by).values()), None):
        raise errors.Refused(str(lock))
    withdrawn = merging.withdraw_drafts(upload.pk, by=by.pk, reason=reason, now=now)
    merging.keep_undone_copies(upload.pk, now)
    restored = merging.restore_drafts(upload.pk)
    return {"withdrawn": withdrawn, "restored": restored}


def _out_of_reach(upload: Upload) -> list[int]:
    """The cells (keys) that the person may enter no longer, or that a round locks by now."""
    cells = StagedCell.objects.filter(WRITTEN, upload=upload)
    owed = Duty.objects.unpublished().owed_by(upload.by).filter(
        indicator=OuterRef("indicator"), region=OuterRef("region"),
        reference_period=OuterRef("reference_period"),
    )  # fmt: skip
    mine = Indicator.objects.enterable_by(upload.by)
    gone = list(
        cells.exclude(indicator__in=mine.values("pk")).exclude(Exists(owed)).values_list(
            "pk", flat=True
        )
    )  # fmt: skip
    return gone or list(_locks_on(upload, upload.by))


def _locks_on(upload: Upload, by: User) -> dict[int, locks.Lock]:
    """The cells (keys) among those that the upload writes that a round locks for this person."""
    if not ReportingRound.objects.unpublished().exists():
        return {}
    cells = StagedCell.objects.filter(WRITTEN, upload=upload)
    places = {
        (indicator, region, period): key
        for key, indicator, region, period in cells.values_list(
            "pk", "indicator", "region", "reference_period"
        )
    }
    return {places[place]: lock for place, lock in locks.locked(places, by=by).items()}
