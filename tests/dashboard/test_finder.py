"""Which support fits me: what is in force, what fits, what is open, and what could be relaxed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from programs.models import ProgramEdition, SupportItem
from programs.reading import Card
from qdpolicy.dashboard.finder import Found, Wish, fit, reaches
from tests.dashboard.test_indicators import Text, words
from tests.dashboard.test_programs import parts
from tests.programs import builders as p

pytestmark = pytest.mark.django_db

PAGE = "/support/"
QUERIES = 4


def found(client: Client, query: str = "") -> list[str]:
    """The names of the items that a page lists, in its order."""
    return parts(client, f"{PAGE}{query}", '<h2 class="cap-name"', "</h2>")


def four() -> None:
    """Four items that each filter tells apart, and an edition that is over."""
    home = p.edition(industries=["甲业"], industries_en=["trade A"])
    p.item("firm", of=home, bodies=["enterprise"], stage="development", cap=p.yuan(500))
    p.item("institute", of=home, bodies=["institution"], stage="transfer", cap=p.yuan(50))
    other = p.edition(p.program("other", industries=["乙业"], industries_en=["trade B"]))
    p.item("fixed", of=other, bodies=["enterprise", "person"], comparator="fixed",
           cap=p.yuan(100), stage="development")  # fmt: skip
    p.item("open", of=other, comparator="uncapped")
    past = p.edition(p.program("past"), date(2022, 1, 1), valid_to=date(2022, 12, 31))
    p.item("over", of=past)


def test_page_lists_what_is_in_force_and_nothing_else(client: Client) -> None:
    four()
    ahead = p.edition(p.program("ahead"), date(2999, 1, 1))
    p.item("later", of=ahead)

    assert found(client) == ["firm资助", "institute资助", "fixed资助", "open资助"]
    assert "适用的支持事项共 4 项" in words(client.get(PAGE))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("body=enterprise", ["firm资助", "fixed资助", "open资助"]),
        ("body=institution", ["institute资助", "open资助"]),
        ("stage=development", ["firm资助", "fixed资助", "open资助"]),
        ("field=甲业", ["firm资助", "institute资助"]),
        ("field=乙业", ["fixed资助", "open资助"]),
        ("amount=500", ["firm资助", "open资助"]),
        ("amount=500.000001", ["open资助"]),
        ("amount=50万元", ["firm资助", "institute资助", "fixed资助", "open资助"]),
        ("amount=500001元", ["firm资助", "fixed资助", "open资助"]),
        ("text=institute", ["institute资助"]),
        ("text=OTHER", ["fixed资助", "open资助"]),
        ("text=其他没有的词", []),
        ("body=enterprise&stage=development&field=甲业&amount=300", ["firm资助"]),
    ],
)
def test_filters_leave_what_fits(client: Client, query: str, expected: list[str]) -> None:
    four()

    assert found(client, f"?{query}") == expected


def test_item_whose_document_leaves_it_open_comes_last_and_says_so(client: Client) -> None:
    home = p.edition()
    p.item("silent", of=home)
    p.item("firm", of=home, bodies=["enterprise"], stage="growth")

    assert found(client, "?body=enterprise&stage=growth") == ["firm资助", "silent资助"]
    notes = parts(client, f"{PAGE}?body=enterprise&stage=growth", '<p class="cap-unsure"', "</p>")
    assert notes == ["文件没有写明：适用主体、环节"]
    assert parts(client, PAGE, '<p class="cap-unsure"', "</p>") == []


@pytest.mark.parametrize(
    ("comparator", "cap", "amount", "expected"),
    [
        ("at_most", "500", "500", True),
        ("at_most", "500", "500.01", False),
        ("fixed", "500", "499", True),
        ("fixed", "500", "501", False),
        ("at_least", "500", "9999999", True),
        ("uncapped", None, "9999999", True),
        ("at_most", "500", None, True),
        ("at_most", "0", "0.01", False),
    ],
)
def test_reaches_is_decided_by_the_kind_of_cap(
    comparator: str, cap: str | None, amount: str | None, expected: bool
) -> None:
    item = SupportItem(comparator=comparator, cap=None if cap is None else Decimal(cap))

    assert reaches(item, None if amount is None else Decimal(amount)) is expected


def test_fit_leaves_the_item_as_it_is_without_a_wish() -> None:
    four()
    item = SupportItem.objects.get(key="open")
    asked = Found(item.edition, Card(item), ())

    assert fit(asked, Wish()) == asked
    assert Wish().made == []
    assert Wish(amount=Decimal(0), text="x").made == ["amount", "text"]


def test_card_names_program_cap_words_and_contact_page(client: Client) -> None:
    home = p.edition(contact_url="https://example.org/apply")
    p.item(of=home, bodies=["enterprise"], condition="通过评估", rate=Decimal("30"))

    (card,) = parts(client, PAGE, '<li class="cap"', "</li>\n</ul>")

    assert card == (
        "chain试验计划 2024—今 市级 · 项目资助 grant资助 最高 500万元 / 项目"
        " 不超过申报投入的 30%，与上限相比取低者 文件写明按每个项目计算 适用主体：企业"
        " 支持对象：文件未注明 条件：通过评估 最高500万元 第二条 联系页面"
    )
    assert 'href="https://example.org/apply"' in client.get(PAGE).content.decode()


def test_nothing_fits_and_the_page_says_what_to_relax(client: Client) -> None:
    four()

    answer = client.get(f"{PAGE}?body=institution&stage=development&field=甲业&amount=20")
    html = answer.content.decode()
    box = html[html.index('<div class="empty"') :].split("</div>")[0]

    assert str(Text(box)) == (
        "没有同时符合这些条件的支持事项。 可以放宽一项试试："
        " 不限“我是”，有 1 项 不限“环节”，有 1 项 不限“产业领域”，有 1 项"
    )
    links = [attrs["href"] for tag, attrs in Text(box).tags if tag == "a"]
    for link in links:
        assert len(found(client, str(link))) == 1


def test_nothing_fits_whatever_is_relaxed(client: Client) -> None:
    four()

    text = words(client.get(f"{PAGE}?text=没有的词&amount=99999&field=甲业"))

    assert "放宽任何一项都还没有" in text


def test_nothing_in_force_says_who_can_fill_it(client: Client) -> None:
    assert "没有适用的支持事项；计划管理员可以登记计划的版本。" in words(client.get(PAGE))


@pytest.mark.parametrize("typed", ["三百左右", "-5", "1.2345678", "5家"])
def test_amount_that_is_none_is_refused_in_words_and_kept(client: Client, typed: str) -> None:
    four()

    answer = client.get(PAGE, {"amount": typed, "body": "institution"})
    html = answer.content.decode()

    assert f'value="{typed}"' in html
    assert "有的条件看不懂，没有用它筛选。" in html
    assert 'class="errorlist"' in html
    first = html.split('<h2 class="cap-name">')[1]
    assert first.startswith("institute资助")


@pytest.mark.parametrize("query", ["body=king", "stage=none", "field=丙业", "text=" + "x" * 61])
def test_filter_that_is_not_offered_is_said_and_does_not_filter(client: Client, query: str) -> None:
    four()

    assert len(found(client, f"?{query}")) == 4
    assert "有的条件看不懂" in words(client.get(f"{PAGE}?{query}"))


def test_fields_have_labels_and_keep_what_was_chosen(client: Client) -> None:
    four()
    html = client.get(f"{PAGE}?body=person&text=甲").content.decode()
    form = html[html.index('<form class="filters finder"') :].split("</form>")[0]
    tags = Text(form).tags

    named = {attrs["id"] for tag, attrs in tags if tag in ("select", "input") and "id" in attrs}
    assert named == {attrs["for"] for tag, attrs in tags if tag == "label"}
    assert '<option value="person" selected>' in form
    assert 'value="甲"' in form


def test_page_of_an_earlier_day_lists_what_was_known_and_in_force_then(client: Client) -> None:
    four()
    wrong = ProgramEdition.objects.get(key__startswith="other")
    ProgramEdition.objects.filter(pk=wrong.pk).update(
        superseded_at=timezone.make_aware(datetime(2025, 6, 1))
    )

    assert found(client) == ["firm资助", "institute资助"]
    earlier = parts(client, f"/known-on/2025-05-01{PAGE}", '<h2 class="cap-name"', "</h2>")
    assert earlier == ["firm资助", "institute资助", "fixed资助", "open资助"]
    past = parts(client, f"/known-on/2022-05-01{PAGE}", '<h2 class="cap-name"', "</h2>")
    assert past == ["over资助"]


def test_file_holds_what_the_filters_leave(client: Client) -> None:
    four()

    answer = client.get(f"{PAGE}?field=乙业&table=support&format=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))

    held = [dict(zip(rows[0], row, strict=True)) for row in rows[1:3]]
    assert [
        (row["支持事项"], row["上限方式"], row["支持上限（元）"], row["适用主体"]) for row in held
    ] == [("fixed资助", "定额", "1000000", "企业、个人"), ("open资助", "不设上限", "", "")]
    assert rows[3] == []
    assert rows[5] == ["来源：各政策文件原文"]
    assert client.get(f"{PAGE}?table=support&format=xlsx").status_code == 200


def test_items_beyond_a_page_are_on_the_next(client: Client) -> None:
    home = p.edition()
    for turn in range(21):
        p.item(f"item{turn:02}", of=home)

    assert len(found(client)) == 20
    assert found(client, "?page=2") == ["item20资助"]
    assert client.get(f"{PAGE}?page=3").status_code == 404


def rich(number: int) -> None:
    for turn in range(number):
        held = p.item(of=p.edition(p.program(f"p{turn}")), not_with=["p0/grant"])
        held.also_in.add(p.clause(quote=f"另见{turn}"))


@pytest.mark.parametrize("number", [1, 3])
def test_page_costs_the_same_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    rich(number)

    with django_assert_num_queries(QUERIES + 1):  # and one for the names of what is excluded
        client.get(PAGE)


def test_page_signed_in_stays_within_twelve_queries(
    signed_in: Callable[..., Client], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rich(3)
    editor = signed_in("program_editor")

    with django_assert_max_num_queries(12):
        editor.get(PAGE)


def test_page_is_read_only_and_ask_for_login_where_reading_is_not_public(
    client: Client, settings: Any
) -> None:
    assert client.post(PAGE).status_code == 405

    settings.PUBLIC_READING = False

    assert client.get(PAGE).status_code == 302


def test_names_are_texts_and_never_markup(client: Client) -> None:
    bad = "<a href=x>&'"
    home = p.edition(p.program("bad", name=bad, industries=[bad]))
    p.item(of=home, name=bad, tier=bad, condition=bad, beneficiary=bad)

    tags = Text(client.get(f"{PAGE}?text={bad}&field={bad}").content.decode()).tags

    assert [attrs for tag, attrs in tags if tag == "a" and attrs["href"] == "x"] == []


def test_page_in_english_falls_back_to_what_is_stored(client: Client) -> None:
    four()
    client.cookies["django_language"] = "en"

    html = client.get(f"{PAGE}?field=甲业").content.decode()

    assert '<option value="甲业" selected>trade A</option>' in html
    assert "5 million yuan" in html.replace("\u00a0", " ").replace("&nbsp;", " ")


def test_programs_lead_to_the_finder(client: Client) -> None:
    p.program()

    assert f'href="{reverse("support")}"' in client.get("/programs/").content.decode()
