"""What a person states about one cell, and what stands in that cell already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from indicators import errors
from indicators.models import Indicator, Observation, Region, Upload
from indicators.periods import ReferencePeriod


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a person states about one cell: a value, or why there is none.

    `value` is in the indicator's own unit; `period` is canonical (`2024-S1`), or None in a draft
    whose year nobody knows.
    """

    indicator: Indicator
    region: Region
    period: str | None
    value: Decimal | None
    qualifier: str = Observation.Qualifier.EXACT
    obs_status: str = Observation.Status.NORMAL
    vintage: str = Observation.Vintage.ANNUAL
    entered_text: str = ""
    source_title: str = ""
    source_url: str = ""
    source_date: str = ""
    reliability: str = ""
    note: str = ""
    doubts: tuple[str, ...] = ()
    explanation: str = ""
    origin: str = Observation.Origin.FORM
    origin_place: str = ""
    upload: Upload | None = None
    key: str | None = None


def facts_of(observation: Observation) -> dict[str, Any]:
    """The fields of an observation that the audit trail keeps."""
    return {
        "value": observation.value,
        "qualifier": observation.qualifier,
        "obs_status": observation.obs_status,
        "vintage": observation.vintage,
        "period": observation.reference_period,
        "state": observation.review_state,
        "source": observation.source_title,
        "note": observation.note,
        "explanation": observation.explanation,
        "origin": observation.origin,
        "origin_place": observation.origin_place,
    }


def label_of(observation: Observation) -> str:
    """How the audit trail names a cell."""
    return f"{observation.indicator.name} {observation.region.name} {observation.reference_period or '?'}"


def from_entry(entry: Entry, *, by: User) -> Observation:
    """An unsaved draft of what was stated; refuses an unreadable period (PeriodError)."""
    period = None if entry.period is None else str(ReferencePeriod.parse(entry.period))
    fields = {
        name: getattr(entry, name)
        for name in (
            "indicator", "region", "value", "qualifier", "obs_status", "vintage", "entered_text",
            "source_title", "source_url", "source_date", "reliability", "note", "explanation",
            "origin", "origin_place", "upload", "key",
        )
    }  # fmt: skip
    return Observation(
        **fields,
        doubts=list(entry.doubts),
        reference_period=period,
        entered_by=by,
        entered_at=timezone.now(),
    )


def stated_by(by: User, rows: Iterable[Observation]) -> set[int]:
    """Which of these rows (keys) say what this person stated, though another may have entered since.

    Whoever gave a number does not approve it because a colleague has added a note to it; one
    query at most.
    """
    rows = list(rows)
    own = {row.pk for row in rows if row.entered_by_id == by.pk}
    said = Observation.objects.filter(copy_of__in=[row.pk for row in rows], entered_by=by)
    earlier = set(said.values_list("copy_of", "value", "obs_status"))
    return own | {row.pk for row in rows if (row.pk, row.value, row.obs_status) in earlier}


def approved_in_cell(observation: Observation) -> Observation | None:
    """The approved value that this one would replace."""
    return (
        Observation.objects.approved()
        .filter(
            indicator=observation.indicator_id,
            region=observation.region_id,
            reference_period=observation.reference_period,
        )
        .first()
    )


def open_in_cell(observation: Observation, but: int = 0) -> bool:
    """Whether a person's draft of the cell is on its way; loaded ones (with a key) may stand by."""
    rows = Observation.objects.in_progress().filter(
        key=None,
        indicator=observation.indicator_id,
        region=observation.region_id,
        reference_period=observation.reference_period,
    )
    return rows.exclude(pk=but).exists()


@contextmanager
def one_of_a_cell(refusal: Callable[[], errors.Refused]) -> Iterator[None]:
    """Turn a clash with another writer's row of the cell, which the database refuses, into words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "unique" not in str(error).lower():
            raise
        raise refusal() from error
