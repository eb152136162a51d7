"""What stands in the cells of a grid, and beside them; a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from indicators import actions, locks
from indicators.models import (
    Indicator,
    Observation,
    Place,
)
from indicators.periods import FIRST_YEAR, ReferencePeriod
from indicators.quantities import grouped, plain
from qdpolicy.dashboard.words import MISSING_LABELS, QUALIFIER_WORDS, period_label
from qdpolicy.entry.grid.asked import parts_of
from qdpolicy.entry.grid.goals import Goals, goals_about
from qdpolicy.entry.grid.rows import Reach, Row
from targets.progress import Actual
from targets.progress.known import Known

_FIELDS = (
    "indicator_id", "region_id", "reference_period", "value", "qualifier", "obs_status", "vintage",
    "review_state", "key", "note", "explanation", "return_reason", "version", "entered_at",
    "entered_by__username", "entered_by__full_name",
)  # fmt: skip
_EMPTY = str(actions.Seen())


def shown(observation: Observation | None) -> str:
    """A value for reading, without its unit, or why there is none; empty where nothing stands."""
    if observation is None:
        return ""
    if observation.value is None:
        return str(MISSING_LABELS.get(observation.obs_status, ""))
    pattern = QUALIFIER_WORDS.get(observation.qualifier)
    value = grouped(observation.value)
    return value if pattern is None else str(pattern) % {"value": value}


def text_of(observation: Observation | None) -> str:
    """A value as a person would edit it, in the indicator's unit."""
    if observation is None or observation.value is None:
        return ""
    return plain(observation.value)


def clock(moment: datetime) -> str:
    """A moment on the clock here."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")


@dataclass(frozen=True)
class Parts:
    """The sum of the parts of a year, where the rules of the indicator allow one."""

    text: str
    words: str


@dataclass(frozen=True)
class Contents:
    """Everything that the cells of some rows and columns say."""

    columns: Sequence[ReferencePeriod]
    standing: Mapping[Place, actions.Standing]
    goals: Goals
    locks: Mapping[Place, locks.Lock]
    reach: Reach

    def cell(self, row: Row, period: ReferencePeriod) -> dict[str, Any]:
        """One cell as the script takes it; what is empty is left out, but for the value itself."""
        place = row.place(period)
        standing = self.standing.get(place)
        latest = None if standing is None else standing.latest
        found: dict[str, Any] = {
            "text": text_of(latest),
            "shown": shown(latest),
            "state": "empty" if latest is None else latest.review_state,
            "status": Observation.Status.NORMAL.value if latest is None else latest.obs_status,
            "vintage": Observation.Vintage.ANNUAL.value if latest is None else latest.vintage,
            "qualifier": "" if latest is None else latest.qualifier,
            "token": _EMPTY if standing is None else str(standing.seen),
        }
        parts = self._parts(row, period)
        beside = {
            "last": self._last(row, period),
            "goal": self.goals.words(row.indicator, row.region.pk, period),
            "required": self.goals.required(row.indicator, row.region.pk, period),
            "parts": "" if parts is None else parts.words,
            "parts_text": "" if parts is None else parts.text,
            "locked": self._locked(place),
        }
        if standing is not None and latest is not None:
            beside |= _circumstances(standing, latest)
        return found | {name: text for name, text in beside.items() if text}

    def _last(self, row: Row, period: ReferencePeriod) -> str:
        """The approved value of a year before, for reading."""
        if period.first_day.year <= FIRST_YEAR:
            return ""
        before = self.standing.get(row.place(period.year_before()))
        return "" if before is None else shown(before.approved)

    def _locked(self, place: Place) -> str:
        """Why this person cannot write the cell now; empty where nothing hinders."""
        if not self.reach.holds(place):
            return _("这一格不由您的部门填报。")
        lock = self.locks.get(place)
        return "" if lock is None else str(lock)

    def _parts(self, row: Row, period: ReferencePeriod) -> Parts | None:
        """The sum of the halves, quarters or months of a year, where they leave no gap."""
        if period.kind != "year" or not adds_up(row.indicator):
            return None
        series = {}
        for part in parts_of(period):
            standing = self.standing.get(row.place(part))
            latest = None if standing is None else standing.latest
            if latest is not None and latest.value is not None:
                series[part] = Actual(
                    value=latest.value,
                    qualifier=latest.qualifier,  # type: ignore[arg-type]  # the same choices
                    obs_status=latest.obs_status,  # type: ignore[arg-type]
                )
        if not series:
            return None
        # The rule of the verdicts: what they would add up themselves, and nothing else.
        total = Known(series, None).flow(period)
        if total is None or total.certainty != "exact":
            return None
        words = _("各分期合计 %(total)s") % {"total": grouped(total.value)}
        return Parts(plain(total.value), words)


def adds_up(indicator: Indicator) -> bool:
    """Whether the figure of a year is the sum of those of its parts."""
    return (
        indicator.accumulation == Indicator.Accumulation.FLOW
        and indicator.aggregation == Indicator.Aggregation.SUM
    )


def _circumstances(standing: actions.Standing, latest: Observation) -> dict[str, str]:
    """Who entered what stands there, when, and what was said of it."""
    approved = standing.approved if standing.open is not None else None
    returned = latest.review_state == Observation.ReviewState.RETURNED
    return {
        "by": str(latest.entered_by),
        "at": clock(latest.entered_at),
        "note": latest.note,
        "explanation": latest.explanation,
        "returned": latest.return_reason if returned else "",
        # Beside a draft, what counts until it is approved.
        "approved": shown(approved),
        "word": "" if latest is standing.approved else latest.get_review_state_display(),
    }


def contents_of(
    rows: Sequence[Row], columns: Sequence[ReferencePeriod], by: User, reach: Reach
) -> Contents:
    """What stands in these rows and columns; one query, one for the promises, those of the locks."""
    indicators = {row.indicator.pk for row in rows}
    regions = {row.region.pk for row in rows}
    periods = {str(period) for period in columns}
    periods |= {str(p.year_before()) for p in columns if p.first_day.year > FIRST_YEAR}
    if any(adds_up(row.indicator) for row in rows):
        years = [period for period in columns if period.kind == "year"]
        periods |= {str(part) for year in years for part in parts_of(year)}
    known = Observation.objects.filter(
        indicator__in=indicators, region__in=regions, reference_period__in=periods
    )
    places = [row.place(period) for row in rows for period in columns]
    return Contents(
        columns=columns,
        standing=actions.standings(known.select_related("entered_by").only(*_FIELDS)),
        goals=goals_about(indicators, regions),
        locks=locks.locked([place for place in places if reach.holds(place)], by=by),
        reach=reach,
    )


def columns_of(columns: Sequence[ReferencePeriod]) -> list[dict[str, Any]]:
    """The head of the columns as the script takes it; `partial` periods are not over yet."""
    today = timezone.localdate()
    return [
        {
            "period": str(period),
            "label": period_label(str(period)),
            "partial": period.last_day >= today,
        }
        for period in columns
    ]
