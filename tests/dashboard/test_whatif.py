"""The what-if page: another actual, goal or path, and what becomes of the verdict."""

from __future__ import annotations

import string
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qdpolicy.dashboard.whatif_form import GOAL_FIELDS
from targets.models import ProgressSnapshot, Target
from targets.recompute import recompute
from tests.dashboard import builders as make
from tests.dashboard.builders import page, text_of

pytestmark = pytest.mark.django_db
D = Decimal
ADDRESS = "/targets/plan/firms/what-if/"


@pytest.fixture
def firms() -> Target:
    """9000 firms and more by 2030, from 5554 in 2021; 6900 in 2023."""
    found = make.target("firms")
    make.version(
        found, value=D(9000), comparator="more_than", period_start="2022", period_end="2030",
        baseline_period="2021", baseline_provenance="observed",
    )  # fmt: skip
    make.observation(found.indicator, "2021", "5554")
    make.observation(found.indicator, "2023", "6900")
    return found


def ask(client: Client, **query: str) -> Any:
    response = client.get(ADDRESS, {name.replace("__", "-"): v for name, v in query.items()})
    assert response.status_code == 200
    return response


def errors(response: Any) -> dict[str, list[str]]:
    return dict(response.context["form"].errors)


def stored() -> dict[str, list[Any]]:
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values_list())
        for model in apps.get_models()
        if model._meta.app_label in ("accounts", "indicators", "targets", "programs")
    }


@pytest.mark.usefixtures("firms")
def test_without_a_change_both_sides_are_the_same(client: Client) -> None:
    response = ask(client)
    assert errors(response) == {}
    assert response.context["changes"] == []
    assert not any(line.changed for line in response.context["lines"])
    assert "还没有改动，两边相同。" in response.content.decode()


def test_now_is_the_verdict_that_recompute_stores(client: Client, firms: Target) -> None:
    recompute([firms], as_of=timezone.localdate(), now=timezone.now())
    shown, kept = ask(client).context["now"].snapshot, ProgressSnapshot.objects.get()
    for name in ("status", "light", "actual", "pace", "completion", "gap", "reasons", "flags"):
        assert getattr(shown, name) == getattr(kept, name), name


@pytest.mark.usefixtures("firms")
def test_another_actual_changes_verdict_and_reason(client: Client) -> None:
    response = ask(client, actual__2023="9,500家")
    assert response.context["then"].snapshot.status == "attained"
    seen = text_of(response.content.decode())
    assert "2023年实绩：6,900家 → 9,500家" in seen
    assert "2023年实绩 9,500家，满足“突破 9,000家”，所以是“提前完成”。" in seen
    assert "结论由“" in seen
    assert "”变为“提前完成”" in seen
    assert "9,500家（2023年） （有变化）" in seen


