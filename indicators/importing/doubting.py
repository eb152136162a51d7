"""The doubts about the values of a file beside what is approved and beside one another.

NumPy says which values might be odd (`plausibility.batch`), and only those are asked about in
words. The earlier values of a series are those of the file, where it has them, else the approved.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from django.utils import timezone

from indicators.doubts import Stated, kind_of, known_around, rules_for
from indicators.doubts.known import Row
from indicators.importing.checking import ERROR, NO_WARNINGS, Checker
from indicators.importing.lining import Series, decimal_of
from indicators.importing.matching import About, When
from indicators.importing.present import number_of, parts_of
from indicators.models import (
    Indicator,
    Observation,
    Place,
    Unit,
)
from indicators.plausibility import Candidate, Issue, Rules, Severity, check
from indicators.plausibility.batch import CODES, Columns, suspects

AT_ONCE = 5_000
_NOBODY = 0
"""No indicator: the rules under this key are those of all that have none of their own."""


class Finding(NamedTuple):
    """What is to be changed in a staged row: "" leaves its outcome or sentence as it is."""

    sheet: int
    row: int
    column: int
    outcome: str
    warnings: str
    zh: str
    en: str


def findings(checker: Checker, today: date | None = None) -> Iterator[Finding]:
    """All that is odd in the file, in no order: contradictions in it, errors and doubts."""
    contradicted = set()
    for at, (zh, en) in checker.second.items():
        contradicted.add(at)
        yield Finding(*at, ERROR, NO_WARNINGS, zh, en)
    for index, issues in doubted(checker, today or timezone.localdate()):
        at = checker.values.at(index)
        if at in contradicted:
            continue
        errors = [issue for issue in issues if issue.severity is Severity.ERROR]
        if errors:
            yield Finding(
                *at,
                ERROR,
                NO_WARNINGS,
                "".join(i.zh for i in errors),
                " ".join(i.en for i in errors),
            )
        else:
            yield Finding(*at, "", as_json(issues), "", "")


def as_json(issues: list[Issue]) -> str:
    """Issues as a staged row keeps them."""
    return json.dumps(
        [
            {"code": issue.code, "zh": issue.zh, "en": issue.en, "severity": str(issue.severity),
             "needs_reason": issue.needs_reason}
            for issue in issues
        ],
        ensure_ascii=False,
    )  # fmt: skip


def doubted(
    checker: Checker, today: date, *, every: bool = False
) -> Iterator[tuple[int, list[Issue]]]:
    """The values (by their place among those of the file) about which there are issues.

    With `every` all values are asked about in words, which says the same and takes its time.
    """
    values = checker.values
    if not values.cells:
        return
    series = Series(checker, today)
    rules = rules_for({about.pk for about in series.abouts})
    mask = np.ones(len(values.cells), bool) if every else _suspects(checker, series, rules)
    found = [int(index) for index in np.flatnonzero(mask) if int(index) not in values.settled]
    stated = [_stated(checker, index) for index in found]
    beside = Beside(checker)
    known = known_around(stated)
    known = replace(known, approved=beside.over(known.approved), series={})
    for index, one in zip(found, stated, strict=True):
        beside.own = (one.indicator.pk, one.region.pk, one.period)
        context = replace(known.context(one, today), **series.around(index))
        period = checker.names.by_number[parts_of(values.cells[index])[2]].period
        candidate = Candidate(
            one.value, period.first_day, period.last_day, one.forecast, one.qualifier, one.source
        )
        if issues := check(candidate, context, rules[one.indicator.pk]):
            yield index, issues


def _suspects(checker: Checker, series: Series, rules: defaultdict[int, Rules]) -> Any:
    """Which values of the file might be odd.

    What has other rules than most, or relatives among the indicators, is asked about in any case.
    The columns are made piece by piece: all at once they would be tens of megabytes.
    """
    names, values, today = checker.names, checker.values, series.today
    cells, value = series.cells, series.value
    facts = np.zeros((len(names.abouts), 6), dtype=np.int64)
    related = _related(checker, rules)
    for about in series.abouts:
        facts[about.number] = (*_facts(about), about.pk in rules or about.pk in related,
                               about.indicator.aggregation == Indicator.Aggregation.SUM)  # fmt: skip
    early = series.early & np.fromiter(
        (not beside.early for beside in values.beside), dtype=bool, count=len(cells)
    )
    early |= np.array([when.period.first_day > today for when in names.by_number])[cells & 0xFFFFFF]
    total, parts, parts_missing = series.districts(facts[cells >> 44, 5].astype(bool))
    always = ~np.isnan(series.stored) & (series.stored != value)
    always |= np.isin(cells, _seconds(checker, series)) | facts[cells >> 44, 4].astype(bool)
    pieces = []
    for start in range(0, len(cells), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        kind, exponent, stock, bounded = facts[cells[part] >> 44, :4].T
        columns = Columns(
            value=value[part],
            kind=kind,
            exponent=exponent,
            stock=stock.astype(bool),
            bounded=bounded.astype(bool),
            **series.neighbours(part),
            stored=series.stored[part],
            early=early[part],
            total=total[part],
            parts=parts[part],
            parts_missing=parts_missing[part],
            always=always[part],
        )
        pieces.append(suspects(columns, rules[_NOBODY]))
    return np.concatenate(pieces)


def _related(checker: Checker, rules: defaultdict[int, Rules]) -> set[int]:
    """The indicators with another one that a rule holds against them: a whole, a part, a rate."""
    abouts = checker.names.abouts.values()
    pairs = {code for pair in rules[_NOBODY]["part_over_whole"].pairs("pairs") for code in pair}
    found = {about.pk for about in abouts if about.code in pairs}
    for about in abouts:
        if about.indicator.rate_of_id is not None:
            found |= {about.pk, about.indicator.rate_of_id}
    return found


def _seconds(checker: Checker, series: Series) -> list[int]:
    """The cells beside whose value a second, loaded one stands."""
    names = checker.names
    rows = Observation.objects.in_progress().filter(
        key__isnull=False, indicator__in={about.pk for about in series.abouts}
    )
    found = []
    for indicator, region, period in rows.exclude(reference_period=None).values_list(
        "indicator", "region", "reference_period"
    ):
        when = names.period(period)
        if isinstance(when, When):
            found.append(
                number_of(names.abouts[indicator].number, names.places[region].number, when.number)
            )
    return found


def _stated(checker: Checker, index: int) -> Stated:
    """One value of the file as the rules see it."""
    names, values = checker.names, checker.values
    about, place, when = parts_of(values.cells[index])
    beside = values.beside[index]
    return Stated(
        names.about_of[about].indicator,
        names.place_of[place].region,
        names.by_number[when].text,
        decimal_of(values.values[index]),
        beside.early,
        beside.qualifier,
        (beside.source_title, beside.source_date, beside.vintage) if beside.source_title else (),
    )


class Beside(dict[Place, Row]):
    """Approved rows by cell, over which the values of the file stand; but not in the cell `own`."""

    def __init__(self, checker: Checker) -> None:
        super().__init__()
        self.checker = checker
        self.own: Place = (0, 0, "")

    def over(self, approved: Mapping[Place, Row]) -> Beside:
        """These rows below the values of the file."""
        self.update(approved)
        return self

    def get(self, place: Place, default: Any = None) -> Any:
        """The file's value of a cell, else the approved one."""
        names, values = self.checker.names, self.checker.values
        if place != self.own and place[0] in names.abouts and place[1] in names.places:
            when = names.period(place[2])
            assert isinstance(when, When)
            cell = number_of(
                names.abouts[place[0]].number, names.places[place[1]].number, when.number
            )
            index = values.index.get(cell)
            value = None if index is None else decimal_of(values.values[index])
            if index is not None and value is not None:
                said = values.beside[index]
                return Row(0, *place, value, said.qualifier, said.vintage, said.source_title,
                           said.source_date, None, "approved")  # fmt: skip
        return super().get(place, default)


def _facts(about: About) -> tuple[int, int, int, int]:
    """Kind, exponent, stock and bounded of an indicator, as plausibility counts them."""
    indicator = about.indicator
    return (
        CODES[kind_of(indicator)], about.exponent,
        int(indicator.accumulation == Indicator.Accumulation.STOCK),
        int(indicator.unit.dimension == Unit.Dimension.PERCENT),
    )  # fmt: skip
