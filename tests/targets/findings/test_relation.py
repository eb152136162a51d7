"""How a later promise relates to an earlier one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.findings.relation import Step, relation


def step(value: str, **fields: Any) -> Step:
    about: dict[str, Any] = {"comparator": "at_least", "measure": "level", "direction": "increase"}
    return Step(value=Decimal(value), **(about | fields))


@pytest.mark.parametrize(
    ("earlier", "later", "word"),
    [
        (step("350"), step("700"), "raised"),
        (step("700"), step("350"), "lowered"),
        (step("700"), step("700.0"), "repeated"),
        (step("2.2", exponent=4), step("22000"), "repeated"),
        (step("2.2", exponent=4), step("22001"), "raised"),
        (step("700"), step("700", comparator="more_than"), "repeated"),
        (step("10", comparator="at_most"), step("8", comparator="at_most"), "raised"),
        (step("10", comparator="at_most"), step("12", comparator="less_than"), "lowered"),
        (step("10"), step("10", comparator="at_most"), "restated"),
        (step("5", measure="rank"), step("3", measure="rank"), "raised"),
        (step("700"), step("2", measure="multiple"), "restated"),
        (
            step("5", direction="decrease", comparator="at_least"),
            step("4", direction="decrease", comparator="at_least"),
            "raised",
        ),
        (step("10", comparator="about"), step("12", comparator="nearly"), "raised"),
        (step("0"), step("0"), "repeated"),
        (step("-3"), step("0"), "raised"),
    ],
)
def test_relation_of_a_later_promise(earlier: Step, later: Step, word: str) -> None:
    assert relation(earlier, later) == word


@given(st.decimals(-1000, 1000, places=2), st.decimals(-1000, 1000, places=2))
def test_relation_turned_round_is_the_opposite(first: Decimal, second: Decimal) -> None:
    opposite = {"raised": "lowered", "lowered": "raised", "repeated": "repeated"}
    there = relation(step(str(first)), step(str(second)))
    back = relation(step(str(second)), step(str(first)))
    assert back == opposite[there]