@pytest.mark.parametrize(
    ("query", "field", "now", "then"),
    [
        ({"value": "0.8万"}, "目标", "突破 9,000家", "突破 8,000家"),
        ({"comparator": "about"}, "目标", "突破 9,000家", "9,000家左右"),
        ({"comparator": "between", "upper": "9500"}, "目标", "突破 9,000家", "9,000家至 9,500家"),
        ({"tolerance": "0"}, "允差", "—", "0家"),
        ({"period_end": "2028年"}, "期限", "2030年", "2028年"),
        ({"period_end": ""}, "期限", "2030年", "未注明期限"),
        ({"path": "compound"}, "路径", "直线", "复合增长"),
        ({"milestones": "2025：7000；2027：8000"}, "节点值", "—", "2025年 7,000家；2027年 8,000家"),
        ({"baseline_value": "6000"}, "基期", "—（2021年）", "6,000家（2021年）"),
        ({"baseline_period": ""}, "基期", "—（2021年）", "—"),
        ({"as_of": "2022-06-30"}, "以哪一天为准", None, "2022-06-30"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("firms")
def test_each_field_of_the_goal_can_be_changed(
    client: Client, query: dict[str, str], field: str, now: str | None, then: str
) -> None:
    response = ask(client, **query)
    assert errors(response) == {}
    lines = {line.label: line for line in response.context["changes"]}
    assert lines[field].then == then
    assert lines[field].now == (now or timezone.localdate().isoformat())


@pytest.mark.usefixtures("firms")
def test_the_path_changes_what_is_expected_now(client: Client) -> None:
    linear = ask(client).context["then"].snapshot
    compound = ask(client, path="compound").context["then"].snapshot
    assert compound.expected_now < linear.expected_now
    assert compound.pace != linear.pace
    kept = ask(client, path="milestones", milestones="2023：8000").context["then"].snapshot
    assert kept.expected_now == D(8000)


@pytest.mark.usefixtures("firms")
def test_an_earlier_day_leaves_later_actuals_out(client: Client) -> None:
    response = ask(client, as_of="2022-12-31")
    assert response.context["then"].snapshot.actual == D(5554)
    assert response.context["now"].snapshot.actual == D(6900)


@pytest.mark.usefixtures("firms")
def test_a_blank_actual_is_taken_out_and_a_new_one_put_in(client: Client) -> None:
    response = ask(client, actual__2023="", new1="9100", new1__period="2024年")
    assert response.context["then"].snapshot.actual == D(9100)
    assert [(line.label, line.now, line.then) for line in response.context["changes"]] == [
        ("2023年实绩", "6,900家", "没有数"),
        ("2024年实绩", "没有数", "9,100家"),
    ]


@pytest.mark.usefixtures("firms")
def test_a_bound_proves_what_it_can(client: Client) -> None:
    by_choice = ask(client, actual__2023="9000", actual__2023__qualifier="above")
    by_words = ask(client, actual__2023="超过9000")
    for response in (by_choice, by_words):
        assert response.context["then"].snapshot.status == "attained"
        assert response.context["changes"][0].then == "超过 9,000家"
    assert ask(client, actual__2023="9000").context["then"].snapshot.attained is False


def test_a_figure_that_is_withheld_stays_so_unless_one_is_typed(
    client: Client, firms: Target
) -> None:
    make.observation(firms.indicator, "2024", None, obs_status="Q", note="保密")
    response = ask(client)
    assert (errors(response), response.context["changes"]) == ({}, [])
    assert ask(client, actual__2024="9500").context["then"].snapshot.status == "attained"


def test_an_untouched_actual_keeps_what_is_known_of_it(client: Client, firms: Target) -> None:
    make.observation(firms.indicator, "2024", "7000", obs_status="P")
    assert "provisional" in ask(client, value="8000").context["then"].snapshot.flags
    assert "provisional" not in ask(client, actual__2024="7001").context["then"].snapshot.flags


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ({"value": "八千左右"}, "value", "“八千左右”不是确切的数值"),
        ({"value": ""}, "value", "必填项"),
        ({"value": "1e400"}, "value", "不接受科学计数法"),
        ({"value": "10^300"}, "value", "不接受科学计数法"),
        ({"value": "NaN"}, "value", "数值必须是有限的数"),
        ({"value": "9" * 30}, "value", "数值超出可保存的范围"),
        ({"value": "9" * 61}, "value", "60"),
        ({"value": "700亿元"}, "value", "与指标的计量单位"),
        ({"actual__2023": "Infinity"}, "actual-2023", "数值必须是有限的数"),
        ({"actual__2023__qualifier": "perhaps"}, "actual-2023-qualifier", "选择一个有效的选项"),
        ({"comparator": "roughly"}, "comparator", "选择一个有效的选项"),
        ({"comparator": "between"}, "upper", "“目标上限”不成立"),
        ({"comparator": "between", "upper": "8000"}, "upper", "“目标上限”不成立"),
        ({"tolerance": "-1"}, "tolerance", "“容差”不成立"),
        ({"period_end": "明年"}, "period_end", "“明年”不是报告期"),
        ({"period_end": "2020"}, "period_end", "“起始期”不成立"),
        ({"path": "seasonal"}, "path", "“季节分布”不成立"),
        ({"milestones": "2025"}, "milestones", "每个节点请写成"),
        ({"milestones": "2025："}, "milestones", "必填项"),
        ({"milestones": "：5"}, "milestones", "必填项"),
        ({"milestones": "2025：很多"}, "milestones", "不是数值"),
        ({"milestones": "某年：5"}, "milestones", "“某年”不是报告期"),
        ({"baseline_provenance": "stated"}, "baseline_value", "要写出基期值"),
        ({"as_of": "昨天"}, "as_of", "请写成 2025-06-30"),
        ({"new1": "5"}, "new1-period", "请写明是哪一期的数"),
        ({"new1__period": "2024"}, "new1", "请填写这一期的数值"),
        ({"new1__period": "2023", "new1": "5"}, "new1-period", "这一期已经有数"),
        ({"new1__period": "某年", "new1": "5"}, "new1-period", "不是报告期"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("firms")
def test_what_cannot_be_read_is_said_at_its_field_and_nothing_is_lost(
    client: Client, query: dict[str, str], field: str, words: str
) -> None:
    response = ask(client, **{"tolerance": "12", **query, "actual__2021": "5,555"})
    found = errors(response)
    assert list(found) == [field], found
    assert words in " ".join(found[field])
    html = response.content.decode()
    assert "还不能试算" in html
    assert 'value="5,555"' in html
    assert 'aria-invalid="true"' in html
    assert "then" not in response.context


@pytest.mark.usefixtures("firms")
def test_errors_in_english(client: Client) -> None:
    client.cookies["django_language"] = "en"
    response = ask(client, value="八千左右", period_end="2020-13")
    assert errors(response)["value"] == ["Not an exact number; enter the figure."]
    assert "is not a reference period" in errors(response)["period_end"][0]


@pytest.mark.usefixtures("firms")
def test_a_part_of_an_address_is_a_permalink(client: Client) -> None:
    whole = ask(client, value="8000").context["form"].data
    assert set(GOAL_FIELDS) <= set(whole)
    again = client.get(f"{ADDRESS}?{urlencode(whole)}")
    assert (
        again.context["then"].snapshot.pace
        == ask(client, value="8000").context["then"].snapshot.pace
    )
    assert [line.label for line in again.context["changes"]] == ["目标"]


@pytest.mark.usefixtures("firms")
def test_how_much_it_takes_and_the_way_to_try_it(client: Client) -> None:
    assert "needed" not in ask(client).context
    response = ask(client, solve="1")
    assert response.context["needed"] == "2030年须超过 9,000家，才算达标；正好这个数还不算。"
    link = response.context["fill_in"]
    query = parse_qs(urlsplit(link).query)
    assert (query["actual-2030"], query["as_of"]) == (["9001"], ["2030-12-31"])
    assert "solve" not in query
    assert client.get(ADDRESS + link).context["then"].snapshot.status == "attained"
    query["actual-2030"] = ["9000"]
    less = client.get(f"{ADDRESS}?{urlencode(query, doseq=True)}")
    assert less.context["then"].snapshot.status == "missed"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"comparator": "at_least"}, "2030年至少须达到 9,000家，才算达标。"),
        ({"comparator": "at_most"}, "2030年至多可为 9,000家，才算达标。"),
        ({"comparator": "less_than"}, "2030年须低于 9,000家，才算达标；正好这个数还不算。"),
        ({"comparator": "equals"}, "2030年须恰好是 9,000家，才算达标。"),
        ({"comparator": "about"}, "2030年至少须达到 8,820家，才算达标。"),
        ({"comparator": "nearly", "value": "100"}, "2030年至少须达到 90家，才算达标。"),
    ],
)
@pytest.mark.usefixtures("firms")
def test_how_much_it_takes_by_comparator(client: Client, query: dict[str, str], words: str) -> None:
    assert ask(client, solve="1", **query).context["needed"] == words


