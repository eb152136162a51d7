"""Every text of the programs stands in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from programs.models import Program, ProgramEdition, ProgramLink, SupportItem
from qdpolicy.facts import programs
from qdpolicy.facts.reading import FactsError, read_yaml
from tests.dashboard import builders as make

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
TEXTS = (
    "name", "objective", "rhythm", "note", "tier", "rate_of", "beneficiary", "condition", "words",
    "industries",
)  # fmt: skip


def rows() -> Iterator[tuple[str, dict[str, Any]]]:
    """Programs, links, editions and items with the place where each stands."""
    for program in read_yaml(FIXTURES / "programs.yaml"):
        key = program["key"]
        yield key, program
        yield from ((f"{key} → {link['target']}", link) for link in program["serves"])
        for edition in program["editions"]:
            yield edition["key"], edition
            yield from ((f"{edition['key']}/{item['key']}", item) for item in edition["items"])


def test_every_chinese_text_has_its_english() -> None:
    lacking = [
        f"{place}: {name}"
        for place, row in rows()
        for name in TEXTS
        if row.get(name) and not row.get(f"{name}_en")
    ]
    assert lacking == []


def test_english_texts_hold_no_chinese() -> None:
    mixed = [
        f"{place}: {name}"
        for place, row in rows()
        for name in TEXTS
        if CHINESE.search(str(row.get(f"{name}_en", "")))
    ]
    assert mixed == []


def test_one_chinese_text_has_one_english() -> None:
    found: dict[tuple[str, str], set[str]] = {}
    for _place, row in rows():
        for name in TEXTS:
            if row.get(name):
                found.setdefault((name, str(row[name])), set()).add(str(row.get(f"{name}_en")))
    assert {key: said for key, said in found.items() if len(said) > 1} == {}


@pytest.mark.django_db
def test_english_industries_of_another_number_are_refused(tmp_path: Path) -> None:
    text = (FIXTURES / "programs.yaml").read_text(encoding="utf-8")
    whole = "industries_en: [smart home appliances, rail transport equipment]"
    assert whole in text
    (tmp_path / "programs.yaml").write_text(
        text.replace(whole, "industries_en: [smart home appliances]", 1), encoding="utf-8"
    )
    with pytest.raises(FactsError) as refused:
        programs.load(tmp_path, by=make.user("importer"))
    assert "programs.yaml（qianglian）：industries_en 须与 industries 逐项对应" in (
        refused.value.problems
    )


@pytest.mark.usefixtures("shared_world")
def test_english_texts_are_loaded() -> None:
    assert Program.objects.get(key="jianlian").industries_en == [
        "integrated circuits", "artificial intelligence", "virtual reality",
    ]  # fmt: skip
    edition = ProgramEdition.objects.get(key="qianglian-2024")
    assert (edition.name_en, edition.rhythm_en) == (
        "Qianglian program (2024–2028)", "Run every year",
    )  # fmt: skip
    item = SupportItem.objects.get(key="hnte-first")
    assert (item.tier_en, item.per, item.beneficiary_en, item.condition_en) == (
        "Certification of firms", "enterprise", "high-tech enterprises", "certified for the first time",
    )  # fmt: skip
    link = ProgramLink.objects.get(program__key="bulian")
    assert link.words_en == "frontier technology projects"
    assert link.note_en.startswith("The projects are of the same nature in both places;")
