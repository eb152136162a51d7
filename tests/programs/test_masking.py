"""What is left of a name and a code for those who may not know them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.masking import masked_code, masked_name
from tests.programs.test_creditcode import STANDARD


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("示范一号科技有限公司", "示***司"), (" 示范公司 ", "示***司"), ("甲乙丙", "甲***丙"),
        ("甲乙", "甲***"), ("甲", "甲***"), ("", "***"),
    ],
)  # fmt: skip
def test_masked_name(name: str, seen: str) -> None:
    assert masked_name(name) == seen


@given(st.text(min_size=3).map(str.strip).filter(lambda text: len(text) >= 3))
def test_names_of_all_lengths_look_alike(name: str) -> None:
    assert masked_name(name) == f"{name[0]}***{name[-1]}"


def test_masked_code_keeps_the_first_four_and_the_last_two() -> None:
    assert masked_code(STANDARD) == "9135************43"
    assert len(masked_code(STANDARD)) == len(STANDARD)


@pytest.mark.parametrize(("code", "seen"), [(None, ""), ("", ""), ("9135", "************")])
def test_what_is_no_code_shows_nothing_of_itself(code: str | None, seen: str) -> None:
    assert masked_code(code) == seen
