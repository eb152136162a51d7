"""The list of targets, and the page that says why."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from qdpolicy.dashboard.targets import line_of
from targets.models import ProgressSnapshot, RuleSet, Target
from tests.dashboard import builders as make
from tests.dashboard.builders import page, text_of

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def firms() -> Target:
    """A lagging promise above 9000 firms by 2026, with its two actuals."""
    about = make.indicator("FIRMS", source="示范统计局", release_month=5)
    found = make.target("firms", indicator=about, note="口径说明一句")
    make.version(
        found, value=D(10000), period_end="2026", period_start="2022", baseline_period="2021",
        baseline_value=None, baseline_provenance="observed", baseline_note="年报数",
        reason="文件写明", commitment="aspirational",
    )  # fmt: skip
    base = make.observation(about, "2021", "5554")
    last = make.observation(
        about, "2023", "6900", source_url="https://example.invalid/a", source_date="2024-03",
        note="转载数",
    )  # fmt: skip
    make.observation(about, "2020", "4396")
    make.snapshot(
        found, "lagging", "yellow", period="2023", actual=D(6900), actual_qualifier="exact",
        goal=D(10000), baseline_period="2021", baseline_value=D(5554), completion=D("0.69"),
        share_done=D("0.302744"), pace=D("0.75686"), expected_now=D("7332.4"), gap=D(-3100),
        needed=D("1033.3333"), actual_rate=D(673), required_rate=D("889.2"), trend="up",
        attained=False, flags=["stale_data"], inputs=[base.pk, last.pk],
        reasons=[{"code": "stale_data", "params": {"period": "2023"}}],
    )  # fmt: skip
    return found


ADDRESS = "/targets/plan/firms/"


@pytest.mark.usefixtures("firms")
def test_the_verdict_comes_first_in_words(client: Client) -> None:
    html = page(client, ADDRESS)
    verdict = html[html.index('class="verdict verdict-yellow"') : html.index('id="words"')]
    seen = text_of(verdict)
    assert "略有滞后 目标：突破 10,000家" in seen.replace("： ", "：")
    assert "力争" in seen
    assert "实绩： 6,900家 （2023年）" in seen
    assert "↑ 上升" in seen
    assert "数据陈旧" in seen
    assert "完成率 69%" in seen


@pytest.mark.usefixtures("firms")
def test_why_names_formula_figures_thresholds_and_reasons(client: Client) -> None:
    html = page(client, ADDRESS)
    seen = text_of(html[html.index('id="why"') : html.index('id="inputs"')])
    for words in (
        "2023年实绩 6,900家，按路径此时应为 7,332.4家；进度 75.7%，在 60% 与 95% 之间，所以是“略有滞后”。",
        "最新实绩是2023年的。",
        "基期 5,554家 2021年 · 实际观测",
        "目标 10,000家 2026年",
        "与目标的差距 −3,100家",
        "完成率 69% 实绩 ÷ 目标",
        "增量完成率 30.3% （实绩 − 基期）÷（目标 − 基期）",
        "进度 75.7%",
        "此时应达到 7,332.4家 直线路径",
        "今后每年尚需 1,033家",
        "实际速度（每年） 673家",
        "所需速度（每年） 889.2家",
        "基期说明：年报数",
        "比较：实绩还没有满足目标。",
        "完成率 = 6,900家 ÷ 10,000家 = 69%。",
        "增量完成率 =（6,900家 − 5,554家）÷（10,000家 − 5,554家）= 30.3%。",
        "进度 = 增量完成率 ÷ 已过时间的比例",
        "进度不低于 95% 为符合预期（不低于 105% 为快于预期），60% 到 95% 之间为略有滞后",
    ):
        assert words in seen, words


@pytest.mark.usefixtures("firms")
def test_the_words_lead_to_their_place(client: Client, firms: Target) -> None:
    html = page(client, ADDRESS)
    assert '<blockquote class="words">示范指标突破九千家</blockquote>' in html
    assert f'href="/documents/plan/#clause-{firms.clause.key}"' in html
    assert "口径说明一句" in html


def inputs_of(client: Client) -> tuple[str, list[str]]:
    """The part of the target's page on its actuals, and its rows as text."""
    html = page(client, ADDRESS)
    part = html[html.index('id="inputs"') : html.index('id="record"')]
    return part, [text_of(row).strip() for row in re.findall(r"<tr>(.*?)</tr>", part, re.S)[1:]]


@pytest.mark.usefixtures("firms")
def test_each_input_names_its_source_and_who_entered_it(
    signed_in: Callable[..., Client],
) -> None:
    part, rows = inputs_of(signed_in("official"))
    assert rows == [
        "2021年 5,554家 年报 · 正常 示范公报 测试writer 录入 2025-03-01 测试checker 核定 2025-03-01",
        "2023年 6,900家 年报 · 正常 示范公报 2024-03 转载数 测试writer 录入 2025-03-01 测试checker 核定 2025-03-01",
    ]
    assert 'href="https://example.invalid/a" rel="noreferrer noopener external"' in part


