"""The page of a program: what applies on the day, the money by year, and what it serves beside it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from programs.models import Award, Program, ProgramEdition, ProgramLink
from tests.dashboard import builders as b
from tests.dashboard.test_indicators import Text, rows_of, words
from tests.dashboard.test_programs import parts
from tests.programs import builders as p
from tests.programs import builders_editing as e

pytestmark = pytest.mark.django_db

PAGE = "/programs/chain/"
QUERIES = 13


def home() -> Program:
    return p.program(industries=["甲业", "乙业"], industries_en=["trade A", "trade B"])


def awarded(year: int, amount: int, **fields: Any) -> Award:
    """An award of so many 万元 decided in the year it counts in."""
    held = p.item(of=p.edition(home(), date(2020, 1, 1)))
    return p.award(held, p.yuan(amount), year=year, decided_on=date(year, 5, 1), **fields)


def serves(key: str = "served", status: str = "attained", **fields: Any) -> ProgramLink:
    target = b.promise(key, status, of=b.document(f"doc-{key}"))
    about = {"kind": "named", "words": "由计划支持"}
    return ProgramLink.objects.create(program=home(), target=target, **(about | fields))


def section(answer: HttpResponse, begins: str, ends: str) -> str:
    """The words of a page between two pieces of its source."""
    html = answer.content.decode()
    return str(Text(html[html.index(begins) :].split(ends)[0]))


def headings(client: Client, address: str = PAGE) -> list[str]:
    return parts(client, address, '<h3 id="edition', "</h3>")


def lines(client: Client, table: str, address: str = PAGE) -> list[list[str]]:
    answer = client.get(f"{address}?table={table}&format=csv")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def figure(client: Client, name: str, address: str = PAGE) -> dict[str, Any]:
    spec: dict[str, Any] = json.loads(client.get(f"{address}?figure={name}").content)
    go.Figure(spec)
    return spec


def test_edition_in_force_stands_first_scheduled_are_announced_former_folded(
    client: Client,
) -> None:
    of = home()
    p.edition(of, date(2022, 1, 1), name="旧版", valid_to=date(2022, 12, 31))
    p.edition(of, date(2024, 1, 1), name="现行版")
    p.edition(of, date(2999, 1, 1), name="新版")

    answer = client.get(PAGE)

    assert headings(client) == ["现行版 2024—今", "新版 2999—今", "旧版 2022"]
    assert section(answer, '<div class="scheduled">', "</h3>") == (
        "自 2999-01-01 起适用下面的版本： 新版 2999—今"
    )
    assert section(answer, '<details class="fold">', "</h3>") == "以前的版本（1 版） 旧版 2022"


def test_program_whose_last_edition_ended_says_so(client: Client) -> None:
    p.edition(home(), date(2022, 1, 1), name="旧版", valid_to=date(2022, 12, 31))

    assert f"{date.today().isoformat()} 没有适用的版本。" in words(client.get(PAGE))
    assert headings(client) == ["旧版 2022"]


def test_earlier_day_shows_the_edition_in_force_then(client: Client) -> None:
    of = home()
    p.edition(of, date(2022, 1, 1), name="旧版")
    p.edition(of, date(2024, 1, 1), name="现行版")

    assert headings(client, f"/known-on/2023-06-30{PAGE}") == ["旧版 2022—今", "现行版 2024—今"]
    assert "自 2024-01-01 起适用" in words(client.get(f"/known-on/2023-06-30{PAGE}"))


def test_earlier_day_shows_what_was_known_then_and_not_its_correction(client: Client) -> None:
    of = home()
    wrong = p.edition(of, date(2024, 1, 1), name="录错的版")
    moment = timezone.make_aware(datetime(2025, 6, 1, 9))
    ProgramEdition.objects.filter(pk=wrong.pk).update(superseded_at=moment)
    p.edition(
        of, date(2024, 1, 1), key="right", name="更正后的版", known_from=moment, replaces=wrong
    )

    assert headings(client) == ["更正后的版 2024—今"]
    assert headings(client, f"/known-on/2025-05-31{PAGE}") == ["录错的版 2024—今"]
    assert headings(client, f"/known-on/2025-06-01{PAGE}") == ["更正后的版 2024—今"]


def test_edition_says_objective_department_and_contact_page(client: Client) -> None:
    p.edition(
        home(), objective="本版目的", department=b.department("own", "本版局"),
        contact_url="https://example.org/apply",
    )  # fmt: skip

    told = section(client.get(PAGE), '<section class="edition"', "</section>")

    assert "本版目的" in told
    assert "责任部门：本版局 联系页面" in told


def test_card_says_rate_payout_stage_bodies_and_stacking(client: Client) -> None:
    other = p.item("other", of=p.edition(p.program("else", name="另一计划")), name="另一资助")
    p.item(
        of=p.edition(home()), rate=Decimal("20.5000"), rate_of="设备投入", payout="yearly",
        stage="growth", bodies=["enterprise", "platform"], not_with=["else/other", "chain/none"],
        not_with_for="year",
    )  # fmt: skip

    (terms,) = parts(client, PAGE, '<ul class="cap-terms"', "</ul>")

    assert terms == (
        "不超过设备投入的 20.5%，与上限相比取低者 文件写明按每个项目计算 发放频次：每年"
        " 适用主体：企业、创新平台 支持对象：文件未注明"
        " 同一单位同一年度不与另一计划的另一资助、chain/none同享"
    )
    assert parts(client, PAGE, '<p class="cap-tier"', "</p>") == ["市级 · 项目资助 · 企业成长"]
    assert str(other) == "另一资助"


def test_uncapped_item_with_a_rate_says_both(client: Client) -> None:
    p.item(of=p.edition(home()), comparator="uncapped", rate=Decimal(30))

    (terms,) = parts(client, PAGE, '<ul class="cap-terms"', "</ul>")

    assert terms == (
        "不超过申报投入的 30% 文件写明不设上限，不是没有资金，也不是零 支持对象：文件未注明"
    )


def test_money_by_year_the_latest_first_with_all_together(client: Client) -> None:
    p.payment(awarded(2023, 300), p.yuan(100))
    awarded(2025, 500)
    p.budget(home(), 2023, p.yuan(1000))

    assert rows_of(client.get(PAGE), 'class="table-wide"') == [
        "2025 1 暂无 500万元 0万元 暂无 500万元 0万元 1 0",
        "2024 暂无 暂无 暂无 暂无 暂无 暂无 暂无 暂无 暂无",
        "2023 1 1,000万元 300万元 100万元 700万元 200万元 200万元 0 0",
        "合计 2 1,000万元 800万元 100万元 700万元 700万元 200万元 1 0",
    ]


def test_money_is_told_in_figures_above(client: Client) -> None:
    p.payment(awarded(2025, 300), p.yuan(100))

    assert section(client.get(PAGE), '<dl class="key-figures">', "</dl>") == (
        "立项 1 项 批准 300万元 已拨付 100万元 待拨付 200万元 预算余额 暂无 没有登记预算"
        " 距上限 200万元 0 项达到上限 0 项超限批准"
    )


def test_without_money_the_page_says_who_can_fill_it_and_draws_nothing(client: Client) -> None:
    p.award(p.item(of=p.edition(p.program("other"))))
    home()

    answer = client.get(PAGE)

    assert "还没有登记立项、拨付或预算；计划管理员可以登记。" in words(answer)
    assert "<figure" not in answer.content.decode()


def test_industries_and_districts_have_a_figure_with_its_table(client: Client) -> None:
    where = p.district("370202", "一号区")
    awarded(2024, 300, industry="甲业", region=where)
    awarded(2025, 100, industry="乙业", region=where)

    text = words(client.get(PAGE))
    assert "批准最多的产业是甲业，300万元。" in text
    assert "立项都在一号区，批准400万元。" in text
    assert figure(client, "industry")["data"][0]["y"] == ["甲业", "乙业"]
    assert figure(client, "region")["data"][0]["x"] == [400.0]
    assert lines(client, "industry")[:3] == [
        ["产业", "项目数", "批准（元）", "已拨付（元）"],
        ["甲业", "1", "3000000", "0"],
        ["乙业", "1", "1000000", "0"],
    ]
    assert lines(client, "region")[1] == ["一号区", "2", "4000000", "0"]


def test_industries_are_named_in_the_readers_language(client: Client) -> None:
    awarded(2024, 300, industry="甲业")
    client.cookies["django_language"] = "en"

    assert figure(client, "industry")["data"][0]["y"] == ["trade A"]
    assert figure(client, "money")["layout"]["yaxis"]["title"]["text"] == "million yuan"


def test_every_figure_stands_with_sentence_table_and_downloads(client: Client) -> None:
    awarded(2024, 300, industry="甲业")
    serves()
    b.observation(b.indicator(), "2023", "7920")

    html = client.get(PAGE).content.decode()

    figures = html.split("<figure")[1:]
    assert len(figures) == 4
    for one in figures:
        inside = one.split("</figure>")[0]
        assert '<p class="figure-headline"' in inside
        assert "format=csv" in inside
        assert "format=xlsx" in inside
        name = inside.split('data-figure="?figure=')[1].split('"')[0]
        assert figure(client, name)["data"] != []
    assert html.count("<table") == 5  # the years, three behind their figures, and what is served


def test_served_target_has_light_kind_words_and_place(client: Client) -> None:
    said = p.clause(quote="计划支撑这一目标")
    link = serves("met", "attained", clause=said, kind="objective", note="同一段写明")

    answer = client.get(PAGE)

    assert rows_of(answer, 'id="serves"') == [
        "目标met 文件doc-met 突破 9,000家 2024年 已完成 目的相同 由计划支持 同一段写明"
    ]
    part = answer.content.decode().split('id="serves"')[1]
    assert f'href="/documents/{said.document.key}/#clause-{said.key}"' in part
    assert f'href="/targets/doc-met/{link.target.key}/"' in part


def test_served_indicator_is_linked_without_a_light(client: Client) -> None:
    of = b.indicator("FIRMS")
    ProgramLink.objects.create(program=home(), indicator=of, kind="named", words="点名这个指标")

    answer = client.get(PAGE)

    assert rows_of(answer, 'id="serves"') == [
        "指标FIRMS 指标 没有指定某一项目标 看指标的各项目标 文件点名 点名这个指标"
    ]
    assert 'href="/indicators/FIRMS/"' in answer.content.decode()
    assert "正在计算" not in words(answer)


def test_money_stands_beside_the_served_indicator_over_the_same_years(client: Client) -> None:
    awarded(2024, 300)
    serves()
    b.observation(b.indicator(), "2022", "6000")
    b.observation(b.indicator(), "2023", "7920")

    spec = figure(client, "serves-FIRMS-370200")

    drawn = {trace.get("yaxis", "y"): trace["x"] for trace in spec["data"] if "name" in trace}
    assert drawn == {"y": [2022.0, 2023.0], "y2": [2024.0]}
    assert lines(client, "serves-FIRMS-370200")[:4] == [
        ["时期", f"{b.region()}指标FIRMS", "本计划批准（元）", "本计划已拨付（元）"],
        ["2024年", "", "3000000", "0"],
        ["2023年", "7,920家", "", ""],
        ["2022年", "6,000家", "", ""],
    ]


def test_money_beside_an_indicator_claims_no_share_of_the_effect(client: Client) -> None:
    awarded(2024, 300)
    serves()
    b.observation(b.indicator(), "2023", "7920")

    told = section(client.get(PAGE), 'id="serves"', "</main>")

    assert "不推断资金对目标贡献了多少" in told
    assert "也不计算贡献率" in told
    assert "%" not in told


def test_two_targets_of_one_series_share_a_figure(client: Client) -> None:
    awarded(2024, 300)
    serves("one")
    serves("two")

    assert client.get(PAGE).content.decode().count('data-figure="?figure=serves-') == 1


def test_indicator_without_a_target_is_shown_where_the_city_has_actuals(client: Client) -> None:
    awarded(2024, 300)
    of = b.indicator("FIRMS")
    ProgramLink.objects.create(program=home(), indicator=of, kind="named", words="点名")
    b.observation(of, "2023", "5", where=b.region("370202", "一号区", "district"))
    b.observation(of, "2023", "9", where=b.region())

    assert f"{b.region()}指标FIRMS2023年为9家。" in words(client.get(PAGE))


def test_indicator_without_actuals_has_the_money_alone(client: Client) -> None:
    awarded(2024, 300)
    ProgramLink.objects.create(
        program=home(), indicator=b.indicator("FIRMS"), kind="named", words="点名"
    )

    assert "还没有“指标FIRMS”的实绩。" in words(client.get(PAGE))
    assert [trace["name"] for trace in figure(client, "serves-FIRMS")["data"]] == ["批准", "已拨付"]


def test_earlier_day_shows_the_money_entered_by_then(client: Client) -> None:
    early, late = awarded(2023, 300), awarded(2025, 500)
    for award in (early, late):
        Award.objects.filter(pk=award.pk).update(
            entered_at=timezone.make_aware(datetime(award.year, 5, 2))
        )

    address = f"/known-on/2024-06-30{PAGE}"
    rows = rows_of(client.get(address), 'class="table-wide"')

    assert [row.split(" ")[0] for row in rows] == ["2023", "合计"]
    assert "没有逐日留存" in words(client.get(address))
    assert "没有逐日留存" not in words(client.get(PAGE))
    assert figure(client, "money", address)["data"][0]["x"] == [2023.0]
    notes = lines(client, "years", address)[-2:]
    assert notes == [["截至：2024-06-30"], ["按2024-06-30所知"]]


def test_files_of_support_and_of_what_is_served(client: Client) -> None:
    p.item(of=p.edition(home(), name="现行版"), cap=p.yuan(500))
    serves("met", "attained")

    heading, row = lines(client, "support")[:2]
    held = dict(zip(heading, row, strict=True))
    assert (held["计划版本"], held["支持事项"], held["支持上限（元）"], held["原文"]) == (
        "现行版", "grant资助", "5000000", "最高500万元",
    )  # fmt: skip
    assert lines(client, "serves")[:2] == [
        ["目标或指标", "文件", "承诺", "期限", "现状", "关系", "依据"],
        ["目标met", "文件doc-met", "突破 9,000家", "2024年", "已完成", "文件点名", "由计划支持"],
    ]


def test_no_recipient_appears_on_the_page_or_in_a_file(client: Client) -> None:
    of = awarded(2024, 300, recipient=p.recipient("某某机密公司"))
    told = words(client.get(PAGE))
    for table in ("support", "years", "industry", "region", "serves"):
        told += " ".join(" ".join(line) for line in lines(client, table))

    assert "300万元" in told
    for secret in ("某某机密公司", of.recipient.credit_code, of.number, of.project):
        assert secret not in told


def test_unknown_figure_table_or_format_is_404(client: Client) -> None:
    awarded(2024, 300)

    for wrong in ("figure=none", "table=none", "table=years&format=pdf", "figure="):
        assert client.get(f"{PAGE}?{wrong}").status_code == 404
    assert client.get(f"{PAGE}?table=years&format=xlsx").status_code == 200


def rich(number: int) -> None:
    other = p.item("other", of=p.edition(p.program("else")))
    for turn in range(number):
        held = p.item(
            f"item{turn}", of=p.edition(home(), date(2020 + turn, 1, 1)), not_with=["else/other"]
        )
        held.also_in.add(p.clause(quote=f"另见{turn}"))
        p.award(held, p.yuan(100), year=2020 + turn, decided_on=date(2020 + turn, 2, 1))
        serves(f"t{turn}")
    assert other.pk


@pytest.mark.parametrize("number", [1, 3])
def test_page_costs_the_same_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    rich(number)

    with django_assert_num_queries(QUERIES):
        client.get(PAGE)


@pytest.mark.parametrize("number", [1, 3])
def test_earlier_day_costs_the_same_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    rich(number)
    today = timezone.localdate().isoformat()

    with django_assert_max_num_queries(QUERIES + 8):
        client.get(f"/known-on/{today}{PAGE}")


def test_page_signed_in_shows_the_same_money(signed_in: Callable[..., Client]) -> None:
    awarded(2025, 500)

    for role in ("official", "program_editor", "auditor"):
        assert "批准 500万元" in words(signed_in(role).get(PAGE)), role


def test_names_are_texts_and_never_markup(client: Client) -> None:
    bad = "<a href=x>&"
    awarded(2024, 300, industry=bad, region=p.district("370209", bad))
    serves(words=bad)

    tags = Text(client.get(PAGE).content.decode()).tags

    assert [attrs for tag, attrs in tags if tag == "a" and attrs["href"] == "x"] == []
    assert figure(client, "industry")["data"][0]["y"] == ["&lt;a href=x&gt;&amp;"]


DOORS = ("/programs/chain/edit/", "/awards/?program=chain", "/programs/chain/budgets/")


def doors(client: Client, address: str = PAGE) -> list[str]:
    """The pages of work on the program that a page leads to."""
    html = client.get(address).content.decode()
    return [door for door in DOORS if f'href="{door}"' in html]


@pytest.mark.parametrize("made", [p.editor, p.reviewer, lambda: e.stranger(role="auditor")])
def test_page_leads_to_the_work_on_it(made: Callable[[], User]) -> None:
    home()
    person = e.client(made())

    assert doors(person) == list(DOORS)
    assert [person.get(door).status_code for door in DOORS] == [200, 200, 200]


def test_page_leads_nowhere_who_may_not_go_there(
    client: Client, signed_in: Callable[..., Client]
) -> None:
    home()
    today = timezone.localdate().isoformat()

    assert doors(client) == []
    assert doors(e.client(e.stranger())) == []
    assert doors(signed_in("official")) == []
    assert doors(signed_in("reviewer"), f"/known-on/{today}{PAGE}") == []
