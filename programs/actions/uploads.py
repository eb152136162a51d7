"""What uploads of awards do with their rows: checked, written as one, compared again, taken back.

The life of an upload (`indicators.actions.uploads`) calls these through the kind of its file, in
its transaction; each step there leaves the event of the upload.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.versions import Conflict
from indicators import errors as uploads
from indicators.models import Region, Upload
from indicators.uploadkinds import Moved
from programs import errors
from programs.actions.awards import (
    Amendment,
    amend_award,
    close_award,
    enter_awards,
    entry_of,
)
from programs.actions.checking import lock_for
from programs.actions.entries import AwardEntry
from programs.actions.payments import pay, void_payment
from programs.actions.recipients import find_or_add_recipient
from programs.models import Award, Payment, Program, Recipient, StagedAward

Outcome = StagedAward.Outcome
Status = Award.Status
WRITTEN = Q(outcome__in=(Outcome.NEW, Outcome.CHANGED))
"""The rows that applying writes."""


def clear(upload: int) -> None:
    """Forget the staged rows of an upload."""
    StagedAward.objects.filter(upload=upload).delete()


def counts(upload: int) -> dict[str, int]:
    """How many rows there are of each outcome."""
    rows = StagedAward.objects.filter(upload=upload)
    found: dict[str, int] = dict.fromkeys(Outcome.values, 0)
    return found | dict(rows.values_list("outcome").annotate(n=Count("pk")).order_by("outcome"))


def ready(upload: Upload, *, reason: str, leave_errors: bool) -> None:
    """Refuse to write nothing, errors that nobody leaves behind, and changes without a reason."""
    rows = StagedAward.objects.filter(upload=upload)
    if not rows.filter(WRITTEN).exists():
        raise uploads.nothing_to_apply()
    left = rows.filter(outcome__in=(Outcome.ERROR, Outcome.CONFLICT))
    if not leave_errors and left.exists():
        raise uploads.errors_left()
    if not reason and rows.filter(outcome=Outcome.CHANGED).exists():
        raise errors.needs_reason()


def write(upload: Upload, *, step: Callable[[str], None]) -> dict[str, Any]:
    """Enter and change the awards of an upload in the transaction around.

    Raises Moved, with the rows, where an award changed or came since the rows were compared, where
    a program is no longer the person's, and where the rules refuse a row by now.
    """
    rows = list(StagedAward.objects.filter(WRITTEN, upload=upload).order_by("sheet", "row"))
    if moved := _moved(upload, rows):
        raise Moved(moved)
    step("checked")
    entries = _entries(upload.by, rows)
    before = {
        row.pk: _before(entry.award)
        for row, entry in zip(rows, entries, strict=True)
        if isinstance(entry, Amendment)
    }
    try:
        enter_awards(by=upload.by, entries=entries, upload=upload)
    except errors.Refused as refusal:
        place = refusal.row
        raise Moved([] if place is None else [rows[place].pk], refusal) from refusal
    except Conflict as conflict:
        raise Moved([]) from conflict
    step("entered")
    for row in rows:
        _follow(upload, row, before.get(row.pk))
    StagedAward.objects.bulk_update(rows, ["award", "fields"], batch_size=200)
    return {
        "entered": sum(row.outcome == Outcome.NEW for row in rows),
        "amended": sum(row.outcome == Outcome.CHANGED for row in rows),
        "changes": _changes(rows, before),
    }


def note_moved(upload: Upload, moved: Moved) -> int:
    """Mark the rows that stand in the way, and tell their number; the others can still be written."""
    rows = StagedAward.objects.filter(WRITTEN, upload=upload)
    keys = moved.keys or _moved(upload, list(rows))
    if moved.refusal is not None:
        said = str(moved.refusal)
        rows.filter(pk__in=keys).update(
            outcome=Outcome.ERROR,
            sentence=said,
            sentence_en="Refused when the file was saved: the award no longer fits under its cap,"
            " or beside other awards.",
        )
        return len(keys)
    rows.filter(pk__in=keys).update(
        outcome=Outcome.CONFLICT,
        sentence="比对之后，这笔立项被他人改动或登记。请核对以后重新上传这一行。",
        sentence_en="Somebody changed or entered this award after the file was compared."
        " Look at it and upload the row again.",
    )
    return len(keys)


def undo(upload: Upload, *, by: User, reason: str) -> dict[str, int]:
    """Withdraw the awards that an upload entered, and give changed ones their earlier content back.

    Nothing that was entered is lost: withdrawn rows stay, and a corrected file may use their
    numbers again. Refused, naming the first, where somebody built on one of them.
    """
    words = _("撤销上传：%(reason)s") % {"reason": reason}
    rows = list(
        StagedAward.objects.filter(WRITTEN, upload=upload, award__isnull=False)
        .select_related("award__recipient", "award__program", "award__region")
        .order_by("-sheet", "-row")
    )
    awards = [row.award for row in rows if row.award is not None]
    lock_for([entry_of(award) for award in awards])
    numbers = {award.pk: award.number for award in awards}
    left = {row.award_id: row.fields["written"]["version"] for row in rows}
    now = Award.objects.filter(pk__in=numbers).values_list("pk", "version")
    if built := [numbers[pk] for pk, version in now.order_by("pk") if version != left[pk]]:
        raise built_upon(len(built), built[0])
    for row in rows:
        _take_back(row, by=by, reason=words)
    return {
        "withdrawn": sum(row.outcome == Outcome.NEW for row in rows),
        "restored": sum(row.outcome == Outcome.CHANGED for row in rows),
    }


def built_upon(number: int, first: str) -> errors.Refused:
    """Awards of an upload that changed, or were paid, since it was written."""
    return errors.Refused(
        _("不能撤销：%(number)s 笔立项在保存之后又有改动或拨付，例如 %(first)s。")
        % {"number": number, "first": first},
        code="built_upon",
    )


def _moved(upload: Upload, rows: Sequence[StagedAward]) -> list[int]:
    """The rows (keys) whose award is not as it was compared, or no longer the person's to enter."""
    numbers = {row.fields["number"] for row in rows}
    standing = dict(Award.objects.filter(number__in=numbers).values_list("number", "version"))
    mine = set(Program.objects.editable_by(upload.by).values_list("pk", flat=True))
    return [
        row.pk
        for row in rows
        if standing.get(row.fields["number"], 0) != row.seen_version
        or row.fields["program"] not in mine
    ]


