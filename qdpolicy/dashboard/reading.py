"""Texts with highlighted stretches (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

HEADING = "## "


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters start to end (exclusive) of a text that something is said about."""

    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters under the same stretches.

    `begins` are the keys whose first character stands here; `under` all that cover the run, the
    shortest first, so that the first is the innermost.
    """

    text: str
    under: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or a heading of a text."""

    pieces: tuple[Piece, ...]
    heading: bool = False


def blocks(text: str, stretches: Sequence[Stretch]) -> tuple[Block, ...]:
    """The lines of a text cut at every border of a stretch; empty lines are dropped.

    Overlapping stretches are split, never nested, so that the pieces make sound HTML in any
    order. A stretch of two lines goes on in the second one. Stretches outside the text and empty
    ones mark nothing.
    """
    found: list[Block] = []
    offset = 0
    for line in text.split("\n"):
        heading = line.startswith(HEADING)
        start = offset + (len(HEADING) if heading else 0)
        end = offset + len(line)
        if line.strip():
            found.append(Block(_pieces(text, start, end, stretches), heading))
        offset = end + 1
    return tuple(found)


def _pieces(text: str, start: int, end: int, stretches: Sequence[Stretch]) -> tuple[Piece, ...]:
    """The characters start to end, cut at every border that lies between."""
    inside = [s for s in stretches if s.start < s.end and s.start < end and s.end > start]
    borders = {start, end}
    for stretch in inside:
        borders |= {max(stretch.start, start), min(stretch.end, end)}
    cuts = sorted(borders)
    pieces = []
    for left, right in pairwise(cuts):
        covering = sorted(
            (s for s in inside if s.start <= left and s.end >= right),
            key=lambda s: (s.end - s.start, s.key),
        )
        # A stretch that begins in the mark of a heading or before the line begins with the line.
        begins = [s.key for s in covering if s.start == left or (s.start < start == left)]
        pieces.append(
            Piece(text[left:right], tuple(s.key for s in covering), tuple(sorted(begins)))
        )
    return tuple(pieces)


def first_of_each(found: Sequence[Block]) -> tuple[Block, ...]:
    """The same blocks with each key beginning once, since an anchor's name is unique on a page."""
    seen: set[str] = set()
    result = []
    for block in found:
        pieces = []
        for piece in block.pieces:
            begins = tuple(key for key in piece.begins if key not in seen)
            seen.update(begins)
            pieces.append(Piece(piece.text, piece.under, begins))
        result.append(Block(tuple(pieces), block.heading))
    return tuple(result)
