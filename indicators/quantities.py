"""The grammar of the numbers that people type and paste: "2.2万家", "７００亿元", "百分之十一".

Everything is Decimal and exact. What cannot be read without guessing is refused in words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact, InvalidOperation
from enum import StrEnum

INTEGER_DIGITS = 20
DECIMALS = 10
LONGEST_TEXT = 200

# Wide enough for such a number shifted by any multiplier; a rounding is an error, never silent.
EXACT = Context(prec=400, traps=[Inexact, InvalidOperation])
_ROUNDING = Context(prec=400, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation])

# Longer words first: 万亿 is one word, not 万 and 亿.
_WORDS = ("万亿", "千亿", "百亿", "十亿", "千万", "百万", "十万", *"亿万千百十")
MULTIPLIER_WORDS = dict(zip(_WORDS, (12, 11, 10, 9, 7, 6, 5, 8, 4, 3, 2, 1), strict=True))
WORD_OF_EXPONENT: dict[int, str] = {0: ""} | {e: w for w, e in MULTIPLIER_WORDS.items()}

# 千瓦 and 百分点 are units of their own: here 千 and 百 are no multipliers.
_NOT_IN_UNIT = {"千": "(?!瓦|克|米|卡|伏|焦|赫|帕|安|字节|比特)", "百": "(?!分|帕)"}
_MULTIPLIER = "|".join(word + _NOT_IN_UNIT.get(word, "") for word in MULTIPLIER_WORDS)

_TRADITIONAL = str.maketrans(
    "萬億兩點餘約過達壹贰貳叁參肆伍陆陸柒捌玖拾佰仟〇",
    "万亿两点余约过达一二二三三四五六六七八九十百千零",
)
_DIGITS = {char: number for number, char in enumerate("零一二三四五六七八九")} | {"两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = f"(?:[零一二三四五六七八九两点十万亿]|百{_NOT_IN_UNIT['百']}|千{_NOT_IN_UNIT['千']})"

_ARABIC = r"(?:[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,2}(?: \d{3})+|\d+)(?:\.\d+)?"
_ARABIC_NUMBER = re.compile(rf"(?P<number>{_ARABIC}) ?(?P<multiplier>{_MULTIPLIER})?")
_CHINESE_NUMBER = re.compile(rf"(?P<number>{_NUMERAL}+)")
_YEAR_LIKE = re.compile("[零一二三四五六七八九]{4,}|[一二三四五六七八九]+零[零一二三四五六七八九]*")
_DECIMAL_NUMERAL = re.compile(
    rf"(?P<whole>[^点万亿]+)点(?P<part>[^点十百千万亿]+)(?P<multiplier>{_MULTIPLIER})?"
)
_LETTER = r"A-Za-z\u3400-\u9fff"
_UNIT = re.compile(rf"(?:[{_LETTER}℃°‰][{_LETTER}²³]*(?:/[{_LETTER}²³]+)*)?")
_REFUSED_TEXTS = {
    "empty": re.compile(""),
    "missing": re.compile(r"(?i:[-—–―/.…*]+|#?n/?a|null|none|无|暂无|空|缺|未统计|不适用|保密)"),
    "not_finite": re.compile(r"(?i:[+-]?(?:s?nan|inf|infinity|∞))"),
    "underscore": re.compile(r".*_.*"),
    "exponent": re.compile(r".*(?:\d ?[eE] ?[+-]?\d|\^|[×*]10).*"),
}
_VAGUE_START = re.compile(r"[几数上好多]|若干|成[百千万]")
_VAGUE_REST = re.compile(r"[多余来几]")
_SECOND_NUMBER = re.compile(
    rf"\d|^{_NUMERAL}|^(?:分之|[,.、])|[至到或和、,~—–-] ?(?:{_NUMERAL}|\d)"
)


class Qualifier(StrEnum):
    """What the words around a number say of it; a hint, the number itself is kept."""

    EXACT = "exact"
    ABOVE = "above"
    BELOW = "below"
    ABOUT = "about"


# Longer words first: 达 would otherwise be taken out of 达到.
_BEFORE = {
    Qualifier.ABOVE: ("不少于", "不低于", "超过", "突破", "高于", "至少", "超", "逾"),
    Qualifier.BELOW: ("不超过", "低于", "不足", "不到"),
    Qualifier.ABOUT: ("大约", "约", "近"),
    Qualifier.EXACT: ("达到", "达"),
}
_AFTER = {
    Qualifier.ABOVE: ("以上",),
    Qualifier.BELOW: ("以下", "以内"),
    Qualifier.ABOUT: ("左右", "上下"),
}

_REFUSALS = """
control | 内容含有看不见的控制字符，请重新输入 | The text contains control characters
digits | 只接受阿拉伯数字（0至9）或中文数字 | Only the digits 0-9 or Chinese numerals
empty | 没有填写数值 | No number was entered
exponent | 不接受科学计数法，请写出完整的数字 | Write the number out, without an exponent
missing | “{}”不是数值；缺数请选择原因（未统计、不适用、保密） | Choose the reason for a gap
multiplier | 没有表示10的{}次方的量级 | There is no word for this power of ten
not_a_number | “{}”不是数值 | This is not a number
not_finite | 数值必须是有限的数 | The value must be a finite number
numeral | 看不懂中文数字“{}”，请改用阿拉伯数字 | This numeral is ambiguous; use digits
out_of_range | 数值超出可保存的范围（整数20位，小数10位） | Over 20 integer digits or 10 decimals
too_long | 内容太长，不是一个数值 | The text is too long for a number
two_numbers | 只能填一个数；也请检查千分位逗号和小数点 | One number only; check commas and point
two_qualifiers | 数值前后有两个限定词，请只留一个 | Two qualifiers around one number
underscore | 数字中不能有下划线 | Underscores are not allowed in numbers
unit | 看不懂数字后面的“{}” | The text after the number is not a unit
vague | “{}”不是确切的数值，请填写具体数字 | Not an exact number; enter the figure
"""
_WORDING = {
    code: (zh, en)
    for code, zh, en in (line.split(" | ") for line in _REFUSALS.strip().splitlines())
}


class QuantityError(ValueError):
    """A text that is not one number; `zh` and `en` say why, for the person who typed it."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(f"{zh} {en}")
        self.code = code
        self.zh = zh
        self.en = en


