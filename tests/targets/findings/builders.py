"""Promises, actuals and a plain voice for the tests of findings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from indicators.periods import ReferencePeriod
from indicators.quantities import plain
from targets.findings import Finding, Promise, find
from targets.progress import Actual, Baseline, Goal

PLACE = ("HNTE", "370200")


def period(text: str | None) -> ReferencePeriod | None:
    return None if text is None else ReferencePeriod.parse(text)


def baseline(text: str, value: str | None = None, provenance: str = "observed") -> Baseline:
    number = None if value is None else Decimal(value)
    return Baseline(period=ReferencePeriod.parse(text), value=number, provenance=provenance)  # type: ignore[arg-type]


def promise(name: str, value: str | None, end: str | None = "2024", **fields: Any) -> Promise:
    """A promise of a document of its own, issued in the year before its end."""
    year = "2020" if end is None else str(int(end[:4]) - 1)
    about: dict[str, Any] = {
        "id": name, "document": f"doc-{name}", "issued": year, "indicator": PLACE[0],
        "region": PLACE[1], "clause": f"clause-{name}", "head": name,
    }  # fmt: skip
    goal: dict[str, Any] = {
        "measure": "level", "comparator": "at_least", "direction": "increase",
        "value": None if value is None else Decimal(value), "period_end": period(end),
        "accumulation": "stock",
    }  # fmt: skip
    for key, given in fields.items():
        (about if key in Promise.__dataclass_fields__ else goal)[key] = given
    for key in ("upper", "tolerance"):
        if isinstance(goal.get(key), str):
            goal[key] = Decimal(goal[key])
    for key in ("period_start",):
        if isinstance(goal.get(key), str):
            goal[key] = period(goal[key])
    return Promise(goal=Goal(**goal), **about)


def series(**values: str) -> dict[ReferencePeriod, Actual]:
    """y2023="7920"; a leading > or < or ~ makes a bound or about; y2023_S1 is half a year."""
    found = {}
    for name, text in values.items():
        qualifier = {">": "above", "<": "below", "~": "about"}.get(text[0], "exact")
        number = Decimal(text.lstrip("<>~"))
        key = ReferencePeriod.parse(name[1:].replace("_", "-"))
        found[key] = Actual(value=number, qualifier=qualifier)  # type: ignore[arg-type]
    return found


def found(
    *promises: Promise,
    actuals: dict[ReferencePeriod, Actual] | None = None,
    rates: dict[ReferencePeriod, Actual] | None = None,
) -> list[Finding]:
    return list(find(promises, {PLACE: (actuals or {}, rates or {})}))


def kinds(*promises: Promise, **given: Any) -> list[tuple[Any, ...]]:
    """(kind, ids of the promises) of each finding."""
    return [(f.kind, *(p.id for p in f.promises)) for f in found(*promises, **given)]


class PlainVoice:
    """Numbers without units, documents by their key."""

    def document(self, promise: Promise) -> str:
        return str(promise.document)

    def goal(self, promise: Promise) -> str:
        return f"{promise.goal.comparator} {plain(promise.value)}"

    def amount(self, value: Decimal, promise: Promise) -> str:
        assert promise.sound
        return plain(value.quantize(Decimal("0.01")))

    def apart(self, value: Decimal, promise: Promise) -> str:
        assert promise.sound
        return plain(value.quantize(Decimal("0.01")))
