"""What a judgement gathers on its way: flags, reasons, and the figures it used."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from decimal import Decimal

from indicators.periods import ReferencePeriod
from targets.progress.known import Reading
from targets.progress.reasons import Reason, reason
from targets.progress.verdict import FLAGS, Flag


@dataclass(slots=True)
class Notes:
    """Grows while one goal is judged."""

    _flags: set[Flag] = field(default_factory=set)
    _reasons: dict[Reason, None] = field(default_factory=dict)
    _inputs: dict[Hashable, None] = field(default_factory=dict)

    def say(self, code: str, **params: Decimal | int | ReferencePeriod | str) -> None:
        """Give a reason, once."""
        self._reasons[reason(code, **params)] = None

    def flag(self, name: Flag) -> None:
        """Raise a flag."""
        self._flags.add(name)

    def take(self, other: Notes) -> None:
        """Add what another judgement gathered."""
        self._flags |= other._flags
        self._reasons |= other._reasons
        self._inputs |= other._inputs

    def touched(self, reading: Reading) -> None:
        """Record the figures behind a reading that only the trend arrow needs."""
        self._inputs.update(dict.fromkeys(reading.ids))

    def used(self, reading: Reading) -> None:
        """Record the figures behind a reading, and what the reader should know of them."""
        self._inputs.update(dict.fromkeys(reading.ids))
        if reading.provisional:
            self._flags.add("provisional")
            self.say("provisional_actual", period=reading.period)
        if reading.broken:
            self.say("series_break", period=reading.period)
        if reading.certainty == "about":
            self.say("approximate_actual", period=reading.period)

    @property
    def flags(self) -> tuple[Flag, ...]:
        """The flags in their fixed order."""
        return tuple(flag for flag in FLAGS if flag in self._flags)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The reasons in the order in which they were found."""
        return tuple(self._reasons)

    @property
    def inputs(self) -> tuple[Hashable, ...]:
        """The ids of the actuals used, in the order of use."""
        return tuple(self._inputs)
