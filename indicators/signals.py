"""News that goes up, and the one question that is asked upwards: what was promised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.dispatch import Signal

# Sent with `pairs`: a frozenset of (indicator id, region id) whose approved values changed.
observations_changed = Signal()

# Sent with `indicators`: a frozenset of ids; whoever knows promises answers with a list of them.
# Statistics show what was promised beside a value without knowing what a policy is.
promises_asked = Signal()


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A promise about an indicator in a region; `goal` is words, `end` a period or empty."""

    indicator: int
    region: int
    region_code: str
    region_name: str
    goal: str
    end: str
    stated_in: str
    url: str


def promises_about(indicators: frozenset[int]) -> list[Promise]:
    """Every promise in force about these indicators (primary keys), in the answering order."""
    found: list[Promise] = []
    if indicators:
        for _receiver, answer in promises_asked.send(sender=Promise, indicators=indicators):
            found += cast("list[Promise]", answer)
    return found