@dataclass(frozen=True)
class Quantity:
    """A number and the plain unit it counts, without 万 or 亿: Quantity(22000, "家")."""

    value: Decimal
    unit: str


@dataclass(frozen=True)
class Number:
    """What was read: `value` with its multiplier worked in (2.2万 is 22000; 11% is 11).

    `exponent` is the power of ten that was typed as a word (万 4, 亿 8, none 0), `unit_text` what
    is left of the unit, `qualifier` a hint from words such as 突破, given in `qualifier_text`.
    """

    value: Decimal
    unit_text: str = ""
    exponent: int = 0
    had_percent: bool = False
    qualifier: Qualifier = Qualifier.EXACT
    qualifier_text: str = ""


def read_number(text: str, *, allow_vague: bool = False) -> Number:
    """Read exactly one number with an optional unit; raises QuantityError with the reason.

    "八千左右" is refused, since a cell holds what was counted; a reader of running text passes
    `allow_vague=True` and gets 8000 with the hint "about". "八千多" names no value, so never.
    """
    rest = _normalise(text)
    hint, word = _first(_BEFORE, rest.startswith)
    rest = rest.removeprefix(word).lstrip(" ")
    value, exponent, rest, percent = _take_number(rest)
    if _VAGUE_REST.match(rest):
        raise _error("vague", text.strip())
    after, suffix = _first(_AFTER, rest.endswith)
    if after is Qualifier.ABOUT and not allow_vague:
        raise _error("vague", text.strip())
    if suffix:
        if hint not in (Qualifier.EXACT, after):
            raise _error("two_qualifiers")
        hint, word, rest = after, suffix, rest.removesuffix(suffix).rstrip(" ")
    if rest.startswith("%"):
        percent, rest = True, rest[1:].lstrip(" ")
    if percent and rest:
        raise _error("unit", rest)
    if _SECOND_NUMBER.search(rest):
        raise _error("two_numbers")
    unit = rest.replace(" ", "")
    if _UNIT.fullmatch(unit) is None:
        raise _error("unit", rest)
    return Number(storable(value), "%" if percent else unit, exponent, percent, hint, word)


def read_quantity(text: str) -> Quantity:
    """The number and its plain unit: "700亿元" is Quantity(70000000000, "元")."""
    number = read_number(text)
    return Quantity(number.value, number.unit_text)


def split_unit(text: str) -> tuple[int, str]:
    """Power of ten and plain unit of a printed unit: 万家 is (4, 家), 千瓦 is (0, 千瓦)."""
    unit = _fold(text).translate(_TRADITIONAL).replace(" ", "")
    found = re.match(_MULTIPLIER, unit)
    if found is None:
        return 0, unit
    return MULTIPLIER_WORDS[found[0]], unit[found.end() :]


