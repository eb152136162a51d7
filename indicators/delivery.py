"""Who has delivered: where each duty stands, read from the actuals and stored nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Subquery, TextChoices, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from indicators.models import Duty, DutyQuerySet, Observation


class Delivery(TextChoices):
    """Where a duty stands; the codes are those of the open row, else whether a value counts."""

    MISSING = "missing", _("未录入")
    DRAFT = "draft", _("草稿")
    RETURNED = "returned", _("已退回")
    SUBMITTED = "submitted", _("待核定")
    APPROVED = "approved", _("已核定")


OUTSTANDING = frozenset({Delivery.MISSING, Delivery.DRAFT, Delivery.RETURNED})
"""What the department still has to do; the rest lies with the reviewers or is done."""


@dataclass(frozen=True)
class Delivered:
    """A duty with where it stands; `row` is the open row, else the approved one, else None."""

    duty: Duty
    state: Delivery
    row: int | None
    return_reason: str

    @property
    def is_outstanding(self) -> bool:
        """Whether the department still has to act."""
        return self.state in OUTSTANDING


@dataclass(frozen=True)
class Tally:
    """How many duties of a round and a department (and deputy) stand at one state."""

    round: int
    department: int
    deputy: int | None
    state: Delivery
    number: int


def annotated(duties: DutyQuerySet) -> Any:
    """The duties with `delivery`, `open_row` and the like; loaded drafts (with a key) stand by.

    Also with what their names need; `delivered_rows` reads them.
    """
    here = {name: OuterRef(name) for name in ("indicator", "region", "reference_period")}
    open_ = Observation.objects.in_progress().filter(key=None, **here).order_by()
    approved = Observation.objects.approved().filter(**here).order_by()
    named = duties.select_related("round", "indicator__unit", "region", "department", "deputy")
    return named.annotate(
        open_row=Subquery(open_.values("pk")[:1]),
        approved_row=Subquery(approved.values("pk")[:1]),
        open_reason=Subquery(open_.values("return_reason")[:1]),
        delivery=Coalesce(
            Subquery(open_.values("review_state")[:1]),
            Case(
                When(Exists(approved), then=Value(Delivery.APPROVED.value)),
                default=Value(Delivery.MISSING.value),
            ),
        ),
    )


def deliveries(duties: DutyQuerySet) -> list[Delivered]:
    """Each duty with where it stands, with what its names need; one query."""
    return delivered_rows(annotated(duties))


def delivered_rows(rows: Iterable[Any]) -> list[Delivered]:
    """Rows of `annotated`, such as a page of them, as duties with where they stand."""
    return [
        Delivered(
            row,
            Delivery(row.delivery),
            row.open_row or row.approved_row,
            (row.open_reason or "") if row.delivery == Delivery.RETURNED else "",
        )
        for row in rows
    ]


def tallies(duties: DutyQuerySet) -> list[Tally]:
    """How many stand where, by round, department and deputy; one query."""
    rows = (
        annotated(duties)
        .order_by()
        .values_list("round", "department", "deputy", "delivery")
        .annotate(number=Count("pk"))
        .order_by("round", "department", "deputy", "delivery")
    )
    return [
        Tally(round_, department, deputy, Delivery(state), number)
        for round_, department, deputy, state, number in rows
    ]


def delivered_among(duties: DutyQuerySet) -> set[int]:
    """The ids of the duties whose value is approved with nothing open; one query."""
    rows = annotated(duties).filter(delivery=Delivery.APPROVED)
    return set(rows.values_list("pk", flat=True))


def outstanding_among(duties: DutyQuerySet) -> list[Duty]:
    """The duties that their departments still have to act on; one query."""
    rows = annotated(duties).filter(delivery__in=[state.value for state in OUTSTANDING])
    return list(rows)
