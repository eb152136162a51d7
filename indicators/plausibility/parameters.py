"""The figures that a rule may be set to, read from text or JSON and refused in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeAlias

from indicators.quantities import QuantityError, plain, storable

Pairs: TypeAlias = tuple[tuple[str, str], ...]
Value: TypeAlias = Decimal | Pairs | None
_PAIR = re.compile(r"([A-Za-z0-9_.\-]+)\s*(?:<=|≤|,|，|\s)\s*([A-Za-z0-9_.\-]+)")


class ParameterError(ValueError):
    """A parameter that cannot be; `zh` and `en` say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en


class Takes(StrEnum):
    """What a parameter takes."""

    NUMBER = "number"
    WHOLE = "whole"
    OPTIONAL = "optional"
    PAIRS = "pairs"


@dataclass(frozen=True)
class Parameter:
    """One figure of a rule with its words, its default and its range (both ends included)."""

    name: str
    zh: str
    en: str
    default: Value
    takes: Takes = Takes.NUMBER
    least: Decimal | None = None
    most: Decimal | None = None

    def read(self, raw: Any) -> Value:
        """The value of what was typed or stored; raises ParameterError."""
        if self.takes is Takes.PAIRS:
            return self._pairs(raw)
        text = "" if raw is None else str(raw).strip()
        if text == "" and self.takes is Takes.OPTIONAL:
            return None
        try:
            number = storable(Decimal(text))
        except (InvalidOperation, QuantityError):
            raise self._refused(
                f"“{text}”不是可用的数", f"“{text}” is not a usable number"
            ) from None
        if self.takes is Takes.WHOLE and number != number.to_integral_value():
            raise self._refused(f"“{text}”须是整数", f"“{text}” must be a whole number")
        if self.least is not None and number < self.least:
            limit = plain(self.least)
            raise self._refused(f"不能小于{limit}", f"cannot be less than {limit}")
        if self.most is not None and number > self.most:
            limit = plain(self.most)
            raise self._refused(f"不能大于{limit}", f"cannot be more than {limit}")
        return number

    def store(self, value: Value) -> Any:
        """The value as JSON keeps it: numbers as text, so that they stay exact."""
        if isinstance(value, tuple):
            return [list(pair) for pair in value]
        return None if value is None else plain(value)

    def text(self, value: Value) -> str:
        """The value as a person types it; pairs one a line."""
        if isinstance(value, tuple):
            return "\n".join(f"{part} <= {whole}" for part, whole in value)
        return "" if value is None else plain(value)

    def _pairs(self, raw: Any) -> Pairs:
        lines = [line for line in raw.splitlines() if line.strip()] if isinstance(raw, str) else raw
        if not isinstance(lines, list | tuple):
            raise self._refused("不是成对的指标代码", "these are no pairs of indicator codes")
        return tuple(dict.fromkeys(self._pair(line) for line in lines))

    def _pair(self, line: Any) -> tuple[str, str]:
        """(part, whole) of "PART <= WHOLE" or of a stored list of two."""
        if isinstance(line, list | tuple) and len(line) == 2:
            part, whole = str(line[0]), str(line[1])
        else:
            found = _PAIR.fullmatch(str(line).strip())
            if found is None:
                raise self._refused(
                    f"“{line}”应写成“部分指标代码 <= 总体指标代码”",
                    f"“{line}” should read “PART_CODE <= WHOLE_CODE”",
                )
            part, whole = found[1], found[2]
        if part == whole:
            raise self._refused(f"“{part}”不能是自己的部分", f"“{part}” cannot be a part of itself")
        return part, whole

    def _refused(self, zh: str, en: str) -> ParameterError:
        return ParameterError(f"{self.zh}：{zh}。", f"{self.en}: {en}.")


def read_all(parameters: tuple[Parameter, ...], raw: Mapping[str, Any]) -> dict[str, Value]:
    """All values by name, defaults where nothing is given; raises ParameterError.

    A name that the rule does not have is refused: it would be a setting without effect.
    """
    for name in raw:
        if name not in {parameter.name for parameter in parameters}:
            raise ParameterError(f"没有“{name}”这个参数。", f"There is no parameter “{name}”.")
    return {
        parameter.name: parameter.read(raw[parameter.name])
        if parameter.name in raw
        else parameter.default
        for parameter in parameters
    }
