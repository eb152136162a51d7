"""Find where quoted words stand in a clean text; what is not there is said, never guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from targets.extraction.clean import clean

Key = TypeVar("Key", bound=Hashable)
Span = tuple[int, int]


@dataclass(frozen=True)
class Anchors(Generic[Key]):
    """The places of quotes: `text[start:end]` of each found one is its cleaned quote.

    `missing` has the keys in the order given. `ambiguous` has found keys whose words also stand
    at other places that no key asked for, with those places: a person should look.
    """

    found: dict[Key, Span]
    missing: list[Key]
    ambiguous: dict[Key, tuple[Span, ...]]


def find_quote(text: str, quote: str) -> list[Span]:
    """All places of the quote in the clean text, in order, none overlapping another.

    The quote may be given as it stands in the raw text: it is cleaned first. Raises CleanError.
    """
    return _places(text, clean(quote).text)


def anchor(text: str, quotes: Sequence[tuple[Key, str]]) -> Anchors[Key]:
    """Give each key a place of its quote; equal quotes get the places one after the other.

    Raises ValueError for a key given twice, CleanError for a quote that is not text.
    """
    repeated = [key for key, times in Counter(key for key, _ in quotes).items() if times > 1]
    if repeated:
        raise ValueError(f"每个引文的编号只能出现一次：{repeated}。 Keys given twice: {repeated}.")
    found: dict[Key, Span] = {}
    missing: list[Key] = []
    left: dict[str, list[Span]] = {}
    last_key: dict[str, Key] = {}
    for key, quote in quotes:
        words = clean(quote).text
        places = left.setdefault(words, _places(text, words))
        if places:
            found[key] = places.pop(0)
            last_key[words] = key
        else:
            missing.append(key)
    ambiguous = {last_key[words]: tuple(places) for words, places in left.items() if places}
    return Anchors(found, missing, ambiguous)


def _places(text: str, words: str) -> list[Span]:
    places: list[Span] = []
    start = text.find(words) if words else -1
    while start >= 0:
        end = start + len(words)
        places.append((start, end))
        start = text.find(words, end)
    return places