@pytest.mark.usefixtures("firms")
def test_the_public_sees_when_an_input_was_approved_and_no_name(client: Client) -> None:
    assert inputs_of(client)[1] == [
        "2021年 5,554家 年报 · 正常 示范公报 2025-03-01 核定",
        "2023年 6,900家 年报 · 正常 示范公报 2024-03 转载数 2025-03-01 核定",
    ]
    assert "测试" not in page(client, ADDRESS)


@pytest.mark.usefixtures("firms")
def test_the_record_names_rules_moment_and_digest(client: Client) -> None:
    ProgressSnapshot.objects.update(digest=-2)
    html = page(client, ADDRESS)
    seen = text_of(html[html.index('id="record"') :])
    for words in (
        "数据截至 2025-03-01", "判定规则 第 1 版", "计算时间 2025-03-01 12:00",
        "数据指纹 fffffffffffffffe", "1 个版本的读法", "2022年 → 2026年",
    ):  # fmt: skip
        assert words in seen


def test_the_thresholds_are_those_of_the_verdicts_rules(client: Client, firms: Target) -> None:
    RuleSet.objects.create(
        version=7, on_track=D("0.9"), lagging=D("0.5"), ahead=D("1.1"), about_tolerance=D("0.02"),
        nearly_share=D("0.9"), in_force_from="2024-01-01", review_state="approved",
    )  # fmt: skip
    firms.snapshot.rule_version = 7
    firms.snapshot.save()
    seen = text_of(page(client, ADDRESS))
    assert "进度不低于 90% 为符合预期（不低于 110% 为快于预期），50% 到 90%" in seen
    assert "第 7 版" in seen


@pytest.mark.parametrize(
    ("meaning", "words"),
    [
        ({"path": "compound"}, "进度 = 实际年均增速 ÷ 达到目标所需的年均增速（绝对值）。"),
        ({"measure": "growth"}, "进度 = 实际增速 ÷ 目标增速。"),
        ({"tolerance": D(20)}, "允差 20家。"),
        ({"binding": "binding"}, "约束性"),
    ],
)
def test_the_formula_follows_the_reading(
    client: Client, firms: Target, meaning: dict[str, Any], words: str
) -> None:
    firms.versions.update(**meaning)
    assert words in text_of(page(client, ADDRESS))


def test_a_stale_verdict_says_it_is_being_updated(client: Client, firms: Target) -> None:
    assert "更新中" not in text_of(page(client, ADDRESS))
    make.stale(firms)
    assert "更新中" in text_of(page(client, ADDRESS))


def test_a_target_without_a_verdict_says_so(client: Client) -> None:
    make.promise("firms")
    seen = text_of(page(client, ADDRESS))
    assert "正在计算" in seen
    assert "结论正在计算，稍后刷新本页即可看到。" in seen


def test_a_target_without_data_says_who_can_fill_it(
    client: Client, signed_in: Callable[..., Client]
) -> None:
    about = make.indicator("BLANK", source="示范统计局", release_month=5)
    make.promise("firms", "no_data", indicator=about)
    seen = text_of(page(client, ADDRESS))
    assert "可由示范局补充。 数据来源：示范统计局。通常在每年 5 月发布。" in seen
    assert "录入实绩" not in seen
    link = "?indicator=BLANK&amp;region=370200&amp;period=2024"
    assert page(signed_in("analyst"), ADDRESS).count(link) == 1


@pytest.mark.parametrize(
    ("attained", "words"),
    [(True, "实绩已满足目标"), (False, "实绩还没有满足目标"), (None, "不能判断是否满足目标")],
)
def test_the_comparison_has_three_answers(
    client: Client, firms: Target, attained: bool | None, words: str
) -> None:
    firms.snapshot.attained = attained
    firms.snapshot.save()
    assert words in text_of(page(client, ADDRESS))


def test_zero_is_a_figure_and_not_a_blank(client: Client, firms: Target) -> None:
    for name in ("actual", "completion", "share_done", "gap", "baseline_value"):
        setattr(firms.snapshot, name, D(0))
    firms.snapshot.save()
    seen = text_of(page(client, ADDRESS))
    for words in ("实绩 0家", "完成率 0%", "基期 0家", "与目标的差距 0家"):
        assert words in seen
    assert "暂无数据" not in seen


def test_parts_and_head_lead_to_each_other(client: Client) -> None:
    head = make.promise("head")
    make.snapshot(head, "attained", "green", promise_status="missed", promise_light="red")
    make.promise("part", "missed", part_of=head)
    seen = text_of(page(client, "/targets/plan/head/"))
    assert "整项承诺（含并列部分）： 未完成" in seen
    assert "其中：目标part" in seen
    assert 'href="/targets/plan/head/"' in page(client, "/targets/plan/part/")


