"""What a change would do to the verdict, before anybody decides: judged and never stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

from django.utils.translation import gettext as _

from qdpolicy.dashboard import words
from qdpolicy.dashboard.amounts import amount
from qdpolicy.templatetags.figures import verdict_unit
from targets.models import Target, TargetVersion
from targets.progress import Verdict, evaluate
from targets.progress.wording import sentence
from targets.recompute import goal_of, observations_of, rules_in_force


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict in words and figures, for one side of a comparison."""

    label: str
    light: str
    completion: Decimal | None = None
    pace: Decimal | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """The verdict of today by the version in force and by the proposed one."""

    before: Outcome
    after: Outcome

    @property
    def changes(self) -> bool:
        """Whether the status or the light would be another one."""
        return (self.before.label, self.before.light) != (self.after.label, self.after.light)


def effect_of(
    target: Target, before: TargetVersion, after: TargetVersion, *, as_of: date
) -> Effect:
    """Both verdicts of one day on today's actuals and rules; three queries, nothing is written."""
    rules, _version = rules_in_force(as_of)
    observed = observations_of([target])
    series, rates = observed.get((target.indicator_id, target.region_id), ({}, {}))

    def judged(version: TargetVersion) -> Outcome:
        if version.is_withdrawn:
            return Outcome(_("已废止，不再判定"), "grey")
        verdict = evaluate(goal_of(target, version), series, as_of, rules, rates=rates)
        show = partial(amount, unit=verdict_unit(target, version))
        return _outcome(verdict, rules.light_of(verdict.status), show)

    return Effect(judged(before), judged(after))


def _outcome(verdict: Verdict, light: str, show: Callable[[Decimal], str]) -> Outcome:
    """A verdict in words, its amounts in the unit of the verdict."""
    language = words.language()
    return Outcome(
        label=words.status_label(verdict.status, verdict.flags),
        light=light,
        completion=verdict.completion,
        pace=verdict.pace,
        reasons=tuple(sentence(reason, language, show) for reason in verdict.reasons),
    )
