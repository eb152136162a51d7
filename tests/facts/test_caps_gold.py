"""The 26 caps of document 004 and the one without cap, word by word, against a careful reading."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from accounts.actions import ensure_system_users
from programs.models import SupportItem
from targets.actions import attach_original
from targets.extraction.clean import CleanText, clean
from targets.models import Clause, PolicyDocument
from tests.conftest import SHARED
from tests.facts.test_gold import facts

pytestmark = pytest.mark.shared
COMPARATORS = {"<=": "at_most", "=": "fixed"}
PER = {"每个项目": "project"}
Mentions = list[dict[str, Any]]


def items() -> list[SupportItem]:
    rows = SupportItem.objects.filter(edition__document__source_no="004")
    return list(rows.select_related("clause", "edition__program").prefetch_related("also_in"))


def clauses(item: SupportItem) -> list[Clause]:
    return [item.clause, *item.also_in.all()]


def item_of(mentions: Mentions) -> SupportItem:
    """The one item whose words are those of the first mention, of its program where several are."""
    first = mentions[0]
    words = clean(first["span"]).text
    found = [item for item in items() if item.cap is not None and item.clause.quote in words]
    if len(found) > 1:
        found = [item for item in found if item.edition.program.name == first["program"]]
    [item] = found
    return item


def text_of_004() -> str:
    return (SHARED / "extraction" / "docs" / "004.txt").read_text(encoding="utf-8")


def test_gold_names_twenty_six_caps_in_thirty_three_places() -> None:
    groups = facts("004", "cap")
    assert (len(groups), sum(len(mentions) for mentions in groups)) == (26, 33)
    path = SHARED / "extraction" / "gold" / "004.json"
    raw = text_of_004()
    told = [row for row in json.loads(path.read_text(encoding="utf-8")) if row["kind"] == "cap"]
    assert all(raw[row["start"] : row["end"]] == row["span"] for row in told)


def test_each_gold_cap_is_one_item_with_its_sum_comparator_and_per_what(
    shared_world: str,
) -> None:
    found = []
    for mentions in facts("004", "cap"):
        first, item = mentions[0], item_of(mentions)
        found.append(item.pk)
        per = {mention.get("per") for mention in mentions} - {None}
        said = (item.cap, item.comparator, item.per_stated, item.yearly_call, item.rate)
        assert said == (
            Decimal(first["value"]), COMPARATORS[first["comparator"]], bool(per),
            any(mention["recurring"] for mention in mentions), None,
        ), item.key  # fmt: skip
        for words in per:
            assert item.per == PER[words], item.key
    capped = [item.pk for item in items() if item.cap is not None]
    assert sorted(found) == sorted(capped)


def test_comparators_of_the_caps_are_counted() -> None:
    told = Counter(mentions[0]["comparator"] for mentions in facts("004", "cap"))
    assert told == {"<=": 24, "=": 2}


def test_one_item_is_without_a_cap_and_its_words_say_so(shared_world: str) -> None:
    [item] = [item for item in items() if item.comparator == "uncapped"]
    assert (item.key, item.cap, item.rate) == ("landing", None, None)
    assert "不设上限" in item.clause.quote
    assert item.clause.quote in clean(text_of_004()).text
    assert len(items()) == 27


def places(text: CleanText, item: SupportItem) -> list[tuple[int, int]]:
    """Where the words of an item stand in the raw text: start and end."""
    found = []
    for clause in clauses(item):
        start, end = clause.text_start, clause.text_end
        assert start is not None and end is not None, clause.key  # noqa: PT018
        assert text.text[start:end] == clause.quote
        found.append(text.raw_range(start, end))
    return found


def test_all_thirty_three_mentions_are_the_places_of_our_clauses(world: str) -> None:
    raw = text_of_004()
    document = PolicyDocument.objects.get(source_no="004")
    attach_original(by=ensure_system_users()[0], document=document, raw=raw)
    text, seen = clean(raw), []
    for mentions in facts("004", "cap"):
        item = item_of(mentions)
        ours = sorted(places(text, item))
        theirs = sorted((mention["start"], mention["end"]) for mention in mentions)
        assert len(ours) == len(theirs), item.key
        for (start, end), (first, last) in zip(ours, theirs, strict=True):
            assert first <= start < end <= last, item.key
        seen += ours
    assert len(seen) == 33
