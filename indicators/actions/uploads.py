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
from django.utils import timezone

from accounts import audit
from accounts.actions import request_job
from accounts.models import Job, User
from accounts.versions import Conflict, compare_and_set
from indicators import errors, uploadkinds
from indicators.models import StagedCell, Upload
from indicators.uploadkinds import Moved

State = Upload.State
Outcome = StagedCell.Outcome
MERGE_STEPS = ("locked", "checked", "copied", "amended", "entered", "recorded")
"""The points of the merge, in order; a kill at any of them leaves nothing behind."""
LARGEST = 10 * 2**20
"""Bytes of a file; TRUST.md 9."""


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


def staged(*, upload: Upload, found: Mapping[str, Any], kind: str = uploadkinds.ACTUALS) -> None:
    """The file is read and compared: it waits for its person. Conflict where it was dropped."""
    counts = uploadkinds.kind(kind).counts(upload.pk)
    with audit.transaction():
        _step(upload, State.RECEIVED, state=State.STAGED, kind=kind, found=dict(found),
              counts=counts)  # fmt: skip


def refuse_upload(*, upload: Upload, zh: str, en: str, kind: str = uploadkinds.ACTUALS) -> None:
    """The file cannot be read: its sentence stays, its content does not."""
    with audit.transaction():
        _step(upload, State.RECEIVED, state=State.REFUSED, kind=kind, refusal=zh, refusal_en=en,
              content=b"")  # fmt: skip
        uploadkinds.kind(kind).clear(upload.pk)


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

    Refused: what its kind finds incomplete, such as nothing to write, errors (unless
    `leave_errors`), a correction without a reason. Conflict where the upload moved on.
    """
    reason, explanation = reason.strip(), explanation.strip()
    with audit.transaction():
        if upload.state == State.APPLYING and not _at_work(upload.job):
            reason = reason or upload.reason
        else:
            _own(by, upload, State.STAGED)
        _own(by, upload, upload.state)
        uploadkinds.kind(upload.kind).ready(
            upload, reason=reason, explanation=explanation, leave_errors=leave_errors
        )
        job = request_job(
            by=by,
            kind="apply_upload",
            params={"upload": upload.pk, "leave_errors": leave_errors},
        )
        compare_and_set(Upload, upload.pk, version, state=State.APPLYING, reason=reason, job=job)
        upload.refresh_from_db()
    return upload


def drop_upload(*, by: User, upload: Upload, version: int) -> Upload:
    """Give a file up that is not applied; its content and its staged rows go."""
    with audit.transaction():
        _own(by, upload, State.RECEIVED, State.REFUSED, State.STAGED, State.APPLYING)
        compare_and_set(Upload, upload.pk, version, state=State.DROPPED, content=b"")
        uploadkinds.kind(upload.kind).clear(upload.pk)
        upload.refresh_from_db()
        after = {"state": upload.state}
        audit.record(by=by, action="indicators.drop_upload", target=upload, after=after)
    return upload


def merge_upload(
    *, upload: Upload, leave_errors: bool = False, step: Callable[[str], None] = lambda name: None
) -> bool:
    """Write an upload as one transaction; False where rows moved since it was compared.

    Then nothing is written, those rows are compared again, and the upload waits for its person. `step` hears the name of every point that is reached, the last one before the commit.
    """
    if upload.state != State.APPLYING:
        return upload.state == State.APPLIED
    kind = uploadkinds.kind(upload.kind)
    try:
        with audit.source(f"upload {upload.pk}"), audit.transaction():
            _merge(upload, leave_errors, step)
    except Moved as found:
        moved = found
    except IntegrityError as error:
        # Somebody entered a value into one of the cells after the look at them.
        if "unique" not in str(error).lower():
            raise
        moved = Moved([])
    except Conflict:
        return False  # dropped, or merged by another worker
    else:
        upload.refresh_from_db()
        return True
    with audit.transaction():
        number = kind.note_moved(upload, moved)
        _step(upload, State.APPLYING, state=State.STAGED, counts=kind.counts(upload.pk),
              found={**upload.found, "moved": number})  # fmt: skip
    return False


def _merge(upload: Upload, leave_errors: bool, step: Callable[[str], None]) -> None:
    _step(upload, State.APPLYING, state=State.APPLIED, applied_at=timezone.now())
    written = uploadkinds.kind(upload.kind).write(upload, leave_errors=leave_errors, step=step)
    audit.record(
        by=upload.by,
        action="indicators.apply_upload",
        target=upload,
        after={
            "sha256": upload.sha256,
            **written,
            "left": {name: upload.counts.get(name, 0) for name in ("error", "conflict")},
            "leave_errors": leave_errors,
        },
        reason=upload.reason,
    )
    step("recorded")


def undo_upload(*, by: User, upload: Upload, version: int, reason: str) -> Upload:
    """Take all that an upload wrote out again, as its kind does; Refused where somebody built on it."""
    with audit.transaction():
        _own(by, upload, State.APPLIED)
        if not reason.strip():
            raise errors.needs_reason()
        now = timezone.now()
        compare_and_set(Upload, upload.pk, version, state=State.UNDONE, undone_by=by, undone_at=now)
        undone = uploadkinds.kind(upload.kind).undo(upload, by=by, reason=reason.strip())
        upload.refresh_from_db()
        audit.record(
            by=by, action="indicators.undo_upload", target=upload, after=undone, reason=reason
        )
    return upload


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
