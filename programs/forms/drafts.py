"""A draft of an edition as a form: what was posted becomes its content, its content fills fields.

Nothing is refused here: a draft may be incomplete, and what cannot be read is kept as it was typed,
for its editor to see beside the sentence that says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from django.http import QueryDict

from indicators.quantities import Qualifier, QuantityError, convert, plain
from indicators.quantities import read_number as read_typed
from programs.drafting.content import (
    EDITION_FIELDS,
    EDITION_LISTS,
    FLAGS,
    ITEM_FIELDS,
    ITEM_LISTS,
    Content,
    ItemContent,
    next_key,
)
from programs.drafting.reading import read_number

WAN = 4
"""The power of ten of 万元, in which a bare number of the cap is read."""

_MONEY_UNITS = ("", "元", "人民币", "元人民币")
_ROW = re.compile(r"[0-9]{1,6}", re.ASCII)
_STEP = re.compile(r"(add|copy|remove|up|down):([0-9]{1,6})", re.ASCII)
_WRITTEN_DAY = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?", re.ASCII)


def rows_of(data: QueryDict) -> list[str]:
    """The numbers of the item rows in the order in which they stand on the page."""
    numbers = [text for text in data.getlist("item") if _ROW.fullmatch(text)]
    return list(dict.fromkeys(numbers))


def content_of_form(data: QueryDict) -> Content:
    """What was posted, with its items in their order; whether it can be kept the action says."""
    told = {name: _edition_value(data, name) for name in EDITION_FIELDS}
    items = [
        ItemContent(**{name: _item_value(data, f"item-{row}-{name}", name) for name in ITEM_FIELDS})
        for row in rows_of(data)
    ]
    return Content(**told, items=tuple(items))


def with_keys(content: Content, taken: Iterable[str], beginning: str) -> Content:
    """The same with a key for every item that has none; a key of the taken is never given again."""
    known = {*taken, *(item.key for item in content.items)}
    items = []
    for item in content.items:
        if not item.key:
            item = replace(item, key=next_key(known, beginning))
            known.add(item.key)
        items.append(item)
    return replace(content, items=tuple(items))


def stepped(content: Content, step: str, rows: list[str]) -> tuple[Content, int | None]:
    """The content after one step of its items and the place to look at; other texts change nothing.

    "add" adds one at the end, "add:3" below row 3 in its tier, "copy:3" repeats it, "up:3",
    "down:3" and "remove:3" do as they say.
    """
    items = list(content.items)
    if step == "add":
        return replace(content, items=(*items, ItemContent())), len(items)
    found = _STEP.fullmatch(step)
    if found is None or found[2] not in rows:
        return content, None
    place = _STEPS[found[1]](items, rows.index(found[2]))
    return replace(content, items=tuple(items)), place


def _add(items: list[ItemContent], place: int) -> int:
    above = items[place]
    items.insert(place + 1, ItemContent(tier=above.tier, tier_en=above.tier_en))
    return place + 1


def _copy(items: list[ItemContent], place: int) -> int:
    items.insert(place + 1, replace(items[place], key=""))
    return place + 1


def _remove(items: list[ItemContent], place: int) -> int | None:
    del items[place]
    return min(place, len(items) - 1) if items else None


def _up(items: list[ItemContent], place: int) -> int:
    return _swap(items, place, place - 1)


def _down(items: list[ItemContent], place: int) -> int:
    return _swap(items, place, place + 1)


def _swap(items: list[ItemContent], place: int, other: int) -> int:
    if not 0 <= other < len(items):
        return place
    items[place], items[other] = items[other], items[place]
    return other


_STEPS: dict[str, Callable[[list[ItemContent], int], int | None]] = {
    "add": _add,
    "copy": _copy,
    "remove": _remove,
    "up": _up,
    "down": _down,
}


def money_typed(text: str) -> str:
    """A typed sum as plain 元: 1500, 1500万, 0.15亿 and 15000000元 are 15000000; else the text."""
    try:
        number = read_typed(text)
    except QuantityError:
        return _unread(text, "万元")
    if number.had_percent or number.unit_text not in _MONEY_UNITS:
        return text
    if number.qualifier is not Qualifier.EXACT:
        return text
    bare = not number.unit_text and number.exponent == 0
    return plain(convert(number.value, WAN, 0) if bare else number.value)


def money_shown(text: str) -> str:
    """Kept 元 in 万元 with all its digits, as the field takes it back; else the text as typed."""
    yuan = read_number(text)
    return text if yuan is None else plain(convert(yuan, 0, WAN))


def rate_typed(text: str) -> str:
    """A typed rate as a plain number of per cent: 30, 30% and 百分之三十 are 30; else the text."""
    try:
        number = read_typed(text)
    except QuantityError:
        return _unread(text, "%")
    if number.unit_text not in ("", "%") or number.exponent or number.qualifier != "exact":
        return text
    return plain(number.value)


def day_typed(text: str) -> str:
    """A typed day as 2026-01-01: 2026年1月1日, 2026.1.1 and 2026/1/1 too; else the text."""
    found = _WRITTEN_DAY.fullmatch(text)
    return text if found is None else f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}"


def _unread(text: str, unit: str) -> str:
    """A text that is no number of ours; one that a plainer reader would take gets its unit."""
    return text if read_number(text) is None else text + unit


_READ: dict[str, Callable[[str], str]] = {
    "cap": money_typed,
    "rate": rate_typed,
    "valid_from": day_typed,
    "valid_to": day_typed,
}


def _edition_value(data: QueryDict, name: str) -> Any:
    if name in EDITION_LISTS:
        return _lines(data.get(name, ""), keep_empty=name.endswith("_en"))
    return _read(name, data.get(name, ""))


def _item_value(data: QueryDict, posted: str, name: str) -> Any:
    if name in FLAGS:
        return posted in data
    if name in ITEM_LISTS:
        given = [*data.getlist(posted), *data.getlist(f"{posted}_more")]
        return tuple(dict.fromkeys(text for one in given if (text := _tidy(one))))
    return _read(name, data.get(posted, ""))


def _read(name: str, given: str) -> str:
    text = _tidy(given)
    return _READ[name](text) if text and name in _READ else text


def _lines(given: str, *, keep_empty: bool) -> tuple[str, ...]:
    """The lines of a text; of the English twins an empty one in between keeps its place."""
    lines = [line.strip() for line in _line_ends(given).rstrip().split("\n")]
    return tuple(line for line in lines if line or (keep_empty and any(lines)))


def _tidy(text: str) -> str:
    """Without blanks around and NUL, which no database keeps; the line ends are ours."""
    return _line_ends(text).strip()


def _line_ends(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