def _entries(by: User, rows: Sequence[StagedAward]) -> list[AwardEntry | Amendment]:
    """What the rows ask for, recipients that are new added; raises Moved where one is refused."""
    programs = Program.objects.in_bulk({row.fields["program"] for row in rows})
    regions = Region.objects.in_bulk({row.fields["region"] for row in rows} - {None})
    numbers = [row.fields["number"] for row in rows]
    awards = {
        award.number: award
        for award in Award.objects.filter(number__in=numbers).select_related(
            "recipient", "program", "region"
        )
    }
    found: list[AwardEntry | Amendment] = []
    bodies: dict[tuple[str, str, str], Recipient] = {}
    for row in rows:
        body = row.fields["credit_code"], row.fields["recipient"], row.fields["kind"]
        if body not in bodies:
            bodies[body] = _recipient(by, row)
        recipient = bodies[body]
        region = regions.get(row.fields["region"])
        entry = _entry(row.fields, recipient, programs[row.fields["program"]], region)
        award = awards.get(entry.number)
        if award is None:
            found.append(entry)
        else:
            found.append(Amendment(award=award, version=row.seen_version, entry=entry))
    return found


def _recipient(by: User, row: StagedAward) -> Recipient:
    said = row.fields
    try:
        return find_or_add_recipient(
            by=by, name=said["recipient"], credit_code=said["credit_code"], kind=said["kind"]
        )
    except errors.Refused as refusal:
        raise Moved([row.pk], refusal) from refusal


