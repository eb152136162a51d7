"""Numbers as people type them: read exactly, or refused with a sentence that says why."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.quantities import (
    Number,
    Qualifier,
    Quantity,
    QuantityError,
    convert,
    display,
    format_quantity,
    grouped,
    plain,
    read_number,
    read_quantity,
    split_unit,
    storable,
)

STORABLE = st.decimals(
    min_value=Decimal("-" + "9" * 20),
    max_value=Decimal("9" * 20),
    allow_nan=False,
    allow_infinity=False,
    places=10,
)


def refusal(text: str) -> QuantityError:
    with pytest.raises(QuantityError) as error:
        read_number(text)
    return error.value


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("2.2万家", "22000", "家"),
        ("700亿元", "70000000000", "元"),
        ("700 亿 元", "70000000000", "元"),
        ("1,234.5", "1234.5", ""),
        ("12,345,678", "12345678", ""),
        ("1 200亿元", "120000000000", "元"),
        ("１，２３４．５万人", "12345000", "人"),
        ("007", "7", ""),
        ("0", "0", ""),
        ("-0", "0", ""),
        ("+5", "5", ""),
        ("-5", "-5", ""),
        ("－5", "-5", ""),
        ("−5.5", "-5.5", ""),
        ("- 5", "-5", ""),
        ("负三十", "-30", ""),
        ("800万千瓦", "8000000", "千瓦"),
        ("800千瓦", "800", "千瓦"),
        ("2千千瓦", "2000", "千瓦"),
        ("五百千瓦", "500", "千瓦"),
        ("3千家", "3000", "家"),
        ("5千亿元", "500000000000", "元"),
        ("1亿2000万元", "120000000", "元"),
        ("0.5个百分点", "0.5", "个百分点"),
        ("50百分点", "50", "百分点"),
        ("95立方米/公顷", "95", "立方米/公顷"),
        ("5件/万人", "5", "件/万人"),
        ("5兆瓦", "5", "兆瓦"),
        ("30米²", "30", "米²"),
        ("5‰", "5", "‰"),
        ("5\t家\n", "5", "家"),
        ("２０２４年", "2024", "年"),
    ],
)
def test_digits_are_read(text: str, value: str, unit: str) -> None:
    assert read_quantity(text) == Quantity(Decimal(value), unit)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三十", "30"),
        ("十", "10"),
        ("十二", "12"),
        ("一十二", "12"),
        ("一百十二", "112"),
        ("一百一十二", "112"),
        ("一百零二", "102"),
        ("两千零五", "2005"),
        ("一万五百", "10500"),
        ("两万零五百", "20500"),
        ("十万零三", "100003"),
        ("一百二十亿", "12000000000"),
        ("一百二十亿零三百万", "12003000000"),
        ("一亿两千万", "120000000"),
        ("一万二千亿", "1200000000000"),
        ("一万亿", "1000000000000"),
        ("三千五百万亿", "3500000000000000"),
        ("一点五", "1.5"),
        ("零点五", "0.5"),
        ("一点二五亿", "125000000"),
        ("壹佰贰拾萬", "1200000"),
        ("二〇二四", "2024"),
        ("零", "0"),
        ("〇", "0"),
    ],
)
def test_chinese_numerals_are_read(text: str, value: str) -> None:
    assert read_quantity(text + "家") == Quantity(Decimal(value), "家")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("11%", "11"),
        ("１１％", "11"),
        ("11 %", "11"),
        ("-3.5%", "-3.5"),
        ("百分之十一", "11"),
        ("百分之11.5", "11.5"),
        ("百分之百", "100"),
        ("百分之三点五", "3.5"),
        ("负百分之五", "-5"),
        ("三成", "30"),
        ("三成五", "35"),
        ("3成", "30"),
        ("九成", "90"),
    ],
)
def test_percentages_are_read_as_points_of_a_hundred(text: str, value: str) -> None:
    assert read_number(text) == Number(Decimal(value), "%", had_percent=True)


@pytest.mark.parametrize(
    ("text", "exponent"),
    [
        ("5", 0),
        ("5千家", 3),
        ("5万家", 4),
        ("5百万家", 6),
        ("5亿元", 8),
        ("1亿2000万", 8),
        ("两万", 4),
        ("一亿零三百万", 8),
        ("一万亿", 12),
        ("一点五亿", 8),
        ("三百", 0),
    ],
)
def test_the_typed_multiplier_is_remembered(text: str, exponent: int) -> None:
    assert read_number(text).exponent == exponent


@pytest.mark.parametrize(
    ("text", "value", "qualifier", "word"),
    [
        ("突破395亿元", "39500000000", Qualifier.ABOVE, "突破"),
        ("超过 800", "800", Qualifier.ABOVE, "超过"),
        ("超800", "800", Qualifier.ABOVE, "超"),
        ("不少于10项", "10", Qualifier.ABOVE, "不少于"),
        ("30家以上", "30", Qualifier.ABOVE, "以上"),
        ("至少30家以上", "30", Qualifier.ABOVE, "以上"),
        ("近30项", "30", Qualifier.ABOUT, "近"),
        ("约8000", "8000", Qualifier.ABOUT, "约"),
        ("大约8000", "8000", Qualifier.ABOUT, "大约"),
        ("不足三成", "30", Qualifier.BELOW, "不足"),
        ("不超过100万元", "1000000", Qualifier.BELOW, "不超过"),
        ("3%以内", "3", Qualifier.BELOW, "以内"),
        ("达到67%", "67", Qualifier.EXACT, "达到"),
        ("达67%", "67", Qualifier.EXACT, "达"),
        ("67%", "67", Qualifier.EXACT, ""),
    ],
)
def test_words_around_a_number_are_a_hint(
    text: str, value: str, qualifier: Qualifier, word: str
) -> None:
    number = read_number(text)

    assert (number.value, number.qualifier, number.qualifier_text) == (
        Decimal(value),
        qualifier,
        word,
    )


@pytest.mark.parametrize("text", ["八千左右", "67%左右", "8000上下", "约8000家左右"])
def test_about_is_refused_in_a_cell_and_a_hint_in_running_text(text: str) -> None:
    assert refusal(text).zh == f"“{text}”不是确切的数值，请填写具体数字。"
    assert read_number(text, allow_vague=True).qualifier is Qualifier.ABOUT


@pytest.mark.parametrize(
    "text",
    [
        "八千多",
        "30余家",
        "5200余万元",
        "三十几家",
        "几十家",
        "数百家",
        "上千家",
        "好多",
        "若干家",
        "十来家",
        "成百家",
    ],
)
def test_what_names_no_value_is_always_vague(text: str) -> None:
    assert refusal(text).code == "vague"
    with pytest.raises(QuantityError):
        read_number(text, allow_vague=True)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("empty", ""),
        ("empty", " \u3000\n"),
        ("missing", "N/A"),
        ("missing", "#N/A"),
        ("missing", "—"),
        ("missing", "-"),
        ("missing", "……"),
        ("missing", "/"),
        ("missing", "暂无"),
        ("missing", "未统计"),
        ("not_finite", "NaN"),
        ("not_finite", "sNaN"),
        ("not_finite", "inf"),
        ("not_finite", "-Infinity"),
        ("not_finite", "∞"),
        ("exponent", "1e400"),
        ("exponent", "1E5"),
        ("exponent", "2.5e-3"),
        ("exponent", "10^4"),
        ("exponent", "3×10 000"),
        ("underscore", "1_000"),
        ("digits", "٣"),
        ("digits", "१२"),
        ("digits", "½"),
        ("digits", "①"),
        ("digits", "Ⅳ"),
        ("control", "1\0"),
        ("control", "\ud800"),
        ("control", "1\u200b2"),
        ("control", "\x1b5"),
        ("two_numbers", "12 34"),
        ("two_numbers", "1 23"),
        ("two_numbers", "1,23"),
        ("two_numbers", "0,123"),
        ("two_numbers", "1234,567"),
        ("two_numbers", "1,234,56"),
        ("two_numbers", "1.2.3"),
        ("two_numbers", "5."),
        ("two_numbers", "1至2家"),
        ("two_numbers", "1-2"),
        ("two_numbers", "3—5个"),
        ("two_numbers", "3/4"),
        ("two_numbers", "100万、50万"),
        ("two_numbers", "三十到五十"),
        ("two_numbers", "五分之一"),
        ("two_numbers", "1万2"),
        ("two_numbers", "1万2万"),
        ("two_numbers", "5家6家"),
        ("two_numbers", "0x10"),
        ("two_numbers", "3百二十"),
        ("numeral", "一百二"),
        ("numeral", "一万二"),
        ("numeral", "一两家"),
        ("numeral", "三五家"),
        ("numeral", "近百家"),
        ("numeral", "万元"),
        ("numeral", "一百零"),
        ("numeral", "一百零零二"),
        ("numeral", "一零百"),
        ("numeral", "零五"),
        ("numeral", "十百"),
        ("numeral", "一亿万"),
        ("numeral", "一点"),
        ("numeral", "一点二点三"),
        ("numeral", "一亿亿"),
        ("not_a_number", "没有数字"),
        ("not_a_number", ".5"),
        ("not_a_number", "(1,234)"),
        ("not_a_number", "+-5"),
        ("not_a_number", "=1+1"),
        ("not_a_number", "百分之"),
        ("unit", "5%左边"),
        ("unit", "三成左边"),
        ("unit", "5²"),
        ("unit", "5?"),
        ("unit", "5家!"),
        ("two_qualifiers", "超过5家以下"),
        ("out_of_range", "123456789012345678901"),
        ("out_of_range", "0.12345678901"),
        ("out_of_range", "-1000000000万亿"),
        ("too_long", "1" * 201),
    ],
)
def test_other_texts_are_refused_in_words(code: str, text: str) -> None:
    error = refusal(text)

    assert error.code == code
    assert error.zh.endswith("。")
    assert error.en.endswith(".")
    assert str(error) == f"{error.zh} {error.en}"


def test_the_limits_of_storage_are_the_last_values_read() -> None:
    largest = "99999999999999999999.9999999999"

    assert plain(read_number(largest).value) == largest
    assert plain(read_number(f"-{largest}").value) == f"-{largest}"
    assert read_number("1.12345678901万").value == Decimal("11234.5678901")
    assert refusal("100000000000000000000").zh == "数值超出可保存的范围（整数20位，小数10位）。"


def test_storable_counts_no_trailing_zeros() -> None:
    assert storable(Decimal("1.5000000000000")) == Decimal("1.5")
    assert storable(Decimal("1E+19")) == Decimal(10) ** 19
    for unstorable in ("1E+20", "1E-11", "1E+999999", "1E-999999", "NaN"):
        with pytest.raises(QuantityError):
            storable(Decimal(unstorable))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("万家", (4, "家")),
        ("亿元", (8, "元")),
        ("億元", (8, "元")),
        ("百万美元", (6, "美元")),
        ("万亿元", (12, "元")),
        ("万千瓦", (4, "千瓦")),
        ("千瓦", (0, "千瓦")),
        ("百分点", (0, "百分点")),
        ("件/万人", (0, "件/万人")),
        ("％", (0, "%")),
        ("万", (4, "")),
        ("", (0, "")),
    ],
)
def test_a_printed_unit_is_split(text: str, expected: tuple[int, str]) -> None:
    assert split_unit(text) == expected


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        ("700", 8, 4, "7000000"),
        ("7000000", 4, 8, "700"),
        ("1", 0, 8, "0.00000001"),
        ("0", 8, 0, "0"),
        ("-1.5", 4, 0, "-15000"),
    ],
)
def test_convert_moves_the_point(value: str, source: int, target: int, expected: str) -> None:
    assert plain(convert(Decimal(value), source, target)) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1234567.50", "1,234,567.5"),
        ("1E+3", "1,000"),
        ("-0.00", "0"),
        ("0.0000000001", "0.0000000001"),
        ("-999", "-999"),
    ],
)
def test_exact_texts_of_a_value(value: str, text: str) -> None:
    assert grouped(Decimal(value)) == text
    assert plain(Decimal(value)) == text.replace(",", "")


@pytest.mark.parametrize(
    ("value", "unit", "exponent", "text"),
    [
        ("22000", "家", 4, "2.2万家"),
        ("70000000000", "元", 8, "700亿元"),
        ("70000000001", "元", 8, "700.00000001亿元"),
        ("11", "%", 0, "11%"),
        ("0", "家", 0, "0家"),
        ("1234.5", "", 0, "1,234.5"),
    ],
)
def test_format_quantity_never_rounds(value: str, unit: str, exponent: int, text: str) -> None:
    assert format_quantity(Decimal(value), unit, exponent) == text


def test_format_quantity_knows_only_multipliers_with_a_word() -> None:
    with pytest.raises(QuantityError, match="没有表示10的25次方的量级"):
        format_quantity(Decimal(1), "元", 25)


@pytest.mark.parametrize(
    ("value", "decimals", "thresholds", "text"),
    [
        ("8999.96", 0, ["9000"], "8,999.96"),
        ("8999.96", 0, [], "9,000"),
        ("9000", 0, ["9000"], "9,000"),
        ("9000.4", 0, ["9000"], "9,000.4"),
        ("9000.4", 0, ["8000"], "9,000"),
        ("66.96", 1, ["67"], "66.96"),
        ("67", 1, ["67"], "67.0"),
        ("0.125", 2, [], "0.12"),
        ("0.135", 2, [], "0.14"),
        ("-0.04", 1, [], "0.0"),
        ("-0.04", 1, ["0"], "-0.04"),
        ("0.4999", 2, ["0.5", "2"], "0.4999"),
        ("1.004", 2, ["1", "1.01"], "1.004"),
    ],
)
def test_display_never_rounds_across_a_threshold(
    value: str, decimals: int, thresholds: list[str], text: str
) -> None:
    assert display(Decimal(value), decimals, [Decimal(limit) for limit in thresholds]) == text


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_nothing_shows_or_converts_what_is_not_finite(value: str) -> None:
    for action in (
        plain,
        grouped,
        storable,
        lambda number: convert(number, 0, 4),
        lambda number: display(number, 2),
        lambda number: display(Decimal(1), 2, [number]),
    ):
        with pytest.raises(QuantityError, match="数值必须是有限的数"):
            action(Decimal(value))


@settings(deadline=None, max_examples=300)
@given(STORABLE)
def test_every_storable_value_is_read_back_from_its_texts(value: Decimal) -> None:
    assert read_number(plain(value)).value == value
    assert read_number(grouped(value)).value == value
    assert plain(read_number(plain(value)).value) == plain(value)


@settings(deadline=None, max_examples=200)
@given(STORABLE, st.sampled_from([0, 3, 4, 8, 12]), st.sampled_from(["家", "元", "千瓦", ""]))
def test_a_formatted_quantity_is_read_back_unless_zero_or_too_fine(
    value: Decimal, exponent: int, unit: str
) -> None:
    assert read_quantity(format_quantity(value, unit, exponent)) == Quantity(value, unit)


@settings(deadline=None, max_examples=200)
@given(STORABLE, st.integers(-12, 12), st.integers(-12, 12))
def test_converting_there_and_back_changes_nothing(value: Decimal, one: int, two: int) -> None:
    assert convert(convert(value, one, two), two, one) == value


@settings(deadline=None, max_examples=300)
@given(STORABLE, STORABLE, st.integers(0, 4))
def test_a_displayed_value_stands_where_the_exact_one_stands(
    value: Decimal, nudge: Decimal, decimals: int
) -> None:
    for threshold in (nudge, value, value.quantize(Decimal(1)), value + Decimal("0.0000000001")):
        shown = Decimal(display(value, decimals, [threshold]).replace(",", ""))
        assert shown.compare(threshold) == value.compare(threshold)


@settings(deadline=None, max_examples=400)
@given(st.text(max_size=30) | st.text("一两三十百千万亿零点五09,. 元家%成-约多", max_size=12))
def test_any_text_is_one_storable_number_or_refused_in_words(text: str) -> None:
    try:
        number = read_number(text)
    except QuantityError as error:
        sentence = error.zh
    else:
        assert storable(number.value) == number.value
        assert number.had_percent == (number.unit_text == "%")
        sentence = "读出了一个数。"
    assert sentence.endswith("。")


CHINESE = "零一二三四五六七八九"


def in_words(number: int) -> str:
    """The slow, obvious way to write an integer below 10^12 in Chinese."""
    if number == 0:
        return "零"
    words = ""
    for size, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        section, number = divmod(number, size)
        if section == 0:
            continue
        digits = f"{section:04d}"
        written = "".join(
            CHINESE[int(digit)] + ("" if digit == "0" else place)
            for digit, place in zip(digits, ("千", "百", "十", ""), strict=True)
        ).rstrip("零")
        while "零零" in written:
            written = written.replace("零零", "零")
        words += (written if words else written.lstrip("零")) + name
    return words


@settings(deadline=None, max_examples=400)
@given(st.integers(0, 10**12 - 1) | st.integers(0, 200) | st.integers(10**4, 10**4 + 200))
def test_every_integer_in_words_is_read(number: int) -> None:
    words = in_words(number)

    assert read_number(words).value == number
    assert read_number(words.replace("二千", "两千").replace("万", "萬")).value == number
