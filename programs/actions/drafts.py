"""Drafts of editions: started, saved, undone, handed in, sent back, given up. No edition is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from accounts.versions import Conflict, compare_and_set
from programs.actions.fitting import obstacles
from programs.contents import content_of
from programs.drafting.content import Content, NotContent
from programs.drafting.differences import differences, only_days
from programs.drafting.history import Place, place_of
from programs.errors import Refused
from programs.models import DraftSave, EditionDraft, Program, ProgramEdition
from programs.wording import changes_in_words, sentences

State = EditionDraft.ReviewState
Change = EditionDraft.Change


def start_draft(
    *,
    by: User,
    program: Program,
    change: str,
    based_on: ProgramEdition | None = None,
    copy_from: ProgramEdition | None = None,
    reason: str = "",
) -> EditionDraft:
    """Open a draft: a new edition (empty, or copied from one), an adjustment, or a correction.

    Refused in words: another draft of the program under way, an adjustment or correction of no
    edition, of another program's, or of one that a correction has taken the place of.
    """
    with audit.transaction():
        _check_start(program, change, based_on, copy_from)
        source = based_on or copy_from
        content = Content() if source is None else content_of(source)
        now = timezone.now()
        draft = EditionDraft(
            program=program,
            change=change,
            based_on=based_on,
            content=content.to_json(),
            reason=reason.strip(),
            entered_by=by,
            entered_at=now,
        )
        with _one_open():
            draft.save()
        DraftSave.objects.create(draft=draft, number=1, content=draft.content, by=by, at=now)
        audit.record(
            by=by,
            action="programs.start_draft",
            target=draft,
            label=_label(draft),
            after={
                "change": change,
                "from": None if source is None else source.key,
                "state": draft.review_state,
            },
            reason=draft.reason,
        )
    return draft


def save_draft(
    *,
    by: User,
    draft: EditionDraft,
    version: int,
    content: Mapping[str, Any],
    reason: str | None = None,
) -> EditionDraft:
    """Keep what was typed, however incomplete; `reason` None leaves that of the draft.

    Refused only where the JSON is no content, and where the draft is not with its editors any more;
    Conflict where it moved on. Saying the same again writes nothing.
    """
    with audit.transaction():
        require(draft, State.DRAFT, State.RETURNED)
        try:
            read = Content.from_json(dict(content))
        except NotContent as error:
            raise Refused(_("内容无法读取（%(field)s），没有保存。") % {"field": error}) from error
        why = draft.reason if reason is None else reason.strip()
        if read.to_json() == draft.content and why == draft.reason:
            return _unmoved(draft, version)
        _keep(by, draft, version, read, action="programs.save_draft", reason=why)
    return draft


def undo_draft(*, by: User, draft: EditionDraft, version: int) -> EditionDraft:
    """Say again what the save before this one said; Refused where there is none."""
    with audit.transaction():
        require(draft, State.DRAFT, State.RETURNED)
        number = history_of(draft).undo
        if number is None:
            raise Refused(_("没有可以撤销的修改。"))
        _say_again(by, draft, version, number, "programs.undo_draft")
    return draft


def redo_draft(*, by: User, draft: EditionDraft, version: int) -> EditionDraft:
    """Take the last undo back; Refused where nothing was undone since the last save."""
    with audit.transaction():
        require(draft, State.DRAFT, State.RETURNED)
        number = history_of(draft).redo
        if number is None:
            raise Refused(_("没有可以重做的修改。"))
        _say_again(by, draft, version, number, "programs.redo_draft")
    return draft


def submit_draft(*, by: User, draft: EditionDraft, version: int) -> EditionDraft:
    """Hand a draft to the reviewers.

    Refused with every obstacle as a sentence: no reason, faults of the content, days that another
    edition has, a cap below what was granted, no difference to the edition it is drawn against.
    """
    with audit.transaction():
        require(draft, State.DRAFT, State.RETURNED)
        if not draft.reason.strip():
            raise Refused(_("请写明理由。"))
        require_difference(draft)
        found = obstacles(draft)
        if found:
            raise Refused(sentences(found))
        _move(
            by,
            draft,
            version,
            action="programs.submit_draft",
            reason=draft.reason,
            review_state=State.SUBMITTED,
            submitted_at=timezone.now(),
        )
    return draft


def return_draft(*, by: User, draft: EditionDraft, version: int, reason: str) -> EditionDraft:
    """Send a submitted draft back with a reason that stays."""
    with audit.transaction():
        require(draft, State.SUBMITTED)
        why = _stated(reason)
        _move(
            by,
            draft,
            version,
            action="programs.return_draft",
            reason=why,
            review_state=State.RETURNED,
            return_reason=why,
        )
    return draft


def drop_draft(*, by: User, draft: EditionDraft, version: int, reason: str) -> EditionDraft:
    """Give a draft up with a reason; the row and all its saves stay."""
    with audit.transaction():
        require(draft, State.DRAFT, State.RETURNED)
        why = _stated(reason)
        _move(
            by,
            draft,
            version,
            action="programs.drop_draft",
            reason=why,
            review_state=State.DROPPED,
            return_reason=why,
        )
    return draft


def _check_start(
    program: Program,
    change: str,
    based_on: ProgramEdition | None,
    copy_from: ProgramEdition | None,
) -> None:
    if change not in Change.values or (change == Change.FIRST) != (based_on is None):
        raise Refused(_("请选择变更类型：新增版本，或对某一版本调整、更正录入。"))
    for edition in (based_on, copy_from):
        if edition is not None and edition.program_id != program.pk:
            raise Refused(_("所依据的版本属于另一个计划。"))
    if based_on is not None and based_on.superseded_at is not None:
        raise Refused(_("所依据的版本已被更正，请以更正后的版本为准。"))


def require_difference(draft: EditionDraft) -> None:
    """Refuse an adjustment or a correction that changes nothing; new days alone adjust nothing."""
    if draft.based_on is None:
        return
    found = differences(content_of(draft.based_on), Content.from_json(draft.content))
    if not found or (draft.change == Change.AMENDED and only_days(found)):
        raise Refused(_("与所依据的版本没有差别，没有可以提交的变更。"))


def history_of(draft: EditionDraft) -> Place:
    """Which saves undo and redo would say again."""
    return place_of(draft.saves.order_by("number").values_list("number", "says_again"))


def _say_again(by: User, draft: EditionDraft, version: int, number: int, action: str) -> None:
    content = Content.from_json(draft.saves.get(number=number).content)
    _keep(by, draft, version, content, action=action, reason=draft.reason, says_again=number)


def _keep(
    by: User,
    draft: EditionDraft,
    version: int,
    content: Content,
    *,
    action: str,
    reason: str,
    says_again: int | None = None,
) -> None:
    """One save: the draft at its version, the save beside it, and the differences in the trail."""
    before = Content.from_json(draft.content)
    told = content.to_json()
    compare_and_set(
        as_read(draft),
        draft.pk,
        version,
        content=told,
        reason=reason,
        review_state=State.DRAFT,
    )
    draft.refresh_from_db()
    if told != before.to_json():
        last = draft.saves.order_by("-number").values_list("number", flat=True)[:1]
        DraftSave.objects.create(
            draft=draft,
            number=last[0] + 1,
            content=told,
            says_again=says_again,
            by=by,
            at=timezone.now(),
        )
    sides = _sides(before, content)
    audit.record(
        by=by,
        action=action,
        target=draft,
        label=_label(draft),
        before=sides["before"],
        after=sides["after"],
        reason=reason,
    )


def _sides(old: Content, new: Content) -> dict[str, dict[str, Any]]:
    """What differs, as the trail keeps it: field -> value, items as key.field."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for one in differences(old, new):
        name = ".".join(part for part in (one.item_key, one.field) if part)
        before[name], after[name] = one.old, one.new
    return {"before": before, "after": after}


