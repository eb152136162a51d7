"""Seeded data of three sizes in the tables of the product, with all that the rule book knows.

Series of ten years that grow or shrink, some of them with half-years, bounds, provisional, broken,
missing and withheld figures; goals of every measure, comparator, cadence and path, with and
without baselines, and one promise in twenty of two parts. One series in a hundred has half-years
beside its years, one in five hundred a half-year only at its end, and three goals in a thousand end
with a half-year: what these touch is judged one by one, and the bench says how many that are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, get_args

import numpy as np
from django.db import connection

from accounts.models import Department, User
from indicators.models import Indicator, Region, Unit
from targets.models import Clause, PolicyDocument
from targets.progress.goal import Comparator, MeasureKind
from targets.recompute.binary import Texts, encode
from tests.bench.sizes import SIZES as SIZES
from tests.bench.sizes import Size

AS_OF = date(2025, 4, 30)
NOW = datetime(2025, 4, 30, 4, 0, tzinfo=UTC)
FIRST, YEARS = 2015, 10
STEP = 500_000  # rows of one COPY
MEASURES = get_args(MeasureKind)
COMPARATORS = get_args(Comparator)


def fill(size: Size) -> None:
    """Fill an empty database that was migrated; the same rows for the same size each time."""
    random = np.random.default_rng(20250630)
    _catalogue(size)
    with connection.cursor() as cursor:
        indexes = _without_indexes(cursor, "indicators_observation")
        for start in range(0, size.pairs, STEP // YEARS):
            pairs = np.arange(start, min(start + STEP // YEARS, size.pairs))
            _observations(cursor, size, pairs, random)
        for index in indexes:
            cursor.execute(index)
        for start in range(0, size.targets, STEP):
            places = np.arange(start, min(start + STEP, size.targets))
            _targets(cursor, size, places, random)
        cursor.execute("ANALYZE")


def _without_indexes(cursor: Any, table: str) -> list[str]:
    """Drop what would make filling slow; the statements that bring it back."""
    cursor.execute(
        "SELECT i.indexname, i.indexdef FROM pg_indexes i LEFT JOIN pg_constraint c"
        " ON c.conname = i.indexname WHERE i.tablename = %s AND c.conname IS NULL",
        [table],
    )
    found = cursor.fetchall()
    for name, _definition in found:
        cursor.execute(f'DROP INDEX "{name}"')
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND contype IN ('f', 'c')",
        [table],
    )
    constraints = cursor.fetchall()
    for name, _definition in constraints:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    return [definition for _name, definition in found] + [
        f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'
        for name, definition in constraints
    ]


def _catalogue(size: Size) -> None:
    """Two people, units, regions, indicators, and a document with one clause."""
    bureau = Department.objects.create(code="bench", name="基准局", name_en="Bench")
    for number in (1, 2):
        User.objects.create(username=f"bench{number}", full_name=f"基准{number}")
    unit = Unit.objects.create(
        code="jia", symbol="家", name_en="units", base="家", exponent=0, dimension="count"
    )
    Unit.objects.create(
        code="percent", symbol="%", name_en="per cent", base="%", dimension="percent"
    )
    Region.objects.bulk_create(
        Region(code=f"b{n}", name=f"区{n}", name_en=f"Region {n}", kind="district")
        for n in range(size.regions)
    )
    rates = size.indicators // 20
    levels = Indicator.objects.bulk_create(
        Indicator(
            code=f"B{n}", name=f"基准指标{n}", name_en=f"Indicator {n}", definition="示范",
            unit=unit, kind="count", accumulation="flow" if n % 3 == 0 else "stock",
            direction="increase", aggregation="sum", department=bureau,
        )
        for n in range(size.indicators - rates)
    )  # fmt: skip
    Indicator.objects.bulk_create(
        Indicator(
            code=f"R{n}", name=f"基准增速{n}", name_en=f"Rate {n}", definition="示范", unit=unit,
            kind="rate", accumulation="stock", direction="increase", aggregation="none",
            department=bureau, rate_of=levels[n],
        )
        for n in range(rates)
    )  # fmt: skip
    document = PolicyDocument.objects.create(
        key="bench", title="基准文件", title_en="Bench", issuer="示范机关", kind="plan",
        issued="2021", region=Region.objects.earliest("pk"), digest="一项承诺。",
    )  # fmt: skip
    Clause.objects.create(document=document, key="c", locator="一", start=0, end=2)


def _copy(cursor: Any, table: str, columns: dict[str, Any]) -> None:
    names = ", ".join(columns)
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(encode(list(columns.values())))


def _some(
    random: np.random.Generator, words: Sequence[str], weights: Sequence[float], n: int
) -> Texts:
    shares = np.array(weights) / sum(weights)
    return Texts(random.choice(len(words), n, p=shares), words)


def _first_ids() -> tuple[int, int]:
    return Region.objects.earliest("pk").pk, Indicator.objects.earliest("pk").pk


def _level(pairs: np.ndarray, year: np.ndarray) -> np.ndarray:
    """Where a series stands in a year: the same formula makes the goals."""
    start = 50 + (pairs * 7919 % 9950)
    growth = 0.94 + (pairs * 104_729 % 1000) / 5000
    return np.round(start * growth ** (year - FIRST), 2)


def _observations(cursor: Any, size: Size, pairs: np.ndarray, random: np.random.Generator) -> None:
    region, indicator = _first_ids()
    pair = np.repeat(pairs, YEARS)
    year = np.tile(np.arange(FIRST, FIRST + YEARS), len(pairs))
    value = np.round(_level(pair, year) * random.uniform(0.97, 1.03, len(pair)), 2)
    rate = pair % size.indicators >= size.indicators - size.indicators // 20
    value = np.where(rate, np.round(random.normal(6, 5, len(pair)), 1), value)
    years = [str(y) for y in range(FIRST, FIRST + YEARS)]
    halved = (pair % 500 == 37) & (year == FIRST + YEARS - 1)
    period = Texts(
        np.where(halved, year - FIRST + YEARS, year - FIRST), [*years, *(f"{y}-S1" for y in years)]
    )
    value = np.where(halved, np.round(value / 2, 2), value)
    status = random.choice(7, len(pair), p=[0.95, 0.02, 0.01, 0.01, 0.005, 0.003, 0.002])
    missing = status >= 4
    there = random.random(len(pair)) < 0.96
    columns = {
        "indicator_id": pair % size.indicators + indicator,
        "region_id": pair // size.indicators + region,
        "reference_period": period,
        "value": np.where(missing, np.nan, value),
        "qualifier": _some(random, ["exact", "above", "below", "about"], [96, 2, 1, 1], len(pair)),
        "obs_status": Texts(status, list("APEBLMQ")),
    }
    cursor.execute(
        "CREATE TEMP TABLE staged (indicator_id int8, region_id int8, reference_period text,"
        " value float8, qualifier text, obs_status text)"
    )
    kept = {
        name: Texts(column.codes[there], column.texts)
        if isinstance(column, Texts)
        else column[there]
        for name, column in columns.items()
    }
    _copy(cursor, "staged", kept)
    cursor.execute(
        "INSERT INTO staged SELECT indicator_id, region_id, reference_period || '-S1',"
        " round((value / 2)::numeric, 2), 'exact', 'A' FROM staged WHERE value IS NOT NULL"
        " AND (indicator_id * 7 + region_id) % 100 = 3 AND length(reference_period) = 4"
        " AND reference_period >= '2020'"
    )
    cursor.execute(
        """
        INSERT INTO indicators_observation (indicator_id, region_id, reference_period, value,
            qualifier, obs_status, vintage, entered_text, source_title, source_url, source_date,
            reliability, note, reason, review_state, entered_at, return_reason, approved_at,
            self_approved, published_at, version, approved_by_id, entered_by_id,
            doubts, explanation, origin, origin_place, withdraw_reason)
        SELECT indicator_id, region_id, reference_period, value::numeric, qualifier, obs_status,
            'annual', '', '', '', '', 'A', '', '', 'approved', %(now)s, '', %(now)s, false,
            %(now)s, 1, u.last, u.first, '[]', '', 'command', '', ''
        FROM staged, (SELECT min(id) AS first, max(id) AS last FROM accounts_user) u
        """,
        {"now": NOW},
    )
    cursor.execute("DROP TABLE staged")


def _targets(cursor: Any, size: Size, places: np.ndarray, random: np.random.Generator) -> None:
    """Goals over the series of levels, in turn; the second of twenty is a part of the first."""
    region, indicator = _first_ids()
    n = len(places)
    levels = size.indicators - size.indicators // 20
    # Parts stand next to their heads and in the same region.
    within = places * 31 % (size.regions * levels)
    home = np.where(places % 20 == 1, (places - 1) * 31 % (size.regions * levels), within) // levels
    column = within % levels
    pair = home * size.indicators + column
    measure = random.choice(9, n, p=[0.42, 0.08, 0.08, 0.12, 0.11, 0.05, 0.06, 0.06, 0.02])
    comparator = random.choice(8, n, p=[0.2, 0.5, 0.07, 0.03, 0.01, 0.06, 0.05, 0.08])
    end = random.integers(2022, 2031, n)
    base = random.integers(2017, 2021, n)
    reach = random.uniform(0.9, 1.15, n)
    level = np.round(_level(pair, np.minimum(end, 2026)) * reach, 2)
    names = np.array(MEASURES)[measure]
    value = np.where(names == "multiple", 2.0, level)
    value = np.where(
        np.isin(names, ["growth", "average_growth", "change"]), np.round(reach * 8, 1), value
    )
    value = np.where(names == "rank", random.integers(1, 12, n), value)
    value = np.where(names == "cumulative", np.round(level * (end - base), 2), value)
    provenance = random.choice(4, n, p=[0.12, 0.68, 0.15, 0.05])
    given = provenance >= 2
    path = random.choice(4, n, p=[0.85, 0.11, 0.02, 0.02])
    starts = (random.random(n) < 0.8) | np.isin(names, ["cumulative"])
    halves = random.random(n) < 0.003
    years = [str(y) for y in range(2010, 2036)]
    columns = {
        "place": places,
        "head": np.where(places % 20 == 1, places - 1, -1),
        "indicator_id": column + indicator,
        "region_id": home + region,
        "measure": Texts(measure, MEASURES),
        "comparator": Texts(comparator, COMPARATORS),
        "value": value,
        "upper": np.where(
            comparator == COMPARATORS.index("between"), np.round(value * 1.1, 2), np.nan
        ),
        "tolerance": np.where(random.random(n) < 0.01, 3.0, np.nan),
        "direction": Texts(
            np.where(np.isin(np.array(COMPARATORS)[comparator], ["at_most", "less_than"]), 1, 0),
            ["increase", "decrease"],
        ),
        "period_start": Texts(np.where(starts, base + 1 - 2010 + 1, 0), ["", *years]),
        "period_end": Texts(
            np.where(halves, end - 2010 + 26, end - 2010), [*years, *(f"{y}-S1" for y in years)]
        ),
        "cadence": _some(random, ["by_end", "each_year"], [94, 6], n),
        "path": Texts(path, ["linear", "compound", "milestones", "seasonal"]),
        "milestone_year": np.minimum(base + 2, end - 1),
        "milestone": np.round(level * 0.7, 2),
        "baseline_period": Texts(np.where(provenance > 0, base - 2010 + 1, 0), ["", *years]),
        "baseline_value": np.where(given, np.round(_level(pair, base) * 0.98, 2), np.nan),
        "baseline_provenance": Texts(provenance, ["", "observed", "stated", "implied"]),
    }
    kinds = {name: _kind(column) for name, column in columns.items()}
    cursor.execute(f"CREATE TEMP TABLE staged ({', '.join(f'{n} {k}' for n, k in kinds.items())})")
    _copy(cursor, "staged", columns)
    for statement in _FROM_STAGED:
        cursor.execute(statement, {"now": NOW})
    cursor.execute("DROP TABLE staged")


def _kind(column: Any) -> str:
    if isinstance(column, Texts):
        return "text"
    return "float8" if column.dtype.kind == "f" else "int8"


_FROM_STAGED = (
    """
    INSERT INTO targets_target (key, name, name_en, note, note_en, clause_id, document_id,
        indicator_id, region_id)
    SELECT 't' || place, '目标' || place, 'Target ' || place, '', '', c.id, c.document_id,
        s.indicator_id, s.region_id
    FROM staged s, (SELECT id, document_id FROM targets_clause LIMIT 1) c ORDER BY place
    """,
    """
    UPDATE targets_target t SET part_of_id = h.id FROM staged s
    JOIN targets_target h ON h.key = 't' || s.head
    WHERE s.head >= 0 AND t.key = 't' || s.place
    """,
    """
    INSERT INTO targets_targetversion (target_id, unit_id, measure, comparator, value, upper,
        tolerance, direction, commitment, binding, period_start, period_end, cadence, path,
        milestones, profile, baseline_period, baseline_value, baseline_provenance,
        baseline_note, baseline_note_en, reason, review_state, entered_at, approved_at,
        self_approved, approved_by_id, entered_by_id, basis_note, change, effective_at,
        return_reason, version)
    SELECT t.id, CASE WHEN s.measure IN ('change', 'growth', 'average_growth') THEN u.last
            ELSE u.first END,
        s.measure, s.comparator, s.value::numeric, s.upper::numeric, s.tolerance::numeric,
        s.direction, 'firm', 'unstated', s.period_start, s.period_end, s.cadence, s.path,
        CASE WHEN s.path = 'milestones'
            THEN jsonb_build_object(s.milestone_year::text, s.milestone::text) ELSE '{}' END,
        CASE WHEN s.path = 'seasonal' THEN '["0.1", "0.2", "0.3", "0.4"]'::jsonb ELSE '[]' END,
        s.baseline_period, s.baseline_value::numeric, s.baseline_provenance, '', '', '',
        'approved', %(now)s, %(now)s, false, p.last, p.first, '', 'first', %(now)s, '', 1
    FROM staged s JOIN targets_target t ON t.key = 't' || s.place,
        (SELECT min(id) AS first, max(id) AS last FROM indicators_unit) u,
        (SELECT min(id) AS first, max(id) AS last FROM accounts_user) p
    """,
)
