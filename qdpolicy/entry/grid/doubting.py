"""The doubts about a block of values: each held against the record and against the others in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TypeAlias

from indicators.doubts import Known, Stated, known_around, parse
from indicators.doubts.known import Points, Row
from indicators.periods import ReferencePeriod
from indicators.plausibility import Issue

Place: TypeAlias = tuple[int, int, str]
Key: TypeAlias = tuple[int, int, str, int]
"""A series: indicator, region, and the kind and length of its periods."""


def doubts_of_block(
    stated: Sequence[Stated], fresh: Sequence[bool], today: date
) -> list[list[Issue]]:
    """The doubts about each value, in their order; as many queries as `known_around`.

    The values marked `fresh` stand for what the record will hold: a series pasted at once is
    compared with itself, and not with what it takes the place of.
    """
    known = known_around(stated)
    block = {
        _place(value): _row(value)
        for value, new in zip(stated, fresh, strict=True)
        if new and value.value is not None
    }
    approved = {**known.approved, **block}
    together = replace(known, approved=approved, series=_series(known, block))
    found = []
    for value in stated:
        # The cell itself keeps the approved value that this one would replace.
        place = _place(value)
        own, standing = approved.pop(place, None), known.approved.get(place)
        if standing is not None:
            approved[place] = standing
        found.append(together.doubts(value, today))
        if own is not None:
            approved[place] = own
    return found


def _place(stated: Stated) -> Place:
    return stated.indicator.pk, stated.region.pk, stated.period


def _row(stated: Stated) -> Row:
    """A value of the block as the record would hold it."""
    assert stated.value is not None
    return Row(
        pk=0,
        indicator=stated.indicator.pk,
        region=stated.region.pk,
        period=stated.period,
        value=stated.value,
        qualifier=stated.qualifier,
        vintage="",
        source_title="",
        source_date="",
        key=None,
        review_state="draft",
    )


def _series(known: Known, block: dict[Place, Row]) -> dict[Key, Points]:
    """The series with the values of the block in their places."""
    touched: dict[Key, dict[ReferencePeriod, Row]] = {}
    for row in block.values():
        period = parse(row.period)
        key = (row.indicator, row.region, period.kind, period.months)
        points = touched.setdefault(key, dict(known.series.get(key, ())))
        points[period] = row
    return {**known.series, **{key: sorted(points.items()) for key, points in touched.items()}}
