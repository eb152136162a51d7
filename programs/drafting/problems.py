"""What keeps a content from being approved, as codes with facts; the words are `wording`'s."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from programs.drafting.content import Content, ItemContent
from programs.drafting.reading import places_of, read_day, read_number, too_many_digits

KEY = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
OTHER_ITEM = re.compile(r"[A-Za-z0-9_-]+/[A-Za-z0-9_-]+", re.ASCII)
COMPARATORS = ("at_most", "fixed", "at_least", "uncapped")
RATED = ("at_most", "uncapped")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "kind": (
        "project_grant", "demonstration", "fixed_award", "recognition_reward", "platform_support",
        "rnd_reward", "interest_subsidy", "equity", "voucher", "advisory", "landing_investment",
    ),
    "comparator": COMPARATORS,
    "per": ("project", "enterprise", "person", "institution", "platform", "year"),
    "payout": ("once", "yearly"),
    "stage": ("research", "development", "demonstration", "transfer", "platform", "growth"),
    "not_with_for": ("project", "year", "ever"),
}  # fmt: skip
BODIES = ("enterprise", "institution", "platform", "service", "person")
LONGEST: Mapping[str, int] = {
    "name": 80, "name_en": 160, "contact_url": 500, "rhythm": 60, "rhythm_en": 120,
}  # fmt: skip
LONGEST_OF_ITEM: Mapping[str, int] = {
    "key": 40, "name": 80, "name_en": 160, "tier": 40, "tier_en": 80, "rate_of": 80,
    "rate_of_en": 160, "beneficiary": 120, "beneficiary_en": 240, "condition": 200,
    "condition_en": 400,
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Problem:
    """One fault: its code, the item (by key and by place, both None for the edition), the field."""

    code: str
    item_key: str | None
    field: str
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    place: int | None = None


def problems(content: Content, program_key: str = "") -> list[Problem]:
    """Every fault of a content, the edition's first; an edition without items is none.

    `program_key` lets an item be found that may not stand beside itself.
    """
    found = list(_of_edition(content))
    keys = Counter(item.key for item in content.items)
    for place, item in enumerate(content.items):
        for code, name, facts in _of_item(item, program_key, keys[item.key]):
            found.append(Problem(code, item.key, name, facts, place))
    return found


def _of_edition(content: Content) -> Iterable[Problem]:
    for name in ("name", "document", "clause", "valid_from"):
        if not getattr(content, name).strip():
            yield Problem("missing", None, name)
    for name, most in LONGEST.items():
        if len(getattr(content, name)) > most:
            yield Problem("too_long", None, name, {"most": most})
    begins, ends = read_day(content.valid_from), read_day(content.valid_to)
    for name, day in (("valid_from", begins), ("valid_to", ends)):
        if day is None and getattr(content, name).strip():
            yield Problem("no_day", None, name, {"text": getattr(content, name)})
    if begins and ends and ends < begins:
        yield Problem("ends_before_start", None, "valid_to", {"begins": begins, "ends": ends})
    if content.contact_url and not _is_address(content.contact_url):
        yield Problem("no_address", None, "contact_url")
    for name in ("industries", "industries_en"):
        if not all(text.strip() for text in getattr(content, name)):
            yield Problem("empty_line", None, name)
    if content.industries_en and len(content.industries_en) != len(content.industries):
        yield Problem("industries_en", None, "industries_en")


Fault = tuple[str, str, Mapping[str, Any]]


def _of_item(item: ItemContent, program_key: str, same_key: int) -> Iterable[Fault]:
    for name in ("key", "name", "tier", "kind", "comparator", "clause"):
        if not getattr(item, name).strip():
            yield "missing", name, {}
    for name, most in LONGEST_OF_ITEM.items():
        if len(getattr(item, name)) > most:
            yield "too_long", name, {"most": most}
    if item.key.strip() and not KEY.fullmatch(item.key):
        yield "no_key", "key", {"text": item.key}
    elif item.key and same_key > 1:
        yield "key_twice", "key", {"text": item.key}
    for name, choices in CHOICES.items():
        if getattr(item, name).strip() and getattr(item, name) not in choices:
            yield "no_choice", name, {"text": getattr(item, name)}
    for body in item.bodies:
        if body not in BODIES:
            yield "no_choice", "bodies", {"text": body}
    yield from _of_cap(item)
    yield from _of_rate(item)
    yield from _of_stacking(item, program_key)


def _of_cap(item: ItemContent) -> Iterable[Fault]:
    text = item.cap.strip()
    if item.comparator == "uncapped":
        if text:
            yield "cap_of_uncapped", "cap", {"text": text}
        return
    if not text:
        if item.comparator in COMPARATORS:
            yield "missing", "cap", {}
        return
    cap = read_number(item.cap)
    if cap is None:
        yield "no_number", "cap", {"text": text}
    elif cap <= 0:
        yield "not_positive", "cap", {"text": text}
    elif places_of(cap) > 2:
        yield "part_of_fen", "cap", {"text": text}
    elif too_many_digits(cap):
        yield "too_large", "cap", {"text": text}


def _of_rate(item: ItemContent) -> Iterable[Fault]:
    text = item.rate.strip()
    if not text:
        if item.rate_of.strip():
            yield "missing", "rate", {}
        return
    rate = read_number(item.rate)
    if rate is None:
        yield "no_number", "rate", {"text": text}
    elif not 0 < rate <= 100:
        yield "rate_out_of_range", "rate", {"text": text}
    elif places_of(rate) > 4:
        yield "rate_places", "rate", {"text": text}
    if item.comparator in COMPARATORS and item.comparator not in RATED:
        yield "rate_comparator", "rate", {}


def _of_stacking(item: ItemContent, program_key: str) -> Iterable[Fault]:
    for text in item.not_with:
        if not OTHER_ITEM.fullmatch(text):
            yield "no_item", "not_with", {"text": text}
        elif item.key and text == f"{program_key}/{item.key}":
            yield "with_itself", "not_with", {"text": text}
    if len(set(item.not_with)) != len(item.not_with):
        yield "twice", "not_with", {}
    if item.not_with and not item.not_with_for:
        yield "missing", "not_with_for", {}
    if item.not_with_for and not item.not_with:
        yield "missing", "not_with", {}


def _is_address(text: str) -> bool:
    """Whether a browser would open it: http or https with a host."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text
