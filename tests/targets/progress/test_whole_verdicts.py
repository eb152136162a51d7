"""Every field, flag, input and sentence of the cases in `data/whole_verdicts.json`."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from targets.progress.goal import Comparator, MeasureKind
from targets.progress.wording import SENTENCES
from tests.targets.progress.whole import FILE, described

ENTRIES: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
# Given by the reading of cases, and where a figure or a goal is out of all bounds.
ELSEWHERE = {"parts_have_figures", "figure_out_of_range", "goal_malformed", "group_empty"}


def test_names_are_given_once() -> None:
    names = [entry["name"] for entry in ENTRIES]
    assert len(names) == len(set(names)) > 250


def kind_of(case: dict[str, Any]) -> str:
    return "each year" if case.get("cadence") else case.get("measure", "parts")


@pytest.mark.parametrize("kind", ["each year", "parts", *get_args(MeasureKind)])
def test_whole_verdicts_are_as_they_were_read(kind: str) -> None:
    chosen = {e["name"]: e for e in ENTRIES if kind_of(e["case"]) == kind}
    found = {name: described(entry["case"]) for name, entry in chosen.items()}
    assert found == {name: entry["verdict"] for name, entry in chosen.items()} != {}


def test_every_sentence_is_given_somewhere() -> None:
    verdicts = [entry["verdict"] for entry in ENTRIES]
    verdicts += [part for verdict in verdicts for part in verdict.get("parts", [])]
    said = {line.partition(":")[0] for verdict in verdicts for line in verdict.get("reasons", [])}
    assert said == set(SENTENCES) - ELSEWHERE


@pytest.mark.parametrize(("field", "words"), [("measure", MeasureKind), ("comparator", Comparator)])
def test_every_word_of_the_rule_book_is_judged(field: str, words: Any) -> None:
    used = {entry["case"].get(field) for entry in ENTRIES}
    assert used - {None} == set(get_args(words))
