"""The review queue: what others have submitted, beside what it is compared to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import acting_user, requires
from indicators.models import Observation
from indicators.plausibility import Issue
from qdpolicy.entry.cells import Cell, Surroundings, surroundings
from qdpolicy.entry.scope import doubts_about, page_of, workable

State = Observation.ReviewState


@dataclass(frozen=True)
class Submission:
    """A submitted value with what a reviewer compares it to."""

    observation: Observation
    around: Surroundings
    issues: list[Issue]

    @property
    def difference(self) -> Decimal | None:
        """New minus approved, exact; None where one of them is no number."""
        old, new = self.around.approved, self.observation.value
        return None if old is None or old.value is None or new is None else new - old.value


@require_GET
@requires("indicators.approve_observation")
def review_queue(request: HttpRequest) -> HttpResponse:
    """What others have submitted, the longest waiting first; one's own is for another reviewer."""
    user = acting_user(request)
    rows = (
        workable(user)
        .current()
        .filter(review_state=State.SUBMITTED, reference_period__isnull=False)
    )
    page = page_of(request, rows.exclude(entered_by=user).order_by("submitted_at", "id"), 20)
    cells = [Cell(row.indicator, row.region, row.reference_period or "") for row in page]
    submissions = [
        Submission(row, around, doubts_about(around, row))
        for row, around in zip(page, surroundings(cells), strict=True)
    ]
    own = rows.filter(entered_by=user).count()
    context = {"page": page, "submissions": submissions, "own": own}
    return render(request, "entry/review_queue.html", context)
