"""Findings in words, Chinese and English: whole sentences, no hole left, nothing read twice."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from targets.findings import KIND_WORDS, KINDS, Finding, Promise, kind_word, sentences
from targets.findings.wording import NOTES, SENTENCES
from tests.targets.findings.builders import PlainVoice, baseline, found, promise, series

VOICE = PlainVoice()
FALL: dict[str, Any] = {"comparator": "at_most", "direction": "decrease"}
ONE: dict[str, Any] = {"document": "plan", "issued": "2024", "head": "h"}


def said(*promises: Promise, kind: str = "", **given: Any) -> tuple[tuple[str, ...], ...]:
    """Chinese and English of the only finding (of a kind)."""
    (finding,) = (f for f in found(*promises, **given) if kind in ("", f.kind))
    return sentences(finding, "zh", VOICE), sentences(finding, "en", VOICE)


def test_raised() -> None:
    zh, en = said(promise("a", "350", "2022"), promise("b", "700", "2024"))
    assert zh == (
        "《doc-b》把目标由“at_least 350，2022年”提高到“at_least 700，2024年”，高出350（100%）。",
        "期限由2022年推后到2024年。",
    )
    assert en == (
        "doc-b raises the goal from “at_least 350, 2022” to “at_least 700, 2024”, by 350 (100 %).",
        "The deadline moves from 2022 to 2024.",
    )


@pytest.mark.parametrize(
    ("before", "after", "fields", "words"),
    [
        ("700", "350", {}, "降低到“at_least 350，2024年”，少350（50%）。"),
        ("10", "8", FALL, "收紧到“at_most 8，2024年”，再降2（20%）。"),
        ("10", "12", FALL, "放宽到“at_most 12，2024年”，放宽2（20%）。"),
        ("5", "3", {"measure": "rank", **FALL}, "收紧到“at_most 3，2024年”，再降2。"),
        ("65", "67", {"measure": "share"}, "提高到“at_least 67，2024年”，高出2。"),
        ("3", "4", {}, "高出1（33.3%）。"),
        ("100000", "100001", {}, "高出1（0.001%）。"),
        ("0", "4", {}, "高出4。"),
    ],
)
def test_by_how_much(before: str, after: str, fields: dict[str, Any], words: str) -> None:
    zh, _en = said(promise("a", before, "2022", **fields), promise("b", after, "2024", **fields))
    assert words in zh[0]


def test_repeated_and_restated_name_both_documents() -> None:
    zh, en = said(promise("a", "300", "2024"), promise("b", "300", "2028", comparator="more_than"))
    assert zh == (
        "《doc-b》重申《doc-a》的数：原为“at_least 300，2024年”，现为“more_than 300，2028年”。",
        "期限由2024年推后到2028年。",
        "达到这个数还不算，须越过它。",
    )
    assert "repeats the number of doc-a" in en[0]
    zh, en = said(
        promise("a", "300", "2024"), promise("b", "9", "2028", measure="growth", follows="a")
    )
    assert zh[0].startswith("《doc-b》换了一种说法：《doc-a》为“at_least 300，2024年”")
    assert "the two numbers do not compare" in en[0]


def test_superseded_says_in_which_direction() -> None:
    plan = promise("plan", "700", "2025", issued="2021")
    for value, zh_word, en_word in (("800", "要求提高100", "more"), ("600", "要求降低100", "less")):
        zh, en = said(plan, promise("mid", value, "2025", issued="2023", follows="plan"))
        assert zh[0].startswith("期限相同，《doc-mid》的")
        assert zh_word in zh[0]
        assert en[0].endswith(f"{en_word}.")


def test_contradicted_names_both_and_the_distance() -> None:
    zh, en = said(promise("a", "700", "2025", issued="2021"), promise("b", "800", "2025"))
    assert zh == (
        "同一期限有两个都有效的要求：《doc-a》为“at_least 700，2025年”，《doc-b》为“at_least 800，"
        "2025年”，相差100（14.3%）；没有写明以哪个为准。",
    )
    assert "are both in force" in en[0]


def test_interim_goals_above_and_below_a_final_one() -> None:
    plan, year = promise("a", "65", "2026", issued="2022"), promise("b", "67", "2024")
    zh, _en = said(plan, year, kind="milestone_above_goal")
    assert "却比《doc-a》的“at_least 65，2026年”还高2（3.1%）" in zh[0]
    plan = promise("a", "10", "2026", issued="2022", **FALL)
    zh, en = said(plan, promise("b", "8", "2024", **FALL), kind="milestone_above_goal")
    assert "还低2（20%）（越低越难）" in zh[0]
    assert "lower is harder" in en[0]


def test_below_the_actual() -> None:
    asked = promise("a", "2000", "2024", issued="2024-01-31")
    zh, en = said(asked, actuals=series(y2023=">2039"))
    assert zh == (
        "《doc-a》提出“at_least 2000，2024年”，而发文前2023年的实绩为超过2039，已经满足。",
    )
    assert "more than 2039, the actual of 2023 before its issue" in en[0]


def level(**fields: Any) -> Promise:
    return promise("level", "1200", "2028", **({"comparator": "more_than"} | ONE | fields))


def double(text: str | None = None, provenance: str = "observed") -> Promise:
    base = baseline("2023", text, provenance)
    return promise("double", "2", "2028", measure="multiple", baseline=base, **ONE)


def test_legs_with_a_published_base() -> None:
    zh, en = said(level(), double(), actuals=series(y2023="632"))
    assert zh == (
        "《plan》同时要求“at_least 2，2028年”和“more_than 1200，2028年”。",
        "2023年实绩为632，照此“at_least 2”须达到1264。",
        "高于“more_than 1200”64（5.3%），以“at_least 2”为准。",
    )
    assert en[2] == "That is 64 (5.3 %) above “more_than 1200”: “at_least 2” is the leg that binds."


def test_legs_with_other_bases() -> None:
    zh, _en = said(level(), double("500", "stated"))
    assert zh[1:] == (
        "文件写明2023年为500，照此“at_least 2”须达到1000。",
        "低于“more_than 1200”200（16.7%），以“more_than 1200”为准。",
    )
    zh, _en = said(level(), double(), actuals=series(y2024="709.58"), rates=series(y2024="12.21"))
    assert "由2024年的实绩和公布的增速推得约632.37，照此“at_least 2”须达到约1264.74" in zh[1]
    zh, _en = said(level(), double(), actuals=series(y2023=">500"))
    assert zh[1:] == (
        "2023年实绩为超过500，照此“at_least 2”须达到超过1000。",
        "基期只有界限值，不能断定以哪个为准。",
    )


def test_legs_without_a_base_say_where_they_part() -> None:
    zh, en = said(level(), double("600", "implied"))
    assert len(zh) == len(en) == 2
    assert "两种说法在基期为600时一致" in zh[1]
    assert "“more_than 1200”要求更高" in zh[1]
    assert "it was 600" in en[1]


def test_a_title_is_never_read_as_a_hole() -> None:
    odd = promise("a", "350", "2022", document="{later}")
    zh, _en = said(odd, promise("b", "350", "2024", document="{earlier} \\1"))
    assert "《{earlier} \\1》重申《{later}》的数" in zh[0]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_word(kind: Any) -> None:
    assert kind in KIND_WORDS
    assert kind_word(kind, "zh") != kind_word(kind, "en")


def test_both_languages_have_the_same_holes() -> None:
    for zh, en in [*SENTENCES.values(), *NOTES.values()]:
        assert set(re.findall(r"\{[a-z_]+\}", zh)) == set(re.findall(r"\{[a-z_]+\}", en)), zh
        assert re.search(r"[\u4e00-\u9fff]", en) is None


EVERYTHING: list[tuple[list[Promise], dict[str, Any]]] = [
    ([promise("a", "3", "2022", **FALL), promise("b", "2", "2024", **FALL)], {}),
    ([promise("a", "3", "2022"), promise("b", "3", None, issued="2023")], {}),
    ([promise("a", "3", None, issued="2019"), promise("b", "4", "2022")], {}),
    ([promise("a", "3", "2026", issued="2021"), promise("b", "4", "2024")], {}),
    ([promise("a", "3", "2024", issued="2021"), promise("b", "4", "2024")], {}),
    ([promise("a", "3", "2024"), promise("b", "4", "2024", measure="growth", follows="a")], {}),
    ([promise("a", "3", "2024", issued="2024-06")], {"actuals": series(y2023="4")}),
    ([level(), double()], {"actuals": series(y2023="700")}),
    ([level(), double()], {"actuals": series(y2023=">500")}),
    ([level(), double()], {"actuals": series(y2024="700"), "rates": series(y2024="5")}),
    ([level(), double()], {}),
]


@pytest.mark.parametrize(("promises", "given"), EVERYTHING)
def test_no_hole_stays_open(promises: list[Promise], given: dict[str, Any]) -> None:
    findings: list[Finding] = found(*promises, **given)
    assert findings
    for finding in findings:
        for language in ("zh", "en"):
            for sentence in sentences(finding, language, VOICE):  # type: ignore[arg-type]
                assert "—" not in sentence
                assert "{" not in sentence
                assert sentence.endswith(("。", "."))


def test_a_distance_is_told_without_a_sign() -> None:
    (finding,) = found(promise("a", "-5", "2022"), promise("b", "-8", "2024"))
    assert (finding.distance, finding.percent) == (Decimal(3), Decimal(60))
    assert "少3（60%）" in sentences(finding, "zh", VOICE)[0]
