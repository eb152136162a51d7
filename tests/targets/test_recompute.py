"""From rows to goals and from verdicts to rows: units, rates, groups, digests, what is stored."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from indicators.models import Indicator, Observation
from indicators.periods import ReferencePeriod
from targets.models import ProgressSnapshot, RuleSet, StatusChange, Target, TargetVersion
from targets.recompute import (
    current_versions,
    goal_of,
    observations_of,
    recompute,
    recompute_promises,
    rules_in_force,
)
from targets.recompute.writing import digest_of
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db
DAY = date(2025, 3, 1)
NOW = datetime(2025, 3, 1, 4, 0, tzinfo=UTC)


def judge(*targets: Target, as_of: date = DAY, now: datetime = NOW) -> int:
    rows = Target.objects.filter(pk__in=[target.pk for target in targets])
    return recompute(list(rows.select_related("indicator__unit")), as_of=as_of, now=now)


def changed(target: Target, **facts: Any) -> Target:
    TargetVersion.objects.filter(target=target).update(**facts)
    return target


def snapshot(target: Target) -> ProgressSnapshot:
    return ProgressSnapshot.objects.get(target=target)


def wan() -> Any:
    return b.unit("wan-yuan", symbol="万元", base="元", exponent=4, dimension="money")


def goal(target: Target) -> Any:
    return goal_of(target, current_versions([target])[target.pk])


def test_level_in_ten_thousands_is_held_against_actuals_in_hundred_millions() -> None:
    contracts = b.indicator("CONTRACTS", unit=b.money(), accumulation="flow")
    target = changed(
        b.promise(contracts, "7000000", "2024"),
        unit=wan(),
        tolerance=Decimal(10_000),
        baseline_period="2023",
        baseline_value=Decimal(6_000_000),
        baseline_provenance="stated",
        milestones={"2024-S1": "3000000"},
        profile=["0.1", "0.2", "0.3", "0.4"],
    )
    found = goal(target)
    assert (found.value, found.tolerance, found.baseline.value) == (700, 1, 600)
    assert found.milestones == ((ReferencePeriod.parse("2024-S1"), Decimal(300)),)
    assert found.profile == (Decimal("0.1"), Decimal("0.2"), Decimal("0.3"), Decimal("0.4"))
    b.actual(contracts, "700", "2024")
    judge(target)
    row = snapshot(target)
    assert (row.attained, row.actual, row.goal, row.completion, row.gap) == (True, 700, 700, 1, 0)


@pytest.mark.parametrize(
    ("measure", "value"), [("growth", "11"), ("average_growth", "10"), ("change", "13.5"), ("multiple", "2")]
)  # fmt: skip
def test_measures_in_per_cent_and_times_keep_their_number(measure: str, value: str) -> None:
    contracts = b.indicator("CONTRACTS", unit=b.money())
    target = changed(
        b.promise(contracts, value), measure=measure, unit=b.percent(),
        baseline_period="2023", baseline_value=Decimal("6.5"), baseline_provenance="stated",
    )  # fmt: skip
    assert goal(target).value == Decimal(value)
    assert goal(target).baseline.value == Decimal("6.5")


def test_goal_carries_every_field_of_its_version() -> None:
    firms = b.indicator("FIRMS", accumulation="flow", direction="decrease")
    target = changed(
        b.promise(firms, "5", "2026"), comparator="between", upper=Decimal(8), measure="increment",
        commitment="aspirational", binding="binding", period_start="2024", cadence="each_year",
    )  # fmt: skip
    found = goal(target)
    assert (found.comparator, found.value, found.upper, found.measure) == (
        "between",
        5,
        8,
        "increment",
    )
    assert (found.commitment, found.binding, found.cadence) == (
        "aspirational",
        "binding",
        "each_year",
    )
    assert (found.direction, found.accumulation, found.baseline) == ("decrease", "flow", None)
    assert [str(found.period_start), str(found.period_end)] == ["2024", "2026"]


def test_published_rate_is_used_before_one_computed_from_levels() -> None:
    level = b.indicator("RD", unit=b.money(), accumulation="flow")
    rate = b.indicator("RD_G", unit=b.percent(), rate_of=level, kind="rate")
    target = changed(
        b.promise(level, "11", "2024"), measure="growth", unit=b.percent(), period_start="2024"
    )
    b.actual(level, "100", "2023")
    b.actual(level, "120", "2024")
    judge(target)
    assert (snapshot(target).status, snapshot(target).actual) == ("attained", 20)
    published = b.actual(rate, "10.9", "2024", qualifier="about")
    judge(target)
    row = snapshot(target)
    assert (row.status, row.actual, row.actual_qualifier) == ("missed", Decimal("10.9"), "about")
    assert published.pk in row.inputs


def test_only_approved_rows_of_the_same_region_count() -> None:
    firms = b.indicator("FIRMS")
    target = b.promise(firms, "10", "2024")
    elsewhere = b.region("370100", "济南市")
    b.actual(firms, "99", "2024", region=elsewhere)
    b.actual(firms, "98", "2024", review_state="draft")
    old = b.actual(firms, "97", "2023")
    Observation.objects.filter(pk=old.pk).update(superseded_at=NOW)
    series, rates = observations_of([target]).get((firms.pk, target.region_id), ({}, {}))
    assert (dict(series), dict(rates)) == ({}, {})
    judge(target)
    assert snapshot(target).status == "no_data"
    counted = b.actual(firms, "9", "2024")
    judge(target)
    row = snapshot(target)
    assert (row.status, row.actual, row.inputs) == ("missed", 9, [counted.pk])


def test_lower_bound_stays_a_lower_bound_in_the_snapshot() -> None:
    firms = b.indicator("FIRMS")
    target = b.promise(firms, "9000", "2024")
    b.actual(firms, "9100", "2024", qualifier="above")
    judge(target)
    row = snapshot(target)
    assert (row.status, row.actual, row.actual_qualifier) == ("attained", 9100, "above")


def test_sum_of_periods_has_no_qualifier_of_its_own() -> None:
    built = b.indicator("BUILT", accumulation="flow")
    target = changed(b.promise(built, "30", "2025"), measure="cumulative", period_start="2024")
    b.actual(built, "10", "2023")
    b.actual(built, "11", "2024", qualifier="about")
    b.actual(built, "12", "2025")
    judge(target, as_of=date(2026, 3, 1))
    row = snapshot(target)
    assert (row.actual, row.actual_qualifier) == (23, "")


@pytest.mark.parametrize(
    ("total", "created", "status", "light"),
    [("12", "3", "attained", "green"), ("12", "1", "missed", "red"), ("9", "3", "missed", "red"),
     ("12", None, "no_data", "grey")],
)  # fmt: skip
def test_promise_of_two_indicators_has_the_status_of_its_worse_part(
    total: str, created: str | None, status: str, light: str
) -> None:
    labs = b.indicator("LABS")
    new = b.indicator("LABS_NEW", accumulation="flow")
    head = b.promise(labs, "10", "2024", key="total")
    part = changed(b.promise(new, "2", "2024", key="new"), measure="increment", period_start="2024")
    Target.objects.filter(pk=part.pk).update(part_of=head)
    b.actual(labs, total, "2024")
    if created is not None:
        b.actual(new, created, "2024")
    recompute_promises([head.pk], as_of=DAY, now=NOW)
    of_head, of_part = snapshot(head), snapshot(part)
    assert (of_head.promise_status, of_head.promise_light) == (status, light)
    assert of_head.status == ("attained" if total == "12" else "missed")
    assert (of_part.promise_status, of_part.promise_light) == (of_part.status, of_part.light)


def test_target_without_a_version_in_force_is_left_out_of_the_group() -> None:
    labs = b.indicator("LABS")
    head, part = b.promise(labs, "10", "2024"), b.promise(labs, "11", "2024")
    Target.objects.filter(pk=part.pk).update(part_of=head)
    changed(part, review_state="draft", approved_by=None, approved_at=None, effective_at=None)
    b.actual(labs, "10", "2024")
    assert judge(head, part) == 1
    assert snapshot(head).promise_status == "attained"
    changed(head, superseded_at=NOW)
    ProgressSnapshot.objects.all().delete()
    assert judge(head, part) == 0


def test_second_run_writes_nothing_and_a_later_day_writes_again() -> None:
    firms = b.indicator("FIRMS")
    target = b.promise(firms, "9000", "2026")
    b.actual(firms, "5000", "2023")
    b.actual(firms, "6000", "2024")
    assert judge(target) == 1
    first = snapshot(target)
    assert judge(target, now=datetime(2025, 3, 1, 9, 0, tzinfo=UTC)) == 0
    assert snapshot(target).computed_at == first.computed_at
    assert judge(target, as_of=date(2025, 3, 2)) == 1
    second = snapshot(target)
    assert (second.pk, second.as_of, second.status) == (first.pk, date(2025, 3, 2), first.status)
    assert second.digest != first.digest


def test_status_that_moves_leaves_a_trace_and_one_that_stays_leaves_none() -> None:
    firms = b.indicator("FIRMS")
    target = b.promise(firms, "9000", "2024")
    judge(target)
    assert StatusChange.objects.count() == 0
    row = b.actual(firms, "8999.9999999999", "2024")
    judge(target)
    Observation.objects.filter(pk=row.pk).update(value=Decimal(9000))
    judge(target)
    judge(target, as_of=date(2025, 3, 2))
    trace = StatusChange.objects.order_by("id").values_list(
        "before", "after", "as_of", "changed_at"
    )
    assert list(trace) == [("no_data", "missed", DAY, NOW), ("missed", "attained", DAY, NOW)]


def test_trace_follows_the_status_of_the_promise_not_of_the_part() -> None:
    labs, new = b.indicator("LABS"), b.indicator("LABS_NEW")
    head, part = b.promise(labs, "10", "2024"), b.promise(new, "2", "2024")
    Target.objects.filter(pk=part.pk).update(part_of=head)
    b.actual(labs, "12", "2024")
    row = b.actual(new, "3", "2024")
    recompute_promises([head.pk], as_of=DAY, now=NOW)
    assert snapshot(head).promise_status == "attained"
    Observation.objects.filter(pk=row.pk).update(value=Decimal(1))
    recompute_promises([head.pk], as_of=DAY, now=NOW)
    trace = set(StatusChange.objects.values_list("target", "before", "after"))
    assert trace == {(head.pk, "attained", "missed"), (part.pk, "attained", "missed")}


@pytest.mark.parametrize(
    "column",
    [field.name for field in ProgressSnapshot._meta.concrete_fields
     if field.name not in ("id", "computed_at", "digest")],
)  # fmt: skip
def test_digest_covers_every_column_but_key_and_moment(column: str) -> None:
    """A row with another digest is written again, so a column that was spoilt comes right."""
    firms = b.indicator("FIRMS")
    target = b.promise(firms, "9000", "2026")
    other = b.promise(firms, "9001", "2026")
    b.actual(firms, "5000", "2023")
    b.actual(firms, "6000", "2024", qualifier="above")
    judge(target)
    row = snapshot(target)
    before = row.digest
    value = getattr(row, column)
    field = ProgressSnapshot._meta.get_field(column)
    spoilt: Any = {
        "BooleanField": not value, "DateField": date(2001, 1, 1), "CharField": "spoilt",
        "PositiveIntegerField": 99, "OneToOneField": other, "ForeignKey": other.versions.get(),
        "CodeField": next((w for w in getattr(field, "words", ()) if w != value), ""),
        "FlagsField": ["ahead", "early"],
        "FigureField": Decimal("12.5"), "IdsField": [7, 8],
        "ReasonsField": [{"code": "one_point", "params": {}}],
    }[type(field).__name__]  # fmt: skip
    setattr(row, column, spoilt)
    assert digest_of(row) != before
    setattr(row, column, value)
    assert digest_of(row) == before


@pytest.mark.parametrize(
    ("goal_value", "actual_value"),
    [("0.0000000001", "999999999999999"), ("999999999999999", "0.0000000001"), ("3", "1"), ("7", "0")],
)  # fmt: skip
def test_figures_at_the_bounds_are_stored_and_read_back_alike(
    goal_value: str, actual_value: str
) -> None:
    firms = b.indicator("FIRMS")
    target = b.promise(firms, goal_value, "2026")
    b.actual(firms, "1", "2022")
    b.actual(firms, actual_value, "2024")
    assert judge(target) == 1
    row = snapshot(target)
    assert row.actual == Decimal(actual_value)
    again = ProgressSnapshot.objects.get(pk=row.pk)
    assert judge(target) == 0
    for field in ProgressSnapshot._meta.concrete_fields:
        assert getattr(again, field.attname) == getattr(row, field.attname)


def test_figure_that_no_column_could_hold_is_kept_as_none() -> None:
    """A share of an immense goal by a tiny one: the verdict is there, the figure is not."""
    firms = b.indicator("FIRMS")
    target = b.promise(firms, "0.0000000001", "2026")
    b.actual(firms, "999999999999999", "2024")
    judge(target)
    row = snapshot(target)
    assert (row.status, row.completion) == ("attained", None)


def test_rules_of_the_day_are_the_newest_in_force() -> None:
    standing = RuleSet.objects.order_by("-version").first()
    base = standing.version if standing else 0
    terms = {
        "lagging": Decimal("0.5"), "ahead": Decimal("1.1"), "about_tolerance": Decimal("0.02"),
        "nearly_share": Decimal("0.9"), "review_state": "approved",
    }  # fmt: skip
    RuleSet.objects.create(
        version=base + 1, on_track=Decimal("0.9"), in_force_from=date(2025, 1, 1), **terms
    )
    RuleSet.objects.create(
        version=base + 2, on_track=Decimal("0.8"), in_force_from=date(2026, 1, 1), **terms
    )
    rules, version = rules_in_force(date(2025, 12, 31))
    assert (version, rules.on_track, rules.lagging, rules.ahead) == (
        base + 1,
        Decimal("0.9"),
        Decimal("0.5"),
        Decimal("1.1"),
    )
    assert rules_in_force(date(2026, 1, 1))[1] == base + 2
    RuleSet.objects.all().delete()
    rules, version = rules_in_force(DAY)
    assert (version, rules.on_track, rules.lagging) == (1, Decimal("0.95"), Decimal("0.60"))


def test_recompute_costs_the_same_queries_for_one_promise_and_for_twenty(
    django_assert_num_queries: Any,
) -> None:
    many = [b.indicator(f"FIRMS{number}") for number in range(20)]
    targets = [b.promise(one, "10", "2024") for one in many]
    for one in many:
        b.actual(one, "10", "2024")
    assert Indicator.objects.count() == 20
    one_read = Target.objects.filter(pk=targets[0].pk).select_related("indicator__unit")
    all_read = Target.objects.all().select_related("indicator__unit")
    # Rules, versions, rates, actuals, standing rows; the upsert and its transaction come on top,
    # and on PostgreSQL the two read models.
    reads = 7 if connection.vendor == "postgresql" else 5
    recompute(list(all_read), as_of=DAY, now=NOW)
    for rows in (list(one_read), list(all_read)):
        with django_assert_num_queries(reads):
            assert recompute(rows, as_of=DAY, now=NOW) == 0


def test_status_of_a_part_that_moves_alone_is_noted() -> None:
    """A grey promise hides its parts: what changed must not."""
    one, other = b.indicator("FIRMS"), b.indicator("LABS")
    head, part = b.promise(one, "10", "2024"), b.promise(other, "5", "2024")
    Target.objects.filter(pk=part.pk).update(part_of=head, document=head.document)
    row = b.actual(one, "7", "2024")

    def judge() -> list[tuple[int, str, str]]:
        targets = Target.objects.select_related("indicator__unit")
        recompute(list(targets), as_of=DAY, now=NOW)
        return list(StatusChange.objects.order_by("pk").values_list("target", "before", "after"))

    assert judge() == []
    first = ProgressSnapshot.objects.get(target=head)
    Observation.objects.filter(pk=row.pk).update(value=Decimal(12))
    changes = judge()
    second = ProgressSnapshot.objects.get(target=head)
    assert first.status != second.status
    if first.promise_status == second.promise_status:
        assert changes == [(head.pk, first.status, second.status)]
    else:
        assert changes == [(head.pk, first.promise_status, second.promise_status)]
    assert judge() == changes


def test_snapshot_names_the_reading_it_judged() -> None:
    target = b.promise(b.indicator("FIRMS"), "10", "2024")
    b.actual(target.indicator, "12", "2024")
    recompute(list(Target.objects.select_related("indicator__unit")), as_of=DAY, now=NOW)
    snapshot = ProgressSnapshot.objects.get()
    assert snapshot.version == target.versions.get()
    assert snapshot.inputs == [Observation.objects.get().pk]
