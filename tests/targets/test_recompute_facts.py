"""Recompute over all the facts: equal rows from scratch, and an approval that moves verdicts."""

from __future__ import annotations

from decimal import Decimal

from django.utils import timezone

from targets.models import ProgressSnapshot, StaleRequest, StatusChange, Target
from targets.recompute import recompute, sweep
from tests.work.promises import approve, from_scratch, settle, submitted, verdict, verdicts
from tests.work.worlds import world  # noqa: F401 - a fixture

PLAN = "qd-sti-plan-2024-2028"


def test_all_verdicts_come_out_equal_when_every_row_is_deleted_first(world: str) -> None:  # noqa: F811
    before = verdicts()
    assert len(before) == Target.objects.count()
    assert from_scratch() == before
    # Digests are among the columns, so a second run finds nothing to write.
    targets = list(Target.objects.select_related("indicator__unit"))
    assert recompute(targets, as_of=timezone.localdate(), now=timezone.now()) == 0
    assert StatusChange.objects.count() == 0


def test_no_fact_of_the_fixtures_fails_in_recompute(world: str) -> None:  # noqa: F811
    assert StaleRequest.objects.count() == 0
    assert not ProgressSnapshot.objects.filter(status="").exists()


def test_lower_bounds_of_the_fixtures_are_shown_as_such(world: str) -> None:  # noqa: F811
    contract = verdict("contract", "qd-stb-workplan-2022")
    assert (contract.period, contract.actual, contract.actual_qualifier) == ("2022", 395, "above")
    assert contract.status == "attained"


def test_entering_and_approving_contracts_of_2025_changes_the_verdicts_after_a_sweep(
    world: str,  # noqa: F811
) -> None:
    before = verdicts()
    plan, meeting = verdict("contract", PLAN), verdict("contract")
    assert (plan.period, meeting.period) == ("2024", "2024")
    row = submitted("TECH_CONTRACT", "2025", "1300.5")
    assert StaleRequest.objects.count() == 0
    approve(row)
    assert verdicts() == before
    assert sweep().failed == 0
    settle()
    assert StaleRequest.objects.count() == 0
    plan = verdict("contract", PLAN)
    assert (plan.period, plan.actual, plan.status) == ("2025", Decimal("1300.5"), "attained")
    assert row.pk in plan.inputs
    # The end of the meeting's promise was 2024: later data do not decide it.
    assert (verdict("contract").period, verdict("contract").actual) == ("2024", meeting.actual)
    moved = {key for key, facts in verdicts().items() if facts != before[key]}
    about = Target.objects.filter(indicator__code="TECH_CONTRACT", region__code="370200")
    heads = {target.part_of_id or target.pk for target in about}
    promised = Target.objects.filter(pk__in=heads) | Target.objects.filter(part_of__in=heads)
    assert moved <= set(promised.values_list("pk", flat=True))
    assert verdicts() == from_scratch()


def test_approving_a_growth_rate_moves_the_promise_about_its_level(world: str) -> None:  # noqa: F811
    growth = verdict("rd-growth")
    approve(submitted("RD_EXP_G", "2024", "11.4"))
    settle()
    after = verdict("rd-growth")
    assert growth.actual != after.actual
    assert (after.actual, after.status) == (Decimal("11.4"), "attained")
