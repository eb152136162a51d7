"""The life of an upload: received, compared, applied as one, undone as one, or dropped.

`receive_upload` and `apply_upload` ask for a job; `merge_upload` is what the second one does. The
job that reads and compares (`indicators.importing.staging`) ends in `staged` or `refuse_upload`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from pathlib import PurePath
from typing import Any

from django.db import IntegrityError
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from accounts import audit
from accounts.actions import request_job
from accounts.models import Job, User
from accounts.versions import Conflict, compare_and_set
from indicators import errors, locks
from indicators.actions import merging, moving
from indicators.models import Duty, Indicator, ReportingRound, StagedCell, Upload

State = Upload.State
Outcome = StagedCell.Outcome
MERGE_STEPS = ("locked", "checked", "copied", "amended", "entered", "recorded")
"""The points of the merge, in order; a kill at any of them leaves nothing behind."""
LARGEST = 10 * 2**20
"""Bytes of a file; TRUST.md 9."""

WRITTEN = Q(outcome__in=(Outcome.NEW, Outcome.CHANGED)) | Q(outcome=Outcome.CONFLICT, chosen=True)
"""The cells that applying writes."""


def receive_upload(*, by: User, name: str, content: bytes) -> Upload:
    """Keep a file and ask for its reading; Refused where it is empty or larger than 10 MiB."""
    if not content:
        raise errors.empty_file()
    if len(content) > LARGEST:
        raise errors.file_too_large()
    with audit.transaction():
        upload = Upload.objects.create(
            by=by,
            at=timezone.now(),
            name=_tidy(name),
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
        )
        upload.job = request_job(by=by, kind="read_upload", params={"upload": upload.pk})
        upload.save(update_fields=["job"])
        audit.record(
            by=by,
            action="indicators.receive_upload",
            target=upload,
            after={"size": upload.size, "sha256": upload.sha256},
        )
    return upload


def staged(*, upload: Upload, found: Mapping[str, Any]) -> None:
    """The file is read and compared: it waits for its person. Conflict where it was dropped."""
    with audit.transaction():
        _step(upload, State.RECEIVED, state=State.STAGED, found=dict(found),
              counts=_counts(upload.pk))  # fmt: skip


def refuse_upload(*, upload: Upload, zh: str, en: str) -> None:
    """The file cannot be read: its sentence stays, its content does not."""
    with audit.transaction():
        _step(upload, State.RECEIVED, state=State.REFUSED, refusal=zh, refusal_en=en, content=b"")
        StagedCell.objects.filter(upload=upload).delete()


def choose_conflicts(*, by: User, upload: Upload, cells: Collection[int], version: int) -> Upload:
    """Take the own value in these conflicting cells (keys), and the other's in all others."""
    with audit.transaction():
        _own(by, upload, State.STAGED)
        compare_and_set(Upload, upload.pk, version)
        conflicts = StagedCell.objects.filter(upload=upload, outcome=Outcome.CONFLICT)
        conflicts.exclude(pk__in=cells).filter(chosen=True).update(chosen=False)
        chosen = conflicts.filter(pk__in=cells)
        chosen.update(chosen=True)
        upload.refresh_from_db()
        audit.record(
            by=by,
            action="indicators.choose_conflicts",
            target=upload,
            after={"chosen": chosen.count()},
        )
    return upload


def apply_upload(
    *,
    by: User,
    upload: Upload,
    version: int,
    reason: str = "",
    explanation: str = "",
    leave_errors: bool = False,
) -> Upload:
    """Ask for the merge of a compared file, or again where its job was lost.

    Refused: nothing to write, errors (unless `leave_errors`), a correction or a missing value
    without a reason, a warning without an explanation. Conflict where the upload moved on.
    """
    reason, explanation = reason.strip(), explanation.strip()
    with audit.transaction():
        if upload.state == State.APPLYING and not _at_work(upload.job):
            reason = reason or upload.reason
        else:
            _own(by, upload, State.STAGED)
        _own(by, upload, upload.state)
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
        job = request_job(
            by=by,
            kind="apply_upload",
            params={"upload": upload.pk, "leave_errors": leave_errors},
        )
        compare_and_set(Upload, upload.pk, version, state=State.APPLYING, reason=reason, job=job)
        upload.refresh_from_db()
    return upload


def needing_reason() -> Q:
    """Cells that want a reason: corrections of approved values, and gaps without a note."""
    return Q(seen_approved__gt=0, seen_open=0) | Q(value=None, note="")


def drop_upload(*, by: User, upload: Upload, version: int) -> Upload:
    """Give a file up that is not applied; its content and its staged cells go."""
    with audit.transaction():
        _own(by, upload, State.RECEIVED, State.REFUSED, State.STAGED, State.APPLYING)
        compare_and_set(Upload, upload.pk, version, state=State.DROPPED, content=b"")
        StagedCell.objects.filter(upload=upload).delete()
        upload.refresh_from_db()
        after = {"state": upload.state}
        audit.record(by=by, action="indicators.drop_upload", target=upload, after=after)
    return upload


