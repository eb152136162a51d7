"""The pages of doubts and of their rules: who sees what, a test before saving, two editors."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from indicators.models import Indicator, PlausibilityRule
from indicators.plausibility import RULES
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db
_READ = re.compile('FROM "indicators_(observation|plausibilityrule|indicator|region)"')


@pytest.fixture
def reviewer() -> User:
    return b.person("reviewer", "reviewer")


@pytest.fixture
def client_of_reviewer(reviewer: User) -> Client:
    return b.client_of(reviewer)


def grown(code: str = "FIRMS", **facts: Any) -> Indicator:
    """An indicator whose value of 2024 has more than doubled."""
    of = b.indicator(code, **facts)
    b.actual(of, "1000", "2023")
    b.actual(of, "2500", "2024")
    return of


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def test_doubts_are_listed_with_both_numbers_and_the_way_to_the_value(
    client_of_reviewer: Client,
) -> None:
    of = grown()
    response = client_of_reviewer.get(reverse("doubts"))
    page = text_of(response)

    [odd] = response.context["page"]
    assert f'href="{reverse("entry", args=(odd.row.pk,))}"' in page
    assert "上期1,000家，本期2,500家，是上期的2.50倍" in page
    assert f"{of.name} · 青岛市 · 2024年" in page
    assert "有 1 处疑点" in page
    assert "共检查了 2 个数" in page


def test_doubts_are_filtered_by_rule_and_by_indicator(client_of_reviewer: Client) -> None:
    grown("A")
    other = grown("B")
    b.actual(other, "2500", "2025")

    def told(**query: str) -> list[tuple[str, str]]:
        rows = client_of_reviewer.get(reverse("doubts"), query).context["page"]
        return [(odd.row.indicator.code, odd.issue.code) for odd in rows]

    assert told() == [("A", "jump"), ("B", "jump"), ("B", "same_as_last_year")]
    assert told(rule="jump") == [("A", "jump"), ("B", "jump")]
    assert told(indicator="B") == [("B", "jump"), ("B", "same_as_last_year")]
    assert told(rule="same_as_last_year", indicator="A") == []
    assert told(rule="of_no_rule") == told(indicator="NONE") == []


def test_no_doubt_is_said_in_words(client_of_reviewer: Client) -> None:
    assert "没有发现疑点" in text_of(client_of_reviewer.get(reverse("doubts")))


def test_an_analyst_sees_the_doubts_of_the_own_indicators_alone() -> None:
    bureau = b.department("bureau")
    grown("MINE", at=bureau)
    grown("THEIRS", at=b.department("stranger"))
    client = b.client_of(b.person("analyst", "analyst", at=bureau))

    rows = client.get(reverse("doubts")).context["page"]
    assert [odd.row.indicator.code for odd in rows] == ["MINE"]


def test_markup_in_a_name_is_shown_as_text(client_of_reviewer: Client) -> None:
    of = grown(name="<b>指标</b>")
    b.actual(of, "9", "2022", key="s-1", review_state="draft")
    page = text_of(client_of_reviewer.get(reverse("doubts")))

    assert "<b>指标</b>" not in page
    assert "&lt;b&gt;指标&lt;/b&gt;" in page


@pytest.mark.parametrize("name", ["doubts", "doubt_rules"])
def test_lists_cost_the_same_queries_with_one_and_three_rows(
    name: str, client_of_reviewer: Client
) -> None:
    counts = []
    for place in range(3):
        of = grown(f"I{place}")
        PlausibilityRule.objects.create(code="jump", indicator=of, severity="hint")
        client_of_reviewer.get(reverse(name))
        with CaptureQueriesContext(connection) as queries:
            client_of_reviewer.get(reverse(name))
        counts.append(len(queries))
        own = [query for query in queries if _READ.search(query["sql"])]
    # The rules alone; rows, five around them, and the indicators of the filter.
    assert len(own) == {"doubts": 7, "doubt_rules": 1}[name]
    assert len(set(counts)) == 1


def test_a_look_at_very_many_rows_says_that_it_is_not_all(
    client_of_reviewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown()
    monkeypatch.setattr("indicators.doubts.stored.MOST_ROWS", 2)
    monkeypatch.setattr("indicators.views.doubts.MOST_ROWS", 2)
    assert "请先选择一个指标" in text_of(client_of_reviewer.get(reverse("doubts")))


def test_the_list_of_rules_shows_each_with_its_sentence_and_figures(
    client_of_reviewer: Client,
) -> None:
    of = b.indicator()
    PlausibilityRule.objects.create(code="jump", severity="hint", parameters={"factor": "7"})
    PlausibilityRule.objects.create(code="negative", severity="error", is_active=False)
    PlausibilityRule.objects.create(code="jump", indicator=of, severity="error", is_active=False)
    page = text_of(client_of_reviewer.get(reverse("doubt_rules")))

    for rule in RULES.values():
        assert rule.name_zh in page
        assert reverse("doubt_rule", args=(rule.code,)) in page
    assert "与上期相比没有突变" in page
    assert "<dd>7</dd>" in page
    assert "已停用" in page
    assert f"{reverse('doubt_rule', args=('jump',))}?indicator=FIRMS" in page


@pytest.mark.parametrize("code", RULES)
def test_every_rule_opens_with_its_default(code: str, client_of_reviewer: Client) -> None:
    b.indicator()
    response = client_of_reviewer.get(reverse("doubt_rule", args=(code,)))

    assert response.status_code == 200
    assert RULES[code].zh in text_of(response)
    assert response.context["form"].initial["version"] is None


@pytest.mark.parametrize("address", ["/actuals/doubts/rules/none/", "?indicator=NONE"])
def test_an_unknown_rule_or_indicator_is_not_found(
    address: str, client_of_reviewer: Client
) -> None:
    url = address if address.startswith("/") else reverse("doubt_rule", args=("jump",)) + address
    assert client_of_reviewer.get(url).status_code == 404


def test_only_who_may_change_rules_opens_them(client: Client) -> None:
    analyst = b.client_of(b.person("analyst", "analyst", at=b.department()))
    for name, arguments in (("doubt_rules", ()), ("doubt_rule", ("jump",))):
        assert analyst.get(reverse(name, args=arguments)).status_code == 403
        assert client.get(reverse(name, args=arguments)).status_code == 302
    url = reverse("doubt_rule", args=("jump",))
    assert analyst.post(url, filled(then="save", reason="试试")).status_code == 403
    assert PlausibilityRule.objects.count() == 0


def filled(**facts: str) -> dict[str, str]:
    """The form of the jump rule as it is posted."""
    return {
        "severity": "warning", "is_active": "on", "parameter_factor": "2",
        "parameter_longest": "5", "parameter_known": "4", "parameter_spread": "5",
        "parameter_least": "0.25", **facts,
    }  # fmt: skip


def post(client: Client, code: str = "jump", query: str = "", **facts: str) -> HttpResponse:
    return client.post(reverse("doubt_rule", args=(code,)) + query, filled(**facts))


def test_a_test_shows_the_difference_and_saves_nothing(client_of_reviewer: Client) -> None:
    grown("A")
    of = b.indicator("B")
    b.actual(of, "100", "2023")
    b.actual(of, "390", "2024")
    response = post(client_of_reviewer, then="test", parameter_factor="3")

    tested = response.context["tested"]
    assert (tested["looked"], tested["now"], tested["then"], tested["differ"]) == (4, 2, 1, 1)
    first, second = tested["rows"]
    assert (first.row.indicator.code, first.then) == ("A", None)
    assert (second.row.indicator.code, second.differs) == ("B", False)
    page = text_of(response)
    assert "检查了 4 个数：现在提示 2 处，改后提示 1 处，其中 1 处不同" in page
    assert "上期1,000家，本期2,500家" in page
    assert PlausibilityRule.objects.count() == 0
    assert b.events() == []


def test_a_test_for_one_indicator_looks_at_that_alone(client_of_reviewer: Client) -> None:
    grown("A")
    grown("B")
    response = post(client_of_reviewer, query="?indicator=B", then="test", severity="error")

    tested = response.context["tested"]
    assert (tested["looked"], tested["now"], tested["then"], tested["differ"]) == (2, 1, 1, 1)
    [row] = tested["rows"]
    assert (row.now.issue.severity.value, row.then.issue.severity.value) == ("warning", "error")


def test_a_long_outcome_is_cut_and_says_so(
    client_of_reviewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indicators.views.doubtrules.SHOWN", 1)
    grown("A")
    grown("B")
    assert "另有 1 处没有列出" in text_of(post(client_of_reviewer, then="test"))


def trial(**facts: str) -> dict[str, str]:
    return {
        "then": "try", "try-indicator": "FIRMS", "try-region": "370200", "try-period": "2025",
        "try-value": "5001", **facts,
    }  # fmt: skip


def test_a_value_can_be_tried_on_the_edited_rule(client_of_reviewer: Client) -> None:
    grown()
    page = text_of(post(client_of_reviewer, **trial()))
    assert "上期2,500家，本期5,001家" in page
    assert "本规则" in page

    assert "对这个数没有提示" in text_of(post(client_of_reviewer, **trial(parameter_factor="3")))
    other = text_of(post(client_of_reviewer, **trial(**{"try-value": "-5"})))
    assert "-5家是负数" in other


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"try-value": "八千左右"}, "八千左右"),
        ({"try-value": "5亿元"}, "单位“元”与指标的计量单位“家”不同"),
        ({"try-value": ""}, "这个字段是必填项"),
        ({"try-period": "某年"}, "不是报告期"),
        ({"try-indicator": "NONE"}, "选择一个有效的选项"),
        ({"try-region": ""}, "这个字段是必填项"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused_in_words(
    facts: dict[str, str], words: str, client_of_reviewer: Client
) -> None:
    grown()
    response = post(client_of_reviewer, **trial(**facts))

    assert response.status_code == 400
    assert words in text_of(response)


def test_saving_takes_effect_at_once(client_of_reviewer: Client) -> None:
    grown()
    response = post(
        client_of_reviewer, then="save", parameter_factor="3", reason="波动大", version=""
    )
    assert response.status_code == 302
    assert response.url == reverse("doubt_rules")
    assert PlausibilityRule.objects.get().parameters["factor"] == "3"
    assert list(client_of_reviewer.get(reverse("doubts")).context["page"]) == []


def test_saving_for_one_indicator_leaves_the_others(client_of_reviewer: Client) -> None:
    grown("A")
    grown("B")
    post(client_of_reviewer, query="?indicator=B", then="save", reason="另有口径", is_active="")

    assert PlausibilityRule.objects.get().indicator.code == "B"
    rows = client_of_reviewer.get(reverse("doubts")).context["page"]
    assert [odd.row.indicator.code for odd in rows] == ["A"]


def test_an_indicator_without_its_own_setting_starts_from_the_one_for_all(
    client_of_reviewer: Client,
) -> None:
    b.indicator()
    PlausibilityRule.objects.create(code="jump", severity="hint", parameters={"factor": "7"})
    url = reverse("doubt_rule", args=("jump",)) + "?indicator=FIRMS"
    initial = client_of_reviewer.get(url).context["form"].initial

    assert (initial["severity"], initial["parameter_factor"]) == ("hint", "7")
    assert initial["version"] is None


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"reason": ""}, "请写明理由"),
        ({"reason": "改", "parameter_factor": "0"}, "每期不超过上期的倍数：不能小于1.01。"),
        ({"reason": "改", "parameter_known": "2.5"}, "须是整数"),
        ({"reason": "改", "severity": "deadly"}, "选择一个有效的选项"),
    ],
)
def test_what_cannot_be_saved_comes_back_filled(
    facts: dict[str, str], words: str, client_of_reviewer: Client
) -> None:
    response = post(client_of_reviewer, then="save", parameter_least="0.3", **facts)

    assert response.status_code == 400
    assert words in text_of(response)
    assert 'value="0.3"' in text_of(response)
    assert PlausibilityRule.objects.count() == 0


def test_bounds_and_pairs_are_checked_as_a_whole(client_of_reviewer: Client) -> None:
    url = reverse("doubt_rule", args=("out_of_bounds",))
    data = {"then": "save", "severity": "error", "is_active": "on", "reason": "设限"}
    wrong = client_of_reviewer.post(url, {**data, "parameter_min": "5", "parameter_max": "4"})
    assert "下限不能高于上限" in text_of(wrong)
    assert client_of_reviewer.post(url, {**data, "parameter_min": "0"}).status_code == 302

    url = reverse("doubt_rule", args=("part_over_whole",))
    wrong = client_of_reviewer.post(url, {**data, "parameter_pairs": "A <= B"})
    assert "没有代码为 A、B 的指标" in text_of(wrong)
    assert "A &lt;= B" in text_of(wrong)


def test_second_editor_gets_409_with_the_other_setting_and_may_choose(
    client_of_reviewer: Client,
) -> None:
    row = PlausibilityRule.objects.create(
        code="jump", severity="hint", parameters={"factor": "7"}, version=2
    )
    response = post(client_of_reviewer, then="save", reason="改", version="1", parameter_factor="3")
    page = text_of(response)

    assert response.status_code == 409
    assert "刚刚被他人修改" in page
    assert "<dd>7</dd>" in page
    assert 'name="version" value="2"' in page
    row.refresh_from_db()
    assert row.parameters["factor"] == "7"
    again = post(client_of_reviewer, then="save", reason="改", version="2", parameter_factor="3")
    assert again.status_code == 302
    row.refresh_from_db()
    assert (row.parameters["factor"], row.version) == ("3", 3)


def test_a_setting_dropped_meanwhile_conflicts_and_may_be_saved_anew(
    client_of_reviewer: Client,
) -> None:
    response = post(client_of_reviewer, then="save", reason="改", version="1")

    assert response.status_code == 409
    assert "刚刚被他人恢复为默认" in text_of(response)
    assert post(client_of_reviewer, then="save", reason="改", version="").status_code == 302


def test_a_setting_can_be_dropped_with_a_reason(client_of_reviewer: Client) -> None:
    PlausibilityRule.objects.create(code="jump", severity="hint", version=3)

    refused = post(client_of_reviewer, then="drop", version="3")
    assert (refused.status_code, PlausibilityRule.objects.count()) == (400, 1)
    stale = post(client_of_reviewer, then="drop", version="2", reason="不再需要")
    assert (stale.status_code, PlausibilityRule.objects.count()) == (409, 1)
    done = post(client_of_reviewer, then="drop", version="3", reason="不再需要")
    assert (done.status_code, PlausibilityRule.objects.count()) == (302, 0)
    assert b.events() == ["indicators.drop_doubt_rule"]
    assert post(client_of_reviewer, then="drop", version="3", reason="再来").status_code == 404


def test_a_stored_setting_of_an_older_day_opens_with_the_default(
    client_of_reviewer: Client,
) -> None:
    PlausibilityRule.objects.create(code="jump", severity="hint", parameters={"gone": "1"})
    initial = client_of_reviewer.get(reverse("doubt_rule", args=("jump",))).context["form"].initial

    assert (initial["severity"], initial["parameter_factor"]) == ("hint", "2")


def test_the_pages_speak_english(client_of_reviewer: Client) -> None:
    grown()
    client_of_reviewer.cookies["django_language"] = "en"
    assert "1,000家 before, 2,500家 now" in text_of(client_of_reviewer.get(reverse("doubts")))
    rules = text_of(client_of_reviewer.get(reverse("doubt_rules")))
    assert "A share is at most 100 %." in rules
    rule = text_of(client_of_reviewer.get(reverse("doubt_rule", args=("jump",))))
    assert "Factor a period" in rule
