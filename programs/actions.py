"""Every write to programs: keyword-only, one transaction, one audit event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from accounts import audit
from accounts.models import User
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
    edited by a person and is left as it is; nothing is added twice.
    """
    with audit.transaction():
        program, changed = Program.objects.get_or_create(key=row.key, defaults=row.fields)
        count = int(changed) or _update(program, row.fields)
        for edition_row in row.editions:
            edition, new = ProgramEdition.objects.get_or_create(
                key=edition_row.key, defaults={**edition_row.fields, "program": program}
            )
            count += int(new) or _update(edition, edition_row.fields)
            for item_row in edition_row.items:
                item, new = SupportItem.objects.get_or_create(
                    edition=edition, key=item_row.key, defaults=item_row.fields
                )
                count += int(new) or _update(item, item_row.fields)
                if item.version == 1:
                    item.also_in.set(item_row.also_in)
        for target, fields in row.serves:
            link, new = ProgramLink.objects.get_or_create(
                program=program, target=target, defaults=fields
            )
            count += int(new) or _update(link, fields)
        if count:
            audit.record(
                by=by,
                action="programs.load_program",
                target=program,
                label=program.name,
                after={"rows": count},
            )
    return program, count


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
    """Save a program, edition, item or link that the stock admin edited, both sides in the trail.

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
