"""The daily job brings changes of targets into force whose day has come, before it queues."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from qdpolicy.management.commands.work import round_of_work
from targets import actions, tasks
from targets.actions import Proposal
from targets.models import ProgressSnapshot, RuleSet, Target, TargetVersion
from targets.recompute import sweep
from tests.indicators import builders as b

pytestmark = pytest.mark.usefixtures("empty_world")
TODAY = timezone.localdate()


@pytest.fixture
def target() -> Target:
    """9000 by 2024 with 8600 there: missed, and met if the goal is lowered to 8500."""
    firms = b.indicator()
    b.actual(firms, "8600", "2024")
    return b.promise(firms, "9000", "2024")


def scheduled(target: Target, change: str = "adjusted", days: int = 3) -> TargetVersion:
    author, judge = b.person("author", "analyst"), b.person("judge", "reviewer")
    meaning = {"value": Decimal(8500)} if change == "adjusted" else {}
    proposal = Proposal(
        change=change, reason="中期评估", basis_note="评估报告", meaning=meaning,
        valid_from=TODAY + timedelta(days=days),
    )  # fmt: skip
    draft = actions.propose_version(by=author, target=target, proposal=proposal)
    draft = actions.submit_version(by=author, draft=draft, version=draft.version)
    return actions.approve_version(by=judge, draft=draft, version=draft.version)


def at_noon(days: int) -> datetime:
    day = TODAY + timedelta(days=days)
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_round_of_the_day_judges_by_the_new_goal(target: Target) -> None:
    draft = scheduled(target)
    round_of_work(at_noon(2), None)
    assert ProgressSnapshot.objects.get(target=target).status == "missed"
    round_of_work(at_noon(3), at_noon(2))
    snapshot = ProgressSnapshot.objects.get(target=target)
    assert (snapshot.status, snapshot.version_id) == ("attained", draft.pk)


def test_celery_task_of_the_day_does_the_same(target: Target) -> None:
    draft = scheduled(target)
    TargetVersion.objects.filter(pk=draft.pk).update(valid_from=TODAY)
    tasks.queue_open_targets()
    sweep()
    assert ProgressSnapshot.objects.get(target=target).version_id == draft.pk


def test_withdrawn_target_loses_its_verdict(target: Target) -> None:
    scheduled(target, "withdrawn")
    round_of_work(at_noon(2), None)
    assert ProgressSnapshot.objects.filter(target=target).exists()
    round_of_work(at_noon(3), at_noon(2))
    assert not ProgressSnapshot.objects.filter(target=target).exists()


def test_rules_of_the_day_judge_from_the_daily_job_on(target: Target) -> None:
    author, judge = b.person("author", "reviewer"), b.person("judge", "reviewer")
    lights = {**RuleSet.objects.get().lights, "missed": "yellow"}
    terms = actions.Terms(
        on_track=Decimal("0.95"), lagging=Decimal("0.6"), ahead=Decimal("1.05"),
        about_tolerance=Decimal("0.02"), nearly_share=Decimal("0.9"), lights=lights,
        in_force_from=TODAY + timedelta(days=1),
    )  # fmt: skip
    rules = actions.propose_rules(by=author, terms=terms, reason="试行")
    actions.submit_rules(by=author, rules=rules)
    actions.approve_rules(by=judge, rules=rules)
    tasks.queue_open_targets()
    sweep(as_of=TODAY)
    assert ProgressSnapshot.objects.get(target=target).light == "red"
    tasks.queue_open_targets()
    sweep(as_of=TODAY + timedelta(days=1))
    snapshot = ProgressSnapshot.objects.get(target=target)
    assert (snapshot.light, snapshot.promise_light, snapshot.rule_version) == (
        "yellow", "yellow", 2,
    )  # fmt: skip
