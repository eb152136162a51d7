"""The digest of a snapshot: 64 bits over all it says, row by row or for columns at once.

Figures count to 31 binary digits (nine decimal ones): the two ways of judging, in Decimal and in
float64, agree to 1e-9, and what differs behind that is no change.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from targets.recompute.binary import Ints, Ragged

    Words = npt.NDArray[np.uint64]

_START, _PRIME, _SHIFT = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 29
_MASK = (1 << 64) - 1
_DIGITS = 31
_NOTHING = 0x7FF8


def text_word(text: str) -> int:
    """A text as 64 bits."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def figure_word(figure: Decimal | None) -> int:
    """A figure as its 31 leading binary digits and its power of two."""
    if figure is None:
        return _NOTHING
    mantissa, exponent = math.frexp(float(figure))
    digits = round(math.ldexp(mantissa, _DIGITS))
    if abs(digits) == 1 << _DIGITS:
        digits, exponent = digits // 2, exponent + 1
    return (digits << 12 ^ exponent & 0xFFF) & _MASK


def ids_word(ids: Sequence[int]) -> int:
    """Keys in their order as 64 bits."""
    return sum(_stir(key + place & _MASK) for place, key in enumerate(ids)) & _MASK


def digest_of_words(words: Iterable[int]) -> int:
    """The digest of a row, signed as a database keeps it and never 0, which is no snapshot."""
    found = _START
    for word in words:
        found = _stir(found ^ word & _MASK)
    found = found or 1
    return found - (1 << 64) if found >> 63 else found


def _stir(word: int) -> int:
    word = word * _PRIME & _MASK
    return word ^ word >> _SHIFT


def text_words(texts: Sequence[str]) -> Words:
    """`text_word` of each text."""
    import numpy as np

    return np.array([text_word(text) for text in texts], dtype=np.uint64)


def figure_words(figures: npt.NDArray[np.float64]) -> Words:
    """`figure_word` of each figure; NaN is none."""
    import numpy as np

    nothing = ~np.isfinite(figures)
    mantissa, exponent = np.frexp(np.where(nothing, 0.0, figures))
    digits = np.rint(np.ldexp(mantissa, _DIGITS)).astype(np.int64)
    border = np.abs(digits) == 1 << _DIGITS
    digits = np.where(border, digits // 2, digits)
    powers = exponent.astype(np.int64) + border
    found = (digits << 12 ^ powers & 0xFFF).view(np.uint64)
    return np.where(nothing, np.uint64(_NOTHING), found)


def ids_words(ids: Ragged) -> Words:
    """`ids_word` of each row."""
    import numpy as np

    ends = np.cumsum(ids.counts)
    place = np.arange(len(ids.flat)) - np.repeat(ends - ids.counts, ids.counts)
    sums = np.zeros(len(ids.flat) + 1, dtype=np.uint64)
    np.cumsum(_stirred((ids.flat + place).view(np.uint64)), out=sums[1:])
    words: Words = sums[ends] - sums[ends - ids.counts]
    return words


def digests(words: Iterable[Words | Ints | int], count: int) -> Ints:
    """`digest_of_words` of each row; a single number stands in every row."""
    import numpy as np

    found = np.full(count, _START, dtype=np.uint64)
    for column in words:
        word: Any = column
        if isinstance(column, int):
            word = np.uint64(column & _MASK)
        elif column.dtype != np.uint64:
            word = column.astype(np.int64).view(np.uint64)
        found = _stirred(found ^ word)
    found[found == 0] = 1
    return found.view(np.int64)


def _stirred(words: Words) -> Words:
    import numpy as np

    found: Words = words * np.uint64(_PRIME)
    stirred: Words = found ^ found >> np.uint64(_SHIFT)
    return stirred
