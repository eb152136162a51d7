"""How one indicator's rows become promises in order, gaps and a chart."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from indicators.models import Indicator
from indicators.periods import ReferencePeriod
from qdpolicy.dashboard import indicator_series as series
from targets.models import Target, TargetVersion
from tests.dashboard import builders as b

pytestmark = pytest.mark.django_db

HELD = {"measure": "level", "comparator": "at_least"}


def promise(key: str, issued: str, end: str, value: str, **meaning: object) -> Target:
    home = b.document(f"doc-{key}", issued=issued)
    return b.promise(
        key, of=home, meaning={**HELD, "period_end": end, "value": Decimal(value), **meaning}
    )


def rows(of: Indicator) -> list[series.PromiseRow]:
    return series.promises_of(of, b.region())


def test_promises_raised_repeated_and_lowered_in_the_order_of_documents() -> None:
    promise("third", "2024", "2028", "1200")
    promise("first", "2022-02-28", "2022", "350")
    promise("second", "2024-02-23", "2024", "700")
    promise("fourth", "2025", "2028", "1200")
    promise("fifth", "2026-01", "2028", "1000")

    found = [(row.target.key, row.relation, row.postponed) for row in rows(b.indicator())]

    relation = Target.Relation
    assert found == [
        ("first", None, False),
        ("second", relation.RAISED, True),
        ("third", relation.RAISED, True),
        ("fourth", relation.REPEATED, False),
        ("fifth", relation.LOWERED, False),
    ]


def test_promises_stated_succession_beats_the_order() -> None:
    first = promise("first", "2020", "2022", "10")
    promise("second", "2021", "2023", "20")
    third = promise("third", "2022", "2024", "15")
    Target.objects.filter(pk=third.pk).update(succeeds=first)

    assert [row.relation for row in rows(b.indicator())][2] == Target.Relation.RAISED


def test_promises_units_are_compared_as_amounts() -> None:
    promise("first", "2020", "2022", "22000")
    promise("second", "2021", "2023", "2.2", unit=b.unit("wan-jia"))

    assert rows(b.indicator())[1].relation == Target.Relation.REPEATED


def test_promises_of_another_measure_relate_only_where_it_is_said() -> None:
    first = promise("first", "2020", "2022", "10")
    later = promise("later", "2021", "2023", "2", measure="multiple", unit=b.unit("bei"))

    assert rows(b.indicator())[1].relation is None
    Target.objects.filter(pk=later.pk).update(succeeds=first)
    assert rows(b.indicator())[1].relation == Target.Relation.RESTATED


def test_promises_elsewhere_unread_and_replaced_are_left_out() -> None:
    promise("here", "2020", "2022", "10")
    b.promise("there", of=b.document("doc-there"), region=b.region("370100", "他市"))
    b.promise("other", of=b.document("doc-other"), indicator=b.indicator("OTHER"))
    b.target("unread", of=b.document("doc-unread"))
    TargetVersion.objects.filter(target=promise("old", "2020", "2022", "10")).update(
        superseded_at=b.NOW
    )

    assert [row.target.key for row in rows(b.indicator())] == ["here"]


def test_promises_on_growth_stand_on_the_level_and_on_its_published_rate() -> None:
    level = b.indicator()
    rate = b.indicator("FIRMS_G", rate_of=level, kind="rate", unit=b.unit("percent"))
    promise("level", "2020", "2022", "10")
    promise("growth", "2021", "2022", "11", measure="growth", unit=b.unit("percent"))

    assert [row.target.key for row in rows(level)] == ["level", "growth"]
    assert [row.target.key for row in rows(rate)] == ["growth"]
    drawn = series.chart_of(rate, b.region(), [], rows(rate))
    assert [(p.goal, p.base) for p in drawn.promises] == [(Decimal(11), None)]


def test_chart_counts_what_no_level_can_show() -> None:
    of = b.indicator()
    promise("level", "2020", "2022", "10")
    promise("growth", "2021", "2022", "11", measure="growth", unit=b.unit("percent"))
    promise("sum", "2021", "2025", "11", measure="cumulative")

    drawn = series.chart_of(of, b.region(), [], rows(of))

    assert ([p.goal for p in drawn.promises], drawn.elsewhere) == ([Decimal(10)], 2)


def test_chart_goal_is_in_the_unit_of_the_indicator() -> None:
    promise("big", "2020", "2022", "2.2", unit=b.unit("wan-jia"), comparator="between",
            upper=Decimal(3))  # fmt: skip

    drawn = series.chart_of(b.indicator(), b.region(), [], rows(b.indicator()))

    assert [(p.goal, p.upper) for p in drawn.promises] == [(Decimal(22000), Decimal(30000))]


def test_chart_multiple_takes_goal_and_baseline_from_the_verdict() -> None:
    doubled = promise("double", "2021", "2028", "2", measure="multiple", unit=b.unit("bei"),
                      path="compound")  # fmt: skip
    assert series.chart_of(b.indicator(), b.region(), [], rows(b.indicator())).elsewhere == 1
    b.snapshot(doubled, "on_track", "green", goal=Decimal(200), baseline_period="2023",
               baseline_value=Decimal(100), flags=["ahead"])  # fmt: skip

    (drawn,) = series.chart_of(b.indicator(), b.region(), [], rows(b.indicator())).promises

    assert (drawn.goal, drawn.path, drawn.status) == (Decimal(200), "compound", "快于预期")
    assert drawn.base == (ReferencePeriod.of_year(2023), Decimal(100))


def test_chart_path_the_verdict_made_linear_is_drawn_linear() -> None:
    forced = promise("forced", "2021", "2028", "200", path="compound")
    b.snapshot(forced, "on_track", "green", flags=["path_forced_linear"])

    (drawn,) = series.chart_of(b.indicator(), b.region(), [], rows(b.indicator())).promises

    assert drawn.path == "linear"


def test_chart_baseline_of_zero_is_a_baseline_and_one_after_the_end_is_none() -> None:
    for key, issued, base in (("zero", "2020", "2020"), ("late", "2021", "2022")):
        held = promise(key, issued, "2022", "10")
        b.snapshot(held, "on_track", "green", baseline_period=base, baseline_value=Decimal(0))

    drawn = series.chart_of(b.indicator(), b.region(), [], rows(b.indicator())).promises

    assert [p.base for p in drawn] == [(ReferencePeriod.of_year(2020), Decimal(0)), None]


def test_chart_baseline_of_the_document_stands_where_the_verdict_has_none() -> None:
    stated = {"baseline_period": "2023", "baseline_value": Decimal(400)}
    for key, issued in (("silent", "2020"), ("none", "2021"), ("judged", "2022")):
        held = promise(key, issued, "2028", "800", baseline_provenance="implied", **stated)
        if key == "silent":
            b.snapshot(held, "no_data", "grey")
        if key == "judged":
            b.snapshot(held, "on_track", "green", baseline_period="2024", baseline_value=Decimal(5))

    drawn = series.chart_of(b.indicator(), b.region(), [], rows(b.indicator())).promises

    implied = (ReferencePeriod.of_year(2023), Decimal(400))
    assert [p.base for p in drawn] == [
        implied,
        implied,
        (ReferencePeriod.of_year(2024), Decimal(5)),
    ]


def test_chart_increment_on_a_flow_is_drawn_for_one_period_only() -> None:
    flow = b.indicator("NEW", accumulation="flow")
    for key, start in (("one", "2022"), ("span", "2020"), ("plain", "")):
        home = b.document(f"doc-{key}")
        b.promise(key, of=home, indicator=flow, meaning={
            **HELD, "measure": "increment", "value": Decimal(20), "period_start": start,
            "period_end": "2022",
        })  # fmt: skip

    drawn = series.chart_of(flow, b.region(), [], rows(flow))

    assert (len(drawn.promises), drawn.elsewhere) == (2, 1)


def test_actuals_current_approved_of_the_region_in_order() -> None:
    of = b.indicator()
    b.observation(of, "2022", "3")
    b.observation(of, "2021-S1", "1")
    b.observation(of, "2021", "2")
    b.observation(of, "2020", "9", superseded_at=b.NOW)
    b.observation(of, "2019", "9", review_state="draft", approved_by=None, approved_at=None)
    b.observation(of, "2018", "9", where=b.region("370100", "他市"))

    found = series.actuals_of(of, b.region())

    assert [row.reference_period for row in found] == ["2021-S1", "2021", "2022"]


def test_held_splits_actuals_rates_and_drafts_of_the_region() -> None:
    of = b.indicator()
    rate = b.indicator("FIRMS_G", rate_of=of, unit=b.unit("percent"))
    draft = {"review_state": "draft", "approved_by": None, "approved_at": None}
    b.observation(of, "2022", "11")
    b.observation(of, "2021", "10")
    b.observation(of, "2021-S1", "4")
    b.observation(of, "2023", "12", **draft)
    b.observation(of, "2019", "9", superseded_at=b.NOW)
    b.observation(rate, "2022", "10")
    b.observation(rate, "2021", "99", **draft)
    b.observation(rate, "2021-S1", "99", where=b.region("370100", "他市"))
    b.observation(of, "2018", "99", where=b.region("370100", "他市"))

    held = series.held_of(of, b.region())

    shown = [(row.observation.reference_period, row.rate and row.rate.value) for row in held.rows]
    assert shown == [("2022", Decimal(10)), ("2021", None), ("2021-S1", None)]
    assert [row.reference_period for row in held.drafts] == ["2023"]


def test_missing_years_are_those_without_any_yearly_entry() -> None:
    of = b.indicator()
    b.observation(of, "2019", "0")
    b.observation(of, "2020", None, obs_status="Q")
    b.observation(of, "2021-S1", "4")
    promise("later", "2020", "2023", "10")

    found = series.missing_years(series.actuals_of(of, b.region()), rows(of), date(2025, 3, 1))

    assert found == [2021, 2022, 2023, 2024]


def test_missing_years_of_nothing_are_none() -> None:
    assert series.missing_years([], [], date(2025, 3, 1)) == []


def test_digest_moves_with_actuals_readings_verdicts_and_language() -> None:
    of = b.indicator()
    held = promise("held", "2020", "2022", "10")
    b.observation(of, "2021", "1")

    def now() -> str:
        return series.digest(of, series.actuals_of(of, b.region()), rows(of))

    seen = [now()]
    assert now() == seen[0]
    b.observation(of, "2022", "2")
    seen.append(now())
    verdict = b.snapshot(held, "missed", "red")
    seen.append(now())
    type(verdict).objects.update(digest=1)
    seen.append(now())
    with translation.override("en"):
        seen.append(now())

    assert len(set(seen)) == 5


def test_apart_between_percentages_is_in_points() -> None:
    assert series.apart(b.unit("percent"))(Decimal("7.17")) == "7.17 个百分点"
    assert series.apart(b.unit("yi"))(Decimal("0.5")) == "0.5亿元"


def test_updating_only_while_this_series_waits() -> None:
    of = b.indicator()
    b.stale(b.target("other", of=b.document("doc-x"), indicator=b.indicator("OTHER")))
    assert series.is_updating(of, b.region()) is False

    b.stale(b.target("mine"))

    assert series.is_updating(of, b.region()) is True