def test_how_much_it_takes_of_a_band(client: Client) -> None:
    kept = make.target("firms")
    make.version(kept, value=D(100), comparator="about", direction="maintain", period_end="2030")
    assert ask(client, solve="1").context["needed"] == ("2030年须在 98家 与 102家 之间，才算达标。")


def test_how_much_it_takes_of_a_sum_has_no_single_figure(client: Client) -> None:
    about = make.indicator("NEW", accumulation="flow")
    added = make.target("firms", indicator=about)
    make.version(added, measure="increment", value=D(700), period_end="2024",
                 comparator="at_least")  # fmt: skip
    response = ask(client, solve="1")
    assert response.context["needed"] == "2024年至少须达到 700家，才算达标。"
    assert "fill_in" not in response.context


def test_how_much_it_takes_where_nothing_single_decides(client: Client) -> None:
    average = make.target("firms")
    make.version(
        average, measure="average_growth", value=D(10), unit=make.unit("percent"),
        comparator="at_least", period_start="2022", period_end="2026",
    )  # fmt: skip
    response = ask(client, solve="1")
    assert response.context["unsolved"] is True
    assert "给不出这个数" in response.content.decode()


def test_published_rates_of_growth_can_be_changed(client: Client) -> None:
    about = make.indicator("RD", unit=make.unit("yi"), accumulation="flow")
    rate = make.indicator("RD_G", unit=make.unit("percent"), kind="rate", rate_of=about)
    growth = make.target("firms", indicator=about)
    make.version(growth, measure="growth", value=D(11), unit=make.unit("percent"),
                 comparator="at_least", period_end="2024")  # fmt: skip
    make.observation(rate, "2024", "10.5")
    response = ask(client, rate__2024="11")
    assert response.context["now"].snapshot.status == "missed"
    assert response.context["then"].snapshot.status == "attained"
    (line,) = response.context["changes"]
    assert (line.label, line.now, line.then) == ("2024年公布的增速", "10.5%", "11%")
    assert "2024年须" not in response.content.decode()
    words = ask(client, solve="1").context["needed"]
    assert words == "2024年至少须达到 11%，才算达标。"


