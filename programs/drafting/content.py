"""Everything that an edition and its items say, as typed: texts that may be incomplete.

Rows are named by their keys, money is 元 as a decimal text, a day is 2026-01-01. A clause is named
by its key in the edition's document, or as "document/clause" in another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

EDITION_LISTS = ("industries", "industries_en")
ITEM_LISTS = ("bodies", "not_with", "also_in")
FLAGS = ("per_stated", "yearly_call")
MOST_ITEMS = 200
MOST_CHARACTERS = 200_000


class NotContent(ValueError):  # noqa: N818 - said of a text, not a fault of the program
    """JSON that is no content of an edition; the message is a code for programs."""


@dataclass(frozen=True, kw_only=True)
class ItemContent:
    """One support item as typed."""

    key: str = ""
    name: str = ""
    name_en: str = ""
    tier: str = ""
    tier_en: str = ""
    kind: str = ""
    comparator: str = ""
    cap: str = ""
    rate: str = ""
    rate_of: str = ""
    rate_of_en: str = ""
    per: str = ""
    per_stated: bool = False
    payout: str = ""
    yearly_call: bool = False
    stage: str = ""
    bodies: tuple[str, ...] = ()
    not_with: tuple[str, ...] = ()
    not_with_for: str = ""
    beneficiary: str = ""
    beneficiary_en: str = ""
    condition: str = ""
    condition_en: str = ""
    clause: str = ""
    also_in: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """The item of a JSON object, whose absent fields are empty; raises NotContent."""
        return cls(**_read(value, ITEM_FIELDS, ITEM_LISTS))


@dataclass(frozen=True, kw_only=True)
class Content:
    """One edition as typed, with its items in their order."""

    name: str = ""
    name_en: str = ""
    document: str = ""
    clause: str = ""
    valid_from: str = ""
    valid_to: str = ""
    objective: str = ""
    objective_en: str = ""
    department: str = ""
    contact_url: str = ""
    rhythm: str = ""
    rhythm_en: str = ""
    industries: tuple[str, ...] = ()
    industries_en: tuple[str, ...] = ()
    note: str = ""
    note_en: str = ""
    items: tuple[ItemContent, ...] = ()

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """The content of a JSON object, whose absent fields are empty; raises NotContent."""
        if not isinstance(value, dict):
            raise NotContent("object")
        rest = dict(value)
        items = rest.pop("items", [])
        if not isinstance(items, list | tuple) or len(items) > MOST_ITEMS:
            raise NotContent("items")
        told = _read(rest, EDITION_FIELDS, EDITION_LISTS)
        read = cls(**told, items=tuple(ItemContent.from_json(item) for item in items))
        if sum(len(text) for text in _texts(read.to_json())) > MOST_CHARACTERS:
            raise NotContent("length")
        return read

    def to_json(self) -> dict[str, Any]:
        """The same as JSON: `from_json` reads it back exactly."""
        told: dict[str, Any] = _plain(asdict(self))
        return told

    def item(self, key: str) -> ItemContent | None:
        """The first item of a key."""
        return next((item for item in self.items if item.key == key), None)

    def with_item(self, key: str, **changes: Any) -> Self:
        """The same with other fields of the item of that key."""
        changed = (replace(item, **changes) if item.key == key else item for item in self.items)
        return replace(self, items=tuple(changed))


ITEM_FIELDS = tuple(field.name for field in fields(ItemContent))
EDITION_FIELDS = tuple(field.name for field in fields(Content) if field.name != "items")


def next_key(taken: Iterable[str], beginning: str) -> str:
    """A key for a new item: the beginning with the first number that none of the taken has."""
    known, number = set(taken), 1
    while f"{beginning}-{number}" in known:
        number += 1
    return f"{beginning}-{number}"


def _read(value: Any, known: Iterable[str], lists: Iterable[str]) -> dict[str, Any]:
    """The known fields of a JSON object with the right types; raises NotContent naming the field."""
    if not isinstance(value, dict):
        raise NotContent("object")
    strange = value.keys() - set(known)
    if strange:
        raise NotContent(str(min(strange, key=str)))
    told: dict[str, Any] = {}
    for name, given in value.items():
        if name in lists:
            if not isinstance(given, list | tuple) or not all(map(_is_text, given)):
                raise NotContent(name)
            told[name] = tuple(given)
        elif isinstance(given, bool) if name in FLAGS else _is_text(given):
            told[name] = given
        else:
            raise NotContent(name)
    return told


def _is_text(value: Any) -> bool:
    """A text that every database keeps: no NUL, no half of a surrogate pair."""
    if not isinstance(value, str) or "\0" in value:
        return False
    return not any("\ud800" <= sign <= "\udfff" for sign in value)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value