def _entry(
    fields: Mapping[str, Any], recipient: Recipient, program: Program, region: Region | None
) -> AwardEntry:
    """The entry that was kept of a row."""
    investment = fields["investment"]
    return AwardEntry(
        number=fields["number"],
        project=fields["project"],
        project_code=fields["project_code"],
        recipient=recipient,
        program=program,
        item_key=fields["item_key"],
        year=fields["year"],
        decided_on=date.fromisoformat(fields["decided_on"]),
        amount=Decimal(fields["amount"]),
        investment=None if investment is None else Decimal(investment),
        industry=fields["industry"],
        region=region,
        note=fields["note"],
    )


def _before(award: Award) -> dict[str, Any]:
    """An award as `undo` needs it: what is stored of a row, with its status and override."""
    return {
        "number": award.number,
        "project": award.project,
        "project_code": award.project_code,
        "recipient": award.recipient_id,
        "program": award.program_id,
        "item_key": award.item_key,
        "year": award.year,
        "decided_on": award.decided_on.isoformat(),
        "amount": str(award.amount),
        "investment": None if award.investment is None else str(award.investment),
        "industry": award.industry,
        "region": award.region_id,
        "note": award.note,
        "status": award.status,
        "status_reason": award.status_reason,
    }


def _follow(upload: Upload, row: StagedAward, before: Mapping[str, Any] | None) -> None:
    """What a row asks for once its award stands: its status and an instalment; noted for `undo`."""
    award = Award.objects.get(number=row.fields["number"])
    wanted = row.fields["status"]
    payment: Payment | None = None
    try:
        if row.fields["paid_amount"] is not None and not _paid_already(award, row.fields):
            payment = pay(
                by=upload.by,
                award=award,
                version=award.version,
                amount=Decimal(row.fields["paid_amount"]),
                paid_on=date.fromisoformat(row.fields["paid_on"]),
            )
            award.refresh_from_db()
        if wanted and wanted != award.status:
            award = close_award(
                by=upload.by, award=award, version=award.version, status=wanted,
                reason=upload.reason,
            )  # fmt: skip
    except errors.Refused as refusal:
        raise Moved([row.pk], refusal) from refusal
    row.award = award
    row.fields["written"] = {
        "version": award.version,
        "payment": payment.pk if payment is not None else None,
        "before": dict(before) if before is not None else None,
    }


def _paid_already(award: Award, fields: Mapping[str, Any]) -> bool:
    return award.payments.filter(
        voided_at=None, amount=Decimal(fields["paid_amount"]), paid_on=fields["paid_on"]
    ).exists()


def _changes(
    rows: Sequence[StagedAward], before: Mapping[int, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Of each changed award, by its number, what it said and what it says; for the trail."""
    found = {}
    for row in rows:
        if row.pk in before and row.award is not None:
            now, old = _before(row.award), before[row.pk]
            found[row.award.number] = {
                name: [old[name], now[name]] for name in now if old[name] != now[name]
            }
    return found


def _take_back(row: StagedAward, *, by: User, reason: str) -> None:
    """Take one row back: its instalment, its changes or the whole award."""
    written = row.fields["written"]
    if written["payment"] is not None:
        void_payment(by=by, payment=Payment.objects.get(pk=written["payment"]), reason=reason)
    award = Award.objects.select_related("recipient", "program").get(number=row.fields["number"])
    before = written["before"]
    if before is None or before["status"] == Status.WITHDRAWN:
        if award.status != Status.WITHDRAWN:
            close_award(
                by=by, award=award, version=award.version, status=Status.WITHDRAWN, reason=reason
            )
        return
    recipient = Recipient.objects.get(pk=before["recipient"])
    region = Region.objects.filter(pk=before["region"]).first()
    entry = _entry(before, recipient, Program.objects.get(pk=before["program"]), region)
    award = amend_award(by=by, award=award, version=award.version, entry=entry, reason=reason)
    if award.status != before["status"]:
        close_award(
            by=by, award=award, version=award.version, status=before["status"], reason=reason
        )