def test_a_multiple_has_its_baseline_in_the_unit_of_the_indicator(client: Client) -> None:
    double = make.target("firms", indicator=make.indicator("CONTRACT", unit=make.unit("yi")))
    make.version(
        double, measure="multiple", value=D(2), unit=make.unit("bei"), comparator="at_least",
        period_end="2030", baseline_period="2023", baseline_value=D(600),
        baseline_provenance="implied", path="compound",
    )  # fmt: skip
    make.observation(double.indicator, "2024", "709.58")
    response = ask(client, baseline_value="632.37亿元", baseline_provenance="stated", solve="1")
    assert errors(response) == {}
    lines = {line.label: (line.now, line.then) for line in response.context["changes"]}
    assert lines["基期"] == ("600亿元（2023年）", "632.37亿元（2023年）")
    assert lines["基期来源"] == ("由文字推得", "文件写明")
    assert response.context["needed"] == "2030年至少须达到 1,264.74亿元，才算达标。"
    assert ask(client, solve="1").context["unsolved"] is True


def test_a_promise_with_parts_is_judged_as_a_whole(client: Client, firms: Target) -> None:
    double = make.target("double", part_of=firms, indicator=firms.indicator)
    make.version(
        double, measure="multiple", value=D(2), unit=make.unit("bei"), comparator="at_least",
        period_end="2030", baseline_period="2021", baseline_provenance="observed",
    )  # fmt: skip
    response = ask(client, actual__2023="10000")
    then = response.context["then"].snapshot
    assert (then.status, then.promise_status) == ("attained", "on_track")
    assert "整项承诺（含并列部分）" in text_of(response.content.decode())
    # The part reads the same actuals, so the changed one counts for it as well.
    then = ask(client, actual__2023="12000").context["then"].snapshot
    assert (then.status, then.promise_status) == ("attained", "attained")
    part = client.get("/targets/plan/double/what-if/", {"actual-2023": "12000"})
    assert part.context["then"].snapshot.status == "attained"


def test_only_the_latest_periods_are_offered_and_the_others_still_count(
    client: Client, firms: Target
) -> None:
    for year in range(1990, 2020):
        make.observation(firms.indicator, str(year), str(year))
    response = ask(client, baseline_period="1995")
    names = [name for name in response.context["form"].fields if name.startswith("actual-")]
    assert "actual-1995" not in names
    assert "actual-2030" in names
    assert response.context["then"].snapshot.baseline_value == D(1995)


