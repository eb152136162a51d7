"""Text tables: the encoding, the delimiter and the rows of a CSV (RFC 4180).

UTF-8 first, GB18030 next, both strict; UTF-16 where its mark says so; anything else is asked about
in words, never read with replacement characters. Every field stays text.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from indicators.importing import refusals

DELIMITERS = (",", "\t", ";")
SAMPLE = 50  # records by which the delimiter is told
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# A wrong guess of GB18030 gives private or unassigned characters sooner than words.
NOT_TEXT = re.compile("[\ud800-\udfff\ue000-\uf8ff\ufffe\uffff\x80-\x9f]")


def decode(data: bytes) -> tuple[str, str]:
    """(text, encoding) of the bytes; raises `Unreadable`."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _strict(data, "utf-8-sig" if encoding == "utf-8" else encoding), encoding
    if b"\0" in data:
        raise refusals.null_in_text()
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        text = _strict(data, "gb18030")
    if NOT_TEXT.search(text):
        raise refusals.encoding_unknown()
    return text, "gb18030"


def _strict(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise refusals.encoding_unknown() from None
    if "\0" in text:
        raise refusals.null_in_text()
    return text


def delimiter_of(text: str) -> str:
    """The delimiter by which most of the first records have one and the same width above 1.

    Equal claims go to the comma, then the tab; a text of one column gets the comma.
    """
    best, delimiter = (0, 0), DELIMITERS[0]
    for candidate in DELIMITERS:
        widths = Counter(len(row) for row in islice(_lenient(text, candidate), SAMPLE) if row)
        widths.pop(1, None)
        if widths:
            width, times = widths.most_common(1)[0]
            if (times, width) > best:
                best, delimiter = (times, width), candidate
    return delimiter


def _lenient(text: str, delimiter: str) -> Iterator[list[str]]:
    """Records for the guess alone: what breaks the rules ends them."""
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error:
        return


def records(text: str, delimiter: str) -> Iterator[list[str]]:
    """The records in order, an empty line as []; raises `Unreadable` with the line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error:
        raise refusals.bad_record(reader.line_num) from None
