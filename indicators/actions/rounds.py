"""Making, changing and publishing reporting rounds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.versions import Conflict, compare_and_set
from indicators import errors
from indicators.delivery import Delivered, Delivery, deliveries
from indicators.models import Duty, Observation, ReportingRound
from indicators.periods import ReferencePeriod


@dataclass(frozen=True, kw_only=True)
class RoundFacts:
    """What a round states: its name, the period it collects, and its hours."""

    name: str
    period: str
    opens_at: datetime
    closes_at: datetime
    note: str = ""

    def columns(self) -> dict[str, Any]:
        """The fields of the row; Refused without a name or where it closes before it opens.

        Raises PeriodError for a period that is none.
        """
        if not self.name.strip():
            raise errors.needs_name()
        if self.closes_at <= self.opens_at:
            raise errors.closes_too_early()
        return {
            "name": self.name.strip(),
            "reference_period": str(ReferencePeriod.parse(self.period)),
            "opens_at": self.opens_at,
            "closes_at": self.closes_at,
            "note": self.note.strip(),
        }


def make_round(*, by: User, facts: RoundFacts) -> ReportingRound:
    """Keep a new round; it opens and closes by the clock of the server."""
    with audit.transaction():
        row = ReportingRound(**facts.columns(), made_by=by, made_at=timezone.now())
        with _one_of_a_name():
            row.save()
        audit.record(by=by, action="indicators.make_round", target=row, after=_facts(row))
    return row


def change_round(
    *, by: User, round_: ReportingRound, version: int, facts: RoundFacts, reason: str = ""
) -> ReportingRound:
    """Change a round that is not published; Conflict where it moved on.

    Refused: other hours of a round that has opened without a reason, or another period of a round
    that has duties.
    """
    with audit.transaction():
        # Held, so that nobody assigns duties or publishes between the questions and the change.
        held = ReportingRound.objects.select_for_update().get(pk=round_.pk)
        if held.published_at is not None:
            raise errors.round_is_out()
        changes = facts.columns()
        if held.version != version:
            raise Conflict(held, changes)
        hours = (changes["opens_at"], changes["closes_at"])
        begun = held.opens_at <= timezone.now()
        if begun and hours != (held.opens_at, held.closes_at) and not reason.strip():
            raise errors.needs_reason()
        if changes["reference_period"] != held.reference_period and held.duties.exists():
            raise errors.period_is_owed()
        before = _facts(held)
        with _one_of_a_name():
            compare_and_set(ReportingRound.objects.unpublished(), round_.pk, version, **changes)
        round_.refresh_from_db()
        audit.record(
            by=by,
            action="indicators.change_round",
            target=round_,
            before=before,
            after=_facts(round_),
            reason=reason.strip(),
        )
    return round_


def unapproved(round_: ReportingRound) -> list[Delivered]:
    """The duties that keep a round from being complete; one query."""
    return [
        row
        for row in deliveries(Duty.objects.filter(round=round_))
        if row.state is not Delivery.APPROVED
    ]


def publish_round(
    *, by: User, round_: ReportingRound, version: int, reason: str = ""
) -> tuple[ReportingRound, int]:
    """Put the approved values of a round out as a whole; the round, and how many values.

    A round that is not complete is refused before it closes, and afterwards without a reason: the
    gaps are named in the trail. Conflict where the round moved on.
    """
    with audit.transaction():
        # Held from here on: an approval is either seen below or publishes by itself.
        held = ReportingRound.objects.select_for_update().get(pk=round_.pk)
        if held.published_at is not None:
            raise errors.round_is_out()
        now = timezone.now()
        gaps = unapproved(held)
        if gaps and now < held.closes_at:
            raise errors.round_is_open(len(gaps))
        if gaps and not reason.strip():
            raise errors.gaps_want_a_reason(len(gaps))
        asked = Duty.objects.filter(
            round=held,
            indicator=OuterRef("indicator"),
            region=OuterRef("region"),
            reference_period=OuterRef("reference_period"),
        )
        values = (
            Observation.objects.approved()
            .filter(Exists(asked), published_at=None)
            .update(published_at=now)
        )
        compare_and_set(ReportingRound, held.pk, version, published_by=by, published_at=now)
        round_.refresh_from_db()
        audit.record(
            by=by,
            action="indicators.publish_round",
            target=round_,
            before={"published_at": None},
            after={"published_at": now, "values": values, "gaps": [label_of(row) for row in gaps]},
            reason=reason.strip(),
        )
    return round_, values


def label_of(row: Delivered) -> str:
    """How the audit trail names a duty that is open."""
    duty = row.duty
    return f"{duty.indicator.name} {duty.region.name} {duty.reference_period} {row.state.value}"


def _facts(row: ReportingRound) -> dict[str, Any]:
    return {
        "name": row.name,
        "period": row.reference_period,
        "opens_at": row.opens_at,
        "closes_at": row.closes_at,
        "note": row.note,
    }


@contextmanager
def _one_of_a_name() -> Iterator[None]:
    """Turn a clash of names, which the database refuses, into words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "unique" not in str(error).lower():
            raise
        raise errors.name_is_taken() from error