def test_earlier_and_later_promises_stand_in_a_line(client: Client) -> None:
    first = make.promise(
        "a", "attained", of=make.document("d22"), meaning={"value": D(350), "period_end": "2022"}
    )
    second = make.promise(
        "b", "missed", of=make.document("d24"), succeeds=first, meaning={"value": D(700)}
    )
    third = make.promise(
        "c", "no_data", of=make.document("d28"), succeeds=second,
        meaning={"value": D(700), "period_end": "2028"},
    )  # fmt: skip
    fourth = make.promise(
        "d", of=make.document("d29"), succeeds=third, indicator=make.indicator("NEW"),
        meaning={"value": D(600), "period_end": ""},
    )  # fmt: skip
    make.promise("stranger", "attained", of=make.document("d22"))
    line = line_of(third)
    assert [link.version.target for link in line] == [first, second, third, fourth]
    assert [link.relation for link in line] == ["", "提高", "重申", "降低"]
    assert [link.is_this for link in line] == [False, False, True, False]
    html = page(client, "/targets/d28/c/")
    assert "本项" in text_of(html[html.index('id="line"') :])


def test_a_promise_alone_has_no_line() -> None:
    assert line_of(make.promise("alone", "attained")) == []


def test_earlier_readings_stay_visible(client: Client, firms: Target) -> None:
    make.version(
        firms, value=D(8000), superseded_at=make.NOW, effective_at=make.NOW - timedelta(days=9)
    )
    firms.versions.filter(superseded_at=None).update(
        change="corrected", reason="读法有误", supersedes=firms.versions.get(value=8000)
    )
    make.version(firms, value=D(7777), review_state="draft", approved_by=None, approved_at=None)
    html = page(client, ADDRESS)
    seen = text_of(html[html.index('id="record"') :])
    assert "2 个版本的读法" in seen
    assert "突破 8,000家，2024年 文件写明" in seen
    assert "目标值 8,000家 → 10,000家" in seen
    assert "更正读法" in seen
    assert "读法有误" in seen
    assert "2025-03-01 被取代" in seen
    assert "7,777" not in seen


@pytest.mark.parametrize("address", ["/targets/plan/nothing/", "/targets/other/firms/"])
@pytest.mark.usefixtures("firms")
def test_an_unknown_target_is_404(client: Client, address: str) -> None:
    make.document("other")
    assert client.get(address).status_code == 404


def test_a_target_without_an_approved_reading_is_404_in_words(client: Client) -> None:
    found = make.target("draft")
    make.version(found, review_state="draft", approved_by=None, approved_at=None)
    response = client.get("/targets/plan/draft/")
    assert response.status_code == 404
    assert "这项目标还没有经过核定的读法。" in text_of(response.content.decode())


def test_the_list_shows_parts_below_heads_and_filters(client: Client) -> None:
    head = make.promise("head", "missed")
    make.promise("part", "missed", part_of=head)
    make.promise("fine", "attained")
    html = page(client, "/targets/?light=red")
    seen = text_of(html)
    assert "目标head" in seen
    assert "其中：目标part" in seen
    assert "目标fine" not in seen
    assert "1 项目标。" in seen


def test_the_list_is_sorted_as_asked(client: Client) -> None:
    make.promise("late", "attained", meaning={"period_end": "2028"})
    make.promise("soon", "attained", meaning={"period_end": "2023"})
    found = re.findall(
        r'<th scope="row"><a [^>]+>(.*?)</a>', page(client, "/targets/?sort=deadline")
    )
    assert found == ["目标soon", "目标late"]


def test_another_region_than_the_documents_is_named(client: Client) -> None:
    make.promise("far", "missed", region=make.region("370202", "示范区", "district"))
    assert "2024年 · 示范区" in text_of(page(client, "/targets/"))


def test_an_empty_list_and_an_empty_choice_are_told_apart(client: Client) -> None:
    assert "还没有装入任何目标。" in text_of(page(client, "/targets/"))
    make.promise("firms", "missed")
    assert "没有符合筛选条件的目标。" in text_of(page(client, "/targets/?light=green"))


@pytest.mark.parametrize("query", ["sort=name", "status=x", "light=x", "page=0"])
def test_an_unknown_choice_is_404(client: Client, query: str) -> None:
    make.promise("firms", "missed")
    assert client.get(f"/targets/?{query}").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_with_one_and_with_three(
    number: int, django_assert_num_queries: Any, client: Client
) -> None:
    for n in range(number):
        head = make.promise(f"t{n}", "missed", of=make.document(f"d{n}"))
        make.promise(f"p{n}", "missed", of=make.document(f"d{n}"), part_of=head)
    with django_assert_num_queries(3):
        assert client.get("/targets/").status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_a_target_costs_the_same_with_one_and_with_three(
    number: int, firms: Target, django_assert_num_queries: Any, client: Client
) -> None:
    for n in range(number):
        make.promise(f"p{n}", "missed", part_of=firms)
        make.promise(f"s{n}", "missed", succeeds=firms)
        make.version(firms, superseded_at=make.NOW)
        firms.snapshot.inputs += [make.observation(firms.indicator, f"{2010 + n}", "5").pk]
    firms.snapshot.save()
    with django_assert_num_queries(7):
        assert client.get(ADDRESS).status_code == 200