def merge_upload(
    *, upload: Upload, leave_errors: bool = False, step: Callable[[str], None] = lambda name: None
) -> bool:
    """Write an upload's cells as one transaction; False where cells moved since it was compared.

    Then nothing is written, those cells become conflicts, and the upload waits for its person
    again. `step` hears the name of every point that is reached, the last one before the commit.
    """
    if upload.state != State.APPLYING:
        return upload.state == State.APPLIED
    try:
        with audit.source(f"upload {upload.pk}"), audit.transaction():
            _merge(upload, leave_errors, step)
    except _Moved as found:
        moved = found.keys
    except IntegrityError as error:
        # Somebody entered a value into one of the cells after the look at them.
        if "unique" not in str(error).lower():
            raise
        moved = []
    except Conflict:
        return False  # dropped, or merged by another worker
    else:
        upload.refresh_from_db()
        return True
    with audit.transaction():
        moving.note_moved(upload, moved or merging.moved(upload.pk))
        _step(upload, State.APPLYING, state=State.STAGED, counts=_counts(upload.pk),
              found={**upload.found, "moved": len(moved)})  # fmt: skip
    return False


def _merge(upload: Upload, leave_errors: bool, step: Callable[[str], None]) -> None:
    now = timezone.now()
    _step(upload, State.APPLYING, state=State.APPLIED, applied_at=now)
    merging.lock(upload.pk)
    step("locked")
    if moved := merging.moved(upload.pk) or _out_of_reach(upload):
        raise _Moved(moved)
    step("checked")
    amended, entered = merging.todo(upload.pk)
    kept = merging.keep_copies(upload.pk, now) if amended else 0
    step("copied")
    changed = merging.amend_drafts(upload, now) if amended else 0
    step("amended")
    made = merging.enter_drafts(upload, now)
    step("entered")
    if (kept, changed, made) != (amended, amended, entered):
        raise _Moved([])
    audit.record(
        by=upload.by,
        action="indicators.apply_upload",
        target=upload,
        after={
            "sha256": upload.sha256,
            "entered": entered,
            "amended": amended,
            "left": {name: upload.counts.get(name, 0) for name in ("error", "conflict")},
            "leave_errors": leave_errors,
        },
        reason=upload.reason,
    )
    step("recorded")


def undo_upload(*, by: User, upload: Upload, version: int, reason: str) -> Upload:
    """Take all that an upload wrote out again; Refused, naming the cells, where somebody built on it.

    New drafts are withdrawn; changed ones get their earlier content back as a new version.
    """
    with audit.transaction():
        _own(by, upload, State.APPLIED)
        if not reason.strip():
            raise errors.needs_reason()
        now = timezone.now()
        compare_and_set(Upload, upload.pk, version, state=State.UNDONE, undone_by=by, undone_at=now)
        merging.lock_as_left(upload.pk)
        if hindrances := moving.hindrances(upload):
            raise errors.built_upon(len(merging.built_upon(upload.pk)), hindrances[0])
        if lock := next(iter(_locks_on(upload, by).values()), None):
            raise errors.Refused(str(lock))
        withdrawn = merging.withdraw_drafts(upload.pk, by=by.pk, reason=reason.strip(), now=now)
        merging.keep_undone_copies(upload.pk, now)
        restored = merging.restore_drafts(upload.pk)
        upload.refresh_from_db()
        audit.record(
            by=by,
            action="indicators.undo_upload",
            target=upload,
            after={"withdrawn": withdrawn, "restored": restored},
            reason=reason,
        )
    return upload


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


def _counts(upload: int) -> dict[str, int]:
    """How many cells there are of each outcome, and how many with a warning."""
    cells = StagedCell.objects.filter(upload=upload)
    found = dict.fromkeys(Outcome.values, 0)
    found |= dict(cells.values_list("outcome").annotate(n=Count("pk")).order_by("outcome"))
    found["warning"] = cells.exclude(outcome=Outcome.ERROR).exclude(warnings=[]).count()
    return found


def _step(upload: Upload, wanted: str, **changes: Any) -> None:
    """One step of an upload's life by the system: compare with what was read, set."""
    rows = Upload.objects.filter(state=wanted)
    compare_and_set(rows, upload.pk, upload.version, **changes)


def _own(by: User, upload: Upload, *wanted: str) -> None:
    """Refuse another person's upload, and a step that starts elsewhere."""
    if upload.by_id != by.pk:
        raise errors.not_your_upload()
    if upload.state not in wanted:
        raise errors.upload_elsewhere(upload.get_state_display())


def _at_work(job: Job | None) -> bool:
    """Whether a job will still do its work."""
    return job is not None and job.state in (Job.State.QUEUED, Job.State.RUNNING)


def _tidy(name: str) -> str:
    """The last part of a file's name, printable, with its extension where it is cut."""
    shown = "".join(c for c in PurePath(name.replace("\\", "/")).name if c.isprintable())
    path = PurePath(shown or "?")
    return f"{path.stem[: 119 - len(path.suffix[:20])]}{path.suffix[:20]}"


class _Moved(Exception):  # noqa: N818 - leaves the transaction, nothing is wrong
    """Cells changed since they were compared; nothing of the upload is written."""

    def __init__(self, keys: list[int]) -> None:
        super().__init__()
        self.keys = keys
