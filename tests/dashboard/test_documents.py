"""The list of documents, and the page where each promise stands in its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from programs.models import Program, ProgramEdition, SupportItem
from targets.models import PolicyDocument
from tests.dashboard import builders as make
from tests.dashboard.builders import page, text_of

pytestmark = pytest.mark.django_db

DIGEST = "开头一句。\n\n## 主要目标\n企业<超过九千家>，成交额超过七百亿元；推进共建平台，最高支持五百万元。"


@pytest.fixture
def plan() -> PolicyDocument:
    """A document with a red target, a green one, a measure and a support item."""
    home = make.document("plan", DIGEST, note="报道的摘要", note_en="A digest of a report")
    make.promise("firms", "missed", of=home, clause=make.clause(home, "企业<超过九千家>", "firms"))
    make.promise(
        "deals", "attained", of=home, clause=make.clause(home, "成交额超过七百亿元", "deals")
    )
    make.measure(
        "platform", of=home, clause=make.clause(home, "推进共建平台", "platform", quote="")
    )
    money = make.clause(home, "最高支持五百万元", "cap")
    program = Program.objects.create(
        key="chain", name="强链示范", name_en="Chain", objective="示范目的"
    )
    edition = ProgramEdition.objects.create(
        program=program,
        key="chain-1",
        name="强链示范（2024）",
        document=home,
        valid_from=date(2024, 1, 1),
    )
    SupportItem.objects.create(
        edition=edition, key="grant", name="攻关", name_en="Grant", tier="项目", kind="project_grant",
        comparator="at_most", cap=make.Decimal(5000000), per="project", clause=money,
    )  # fmt: skip
    SupportItem.objects.create(
        edition=edition, key="open", name="落地", name_en="Open", tier="项目", kind="equity",
        comparator="uncapped", clause=money,
    )  # fmt: skip
    return home


def marks(html: str) -> list[tuple[str, str, str]]:
    """Look, link and visible text of each mark of the digest."""
    article = html[html.index("<article") : html.index("</article>")]
    body = article[article.index("</p>") :]
    found = re.findall(r'<mark class="mark-(\w+)"><a href="([^"]+)">(.*?)</a></mark>', body, re.S)
    return [(look, link, re.sub("<[^>]+>", "", text)) for look, link, text in found]


@pytest.mark.usefixtures("plan")
def test_each_promise_is_marked_where_it_stands(client: Client) -> None:
    assert marks(page(client, "/documents/plan/")) == [
        ("red", "/targets/plan/firms/", "企业&lt;超过九千家&gt;（未完成）"),
        ("green", "/targets/plan/deals/", "成交额超过七百亿元（已完成）"),
        ("measure", "#measure-platform", "推进共建平台"),
        ("money", "/programs/chain/#item-grant", "最高支持五百万元"),
    ]


@pytest.mark.usefixtures("plan")
def test_each_place_can_be_linked_to_once(client: Client) -> None:
    html = page(client, "/documents/plan/")
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert sorted(name for name in ids if name.startswith("clause-")) == [
        "clause-cap", "clause-deals", "clause-firms", "clause-platform",
    ]  # fmt: skip
    assert len(ids) == len(set(ids))


@pytest.mark.usefixtures("plan")
def test_headings_are_headings_and_the_text_is_whole(client: Client) -> None:
    html = page(client, "/documents/plan/")
    assert "<h2>主要目标</h2>" in html
    article = html[html.index("<article") : html.index("</article>")]
    bare = re.sub(r'<span class="visually-hidden">.*?</span>|<[^>]+>', "", article)
    assert "企业&lt;超过九千家&gt;，成交额超过七百亿元；推进共建平台，最高支持五百万元。" in bare


def test_overlapping_promises_stay_sound_html(client: Client) -> None:
    home = make.document("plan", "一二三四五六")
    for key, words in (("whole", "一二三四五六"), ("inner", "三四"), ("tail", "四五六")):
        make.promise(key, "missed", of=home, clause=make.clause(home, words, key))
    html = page(client, "/documents/plan/")
    found = marks(html)
    assert [text for _look, _link, text in found] == [
        "一二（未完成）", "三（未完成）", "四（未完成）", "五六（未完成）",
    ]  # fmt: skip
    assert [link for _look, link, _text in found] == [
        f"/targets/plan/{key}/" for key in ("whole", "inner", "inner", "tail")
    ]
    assert html.count("<mark") == html.count("</mark>")


def test_two_targets_in_one_place_show_the_worse_light(client: Client) -> None:
    home = make.document("plan", "翻一番并超过二百家")
    place = make.clause(home, "翻一番并超过二百家", "both")
    make.promise("fine", "attained", of=home, clause=place)
    make.promise("bad", "off_track", of=home, clause=place)
    assert marks(page(client, "/documents/plan/")) == [
        ("red", "/targets/plan/bad/", "翻一番并超过二百家（明显滞后）")
    ]


def test_a_second_mention_leads_to_the_same_target(client: Client) -> None:
    home = make.document("plan", "标题突破。正文突破百家。")
    title = make.clause(home, "标题突破", "title")
    found = make.promise(
        "firms", "lagging", of=home, clause=make.clause(home, "正文突破百家", "body")
    )
    found.also_in.add(title)
    assert [link for _look, link, _text in marks(page(client, "/documents/plan/"))] == [
        "/targets/plan/firms/", "/targets/plan/firms/",
    ]  # fmt: skip


def test_a_clause_that_states_nothing_is_plain_text(client: Client) -> None:
    home = make.document("plan", "背景一句。")
    make.clause(home, "背景一句", "idle")
    assert marks(page(client, "/documents/plan/")) == []


def test_a_target_without_a_verdict_is_marked_as_being_computed(client: Client) -> None:
    home = make.document("plan", "突破百家")
    make.promise("new", of=home, clause=make.clause(home, "突破百家", "new"))
    assert marks(page(client, "/documents/plan/"))[0][2] == "突破百家（正在计算）"


@pytest.mark.usefixtures("plan")
def test_an_attached_original_shows_its_quotes_and_those_not_found(client: Client) -> None:
    home = PolicyDocument.objects.get(key="plan")
    home.raw = home.text = "会议提出，示范指标突破九千家。"
    home.raw_sha256 = "a" * 64
    home.save()
    found = home.clauses.get(key="firms")
    found.text_start, found.text_end = 5, 14
    found.save()
    html = page(client, "/documents/plan/")
    part = html[html.index('id="original"') : html.index('id="targets"')]
    assert '<span class="anchor" id="original-firms"></span><mark class="mark-red">' in part
    seen = text_of(part)
    assert "2 处引文在原文中没有找到，请人工核对：" in seen
    assert seen.count("示范指标突破九千家") == 3
    assert "SHA-256 " + "a" * 64 in seen


@pytest.mark.usefixtures("plan")
def test_without_an_original_nothing_is_said_to_be_missing(
    client: Client, signed_in: Callable[..., Client]
) -> None:
    seen = text_of(page(client, "/documents/plan/"))
    assert "没有附原文" in seen
    assert "没有找到" not in seen
    assert "附上原文" not in seen
    assert "附上原文" in text_of(page(signed_in("analyst"), "/documents/plan/"))


@pytest.mark.usefixtures("plan")
def test_the_page_lists_targets_measures_and_money(client: Client) -> None:
    html = page(client, "/documents/plan/")
    seen = text_of(html[html.index('id="targets"') :])
    assert "目标firms" in seen
    assert "未评定 举措platform 未注明 未注明" in seen
    assert "强链示范 强链示范（2024） 2024—今 攻关：最高 500万元 /项目 落地：不设上限" in seen
    assert 'href="/programs/chain/"' in html


def test_parts_stand_below_their_promise(client: Client) -> None:
    home = make.document("plan")
    head = make.promise("head", "missed", of=home)
    make.promise("part", "missed", of=home, part_of=head)
    make.promise("after", "missed", of=home)
    html = page(client, "/documents/plan/")
    rows = re.findall(r"<tr( class=\"part\")?>.*?<th scope=\"row\"><a [^>]+>(.*?)</a>", html, re.S)
    assert rows == [
        ("", "目标head"), (' class="part"', "其中：目标part"), ("", "目标after"),
    ]  # fmt: skip


def test_a_document_without_promises_says_so(client: Client) -> None:
    make.document("empty")
    seen = text_of(page(client, "/documents/empty/"))
    assert "这份文件没有可以考核的量化目标。" in seen
    assert "没有登记定性举措。" in seen


def test_a_judge_is_led_to_the_form(signed_in: Callable[..., Client], client: Client) -> None:
    found = make.measure("platform")
    link = f'href="/measures/{found.pk}/judge/"'
    assert page(signed_in("reviewer"), "/documents/plan/").count(link) == 1
    assert page(client, "/documents/plan/").count(link) == 0


def test_a_judged_measure_shows_its_reason(client: Client) -> None:
    make.measure("platform", status="in_progress", department=make.department(), period_end="2024")
    seen = text_of(page(client, "/documents/plan/"))
    assert "推进中 举措platform 理由：有材料为证（2025-03-01） 示范局 2024年" in seen


@pytest.mark.usefixtures("plan")
def test_english_shows_the_english_digest_and_note(client: Client) -> None:
    PolicyDocument.objects.update(digest_en="Two promises & a cap.")
    reader = Client()
    reader.cookies["django_language"] = "en"
    html = page(reader, "/documents/plan/")
    assert "Two promises &amp; a cap." in html
    assert "A digest of a report" in html
    assert '<html lang="en">' in html
    assert "Two promises" not in page(client, "/documents/plan/")


def test_an_unknown_document_is_404(client: Client) -> None:
    make.document("plan")
    assert client.get("/documents/plan-b/").status_code == 404


def test_the_list_counts_promises_by_light(client: Client) -> None:
    home = make.document("plan")
    head = make.promise("a", "missed", of=home)
    make.promise("part", "missed", of=home, part_of=head)
    make.promise("b", "attained", of=home)
    make.promise("c", "attained", of=home)
    make.promise("new", of=home)
    make.measure("m", of=home)
    make.document("bare", issued="2020-01-01")
    html = page(client, "/documents/")
    rows = [text_of(row) for row in re.findall(r"<tr>(.*?)</tr>", html, re.S)[1:]]
    assert [re.sub(" +", " ", row).strip() for row in rows] == [
        "文件plan 示范机关 规划 2024-01-05 示范市 红灯 1 绿灯 2 灰灯 1 1",
        "文件bare 示范机关 规划 2020-01-01 示范市 无量化目标 无",
    ]


def test_an_empty_list_says_what_to_do(client: Client) -> None:
    assert "还没有装入任何文件。" in text_of(page(client, "/documents/"))


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_with_one_and_with_three(
    number: int, django_assert_num_queries: Any, client: Client
) -> None:
    for n in range(number):
        make.promise(f"t{n}", "missed", of=make.document(f"d{n}"))
    with django_assert_num_queries(3):
        assert client.get("/documents/").status_code == 200


@pytest.mark.usefixtures("plan")
@pytest.mark.parametrize("number", [1, 3])
def test_a_document_costs_the_same_with_one_and_with_three(
    number: int, django_assert_num_queries: Any, client: Client
) -> None:
    home = PolicyDocument.objects.get(key="plan")
    for n in range(number):
        place = make.clause(home, "开头一句", f"x{n}")
        head = make.promise(f"t{n}", "missed", of=home, clause=place)
        make.promise(f"p{n}", "missed", of=home, clause=place, part_of=head)
        make.measure(f"m{n}", of=home, clause=place)
    with django_assert_num_queries(7):
        assert client.get("/documents/plan/").status_code == 200
