"""Clean policy text for reading, and keep for every character the place it came from.

Web pages and scans leave pinyin residue, traditional characters, full-width forms, stray spaces
and lines broken inside a sentence. All of that goes; the raw text is never touched, and a span of
the clean text always leads back to its words in the raw one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import opencc

# A shorter line was not wrapped by a page's edge: it is a heading or the end of a paragraph.
SHORTEST_WRAPPED = 16
# A longer line is a whole paragraph: no page has columns of more than sixty characters.
LONGEST_WRAPPED = 120

_HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_CJK = rf"{_HAN}\u3001-\u303f\u2014\u2018\u2019\u201c\u201d\u2026\u00b7\u25a1"
_IS_CJK = re.compile(f"[{_CJK}]")
_IS_CJK_OR_MARK = re.compile(rf"[{_CJK}0-9,;:!?()\[\]%]")
_IS_WORD = re.compile(f"[{_HAN}0-9]")
_SENTENCE_END = r"。!?;…:"

_SYLLABLE = re.compile(
    "(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    "(?:a(?:i|o|ng?)?|e(?:i|ng?)?|ou?|ong|i(?:a(?:o|ng?)?|e|u|ng?|ong)?"
    "|u(?:a(?:i|ng?)?|o|i|e|n)?|[üv](?:e|an|n)?)|er|ng?|m"
)
# Words, units and list marks that look like a syllable without its tone.
_NO_RESIDUE = frozenset(
    re.findall(
        "[a-z]+",
        "a e i m n o u v ai an ban bang bin can chin die do due fan fun gang go ha hang he hen "
        "hi in lie long man me men min mu no pa pan pen pi pie pin ping ran ring run sang she shin "
        "sin sing so song sun tan tang ten tie tin to van we win wing yen you",
    )
)
_TONES = frozenset("\u0300\u0301\u0304\u0306\u030c")
# Some web pages write pinyin with the single-storey letters of phonetic alphabets.
_LETTERS = str.maketrans("\u0251\u0261", "ag")
_PARENTHESISED = re.compile(rf"(?<=[{_HAN}])((?: ?\([^()\n]{{1,40}}\))+)")
_ONE_PARENTHESIS = re.compile(r" ?\(([^()\n]{1,40})\)")

_BLANKS = re.compile(r"[ \t]*\n[ \t\n]*|[ \t]+")
_MARKER = re.compile(
    r"第[一二三四五六七八九十百零\d]{1,4}[章节節条條款]|[一二三四五六七八九十]{1,3}(?:[、.]|是)"
    r"|[(\[][一二三四五六七八九十\d]{1,3}[)\]]|\d{1,2}(?:[、.](?!\d)|[)\]])|\d{4}-\d{1,2}-\d{1,2}"
    r"|\(\d{4}年|[-*•·●■□◆①-⑳㈠-㈩《【]|附件"
)
# A label and what it labels (来源:…) stand on a line of their own.
_LABEL = re.compile(rf"[{_HAN}]{{1,8}}:")
_VARIANTS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))

Piece = tuple[str, list[int]]


class CleanError(ValueError):
    """A text that must not be stored; `zh` and `en` say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} {en}")
        self.zh = zh
        self.en = en


@dataclass(frozen=True)
class CleanText:
    """Clean text with, for each of its characters, the index in `raw`, and at the end len(raw)."""

    raw: str
    text: str
    offsets: tuple[int, ...]

    def raw_range(self, start: int, end: int) -> tuple[int, int]:
        """Where text[start:end] stands in raw: with inner and trailing residue, without blanks."""
        if not 0 <= start <= end <= len(self.text):
            raise IndexError(f"no span {start}:{end} in a text of {len(self.text)} characters")
        first = self.offsets[start]
        if start == end:
            return first, first
        last = self.offsets[end]
        while last > self.offsets[end - 1] + 1 and _folded(self.raw[last - 1]) in (
            "",
            " ",
            "\t",
            "\n",
        ):
            last -= 1
        return first, last

    def raw_span(self, start: int, end: int) -> str:
        """The raw words behind text[start:end]."""
        first, last = self.raw_range(start, end)
        return self.raw[first:last]


def clean(raw: str) -> CleanText:
    """The text as it should be read; raises CleanError for NUL and lone surrogates.

    Paragraphs end in a line break, a blank line stays one. A tab stays too: it parts the columns
    of a table. Cleaning what is clean changes nothing.
    """
    _refuse(raw)
    piece = _folded_text(raw)
    settled = None
    # One removal can expose another (residue between two lines). It ends: a step only drops
    # characters or simplifies them, and no simplified character has a traditional one.
    while settled != piece[0]:
        settled = piece[0]
        for step in (_drop_residue, _drop_blanks, _join_lines, _simplify):
            piece = step(piece)
    text, offsets = piece
    return CleanText(raw, text, (*offsets, len(raw)))


def _refuse(raw: str) -> None:
    for index, char in enumerate(raw):
        if char == "\0" or "\ud800" <= char <= "\udfff":
            raise CleanError(
                f"第{index + 1}个字符不是有效的文字（U+{ord(char):04X}），请检查文件的编码。",
                f"Character {index + 1} (U+{ord(char):04X}) is not text; check the encoding.",
            )


@cache
def _converter() -> opencc.OpenCC:
    """Made on first use: loading the dictionaries takes a moment no web worker should wait for."""
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=32768)
def _folded(char: str) -> str:
    """Half-width, one kind of blank, one kind of line break; "" for what cannot be seen."""
    if "\uff01" <= char <= "\uff5e":
        return chr(ord(char) - 0xFEE0)
    if char in "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029":
        return "\n"
    if char == "\t":
        return char
    category = unicodedata.category(char)
    if category == "Zs":
        return " "
    if category in ("Cf", "Cc") or char in _VARIANTS:
        return ""
    # Radicals and compatibility forms out of PDF files stand for the plain character.
    if "\u2f00" <= char <= "\u2fd5" or "\uf900" <= char <= "\ufaff":
        return unicodedata.normalize("NFKC", char)
    return char