@pytest.mark.usefixtures("firms")
def test_the_figures_of_a_new_deadline_can_be_filled_in(client: Client) -> None:
    response = ask(client, period_end="2028", actual__2028="9001", as_of="2029-01-31")
    assert response.context["then"].snapshot.status == "attained"


def test_a_target_that_cannot_be_judged_is_not_found(client: Client) -> None:
    assert client.get(ADDRESS).status_code == 404
    found = make.target("firms")
    assert client.get(ADDRESS).status_code == 404
    make.version(found, change="withdrawn", reason="废止")
    response = client.get(ADDRESS)
    assert response.status_code == 404
    assert "没有可以试算的读法" in response.content.decode()


@pytest.mark.usefixtures("firms")
def test_the_page_of_the_target_leads_here(client: Client) -> None:
    assert f'href="{ADDRESS}"' in page(client, "/targets/plan/firms/")


@pytest.mark.usefixtures("firms")
def test_nothing_is_written(client: Client) -> None:
    before = stored()
    ask(client, value="8000", actual__2023="", new1="5", new1__period="2024", solve="1")
    ask(client, value="8000万亿", actual__2023="x")
    assert stored() == before
    assert client.post(ADDRESS, {"value": "1"}).status_code == 405
    assert stored() == before


@pytest.mark.usefixtures("firms")
def test_an_earlier_day_is_judged_by_what_was_known_then(client: Client) -> None:
    late = make.observation(make.indicator("FIRMS"), "2024", "9500")
    late.approved_at = make.NOW.replace(year=2025, month=9)
    late.save(update_fields=["approved_at"])
    assert ask(client).context["now"].snapshot.status == "attained"
    then = client.get(f"/known-on/2025-06-30{ADDRESS}")
    assert then.status_code == 200
    assert then.context["now"].snapshot.actual == D(6900)
    assert then.context["now"].as_of == date(2025, 6, 30)
    assert then.context["changes"] == []


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.usefixtures("firms")
def test_the_page_costs_the_same_queries_for_one_and_three(
    client: Client, firms: Target, django_assert_num_queries: Any, number: int
) -> None:
    for place in range(number):
        part = make.target(f"part{place}", part_of=firms, indicator=make.indicator(f"P{place}"))
        make.version(part, period_end="2030")
        make.observation(part.indicator, "2023", "5")
    with django_assert_num_queries(6):
        ask(client, value="8000", solve="1")


fields = st.sampled_from(
    [
        *GOAL_FIELDS, "actual-2021", "actual-2023", "actual-2023-qualifier", "actual-2030",
        "new1", "new1-period", "new1-qualifier", "new2", "new2-period", "solve", "page", "",
    ]
)  # fmt: skip
odd = st.sampled_from(
    [
        "", "0", "-0", "-1", "1e400", "10^300", "NaN", "Infinity", "八千左右", "9" * 20, "2.2万",
        "超过395亿元", "0.0000000001", "２０２４", "1900", "2200", "2030", "2021", "2022/2024",
        "2024-S1", "2024-02-29", "0001-01-01", "9999-12-31", "compound", "milestones", "seasonal",
        "between", "equals", "less_than", "stated", "implied", "above", "2025：1；2026：2", "；：",
        "\ud800", "万" * 30, "%", "None", "一" * 300,
    ]
)  # fmt: skip
texts = st.one_of(
    odd,
    st.text(st.characters(exclude_characters="\x00", codec="utf-8"), max_size=20),
    st.text(string.digits + ".-万亿", max_size=12),
)


@settings(
    max_examples=80, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(query=st.dictionaries(fields, texts, max_size=6))
def test_a_hostile_address_gets_words_or_a_verdict(
    client: Client, firms: Target, query: dict[str, str]
) -> None:
    address = f"{ADDRESS}?{urlencode(query, errors='surrogatepass')}"
    response = client.get(address)
    assert response.status_code == 200
    found, then = errors(response), response.context.get("then")
    assert (then is None) == bool(found)
    assert all(messages for messages in found.values())
    if then is not None:
        assert then.snapshot.status
        assert response.context["outcome"]
        assert firms.versions.count() == 1
