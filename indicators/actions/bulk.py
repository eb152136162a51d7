"""One step for many actuals: set-based, one transaction, one audit event.

Each step does to every row what its twin in `observations` does to one. Rounds are held first,
then the rows with those that they correct, cell by cell, so that steps that meet never deadlock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import BooleanField, Case, DateTimeField, F, OuterRef, Subquery, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from accounts.versions import Conflict
from indicators import errors, locks
from indicators.actions.entries import one_of_a_cell, stated_by
from indicators.actions.observations import keep_returned, refusal_of_state
from indicators.models import (
    Observation,
    ObservationQuerySet,
    Place,
)
from indicators.signals import observations_changed

State = Observation.ReviewState
CHUNK = 500
"""Rows of one statement."""


@dataclass(frozen=True)
class Left:
    """A row that a step leaves where it is, and why; `row` is None where there is none."""

    pk: int
    row: Observation | None
    sentence: str
    moved_on: bool = False


@dataclass
class Outcome:
    """What a step did: the ids it moved, and what it left, both in the order of their ids."""

    done: list[int] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


def submit_all(*, by: User, seen: Mapping[int, int], partly: bool = False) -> Outcome:
    """Hand drafts and returned values to the reviewers; `seen` is the version by id.

    All or nothing, unless `partly` lets the others through.
    """
    return _Submit("indicators.submit_all", by).take(seen, partly)


def return_all(*, by: User, seen: Mapping[int, int], reason: str, partly: bool = False) -> Outcome:
    """Send submitted values back with one reason that stays; Refused without it.

    All or nothing, unless `partly` lets the others through.
    """
    if not reason.strip():
        raise errors.needs_reason()
    return _Return("indicators.return_all", by, reason.strip()).take(seen, partly)


def approve_all(*, by: User, seen: Mapping[int, int], partly: bool = False) -> Outcome:
    """Make submitted values count: each replaces what it corrects; one signal asks for verdicts.

    All or nothing, unless `partly` lets the others through.
    """
    return _Approve("indicators.approve_all", by).take(seen, partly)


class _Undone(Exception):  # noqa: N818 - leaves the transaction, nothing is wrong
    """Takes back a step of which one row is left."""


@dataclass
class _Step:
    """A step of the workflow for many rows; the three below say what it asks and what it writes."""

    action: str
    by: User
    reason: str = ""

    def prepare(self, rows: Sequence[Observation]) -> None:
        """Look at all rows before they are held."""

    def refusal(self, row: Observation) -> errors.Refused | None:
        """Why this row may not take the step."""
        raise AssertionError

    def move(self, rows: ObservationQuerySet, ready: Sequence[Observation], now: datetime) -> int:
        """Write the step to these rows, which are the ready ones; how many were written."""
        raise AssertionError

    def tell(self, ready: Sequence[Observation]) -> None:
        """Send the news that the step makes."""

    def take(self, seen: Mapping[int, int], partly: bool) -> Outcome:
        """Look, hold, judge, move and record; all of it, or nothing where one row is left."""
        outcome = Outcome()
        try:
            with audit.transaction():
                self.prepare(_found(seen))
                _hold(seen)
                ready = self._judge(seen, outcome)
                if outcome.left and not partly:
                    raise _Undone
                self._write(ready)
                outcome.done = [row.pk for row in ready]
        except _Undone:
            pass
        return outcome

    def _judge(self, seen: Mapping[int, int], outcome: Outcome) -> list[Observation]:
        """The rows that may move, by id; the others are noted as left, each with a sentence."""
        found = {row.pk: row for row in _found(seen)}
        ready = []
        for pk in sorted(seen):
            row = found.get(pk)
            if row is None:
                outcome.left.append(Left(pk, None, _("这条数值不存在。"), moved_on=True))
            elif row.version != seen[pk]:
                outcome.left.append(Left(pk, row, _moved_on(row), moved_on=True))
            elif refusal := self.refusal(row):
                outcome.left.append(Left(pk, row, str(refusal)))
            else:
                ready.append(row)
        return ready

    def _write(self, ready: Sequence[Observation]) -> None:
        if not ready:
            return
        now = timezone.now()
        for chunk in _chunks(ready):
            rows = Observation.objects.filter(pk__in=[row.pk for row in chunk], superseded_at=None)
            if self.move(rows, chunk, now) != len(chunk):
                raise Conflict(None, {})
        cells = [
            f"{row.pk} {row.indicator.code}/{row.region.code}/{row.reference_period}"
            for row in ready
        ]
        audit.record(
            by=self.by,
            action=self.action,
            target=Observation,
            after={"rows": len(ready), "cells": cells},
            reason=self.reason,
        )
        self.tell(ready)


class _Submit(_Step):
    """Drafts and returned values go to the reviewers."""

    def prepare(self, rows: Sequence[Observation]) -> None:
        self.locked = locks.locked([p for row in rows if (p := _place(row))], by=self.by)

    def refusal(self, row: Observation) -> errors.Refused | None:
        if refusal := refusal_of_state(row, State.DRAFT, State.RETURNED):
            return refusal
        place = _place(row)
        if place is None:
            return errors.no_period()
        if (lock := self.locked.get(place)) is None:
            return None
        if lock.rule != "submitted":
            return errors.Refused(str(lock))
        # Another row of the cell waits for review, which is no matter of hours.
        try:
            locks.require_open(by=self.by, place=place)
        except errors.Refused as refusal:
            return refusal
        return None

    def move(self, rows: ObservationQuerySet, ready: Sequence[Observation], now: datetime) -> int:
        keep_returned(ready)
        return rows.update(
            version=F("version") + 1,
            review_state=State.SUBMITTED,
            submitted_at=now,
            submitted_by=self.by,
        )


class _Return(_Step):
    """Submitted values go back, with a reason."""

    def refusal(self, row: Observation) -> errors.Refused | None:
        return refusal_of_state(row, State.SUBMITTED)

    def move(self, rows: ObservationQuerySet, ready: Sequence[Observation], now: datetime) -> int:
        return rows.update(
            version=F("version") + 1,
            review_state=State.RETURNED,
            return_reason=self.reason,
            returned_at=now,
            returned_by=self.by,
        )


class _Approve(_Step):
    """Submitted values count from now on."""

    def prepare(self, rows: Sequence[Observation]) -> None:
        self.taken: set[Place] = set()
        self.own = stated_by(self.by, rows)
        # Holds the rounds, before any row: publishing goes the same way.
        places = [place for row in rows if (place := _place(row))]
        self.waiting = locks.awaiting_publication(places)

    def refusal(self, row: Observation) -> errors.Refused | None:
        if refusal := refusal_of_state(row, State.SUBMITTED):
            return refusal
        place = _place(row)
        if place is None:
            return errors.no_period()
        if row.pk in self.own and not settings.SELF_APPROVAL:
            return errors.own_entry()
        # A second value of one cell would replace one that its author has not seen.
        standing: int | None = row.standing  # type: ignore[attr-defined]
        if standing != row.supersedes_id or place in self.taken:
            return errors.overtaken()
        self.taken.add(place)
        return None

    def move(self, rows: ObservationQuerySet, ready: Sequence[Observation], now: datetime) -> int:
        corrected = [row.supersedes_id for row in ready if row.supersedes_id is not None]
        standing = Observation.objects.approved().filter(pk__in=corrected)
        if standing.update(version=F("version") + 1, superseded_at=now) != len(corrected):
            return -1
        waiting = [row.pk for row in ready if _place(row) in self.waiting]
        # Another value of a cell, a loaded one, may be approved by somebody else at this moment.
        with one_of_a_cell(errors.overtaken):
            return rows.update(
                version=F("version") + 1,
                review_state=State.APPROVED,
                approved_by=self.by,
                approved_at=now,
                published_at=Case(
                    When(pk__in=waiting, then=Value(None)),
                    default=Value(now),
                    output_field=DateTimeField(),
                ),
                self_approved=Case(
                    When(pk__in=self.own, then=Value(True)),
                    default=Value(False),
                    output_field=BooleanField(),
                ),
            )

    def tell(self, ready: Sequence[Observation]) -> None:
        pairs = frozenset((row.indicator_id, row.region_id) for row in ready)
        observations_changed.send(sender=Observation, pairs=pairs)


def _place(row: Observation) -> Place | None:
    if row.reference_period is None:
        return None
    return (row.indicator_id, row.region_id, row.reference_period)


def _moved_on(row: Observation) -> str:
    return _("这条数值在您打开页面之后有改动，现在是“%(state)s”，请按现在的内容重新核对。") % {
        "state": row.get_review_state_display()
    }


def _found(seen: Mapping[int, int]) -> list[Observation]:
    """The rows by id, with `standing`: the id of what counts in their cell now, or None."""
    standing = Observation.objects.approved().filter(
        indicator=OuterRef("indicator"),
        region=OuterRef("region"),
        reference_period=OuterRef("reference_period"),
    )
    return [
        row
        for chunk in _chunks(sorted(seen))
        for row in Observation.objects.filter(pk__in=chunk)
        .select_related("indicator", "region", "entered_by")
        .annotate(standing=Subquery(standing.values("pk")[:1]))
    ]


def _hold(seen: Mapping[int, int]) -> None:
    """Lock the rows and those they correct, cell by cell, until the end of the transaction.

    SQLite has one writer at a time, and needs none of it.
    """
    if not connection.features.has_select_for_update:
        return
    corrected = Observation.objects.filter(pk__in=seen, supersedes__isnull=False)
    wanted = {*seen, *(pk for pk in corrected.values_list("supersedes", flat=True) if pk)}
    rows = Observation.objects.filter(pk__in=wanted).select_for_update(no_key=True)
    list(rows.order_by(*_BY_CELL).values_list("pk", flat=True))


_BY_CELL = ("indicator_id", "region_id", "reference_period", "pk")  # as uploads lock their cells


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