def _move(
    by: User,
    draft: EditionDraft,
    version: int,
    *,
    action: str,
    reason: str = "",
    **changes: Any,
) -> None:
    """One step of the workflow: compare, set, record."""
    before = {"state": draft.review_state}
    compare_and_set(as_read(draft), draft.pk, version, **changes)
    draft.refresh_from_db()
    audit.record(
        by=by,
        action=action,
        target=draft,
        label=_label(draft),
        before=before,
        after={"state": draft.review_state, "changes": _told(draft)},
        reason=reason,
    )


def _told(draft: EditionDraft) -> list[str]:
    """The differences in words, as whoever reads the trail wants them."""
    old = Content() if draft.based_on is None else content_of(draft.based_on)
    return changes_in_words(old, Content.from_json(draft.content), draft.change)


def _unmoved(draft: EditionDraft, version: int) -> EditionDraft:
    if draft.version != version:
        raise Conflict(EditionDraft.objects.filter(pk=draft.pk).first(), {})
    return draft


def require(draft: EditionDraft, *wanted: State) -> None:
    """Refuse a step that starts elsewhere."""
    if draft.review_state not in wanted:
        raise Refused(
            _("这一步只能对“%(wanted)s”的版本草稿进行，该草稿目前为“%(found)s”。")
            % {
                "wanted": " / ".join(str(state.label) for state in wanted),
                "found": draft.get_review_state_display(),
            }
        )


def as_read(draft: EditionDraft) -> QuerySet[EditionDraft]:
    """The row as the checks saw it: a version that came after them is no licence to step on."""
    return EditionDraft.objects.filter(version=draft.version)


def _stated(reason: str) -> str:
    """A reason that says something."""
    if not reason.strip():
        raise Refused(_("请写明理由。"))
    return reason.strip()


def _label(draft: EditionDraft) -> str:
    """How the audit trail names a draft."""
    return f"{draft.program.name} {draft.get_change_display()}"


@contextmanager
def _one_open() -> Iterator[None]:
    """A second open draft, which the database refuses, in words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Refused(_("这个计划已有一份在办的版本草稿，请先处理那一份。")) from error