def storable(value: Decimal) -> Decimal:
    """The value with at most 20 integer digits and ten decimals, else QuantityError."""
    if value.is_finite() and abs(value.adjusted()) > LONGEST_TEXT:
        raise _error("out_of_range")
    digits, _, decimals = plain(value.copy_abs()).partition(".")
    if len(digits) > INTEGER_DIGITS or len(decimals) > DECIMALS:
        raise _error("out_of_range")
    return value


def convert(value: Decimal, exponent_from: int, exponent_to: int) -> Decimal:
    """The same amount in another multiplier, exact: convert(700, 8, 4) is 7000000 (亿 to 万)."""
    _finite(value)
    return _unscaled(value.scaleb(exponent_from - exponent_to, context=EXACT))


def plain(value: Decimal) -> str:
    """All digits, no exponent, no trailing zeros, no minus before zero."""
    return _trim(format(_finite(value), "f"))


def grouped(value: Decimal) -> str:
    """As plain(), with thousands separators: 1,234.5."""
    return _trim(format(_finite(value), ",f"))


def format_quantity(value: Decimal, unit: str = "", exponent: int = 0) -> str:
    """Exact display of a value in units, with a multiplier: (22000, "家", 4) is "2.2万家"."""
    if exponent not in WORD_OF_EXPONENT:
        raise _error("multiplier", exponent)
    return f"{grouped(convert(value, 0, exponent))}{WORD_OF_EXPONENT[exponent]}{unit}"


def display(value: Decimal, decimals: int, thresholds: Iterable[Decimal] = ()) -> str:
    """Rounded half-even to `decimals`, with more of them where rounding would cross a threshold.

    8999.96 beside a goal of 9000 stays 8,999.96, and only what equals the goal is shown as it.
    """
    _finite(value)
    limits = [_finite(limit) for limit in thresholds]
    while True:
        rounded = value.quantize(Decimal(1).scaleb(-decimals), context=_ROUNDING)
        # At the latest the exact value itself stands where it stands.
        if all(rounded.compare(limit) == value.compare(limit) for limit in limits):
            shown = format(rounded, ",f")
            return shown.removeprefix("-") if rounded == 0 else shown
        decimals += 1


def _error(code: str, what: object = "") -> QuantityError:
    zh, en = _WORDING[code]
    return QuantityError(code, zh.format(what) + "。", en + ".")


