"""What every kind of judgement shares: withheld figures, the calendar, the status of a pace."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from indicators.periods import ReferencePeriod
from targets.progress.actuals import PeriodTest
from targets.progress.arithmetic import rounded
from targets.progress.goal import Goal
from targets.progress.known import Known, Reading
from targets.progress.notes import Notes
from targets.progress.rules import Rules
from targets.progress.verdict import Status, Trend, Verdict

_WITHHELD = {"Q": "confidential", "M": "not_applicable"}
PACE_PLACES = 9


def without_actual(known: Known, allowed: PeriodTest, notes: Notes) -> Verdict:
    """No number to judge by: because it is withheld, or because there is none."""
    withheld = [p for p in known.withheld if allowed(p)]
    if withheld:
        last = max(withheld)
        notes.say(_WITHHELD[known.withheld[last]], period=last)
        return Verdict(status="not_assessable", period=last)
    notes.say("no_actual")
    return Verdict(status="no_data")


def end_is_withheld(goal: Goal, known: Known, notes: Notes) -> bool:
    """Whether the actual of the end period is confidential or not applicable."""
    period = _withheld_end(goal, known)
    if period is None:
        return False
    notes.say(_WITHHELD[known.withheld[period]], period=period)
    return True


def _withheld_end(goal: Goal, known: Known) -> ReferencePeriod | None:
    end = goal.period_end
    if end is None:
        return None
    withheld = (p for p in known.withheld if end.covers(p) and p.last_day == end.last_day)
    return next(withheld, None)


def mark_calendar(
    goal: Goal,
    sources: Sequence[Known],
    as_of: date | None,
    reading: Reading | None,
    ended: bool,
    notes: Notes,
) -> None:
    """Flag an end that has passed without its actual, and an actual that is too old.

    `sources` are the series that the actual of the end may come from.
    """
    if ended:
        return
    days = [known.last_day for known in sources if known.last_day is not None]
    day = as_of if as_of is not None else max(days, default=None)
    end = goal.period_end
    is_over = end is not None and day is not None and day > end.last_day
    withheld = any(_withheld_end(goal, known) is not None for known in sources)
    if end is not None and is_over and not withheld:
        notes.flag("awaiting_actual")
        notes.say("awaiting_actual", period=end)
    if as_of is not None and reading is not None and reading.period.year < as_of.year - 1:
        notes.flag("stale_data")
        notes.say("stale_data", period=reading.period)


def pace_status(pace: Decimal, rules: Rules, notes: Notes) -> Status:
    """The status of a pace, compared at 9 decimals."""
    compared = rounded(pace, PACE_PLACES)
    if compared < 0:
        return "regressing"
    if compared >= rules.on_track:
        if compared >= rules.ahead:
            notes.flag("ahead")
        return "on_track"
    return "lagging" if compared >= rules.lagging else "off_track"


def trend_of(now: Decimal, before: Decimal | None) -> Trend | None:
    """The arrow from the reading before to this one; it says nothing of good or bad."""
    if before is None:
        return None
    if now == before:
        return "flat"
    return "up" if now > before else "down"
