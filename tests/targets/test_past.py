"""Verdicts of earlier days: actuals, readings and rules as they were known and in force then."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from indicators.models import Observation
from targets.models import ProgressSnapshot, RuleSet, StatusChange, Target
from targets.recompute import recompute
from targets.recompute.past import verdicts_known_on
from tests.dashboard import builders as make
from tests.work.worlds import world  # noqa: F401 - a fixture

D = Decimal
NOW = datetime(2025, 6, 1, 4, 0, tzinfo=UTC)


def noon(day: str) -> datetime:
    """Noon in Shanghai."""
    return datetime.fromisoformat(f"{day}T12:00:00+08:00")


def actual(period: str, value: str, known: str, until: str = "", **fields: Any) -> Observation:
    """An actual approved on one day and superseded on another."""
    about = fields.pop("of", None) or make.indicator()
    return make.observation(
        about, period, value, approved_at=noon(known),
        superseded_at=noon(until) if until else None, **fields,
    )  # fmt: skip


def reading(of: Target, value: str, known: str, until: str = "", **fields: Any) -> Any:
    """A reading of "above so many by 2024 from 2021", approved on one day."""
    about: dict[str, Any] = {
        "value": D(value), "baseline_period": "2021", "baseline_provenance": "observed",
        "approved_at": noon(known), "effective_at": noon(known),
        "superseded_at": noon(until) if until else None,
    }  # fmt: skip
    return make.version(of, **(about | fields))


def judged(*targets: Target, known: str, as_of: str = "") -> dict[str, ProgressSnapshot]:
    """The verdicts of a day by the target's key; as of the same day unless told."""
    rows = list(
        Target.objects.filter(pk__in=[row.pk for row in targets]).select_related("indicator__unit")
    )
    found = verdicts_known_on(
        rows,
        known_on=date.fromisoformat(known),
        as_of=date.fromisoformat(as_of or known),
        now=NOW,
    )
    return {row.key: found[row.pk] for row in rows if row.pk in found}


@pytest.fixture
def firms() -> Target:
    """Above 9000 by 2024; its actual of 2023 was corrected in September, its goal in November."""
    found = make.target("firms")
    actual("2021", "5000", "2022-03-01")
    actual("2023", "7000", "2024-03-01", "2024-09-01")
    actual("2023", "8200", "2024-09-01")
    reading(found, "9000", "2022-01-10", "2024-11-01")
    reading(found, "8000", "2024-11-01", change="adjusted", reason="中期调整")
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("known", "value", "goal", "status"),
    [
        ("2023-06-30", "5000", 9000, "not_assessable"),
        ("2024-02-29", "5000", 9000, "not_assessable"),
        ("2024-03-01", "7000", 9000, "lagging"),
        ("2024-08-31", "7000", 9000, "lagging"),
        ("2024-09-01", "8200", 9000, "on_track"),
        ("2024-10-31", "8200", 9000, "on_track"),
        ("2024-11-01", "8200", 8000, "attained"),
        ("2025-01-01", "8200", 8000, "attained"),
    ],
)
def test_the_verdict_is_that_of_the_day(
    firms: Target, known: str, value: str, goal: int, status: str
) -> None:
    row = judged(firms, known=known)["firms"]
    assert (row.actual, row.version.value, row.status) == (D(value), goal, status)
    assert (row.as_of, row.computed_at) == (date.fromisoformat(known), NOW)


@pytest.mark.django_db
def test_before_the_first_reading_there_is_no_target(firms: Target) -> None:
    assert judged(firms, known="2022-01-09") == {}
    assert set(judged(firms, known="2022-01-10")) == {"firms"}


@pytest.mark.django_db
def test_as_of_and_known_on_are_two_things(firms: Target) -> None:
    # Known in October 2024, of June 2023: the year 2023 had not ended, its figure does not count.
    early = judged(firms, known="2024-10-01", as_of="2023-06-30")["firms"]
    assert (early.period, early.actual, early.status) == ("2021", D(5000), "not_assessable")
    # The same June seen from two days of knowledge: the verdict of 2024 differs by the correction.
    first = judged(firms, known="2024-08-01", as_of="2024-06-30")["firms"]
    later = judged(firms, known="2024-10-01", as_of="2024-06-30")["firms"]
    assert (first.status, first.pace) == ("lagging", D("0.75"))
    assert (later.status, later.pace) == ("on_track", D("1.2"))
    # Known in June 2024, as of the next year: the end has passed without its figure.
    after = judged(firms, known="2024-06-30", as_of="2025-01-31")["firms"]
    assert (after.status, after.flags) == ("lagging", ["awaiting_actual", "stale_data"])