def _finite(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise _error("not_finite")
    return value


def _trim(digits: str) -> str:
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return "0" if digits in ("-0", "") else digits


def _unscaled(value: Decimal) -> Decimal:
    """The same number with a plain exponent (2.2E+4 becomes 22000) and without a negative zero."""
    return Decimal(plain(value))


def _fold(text: str) -> str:
    """Full-width forms to half width, every kind of space to one blank, minus signs to "-"."""
    folded = []
    for char in text:
        if "\uff01" <= char <= "\uff5e":
            char = chr(ord(char) - 0xFEE0)
        elif char in "\u2212\ufe63":
            char = "-"
        folded.append(" " if char in "\t\r\n" or unicodedata.category(char) == "Zs" else char)
    return re.sub(" +", " ", "".join(folded)).strip(" ")


def _normalise(text: str) -> str:
    for char in text:
        if unicodedata.category(char) in ("Cc", "Cs", "Cf") and char not in "\t\r\n":
            raise _error("control")
    if len(text) > LONGEST_TEXT:
        raise _error("too_long")
    folded = _fold(text)
    for code, refused in _REFUSED_TEXTS.items():
        if refused.fullmatch(folded):
            raise _error(code, folded)
    simplified = folded.translate(_TRADITIONAL)
    if re.search(r"[^\W0-9_²³]", "".join(c for c in simplified if not c.isalpha())):
        raise _error("digits")
    return simplified


def _first(
    words: Mapping[Qualifier, Iterable[str]], fits: Callable[[str], bool]
) -> tuple[Qualifier, str]:
    """The first qualifying word that stands there, with its meaning."""
    found = ((meaning, word) for meaning, group in words.items() for word in group if fits(word))
    return next(found, (Qualifier.EXACT, ""))


def _take_number(text: str) -> tuple[Decimal, int, str, bool]:
    """Value, multiplier, what follows, and whether it is a percentage by its words."""
    if _VAGUE_START.match(text):
        raise _error("vague", text.strip())
    negative = text.startswith(("-", "负"))
    rest = text[1:].lstrip(" ") if negative or text.startswith("+") else text
    percent = rest.startswith("百分之")
    rest = rest.removeprefix("百分之").lstrip(" ")
    if percent and rest.startswith("百"):
        rest = f"一{rest}"
    taken = _arabic(rest) or _chinese(rest)
    if taken is None:
        raise _error("not_a_number", text)
    value, exponent, rest = taken
    if rest.startswith("成") and not percent:
        # 三成 is 30 per cent, 三成五 is 35.
        value, rest, percent = value.scaleb(1, context=EXACT), rest.removeprefix("成"), True
        if rest[:1] in _DIGITS:
            value, rest = EXACT.add(value, Decimal(_DIGITS[rest[0]])), rest[1:]
    signed = value.copy_negate() if negative else value
    return _unscaled(signed), exponent, rest.lstrip(" "), percent


def _arabic(text: str) -> tuple[Decimal, int, str] | None:
    """Digits with an optional multiplier, also in falling steps: 1亿2000万."""
    total, first, step, rest = Decimal(0), 0, None, text
    while found := _ARABIC_NUMBER.match(rest):
        if step == 0:
            break
        exponent = MULTIPLIER_WORDS[found["multiplier"]] if found["multiplier"] else 0
        part = Decimal(re.sub("[, ]", "", found["number"])).scaleb(exponent, context=EXACT)
        # 1万2 may mean 12000 or 10002; a later step must name its own smaller multiplier.
        if step is not None and (exponent == 0 or part >= Decimal(1).scaleb(step)):
            break
        total = EXACT.add(total, part)
        first = exponent if step is None else first
        step, rest = exponent, rest[found.end() :]
    return None if step is None else (total, first, rest)


def _chinese(text: str) -> tuple[Decimal, int, str] | None:
    found = _CHINESE_NUMBER.match(text)
    if found is None:
        return None
    numeral, rest = found["number"], text[found.end() :]
    with_point = _DECIMAL_NUMERAL.fullmatch(numeral)
    if with_point is not None:
        word = with_point["multiplier"]
        exponent = MULTIPLIER_WORDS[word] if word else 0
        part = "".join(str(_DIGITS[char]) for char in with_point["part"])
        value = Decimal(f"{_section(with_point['whole'], first=True, numeral=numeral)}.{part}")
        return value.scaleb(exponent, context=EXACT), exponent, rest
    largest = "万亿" if numeral.endswith("万亿") else "亿" if "亿" in numeral else "万"
    exponent = MULTIPLIER_WORDS[largest] if largest in numeral else 0
    return Decimal(_whole(numeral)), exponent, rest


def _whole(numeral: str) -> int:
    """An integer in Chinese numerals; raises where a place is left open (一百二)."""
    if _YEAR_LIKE.fullmatch(numeral):
        return int("".join(str(_DIGITS[char]) for char in numeral))
    head, has_yi, tail = numeral.rpartition("亿")
    upper, has_wan, lower = tail.rpartition("万")
    total = 0
    if has_yi:
        above, above_wan, below = head.rpartition("万")
        if above_wan:
            total = _section(above, first=True, numeral=numeral) * 10**12
        if below or not above_wan:
            total += _section(below, first=not above_wan, numeral=numeral) * 10**8
    if has_wan:
        total += _section(upper, first=not has_yi, numeral=numeral) * 10**4
    if lower or not (has_yi or has_wan):
        total += _section(lower, first=not (has_yi or has_wan), numeral=numeral)
    return total


def _section(chars: str, *, first: bool, numeral: str) -> int:
    """A number below ten thousand. A bare last digit must follow 十 or 零, else it is ambiguous."""
    refused = _error("numeral", numeral)
    if chars == "零" and first:
        return 0
    value, last, digit, zero = 0, 10_000, -1, False
    for char in chars:
        if char == "零":
            if digit >= 0 or zero or (first and last == 10_000):
                raise refused
            zero = True
        elif char in _DIGITS:
            if digit >= 0:
                raise refused
            digit = _DIGITS[char]
        else:
            place = _PLACES.get(char, 10_000)
            if digit < 0 and place == 10:
                digit = 1
            if place >= last or digit < 0:
                raise refused
            value, last, digit, zero = value + digit * place, place, -1, False
    alone = first and last == 10_000
    if (digit < 0 and (zero or last == 10_000)) or (
        digit >= 0 and not (zero or alone or last == 10)
    ):
        raise refused
    return value + max(digit, 0)
