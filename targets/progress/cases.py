"""Worked cases as JSON: read one, judge it, write down what came out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, cast, get_args

from indicators.periods import PeriodError, ReferencePeriod
from targets.progress.evaluate import evaluate
from targets.progress.goal import (
    Accumulation,
    Actual,
    Baseline,
    Cadence,
    Comparator,
    Direction,
    Goal,
    MeasureKind,
    ObsStatus,
    Path,
    Provenance,
    Qualifier,
    faults,
)
from targets.progress.group import evaluate_group
from targets.progress.reasons import FIGURES, Reason, reason
from targets.progress.rules import DEFAULT_RULES, Rules
from targets.progress.verdict import Verdict
from targets.progress.wording import sentence

_DIRECTIONS: dict[str, Direction] = {
    "at_most": "decrease",
    "less_than": "decrease",
    "equals": "maintain",
}
_LONGEST_NUMBER = 100
_LARGEST_POWER = 300
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class CaseError(ValueError):
    """A case that cannot be read; says what is wrong with it in `zh` and `en`."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} {en}")
        self.zh = zh
        self.en = en


def judge_case(case: object, rules: Rules = DEFAULT_RULES) -> dict[str, Any]:
    """The verdict on a case, undefined figures None. Raises CaseError for a malformed one."""
    fields = _mapping(case, "case")
    parts = fields.get("parts")
    if parts is None:
        return _judge_single(fields, rules)
    if not isinstance(parts, list | tuple) or not parts:
        raise CaseError("parts 应为至少含一个目标的列表。", "parts must be a list of goals.")
    common = {name: value for name, value in fields.items() if name != "parts"}
    verdict = evaluate_group(
        [_judge_part(common, part, place, rules) for place, part in enumerate(parts, start=1)]
    )
    own = reason("parts_have_figures")
    reasons = [*verdict.reasons, own, *(r for part in verdict.parts for r in part.reasons)]
    return {
        "id": fields.get("id"),
        "status": verdict.status,
        "attained": verdict.attained,
        "position": None,
        **dict.fromkeys(FIGURES),
        "flags": list(verdict.flags),
        "reasons": [_reason_row(r) for r in dict.fromkeys(reasons)],
    }


def _judge_part(common: Mapping[str, object], part: object, place: int, rules: Rules) -> Verdict:
    """The verdict on one part; what it does not say itself it takes from the case."""
    try:
        return _evaluate({**common, **_mapping(part, "part")}, rules)
    except CaseError as error:
        raise CaseError(f"第{place}项：{error.zh}", f"Part {place}: {error.en}") from error


def _judge_single(fields: Mapping[str, object], rules: Rules) -> dict[str, Any]:
    verdict = _evaluate(fields, rules)
    figures = {name: getattr(verdict, name) for name in FIGURES}
    numbers = {name: _json_number(figure) for name, figure in figures.items()}
    beyond = [n for n, figure in figures.items() if figure is not None and numbers[n] is None]
    reasons = [*verdict.reasons, *(reason("figure_out_of_range", field=name) for name in beyond)]
    return {
        "id": fields.get("id"),
        "status": verdict.status,
        "attained": verdict.attained,
        "position": verdict.position,
        **numbers,
        "flags": list(verdict.flags),
        "reasons": [_reason_row(r) for r in reasons],
    }


def _evaluate(fields: Mapping[str, object], rules: Rules) -> Verdict:
    goal = read_goal(fields)
    if fields.get("series") is None and fields.get("rates") is None:
        raise CaseError(
            "缺少实绩 series，没有实绩时写 {}。", "The series is missing; write {} for none."
        )
    series = read_actuals(fields.get("series"), "series")
    rates = read_actuals(fields.get("rates"), "rates")
    return evaluate(goal, series, _day(fields.get("as_of")), rules, rates=rates)


def read_goal(fields: Mapping[str, object]) -> Goal:
    """The goal of a case. Raises CaseError."""
    if "value" not in fields:
        raise CaseError("缺少目标值 value。", "The goal's value is missing.")
    if "period_end" not in fields:
        raise CaseError(
            "缺少期末 period_end，没有期限时写 null。",
            "The period_end is missing; write null for no deadline.",
        )
    comparator = cast("Comparator", _word(fields, "comparator", Comparator))
    direction = _word(fields, "direction", Direction, _DIRECTIONS.get(comparator, "increase"))
    accumulation = None
    if fields.get("accumulation") is not None:
        accumulation = cast("Accumulation", _word(fields, "accumulation", Accumulation))
    unit = fields.get("unit")
    goal = Goal(
        measure=cast("MeasureKind", _word(fields, "measure", MeasureKind)),
        comparator=comparator,
        value=_number(fields["value"], "value"),
        direction=cast("Direction", direction),
        period_end=_optional_period(fields, "period_end"),
        period_start=_optional_period(fields, "period_start"),
        upper=_number(fields.get("upper"), "upper"),
        tolerance=_number(fields.get("tolerance"), "tolerance"),
        unit=unit if isinstance(unit, str) else "",
        accumulation=accumulation,
        cadence=cast("Cadence", _word(fields, "cadence", Cadence, "by_end")),
        path=cast("Path", _word(fields, "path", Path, "linear")),
        milestones=_milestones(fields.get("milestones")),
        profile=_profile(fields.get("profile")),
        baseline=_baseline(fields.get("baseline")),
    )
    wrong = faults(goal)
    if wrong:
        names = ", ".join(wrong)
        raise CaseError(f"目标的 {names} 不成立。", f"The goal's {names} cannot be right.")
    return goal


