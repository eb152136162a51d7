"""The review queue: what others have submitted, in groups, beside what it is compared to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import acting_user, requires
from accounts.models import Department, User
from indicators.models import (
    Duty,
    Evidence,
    Indicator,
    Observation,
    ObservationQuerySet,
    ReportingRound,
    Upload,
    in_language,
)
from indicators.plausibility import Issue, Severity
from qdpolicy.entry.cells import Cell, Surroundings, surroundings
from qdpolicy.entry.scope import doubts_about, page_of, workable

State = Observation.ReviewState
GROUPS = {
    "indicator": "indicator",
    "department": "indicator__department",
    "round": "in_round",
    "upload": "upload",
}
"""How the queue may be grouped, and the column that tells the group of a row."""
_NONE = "none"


@dataclass(frozen=True)
class Submission:
    """A submitted value with what a reviewer compares it to."""

    observation: Observation
    around: Surroundings | None
    issues: list[Issue]

    @property
    def difference(self) -> Decimal | None:
        """New minus approved, exact; None where one of them is no number."""
        old = None if self.around is None else self.around.approved
        new = self.observation.value
        return None if old is None or old.value is None or new is None else new - old.value


def submissions(rows: Iterable[Observation]) -> list[Submission]:
    """Rows beside what is known around their cells; the same queries however many there are."""
    rows = list(rows)
    cells = [
        Cell(row.indicator, row.region, row.reference_period)
        for row in rows
        if row.reference_period is not None
    ]
    known = iter(surroundings(cells))
    found = []
    for row in rows:
        around = None if row.reference_period is None else next(known)
        issues = [] if around is None else doubts_about(around, row)
        found.append(Submission(row, around, issues))
    return found


def stopped(rows: Iterable[Observation]) -> dict[int, str]:
    """Why drafts among these (ids) cannot be handed in as they are, in words; fixed queries.

    An error stops a value whenever it was entered. What was loaded by a command has never been
    explained by anybody: it wants that first.
    """
    found = {}
    for item in submissions(rows):
        row = item.observation
        errors = [issue for issue in item.issues if issue.severity is Severity.ERROR]
        unexplained = row.origin == Observation.Origin.COMMAND and not row.explanation
        if errors:
            found[row.pk] = " ".join(in_language(issue.zh, issue.en) for issue in errors)
        elif unexplained and any(issue.needs_reason for issue in item.issues):
            found[row.pk] = _("有合理性提示还没有说明，请先打开这条数值写明理由。")
    return found


def waiting_for(user: User) -> ObservationQuerySet:
    """What others have submitted: one's own is for another reviewer."""
    return _submitted(user).exclude(entered_by=user)


def _submitted(user: User) -> ObservationQuerySet:
    duty = Duty.objects.unpublished().filter(
        indicator=OuterRef("indicator"),
        region=OuterRef("region"),
        reference_period=OuterRef("reference_period"),
    )
    rows: ObservationQuerySet = (
        workable(user)
        .current()
        .filter(review_state=State.SUBMITTED, reference_period__isnull=False)
        .annotate(in_round=Subquery(duty.order_by("round").values("round")[:1]))
    )
    return rows


def grouped_rows(rows: ObservationQuerySet, kind: str, key: str) -> ObservationQuerySet | None:
    """The rows of one group, by its key on the page; None for a group that cannot be."""
    if kind not in GROUPS:
        return None
    if key == _NONE:
        return rows.filter(**{f"{GROUPS[kind]}__isnull": True})
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    return rows.filter(**{GROUPS[kind]: int(key)})


@dataclass(frozen=True)
class Group:
    """A group of the queue: its token for the box, its name, how many wait in it."""

    token: str
    name: str
    count: int


def _groups(rows: ObservationQuerySet, kind: str) -> list[Group]:
    """The groups of a kind, the fullest first; two queries."""
    column = GROUPS[kind]
    counted = {
        row[column]: row["rows"]
        for row in rows.order_by().values(column).annotate(rows=Count("pk"), last=Max("pk"))
    }
    named: dict[str, Any] = {
        "indicator": Indicator.objects,
        "department": Department.objects,
        "round": ReportingRound.objects,
        "upload": Upload.objects.defer("content"),
    }
    names = {row.pk: str(row) for row in named[kind].filter(pk__in=set(counted) - {None})}
    groups = [
        Group(f"{kind}-{_NONE if key is None else key}", names.get(key, _("其他")), count)
        for key, count in counted.items()
    ]
    return sorted(groups, key=lambda group: (-group.count, group.token))


@require_GET
@requires("indicators.approve_observation")
def review_queue(request: HttpRequest) -> HttpResponse:
    """What others have submitted, the longest waiting first; all of a group may be taken at once."""
    user = acting_user(request)
    kind, chosen = request.GET.get("by", "indicator"), request.GET.get("group", "")
    if kind not in GROUPS:
        raise Http404(_("没有这种分组。"))
    waiting = waiting_for(user)
    groups = _groups(waiting, kind)
    if chosen:
        of_group = grouped_rows(waiting, *chosen.partition("-")[::2])
        if of_group is None or not chosen.startswith(kind):
            raise Http404(_("没有这种分组。"))
        waiting = of_group
    with_files = waiting.annotate(
        has_evidence=Exists(Evidence.objects.filter(observation=OuterRef("pk"), removed_at=None))
    )
    page = page_of(request, with_files.order_by("submitted_at", "id"), 20)
    context = {
        "page": page,
        "submissions": submissions(page),
        "own": _submitted(user).filter(entered_by=user).count(),
        "kind": kind,
        "kinds": [
            ("indicator", _("按指标")),
            ("department", _("按部门")),
            ("round", _("按轮次")),
            ("upload", _("按上传的表格")),
        ],
        "groups": groups,
        "chosen": chosen,
    }
    return render(request, "entry/review_queue.html", context)
