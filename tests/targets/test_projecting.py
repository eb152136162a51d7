"""Projections as rows: made by the worker, only on a change, and never part of a verdict."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from indicators.models import Indicator, Observation
from targets.models import ProgressSnapshot, Projection, Target, TargetVersion
from targets.recompute import recompute
from targets.recompute.projecting import pairs_to_project, project_pair, project_pairs
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db
DAY = date(2024, 6, 1)
NOW = datetime(2024, 6, 1, 4, 0, tzinfo=UTC)
LATER = datetime(2024, 7, 1, 4, 0, tzinfo=UTC)
FIGURES = ["500", "560", "640", "700", "790", "880", "975", "1100", "1220", "1360"]


def firms(figures: list[str] = FIGURES, **facts: Any) -> Indicator:
    """Yearly figures that end in 2023."""
    found = b.indicator("FIRMS", **facts)
    for index, value in enumerate(figures):
        b.actual(found, value, str(2024 - len(figures) + index))
    return found


def project(about: Indicator, *, as_of: date = DAY, now: datetime = NOW) -> bool:
    return project_pair((about.pk, b.region().pk), as_of=as_of, now=now)


def row(about: Indicator) -> Projection:
    return Projection.objects.get(indicator=about)


def test_series_that_passes_is_stored_with_its_test_and_its_path() -> None:
    about = firms()
    assert project(about)
    held = row(about)
    assert (held.refusal, held.points, held.first_year, held.last_year) == ("", 10, 2014, 2023)
    assert (held.origins, held.forecasts, held.computed_at) == (7, 25, NOW)
    assert 0.7 * held.forecasts <= held.inside <= held.forecasts
    assert held.error is not None
    assert held.error_last is not None
    assert held.error_line is not None
    assert held.error < min(held.error_last, held.error_line)
    assert [year.year for year in held.years] == [2024, 2025, 2026]
    assert all(year.low < year.median < year.high for year in held.years)
    assert isinstance(held.years[0].median, Decimal)


def test_path_reaches_to_the_furthest_goal_within_five_years() -> None:
    about = firms()
    b.promise(about, "2000", "2027")
    b.promise(about, "9000", "2035")
    project(about)
    assert row(about).years[-1].year == 2027


def test_chances_are_kept_for_each_target() -> None:
    about = firms()
    easy, hard = b.promise(about, "1400", "2025"), b.promise(about, "1900", "2025")
    past, endless = b.promise(about, "1300", "2023"), b.promise(about, "1300", "")
    project(about)
    held = row(about)
    found = {target.pk: held.chance_of(target.pk) for target in (easy, hard, past, endless)}
    assert found[easy.pk][0] > Decimal("0.9") > Decimal("0.1") > found[hard.pk][0]
    assert (found[past.pk], found[endless.pk]) == ((None, "goal_past"), (None, "no_deadline"))
    assert held.chance_of(0) == (None, "no_projection")


def test_goal_in_ten_thousands_is_held_against_figures_in_hundred_millions() -> None:
    about = firms(unit=b.money(), kind="amount")
    wan = b.unit("wan-yuan", symbol="万元", base="元", exponent=4, dimension="money")
    one, other = b.promise(about, "1600", "2025"), b.promise(about, "16000000", "2025")
    TargetVersion.objects.filter(target=other).update(unit=wan)
    project(about)
    held = row(about)
    assert held.chance_of(one.pk) == held.chance_of(other.pk)
    assert held.chance_of(one.pk)[0] is not None


def test_second_run_writes_nothing() -> None:
    about = firms()
    b.promise(about, "1600", "2025")
    assert project(about)
    assert not project(about, now=LATER)
    assert row(about).computed_at == NOW


@pytest.mark.parametrize(
    "change", ["figure", "goal", "new goal", "kind", "break", "withdrawn figure", "year"]
)
def test_change_of_what_it_is_made_from_writes_it_anew(change: str) -> None:
    about = firms()
    target = b.promise(about, "1600", "2025")
    project(about)
    before = row(about)
    day = DAY
    match change:
        case "figure":
            Observation.objects.filter(reference_period="2023").update(value=Decimal(1500))
        case "withdrawn figure":
            Observation.objects.filter(reference_period="2023").update(superseded_at=NOW)
        case "goal":
            TargetVersion.objects.filter(target=target).update(value=Decimal(1700))
        case "new goal":
            b.promise(about, "1800", "2026")
        case "kind":
            Indicator.objects.update(kind="index")
        case "break":
            Indicator.objects.update(breaks=[{"period": "2018", "note": "口径"}])
        case "year":
            day = date(2025, 2, 1)
    assert project(about, as_of=day, now=LATER)
    after = row(about)
    assert (after.pk, after.computed_at) == (before.pk, LATER)
    assert after.digest != before.digest


def test_draft_and_a_figure_of_a_year_that_is_not_over_change_nothing() -> None:
    about = firms()
    project(about)
    b.actual(about, "9999", "2024")
    b.actual(about, "1", "2013", review_state="submitted")
    assert not project(about, now=LATER)
    assert row(about).points == 10


def test_series_that_is_refused_has_a_row_that_says_why() -> None:
    about = firms(["5", "6", "7"])
    target = b.promise(about, "9", "2026")
    project(about)
    held = row(about)
    assert (held.refusal, held.years, held.points, held.error) == ("too_short", [], 3, None)
    assert held.chance_of(target.pk) == (None, "no_projection")
    Observation.objects.all().update(value=Decimal(4))
    for year in range(2014, 2021):
        b.actual(about, "4", str(year))
    project(about)
    assert (row(about).refusal, row(about).error) == ("last_value_better", 0)


def test_pair_without_figures_and_promises_has_no_row() -> None:
    about = firms()
    project(about)
    Observation.objects.all().update(superseded_at=NOW)
    assert project(about)
    assert not Projection.objects.exists()
    assert not project(about)
    assert not project_pair((0, b.region().pk), as_of=DAY, now=NOW)


def test_promise_without_figures_has_a_row() -> None:
    about = b.indicator("EMPTY")
    b.promise(about, "9", "2026")
    project(about)
    held = row(about)
    assert (held.points, held.first_year, held.last_year, held.refusal) == (
        0, None, None, "too_short",
    )  # fmt: skip


def test_published_rates_are_asked_for_a_goal_on_growth() -> None:
    level = firms(["500", "560"])
    rate = b.indicator("FIRMS_G", unit=b.percent(), kind="rate", rate_of=level)
    for index in range(14):
        b.actual(rate, str(round(2 + 10 * 0.9**index + (index % 3) / 20, 1)), str(2010 + index))
    target = b.promise(level, "1", "2025")
    TargetVersion.objects.filter(target=target).update(measure="growth", unit=b.percent())
    project(level)
    value, why = row(level).chance_of(target.pk)
    assert (why, row(level).refusal) == ("", "too_short")
    assert value is not None
    assert value > Decimal("0.9")


def test_pairs_are_those_with_figures_or_promises_once_each() -> None:
    about, other = firms(), b.indicator("OTHER")
    b.promise(about, "1600", "2025")
    b.promise(other, "5", "2025", region=b.region("370202", "市南区", "district"))
    b.indicator("UNUSED")
    b.actual(b.indicator("DRAFT"), "5", review_state="draft")
    south = b.region("370202")
    assert list(pairs_to_project()) == sorted([(about.pk, b.region().pk), (other.pk, south.pk)])


def test_pair_that_fails_is_logged_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    broken, sound = b.indicator("BROKEN"), firms()
    b.actual(broken, "5", "2023")
    Indicator.objects.filter(pk=broken.pk).update(breaks=[{"period": "坏"}])
    pairs = [(broken.pk, b.region().pk), (sound.pk, b.region().pk)]
    assert project_pairs(pairs, as_of=DAY, now=NOW) == 1
    assert [held.indicator for held in Projection.objects.all()] == [sound]
    assert f"projection of indicator {broken.pk} in region {b.region().pk} failed" in caplog.text
    assert project_pairs(pairs[1:], as_of=DAY, now=LATER) == 0


def test_verdict_is_the_same_with_and_without_a_projection() -> None:
    about = firms()
    target = b.promise(about, "1600", "2025")
    targets = list(Target.objects.filter(pk=target.pk).select_related("indicator__unit"))
    recompute(targets, as_of=DAY, now=NOW)
    before = ProgressSnapshot.objects.get(target=target)
    assert before.status
    project(about)
    Projection.objects.update(chances={str(target.pk): {"value": "0.0000"}}, path=[])
    assert recompute(targets, as_of=DAY, now=LATER) == 0
    after = ProgressSnapshot.objects.get(target=target)
    fields = [field.attname for field in ProgressSnapshot._meta.concrete_fields]
    assert [getattr(before, name) for name in fields] == [getattr(after, name) for name in fields]


def test_projecting_leaves_the_snapshots_alone(django_assert_num_queries: Any) -> None:
    about = firms()
    b.promise(about, "1600", "2025")
    project(about)
    # Savepoint and release, indicator, targets, rates, actuals, readings and rules, digest.
    reads = 10 if connection.vendor == "sqlite" else 11  # there with its lock
    with django_assert_num_queries(reads) as seen:
        project(about, now=LATER)
    assert not any("progresssnapshot" in query["sql"] for query in seen.captured_queries)


def test_one_row_a_pair_is_kept_by_the_database() -> None:
    about = firms()
    project(about)
    held = row(about)
    held.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        held.save(force_insert=True)
    with pytest.raises(ValidationError):
        Projection(inside=3, forecasts=2).validate_constraints(exclude=["indicator", "region"])
    assert str(row(about)) == f"{about.pk}/{b.region().pk}"
