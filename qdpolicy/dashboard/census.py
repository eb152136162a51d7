"""All promises counted by what the pages filter by: one query, then every scope is arithmetic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.language import in_language
from indicators.periods import PeriodError, ReferencePeriod
from qdpolicy.dashboard.promises import NO_DEADLINE, Choices, Scope, current_versions
from qdpolicy.dashboard.words import LIGHTS, PENDING, STATUSES
from targets.models import TargetVersion
from targets.progress.verdict import FLAGS

AWAITING = 1 << FLAGS.index("awaiting_actual")
"""The bit of a snapshot's flags."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the promises of a scope stand."""

    by_status: Mapping[str, int]
    by_light: Mapping[str, int]
    by_both: Mapping[tuple[str, str], int]
    """By status and light together."""
    total: int
    as_of: date | None
    rule_version: int | None
    newest: str
    """The newest period of the actuals that the verdicts used; "" where they used none."""
    overdue: int
    """Grey promises whose deadline has passed without the final actual."""
    not_due: int
    """Grey promises whose deadline is still to come."""

    def number(self, scope: Scope) -> int:
        """How many of them a light and a status leave."""
        if scope.status:
            # Which light a status has is a matter of the rules, and of the day of the verdict.
            return sum(
                number
                for (status, light), number in self.by_both.items()
                if status == scope.status and scope.light in ("", light)
            )
        return self.by_light[scope.light] if scope.light else self.total


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Promises that share everything a page filters by; pairs are code and name."""

    period_end: str
    document: tuple[str, str]
    region: tuple[str, str]
    department: tuple[str, str]
    status: str
    light: str
    period: str
    number: int
    figures: int
    awaiting: int
    as_of: date | None
    rules: int | None

    @property
    def overdue(self) -> int:
        """Those whose light is grey and whose final actual is late."""
        return self.awaiting if self.light == "grey" else 0

    @property
    def not_due(self) -> int:
        """Those whose light is grey and whose last day has not passed."""
        end = _read(self.period_end)
        if self.light != "grey" or end is None or self.as_of is None:
            return 0
        return self.number if self.as_of <= end.last_day else 0

    def lies_in(self, scope: Scope) -> bool:
        """Whether a scope, its light and status aside, holds these promises."""
        if scope.year == NO_DEADLINE:
            due = self.period_end == ""
        else:
            due = scope.year in ("", str(year_of(self.period_end)))
        return (
            due
            and scope.document in ("", self.document[0])
            and scope.region in ("", self.region[0])
            and scope.department in ("", self.department[0])
        )


@dataclass(frozen=True, slots=True)
class Census:
    """All promises by document, region, department, deadline and status."""

    cells: tuple[Cell, ...]

    @property
    def choices(self) -> Choices:
        """What the filters offer: what is there."""
        return Choices(
            years=_years({cell.period_end for cell in self.cells}),
            documents=tuple(dict(cell.document for cell in self.cells).items()),
            regions=tuple(sorted(dict(cell.region for cell in self.cells).items())),
            departments=tuple(sorted(dict(cell.department for cell in self.cells).items())),
        )

    def standing(self, scope: Scope) -> Standing:
        """Counts by status and by light of a scope, its own light and status aside."""
        inside = [cell for cell in self.cells if cell.lies_in(scope)]
        statuses: Counter[str] = Counter()
        lights: Counter[str] = Counter()
        both: Counter[tuple[str, str]] = Counter()
        for cell in inside:
            statuses[cell.status] += cell.number
            lights[cell.light] += cell.number
            both[cell.status, cell.light] += cell.number
        periods = [period for cell in inside if cell.figures and (period := _read(cell.period))]
        return Standing(
            by_status={status: statuses[status] for status in STATUSES if statuses[status]},
            by_light={light: lights[light] for light in LIGHTS},
            by_both=both,
            total=sum(lights.values()),
            as_of=max((cell.as_of for cell in inside if cell.as_of is not None), default=None),
            rule_version=max(
                (cell.rules for cell in inside if cell.rules is not None), default=None
            ),
            newest=str(max(periods)) if periods else "",
            overdue=sum(cell.overdue for cell in inside),
            not_due=sum(cell.not_due for cell in inside),
        )


_PLACE = (
    "period_end", "target__document__key", "target__document__title",
    "target__document__title_en", "target__region__code", "target__region__name",
    "target__region__name_en", "target__department__code", "target__department__name",
    "target__department__name_en", "target__indicator__department__code",
    "target__indicator__department__name", "target__indicator__department__name_en",
)  # fmt: skip
"""What the pages filter by, of a reading."""


def census() -> Census:
    """All promises, counted by everything that a page filters by; one query."""
    rows = (
        current_versions()
        .filter(target__part_of=None)
        .exclude(change=TargetVersion.Change.WITHDRAWN)
        .annotate(awaits=F("target__snapshot__flags").bitand(AWAITING))
        .values_list(
            *_PLACE,
            "target__snapshot__promise_status",
            "target__snapshot__promise_light",
            "target__snapshot__period",
        )
        .annotate(
            number=Count("pk"),
            figures=Count("target__snapshot__actual"),
            awaiting=Count("pk", filter=Q(awaits=AWAITING)),
            as_of=Max("target__snapshot__as_of"),
            rules=Max("target__snapshot__rule_version"),
        )
        .order_by("-target__document__issued", "target__document__key")
    )
    return Census(tuple(_cell(*row) for row in rows))


def _cell(*row: Any) -> Cell:
    """A row of the census; the department is the promise's own, else the indicator's."""
    end, key, title, title_en, region, name, name_en, *bodies = row[:13]
    code, body, body_en = bodies[:3] if bodies[0] is not None else bodies[3:]
    status, light, period, number, figures, awaiting, as_of, rules = row[13:]
    return Cell(
        period_end=end,
        document=(key, in_language(title, title_en)),
        region=(region, in_language(name, name_en)),
        department=(code, in_language(body, body_en)),
        status=status or PENDING,
        light=light or "grey",
        period=period or "",
        number=number,
        figures=figures,
        awaiting=awaiting,
        as_of=as_of,
        rules=rules,
    )


def choices_of(versions: QuerySet[TargetVersion]) -> Choices:
    """What the filters offer of the promises among these readings, whatever became of them."""
    rows = (
        versions.filter(target__part_of=None)
        .values_list(*_PLACE, "target__document__issued")
        .distinct()
        .order_by("-target__document__issued", "target__document__key")
    )
    nothing = ("", "", "", 0, 0, 0, None, None)
    return Census(tuple(_cell(*row[:-1], *nothing) for row in rows)).choices


def cell_of(row: TargetVersion) -> Cell:
    """One promise with its verdict as a cell of a census; its target comes with the rest."""
    target, snapshot = row.target, row.target.snapshot
    department = target.department or target.indicator.department
    return Cell(
        period_end=row.period_end,
        document=(target.document.key, str(target.document)),
        region=(target.region.code, str(target.region)),
        department=(department.code, in_language(department.name, department.name_en)),
        status=snapshot.promise_status,
        light=snapshot.promise_light,
        period=snapshot.period,
        number=1,
        figures=int(snapshot.actual is not None),
        awaiting=int("awaiting_actual" in snapshot.flags),
        as_of=snapshot.as_of,
        rules=snapshot.rule_version,
    )


def year_of(period: str) -> int | None:
    """The year in which a canonical period ends; None where it is none."""
    found = _read(period)
    return None if found is None else found.year


def _read(period: str) -> ReferencePeriod | None:
    """A canonical period; None where the text is none, since the row is shown with its text."""
    try:
        return ReferencePeriod.parse(period)
    except PeriodError:
        return None


def _years(ends: set[str]) -> tuple[tuple[str, str], ...]:
    """The years in which something is due, latest first, then 无期限 where it occurs."""
    years = sorted({year for end in ends if (year := year_of(end)) is not None}, reverse=True)
    found = [(str(year), _("%(year)s年") % {"year": year}) for year in years]
    return (*found, (NO_DEADLINE, _("无期限"))) if "" in ends else tuple(found)
