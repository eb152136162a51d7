"""Unified social credit codes by GB 32100-2015; the codes are computed, none is looked up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.creditcode import ALPHABET, check_symbol, normalise, problem

# The example that the standard itself works through.
STANDARD = "91350100M000100Y43"


def test_the_worked_example_of_the_standard_is_sound() -> None:
    assert problem(STANDARD) is None
    assert check_symbol(STANDARD[:-1]) == "3"


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("", "length"),
        (STANDARD[:-1], "length"),
        (f"{STANDARD}0", "length"),
        ("９１350100M000100Y43", "alphabet"),
        *((STANDARD.replace("M", letter), "alphabet") for letter in "IOSVZ"),
        (STANDARD.lower(), "alphabet"),
        ("91350100M000100Y4四", "alphabet"),
        ("91350100M000100 43", "alphabet"),
        ("91350100M000100Y44", "check"),
        ("91350100M000100Y34", "check"),
        ("91350100W000100Y43", "check"),
    ],
)
def test_problem(code: str, fault: str) -> None:
    assert problem(code) == fault


@pytest.mark.parametrize(
    "typed",
    [
        "91350100m000100y43",
        " 91350100M000100Y43\n",
        "９１３５０１００Ｍ０００１００Ｙ４３",
        "9135 0100 M000 100Y 43",
        "91350100-M000100Y4-3",
        "91350100\u3000M000100Y43",
        "\ufeff91350100M000100Y43\u200b",
        "91350100\u00a0M000100Y43\t",
    ],
)
def test_normalise_reads_what_people_type_and_paste(typed: str) -> None:
    assert normalise(typed) == STANDARD


def test_normalise_keeps_what_it_cannot_repair() -> None:
    assert normalise("9135o1ooM0001００Y43") == "9135O1OOM000100Y43"
    assert normalise("") == ""


def test_the_check_symbol_can_be_any_of_the_31() -> None:
    found = {check_symbol(f"91999999{number:09d}") for number in range(300)}
    assert found == set(ALPHABET)
    assert len(ALPHABET) == 31


bodies = st.text(ALPHABET, min_size=17, max_size=17)


@given(bodies)
def test_a_code_with_its_own_check_symbol_is_sound_and_no_other_is(body: str) -> None:
    own = check_symbol(body)
    assert [symbol for symbol in ALPHABET if problem(body + symbol) is None] == [own]


@given(bodies, st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(body: str, place: int, symbol: str) -> None:
    code = body + check_symbol(body)
    wrong = code[:place] + symbol + code[place + 1 :]
    assert problem(wrong) == (None if wrong == code else "check")


@given(bodies, st.integers(0, 15))
def test_two_neighbours_swapped_are_always_noticed(body: str, place: int) -> None:
    code = body + check_symbol(body)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert problem(swapped) == (None if swapped == code else "check")


@given(st.text(max_size=30))
def test_anything_typed_gets_an_answer(text: str) -> None:
    assert problem(normalise(text)) in (None, "length", "alphabet", "check")


@given(st.text(st.characters(max_codepoint=126), max_size=30))
def test_what_was_normalised_stays_as_it_is(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
