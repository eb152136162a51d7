"""A rule, and a setting of it: how grave it is, with which figures, and whether it speaks at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias, cast

from indicators.plausibility.issues import Said, Severity
from indicators.plausibility.known import Candidate, Context
from indicators.plausibility.parameters import Pairs, Parameter, ParameterError, Value, read_all


@dataclass(frozen=True)
class Setting:
    """How one rule is set; `parameters` holds every parameter of the rule, read and valid."""

    severity: Severity
    parameters: Mapping[str, Value] = field(default_factory=dict)
    active: bool = True

    def number(self, name: str) -> Decimal:
        """A parameter that is always a number."""
        return cast("Decimal", self.parameters[name])

    def optional(self, name: str) -> Decimal | None:
        """A parameter that may be left open."""
        return cast("Decimal | None", self.parameters[name])

    def pairs(self, name: str) -> Pairs:
        """A parameter of pairs of indicator codes, (part, whole)."""
        return cast("Pairs", self.parameters[name])


Rules: TypeAlias = Mapping[str, Setting]
"""The settings of all rules by code."""


@dataclass(frozen=True)
class Rule:
    """What is checked, in words, by default how grave, and what to do about it.

    `zh` and `en` are what holds where it is silent, `name_zh` and `name_en` what it is called.

    `speak` gives what it saw of a value; with `always` it is asked of a declared missing value as
    well. It stays silent where one of `unless` has spoken: each cause is named once. `speaks` are
    the codes of its issues, where they are not its own. Of two parameters named in `ordered` the
    first is not larger than the second.
    """

    code: str
    name_zh: str
    name_en: str
    severity: Severity
    zh: str
    en: str
    advice_zh: str
    advice_en: str
    speak: Callable[[Candidate, Context, Setting], Said | None]
    parameters: tuple[Parameter, ...] = ()
    unless: tuple[str, ...] = ()
    speaks: tuple[str, ...] = ()
    always: bool = False
    ordered: tuple[str, str] | None = None

    def setting(
        self,
        raw: Mapping[str, Any] | None = None,
        *,
        severity: Severity | str | None = None,
        active: bool = True,
    ) -> Setting:
        """A setting with these parameters, defaults for the others; raises ParameterError."""
        values = read_all(self.parameters, raw or {})
        if self.ordered is not None:
            low, high = (cast("Decimal | None", values[name]) for name in self.ordered)
            if low is not None and high is not None and low > high:
                raise ParameterError(
                    "下限不能高于上限。", "The lower bound is above the upper one."
                )
        return Setting(Severity(severity or self.severity), values, active)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the issues that it raises."""
        return self.speaks or (self.code,)


def stored_value(candidate: Candidate) -> Decimal:
    """The number of a candidate whose rule is asked of numbers alone."""
    assert candidate.value is not None
    return candidate.value


def by_code(rules: Iterable[Rule]) -> dict[str, Rule]:
    """Rules by their code, in their order."""
    return {rule.code: rule for rule in rules}
