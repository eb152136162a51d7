"""A block of texts that somebody copied: squared, without the notes and the unit around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from indicators.pasting.headings import is_figure, is_number, unit_word
from indicators.quantities import LONGEST_TEXT

Lines = list[tuple[int, list[str]]]
"""Rows of a block, each with its number in what was pasted (from 0)."""

_FOOT = re.compile(
    r"(?i)^\s*[（(]?\s*(?:[*＊※†]|[①-⒇]|[\[［【]\d{1,2}[\]］】]"
    r"|(?:注释?|备注|附注|说明|(?:数据|资料)?来源|notes?|sources?)\s*[0-9一二三四五]{0,2}\s*[:：.、])"
)
_UNIT_LINE = re.compile(
    r"(?i)[（(\[【]?\s*(?:计量单位|单位|units?)\s*[:：]\s*([^）)\]】\s]+)\s*[）)\]】]?"
)


@dataclass(frozen=True)
class Note:
    """A sentence about what was understood or left out."""

    zh: str
    en: str


def rectangle(block: Sequence[Sequence[str]]) -> Lines:
    """All lines equally long, texts without the space around them."""
    lines = [[_tidy(text) for text in line] for line in block]
    width = max(map(len, lines), default=0)
    return [(i, line + [""] * (width - len(line))) for i, line in enumerate(lines)]


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\ufeff", "").replace("\u200b", "")).strip()


def trimmed(lines: Lines) -> Lines:
    """Without the columns that are blank at the end."""
    width = max((i + 1 for _n, line in lines for i, text in enumerate(line) if text), default=0)
    return [(number, line[:width]) for number, line in lines]


def turned(lines: Lines) -> Lines:
    """Rows as columns; the numbers are those of the columns."""
    return [*enumerate(map(list, zip_longest(*(line for _number, line in lines), fillvalue="")))]


def without_foot(lines: Lines, notes: list[Note]) -> Lines:
    """Without the notes and sources below the table."""
    while lines:
        texts = list(dict.fromkeys(text for text in lines[-1][1] if text))
        if texts and not (len(texts) == 1 and _is_foot(texts[0])):
            break
        if texts:
            notes.append(Note(
                f"表下的注释没有采用：{_short(texts[0])}",
                f"A note below the table was left out: {_short(texts[0])}",
            ))  # fmt: skip
        lines = lines[:-1]
    return lines


def without_title(lines: Lines) -> Lines:
    """Without the leading lines that hold one text of words alone."""
    for start, (_number, line) in enumerate(lines):
        texts = {text for text in line if text}
        if len(line) < 2 or len(texts) > 1 or any(map(is_figure, texts)):
            return lines[start:]
    return []


def _is_foot(text: str) -> bool:
    """Whether words begin as a note does; a lone mark or a number does not."""
    words = any(char.isalpha() for char in text)
    return words and _FOOT.match(text) is not None and not is_number(text)


def without_unit_line(lines: Lines, notes: list[Note]) -> tuple[Lines, str]:
    """Take out what says the unit of the whole table: 单位：亿元."""
    units: list[str] = []
    kept: Lines = []
    for number, line in lines:
        found = [None if len(text) > LONGEST_TEXT else _UNIT_LINE.search(text) for text in line]
        units += [unit_word(match[1]) for match in found if match]
        rest = [
            text if match is None else _tidy(text[: match.start()] + text[match.end() :])
            for text, match in zip(line, found, strict=True)
        ]
        if any(rest) or rest == line:
            kept.append((number, rest))
    stated = list(dict.fromkeys(units))
    if not stated:
        return kept, ""
    if len(stated) > 1 or re.search("[、,，;；/]", stated[0]):
        notes.append(Note(
            f"表上写了几种单位（{'、'.join(stated)}），没有套用；请核对每格的单位。",
            f"The table names several units ({', '.join(stated)}); none was applied.",
        ))  # fmt: skip
        return kept, ""
    notes.append(Note(
        f"表上写明单位“{stated[0]}”，已用于没有写单位的数值。",
        f'The unit "{stated[0]}" of the table was applied to values without one.',
    ))  # fmt: skip
    return kept, stated[0]


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
