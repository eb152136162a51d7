"""Writes to documents: loaded with their targets and measures, joined, their originals attached."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from targets.actions.queue import queue_targets
from targets.errors import Refused
from targets.extraction.anchor import anchor
from targets.extraction.clean import CleanError, clean
from targets.models import (
    Clause,
    Measure,
    PolicyDocument,
    Target,
    TargetVersion,
)

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, kw_only=True)
class ClauseRow:
    """A clause by its key; `start` and `end` point into the digest."""

    key: str
    locator: str
    locator_en: str = ""
    role: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, kw_only=True)
class TargetRow:
    """A target by its key: what it is about, and the exact meaning (`meaning`: version fields)."""

    key: str
    clause: str
    about: Mapping[str, Any]
    meaning: Mapping[str, Any]
    also_in: Sequence[str] = ()
    part_of: str | None = None


@dataclass(frozen=True, kw_only=True)
class MeasureRow:
    """A qualitative commitment by its key."""

    key: str
    clause: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class DocumentRow:
    """A whole document as the fixtures or the desk state it."""

    key: str
    fields: Mapping[str, Any]
    clauses: Sequence[ClauseRow] = ()
    targets: Sequence[TargetRow] = ()
    measures: Sequence[MeasureRow] = field(default=())


def load_document(*, by: User, verifier: User, row: DocumentRow) -> tuple[PolicyDocument, int]:
    """Create a document with its clauses, targets and measures, or bring it up to date.

    Returns the document and the number of rows that changed. Nothing is added twice; a version of
    a target that a person entered and a measure that a person judged are never touched. A reading
    that differs from the one this loader entered becomes a new version; the old one stays.
    """
    with audit.transaction():
        document, changed = _upsert(PolicyDocument, {"key": row.key}, row.fields)
        clauses: dict[str, Clause] = {}
        for clause in row.clauses:
            fields = {
                name: getattr(clause, name)
                for name in ("locator", "locator_en", "role", "start", "end", "quote")
            }
            clauses[clause.key], new = _upsert(
                Clause, {"document": document, "key": clause.key}, fields
            )
            changed += new
        targets: dict[str, Target] = {}
        for target in row.targets:
            part_of = targets[target.part_of] if target.part_of is not None else None
            targets[target.key], new = _upsert(
                Target,
                {"document": document, "key": target.key},
                {**target.about, "clause": clauses[target.clause], "part_of": part_of},
            )
            changed += new + _read_again(
                targets[target.key], target.meaning, by=by, verifier=verifier
            )
            targets[target.key].also_in.set(clauses[key] for key in target.also_in)
        for measure in row.measures:
            changed += _upsert(
                Measure,
                {"document": document, "key": measure.key},
                {**measure.fields, "clause": clauses[measure.clause]},
            )[1]
        if changed:
            queue_targets(targets.values(), cause="document")
            audit.record(
                by=by,
                action="targets.load_document",
                target=document,
                label=document.title,
                after={"rows": changed, "verifier": verifier.username},
            )
    return document, changed


def _upsert(model: type[M], natural: Mapping[str, Any], fields: Mapping[str, Any]) -> tuple[M, int]:
    """The row of a natural key with these fields, and 1 where it was new or differed."""
    standing = model._default_manager.filter(**natural).first()
    if standing is None:
        return model._default_manager.create(**natural, **fields), 1
    differing = [name for name, value in fields.items() if getattr(standing, name) != value]
    for name in differing:
        setattr(standing, name, fields[name])
    if differing:
        standing.save(update_fields=differing)
    return standing, int(bool(differing))


def _read_again(target: Target, meaning: Mapping[str, Any], *, by: User, verifier: User) -> int:
    """A first or a corrected reading of a target by a loader; 1 where it became a new version."""
    current = target.versions.in_force().first()
    if current is not None:
        same = all(getattr(current, name) == value for name, value in meaning.items())
        if same or current.entered_by_id != by.pk:
            return 0
    now = timezone.now()
    if current is not None:
        target.versions.filter(pk=current.pk).update(superseded_at=now)
    change = TargetVersion.Change.FIRST if current is None else TargetVersion.Change.CORRECTED
    TargetVersion.objects.create(
        target=target,
        **meaning,
        change=change,
        supersedes=current,
        reason=str(change.label),
        review_state=TargetVersion.ReviewState.APPROVED,
        entered_by=by,
        entered_at=now,
        approved_by=verifier,
        approved_at=now,
        effective_at=now,
    )
    return 1


def link_succession(*, by: User, successions: Sequence[tuple[Target, Target]]) -> int:
    """Say which target takes up which earlier one; the number of links that changed."""
    with audit.transaction():
        changed = [
            (later, earlier) for later, earlier in successions if later.succeeds_id != earlier.pk
        ]
        for later, earlier in changed:
            later.succeeds = earlier
            later.save(update_fields=["succeeds"])
        if changed:
            audit.record(
                by=by,
                action="targets.link_succession",
                target=Target,
                after={"links": len(changed)},
            )
    return len(changed)


def attach_original(*, by: User, document: PolicyDocument, raw: str) -> list[str]:
    """Attach an original text that a user has, and anchor the quotes in it.

    Returns the keys of the clauses whose quote the text does not hold: they are listed, never
    guessed. The same text again changes nothing; another text for a document that has one is
    refused, since raw text never changes (ARCHITECTURE.md, promise 3). Raises Refused in words.
    """
    with audit.transaction():
        # As it stands now, and held: two people may attach two texts in the same moment.
        PolicyDocument.objects.select_for_update().get(pk=document.pk)
        document.refresh_from_db()
        if document.raw and document.raw != raw:
            raise Refused(_("该文件已附有另一份原文；原文一经附上不再更改。"))
        try:
            cleaned = clean(raw)
        except CleanError as error:
            raise Refused(error.zh) from error
        if not cleaned.text.strip():
            raise Refused(_("文件中没有可读的文字。"))
        clauses = list(document.clauses.exclude(quote="").order_by("pk"))
        anchors = anchor(cleaned.text, [(clause.key, clause.quote) for clause in clauses])
        if document.raw == raw:
            return list(anchors.missing)
        document.raw, document.text = raw, cleaned.text
        document.raw_sha256 = hashlib.sha256(raw.encode()).hexdigest()
        document.offsets = list(cleaned.offsets)
        document.save(update_fields=["raw", "text", "raw_sha256", "offsets"])
        for clause in clauses:
            clause.text_start, clause.text_end = anchors.found.get(clause.key, (None, None))
        Clause.objects.bulk_update(clauses, ["text_start", "text_end"])
        audit.record(
            by=by,
            action="targets.attach_original",
            target=document,
            label=document.title,
            after={"sha256": document.raw_sha256, "missing": list(anchors.missing)},
        )
    return list(anchors.missing)
