"""The programs: caps exactly as stated, editions in time, and what they say they serve."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from programs.models import Program, ProgramEdition, ProgramLink, SupportItem
from targets.models import Clause
from tests.dashboard import builders as b
from tests.dashboard.test_indicators import Text, rows_of, words

pytestmark = pytest.mark.django_db

LIST_QUERIES = 6
PAGE_QUERIES = 10
PAGE = "/programs/chain/"


def program(key: str = "chain", **fields: Any) -> Program:
    about = {"name": f"计划{key}", "name_en": f"Program {key}", "objective": f"目的{key}"}
    return Program.objects.create(key=key, **(about | fields))


def edition(of: Program, year: str = "2024", **fields: Any) -> ProgramEdition:
    home = b.document(f"doc-{of.key}-{year}", title=f"方案{year}")
    about: dict[str, Any] = {
        "key": f"{of.key}-{year}", "name": f"{of.name}（{year}版）", "document": home,
        "clause": b.clause(home, key="edition", locator="总则"), "valid_from": date(int(year), 1, 1),
    }  # fmt: skip
    return ProgramEdition.objects.create(program=of, **(about | fields))


def item(
    of: ProgramEdition, key: str = "project", cap: str | None = "5000000", **fields: Any
) -> SupportItem:
    about: dict[str, Any] = {
        "name": f"事项{key}", "name_en": f"Item {key}", "tier": "攻关项目",
        "kind": "project_grant", "comparator": "at_most",
        "clause": b.clause(of.document, key=f"cap-{key}", locator="第二段", quote="最高500万元"),
    }  # fmt: skip
    amount = None if cap is None else Decimal(cap)
    return SupportItem.objects.create(edition=of, key=key, cap=amount, **(about | fields))


def link(of: Program, key: str = "served", status: str = "", **fields: Any) -> ProgramLink:
    served = b.promise(key, status, of=b.document(f"doc-{key}"))
    about = {"kind": "named", "words": "由计划支持"}
    return ProgramLink.objects.create(program=of, target=served, **(about | fields))


def parts(client: Client, address: str, opening: str, closing: str) -> list[str]:
    """The words of each piece of a page between an opening tag and a closing one."""
    html = client.get(address).content.decode()
    found = re.findall(f"{opening}[^>]*>(.*?){closing}", html, re.DOTALL)
    return [str(Text(piece)) for piece in found]


def test_page_sums_by_how_they_are_stated(client: Client) -> None:
    of = edition(program())
    item(of, "a", "5000000", per="project")
    item(of, "b", "1000000", comparator="fixed", per="institution")
    item(of, "c", "20000000", comparator="at_least")
    item(of, "d", None, comparator="uncapped", per="project")
    item(of, "e", "12345.67")

    assert parts(client, PAGE, '<p class="cap-sum"', "</p>") == [
        "最高 500万元 / 项目",
        "定额 100万元 / 机构",
        "最低 2,000万元",
        "不设上限",
        "最高 1.234567万元",
    ]


def test_page_uncapped_is_said_and_is_never_zero(client: Client) -> None:
    item(edition(program()), "open", None, comparator="uncapped")
    Clause.objects.update(quote="不设上限")

    text = words(client.get(PAGE))

    assert "不设上限" in text
    assert "文件写明不设上限，不是没有资金，也不是零" in text
    assert "0万元" not in text


def test_page_sums_in_english_have_no_wan(client: Client) -> None:
    item(edition(program()), "a", "5000000")
    item(edition(program("other"), "2025"), "b", "50000")

    client.cookies["django_language"] = "en"
    shown = [words(client.get(f"/programs/{key}/")) for key in ("chain", "other")]

    assert "5 million yuan" in shown[0]
    assert "50,000 yuan" in shown[1]


@pytest.mark.parametrize(
    ("per", "stated", "said"),
    [
        ("project", True, "文件写明按每个项目计算"),
        ("enterprise", False, "按每个企业理解，文件未注明"),
        ("", False, "计算单位：文件未注明"),
    ],
)
def test_page_says_whether_the_document_states_per_what(
    client: Client, per: str, stated: bool, said: str
) -> None:
    item(edition(program()), per=per, per_stated=stated)

    terms = parts(client, PAGE, '<ul class="cap-terms"', "</ul>")

    assert terms == [f"{said} 支持对象：文件未注明"]


def test_page_yearly_call_beneficiary_and_condition(client: Client) -> None:
    of = edition(program())
    item(of, "a", yearly_call=True, beneficiary="示范企业", condition="通过评估")
    item(of, "b")

    terms = parts(client, PAGE, '<ul class="cap-terms"', "</ul>")

    assert terms == [
        "计算单位：文件未注明 每年组织征集；金额是单项上限，不是全年合计 支持对象：示范企业 条件：通过评估",
        "计算单位：文件未注明 支持对象：文件未注明",
    ]


def test_page_quote_links_to_its_place_and_to_further_mentions(client: Client) -> None:
    of = edition(program())
    held = item(of, "a")
    held.also_in.add(b.clause(of.document, key="box", locator="专栏"))

    html = client.get(PAGE).content.decode()
    source = html.split('<p class="cap-source">')[1].split("</p>")[0]

    assert str(Text(source)) == "最高500万元 第二段 、 专栏"
    assert [attrs["href"] for tag, attrs in Text(source).tags if tag == "a"] == [
        "/documents/doc-chain-2024/#clause-cap-a",
        "/documents/doc-chain-2024/#clause-box",
    ]


def test_page_editions_latest_first_and_one_without_sums_says_so(client: Client) -> None:
    of = program()
    edition(of, "2022", valid_to=date(2022, 12, 31), note="只提出方向")
    item(edition(of, "2024", valid_to=date(2028, 12, 31), rhythm="每年组织实施"))

    assert parts(client, PAGE, '<h3 id="edition', "</h3>") == [
        "计划chain（2024版） 2024—2028 每年组织实施",
        "计划chain（2022版） 2022",
    ]
    assert "这一版文件没有列出支持金额。 只提出方向" in words(client.get(PAGE))


def test_page_served_targets_with_lights_and_words_and_no_share_of_the_effect(
    client: Client,
) -> None:
    of = program()
    link(of, "met", "attained", note="同一段写明")
    link(of, "unknown", kind="objective", words="目的相同")

    answer = client.get(PAGE)

    assert rows_of(answer, 'id="serves"') == [
        "目标met 文件doc-met 突破 9,000家 2024年 已完成 文件点名 由计划支持 同一段写明",
        "目标unknown 文件doc-unknown 突破 9,000家 2024年 正在计算 目的相同 目的相同",
    ]
    assert "%" not in str(Text(answer.content.decode().split('id="serves"')[1]))


def test_page_served_target_that_waits_says_updating(client: Client) -> None:
    held = link(program(), "met", "attained")
    link(Program.objects.get(), "other", "attained")
    assert "更新中" not in words(client.get(PAGE))

    b.stale(held.target)

    assert words(client.get(PAGE)).count("更新中") == 2


def test_page_without_editions_and_links_is_useful(client: Client) -> None:
    program()

    text = words(client.get(PAGE))

    assert "还没有登记这个计划的文件依据。" in text
    assert "没有文件把这个计划与某个量化目标连在一起。" in text
    assert "责任部门：未注明" in text


def test_list_shows_what_the_edition_in_force_pays(client: Client) -> None:
    of = program(industries=["示范产业"], department=b.department())
    item(edition(of, "2022"), "old", "1000000")
    item(edition(of, "2024"), "new", "5000000", per="project")
    item(edition(of, "2999"), "later", "9000000")
    link(of, "met", "attained")
    item(edition(program("over"), "2022", valid_to=date(2022, 12, 31)), "gone", "3000000")
    edition(program("plain"), "2024")

    day = date.today().isoformat()
    assert parts(client, "/programs/", '<li class="card', "</p>\n  </li>") == [
        "计划chain 目的chain 示范产业 事项new 最高 500万元 / 项目 2999-01-01 起有新版本"
        " 责任部门：示范局 · 3 版 · 服务 1 项目标 已完成",
        f"计划over 目的over {day} 没有适用的版本。 责任部门：未注明 · 1 版",
        "计划plain 目的plain 文件没有列出支持金额。 责任部门：未注明 · 1 版",
    ]


def test_list_of_an_earlier_day_shows_what_was_in_force_then(client: Client) -> None:
    of = program()
    item(edition(of, "2022"), "old", "1000000")
    item(edition(of, "2024"), "new", "5000000")

    (card,) = parts(client, "/known-on/2023-05-01/programs/", '<li class="card', "</p>\n  </li>")

    assert (
        card
        == "计划chain 目的chain 事项old 最高 100万元 2024-01-01 起有新版本 责任部门：未注明 · 2 版"
    )


def test_list_filters_by_department_and_refuses_others(client: Client) -> None:
    program("mine", department=b.department())
    program("theirs", department=b.department("other", "他局"))
    b.department("idle", "无计划局")

    page = client.get("/programs/?department=bureau").context["page"]

    assert [row.key for row in page] == ["mine"]
    assert client.get("/programs/?department=idle").status_code == 404
    assert client.get("/programs/?page=2").status_code == 404
    assert client.get("/programs/none/").status_code == 404


def test_list_empty_says_who_can_fill_it(client: Client) -> None:
    assert "还没有登记计划；计划管理员可以在后台登记。" in words(client.get("/programs/"))


def rich(number: int) -> None:
    for turn in range(number):
        of = program(f"p{turn}", department=b.department(f"d{turn}"))
        held = item(edition(of))
        held.also_in.add(b.clause(held.edition.document))
        link(of, f"t{turn}", "attained")


@pytest.mark.parametrize("number", [1, 3])
def test_list_costs_the_same_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    rich(number)

    with django_assert_num_queries(LIST_QUERIES):
        client.get("/programs/")


def test_list_signed_in_stays_within_twelve_queries(
    signed_in: Callable[..., Client], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rich(3)
    editor = signed_in("program_editor")

    with django_assert_max_num_queries(12):
        editor.get("/programs/")


@pytest.mark.parametrize("number", [1, 3])
def test_page_costs_the_same_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    of = program()
    for turn in range(number):
        held = item(edition(of, f"{2020 + turn}"))
        held.also_in.add(b.clause(held.edition.document))
        link(of, f"t{turn}", "attained")

    with django_assert_num_queries(PAGE_QUERIES):
        client.get(PAGE)


def test_pages_show_markup_in_names_as_text(client: Client) -> None:
    bad = "<a href=x>&'\""
    of = program(name=bad, objective=bad, industries=[bad])
    item(edition(of, name=bad, note=bad), name=bad, tier=bad, beneficiary=bad, condition=bad)
    link(of, words=bad, note=bad)

    for address in ("/programs/", PAGE):
        tags = Text(client.get(address).content.decode()).tags
        assert [attrs for tag, attrs in tags if tag == "a" and attrs["href"] == "x"] == []


@pytest.mark.parametrize("address", ["/programs/", PAGE])
def test_pages_are_read_only_and_ask_for_login_where_reading_is_not_public(
    client: Client, settings: Any, address: str
) -> None:
    program()
    assert client.post(address).status_code == 405

    settings.PUBLIC_READING = False

    assert client.get(address).status_code == 302


def in_english(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return client


def full_program() -> None:
    """A program with every text in both languages."""
    of = program(industries=["甲业", "乙业"], industries_en=["trade A", "trade B"])
    held = edition(
        of, name_en="Program chain (2024)", rhythm="每年组织实施", rhythm_en="Run every year",
        note="单项上限", note_en="A single grant", industries=["甲业"], industries_en=["trade A"],
    )  # fmt: skip
    item(
        held, tier_en="Projects", per="project", beneficiary="企业",
        beneficiary_en="firms", condition="首次", condition_en="first time",
    )  # fmt: skip
    link(of, words_en="backed by the program", note="同一段", note_en="One paragraph.")


def test_page_in_english_has_its_texts_in_english(client: Client) -> None:
    full_program()

    answer = in_english(client).get(PAGE)

    text = words(answer)
    assert "Target industries: trade A, trade B" in text
    assert parts(client, PAGE, '<h3 id="edition', "</h3>") == [
        "Program chain (2024) 2024—present Run every year"
    ]
    assert "For: trade A " in text
    assert "A single grant" in text
    assert parts(client, PAGE, '<p class="cap-tier"', "</p>") == ["Projects · Project grant"]
    assert parts(client, PAGE, '<p class="cap-sum"', "</p>") == ["At most 5 million yuan / project"]
    assert parts(client, PAGE, '<ul class="cap-terms"', "</ul>") == [
        "Read as per project; not stated in the document Beneficiaries: firms Condition: first time"
    ]


def test_page_quote_stays_chinese_with_a_rendering_in_brackets(client: Client) -> None:
    full_program()
    assert "由计划支持 同一段" in rows_of(client.get(PAGE), 'id="serves"')[0]

    row = rows_of(in_english(client).get(PAGE), 'id="serves"')[0]

    assert row.endswith("由计划支持 [backed by the program] One paragraph.")


def test_page_in_chinese_has_no_english_text(client: Client) -> None:
    full_program()

    text = words(client.get(PAGE))

    for said in ("trade A", "Run every year", "A single grant", "Projects", "firms", "backed"):
        assert said not in text


def test_page_in_english_falls_back_to_chinese_where_english_lacks(client: Client) -> None:
    of = program(industries=["甲业", "乙业"], industries_en=["trade A"])
    item(edition(of, rhythm="每年组织实施", note="单项上限"), per="project", beneficiary="企业")
    link(of)

    answer = in_english(client).get(PAGE)

    text = words(answer)
    assert "Target industries: trade A, 乙业" in text
    assert "每年组织实施" in text
    assert "Beneficiaries: 企业" in text
    assert rows_of(answer, 'id="serves"')[0].endswith("由计划支持")


def test_list_in_english_has_industries_and_units_in_english(client: Client) -> None:
    full_program()

    card = parts(in_english(client), "/programs/", '<li class="card', "</p>\n  </li>")[0]

    assert "trade A trade B" in card
    assert "At most 5 million yuan / project" in card
    assert "甲业" not in card
