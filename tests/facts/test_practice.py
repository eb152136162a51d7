"""The practice city shows every state and every kind there is: the lists are those of the models."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any, get_args

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import Field, Model

from accounts.models import AuditEvent
from indicators.actions import OrderLight
from indicators.models import (
    Duty,
    Indicator,
    LockException,
    Observation,
    Region,
    ReportingRound,
    SupervisionEntry,
    Upload,
)
from programs.actions import rebuild_totals
from programs.models import (
    Award,
    Budget,
    EditionDraft,
    Payment,
    Program,
    ProgramEdition,
    ProgramLink,
    Recipient,
    SupportItem,
    YearTotal,
)
from qdpolicy import madeup, practice
from qdpolicy.dashboard.finding_rows import findings_of, readings
from qdpolicy.facts.loading import load_facts
from targets.findings import KINDS
from targets.models import Clause, PolicyDocument, ProgressSnapshot, Target, TargetVersion
from targets.models.verdicts import LIGHTS, STATUSES
from targets.progress.goal import MeasureKind
from targets.progress.verdict import FLAGS
from tests.facts.test_loading import OURS, row_counts

# What lasts only while a worker is at it, or comes of a fault, cannot be there to be looked at.
PASSING = {
    ("Job", "state"): {"queued", "running", "failed"},
    ("Upload", "state"): {"received", "applying"},
}


def chosen_fields() -> Iterator[tuple[type[Model], Field[Any, Any]]]:
    """Every column of ours that holds one of a fixed list."""
    for app in OURS:
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.concrete_fields:
                if field.choices:
                    yield model, field


@pytest.mark.parametrize(
    ("model", "field"),
    [
        pytest.param(model, field, id=f"{model.__name__}.{field.name}")
        for model, field in chosen_fields()
    ],
)
def test_every_choice_of_every_column_occurs(
    city: str, model: type[Model], field: Field[Any, Any]
) -> None:
    passing = PASSING.get((model.__name__, field.name), set())
    found = set(model._default_manager.values_list(field.name, flat=True))
    wanted = {value for value, _label in field.flatchoices}
    assert wanted - found <= passing


def test_there_are_many_such_columns() -> None:
    assert len(list(chosen_fields())) > 40


def test_every_status_light_and_flag_of_a_verdict_occurs(city: str) -> None:
    rows = list(ProgressSnapshot.objects.all())
    # A target always has a number; what has none is a measure, judged by people.
    assert {row.status for row in rows} == set(STATUSES) - {"not_quantified"}
    assert {row.promise_status for row in rows} == set(STATUSES) - {"not_quantified"}
    assert {row.light for row in rows} == set(LIGHTS)
    assert {flag for row in rows for flag in row.flags} == set(FLAGS)
    assert {row.attained for row in rows} == {True, False, None}


def test_every_kind_of_finding_occurs(city: str) -> None:
    assert {row.kind for row in findings_of(readings(None), None)} == set(KINDS)


def test_every_light_of_supervision_occurs(city: str) -> None:
    lights = set(SupervisionEntry.objects.values_list("light", flat=True))
    assert lights == set(OrderLight.values)


def test_every_kind_of_body_stage_and_exclusion_of_items_occurs(city: str) -> None:
    bodies = {body for row in SupportItem.objects.all() for body in row.bodies}
    assert bodies == set(SupportItem.Body.values)
    assert SupportItem.objects.exclude(rate=None).exists()
    assert SupportItem.objects.filter(per="", payout="").exists()
    assert SupportItem.objects.filter(also_in__isnull=False).exists()


def test_editions_are_past_in_force_to_come_adjusted_and_corrected(city: str) -> None:
    day = date(2026, 6, 1)
    in_force = ProgramEdition.objects.in_force_on(day)
    assert set(in_force.values_list("program__key", flat=True)) == {
        "shilian", "yulin", "haixin", "pingtai", "xinmiao",
    }  # fmt: skip
    current = ProgramEdition.objects.current()
    assert current.filter(valid_from__gt=day).count() == 2
    assert current.filter(valid_to__lt=day).count() == 7
    wrong = ProgramEdition.objects.exclude(superseded_at=None).get()
    right = current.get(replaces=wrong)
    assert (wrong.key, right.drawn_up.change) == ("yulin-2023", EditionDraft.Change.CORRECTED)
    # The adjustment of the new program took over although the base names a later end.
    base, adjusted = current.filter(program__key="xinmiao").order_by("valid_from")
    assert (base.valid_to, adjusted.valid_from) == (date(2030, 12, 31), date(2026, 7, 1))
    assert set(ProgramEdition.objects.in_force_on(adjusted.valid_from)) >= {adjusted}
    assert Program.objects.exclude(editions__in=in_force).get().key == "chunmiao"
    assert ProgramEdition.objects.filter(items=None).count() == 2


def test_target_versions_are_scheduled_replaced_and_withdrawn(city: str) -> None:
    assert TargetVersion.objects.scheduled().get().target.key == "labs"
    assert TargetVersion.objects.in_force().get(change="withdrawn").target.key == "incub-hub"
    replaced = TargetVersion.objects.replaced().values_list("target__key", flat=True)
    assert sorted(replaced) == ["contract-2026", "incub-hub", "platform", "rd"]
    assert PolicyDocument.objects.exclude(text="").get().key == "sl-actions-2023-2030"
    quotes = Clause.objects.filter(document__key="sl-actions-2023-2030").exclude(quote="")
    # The box says the same words once more, and stands in the text only once.
    assert quotes.get(text_start=None).key == "box-chain"


def test_actuals_are_ten_years_with_gaps_doubts_and_revisions(city: str) -> None:
    firms = Observation.objects.approved().filter(indicator__code="HT_FIRMS")
    periods = firms.filter(region__code="999900").values_list("reference_period", flat=True)
    assert set(periods) >= {str(year) for year in range(2016, 2026)}
    zero = Observation.objects.approved().get(indicator__code="POPSCI", value=0)
    assert zero.value == Decimal(0)
    revised = Observation.objects.filter(
        indicator__code="TECH_CONTRACT", reference_period="2025-Q4", region__code="999900"
    )
    once_counted = revised.filter(review_state="approved").order_by("pk")
    assert [row.vintage for row in once_counted] == ["flash", "annual", "verified"]
    # A disputed pair: the second number of one cell is only a draft.
    pair = Observation.objects.current().filter(
        indicator__code="TECH_CONTRACT", reference_period="2023", region__code="999900"
    )
    assert sorted(pair.values_list("value", "review_state")) == [
        (Decimal(190), "approved"), (Decimal(196), "draft"),
    ]  # fmt: skip
    assert Indicator.objects.exclude(breaks=[]).get().code == "HT_FIRMS"
    assert not Observation.objects.filter(indicator__code="ETHICS").exists()
    assert Observation.objects.exclude(withdrawn_by=None).exists()
    assert Observation.objects.exclude(evidence=None).exists()


def test_rounds_are_published_overdue_open_and_not_open_yet(city: str) -> None:
    rounds = ReportingRound.objects.order_by("opens_at")
    assert [(row.name, row.published_at is not None) for row in rounds] == [
        ("2024年度实绩填报（已发布）", True),
        ("2025年度实绩填报（长期开放）", False),
        ("2026年一季度填报（已逾期）", False),
        ("2034年度实绩填报（尚未开放）", False),
    ]
    assert Duty.objects.exclude(deputy=None).exists()
    leaves = LockException.objects.order_by("pk").values_list("revoked_at", flat=True)
    assert [revoked is not None for revoked in leaves] == [False, True]


def test_awards_are_some_hundreds_over_ten_years_and_their_totals_hold(city: str) -> None:
    awards = Award.objects.all()
    assert awards.count() == 267
    assert set(awards.values_list("year", flat=True)) == set(range(2016, 2027))
    assert awards.exclude(override_reason="").count() == 2
    assert awards.exclude(upload=None).count() == 0
    shared = [row.project_code for row in awards if row.project_code.startswith("XM-")]
    assert len(shared) == 2 * len(set(shared)) == 6
    assert Payment.objects.exclude(voided_by=None).count() == 1
    totals = {row.pk: (row.awards, row.committed, row.paid) for row in YearTotal.objects.all()}
    rebuild_totals()
    again = {row.pk: (row.awards, row.committed, row.paid) for row in YearTotal.objects.all()}
    assert sorted(again.values()) == sorted(totals.values())


def test_one_budget_is_over_committed_and_one_is_missing(city: str) -> None:
    held = {(row.program_id, row.year): row.amount for row in Budget.objects.all()}
    names = dict(Program.objects.values_list("pk", "key"))
    over, missing = set(), set()
    for row in YearTotal.objects.all():
        amount = held.get((row.program_id, row.year))
        if amount is None:
            missing.add((names[row.program_id], row.year))
        elif amount < row.committed:
            over.add((names[row.program_id], row.year))
    assert over == {("yulin", 2024)}
    assert missing == {("haixin", 2024)}


def test_programs_serve_targets_and_an_indicator(city: str) -> None:
    assert ProgramLink.objects.exclude(target=None).count() == 9
    assert ProgramLink.objects.exclude(indicator=None).get().indicator.code == "PLATFORM"


def test_names_and_codes_are_plainly_made_up(city: str) -> None:
    assert set(Region.objects.values_list("made_up", flat=True)) == {True}
    assert [row.name for row in Recipient.objects.all() if not row.name.startswith("练习")] == []
    codes = [row.credit_code for row in Recipient.objects.exclude(credit_code=None)]
    # 999900 is no region of GB/T 2260.
    assert [code for code in codes if code[2:8] != "999900"] == []
    assert len(codes) == len(set(codes)) == 70
    titles = PolicyDocument.objects.values_list("title", flat=True)
    assert [title for title in titles if "（练习）" not in title] == []
    assert len(titles) == 7


def test_uploads_hold_every_outcome_of_both_kinds(city: str) -> None:
    kinds = dict(Upload.objects.filter(state="staged").values_list("name", "kind"))
    assert kinds == {"待确认的实绩.csv": "actuals", "待确认的立项.csv": "awards"}


def test_everything_was_done_through_actions_with_a_sound_trail(city: str) -> None:
    acted = AuditEvent.objects.filter(source__startswith=practice.MARK)
    assert acted.count() > 100
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert out.getvalue().endswith("未发现篡改。 (No tampering found.)\n")


def test_loading_and_acting_again_changes_nothing(own_city: str) -> None:
    counts, events = row_counts(), AuditEvent.objects.count()
    assert load_facts(madeup.folder()) == {
        "catalogue": 0, "documents": 0, "programs": 0, "actuals": 0, "money": 0,
    }  # fmt: skip
    assert practice.act() is False
    assert row_counts() == counts
    assert AuditEvent.objects.count() == events


def test_every_measure_of_the_rule_book_has_a_verdict(city: str) -> None:
    judged = Target.objects.filter(snapshot__isnull=False, versions__superseded_at=None)
    measures = set(judged.values_list("versions__measure", flat=True))
    assert measures == set(get_args(MeasureKind))