def _word(
    fields: Mapping[str, object], name: str, vocabulary: object, default: str | None = None
) -> str:
    word = fields.get(name)
    word = default if word is None else word
    words = get_args(vocabulary)
    if word not in words:
        listed = ", ".join(words)
        raise CaseError(f"{name} 应为以下之一：{listed}。", f"{name} must be one of {listed}.")
    return str(word)


def _mapping(value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise CaseError(f"{name} 应为键值对象。", f"{name} must be an object.")
    return value


def _number(value: object, name: str) -> Decimal | None:
    """A number or its text, exactly as written; None stays None."""
    if value is None:
        return None
    text = repr(value) if isinstance(value, float) else str(value).strip()
    numeric = isinstance(value, int | float | str | Decimal) and not isinstance(value, bool)
    if numeric and len(text) <= _LONGEST_NUMBER and "_" not in text:
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if number.is_finite() and abs(number.adjusted()) <= _LARGEST_POWER:
            return number
    raise CaseError(f"{name} 不是有效的数字。", f"{name} is not a valid number.")


def _period(text: object, name: str) -> ReferencePeriod:
    if text is None:
        raise CaseError(f"{name} 缺少报告期 period。", f"The period of {name} is missing.")
    try:
        return ReferencePeriod.parse(str(text) if isinstance(text, int) else cast("str", text))
    except PeriodError as error:
        raise CaseError(f"{name}：{error.zh}", f"{name}: {error.en}") from error


def _optional_period(fields: Mapping[str, object], name: str) -> ReferencePeriod | None:
    return None if fields.get(name) is None else _period(fields[name], name)


def _day(text: object) -> date | None:
    if text is None:
        return None
    try:
        if isinstance(text, str) and _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # 2025-02-30
    raise CaseError("as_of 应写成 2025-06-30 这样的日期。", "as_of must be a day like 2025-06-30.")


def read_actuals(value: object, name: str) -> dict[ReferencePeriod, Actual]:
    """The series of a case, `name` in messages. Raises CaseError."""
    actuals: dict[ReferencePeriod, Actual] = {}
    if value is None:
        return actuals
    for text, entry in _mapping(value, name).items():
        period = _period(text, name)
        if period in actuals:
            raise CaseError(f"{name} 中 {period} 出现了两次。", f"{period} stands twice in {name}.")
        actuals[period] = _actual(entry, f"{name} {period}")
    return actuals


def _actual(entry: object, name: str) -> Actual:
    fields = entry if isinstance(entry, Mapping) else {"value": entry}
    if not {"value", "obs_status"} & set(fields):
        raise CaseError(f"{name} 缺少 value。", f"The value of {name} is missing.")
    number = _number(fields.get("value"), name)
    missing = "L" if number is None else "A"
    return Actual(
        value=number,
        qualifier=cast("Qualifier", _word(fields, "qualifier", Qualifier, "exact")),
        obs_status=cast("ObsStatus", _word(fields, "obs_status", ObsStatus, missing)),
    )


def _milestones(value: object) -> tuple[tuple[ReferencePeriod, Decimal], ...]:
    if value is None:
        return ()
    points = []
    for text, entry in _mapping(value, "milestones").items():
        number = _number(entry, "milestones")
        if number is None:
            raise CaseError("milestones 的值不能为空。", "A milestone needs a number.")
        points.append((_period(text, "milestones"), number))
    return tuple(sorted(points))


def _profile(value: object) -> tuple[Decimal, ...]:
    if value is None:
        return ()
    shares = value if isinstance(value, list | tuple) else [None]
    numbers = [_number(share, "profile") for share in shares]
    found = tuple(number for number in numbers if number is not None)
    if len(found) != len(shares):
        raise CaseError("profile 应为四个季度的份额。", "profile must be four quarterly shares.")
    return found


def _baseline(value: object) -> Baseline | None:
    if value is None:
        return None
    fields = _mapping(value, "baseline")
    return Baseline(
        period=_period(fields.get("period"), "baseline"),
        value=_number(fields.get("value"), "baseline"),
        provenance=cast("Provenance", _word(fields, "provenance", Provenance, "observed")),
    )


def _json_number(figure: Decimal | None) -> float | None:
    """A JSON number, or None where a float could not hold it."""
    if figure is None or (figure and abs(figure.adjusted()) > _LARGEST_POWER):
        return None
    return float(figure)


def _reason_row(reason: Reason) -> dict[str, object]:
    words = {"zh": sentence(reason, "zh"), "en": sentence(reason, "en")}
    return {**reason.as_row(), **words}
