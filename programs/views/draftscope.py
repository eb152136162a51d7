"""Which programs and drafts of editions a person sees, and which one may write."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from programs.models import EditionDraft, EditionDraftQuerySet, Program

PROPOSE, APPROVE, SEE = (
    "programs.propose_edition",
    "programs.approve_edition",
    "programs.view_edition_change",
)
_SHOWN = ("program__department", "based_on__document", "edition", "entered_by", "approved_by")
State = EditionDraft.ReviewState
OPEN = (State.DRAFT, State.RETURNED)


def sees_all(user: User) -> bool:
    """Whoever does not draw up sees all, as those do who approve."""
    return user.has_perm(APPROVE) or not user.has_perm(PROPOSE)


def visible_programs(user: User) -> QuerySet[Program]:
    """The programs whose drafts a person sees."""
    rows = Program.objects.all() if sees_all(user) else Program.objects.editable_by(user)
    return rows.select_related("department")


def visible_drafts(user: User) -> EditionDraftQuerySet:
    """The drafts that a person sees."""
    rows = EditionDraft.objects.select_related(*_SHOWN)
    if sees_all(user):
        return rows
    return rows.filter(program__in=Program.objects.editable_by(user))


def writable_drafts(user: User) -> EditionDraftQuerySet:
    """The drafts that a person who draws up editions may rewrite, hand in and give up."""
    rows = EditionDraft.objects.select_related(*_SHOWN)
    return rows.filter(program__in=Program.objects.editable_by(user))


def may_write(user: User, draft: EditionDraft) -> bool:
    """Whether the draft is with its editors, and the person is one of them."""
    if draft.review_state not in OPEN or not user.has_perm(PROPOSE):
        return False
    return Program.objects.editable_by(user).filter(pk=draft.program_id).exists()
