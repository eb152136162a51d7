"""Reasons of a verdict: a code and its figures. The words are made when shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from indicators.periods import ReferencePeriod
from targets.progress.arithmetic import plain

FIGURES = (
    "completion",
    "share_done",
    "pace",
    "expected_now",
    "gap",
    "needed",
    "actual_rate",
    "required_rate",
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a verdict is as it is. Params are canonical texts of figures and periods."""

    code: str
    params: tuple[tuple[str, str], ...] = ()

    def as_row(self) -> dict[str, object]:
        """A mapping to store as JSON."""
        return {"code": self.code, "params": dict(self.params)}

    @classmethod
    def from_row(cls, row: Mapping[str, object]) -> Reason:
        """The reason of a stored mapping; what is not text is left out."""
        params = row.get("params")
        pairs = params.items() if isinstance(params, Mapping) else ()
        texts = tuple((str(name), value) for name, value in pairs if isinstance(value, str))
        return cls(str(row.get("code", "")), texts)


def reason(code: str, **params: Decimal | int | ReferencePeriod | str) -> Reason:
    """A reason with its figures written canonically."""
    return Reason(code, tuple((name, _text(value)) for name, value in params.items()))


def _text(value: Decimal | int | ReferencePeriod | str) -> str:
    return plain(value) if isinstance(value, Decimal) else str(value)


_ALL = frozenset(FIGURES)
_ON_THE_WAY = _ALL - {"completion", "gap"}

# Which undefined figures a reason accounts for.
COVERS: dict[str, frozenset[str]] = {
    "not_quantified": _ALL,
    "goal_malformed": _ALL,
    "not_due": _ALL,
    "no_actual": _ALL,
    "confidential": _ALL,
    "not_applicable": _ALL,
    "no_start": _ALL,
    "growth_not_computable": _ALL,
    "criterion_needs_baseline": _ALL,
    "base_not_positive": _ALL,
    "no_baseline": _ON_THE_WAY,
    "baseline_missing": _ON_THE_WAY,
    "one_point": _ON_THE_WAY,
    "baseline_equals_goal": _ON_THE_WAY,
    "baseline_already_met": _ON_THE_WAY,
    "cap_on_running_sum": _ON_THE_WAY,
    "no_deadline": _ON_THE_WAY - {"share_done"},
    "no_time_left": frozenset({"needed"}),
    "already_attained": frozenset({"needed"}),
    "goal_is_zero": frozenset({"completion"}),
    "nothing_expected_yet": frozenset({"pace"}),
    "beyond_the_goal": frozenset({"pace", "needed"}),
    "growth_is_not_summed": frozenset({"share_done", "needed"}),
    "average_is_not_summed": frozenset({"share_done"}),
    "rate_without_pace": frozenset({"pace", "needed"}),
    "parts_have_figures": _ALL,
    "no_pace_each_year": _ON_THE_WAY - {"share_done", "expected_now"},
}
