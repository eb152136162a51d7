"""Loading corrected fixtures again: new versions beside the old ones, and never over a person's."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from django.contrib.auth import get_user_model
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.versions import compare_and_set
from indicators.models import Observation
from programs.models import SupportItem
from qdpolicy.facts.loading import load_facts
from targets.models import Measure, StaleRequest, TargetVersion
from tests.facts.test_bad_facts import FIXTURES, MEETING, changed

NOTHING = {"catalogue": 0, "documents": 0, "programs": 0, "actuals": 0}


def versions_of(key: str) -> list[TargetVersion]:
    rows = TargetVersion.objects.filter(
        target__document__key="qd-sti-meeting-2024", target__key=key
    )
    return list(rows.order_by("id"))


def test_corrected_value_is_a_new_version_and_the_old_one_stays(world: str, tmp_path: Path) -> None:
    folder = changed(tmp_path, (MEETING, 'value: "11"', 'value: "12"'))
    assert load_facts(folder) == {**NOTHING, "documents": 1}
    old, new = versions_of("rd-growth")
    assert (old.value, new.value) == (Decimal(11), Decimal(12))
    assert old.superseded_at is not None
    assert (new.superseded_at, new.review_state, new.reason) == (None, "approved", "更正读法")
    assert AuditEvent.objects.filter(action="targets.load_document").last().after["rows"] == 1
    assert StaleRequest.objects.filter(indicator=new.target.indicator_id).exists()
    assert load_facts(folder) == NOTHING
    assert len(versions_of("rd-growth")) == 2


def test_baseline_that_was_taken_away_is_a_new_version_without_one(
    world: str, tmp_path: Path
) -> None:
    with_baseline = (
        'baseline:\n      period: "2023"\n      value: null\n      provenance: observed\n'
        "      note: null\n      note_en: null\n"
    )
    folder = changed(tmp_path, (MEETING, with_baseline, "baseline: null\n"))
    assert load_facts(folder) == {**NOTHING, "documents": 1}
    old, new = versions_of("nkl-total")
    assert (old.baseline_period, old.baseline_provenance) == ("2023", "observed")
    assert (new.baseline_period, new.baseline_provenance) == ("", "")
    assert load_facts(folder) == NOTHING


def test_numbers_and_days_without_quotes_change_nothing(world: str, tmp_path: Path) -> None:
    folder = changed(
        tmp_path,
        (MEETING, 'issued: "2024-02-23"', "issued: 2024-02-23"),
        (MEETING, 'period_start: "2024"', "period_start: 2024"),
        (MEETING, 'value: "11"', "value: 11"),
        (MEETING, 'period_end: "2024"\n    cadence', "period_end: 2024\n    cadence"),
        ("programs.yaml", 'cap: "5000000"', "cap: 5000000"),
        ("regions.yaml", '"370202"', "370202"),
    )
    assert load_facts(folder) == NOTHING


def test_version_of_a_person_is_never_touched(world: str, tmp_path: Path) -> None:
    people = get_user_model().objects
    entered = people.create(username="fan", full_name="录入人")
    checked = people.create(username="chen", full_name="核定人")
    (loaded,) = versions_of("rd-growth")
    now = timezone.now()
    TargetVersion.objects.filter(pk=loaded.pk).update(superseded_at=now)
    loaded.pk = None
    loaded.value, loaded.reason = Decimal("11.5"), "会议材料更正"
    loaded.entered_by, loaded.approved_by, loaded.approved_at = entered, checked, now
    loaded.save()
    folder = changed(tmp_path, (MEETING, 'value: "11"', 'value: "12"'))
    assert load_facts(FIXTURES) == NOTHING
    assert load_facts(folder) == NOTHING
    _first, of_person = versions_of("rd-growth")
    assert (of_person.value, of_person.superseded_at) == (Decimal("11.5"), None)


def test_judged_measure_edited_item_and_corrected_actual_stay_as_people_left_them(
    world: str, tmp_path: Path
) -> None:
    judge = get_user_model().objects.create(username="wang", full_name="评定人")
    measure = Measure.objects.order_by("id").first()
    compare_and_set(
        Measure, measure.pk, measure.version, status="done", reason="已建成", judged_by=judge,
        judged_at=timezone.now(),
    )  # fmt: skip
    item = SupportItem.objects.get(key="qianglian-project")
    compare_and_set(SupportItem, item.pk, item.version, cap=Decimal(6_000_000))
    row = Observation.objects.get(key="a001")
    Observation.objects.filter(pk=row.pk).update(value=Decimal(71211))
    folder = changed(tmp_path, ("programs.yaml", 'cap: "5000000"', 'cap: "7000000"'))
    assert load_facts(folder) == NOTHING
    measure.refresh_from_db()
    assert (measure.status, measure.reason) == ("done", "已建成")
    assert SupportItem.objects.get(pk=item.pk).cap == 6_000_000
    assert Observation.objects.get(pk=row.pk).value == 71211


def test_new_actual_of_a_taken_cell_stays_a_draft(world: str, tmp_path: Path) -> None:
    """The approved value was entered by people; the fixtures bring theirs afterwards."""
    row = Observation.objects.get(key="a001")
    Observation.objects.filter(pk=row.pk).update(key=None)
    assert load_facts(FIXTURES) == {**NOTHING, "actuals": 1}
    assert Observation.objects.get(key="a001").review_state == "draft"
    row.refresh_from_db()
    assert (row.review_state, row.superseded_at) == ("approved", None)
