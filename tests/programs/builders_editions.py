"""Drafts of editions as they stand, and what they say; every text is made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from accounts.models import User
from programs import actions
from programs.drafting.content import Content, ItemContent
from programs.models import EditionDraft, Program, ProgramEdition, SupportItem
from targets.models import Clause, PolicyDocument
from tests.programs import builders as p


def home() -> tuple[PolicyDocument, Clause]:
    """The document of the drafts, with its one clause."""
    document = p.document()
    return document, p.clause(document)


def item_content(key: str = "grant", **changes: Any) -> ItemContent:
    """A sound item, 最高500万元 per project."""
    _document, clause = home()
    told: dict[str, Any] = {
        "key": key, "name": f"{key}资助", "name_en": f"{key} grant", "tier": "市级",
        "kind": "project_grant", "comparator": "at_most", "cap": "5000000", "per": "project",
        "clause": clause.key,
    }  # fmt: skip
    return ItemContent(**(told | changes))


def content(begins: str = "2024-01-01", ends: str = "", **changes: Any) -> Content:
    """A sound edition with one item."""
    document, clause = home()
    told: dict[str, Any] = {
        "name": f"试验计划（{begins[:4]}）", "document": document.key, "clause": clause.key,
        "valid_from": begins, "valid_to": ends,
    }  # fmt: skip
    if "items" not in changes:
        told["items"] = (item_content(),)
    return Content(**(told | changes))


def standing(begins: str = "2024-01-01", ends: str = "", **changes: Any) -> ProgramEdition:
    """A loaded edition that says such a content, with its items."""
    said = content(begins, ends, **changes)
    edition = p.edition(
        begins=date.fromisoformat(begins), name=said.name, name_en="",
        valid_to=date.fromisoformat(ends) if ends else None,
    )  # fmt: skip
    for told in said.items:
        p.item(
            told.key, of=edition, name=told.name, name_en=told.name_en, tier=told.tier,
            comparator=told.comparator, cap=p.Decimal(told.cap) if told.cap else None,
            per=told.per, per_stated=told.per_stated, payout=told.payout,
        )  # fmt: skip
    return edition


def draft(
    change: str = "first",
    *,
    base: ProgramEdition | None = None,
    said: Content | None = None,
    by: User | None = None,
    reason: str = "按新文件",
    program: Program | None = None,
) -> EditionDraft:
    """A draft of the editor that says the content, through the actions."""
    author = by or p.editor()
    row = actions.start_draft(
        by=author, program=program or p.program(), change=change, based_on=base, reason=reason
    )
    told = content() if said is None else said
    return actions.save_draft(
        by=author, draft=row, version=row.version, content=told.to_json(), reason=reason
    )


def amended(base: ProgramEdition, begins: str, **changes: Any) -> EditionDraft:
    """The draft of an adjustment from a day, with other fields of the item "grant"."""
    said = replace(actions.content_of(base), valid_from=begins).with_item("grant", **changes)
    return draft("amended", base=base, said=said)


def corrected(base: ProgramEdition, **changes: Any) -> EditionDraft:
    """The draft of a correction with other fields of the item "grant"."""
    return draft(
        "corrected", base=base, said=actions.content_of(base).with_item("grant", **changes)
    )


def submitted(row: EditionDraft) -> EditionDraft:
    """The draft handed in by its author."""
    return actions.submit_draft(by=row.entered_by, draft=row, version=row.version)


def approved(row: EditionDraft, by: User | None = None) -> ProgramEdition:
    """The edition that the reviewer made of a draft, which is handed in first where it is not."""
    if row.review_state != "submitted":
        submitted(row)
    actions.approve_draft(by=by or p.reviewer(), draft=row, version=row.version)
    assert row.edition is not None
    return row.edition


def cap_on(day: str, key: str = "grant", known_on: date | None = None) -> p.Decimal | None:
    """The cap of the item of the program that applied on a day."""
    editions = ProgramEdition.objects.in_force_on(date.fromisoformat(day), known_on=known_on)
    return SupportItem.objects.get(edition__in=editions, key=key).cap
