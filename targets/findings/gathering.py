"""All findings about a set of promises."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any

from indicators.periods import ReferencePeriod
from targets.findings.changes import changes
from targets.findings.clashes import contradictions, met_before, overtaken
from targets.findings.finding import KINDS, Finding, Promise
from targets.findings.legs import legs
from targets.progress.goal import Actual
from targets.progress.rules import DEFAULT_RULES, Rules

Series = Mapping[ReferencePeriod, Actual]
Actuals = Mapping[Any, tuple[Series, Series]]
"""By indicator and region: the levels or flows, and the growth rates published with them."""


def find(
    promises: Iterable[Promise], actuals: Actuals, rules: Rules = DEFAULT_RULES
) -> tuple[Finding, ...]:
    """What these promises say of one another, what does not fit first, then the latest issued.

    Raises nothing; a promise without a sound number is left out. Numbers are compared only where
    they mean the same: one indicator, region and measure, amounts over stretches of one length.
    """
    sound = [promise for promise in promises if promise.sound]
    known = {promise.id: promise for promise in sound}
    lines: defaultdict[tuple[Hashable, Hashable], list[Promise]] = defaultdict(list)
    for promise in sound:
        lines[promise.indicator, promise.region].append(promise)
    found = [
        finding
        for place, line in lines.items()
        for finding in _of_line(line, known, actuals.get(place, ({}, {})), rules)
    ]
    found.sort(key=lambda f: f.later.order, reverse=True)
    found.sort(key=lambda f: KINDS.index(f.kind))
    return tuple(found)


def _of_line(
    line: list[Promise],
    known: Mapping[Hashable, Promise],
    actuals: tuple[Series, Series],
    rules: Rules,
) -> Iterator[Finding]:
    """The findings about one indicator in one region."""
    yield from contradictions(line)
    yield from legs(line, *actuals)
    yield from overtaken(line)
    for promise in line:
        already = met_before(promise, actuals[0], rules) if promise.in_force else None
        if already is not None:
            yield already
    yield from changes(line, known)
