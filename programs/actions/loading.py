"""Programs from the fixtures, and what the stock admin saves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from accounts import audit
from accounts.models import AuditEvent, User
from accounts.versions import save_seen
from programs.models import Program, ProgramEdition, ProgramLink, SupportItem
from targets.models import Clause, Target


@dataclass(frozen=True, kw_only=True)
class ItemRow:
    """A support item by its key; `also_in` are further mentions of the same cap."""

    key: str
    fields: Mapping[str, Any]
    also_in: Sequence[Clause] = ()


@dataclass(frozen=True, kw_only=True)
class EditionRow:
    """An edition by its key, with what it pays for."""

    key: str
    fields: Mapping[str, Any]
    items: Sequence[ItemRow] = ()


@dataclass(frozen=True, kw_only=True)
class ProgramRow:
    """A program by its key, with its editions and the targets it says it serves."""

    key: str
    fields: Mapping[str, Any]
    editions: Sequence[EditionRow] = ()
    serves: Sequence[tuple[Target, Mapping[str, Any]]] = ()


def load_program(*, by: User, row: ProgramRow) -> tuple[Program, int]:
    """Create a program with editions, items and links, or bring it up to date.

    Returns the program and the number of rows that changed. A row whose version moved past 1 was
    edited by a person and is left as it is; so are an edition that a person approved, one that a
    correction has taken the place of, an item that awards stand on, and a link that was taken back.
    Nothing is added twice.
    """
    with audit.transaction():
        program, changed = Program.objects.get_or_create(key=row.key, defaults=row.fields)
        count = int(changed) or _update(program, row.fields)
        count += sum(_load_edition(program, edition_row) for edition_row in row.editions)
        count += _load_links(program, row.serves)
        if count:
            audit.record(
                by=by,
                action="programs.load_program",
                target=program,
                label=program.name,
                after={"rows": count},
            )
    return program, count


def _load_edition(program: Program, row: EditionRow) -> int:
    """The number of rows of an edition that changed; a person's edition is not touched."""
    edition, new = ProgramEdition.objects.get_or_create(
        key=row.key, defaults={**row.fields, "program": program}
    )
    if edition.known_from is not None or edition.superseded_at is not None:
        return 0
    count = int(new) or _update(edition, row.fields)
    for item_row in row.items:
        item, new = SupportItem.objects.get_or_create(
            edition=edition, key=item_row.key, defaults=item_row.fields
        )
        if item.version > 1 or (not new and item.awards.exists()):
            continue
        count += int(new) or _update(item, item_row.fields)
        item.also_in.set(item_row.also_in)
    return count


def _load_links(program: Program, serves: Sequence[tuple[Target, Mapping[str, Any]]]) -> int:
    """The number of links that changed; one that a person took back stays away."""
    count = 0
    for target, fields in serves:
        link = ProgramLink.objects.filter(program=program, target=target).first()
        if link is not None:
            count += _update(link, fields)
        elif f"{target.document.key}/{target.key}" not in _taken_back(program):
            ProgramLink.objects.create(program=program, target=target, **fields)
            count += 1
    return count


def _taken_back(program: Program) -> set[str]:
    """The targets whose links with the program were dropped, as the trail tells."""
    told = AuditEvent.objects.filter(action="programs.drop_link").values_list("before", flat=True)
    return {str(facts["target"]) for facts in told if facts and facts["program"] == program.key}


def _update(row: models.Model, fields: Mapping[str, Any]) -> int:
    """Bring an unedited row up to date; 1 where it differed."""
    if getattr(row, "version", 1) > 1:
        return 0
    differing = [name for name, value in fields.items() if getattr(row, name) != value]
    for name in differing:
        setattr(row, name, fields[name])
    if differing:
        row.save(update_fields=differing)
    return int(bool(differing))


def save_program_entry(
    *,
    by: User,
    entry: models.Model,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    reason: str,
    version: int | None = None,
) -> None:
    """Save a program or a link that the stock admin edited, both sides in the trail.

    `version` is the one the editor saw; raises Conflict where the row has moved on since.
    """
    with audit.transaction():
        save_seen(entry, version)
        audit.record(
            by=by,
            action="programs.save_program_entry",
            target=entry,
            before=dict(before),
            after=dict(after),
            reason=reason,
        )
