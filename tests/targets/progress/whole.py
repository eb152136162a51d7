"""Whole verdicts, word for word: every field, flag, input and sentence of some two hundred and fifty cases.

`data/whole_verdicts.json` was read by a person, line by line. After a change of the rules run
`python -m tests.targets.progress.whole` and read the difference before it is kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from targets.progress import Verdict, evaluate, evaluate_group
from targets.progress.arithmetic import plain
from targets.progress.cases import read_actuals, read_goal
from targets.progress.reasons import FIGURES, Reason
from targets.progress.wording import sentence

DATA = Path(__file__).parent / "data"
FILE = DATA / "whole_verdicts.json"


def verdict_of(case: Mapping[str, Any]) -> Verdict:
    """The verdict; each actual's id is its period, a rate's with a per cent sign."""
    series = read_actuals(case.get("series"), "series")
    rates = read_actuals(case.get("rates"), "rates")
    as_of = case.get("as_of")
    return evaluate(
        read_goal(case),
        {p: replace(a, id=str(p)) for p, a in series.items()},
        None if as_of is None else date.fromisoformat(as_of),
        rates={p: replace(a, id=f"{p} %") for p, a in rates.items()},
    )


def described(case: Mapping[str, Any]) -> dict[str, Any]:
    """What came out, as a person reads it; what is None or empty is left out."""
    parts = case.get("parts")
    if parts is None:
        return _fields(verdict_of(case))
    common = {name: value for name, value in case.items() if name != "parts"}
    group = evaluate_group([verdict_of({**common, **part}) for part in parts])
    whole = {
        "status": group.status,
        "attained": group.attained,
        "flags": list(group.flags),
        "reasons": [_words(reason) for reason in group.reasons],
        "inputs": list(group.inputs),
    }
    return {**whole, "parts": [_fields(part) for part in group.parts]}


def _fields(verdict: Verdict) -> dict[str, Any]:
    base = verdict.baseline
    fields = {
        "status": verdict.status,
        "attained": verdict.attained,
        "position": verdict.position,
        "period": verdict.period and str(verdict.period),
        "value": _short(verdict.value),
        "goal": _short(verdict.goal),
        "baseline": base and f"{base.period} {_short(base.value)} {base.provenance}",
        "trend": verdict.trend,
        **{name: _short(getattr(verdict, name)) for name in FIGURES},
        "flags": list(verdict.flags),
        "reasons": [_words(reason) for reason in verdict.reasons],
        "inputs": list(verdict.inputs),
    }
    kept = ("status", "attained")
    return {n: v for n, v in fields.items() if n in kept or (v is not None and v != [])}


def _short(figure: Decimal | None) -> str | None:
    """Twelve digits, which a person can still compare."""
    return None if figure is None else plain(Decimal(f"{figure:.12g}"))


def _words(reason: Reason) -> str:
    return f"{reason.code}: {sentence(reason, 'zh')}"


def _rows(entry: Mapping[str, Any]) -> str:
    """An entry in lines that show in a comparison what has changed."""
    verdict = described(entry["case"])
    lines = [
        f'{{"name": {_json(entry["name"])},',
        f' "case": {_json(entry["case"])},',
        f' "verdict": {_json(verdict)}}}',
    ]
    return "\n".join(lines)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    entries = json.loads(FILE.read_text(encoding="utf-8"))
    rows = ",\n".join(_rows(entry) for entry in entries)
    FILE.write_text(f"[\n{rows}\n]\n", encoding="utf-8")
