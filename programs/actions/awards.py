"""Awards entered, changed and closed: each held against the rules under locks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.versions import Conflict, compare_and_set
from indicators.models import Upload
from programs import errors
from programs.actions.checking import AwardCheck, Rules, check_award, lock_for
from programs.actions.entries import AwardEntry, require_sound
from programs.actions.recounting import recount
from programs.models import Award

Status = Award.Status
_CLOSED = (Status.TERMINATED, Status.WITHDRAWN)
# What a check reads of an award: where none of it changes, what was decided stands.
_CHECKED = (
    "recipient_id", "program_id", "item_key", "project_code", "year", "decided_on", "amount",
    "investment",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Amendment:
    """A row of a table that changes an award which the table's author saw as `version`.

    A withdrawn award comes back with what the entry says: its number is not lost with it.
    """

    award: Award
    version: int
    entry: AwardEntry


def enter_award(*, by: User, entry: AwardEntry, override_reason: str = "") -> Award:
    """Keep a new award that the item in force on its day allows.

    Raises Refused in words; over a cap or beside what excludes it only `programs.override_cap` and
    a reason let it through, and both stay on the award.
    """
    with audit.transaction():
        require_sound(entry)
        lock_for([entry])
        award = _new(by, entry, override_reason)
        recount([(award.program_id, award.year)])
        audit.record(
            by=by, action="programs.enter_award", target=award, after=facts_of(award),
            reason=award.override_reason,
        )  # fmt: skip
    return award


def amend_award(
    *,
    by: User,
    award: Award,
    version: int,
    entry: AwardEntry,
    override_reason: str = "",
    reason: str,
) -> Award:
    """Change an award that is not closed, checked anew where anything that the rules read changed.

    Raises Refused, and Conflict where somebody changed it since `version`.
    """
    _require_reason(reason)
    with audit.transaction():
        require_sound(entry)
        lock_for([entry], award.recipient)
        held = _seen(award, version, _stated(entry))
        if held.status in _CLOSED:
            raise errors.award_is_closed(held)
        before = facts_of(held)
        changed = _amended(by, held, version, entry, override_reason)
        recount([(held.program_id, held.year), (changed.program_id, changed.year)])
        audit.record(
            by=by, action="programs.amend_award", target=changed, before=before,
            after=facts_of(changed), reason=reason.strip(),
        )  # fmt: skip
    return changed


def close_award(
    *,
    by: User,
    award: Award,
    version: int,
    status: str,
    reason: str,
    override_reason: str = "",
) -> Award:
    """Move an award to another status, with the reason; completing needs none.

    Terminated it binds what was paid; withdrawn, which nothing may have been paid for, it binds
    nothing. Brought back from either it is checked anew. Raises Refused and Conflict.
    """
    wanted = Status(status)
    with audit.transaction():
        entry = entry_of(award)
        lock_for([entry])
        held = _seen(award, version, {"status": wanted})
        if held.status == wanted:
            raise errors.stands_already(str(wanted.label))
        if wanted in _CLOSED or held.status in _CLOSED:
            _require_reason(reason)
        if wanted == Status.WITHDRAWN and held.paid > 0:
            raise errors.withdrawn_with_payments(held.paid)
        before = facts_of(held)
        changes: dict[str, Any] = {
            "status": wanted,
            "status_reason": reason.strip() if wanted in _CLOSED else "",
        }
        if held.status in _CLOSED and wanted not in _CLOSED:
            changes |= _judged(by, entry_of(held), override_reason, besides=held)
        compare_and_set(Award, held.pk, version, **changes)
        held.refresh_from_db()
        recount([(held.program_id, held.year)])
        audit.record(
            by=by, action="programs.close_award", target=held, before=before,
            after=facts_of(held), reason=reason.strip(),
        )  # fmt: skip
    return held


def enter_awards(
    *, by: User, entries: Sequence[AwardEntry | Amendment], upload: Upload | None = None
) -> int:
    """Keep the rows of a table in their order, all or none, in one audit event; their number.

    Each is checked as if it came alone, those before it counted. Raises Refused with the `row`
    (from 0) that was refused, and Conflict where an award moved on since its author saw it.
    """
    rows = list(entries)
    stated = [row.entry if isinstance(row, Amendment) else row for row in rows]
    with audit.transaction():
        for place, entry in enumerate(stated):
            with _of_row(place):
                require_sound(entry)
        lock_for(stated, *(row.award.recipient for row in rows if isinstance(row, Amendment)))
        table = _Table(by, upload)
        for place, row in enumerate(rows):
            with _of_row(place):
                table.keep(row)
        recount(table.touched)
        if rows:
            audit.record(
                by=by, action="programs.enter_awards", target=upload or Award,
                label=upload.name if upload is not None else "",
                before={"changed": table.before} if table.before else None,
                after={
                    "awards": len(rows),
                    "numbers": [entry.number for entry in stated],
                    "committed": sum((entry.amount for entry in stated), Decimal(0)),
                    **({"changed": table.after} if table.after else {}),
                },
            )  # fmt: skip
    return len(rows)


def entry_of(award: Award) -> AwardEntry:
    """An award as its clerk would state it now."""
    return AwardEntry(
        number=award.number, project=award.project, project_code=award.project_code,
        recipient=award.recipient, program=award.program, item_key=award.item_key,
        year=award.year, decided_on=award.decided_on, amount=award.amount,
        investment=award.investment, industry=award.industry, region=award.region,
        note=award.note,
    )  # fmt: skip


def facts_of(award: Award) -> dict[str, Any]:
    """What the trail keeps of an award, by the names of its fields."""
    return {
        "number": award.number, "project": award.project, "project_code": award.project_code,
        "recipient": award.recipient_id, "program": award.program.key, "item": award.item_id,
        "item_key": award.item_key, "year": award.year, "decided_on": award.decided_on,
        "amount": award.amount, "investment": award.investment, "ceiling": award.ceiling,
        "industry": award.industry, "region": award.region_id, "status": award.status,
        "status_reason": award.status_reason, "override_reason": award.override_reason,
        "note": award.note,
    }  # fmt: skip


def _seen(award: Award, version: int, attempted: dict[str, Any]) -> Award:
    """The row under its lock, as its editor saw it; else Conflict, before anything is judged."""
    held = Award.objects.select_for_update(no_key=True).get(pk=award.pk)
    if held.version != version:
        raise Conflict(held, attempted)
    return held


def _new(
    by: User,
    entry: AwardEntry,
    override_reason: str,
    *,
    upload: Upload | None = None,
    rules: Rules | None = None,
) -> Award:
    """A checked row of a new award; the locks are held."""
    award = Award(
        **_stated(entry), **_judged(by, entry, override_reason, rules=rules), upload=upload,
        entered_by=by, entered_at=timezone.now(),
    )  # fmt: skip
    with _one_of_its_number(award.number):
        award.save()
    return award


def _amended(
    by: User,
    held: Award,
    version: int,
    entry: AwardEntry,
    override_reason: str,
    *,
    rules: Rules | None = None,
    **more: Any,
) -> Award:
    """The row with what the entry says; the locks are held."""
    if entry.amount < held.paid:
        raise errors.below_paid(held.paid)
    first = held.payments.filter(voided_at=None).order_by("paid_on").first()
    if first is not None and entry.decided_on > first.paid_on:
        raise errors.decided_after_payment(first.paid_on)
    changes = _stated(entry)
    program, key = entry.name
    seen = {**changes, "recipient_id": entry.recipient.pk, "program_id": program, "item_key": key}
    same = all(getattr(held, name) == seen[name] for name in _CHECKED)
    if not same or override_reason.strip() or held.status in _CLOSED:
        changes |= _judged(by, entry, override_reason, besides=held, rules=rules)
    with _one_of_its_number(changes["number"]):
        compare_and_set(Award, held.pk, version, **changes, **more)
    return Award.objects.select_related("program", "recipient", "region").get(pk=held.pk)


@dataclass
class _Table:
    """What writing a table has done so far: the totals to make anew, both sides of the changed."""

    by: User
    upload: Upload | None
    rules: Rules = field(default_factory=Rules)
    touched: set[tuple[int, int]] = field(default_factory=set)
    before: list[dict[str, Any]] = field(default_factory=list)
    after: list[dict[str, Any]] = field(default_factory=list)

    def keep(self, row: AwardEntry | Amendment) -> None:
        """Write one row; the locks are held."""
        if isinstance(row, AwardEntry):
            award = _new(self.by, row, "", upload=self.upload, rules=self.rules)
        else:
            award = self._change(row)
        self.touched.add((award.program_id, award.year))

    def _change(self, row: Amendment) -> Award:
        held = _seen(row.award, row.version, _stated(row.entry))
        if held.status == Status.TERMINATED:
            raise errors.award_is_closed(held)
        back = held.status == Status.WITHDRAWN
        more = {"status": Status.APPROVED, "status_reason": ""} if back else {}
        self.touched.add((held.program_id, held.year))
        self.before.append(facts_of(held))
        award = _amended(self.by, held, row.version, row.entry, "", rules=self.rules, **more)
        self.after.append(facts_of(award))
        return award


def _stated(entry: AwardEntry) -> dict[str, Any]:
    """The columns that the entry itself says."""
    return {
        "number": entry.number.strip(), "project": entry.project.strip(),
        "project_code": entry.code, "recipient": entry.recipient, "year": entry.year,
        "decided_on": entry.decided_on, "amount": entry.amount, "investment": entry.investment,
        "industry": entry.industry.strip(), "region": entry.region, "note": entry.note.strip(),
    }  # fmt: skip


def _judged(
    by: User,
    entry: AwardEntry,
    override_reason: str,
    *,
    besides: Award | None = None,
    rules: Rules | None = None,
) -> dict[str, Any]:
    """The columns that the check says; raises its refusal where nobody may and does override it."""
    check = check_award(entry, besides=besides, rules=rules)
    reason = override_reason.strip()
    if check.refusal is None and reason:
        raise errors.nothing_to_override()
    if check.refusal is not None:
        if not reason:
            raise check.refusal
        if not by.has_perm("programs.override_cap"):
            raise errors.may_not_override()
    return {
        "program": check.item.edition.program, "item": check.item, "item_key": check.item.key,
        "ceiling": _at_most(check), "override_reason": reason,
        "overridden_by": by if reason else None,
    }  # fmt: skip


def _at_most(check: AwardCheck) -> Decimal | None:
    """What the award could be at the most: what was left when it was decided, and not below 0."""
    left = check.headroom
    return Decimal(0) if left is not None and left < 0 else left


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise errors.needs_reason()


@contextmanager
def _one_of_its_number(number: str) -> Iterator[None]:
    """Turn a second award of a number, which the database refuses, into words.

    The refusal leaves the transaction, as it must: nothing can be asked of it any more.
    """
    try:
        yield
    except IntegrityError as error:
        if "unique" not in str(error).lower():
            raise
        raise errors.number_taken(number) from error


@contextmanager
def _of_row(place: int) -> Iterator[None]:
    """Name the row in a refusal of it."""
    try:
        yield
    except errors.Refused as refusal:
        raise errors.at_row(refusal, place) from refusal
