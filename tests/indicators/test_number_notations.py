"""Generated Chinese and Western notations of a number are read as exactly that number."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.quantities import (
    MULTIPLIER_WORDS,
    Qualifier,
    QuantityError,
    grouped,
    plain,
    read_number,
)

UNITS = ("", "家", "元", "人", "项", "件", "吨", "台", "个百分点", "元/人", "平方米", "人年")
SPACES = (" ", "\u3000", "\u00a0", "\u2009", "\t", "  ")
MAGNITUDES = ("百万", "千万", "万", "亿", "十亿", "百亿", "千亿", "万亿")
DIGITS = "零一二三四五六七八九"
FORMAL = str.maketrans("零一二三四五六七八九十百千万亿", "零壹贰叁肆伍陆柒捌玖拾佰仟萬億")

VALUES = st.decimals(
    min_value=Decimal(-(10**12)), max_value=Decimal(10**12), places=4,
    allow_nan=False, allow_infinity=False,
) | st.integers(-(10**6), 10**6).map(Decimal)  # fmt: skip


def full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def digits_in_groups_of_blanks(value: Decimal) -> str:
    whole, point, part = grouped(value).partition(".")
    return whole.replace(",", " ") + point + part


WESTERN = {
    "plain": plain,
    "commas": grouped,
    "blanks": digits_in_groups_of_blanks,
    "trailing zeros": lambda value: plain(value) + ("00" if "." in plain(value) else ".00"),
    "leading zeros": lambda value: plain(value).replace("-", "-0") if value < 0 else f"0{value:f}",
}
SIGNS = {
    "hyphen": lambda text: text,
    "minus": lambda text: text.replace("-", "\u2212"),
    "full": lambda text: text.replace("-", "\uff0d"),
    "apart": lambda text: text.replace("-", "- "),
    "word": lambda text: text.replace("-", "负"),
    "plus": lambda text: text if text.startswith("-") else f"+{text}",
}


@st.composite
def western(draw: st.DrawFn) -> tuple[str, Decimal, str]:
    """Digits with a sign, separators, a magnitude, a unit: the text, its value, the unit."""
    value = draw(VALUES)
    text = WESTERN[draw(st.sampled_from(sorted(WESTERN)))](value)
    text = SIGNS[draw(st.sampled_from(sorted(SIGNS)))](text)
    magnitude = draw(st.sampled_from(["", *MAGNITUDES]))
    unit = draw(st.sampled_from(UNITS))
    gap = draw(st.sampled_from(["", *SPACES]))
    # Twenty digits are kept.
    if magnitude and abs(value).adjusted() + MULTIPLIER_WORDS[magnitude] >= 20:
        magnitude = ""
    # 百 before 分点 and the like belong to the unit.
    if magnitude and unit == "个百分点":
        unit = ""
    text += gap + magnitude + draw(st.sampled_from(["", " "])) + unit
    if draw(st.booleans()):
        text = full_width(text)
    if draw(st.booleans()):
        text = f"{draw(st.sampled_from(SPACES))}{text}{draw(st.sampled_from(SPACES))}"
    scale = Decimal(1).scaleb(MULTIPLIER_WORDS[magnitude] if magnitude else 0)
    return text, value * scale, unit


def section(number: int, *, first: bool) -> str:
    """A number of at most four digits, 0 < number < 10000, in numerals with its places."""
    text, gap = "", False
    for place, word in zip((1000, 100, 10, 1), ("千", "百", "十", ""), strict=True):
        digit, number = divmod(number, place)
        if digit == 0:
            gap = gap or bool(text)
            continue
        text += ("零" if gap else "") + DIGITS[digit] + word
        gap = False
    return text.removeprefix("一") if first and text.startswith("一十") else text


def in_numerals(number: int) -> str:
    """A whole number below 10**16 as it is spoken, with 零 where a place is left out."""
    if number == 0:
        return "零"
    text = ""
    for exponent, word in ((12, "万"), (8, "亿"), (4, "万"), (0, "")):
        part, number = divmod(number, 10**exponent)
        if exponent == 8 and text:
            word = "亿"
        if part:
            gap = bool(text) and part < 1000
            text += ("零" if gap else "") + section(part, first=not text) + word
        elif exponent == 8 and text:
            text += "亿"
    return text


@st.composite
def chinese(draw: st.DrawFn) -> tuple[str, Decimal, str]:
    """Numerals, spoken or formal, perhaps with decimals and a sign: text, value, unit."""
    whole = draw(st.integers(0, 9999) | st.integers(0, 10**12 - 1))
    value, text = Decimal(whole), in_numerals(whole)
    if whole < 10_000 and draw(st.booleans()):
        part = draw(st.text("0123456789", min_size=1, max_size=4))
        text += "点" + "".join(DIGITS[int(digit)] for digit in part)
        value = Decimal(f"{whole}.{part}")
        magnitude = draw(st.sampled_from(["", "万", "亿", "百万"]))
        text += magnitude
        value *= Decimal(1).scaleb(MULTIPLIER_WORDS[magnitude] if magnitude else 0)
    if draw(st.booleans()):
        text = text.translate(FORMAL)
    if value and draw(st.booleans()):
        text, value = f"负{text}", -value
    unit = draw(st.sampled_from([unit for unit in UNITS if unit != "个百分点"]))
    return text + unit, value, unit


@settings(max_examples=500)
@given(western())
def test_western_notation_is_read_as_exactly_the_number(made: tuple[str, Decimal, str]) -> None:
    text, value, unit = made
    number = read_number(text)
    assert (number.value, number.unit_text) == (value, unit)
    assert number.qualifier is Qualifier.EXACT


@settings(max_examples=500)
@given(chinese())
def test_chinese_notation_is_read_as_exactly_the_number(made: tuple[str, Decimal, str]) -> None:
    text, value, unit = made
    number = read_number(text)
    assert (number.value, number.unit_text) == (value, unit)


@given(VALUES, st.sampled_from(["{}%", "{} %", "{}％", "{}\u3000％"]), st.booleans())
def test_a_percentage_stays_points_of_a_hundred(value: Decimal, form: str, wide: bool) -> None:
    text = form.format(plain(value))
    number = read_number(full_width(text) if wide else text)
    assert (number.value, number.unit_text, number.had_percent) == (value, "%", True)


@given(st.integers(0, 9999))
def test_a_percentage_in_words_is_read(value: int) -> None:
    number = read_number(f"百分之{in_numerals(value)}")
    assert (number.value, number.had_percent) == (value, True)


@given(st.integers(0, 9), st.integers(1, 9))
def test_tenths_are_points_of_a_hundred(part: int, tenths: int) -> None:
    rest = DIGITS[part] if part else ""
    assert read_number(f"{DIGITS[tenths]}成{rest}").value == 10 * tenths + part
    assert read_number(f"{tenths}成{rest}").value == 10 * tenths + part


@given(st.integers(1, 9999), st.integers(1, 9999), st.sampled_from([("亿", "万"), ("万亿", "亿")]))
def test_falling_steps_add_up(upper: int, lower: int, words: tuple[str, str]) -> None:
    first, second = words
    number = read_number(f"{upper}{first}{lower}{second}元")
    expected = upper * 10 ** MULTIPLIER_WORDS[first] + lower * 10 ** MULTIPLIER_WORDS[second]
    assert (number.value, number.unit_text) == (expected, "元")


@given(
    st.integers(0, 10**9),
    st.sampled_from(
        [("突破", "", "above"), ("超过", "", "above"), ("", "以上", "above"), ("不足", "", "below"),
         ("约", "", "about"), ("达到", "", "exact"), ("", "以下", "below")]
    ),
)  # fmt: skip
def test_a_word_around_the_number_is_a_hint_and_the_number_stays(
    value: int, words: tuple[str, str, str]
) -> None:
    before, after, meaning = words
    number = read_number(f"{before}{value:,}家{after}")
    assert (number.value, number.unit_text, number.qualifier) == (value, "家", meaning)


@given(
    VALUES,
    st.sampled_from(
        ["{}e5", "{}E-3", "{}×10^4", "0x{}", "{}_000", "{};{}", "{}~{}", "{}至{}", "{}，{}", "{} {}.5",
         "{}左右", "{}多", "{}余家", "{}..5", "{}%家", "{}\x00", "{}\u200b", "¥{}", "={}", "#{}", "{}家{}"]
    ),
)  # fmt: skip
def test_what_is_malformed_is_refused_in_words(value: Decimal, form: str) -> None:
    number = plain(value.copy_abs() + Decimal("12345.25"))
    with pytest.raises(QuantityError) as error:
        read_number(form.format(number, number))
    assert error.value.zh
    assert error.value.en


@given(st.integers(1, 999), st.integers(0, 99), st.sampled_from("，,"))
def test_commas_in_other_places_than_thousands_are_refused(
    before: int, after: int, comma: str
) -> None:
    with pytest.raises(QuantityError):
        read_number(f"{before}{comma}{after}")


@pytest.mark.parametrize(
    "text",
    [
        "一百二",
        "两千五",
        "一万二",
        "三千零",
        "十十",
        "百",
        "万",
        "一千一千",
        "点五",
        "一点",
        "零五",
    ],
)
def test_numerals_that_leave_a_place_open_are_refused(text: str) -> None:
    with pytest.raises(QuantityError):
        read_number(text)
