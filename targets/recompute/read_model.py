"""The read models of goals and series on PostgreSQL, kept by whoever recomputes (PROGRESS.md 7).

The target versions and the observations are the record. `targets_goalrow` holds one row for each
target with a goal in force, in the columns of `progress.batch`; `indicators_series` the actuals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from indicators import series
from targets.models import Target, TargetVersion
from targets.recompute.reading import current_versions, goal_of, rates_of

if TYPE_CHECKING:
    from targets.progress import batch
    from targets.recompute.binary import Ints

CHUNK = 2000  # targets read at once when everything is made anew
KEYS = ("target_id", "version_id", "head_id", "home_id", "indicator_id", "region_id", "rate_id")
NUMBERS = ("value", "upper", "tolerance", "base_value")
MILESTONES = ("milestone_years", "milestone_values")
COLUMNS = (*KEYS, "meaning", *NUMBERS, *MILESTONES)
# What `meaning` packs, from the lowest bit on: a code of `progress.batch` or a year.
BITS = {
    "measure": 4, "comparator": 3, "direction": 2, "accumulation": 2, "cadence": 1, "path": 2,
    "in_per_cent": 1, "provenance": 2, "regular": 1, "start": 9, "end": 9, "base": 9,
}  # fmt: skip
YEARS = frozenset({"start", "end", "base"})
BEFORE_ALL = 1899  # years are counted from here; 0 is none

_NAMES = ", ".join(COLUMNS)
_PLACES = ", ".join(["%s"] * len(COLUMNS))
_CHANGED = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name != "target_id")
_UPSERT = (
    f"INSERT INTO targets_goalrow ({_NAMES}) VALUES ({_PLACES})"  # noqa: S608 - our own names
    f" ON CONFLICT (target_id) DO UPDATE SET {_CHANGED}"
)


def refresh(
    targets: Sequence[Target], versions: Mapping[int, TargetVersion], rate_of: Mapping[int, int]
) -> None:
    """Bring the rows of these targets and of their actuals up to date; whole promises, locked."""
    if connection.vendor != "postgresql":
        return
    own = {(target.indicator_id, target.region_id) for target in targets}
    series.refresh(own | {(rate_of[i], region) for i, region in own if i in rate_of})
    rows = list(_rows(targets, versions, rate_of))
    with connection.cursor() as cursor:
        if len(rows) < len(targets):
            cursor.execute(
                "DELETE FROM targets_goalrow WHERE target_id = ANY(%s) AND target_id <> ALL(%s)",
                [[target.pk for target in targets], [row[0] for row in rows]],
            )
        if rows:
            cursor.executemany(_UPSERT, rows)


def is_short() -> bool:
    """Whether there are fewer rows than goals in force; never on other databases."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM targets_goalrow")
        return bool(cursor.fetchone()[0] < TargetVersion.objects.judgeable().count())


def rebuild() -> None:
    """Make both read models anew from the record; other databases have none."""
    if connection.vendor != "postgresql":
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            # The limit of a page is not that of a job over all rows.
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("TRUNCATE targets_goalrow")
        series.rebuild()
        everything = Target.objects.select_related("indicator__unit").order_by("pk")
        for chunk in _chunks(everything.iterator(CHUNK)):
            with connection.cursor() as cursor:
                cursor.executemany(
                    _UPSERT, list(_rows(chunk, current_versions(chunk), rates_of(chunk)))
                )


def _chunks(targets: Iterator[Target]) -> Iterator[list[Target]]:
    chunk: list[Target] = []
    for target in targets:
        chunk.append(target)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _rows(
    targets: Sequence[Target], versions: Mapping[int, TargetVersion], rate_of: Mapping[int, int]
) -> Iterator[list[Any]]:
    """A row for each target that has a goal in force."""
    from targets.progress import batch

    heads = {target.part_of_id for target in targets if target.part_of_id is not None}
    home_of: dict[int, int] = {}
    if heads:
        home_of = dict(Target.objects.filter(pk__in=heads).values_list("pk", "region_id"))
    judged = [target for target in targets if target.pk in versions]
    goals, _series, _rates = batch.tabulate(
        [(goal_of(target, versions[target.pk]), {}, {}) for target in judged]
    )
    columns = [packed(goals).tolist(), *(getattr(goals, name).tolist() for name in NUMBERS)]
    for place, target in enumerate(judged):
        years = [int(year) for year in goals.milestone_years[place] if year]
        yield [
            target.pk,
            versions[target.pk].pk,
            target.part_of_id or target.pk,
            home_of.get(target.part_of_id or 0, target.region_id),
            target.indicator_id,
            target.region_id,
            rate_of.get(target.indicator_id, 0),
            *(column[place] for column in columns),
            years,
            goals.milestone_values[place][: len(years)].tolist(),
        ]


def packed(goals: batch.Goals) -> Ints:
    """The codes and years of goals, each row in one number."""
    found: Any = 0
    shift = 0
    for name, bits in BITS.items():
        column = getattr(goals, name).astype("int64")
        if name in YEARS:
            column = (column - BEFORE_ALL) * (column > 0)
        found = found | column << shift
        shift += bits
    return found  # type: ignore[no-any-return]  # the names of the columns are texts


def unpacked(meaning: Ints) -> dict[str, Any]:
    """The columns of goals that `packed` has packed."""
    found: dict[str, Any] = {}
    shift = 0
    for name, bits in BITS.items():
        column = meaning >> shift & (1 << bits) - 1
        shift += bits
        if name in YEARS:
            found[name] = ((column + BEFORE_ALL) * (column > 0)).astype("int16")
        else:
            found[name] = column.astype("bool" if bits == 1 and name != "cadence" else "int8")
    return found