@pytest.mark.django_db
def test_the_day_ends_at_midnight_in_shanghai() -> None:
    found = make.target("late")
    last_minute = datetime(2024, 3, 1, 15, 59, tzinfo=UTC)  # 23:59 here
    first_minute = datetime(2024, 3, 1, 16, 0, tzinfo=UTC)  # 0:00 of the next day
    reading(found, "9000", "2022-01-10")
    make.observation(make.indicator(), "2021", "5000", approved_at=last_minute)
    make.observation(make.indicator(), "2023", "7000", approved_at=first_minute)
    assert judged(found, known="2024-02-29")["late"].status == "no_data"
    assert judged(found, known="2024-03-01")["late"].period == "2021"
    assert judged(found, known="2024-03-02")["late"].period == "2023"


@pytest.mark.django_db
def test_drafts_and_returned_readings_were_never_known(firms: Target) -> None:
    actual("2022", "9500", "2024-01-01", review_state="draft")
    make.version(
        firms, value=D(1), review_state="draft", approved_by=None, approved_at=None,
        effective_at=None,
    )  # fmt: skip
    row = judged(firms, known="2024-06-30")["firms"]
    assert (row.actual, row.version.value) == (D(7000), D(9000))


@pytest.mark.django_db
def test_rules_are_those_in_force_and_known_then(firms: Target) -> None:
    softer: dict[str, Any] = {
        "ahead": D("1.05"), "about_tolerance": D("0.02"), "nearly_share": D("0.9"),
        "review_state": "approved", "entered_by": make.user("writer"), "entered_at": NOW,
        "approved_by": make.user("checker"),
    }  # fmt: skip
    RuleSet.objects.create(
        version=8, on_track=D("0.7"), lagging=D("0.5"), in_force_from=date(2024, 5, 1),
        approved_at=noon("2024-06-15"), **softer,
    )  # fmt: skip
    # Approved in June, in force from May: whoever knew only May still judged by the old rules.
    seen = {
        (known, as_of): (row.status, row.rule_version)
        for known, as_of in (
            ("2024-06-14", "2024-06-14"), ("2024-06-15", "2024-06-15"), ("2024-06-15", "2024-05-01"),
            ("2024-06-15", "2024-04-30"),
        )
        for row in judged(firms, known=known, as_of=as_of).values()
    }  # fmt: skip
    assert seen == {
        ("2024-06-14", "2024-06-14"): ("lagging", 1),
        ("2024-06-15", "2024-06-15"): ("on_track", 8),
        ("2024-06-15", "2024-05-01"): ("on_track", 8),
        ("2024-06-15", "2024-04-30"): ("lagging", 1),
    }


@pytest.mark.django_db
def test_a_promise_has_the_status_of_its_worst_part_then() -> None:
    head = make.target("head")
    part = make.target("part", indicator=make.indicator("OTHER"), part_of=head)
    for target in (head, part):
        reading(target, "9000", "2022-01-10")
        actual("2021", "5000", "2022-03-01", of=target.indicator)
        actual("2023", "8200", "2024-03-01", of=target.indicator)
    actual("2022", "4000", "2023-03-01", of=part.indicator)
    whole = judged(head, part, known="2023-06-30")
    assert (whole["head"].status, whole["head"].promise_status) == ("not_assessable",) * 2
    assert (whole["part"].status, whole["part"].promise_light) == ("regressing", "red")
    whole = judged(head, part, known="2024-06-30")
    assert {row.promise_status for row in whole.values()} == {"on_track"}


@pytest.mark.django_db
def test_a_part_without_a_reading_then_does_not_count() -> None:
    head = make.target("head")
    part = make.target("part", indicator=make.indicator("OTHER"), part_of=head)
    reading(head, "9000", "2022-01-10")
    reading(part, "9000", "2024-01-10")
    actual("2021", "9500", "2022-03-01")
    assert judged(head, part, known="2023-01-01")["head"].promise_status == "attained"
    whole = judged(head, part, known="2024-01-10")
    assert (whole["head"].status, whole["head"].promise_status) == ("attained", "no_data")


