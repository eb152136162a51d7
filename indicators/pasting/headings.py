"""What a heading in somebody's table says: a row by its name, a period, a unit.

Headings carry more than names: "1. 技术合同成交额（亿元）①", "2024年快报", "其中：企业".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from indicators.periods import PeriodError, read_period
from indicators.quantities import LONGEST_TEXT, QuantityError, read_number, split_unit

LONGEST_MARKS = 24

_MARK = re.compile(
    r"(?:\s*(?:[①-⒇*＊†‡※]|(?<=[0-9０-９%％⁰¹²³⁴-⁹])[⁰¹²³⁴-⁹]|[\[［【〔]\s*注?[0-9０-９]{1,2}\s*[\]］】〕]"
    r"|[（(]\s*注\s*[0-9０-９]{0,2}\s*[）)]))+$"
)
_NUMBERING = re.compile(
    r"^(?:[①-⒇#·•—-]\s*|[（(]?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[）)、.．]\s*|其中[:：]?\s*)+"
)
_UNIT_TAILS = (
    re.compile(r"^(.+?)\s*[（(\[【]\s*([^（）()\[\]【】]+?)\s*[）)\]】]$"),
    re.compile(r"^(.+)(?:\s*[,，/：:、]\s*|\s)(\S+)$"),
)
_COMMON_UNITS = {
    *"元家个户人件项篇所名台套吨座处亩次支册批天年",
    *("美元", "人次", "人年", "平方米", "平方公里", "公里", "千瓦", "千瓦时", "吨标准煤", "小时"),
    *("%", "百分点", "个百分点", "‰"),
}
_OF_ACTUALS = re.compile(
    r"[(（]?(?:实际|完成|年报|快报|预计|核实|初步|绝对|本年)?(?:数值?|值|总量|情况)?[)）]?$"
)


@dataclass(frozen=True)
class RowHead:
    """A row of the grid: its key, whatever names it (code, name, alias), its printed unit."""

    key: str
    names: tuple[str, ...]
    unit: str = ""


@dataclass(frozen=True)
class ColumnHead:
    """A column of the grid: the canonical period and what it is called besides."""

    period: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Heads:
    """The headings of a grid, ready for looking up. An ambiguous name is None."""

    rows: Sequence[RowHead]
    columns: Sequence[ColumnHead]
    names: dict[str, RowHead | None]
    labels: dict[str, str]
    bases: frozenset[str]

    @classmethod
    def of(cls, rows: Sequence[RowHead], columns: Sequence[ColumnHead]) -> Heads:
        """Look-up tables of these rows and columns."""
        names: dict[str, RowHead | None] = {}
        for row in rows:
            for name in {folded(name) for name in row.names} - {""}:
                names[name] = row if names.get(name, row) == row else None
        labels = {folded(text): head.period for head in columns for text in head.labels}
        labels |= {folded(head.period): head.period for head in columns}
        bases = {split_unit(row.unit)[1] for row in rows} | _COMMON_UNITS
        return cls(rows, columns, names, labels, frozenset(bases - {""}))

    def name(self, text: str) -> tuple[bool, RowHead | None, str]:
        """Whether the text names a row, which one (None where several), the unit beside it."""
        if len(text) > LONGEST_TEXT:
            return False, None, ""
        bare = unmarked(text)
        for plain in dict.fromkeys((text, bare, _NUMBERING.sub("", bare))):
            if folded(plain) in self.names:
                return True, self.names[folded(plain)], ""
            rest, unit = self.unit_tail(plain)
            if unit and folded(rest) in self.names:
                return True, self.names[folded(rest)], unit
        return False, None, ""

    def period(self, text: str) -> tuple[str, str]:
        """The canonical period of a heading ("" for none) and the unit beside it."""
        if len(text) > LONGEST_TEXT:
            return "", ""
        bare = unmarked(text)
        rest, unit = self.unit_tail(bare)
        for plain in dict.fromkeys((bare, rest, _OF_ACTUALS.sub("", rest))):
            if (period := self._period(plain)) != "":
                return period, unit if plain != bare else ""
        return "", ""

    def _period(self, text: str) -> str:
        if (label := self.labels.get(folded(text))) is not None:
            return label
        try:
            return str(read_period(text))
        except PeriodError:
            return ""

    def unit_tail(self, text: str) -> tuple[str, str]:
        """A heading without the unit that closes it, and that unit: 成交额（亿元）."""
        for form in _UNIT_TAILS:
            found = form.match(text)
            if found is not None and self.is_unit(unit := unit_word(found[2])):
                return found[1].rstrip(), unit
        return text, ""

    def is_unit(self, text: str) -> bool:
        """Whether a text is one unit that is common or used in the grid, with or without 万."""
        return 0 < len(text) <= LONGEST_TEXT and split_unit(text)[1] in self.bases


def folded(text: str) -> str:
    """A name for comparing: one width, one case, no spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def unmarked(text: str) -> str:
    """A text without the footnote marks at its end: 8100① is 8100."""
    # The end alone is searched: a whole text of asterisks would take long.
    start = max(0, len(text) - LONGEST_MARKS)
    return text[:start] + _MARK.sub("", text[start:])


def unit_word(text: str) -> str:
    """A unit without its brackets and spaces: （亿元） is 亿元, ％ is %, m² stays."""
    return re.sub(r"[\s()（）\[\]［］【】]+", "", text).replace("％", "%")


def is_number(text: str) -> bool:
    """Whether a text reads as exactly one number."""
    try:
        read_number(text)
    except QuantityError:
        return False
    return True


def is_figure(text: str) -> bool:
    """Whether a text is a number alone; a heading such as 2024年目标 is none."""
    try:
        return read_number(text).unit_text in ("", "%")
    except QuantityError:
        return False


def with_unit(text: str, unit: str, own: str) -> str:
    """The text with the unit that a heading states; `own` is the unit the grid would assume.

    Never left off because it does not fit: the reader of the cell has to refuse that in words.
    """
    try:
        number = read_number(text)
    except QuantityError:
        return text
    assumed = unit_word(unit) == unit_word(own) and number.exponent == 0
    if not unit or assumed or number.unit_text or number.had_percent:
        return text
    return text + unit_word(unit)
