"""The list of findings, and the findings on the page of an indicator."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from qdpolicy.dashboard import findings
from qdpolicy.dashboard.finding_rows import relation_of
from qdpolicy.dashboard.findings import history_of
from targets.models import Target, TargetVersion
from tests.dashboard import builders as make
from tests.dashboard.builders import page, text_of

pytestmark = pytest.mark.django_db
D = Decimal
ADDRESS = "/findings/"


def promise(key: str, value: str, end: str, issued: str, **fields: Any) -> Target:
    """A promise of its own document, titled by its key."""
    about = {name: fields.pop(name) for name in ("indicator", "succeeds", "part_of", "region", "of")
             if name in fields}  # fmt: skip
    of = about.pop("of", None) or make.document(f"doc-{key}", issued=issued)
    found = make.target(key, of=of, **about)
    make.version(found, value=D(value), period_end=end, comparator="at_least", **fields)
    return found


@pytest.fixture
def line() -> tuple[Target, Target]:
    earlier = promise("y2022", "6400", "2022", "2022-02-28")
    return earlier, promise("y2024", "9000", "2024", "2024-02-23", succeeds=earlier)


@pytest.mark.usefixtures("line")
def test_a_finding_is_told_in_words_with_both_documents_and_their_quotes(client: Client) -> None:
    html = page(client, ADDRESS)
    seen = text_of(html)
    assert (
        "《文件doc-y2024》把目标由“达到 6,400家以上，2022年”提高到“达到 9,000家以上，2024年”，"
        "高出2,600家（40.6%）。 期限由2022年推后到2024年。" in seen
    )
    assert "0 条不一致 1 条变化" in seen
    for key in ("y2022", "y2024"):
        assert f'href="/targets/doc-{key}/{key}/"' in html
        assert f'href="/documents/doc-{key}/#clause-' in html
    assert html.count("<q>示范指标突破九千家</q>") == 2
    assert 'href="/indicators/FIRMS/?region=370200#history"' in html


@pytest.mark.usefixtures("line")
def test_findings_in_english(client: Client) -> None:
    client.cookies["django_language"] = "en"
    seen = text_of(page(client, ADDRESS))
    assert (
        "Document doc-y2024 raises the goal from “at least 6,400 units, 2022” to “at least 9,000"
        " units, 2024”, by 2,600 units (40.6 %)." in seen
    )


def test_nothing_to_compare_says_so(client: Client) -> None:
    assert "还没有可以相互比较的目标。" in page(client, ADDRESS)
    promise("alone", "9000", "2024", "2024")
    assert "还没有可以相互比较的目标。" in page(client, ADDRESS)


def several() -> None:
    """A contradiction, a raise and a repetition about two indicators."""
    about = make.indicator("LABS")
    promise("a", "5", "2022", "2021")
    promise("b", "7", "2022", "2022")
    promise("c", "10", "2024", "2023", indicator=about)
    promise("d", "10", "2026", "2025", indicator=about)
    promise("e", "12", "2028", "2027", indicator=about)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", ["要求不一致", "提高", "重申"]),
        ("?kind=raised", ["提高"]),
        ("?document=doc-d", ["提高", "重申"]),
        ("?indicator=FIRMS", ["要求不一致"]),
        ("?indicator=LABS&kind=repeated&document=doc-c", ["重申"]),
    ],
)
def test_filters(client: Client, query: str, wanted: list[str]) -> None:
    several()
    response = client.get(ADDRESS + query)
    assert [row.label for row in response.context["page"].object_list] == wanted
    assert ("清除筛选" in response.content.decode()) == bool(query)


def test_a_filter_that_fits_nothing_says_so(client: Client) -> None:
    several()
    assert "没有符合筛选条件的发现。" in page(client, f"{ADDRESS}?kind=raised&indicator=FIRMS")


@pytest.mark.parametrize("query", ["kind=unknown", "kind=raisedx", "document=x", "indicator=x"])
def test_a_filter_that_is_not_offered_is_not_found(client: Client, query: str) -> None:
    several()
    assert client.get(f"{ADDRESS}?{query}").status_code == 404


@pytest.mark.parametrize("query", ["page=0", "page=2", "page=x"])
def test_a_page_that_is_not_there_is_not_found(client: Client, query: str) -> None:
    several()
    assert client.get(f"{ADDRESS}?{query}").status_code == 404


def test_a_long_list_has_pages(client: Client) -> None:
    for number in range(22):
        promise(f"p{number}", str(number + 1), str(2001 + number), str(2000 + number))
    assert "第 1 页，共 2 页" in text_of(page(client, ADDRESS))
    assert "《文件doc-p1》" in page(client, f"{ADDRESS}?page=2")


def test_shares_differ_in_points(client: Client) -> None:
    about = make.indicator("SHARE", unit=make.unit("percent"), kind="ratio")
    common: dict[str, Any] = {"indicator": about, "measure": "share", "unit": make.unit("percent")}
    promise("a", "65", "2022", "2021", **common)
    promise("b", "67.5", "2024", "2023", **common)
    assert "提高到“达到 67.5%以上，2024年”，高出2.5 个百分点。" in page(client, ADDRESS)


def test_amounts_are_compared_in_one_unit_and_shown_in_that_of_the_text(client: Client) -> None:
    promise("a", "2.2", "2022", "2021", unit=make.unit("wan-jia"))
    promise("b", "22000", "2024", "2023")
    assert (
        "重申《文件doc-a》的数：原为“达到 2.2万家以上，2022年”，现为“达到 22,000家以上，2024年”"
        in (page(client, ADDRESS))
    )


def legs(**base: Any) -> Target:
    """翻一番、超过1200亿元 in one promise."""
    about = make.indicator("CONTRACT", unit=make.unit("yi"), accumulation="flow")
    head = promise("head", "1200", "2028", "2024", indicator=about, unit=make.unit("yi"))
    promise(
        "double", "2", "2028", "2024", indicator=about, of=head.document, part_of=head,
        measure="multiple", unit=make.unit("bei"), baseline_period="2023",
        baseline_provenance="observed", **base,
    )  # fmt: skip
    return head


def test_legs_without_a_published_base_imply_one(client: Client) -> None:
    legs()
    seen = text_of(page(client, ADDRESS))
    assert "同时要求“比基期翻一番，2028年”和“达到 1,200亿元以上，2028年”。" in seen
    assert "两种说法在基期为600亿元时一致" in seen


def test_legs_with_a_base_derived_from_published_growth(client: Client) -> None:
    head = legs()
    rate = make.indicator(
        "CONTRACT_G", unit=make.unit("percent"), kind="rate", rate_of=head.indicator
    )
    make.observation(head.indicator, "2024", "709.58")
    make.observation(rate, "2024", "12.21")
    seen = text_of(page(client, ADDRESS))
    assert "推得约632.4亿元，照此“比基期翻一番”须达到约1,265亿元。" in seen
    assert "高于“达到 1,200亿元以上”64.74亿元（5.4%），以“比基期翻一番”为准。" in seen


def test_a_draft_is_no_base(client: Client) -> None:
    head = legs()
    make.observation(
        head.indicator, "2023", "632", review_state="draft", approved_by=None, approved_at=None
    )
    assert "两种说法在基期为600亿元时一致" in page(client, ADDRESS)


def test_a_goal_met_before_its_issue(client: Client) -> None:
    asked = promise("late", "7000", "2024", "2024-02-23")
    make.observation(asked.indicator, "2023", "7920")
    assert "而发文前2023年的实绩为7,920家，已经满足。" in page(client, ADDRESS)


def test_a_draft_reading_is_in_no_finding(client: Client) -> None:
    promise("a", "5", "2022", "2021")
    later = make.target("b", of=make.document("doc-b", issued="2023"))
    make.version(later, value=D(9), review_state="draft", approved_by=None, approved_at=None,
                 effective_at=None)  # fmt: skip
    assert "还没有可以相互比较的目标。" in page(client, ADDRESS)


def superseding(target: Target, change: str, **fields: Any) -> TargetVersion:
    """A further approved version of a target, in force instead of the one before."""
    before = target.versions.get()
    before.superseded_at = make.NOW
    before.save(update_fields=["superseded_at"])
    return make.version(target, change=change, reason="示范理由", supersedes=before, **fields)


def test_an_adjustment_supersedes_the_first_words(client: Client) -> None:
    adjusted = promise("plan", "9000", "2025", "2021")
    superseding(
        adjusted, "adjusted", value=D(8000), period_end="2025", comparator="at_least",
        valid_from=date(2023, 6, 1),
    )  # fmt: skip
    (row,) = client.get(ADDRESS).context["page"].object_list
    assert (row.kind, len(row.versions)) == ("superseded", 2)
    assert "取代《文件doc-plan》的“达到 9,000家以上，2025年”，要求降低1,000家" in row.words


def test_an_adjustment_names_the_document_it_rests_on(client: Client) -> None:
    review = make.document("review", issued="2023-06")
    adjusted = promise("plan", "9000", "2025", "2021")
    superseding(
        adjusted, "adjusted", value=D(9500), period_end="2025", comparator="at_least",
        basis=make.clause(review),
    )  # fmt: skip
    (row,) = client.get(ADDRESS).context["page"].object_list
    assert row.words.startswith("期限相同，《文件review》的")
    assert client.get(f"{ADDRESS}?document=review").status_code == 200


def test_a_corrected_reading_was_never_a_promise(client: Client) -> None:
    misread = promise("plan", "900", "2025", "2021")
    superseding(misread, "corrected", value=D(9000), period_end="2025", comparator="at_least")
    assert client.get(ADDRESS).context["page"].object_list == []


def test_a_withdrawn_promise_contradicts_nothing_but_stays_in_the_history(client: Client) -> None:
    plan = promise("plan", "9000", "2025", "2021")
    superseding(plan, "withdrawn", value=D(9000), period_end="2025", comparator="at_least")
    promise("next", "8000", "2025", "2023")
    assert [row.kind for row in client.get(ADDRESS).context["page"].object_list] == ["superseded"]


def test_history_of_an_indicator_holds_its_own_region_only() -> None:
    several()
    elsewhere = make.region("370212", "示范区", "district")
    promise("x", "1", "2022", "2021", region=elsewhere)
    promise("y", "2", "2024", "2023", region=elsewhere)
    here = history_of(make.indicator("FIRMS"), make.region())
    there = history_of(make.indicator("FIRMS"), elsewhere)
    labs = history_of(make.indicator("LABS"), make.region())
    assert [row.kind for row in here] == ["contradicted"]
    assert [row.kind for row in there] == ["raised"]
    assert [row.kind for row in labs] == ["raised", "repeated"]


def test_history_knows_what_another_indicator_handed_on() -> None:
    old = promise("old", "10", "2024", "2023", indicator=make.indicator("OLD_LABS"))
    about = make.indicator("LABS")
    promise("new", "15", "2028", "2024", indicator=about, succeeds=old)
    (row,) = history_of(about, make.region())
    assert row.kind == "restated"
    assert history_of(old.indicator, make.region()) == []


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_queries_for_one_and_three(
    client: Client, django_assert_num_queries: Any, number: int
) -> None:
    for place in range(number):
        about = make.indicator(f"I{place}")
        first = promise(f"a{place}", "5", "2022", "2021", indicator=about)
        promise(f"b{place}", "7", "2024", "2023", indicator=about, succeeds=first)
        make.observation(about, "2020", "4")
    with django_assert_num_queries(5):
        page(client, ADDRESS)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", []),
        ("?kind=raised", []),
        ("?indicator=LABS", ["提高", "重申"]),
        ("?indicator=LABS&kind=repeated", ["重申"]),
        ("?document=doc-b", ["要求不一致"]),
    ],
)
def test_of_very_many_only_what_is_picked_out_is_compared(
    client: Client, monkeypatch: pytest.MonkeyPatch, query: str, wanted: list[str]
) -> None:
    several()
    monkeypatch.setattr(findings, "LIMIT", 4)
    response = client.get(ADDRESS + query)
    assert [row.label for row in response.context["page"].object_list] == wanted
    assert ("请先选一个指标或一份文件" in response.content.decode()) == (
        "indicator" not in query and "document" not in query
    )
    assert [value for value, _label in response.context["options"].indicators] == ["FIRMS", "LABS"]
    assert client.get(f"{ADDRESS}?indicator=unknown").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_history_costs_the_same_queries_for_one_and_three(
    django_assert_num_queries: Any, number: int
) -> None:
    for place in range(number + 1):
        promise(f"p{place}", str(place + 5), str(2020 + place), str(2019 + place))
    about, here = make.indicator("FIRMS"), make.region()
    with django_assert_num_queries(4):
        assert len(history_of(about, here)) == number


def test_an_earlier_day_knows_what_was_approved_by_then(client: Client) -> None:
    promise("a", "5", "2022", "2021")
    promise("b", "7", "2024", "2023")
    assert "提高" in page(client, "/known-on/2025-03-01/findings/")
    assert "还没有可以相互比较的目标。" in page(client, "/known-on/2025-02-01/findings/")


def test_an_earlier_day_takes_no_base_from_a_later_one(client: Client) -> None:
    head = legs()
    make.observation(head.indicator, "2023", "632")
    seen = text_of(page(client, "/known-on/2025-03-01/findings/"))
    assert "2023年实绩为632亿元，照此“比基期翻一番”须达到1,264亿元。" in seen
    seen = text_of(page(client, "/known-on/2025-03-01/as-of/2023-06-30/findings/"))
    assert "两种说法在基期为600亿元时一致" in seen


def test_the_page_of_an_indicator_tells_its_history(client: Client) -> None:
    several()
    address = "/indicators/LABS/"
    html = page(client, address)
    part = html[html.index('id="history"') : html.index('id="actuals"')]
    assert text_of(part).count("《文件doc-d》") == 1
    assert "重申《文件doc-c》的数" in part
    assert "要求不一致" not in part
    assert '<a href="/findings/?indicator=LABS">' in part
    promise("alone", "5", "2024", "2023", indicator=make.indicator("ALONE"))
    assert 'id="history"' not in page(client, "/indicators/ALONE/")


def test_the_history_of_an_earlier_day_is_that_of_then(client: Client) -> None:
    several()
    assert 'id="history"' in page(client, "/known-on/2025-03-01/indicators/LABS/")
    assert 'id="history"' not in page(client, "/known-on/2025-02-01/indicators/LABS/")


@pytest.mark.parametrize(
    ("fields", "values", "word"),
    [
        ({}, ("350", "700"), "raised"),
        ({"comparator": "at_most", "direction": "decrease"}, ("10", "8"), "raised"),
        ({"measure": "rank", "comparator": "at_most"}, ("3", "5"), "lowered"),
    ],
)
def test_relation_of_readings_knows_what_is_harder(
    fields: dict[str, Any], values: tuple[str, str], word: str
) -> None:
    readings = [
        make.version(make.target(f"t{value}"), value=D(value), **fields) for value in values
    ]
    assert relation_of(*readings) == word


def test_relation_of_readings_compares_in_the_plain_unit() -> None:
    wan = make.version(make.target("wan"), value=D("2.2"), unit=make.unit("wan-jia"))
    plain = make.version(make.target("plain"), value=D(22000))
    growth = make.version(make.target("growth"), value=D(10), measure="growth")
    assert relation_of(wan, plain) == "repeated"
    assert relation_of(plain, growth) == "restated"
