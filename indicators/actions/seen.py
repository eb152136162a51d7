"""Keeping a value over what its author saw in the cell, and over nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from accounts import audit
from accounts.models import User
from accounts.versions import Conflict
from indicators import errors
from indicators.actions.blocks import amend_all, enter_all
from indicators.actions.entries import Entry
from indicators.actions.observations import amend, enter
from indicators.models import (
    Observation,
    ObservationQuerySet,
    Place,
)
from indicators.periods import ReferencePeriod


class _Row(Protocol):
    """A row of actuals, or what was read of one."""

    @property
    def pk(self) -> int: ...
    @property
    def version(self) -> int: ...


@dataclass(frozen=True)
class Seen:
    """What stood in a cell when a person looked: the open row with its version, the approved one.

    Zeros where there was none. As text, `12.3.9`, it is the token of a cell on a page.
    """

    open: int = 0
    open_version: int = 0
    approved: int = 0

    def __str__(self) -> str:
        return f"{self.open}.{self.open_version}.{self.approved}"

    @classmethod
    def of(cls, open_: _Row | None, approved: _Row | None) -> Seen:
        """The token of these rows of a cell."""
        return cls(
            open_.pk if open_ else 0, open_.version if open_ else 0, approved.pk if approved else 0
        )

    @classmethod
    def parse(cls, token: str) -> Seen:
        """Read a token; raises ValueError for anything else."""
        parts = token.split(".")
        if len(parts) != 3 or not all(p.isascii() and p.isdigit() and len(p) < 19 for p in parts):
            raise ValueError(token)
        return cls(*map(int, parts))


@dataclass(frozen=True)
class Standing:
    """What stands in a cell: a person's open row, the approved row."""

    open: Observation | None = None
    approved: Observation | None = None

    @property
    def seen(self) -> Seen:
        """The token of this standing."""
        return Seen.of(self.open, self.approved)

    @property
    def latest(self) -> Observation | None:
        """What a person would read in the cell: the open value, else the approved one."""
        return self.open or self.approved


def standings(rows: ObservationQuerySet) -> dict[Place, Standing]:
    """What stands in the cells of these rows; one query. Loaded drafts (with a key) stand by."""
    found: dict[Place, dict[str, Observation]] = {}
    for row in rows.current().exclude(reference_period=None).order_by("pk"):
        approved = row.review_state == Observation.ReviewState.APPROVED
        if approved or row.key is None:
            place = (row.indicator_id, row.region_id, row.reference_period or "")
            found.setdefault(place, {})["approved" if approved else "open"] = row
    return {place: Standing(**rows_of) for place, rows_of in found.items()}


def standing_in(indicator: int, region: int, period: str) -> Standing:
    """What stands in one cell; one query."""
    rows = Observation.objects.filter(indicator=indicator, region=region).for_period(period)
    place = (indicator, region, period)
    return standings(rows.select_related("entered_by", "indicator__unit")).get(place, Standing())


def keep(*, by: User, entry: Entry, seen: Seen, reason: str = "") -> Observation:
    """Enter or amend a value where the cell still is as it was seen.

    Raises Conflict (its `current` is what stands there now) where somebody else was first, and
    Refused as `enter` and `amend` do; a submitted value is refused, since it waits for review.
    """
    place = _place(entry)
    with audit.transaction():
        standing = standing_in(*place)
        if standing.seen != seen:
            raise Conflict(standing.latest, {"value": entry.value})
        try:
            if standing.open is None:
                row = enter(by=by, entry=entry, reason=reason)
            else:
                row = amend(
                    by=by,
                    observation=standing.open,
                    version=seen.open_version,
                    entry=entry,
                    reason=reason,
                )
        except errors.Refused as refusal:
            now = standing_in(*place)
            if now.seen != seen:
                raise Conflict(now.latest, {"value": entry.value}) from refusal
            raise
        # Approved between the look and the write: nobody has seen what this would correct.
        if (row.supersedes_id or 0) != seen.approved:
            raise Conflict(standing_in(*place).approved, {"value": entry.value})
    return row


