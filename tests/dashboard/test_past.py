"""The reading pages of an earlier day, in a world where figure, goal and rules changed since."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qdpolicy.dashboard import past
from qdpolicy.dashboard.past import Then
from qdpolicy.dashboard.promises import SORTS, Scope
from qdpolicy.knowledge import Knowledge
from targets.models import RuleSet, Target
from targets.recompute import recompute
from tests.dashboard import builders as make
from tests.dashboard.builders import page, text_of
from tests.work.worlds import shared_world  # noqa: F401 - a fixture

D = Decimal
JUNE, DECEMBER = "/known-on/2024-06-30", "/known-on/2024-12-01"


def noon(day: str) -> datetime:
    """Noon in Shanghai."""
    return datetime.fromisoformat(f"{day}T12:00:00+08:00")


def reading(of: Target, value: str, known: str, until: str = "", **fields: Any) -> None:
    """A reading of "above so many by 2024 from 2021", approved on one day."""
    about: dict[str, Any] = {
        "value": D(value), "baseline_period": "2021", "baseline_provenance": "observed",
        "approved_at": noon(known), "effective_at": noon(known),
        "superseded_at": noon(until) if until else None,
    }  # fmt: skip
    make.version(of, **(about | fields))


def actual(
    of: Any, period: str, value: str | None, known: str, until: str = "", **more: Any
) -> None:
    make.observation(
        of, period, value, approved_at=noon(known), superseded_at=noon(until) if until else None,
        **more,
    )  # fmt: skip


@pytest.fixture
def firms(db: None) -> Target:
    """In June 2024: 7000 of 9000, lagging. In December: 8200 of 8000, attained; new rules in 2025."""
    found = make.target("firms", indicator=make.indicator("FIRMS"))
    actual(found.indicator, "2021", "5000", "2022-03-01")
    actual(found.indicator, "2023", "7000", "2024-03-01", "2024-09-01")
    actual(found.indicator, "2023", "8200", "2024-09-01")
    reading(found, "9000", "2022-01-10", "2024-11-01")
    reading(found, "8000", "2024-11-01", change="adjusted", reason="中期调整理由")
    RuleSet.objects.create(
        version=8, on_track=D("0.7"), lagging=D("0.5"), ahead=D("1.05"), nearly_share=D("0.9"),
        about_tolerance=D("0.02"), in_force_from=date(2025, 1, 1), review_state="approved",
        entered_by=make.user("writer"), entered_at=make.NOW, approved_by=make.user("checker"),
        approved_at=noon("2024-12-20"),
    )  # fmt: skip
    judge()
    return found


def judge() -> None:
    """The verdicts of now, as the worker stores them."""
    targets = list(Target.objects.select_related("indicator__unit"))
    recompute(targets, as_of=timezone.localdate(), now=timezone.now())


def seen(client: Client, address: str) -> str:
    return text_of(page(client, address))


def table(client: Client, address: str) -> str:
    """The words of the first table of a page."""
    html = page(client, address)
    return text_of(html[html.index("<tbody") : html.index("</tbody>")]).strip()


ADDRESS = "/targets/plan/firms/"


@pytest.mark.usefixtures("firms")
def test_the_page_of_a_target_shows_value_goal_rules_and_verdict_of_the_day(client: Client) -> None:
    then, now = seen(client, JUNE + ADDRESS), seen(client, ADDRESS)
    for words in (
        "目标： 突破 9,000家", "实绩： 7,000家", "第 1 版", "进度不低于 95% 为符合预期", "所以是“略有滞后”",
        "1 个版本的读法", "数据截至 2024-06-30", "进度 75%",
    ):  # fmt: skip
        assert words in then, words
        assert words not in now, words
    for words in (
        "所以是“提前完成”", "目标： 突破 8,000家", "实绩： 8,200家", "第 8 版", "进度不低于 70% 为符合预期", "2 个版本的读法",
    ):  # fmt: skip
        assert words in now, words
        assert words not in then, words
    assert "中期调整理由" not in then


@pytest.mark.usefixtures("firms")
def test_a_later_day_knows_the_correction_and_the_new_goal_but_not_the_new_rules(
    client: Client,
) -> None:
    later = seen(client, DECEMBER + ADDRESS)
    for words in ("提前完成", "突破 8,000家", "8,200家", "第 1 版", "2 个版本的读法"):
        assert words in later, words


@pytest.mark.usefixtures("firms")
def test_knowledge_and_verdict_have_days_of_their_own(client: Client) -> None:
    # The correction is known, the goal of then still in force, the year 2023 over or not.
    corrected = seen(client, f"/known-on/2024-10-01/as-of/2024-06-30{ADDRESS}")
    assert "快于预期" in corrected
    assert "8,200家" in corrected
    early = seen(client, f"/known-on/2024-10-01/as-of/2023-06-30{ADDRESS}")
    assert "8,200家" not in early
    assert "2021年 ） 走势" in early or "（2021年）" in early.replace(" ", "")


@pytest.mark.usefixtures("firms")
def test_each_list_has_the_verdict_of_the_day(client: Client) -> None:
    for path in ("/", "/targets/", "/documents/plan/"):
        then, now = (table(client, day + path) for day in (JUNE, ""))
        assert then.startswith("略有滞后 目标firms 突破 9,000家 · 2024年 7,000家 2023年"), path
        assert now.startswith("提前完成 目标firms 突破 8,000家 · 2024年 8,200家 2023年"), path
    assert "1 项目标：1 项略有滞后" in seen(client, JUNE + "/").replace("\u00a0", " ")
    assert "数据截至 2024-06-30，最新实绩 2023年 判定规则第 1 版" in seen(client, JUNE + "/")
    assert lights(client, JUNE + "/documents/") == ["yellow"]
    assert lights(client, "/documents/") == ["green"]
    assert lights(client, JUNE + "/indicators/") == ["yellow"]
    assert lights(client, "/indicators/") == ["green"]


def lights(client: Client, address: str) -> list[str]:
    """The lights of the table of a page."""
    html = page(client, address)
    body = html[html.index("<tbody") : html.index("</tbody>")]
    return re.findall(r'class="light light-([a-z]+)"', body)


@pytest.mark.usefixtures("firms")
def test_light_and_status_filter_by_the_verdicts_of_the_day(client: Client) -> None:
    make.document("other")
    assert "firms" in page(client, f"{JUNE}/targets/?light=yellow")
    assert "没有符合筛选条件的目标" in seen(client, "/targets/?light=yellow")
    assert "没有符合筛选条件的目标" in seen(client, f"{JUNE}/targets/?light=green")
    assert "firms" in page(client, f"{JUNE}/targets/?status=lagging&year=2024&document=plan")
    assert client.get(f"{JUNE}/targets/?document=other").status_code == 404
    assert "需要关注" in seen(client, JUNE + "/")
    assert "需要关注" not in seen(client, "/")


@pytest.mark.usefixtures("firms")
def test_the_page_of_an_indicator_shows_what_was_published_by_then(client: Client) -> None:
    then, now = seen(client, f"{JUNE}/indicators/FIRMS/"), seen(client, "/indicators/FIRMS/")
    assert "7,000家" in then
    assert "8,200家" not in then
    assert "截至2024-06-30" in then
    assert "7,000家" not in now
    assert "8,200家" in now


@pytest.mark.usefixtures("firms")
def test_chart_and_csv_are_those_of_the_day_and_of_one_mind(client: Client) -> None:
    then, now = (client.get(f"{day}/indicators/FIRMS/chart.json") for day in (JUNE, ""))
    assert then["ETag"] != now["ETag"]
    assert 7000 in figures(then.content)
    assert 8200 not in figures(then.content)
    assert 8200 in figures(now.content)
    again = client.get(
        f"{JUNE}/indicators/FIRMS/chart.json", headers={"if-none-match": then["ETag"]}
    )
    assert (again.status_code, again["ETag"]) == (304, then["ETag"])
    csv = client.get(f"{JUNE}/indicators/FIRMS/data.csv").content.decode()
    assert ",7000," in csv
    assert ",8200," not in csv


def figures(body: bytes) -> list[float]:
    return [value for trace in json.loads(body)["data"] for value in trace["y"]]


@pytest.mark.usefixtures("firms")
def test_an_unended_period_is_on_no_page_of_the_day(client: Client) -> None:
    actual(make.indicator("FIRMS"), "2024", "8765", "2024-05-01", vintage="forecast")
    for path in (
        "/indicators/FIRMS/",
        "/indicators/",
        "/regions/",
        "/",
        "/indicators/FIRMS/data.csv",
    ):
        html = client.get(JUNE + path).content.decode()
        assert "8,765" not in html, path
        assert "8765" not in html, path
        assert "7,000" in html or "7000" in html, path
        html = client.get(path).content.decode()
        assert "8,765" in html or "8765" in html, path


@pytest.mark.usefixtures("firms")
def test_the_table_of_regions_compares_what_was_known(client: Client) -> None:
    district = make.region("370202", "示范区", "district", parent=make.region())
    actual(make.indicator("FIRMS"), "2023", "300", "2024-03-01", "2025-01-01", where=district)
    actual(make.indicator("FIRMS"), "2023", "333", "2025-01-01", where=district)
    assert "300家" in seen(client, f"{JUNE}/regions/?indicator=FIRMS")
    assert "333家" in seen(client, "/regions/?indicator=FIRMS")
    assert client.get("/known-on/2022-01-01/regions/?indicator=FIRMS").status_code == 404


@pytest.mark.usefixtures("firms")
def test_drafts_are_not_shown_under_a_day(signed_in: Callable[..., Client]) -> None:
    make.observation(
        make.indicator("FIRMS"), "2022", "6543", review_state="draft", approved_by=None,
        approved_at=None,
    )  # fmt: skip
    client = signed_in("reviewer")
    assert "6,543" in seen(client, "/indicators/FIRMS/")
    assert "6,543" not in seen(client, f"{JUNE}/indicators/FIRMS/")


def test_before_anything_was_approved_the_pages_say_so(client: Client, firms: Target) -> None:
    make.measure("build")
    overview = seen(client, "/known-on/2021-12-31/")
    assert "到 2021-12-31 为止，还没有核定过任何目标。" in overview
    assert "第一次核定在 2022-01-10" in overview
    assert "manage.py" not in overview
    assert "到这一天为止，还没有核定过任何目标。" in seen(client, "/known-on/2021-12-31/targets/")
    assert client.get(f"/known-on/2021-12-31{ADDRESS}").status_code == 404
    assert "还没有核定的实绩" in seen(client, "/known-on/2021-12-31/regions/")
    assert "无量化目标" in seen(client, "/known-on/2021-12-31/documents/")
    assert "没有承诺" in seen(client, "/known-on/2021-12-31/indicators/")
    # Only the verdict of today says that it is about to change.
    make.stale(firms)
    assert "更新中" in seen(client, ADDRESS)
    assert "更新中" not in seen(client, JUNE + ADDRESS)
    assert "更新中" in seen(client, "/indicators/FIRMS/")
    assert "更新中" not in seen(client, f"{JUNE}/indicators/FIRMS/")


@pytest.mark.usefixtures("firms")
def test_a_measure_judged_later_was_not_judged_then(client: Client) -> None:
    make.measure("late", status="done")  # judged in 2025
    early = make.measure("early", status="in_progress")
    type(early).objects.filter(pk=early.pk).update(judged_at=noon("2024-05-01"))
    then, now = seen(client, f"{JUNE}/measures/"), seen(client, "/measures/")
    assert then.count("有材料为证") == 1
    assert now.count("有材料为证") == 2
    assert "2025-03-01" not in then
    rows = re.findall(r'id="measure-(\w+)"', page(client, f"{JUNE}/measures/?status=unjudged"))
    assert rows == ["late"]
    assert re.findall(r'id="measure-(\w+)"', page(client, "/measures/?status=done")) == ["late"]
    assert re.findall(r'id="measure-(\w+)"', page(client, f"{JUNE}/measures/?status=done")) == []
    assert "1 未评定 1 推进中" in seen(client, JUNE + "/")
    assert "1 推进中 1 已完成" in seen(client, "/")
    document = page(client, f"{JUNE}/documents/plan/")
    assert document.count("measure-unjudged") == document.count("measure-in_progress") == 1


def test_changes_are_those_noted_by_then(client: Client, firms: Target) -> None:
    row = make.change(firms, "lagging", "on_track")
    type(row).objects.filter(pk=row.pk).update(
        changed_at=noon("2024-05-01"), as_of=date(2024, 5, 1)
    )
    make.change(firms, "on_track", "missed")  # of 2025
    card = re.compile(r'id="changed">(.*?)<h3>', re.S)
    then, now = (card.findall(page(client, f"{day}/"))[0] for day in (JUNE, ""))
    assert "2024-05-01" in then
    assert "2025-03-01" not in then
    assert "2025-03-01" in now
    filtered = card.findall(page(client, f"{JUNE}/?light=yellow"))[0]
    assert "2024-05-01" in filtered
    assert "2024-05-01" not in card.findall(page(client, f"{JUNE}/?light=green"))[0]


def test_parts_and_successors_stand_beside_as_they_stood(client: Client, firms: Target) -> None:
    part = make.target("part", part_of=firms, indicator=make.indicator("OTHER"))
    reading(part, "100", "2024-01-10", baseline_period="", baseline_provenance="")
    next_one = make.target(
        "next", of=make.document("later", issued="2025-01-01"), succeeds=firms,
        indicator=firms.indicator,
    )  # fmt: skip
    reading(next_one, "12000", "2025-02-01", period_end="2028")
    judge()
    then, now = page(client, JUNE + ADDRESS), page(client, ADDRESS)
    assert 'id="parts"' in then
    assert 'id="parts"' not in page(client, f"/known-on/2023-12-31{ADDRESS}")
    assert 'id="line"' in now
    assert 'id="line"' not in then
    listed = seen(client, f"{JUNE}/targets/")
    assert "其中：目标part" in listed
    assert "含多个部分，以最差的一部分计" in listed
    assert "1 项目标：1 项略有滞后" in seen(client, JUNE + "/").replace("\u00a0", " ")
    assert "缺 1 项" in seen(client, JUNE + "/")


def test_a_withdrawn_promise_is_still_counted_on_the_days_before(
    client: Client, firms: Target
) -> None:
    firms.versions.filter(value=8000).update(superseded_at=noon("2025-02-01"))
    reading(firms, "8000", "2025-02-01", change="withdrawn", reason="不再执行")
    judge()
    assert "1 项目标" in seen(client, f"{DECEMBER}/").replace("\u00a0", " ")
    assert "没有承诺" not in seen(client, f"{DECEMBER}/indicators/")
    assert "目标firms" not in seen(client, "/known-on/2025-02-01/targets/")
    assert client.get(f"/known-on/2025-02-01{ADDRESS}").status_code == 200
    assert client.get("/known-on/2025-02-01/documents/plan/").status_code == 200


# --- order, bounds, costs ---------------------------------------------------------------------------


def test_too_many_targets_are_refused_in_words(
    client: Client, firms: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.promise("second", of=make.document("small"))
    firms.versions.update(approved_at=noon("2022-01-10"))
    make.target("third")
    type(firms.versions.get(value=8000)).objects.update(approved_at=noon("2022-01-10"))
    monkeypatch.setattr(past, "LIMIT", 1)
    for path in ("/", "/targets/"):
        response = client.get(JUNE + path)
        assert response.status_code == 404
        assert "超过 1 项" in text_of(response.content.decode())
        assert "请先按文件或地区筛选" in text_of(response.content.decode())
    assert client.get(f"{JUNE}/targets/?document=small").status_code == 200
    assert client.get(f"{JUNE}/documents/small/").status_code == 200
    assert client.get("/targets/").status_code == 200


PATHS = (
    "/", "/?light=yellow", "/targets/", "/targets/?sort=completion", "/documents/", "/documents/plan/",
    "/indicators/", "/indicators/FIRMS/", "/indicators/FIRMS/chart.json",
    "/indicators/FIRMS/data.csv", ADDRESS, "/measures/", "/programs/", "/regions/",
)  # fmt: skip


@pytest.mark.usefixtures("firms")
@pytest.mark.parametrize("path", PATHS)
def test_a_page_costs_the_same_with_one_and_with_three_objects(client: Client, path: str) -> None:
    costs = []
    for keys in (("first",), ("second", "third")):
        for key in keys:
            one_more_of_everything(key)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(JUNE + path).status_code == 200
        costs.append(len(asked))
    assert costs[0] == costs[1], path
    assert costs[0] <= 24, path


def one_more_of_everything(key: str) -> None:
    """A promise with an indicator of its own, one beside that of the world, a document, a measure."""
    own = make.target(key, indicator=make.indicator(key.upper()))
    reading(own, "9000", "2022-01-10")
    actual(own.indicator, "2021", "5000", "2022-03-01")
    actual(own.indicator, "2023", "7000", "2024-03-01")
    reading(make.target(f"{key}-firms", indicator=make.indicator("FIRMS")), "9500", "2022-01-10")
    make.document(key)
    make.measure(key, status="done")


PAGES = (
    "/", "/?light=grey", "/?light=green&page=1", "/?year=2024", "/targets/", "/targets/?page=2",
    "/targets/?status=no_data&sort=document", *(f"/targets/?sort={sort}" for sort in SORTS),
    "/documents/", "/documents/qd-sti-meeting-2024/", "/indicators/", "/indicators/TECH_CONTRACT/",
    "/indicators/TECH_CONTRACT/chart.json", "/indicators/TECH_CONTRACT/data.csv",
    "/indicators/HNTE/", "/targets/qd-sti-meeting-2024/contract/",
    "/targets/qd-sti-meeting-2024/nkl-total/", "/measures/", "/programs/", "/programs/qianglian/",
    "/regions/",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_as_known_today_a_page_says_what_the_present_one_says(
    shared_world: str,  # noqa: F811
    client: Client,
    path: str,
) -> None:
    day = f"/known-on/{timezone.localdate()}"
    then, now = (client.get(prefix + path).content.decode() for prefix in (day, ""))
    assert len(now) > 1000
    assert bare(then.replace(day, "")) == bare(now)


def bare(html: str) -> str:
    """A page without what has to differ: banner, form, token, the moment of computing."""
    for pattern in (
        r'<p class="banner banner-past".*?</p>', r'<details class="days".*?</details>',
        r'<section class="projection".*?</section>',  # it is made of the present alone
        r'<p class="page-links.*?</p>',  # some of these pages are of the present alone
        r'csrfmiddlewaretoken" value="[^"]*"', r"\d{4}-\d\d-\d\d \d\d:\d\d", r"\n\s*(?=\n)",
    ):  # fmt: skip
        html = re.sub(pattern, "", html, flags=re.S)
    return html


@pytest.mark.parametrize("sort", SORTS)
def test_orders_are_those_of_the_tables(shared_world: str, sort: str) -> None:  # noqa: F811
    from qdpolicy.dashboard.present import NOW

    today = timezone.localdate()
    then = [row.pk for row in Then(Knowledge(today, today)).listed(Scope(), sort)]
    assert then == [row.pk for row in NOW.listed(Scope(), sort)]
    assert len(then) > 40


def test_a_change_that_waited_then_is_shown_as_waiting(client: Client, firms: Target) -> None:
    # Approved in May, valid from September: in June it is known and not yet in force.
    firms.versions.filter(value=8000).update(
        approved_at=noon("2024-05-10"), effective_at=noon("2024-09-01"), valid_from=date(2024, 9, 1)
    )
    firms.versions.filter(value=9000).update(superseded_at=noon("2024-09-01"))
    june, september = seen(client, JUNE + ADDRESS), seen(client, f"/known-on/2024-09-01{ADDRESS}")
    assert "目标： 突破 9,000家" in june
    assert "被取代" not in june
    assert "目标： 突破 8,000家" in september
    # Asked in September about June, the old goal still held.
    assert "目标： 突破 9,000家" in seen(client, f"/known-on/2024-09-01/as-of/2024-06-30{ADDRESS}")
    readings, counting = Then(Knowledge(date(2024, 6, 30), date(2024, 6, 30))).readings(firms)
    assert counting is not None
    assert [(row.value, row.is_scheduled) for row in readings] == [(9000, False), (8000, True)]
    assert counting.value == 9000


def test_replaced_goals_are_those_replaced_by_then(client: Client, firms: Target) -> None:
    assert "原目标" not in page(client, f"{JUNE}/indicators/FIRMS/")
    assert "原目标" in page(client, f"{DECEMBER}/indicators/FIRMS/")
    assert "原目标" in page(client, "/indicators/FIRMS/")