@pytest.mark.django_db
def test_a_withdrawn_promise_has_a_verdict_until_it_was_withdrawn(firms: Target) -> None:
    firms.versions.filter(change="adjusted").update(superseded_at=noon("2025-02-01"))
    reading(firms, "8000", "2025-02-01", change="withdrawn", reason="不再执行")
    assert judged(firms, known="2025-01-31")["firms"].status == "attained"
    assert judged(firms, known="2025-02-01") == {}


@pytest.mark.django_db
def test_a_published_rate_counts_from_its_approval() -> None:
    level = make.indicator("LEVEL")
    rate = make.indicator("RATE", unit=make.unit("percent"), kind="rate", rate_of=level)
    found = make.target("growth", indicator=level)
    reading(
        found, "10", "2022-01-10", measure="growth", comparator="at_least",
        unit=make.unit("percent"), period_end="2023", baseline_period="", baseline_provenance="",
    )  # fmt: skip
    actual("2023", "11", "2024-05-01", of=rate)
    assert judged(found, known="2024-04-30")["growth"].status == "no_data"
    assert judged(found, known="2024-05-01")["growth"].status == "attained"


@pytest.mark.django_db
@pytest.mark.parametrize(("known", "as_of"), [("1900-01-01",) * 2, ("2024-06-30", "1900-01-01")])
def test_very_old_days_are_answered(firms: Target, known: str, as_of: str) -> None:
    rows = judged(firms, known=known, as_of=as_of)
    assert [row.status for row in rows.values()] in ([], ["no_data"])


@pytest.mark.django_db
def test_nothing_is_stored_and_the_queries_are_few(
    firms: Target, django_assert_num_queries: Any
) -> None:
    for number, more in ((1, ("second", "third")), (3, ())):
        targets = list(Target.objects.select_related("indicator__unit"))
        day = date(2024, 6, 30)
        with django_assert_num_queries(4):
            found = verdicts_known_on(targets, known_on=day, as_of=day, now=NOW)
        assert len(found) == number
        for key in more:
            reading(make.target(key, indicator=make.indicator(key)), "9000", "2022-01-10")
    assert ProgressSnapshot.objects.count() == StatusChange.objects.count() == 0


@pytest.mark.django_db
def test_what_a_recompute_stored_on_a_day_comes_back(firms: Target) -> None:
    targets = list(Target.objects.select_related("indicator__unit"))
    Observation.objects.filter(value=8200).delete()
    firms.versions.filter(change="adjusted").delete()
    Observation.objects.update(superseded_at=None)
    firms.versions.update(superseded_at=None)
    recompute(targets, as_of=date(2024, 6, 30), now=NOW)
    stored = ProgressSnapshot.objects.get()
    Observation.objects.filter(value=7000).update(superseded_at=noon("2024-09-01"))
    actual("2023", "8200", "2024-09-01")
    recompute(targets, as_of=date(2024, 9, 1), now=NOW)
    assert ProgressSnapshot.objects.get().status == "on_track"
    again = judged(firms, known="2024-06-30")["firms"]
    assert facts(again) == facts(stored)


def test_the_verdicts_of_today_are_the_stored_ones(world: str) -> None:  # noqa: F811
    targets = list(Target.objects.select_related("indicator__unit"))
    today = timezone.localdate()
    found = verdicts_known_on(targets, known_on=today, as_of=today, now=NOW)
    stored = {row.target_id: facts(row) for row in ProgressSnapshot.objects.all()}
    assert len(stored) > 50
    assert {pk: facts(row) for pk, row in found.items()} == stored
    lights = {row.promise_light for row in found.values()}
    assert {"green", "grey"} <= lights


def facts(row: ProgressSnapshot) -> dict[str, Any]:
    """Every column of a verdict but its key and the moment it was made."""
    return {
        field.attname: getattr(row, field.attname)
        for field in ProgressSnapshot._meta.concrete_fields
        if field.name not in ("id", "computed_at")
    }
