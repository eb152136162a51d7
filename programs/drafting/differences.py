"""How one content differs from another, field by field, by the keys of the items."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, cast

from programs.drafting.content import EDITION_FIELDS, ITEM_FIELDS, Content, ItemContent
from programs.drafting.reading import read_number

SETS = ("bodies", "not_with", "also_in")
"""Lists whose order says nothing."""
Value = str | bool | tuple[str, ...] | None


@dataclass(frozen=True)
class Difference:
    """One thing that differs: `code` is added, removed, changed or moved (the order of the items).

    `item_key` is None for the edition itself; `field` is empty where the item as a whole is meant.
    """

    code: str
    item_key: str | None
    field: str
    old: Value
    new: Value


def differences(old: Content, new: Content) -> list[Difference]:
    """First the edition's fields, then the items in the new order, then those that are gone."""
    found = [
        Difference("changed", None, name, *pair)
        for name in EDITION_FIELDS
        if (pair := _pair(old, new, name))
    ]
    for item in _distinct(new):
        before = old.item(item.key)
        if before is None:
            found.append(Difference("added", item.key, "", None, item.name))
            continue
        found += [
            Difference("changed", item.key, name, *pair)
            for name in ITEM_FIELDS
            if (pair := _pair(before, item, name))
        ]
    gone = [item for item in _distinct(old) if new.item(item.key) is None]
    found += [Difference("removed", item.key, "", item.name, None) for item in gone]
    return found + _moved(old, new)


def brought_onto(content: Content, found: list[Difference], new: Content) -> Content:
    """A content with these differences, whose new side is `new`, made to it as well.

    What it says beside them stays; an item that it does not have is left alone.
    """
    items = {item.key: item for item in content.items}
    changes: dict[str, Any] = {}
    for one in found:
        added = new.item(one.item_key) if one.item_key is not None else None
        if one.code == "added" and added is not None:
            items[added.key] = added
        elif one.code == "changed" and one.item_key is None:
            changes[one.field] = one.new
        elif one.code == "changed" and one.item_key in items:
            key = str(one.item_key)
            items[key] = replace(items[key], **{one.field: cast("Any", one.new)})
    return replace(content, items=tuple(items.values()), **changes)


def only_days(found: list[Difference]) -> bool:
    """Whether nothing but the days differs."""
    return all(one.item_key is None and one.field in ("valid_from", "valid_to") for one in found)


def _pair(old: Any, new: Any, name: str) -> tuple[Value, Value] | None:
    """Both values where they differ in meaning: 5000000 and 5000000.00 are one sum, and no order."""
    before, after = getattr(old, name), getattr(new, name)
    if before == after:
        return None
    if name in SETS and set(before) == set(after):
        return None
    if name in ("cap", "rate"):
        numbers = read_number(before), read_number(after)
        if None not in numbers and numbers[0] == numbers[1]:
            return None
    return before, after


def _distinct(content: Content) -> list[ItemContent]:
    """The first item of each key, in order."""
    return list({item.key: item for item in reversed(content.items)}.values())[::-1]


def _moved(old: Content, new: Content) -> list[Difference]:
    """One difference where the items that stay stand in another order."""
    before = tuple(item.key for item in _distinct(old) if new.item(item.key))
    after = tuple(item.key for item in _distinct(new) if old.item(item.key))
    return [Difference("moved", None, "items", before, after)] if before != after else []