def _folded_text(raw: str) -> Piece:
    text: list[str] = []
    offsets: list[int] = []
    for index, char in enumerate(raw):
        folded = _folded(char)
        # The two characters of a Windows line break are one break.
        if folded == "" or (char == "\n" and raw[max(index - 1, 0)] == "\r"):
            continue
        text.append(folded)
        offsets.append(index)
    return "".join(text), offsets


def _edited(piece: Piece, edits: Iterable[tuple[int, int, str]]) -> Piece:
    """Replace spans, in order, by nothing or by one character that stands for the first."""
    text, offsets = piece
    parts: list[str] = []
    kept: list[int] = []
    done = 0
    for start, end, put in edits:
        parts += [text[done:start], put]
        kept += offsets[done:start] + offsets[start : start + len(put)]
        done = end
    return "".join((*parts, text[done:])), kept + offsets[done:]


def _drop_residue(piece: Piece) -> Piece:
    """產(chǎn)業(yè) is 產業; (AI), (R&D) and list marks such as (a) stay."""
    edits: list[tuple[int, int, str]] = []
    for group in _PARENTHESISED.finditer(piece[0]):
        for one in _ONE_PARENTHESIS.finditer(piece[0], group.start(), group.end()):
            if not _is_pinyin(one[1]):
                break
            edits.append((one.start(), one.end(), ""))
    return _edited(piece, edits)


@lru_cache(maxsize=4096)
def _is_pinyin(words: str) -> bool:
    decomposed = unicodedata.normalize("NFD", words.strip().translate(_LETTERS))
    toned = any(char in _TONES for char in decomposed)
    bare = "".join(char for char in decomposed if char not in _TONES).replace("u\u0308", "ü")
    syllables = re.split("[ '’]+", bare)
    if not all(_SYLLABLE.fullmatch(syllable) for syllable in syllables):
        return False
    return toned or not any(syllable in _NO_RESIDUE for syllable in syllables)


def _drop_blanks(piece: Piece) -> Piece:
    """No blanks inside Chinese or beside a line break; of several, one; blank lines as one."""
    return _edited(piece, _blank_edits(piece[0]))


def _blank_edits(text: str) -> Iterator[tuple[int, int, str]]:
    for found in _BLANKS.finditer(text):
        start, end = found.span()
        if start == 0 or end == len(text):
            yield start, end, ""
        elif "\n" in found[0]:
            # What surrounds the breaks goes, so that each break stands for its own place.
            for index in [at for at in range(start, end) if text[at] == "\n"][:2]:
                yield start, index, ""
                start = index + 1
            yield start, end, ""
        elif "\t" in found[0]:
            yield start, end, "\t"
        else:
            yield start, end, "" if _touching(text[max(start - 2, 0) : start], text[end]) else " "


def _touching(before: str, after: str) -> bool:
    """Whether a blank between the two is only an accident of layout."""
    left = before[-1]
    if _IS_CJK.match(left):
        return _IS_CJK_OR_MARK.match(after) is not None
    if _IS_CJK.match(after):
        return _IS_CJK_OR_MARK.match(left) is not None
    if left in ",;:" and after.isdigit():
        return _IS_CJK.match(before[0]) is not None
    return left.isdigit() and after == "%"


def _join_lines(piece: Piece) -> Piece:
    """Take out the breaks that only the edge of a column made, until none is left."""
    while True:
        text = piece[0]
        lines = [(found.start(), found.end()) for found in re.finditer(r"[^\n]+", text)]
        breaks = [
            (end, after, "")
            for (start, end), (after, stop) in pairwise(lines)
            if after - end == 1 and _is_wrapped(text[start:end], text[after:stop])
        ]
        if not breaks:
            return piece
        piece = _edited(piece, breaks)


def _is_wrapped(line: str, following: str) -> bool:
    """Whether a sentence goes on from one line to the next."""
    last, first = line[-1], following[0]
    if last in _SENTENCE_END or _MARKER.match(following) or _LABEL.match(following):
        return False
    if first in ",、。;%)》”" or (last in ",、(《“" and (_IS_WORD.match(first) or first in "“(")):
        return True
    # Two figures one below the other are a column, not one number.
    if last.isdigit() and first.isdigit():
        return False
    if not ((_IS_WORD.match(last) or last in "”》)%") and (_IS_WORD.match(first) or first in "“(")):
        return False
    if _LABEL.match(line):
        return False
    # A line breaks where it is full, so the next one is hardly wider.
    width = _width(line)
    return SHORTEST_WRAPPED <= width <= LONGEST_WRAPPED and 5 * _width(following) <= 6 * width + 20


def _width(line: str) -> int:
    """In half-width columns: a Chinese character takes two."""
    return 2 * len(line) - len(line.encode("ascii", "ignore"))


def _simplify(piece: Piece) -> Piece:
    """Traditional to simplified, one character for one."""
    text, offsets = piece
    converted: str = _converter().convert(text)
    # A phrase of another length would shift every offset behind it.
    if len(converted) != len(text):
        converted = re.sub(f"[{_HAN}]+", lambda run: _same_length(run[0]), text)
    return converted, offsets


def _same_length(run: str) -> str:
    """The run converted as a whole if that keeps its length, else character by character."""
    converted: str = _converter().convert(run)
    if len(converted) == len(run):
        return converted
    single = (_converter().convert(char) for char in run)
    return "".join(new if len(new) == 1 else old for old, new in zip(run, single, strict=True))
