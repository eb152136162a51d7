"""Examining a chain of hashes: which link was altered, removed, added or moved. PURE."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

Link = tuple[int, str, str, str]
"""Place, stored hash of the predecessor, stored hash, hash computed anew."""


@dataclass(frozen=True, slots=True)
class Head:
    """The length of the chain and the hash of its last event."""

    count: int
    hash: str

    def __str__(self) -> str:
        return f"{self.count}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """Read "COUNT:HASH"; raises ValueError for anything else."""
        count, _, digest = text.strip().partition(":")
        well_formed = len(digest) == 64 and set(digest) <= set("0123456789abcdef")
        if not (count.isascii() and count.isdigit() and well_formed):
            raise ValueError(
                "请按“条数:64位摘要”填写链的末端。 (Give the head as COUNT:HASH with 64 hex digits.)"
            )
        return cls(int(count), digest)


class Kind(StrEnum):
    """What was done to the chain."""

    ALTERED = "altered"
    MISSING = "missing"
    INSERTED = "inserted"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of the chain with the place where it shows, in both languages."""

    kind: Kind
    place: int
    words: str
    words_en: str

    def __str__(self) -> str:
        return f"{self.words} ({self.words_en})"


def examine(
    links: Iterable[Link], head: Head, *, origin: str, expected: Head | None = None
) -> list[Finding]:
    """Every fault of the chain, in order of place; an empty list means that it is untouched."""
    findings: list[Finding] = []
    last, previous, count, at_expected = 0, origin, 0, origin
    for place, named, stored, computed in links:
        if place < 1 or place > head.count:
            findings.append(_inserted(place))
        elif place > last + 1:
            findings.append(_missing(last + 1, place - 1))
        elif named != previous and stored == computed:
            findings.append(_reordered(place))
        if stored != computed:
            findings.append(_altered(place))
        if expected is not None and place == expected.count:
            at_expected = stored
        last, previous, count = max(place, last), stored, count + 1
    if last < head.count:
        findings.append(_truncated(last, head.count))
    elif previous != head.hash and not findings:
        findings.append(_replaced(last))
    if expected is not None and expected.count > last:
        findings.append(_truncated(last, expected.count))
    elif expected is not None and expected.hash != at_expected:
        findings.append(_replaced(expected.count))
    return list(dict.fromkeys(findings))


def _altered(place: int) -> Finding:
    return Finding(
        Kind.ALTERED,
        place,
        f"第 {place} 条被改动：内容与摘要不符。",
        f"Event {place} was altered: its content does not match its hash.",
    )


def _missing(first: int, last: int) -> Finding:
    return Finding(
        Kind.MISSING,
        first,
        f"第 {first} 至 {last} 条缺失。",
        f"Events {first} to {last} are missing.",
    )


def _inserted(place: int) -> Finding:
    return Finding(
        Kind.INSERTED,
        place,
        f"第 {place} 条是插入的：不在链的范围之内。",
        f"Event {place} was inserted: it lies outside the chain.",
    )


def _reordered(place: int) -> Finding:
    return Finding(
        Kind.REORDERED,
        place,
        f"第 {place} 条的次序被调换：与前一条接不上。",
        f"Event {place} was moved: it does not follow the event before it.",
    )


def _truncated(last: int, count: int) -> Finding:
    return Finding(
        Kind.TRUNCATED,
        last + 1,
        f"末尾被截断：应有 {count} 条，只到第 {last} 条。",
        f"The end was cut off: {count} events are due, the last one is {last}.",
    )


def _replaced(place: int) -> Finding:
    return Finding(
        Kind.REPLACED,
        place,
        f"第 {place} 条与所记的链末端不符，链被整段替换。",
        f"Event {place} is not the recorded head; the chain was replaced.",
    )