def bring_back(
    *, by: User, row: Observation, seen: Seen, reason: str, doubts: Sequence[str] = ()
) -> Observation:
    """State what a row of the past says once more, as a draft of today; the past stays.

    `doubts` are the codes of today's warnings about it; the reason explains them too.
    Refused without a reason, without a period, and for what stands in the cell already. Conflict
    as in `keep`.
    """
    if not reason.strip():
        raise errors.needs_reason()
    if row.reference_period is None:
        raise errors.no_period()
    if row.superseded_at is None and (
        row.key is None or row.review_state == Observation.ReviewState.APPROVED
    ):
        raise errors.stands_already()
    entry = replace(restated(row), doubts=tuple(doubts))
    if doubts and not entry.explanation:
        entry = replace(entry, explanation=reason.strip())
    return keep(by=by, entry=entry, seen=seen, reason=reason)


def restated(row: Observation) -> Entry:
    """What a row says, as a statement of today; it names the row that it comes from."""
    said = {name: getattr(row, name) for name in _STATED}
    return Entry(
        **said,
        period=row.reference_period,
        origin=Observation.Origin.RESTORED,
        origin_place=f"#{row.pk}",
    )


_STATED = (
    "indicator", "region", "value", "qualifier", "obs_status", "vintage", "entered_text",
    "source_title", "source_url", "source_date", "reliability", "note", "explanation",
)  # fmt: skip


def _place(entry: Entry) -> Place:
    """The cell of an entry, which `keep` cannot do without."""
    if entry.period is None:
        raise errors.no_period()
    period = str(ReferencePeriod.parse(entry.period))
    return (entry.indicator.pk, entry.region.pk, period)


@dataclass
class Kept:
    """What became of a block of values: rows kept, and the entries that met another's value."""

    rows: list[Observation] = field(default_factory=list)
    conflicts: list[tuple[Entry, Observation | None]] = field(default_factory=list)


def keep_all(*, by: User, stated: Iterable[tuple[Entry, Seen, str]]) -> Kept:
    """Keep a block of (entry, seen, reason) as one: all of it, or nothing where one conflicts.

    Raises Refused for the first value that the rules refuse, and for a cell that the block names
    twice; nothing is kept then either.
    """
    block = [(_place(entry), entry, seen, reason) for entry, seen, reason in stated]
    if len({place for place, *_rest in block}) < len(block):
        raise errors.already_there()
    with audit.transaction():
        there = _standing_in_all(block)
        kept = _conflicting(block, there)
        if not kept.conflicts:
            try:
                kept.rows = _keep_block(by, block, there)
            except (errors.Refused, Conflict):
                # By the rules, or by what somebody else has put there since the look.
                kept = _conflicting(block, _standing_in_all(block))
                if not kept.conflicts:
                    raise
    return kept


_Stated = tuple[Place, Entry, Seen, str]


def _standing_in_all(block: Sequence[_Stated]) -> dict[Place, Standing]:
    """What stands in the cells of a block; one query."""
    rows = Observation.objects.filter(
        indicator__in={place[0] for place, *_rest in block},
        region__in={place[1] for place, *_rest in block},
        reference_period__in={place[2] for place, *_rest in block},
    )
    return standings(rows.select_related("entered_by", "indicator__unit", "region"))


def _conflicting(block: Sequence[_Stated], there: Mapping[Place, Standing]) -> Kept:
    """The entries whose cells are not as they were seen."""
    kept = Kept()
    for place, entry, seen, _reason in block:
        standing = there.get(place, Standing())
        if standing.seen != seen:
            kept.conflicts.append((entry, standing.latest))
    return kept


def _keep_block(
    by: User, block: Sequence[_Stated], there: Mapping[Place, Standing]
) -> list[Observation]:
    """Enter what is new and amend the drafts; the rows in the order of the block."""
    # By cell: two blocks that meet wait for one another, and never each for the other.
    ordered = sorted(range(len(block)), key=lambda number: (block[number][0], number))
    fresh, drafts = [], []
    for number in ordered:
        place, entry, _seen, reason = block[number]
        standing = there.get(place, Standing())
        if standing.open is None:
            fresh.append((number, (entry, standing.approved, reason)))
        else:
            drafts.append((number, (standing.open, entry, standing.approved, reason)))
    with audit.transaction():
        rows = enter_all(by=by, stated=[said for _number, said in fresh])
        rows += amend_all(by=by, stated=[said for _number, said in drafts])
    of_number = dict(zip([number for number, _said in (*fresh, *drafts)], rows, strict=True))
    return [of_number[number] for number in range(len(block))]
