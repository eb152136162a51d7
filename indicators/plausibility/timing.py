"""Rules of the period: it has begun, and it is over."""

from __future__ import annotations

from indicators.plausibility.issues import Said, Severity
from indicators.plausibility.known import Candidate, Context
from indicators.plausibility.rules import Rule, Setting


def _evidence(candidate: Candidate, context: Context) -> dict[str, str]:
    return {"period_end": f"{candidate.period_end}", "today": f"{context.today}"}


def _future(candidate: Candidate, context: Context, _setting: Setting) -> Said | None:
    # A missing value may be declared early no more than a figure may.
    if candidate.period_start <= context.today:
        return None
    return Said(
        "period_in_future",
        f"报告期从{candidate.period_start}开始，还没有到，不能填报实绩。",
        f"The period starts on {candidate.period_start}, which is in the future.",
        _evidence(candidate, context),
    )


def _running(candidate: Candidate, context: Context, _setting: Setting) -> Said | None:
    if candidate.period_end <= context.today or candidate.forecast:
        return None
    return Said(
        "period_not_over",
        f"报告期到{candidate.period_end}才结束，请确认不是预计数。",
        f"The period ends only on {candidate.period_end}; is this a forecast?",
        _evidence(candidate, context),
    )


PERIOD_IN_FUTURE = Rule(
    "period_in_future",
    "报告期未到",
    "Period in the future",
    Severity.ERROR,
    "报告期已经开始。",
    "The period has begun.",
    "请改正报告期。",
    "Correct the period.",
    _future,
    always=True,
)
PERIOD_NOT_OVER = Rule(
    "period_not_over",
    "报告期未结束",
    "Period not over",
    Severity.WARNING,
    "报告期已经结束，除非填的是预计数。",
    "The period is over, unless the value is a forecast.",
    "如为预计数，请把数据批次改为“预计”。",
    "If it is, set the vintage to forecast.",
    _running,
    unless=("period_in_future",),
    always=True,
)
