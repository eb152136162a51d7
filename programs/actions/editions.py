"""Programs added, and drafts approved into editions, which stay as they are."""

from __future__ import annotations

import re
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Department, User
from accounts.versions import compare_and_set
from programs.actions import drafts
from programs.actions.fitting import obstacles
from programs.contents import content_of, edition_fields, item_fields, meant_by
from programs.drafting.content import Content
from programs.errors import Refused
from programs.models import EditionDraft, Program, ProgramEdition, SupportItem
from programs.wording import changes_in_words, sentences

KEYS_OF_PAGES = frozenset({"new", "on"})
"""What stands in addresses where the key of a program would."""
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,29}", re.ASCII)
_LONGEST_KEY = 40
State = EditionDraft.ReviewState
Change = EditionDraft.Change


def create_program(
    *,
    by: User,
    key: str,
    name: str,
    name_en: str,
    objective: str,
    department: Department | None,
    objective_en: str = "",
) -> Program:
    """Add a program, which has no edition yet. Refused: an unusable or taken key or name."""
    texts = {
        "name": name.strip(),
        "name_en": name_en.strip(),
        "objective": objective.strip(),
        "objective_en": objective_en.strip(),
    }
    if not _KEY.fullmatch(key):
        raise Refused(_("键只能用字母、数字和 - _ ，以字母或数字开头，最多30个字符。"))
    if key in KEYS_OF_PAGES:
        raise Refused(_("键“%(key)s”是网址的一部分，请换一个。") % {"key": key})
    if not texts["name"] or not texts["objective"]:
        raise Refused(_("请填写名称和目的。"))
    for field, most in (("name", 80), ("name_en", 160)):
        if len(texts[field]) > most:
            raise Refused(_("名称过长：中文最多80个字，英文最多160个字符。"))
    with audit.transaction():
        try:
            with transaction.atomic():
                program = Program.objects.create(key=key, department=department, **texts)
        except IntegrityError as error:
            raise Refused(_("已有相同键或相同名称的计划。")) from error
        audit.record(
            by=by,
            action="programs.create_program",
            target=program,
            after={
                "key": key,
                **texts,
                "department": None if department is None else department.code,
            },
        )
    return program


def approve_draft(*, by: User, draft: EditionDraft, version: int) -> EditionDraft:
    """Write a submitted draft as an edition with its items; what applied earlier stays.

    The row of the program is locked first, so that two approvals see each other's days; then the
    rows of its items, so that no award is entered under a cap while the next one is held against
    it. A correction takes the place of its edition, which keeps the moment of it. Refused: an own
    draft (unless SELF_APPROVAL), a corrected base, any obstacle. Conflict where it moved on.
    """
    with audit.transaction():
        drafts.require(draft, State.SUBMITTED)
        own = by.pk == draft.entered_by_id or draft.saves.filter(by=by).exists()
        if own and not settings.SELF_APPROVAL:
            raise Refused(_("不能核定自己起草或改过的版本，请由另一位核定人处理。"))
        _hold(draft.program_id)
        _require_current_base(draft)
        drafts.require_difference(draft)
        found = obstacles(draft)
        if found:
            raise Refused(sentences(found))
        now = timezone.now()
        edition = _write(draft, now)
        compare_and_set(
            drafts.as_read(draft),
            draft.pk,
            version,
            review_state=State.APPROVED,
            approved_by=by,
            approved_at=now,
            self_approved=own,
            edition=edition,
        )
        draft.refresh_from_db()
        old = Content() if draft.based_on is None else content_of(draft.based_on)
        told = changes_in_words(old, content_of(edition), draft.change)
        audit.record(
            by=by,
            action="programs.approve_draft",
            target=draft,
            label=f"{draft.program.name} {draft.get_change_display()}",
            before={"state": State.SUBMITTED.value},
            after={"state": draft.review_state, "edition": edition.key, "changes": told},
            reason=draft.reason,
        )
    return draft


def _hold(program: int) -> None:
    """Lock a program, then its items in the order that the entry of awards locks them."""
    list(Program.objects.select_for_update(no_key=True).filter(pk=program).values_list("pk"))
    items = SupportItem.objects.select_for_update(no_key=True, of=("self",))
    list(items.filter(edition__program=program).order_by("pk").values_list("pk"))


def _require_current_base(draft: EditionDraft) -> None:
    """Refuse where another correction took the place of the base meanwhile; read under the lock."""
    base = draft.based_on
    if base is not None and not ProgramEdition.objects.current().filter(pk=base.pk).exists():
        raise Refused(_("起草之后所依据的版本已被更正，请对照现行版本重新起草。"))


def _write(draft: EditionDraft, now: datetime) -> ProgramEdition:
    """The rows of the content; the base of a correction is superseded first."""
    content = Content.from_json(draft.content)
    meant = meant_by(content, draft.program)
    replaced = draft.based_on if draft.change == Change.CORRECTED else None
    if replaced is not None:
        ProgramEdition.objects.filter(pk=replaced.pk).update(superseded_at=now)
    edition = ProgramEdition.objects.create(
        program=draft.program,
        key=_new_key(draft.program, content.valid_from.strip()),
        replaces=replaced,
        known_from=now,
        **edition_fields(content, meant),
    )
    for item, clause, also_in in zip(content.items, meant.clauses, meant.also_in, strict=True):
        row = SupportItem.objects.create(edition=edition, **item_fields(item, clause))
        row.also_in.set(also_in)
    return edition


def _new_key(program: Program, begins: str) -> str:
    """`<program>-<first day>`, with a number from the second of a day on; 40 characters at most."""
    number = 1
    while True:
        tail = f"-{begins}" if number == 1 else f"-{begins}-{number}"
        key = f"{program.key[: _LONGEST_KEY - len(tail)]}{tail}"
        if not ProgramEdition.objects.filter(key=key).exists():
            return key
        number += 1
