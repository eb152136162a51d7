"""Keeping what was stated in a grid: all of it, or nothing with the reason for each cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from indicators import actions
from indicators.errors import Refused
from indicators.models import Observation, in_language
from indicators.periods import PeriodError, ReferencePeriod
from qdpolicy.entry.grid.statements import (
    Examined,
    Statement,
    entry_of,
    examine,
    standing_of,
)

State = Observation.ReviewState
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_LONGEST = {"source_title": 200, "source_url": 500, "source_date": 10}


@dataclass(frozen=True)
class Problem:
    """Why a cell was not kept; `examined` is None where it is about the source of all."""

    key: str
    sentence: str
    examined: Examined | None = None


@dataclass
class Outcome:
    """What became of a save: what now stands by key, or why nothing was kept."""

    saved: dict[str, actions.Standing] = field(default_factory=dict)
    conflicts: list[Examined] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class _Undone(Exception):  # noqa: N818 - leaves the transaction, nothing is wrong
    """Takes back a save of which one cell cannot be kept."""


def save(
    *, by: User, statements: Sequence[Statement], source: Mapping[str, str], submit: bool = False
) -> Outcome:
    """Keep the statements as drafts with one source, and perhaps hand them in; all or nothing.

    What stands there already word for word is left alone, so that the same save twice does nothing.
    """
    examined = examine(statements, by)
    outcome = Outcome(conflicts=[item for item in examined if item.is_conflict])
    if outcome.conflicts:
        return outcome
    outcome.problems = _problems(examined, source)
    if not outcome.problems:
        _keep(outcome, examined, dict(source), by=by, submit=submit)
    return outcome


def _problems(examined: Sequence[Examined], source: Mapping[str, str]) -> list[Problem]:
    """Everything that stands against the save, at once."""
    found = []
    if sentence := _source_refusal(source):
        found.append(Problem("source", sentence))
    for item in examined:
        if _stays(item, source) and not item.error:
            continue
        if sentence := item.refusal():
            found.append(Problem(item.statement.key, sentence, item))
    return found


def _stays(item: Examined, source: Mapping[str, str]) -> bool:
    """Whether the cell says this already, from this source."""
    latest = item.standing.latest
    if latest is None or not item.changes_nothing:
        return False
    why, open_ = item.statement.why, item.standing.open
    if item.issues and open_ is not None and why not in ("", open_.note, open_.explanation):
        return False  # what is said of a doubt stays with the draft
    named = {name: text for name, text in source.items() if text}
    return all(getattr(latest, name) == text for name, text in named.items())


def _source_refusal(source: Mapping[str, str]) -> str:
    """Why these words name no source; empty where they do, or where they are empty."""
    if any(len(source[name]) > longest for name, longest in _LONGEST.items()):
        return _("来源太长：名称最多200个字，链接最多500个字符。")
    if source["source_url"] and _LINK.fullmatch(source["source_url"]) is None:
        return _("链接须以 http:// 或 https:// 开头。")
    if not source["source_date"]:
        return ""
    try:
        period = ReferencePeriod.parse(source["source_date"])
    except PeriodError as error:
        return in_language(error.zh, error.en)
    if period.kind not in ("year", "month", "day"):
        return _("来源日期请写成 2025、2025-03 或 2025-03-01。")
    return ""


def _keep(
    outcome: Outcome,
    examined: Sequence[Examined],
    source: dict[str, str],
    *,
    by: User,
    submit: bool,
) -> None:
    """Write what is new; what a rule refuses nevertheless is a problem of the whole save."""
    changed = [item for item in examined if not _stays(item, source)]
    key_of = {item.statement.place: item.statement.key for item in examined}
    item_of = {item.statement.place: item for item in examined}
    try:
        with audit.transaction():
            kept = actions.keep_all(by=by, stated=[_stated(item, source) for item in changed])
            for entry, _current in kept.conflicts:
                assert entry.period is not None
                place = (entry.indicator.pk, entry.region.pk, entry.period)
                outcome.conflicts.append(item_of[place])
            if outcome.conflicts:
                raise _Undone
            if submit:
                _submit(outcome, examined, kept, by)
    except Refused as refusal:
        outcome.problems.append(Problem("", str(refusal)))
    except _Undone:
        pass
    now = standing_of(key_of)
    if outcome.conflicts:
        # What stands there by now, which is what the person has to choose from.
        outcome.conflicts = [
            Examined(
                statement=item.statement,
                standing=now.get(item.statement.place, actions.Standing()),
                value=item.value,
                qualifier=item.qualifier,
            )
            for item in outcome.conflicts
        ]
    elif not outcome.problems:
        outcome.saved = {key: now.get(place, actions.Standing()) for place, key in key_of.items()}


def _stated(item: Examined, source: Mapping[str, str]) -> tuple[actions.Entry, actions.Seen, str]:
    """What the actions take of a statement."""
    said = item.statement
    # A reason is that of a correction; what answers a doubt is kept as its explanation.
    why = said.why if item.corrects or (said.says_missing and not said.note) else ""
    return entry_of(item, source), said.seen, why


def _submit(outcome: Outcome, examined: Sequence[Examined], kept: actions.Kept, by: User) -> None:
    """Hand in what was kept, and the drafts that stood there already as they were stated."""
    seen = {row.pk: row.version for row in kept.rows}
    for item in examined:
        row = item.standing.open
        if row is not None and row.review_state in (State.DRAFT, State.RETURNED):
            seen.setdefault(row.pk, row.version)
    keys = {item.statement.place: item.statement.key for item in examined}
    for left in actions.submit_all(by=by, seen=seen).left:
        row = left.row
        place = None if row is None else (row.indicator_id, row.region_id, row.reference_period)
        key = "" if place is None else keys.get(place, "")  # type: ignore[arg-type]  # has a period
        outcome.problems.append(Problem(key, left.sentence))
    if outcome.problems:
        raise _Undone
