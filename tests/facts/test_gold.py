"""The five documents against what a careful reader found in them (READING.md, section 3)."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from programs.models import SupportItem
from targets.extraction.clean import clean
from targets.models import Clause, PolicyDocument, Target, TargetVersion
from tests.conftest import SHARED

pytestmark = pytest.mark.shared
NUMBERS = ("000", "001", "002", "003", "004")
COMPARATORS = {">": "more_than", ">=": "at_least", "<=": "at_most", "<": "less_than"}
MEASURES = {
    "level": "level", "share": "share", "new": "increment", "cumulative": "cumulative",
    "multiply": "multiple", "change_pp": "change", "growth_pct": "growth",
}  # fmt: skip
# One sentence over the five doublings that follow it: a clause of ours, no sixth target.
UMBRELLA = "004:double"
CLASSES = {"元": "money", "%": "percent", "个百分点": "point", "倍": "multiple"}


def facts(number: str, kind: str) -> list[list[dict[str, Any]]]:
    """The mentions of each fact of a document: one group, one fact."""
    path = SHARED / "extraction" / "gold" / f"{number}.json"
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in json.loads(path.read_text(encoding="utf-8")):
        if item["kind"] == kind and item.get("group") != UMBRELLA:
            groups.setdefault(item.get("group") or item["id"], []).append(item)
    return list(groups.values())


def number_of(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value)).normalize()


def comparator_of(mentions: list[dict[str, Any]], *, cap: bool) -> str:
    """The comparator of a fact by the table; the most exact mention decides."""
    found = {mention["comparator"] for mention in mentions}
    if "range" in found:
        return "between"
    if "~" in found:
        near = any("近" in clean(mention["span"]).text for mention in mentions)
        return "nearly" if near else "about"
    for sign in (">", "<", ">=", "<="):
        if sign in found:
            return COMPARATORS[sign]
    if cap:
        return "fixed"
    return "at_most" if mentions[0].get("direction") == "down" else "at_least"


def told(mentions: list[dict[str, Any]]) -> tuple[Any, ...]:
    first = mentions[0]
    measure = MEASURES[first["aspect"]]
    ends = {mention["period_end"] for mention in mentions} - {None}
    return (
        number_of(first["value"]), number_of(first["value_high"]),
        CLASSES.get(first["unit"], "count"), comparator_of(mentions, cap=False), measure,
        str(max(ends)) if ends else "",
    )  # fmt: skip


def kept(version: TargetVersion) -> tuple[Any, ...]:
    scale = Decimal(10) ** version.unit.exponent
    upper = None if version.upper is None else version.upper * scale
    return (
        number_of(version.value * scale), number_of(upper), version.unit.dimension,
        version.comparator, version.measure, version.period_end,
    )  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
def test_targets_of_a_document_equal_the_gold_facts(shared_world: str, number: str) -> None:
    versions = TargetVersion.objects.filter(target__document__source_no=number)
    ours = Counter(kept(version) for version in versions.select_related("unit"))
    assert ours == Counter(told(mentions) for mentions in facts(number, "target"))


def test_gold_has_forty_nine_facts_in_the_five() -> None:
    assert [len(facts(number, "target")) for number in NUMBERS] == [16, 0, 10, 7, 16]


def test_umbrella_sentence_is_a_clause_that_no_target_stands_on(shared_world: str) -> None:
    umbrella = Clause.objects.get(document__source_no="004", role=Clause.Role.UMBRELLA)
    assert list(umbrella.targets.all()) == []
    assert umbrella.also_targets.count() == 5


def test_caps_of_document_004_equal_the_gold_facts(shared_world: str) -> None:
    items = SupportItem.objects.filter(edition__document__source_no="004")
    ours = Counter(
        (number_of(item.cap), item.comparator, item.yearly_call)
        for item in items.exclude(comparator="uncapped")
    )
    gold = Counter(
        (
            number_of(mentions[0]["value"]),
            comparator_of(mentions, cap=True),
            any(mention["recurring"] for mention in mentions),
        )
        for mentions in facts("004", "cap")
    )
    assert ours == gold
    others = SupportItem.objects.exclude(edition__document__source_no="004")
    assert others.count() == 0
    assert [number for number in NUMBERS[:4] if facts(number, "cap")] == []


@pytest.mark.parametrize("number", NUMBERS)
def test_quotes_are_words_of_the_gold_spans(shared_world: str, number: str) -> None:
    spans = [
        clean(mention["span"]).text
        for kind in ("target", "cap")
        for mentions in facts(number, kind)
        for mention in mentions
    ]
    targets = Target.objects.filter(document__source_no=number)
    items = SupportItem.objects.filter(edition__document__source_no=number, cap__isnull=False)
    clauses = {target.clause for target in targets.select_related("clause")} | {
        item.clause for item in items.select_related("clause")
    }
    strange = [
        clause.quote
        for clause in clauses
        if not any(clause.quote and clause.quote in span for span in spans)
    ]
    assert strange == []


@pytest.mark.parametrize("number", NUMBERS)
def test_quotes_are_found_in_the_original(shared_world: str, number: str) -> None:
    raw = (SHARED / "extraction" / "docs" / f"{number}.txt").read_text(encoding="utf-8")
    text = clean(raw).text
    document = PolicyDocument.objects.get(source_no=number)
    quotes = Clause.objects.filter(document=document).exclude(quote="")
    assert [clause.quote for clause in quotes if clause.quote not in text] == []
