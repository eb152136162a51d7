"""Loading corrected fixtures again: new versions beside the old ones, and never over a person's."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.versions import compare_and_set
from indicators.models import Observation
from programs.actions import approve_draft, content_of, save_draft, start_draft, submit_draft
from programs.models import Award, ProgramEdition, Recipient, SupportItem
from qdpolicy.facts.loading import load_facts
from qdpolicy.facts.reading import FactsError
from targets.models import Measure, StaleRequest, TargetVersion
from tests.facts.test_bad_facts import FIXTURES, MEETING, changed
from tests.indicators import builders as b

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


def corrected_by_a_person(key: str = "qianglian-2024") -> ProgramEdition:
    """An edition of the fixtures corrected through a draft: 攻关项目 最高 600万元."""
    standing = ProgramEdition.objects.get(key=key)
    author, checker = b.person("author", "program_editor"), b.person("checker", "reviewer")
    said = content_of(standing).with_item("qianglian-project", cap="6000000")
    facts = {"by": author}
    draft = start_draft(
        **facts, program=standing.program, change="corrected", based_on=standing, reason="录入有误"
    )
    draft = save_draft(**facts, draft=draft, version=1, content=said.to_json())
    submit_draft(**facts, draft=draft, version=draft.version)
    approve_draft(by=checker, draft=draft, version=draft.version)
    assert draft.edition is not None
    return draft.edition


def test_edition_that_a_person_corrected_wins_and_the_wrong_one_is_not_revived(
    world: str, tmp_path: Path
) -> None:
    edition = corrected_by_a_person()
    folder = changed(
        tmp_path,
        ("programs.yaml", 'cap: "5000000"', 'cap: "7000000"'),
        ("programs.yaml", "rhythm: 每年组织实施", "rhythm: 每季组织实施"),
    )
    assert load_facts(FIXTURES) == NOTHING
    # Only the copies in the file of other editions may follow it; this one is the person's.
    assert load_facts(folder) == NOTHING
    held = ProgramEdition.objects.in_force_on(date(2024, 6, 1)).filter(program=edition.program)
    assert list(held) == [edition]
    assert edition.items.get(key="qianglian-project").cap == Decimal(6000000)
    assert edition.replaces is not None
    assert edition.replaces.items.get(key="qianglian-project").cap == Decimal(5000000)
    assert edition.replaces.superseded_at is not None


def test_new_edition_of_the_file_that_a_person_has_drawn_up_already_is_refused(
    world: str, tmp_path: Path
) -> None:
    standing = ProgramEdition.objects.get(key="qianglian-2024")
    ProgramEdition.objects.create(
        program=standing.program, key="qianglian-2029-01-01", name="强链计划（2029年）",
        document=standing.document, clause=standing.clause, valid_from=date(2029, 1, 1),
        known_from=timezone.now(),
    )  # fmt: skip
    assert load_facts(FIXTURES) == NOTHING
    later = (
        "    - key: qianglian-2030\n      name: 强链计划（2030年）\n"
        "      document: qd-sti-plan-2024-2028\n      clause: cap-ql-project\n"
        '      valid_from: "2030"\n    - key: qianglian-2024\n'
    )
    folder = changed(tmp_path, ("programs.yaml", "    - key: qianglian-2024\n", later))
    with pytest.raises(FactsError) as refused:
        load_facts(folder)
    assert refused.value.problems == [
        "programs.yaml（qianglian）：版本“qianglian-2030”（2030—今）与“qianglian-2029-01-01”（2029—今）的日期重叠"
    ]


def test_adjustment_of_a_person_does_not_stop_the_next_load(world: str) -> None:
    standing = ProgramEdition.objects.get(key="qianglian-2024")
    ProgramEdition.objects.create(
        program=standing.program, key="qianglian-2026-01-01", name="强链计划（2026年调整）",
        document=standing.document, clause=standing.clause, valid_from=date(2026, 1, 1),
        known_from=timezone.now(),
    )  # fmt: skip
    assert load_facts(FIXTURES) == NOTHING


def test_item_that_awards_stand_on_is_left_as_it_is(world: str, tmp_path: Path) -> None:
    item = SupportItem.objects.get(key="qianglian-project")
    Award.objects.create(
        number="LX-1", project="示范", project_code="LX-1", program=item.edition.program, item=item,
        recipient=Recipient.objects.create(name="示范公司", kind="person"), item_key=item.key,
        year=2024, decided_on=date(2024, 5, 1), amount=5000000, entered_at=timezone.now(),
        entered_by=b.person("clerk"),
    )  # fmt: skip
    folder = changed(tmp_path, ("programs.yaml", 'cap: "5000000"', 'cap: "4000000"'))
    assert load_facts(folder) == NOTHING
    item.refresh_from_db()
    assert item.cap == Decimal(5000000)
    Award.objects.all().delete()
    assert load_facts(folder) == {**NOTHING, "programs": 1}
