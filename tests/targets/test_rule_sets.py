"""Rule sets: numbered versions that another person approves, and which of them judges on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Job, User
from accounts.versions import Conflict
from targets import actions
from targets.actions import Terms
from targets.actions import rules as module
from targets.errors import Refused
from targets.models import RuleSet, StaleRequest
from targets.progress import Rules, light_of
from targets.progress.rules import DEFAULT_LIGHTS
from targets.recompute import rules_in_force, rules_of
from tests.indicators import builders as b

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_rules")]
TODAY = timezone.localdate()


@pytest.fixture
def author() -> User:
    return b.person("author", "reviewer")


@pytest.fixture
def judge() -> User:
    return b.person("judge", "reviewer")


def terms(**facts: Any) -> Terms:
    stated = Terms(
        on_track=Decimal("0.9"), lagging=Decimal("0.5"), ahead=Decimal("1.1"),
        about_tolerance=Decimal("0.03"), nearly_share=Decimal("0.85"),
        lights=dict(DEFAULT_LIGHTS), in_force_from=TODAY,
    )  # fmt: skip
    return replace(stated, **facts)


def submitted(author: User, **facts: Any) -> RuleSet:
    rules = actions.propose_rules(by=author, terms=terms(**facts), reason="年度调整")
    return actions.submit_rules(by=author, rules=rules)


def test_first_rules_are_approved_and_built_in() -> None:
    first = RuleSet.objects.get()
    assert (first.version, first.review_state, first.entered_by) == (1, "approved", None)
    assert rules_of(first) == Rules()
    assert RuleSet.objects.in_force_on(TODAY) == first
    # No person approved them, and still they were known on any day.
    assert RuleSet.objects.in_force_on(date(2001, 1, 1), date(2001, 1, 1)) == first
    assert RuleSet.objects.in_force_on(date(1999, 1, 1)) is None


def test_default_lights_are_those_of_the_rule_book() -> None:
    found = {status: light_of(status) for status in DEFAULT_LIGHTS}  # type: ignore[arg-type]
    assert found == {
        "attained": "green", "on_track": "green", "lagging": "yellow", "off_track": "red",
        "regressing": "red", "missed": "red", "not_assessable": "grey", "no_data": "grey",
        "not_due": "grey", "not_quantified": "grey",
    }  # fmt: skip
    assert Rules().light_of("no such status") == "grey"
    assert Rules(lights={"lagging": "red"}).light_of("lagging") == "red"


def test_draft_takes_the_next_number_and_judges_nothing(author: User) -> None:
    rules = actions.propose_rules(by=author, terms=terms(), reason=" 年度调整 ")
    assert (rules.version, rules.review_state, rules.reason) == (2, "draft", "年度调整")
    assert rules_in_force(TODAY)[1] == 1
    again = actions.propose_rules(by=author, terms=terms(), reason="另一案")
    assert again.version == 3


def test_approved_rules_judge_from_their_day(author: User, judge: User) -> None:
    b.promise(b.indicator(), "9000", "2024")
    lights = {**DEFAULT_LIGHTS, "lagging": "red"}
    rules = actions.approve_rules(by=judge, rules=submitted(author, lights=lights))
    found, number = rules_in_force(TODAY)
    assert (number, found.version, found.on_track) == (2, "2", Decimal("0.9"))
    assert (found.about_tolerance, found.nearly_share) == (Decimal("0.03"), Decimal("0.85"))
    assert found.light_of("lagging") == "red"
    assert rules_in_force(TODAY - timedelta(days=1))[1] == 1
    assert (rules.approved_by, rules.self_approved) == (judge, False)
    assert StaleRequest.objects.get().cause == "rules"
    assert b.events() == [
        "targets.propose_rules", "targets.submit_rules", "targets.approve_rules",
    ]  # fmt: skip


def test_rules_of_a_later_day_wait(author: User, judge: User) -> None:
    b.promise(b.indicator(), "9000", "2024")
    day = TODAY + timedelta(days=30)
    actions.approve_rules(by=judge, rules=submitted(author, in_force_from=day))
    assert rules_in_force(TODAY)[1] == 1
    assert rules_in_force(day)[1] == 2
    assert not StaleRequest.objects.exists()


def test_rules_as_known_before_their_approval_are_the_old_ones(author: User, judge: User) -> None:
    rules = actions.approve_rules(by=judge, rules=submitted(author, in_force_from=TODAY))
    # The last moment of 31 December in China.
    RuleSet.objects.filter(pk=rules.pk).update(
        in_force_from=date(2024, 1, 1), approved_at=datetime(2024, 12, 31, 15, 59, tzinfo=UTC)
    )
    assert rules_in_force(date(2024, 6, 30), date(2024, 6, 30))[1] == 1
    assert rules_in_force(date(2024, 6, 30), date(2024, 12, 31))[1] == 2
    assert rules_in_force(date(2024, 6, 30))[1] == 2


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_rules_that_nobody_approved_judge_nothing(author: User, state: str) -> None:
    rules = actions.propose_rules(by=author, terms=terms(), reason="年度调整")
    RuleSet.objects.filter(pk=rules.pk).update(review_state=state, return_reason="再议")
    assert rules_in_force(TODAY)[1] == 1


def test_many_verdicts_are_left_to_one_job(author: User, judge: User, monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "MANY", 1)
    b.promise(b.indicator("ONE"))
    b.promise(b.indicator("TWO"))
    actions.approve_rules(by=judge, rules=submitted(author))
    assert not StaleRequest.objects.exists()
    job = Job.objects.get()
    assert (job.kind, job.state, job.requested_by) == ("recompute_all", "queued", judge)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"lagging": Decimal("0.95")}, "依次不降"),
        ({"lagging": Decimal("-0.1")}, "依次不降"),
        ({"ahead": Decimal("0.8")}, "依次不降"),
        ({"ahead": Decimal("10.1")}, "依次不降"),
        ({"about_tolerance": Decimal("1.1")}, "允差"),
        ({"nearly_share": Decimal("-0.1")}, "下限"),
        ({"on_track": Decimal("NaN")}, "确定的数"),
        ({"nearly_share": Decimal("Infinity")}, "确定的数"),
        ({"lights": {"attained": "green"}}, "每一种状态"),
        ({"lights": {**DEFAULT_LIGHTS, "unheard": "green"}}, "每一种状态"),
        ({"lights": {**DEFAULT_LIGHTS, "lagging": "blue"}}, "绿、黄、红、灰"),
        ({"lights": None}, "每一种状态"),
        ({"in_force_from": date(1999, 12, 31)}, "不能早于"),
    ],
)
def test_terms_that_make_no_sense_are_refused_in_words(
    author: User, facts: dict[str, Any], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        actions.propose_rules(by=author, terms=terms(**facts), reason="年度调整")
    assert (RuleSet.objects.count(), b.events()) == (1, [])


def test_zero_is_a_threshold(author: User) -> None:
    zero = Decimal(0)
    rules = actions.propose_rules(
        by=author, reason="从宽", terms=terms(lagging=zero, about_tolerance=zero, nearly_share=zero)
    )
    rules.refresh_from_db()
    assert (rules.lagging, rules.about_tolerance, rules.nearly_share) == (0, 0, 0)


def test_rules_need_a_reason_and_another_person(author: User, judge: User, settings: Any) -> None:
    with pytest.raises(Refused, match="请写明理由"):
        actions.propose_rules(by=author, terms=terms(), reason=" ")
    rules = submitted(author)
    with pytest.raises(Refused, match="另一位核定人"):
        actions.approve_rules(by=author, rules=rules)
    settings.SELF_APPROVAL = True
    assert actions.approve_rules(by=author, rules=rules).self_approved is True


def test_returned_rules_keep_the_reason_and_are_not_taken_up(author: User, judge: User) -> None:
    rules = submitted(author)
    with pytest.raises(Refused, match="请写明理由"):
        actions.return_rules(by=judge, rules=rules, reason="")
    actions.return_rules(by=judge, rules=rules, reason="理由不足")
    assert (rules.review_state, rules.return_reason) == ("returned", "理由不足")
    with pytest.raises(Conflict):
        actions.submit_rules(by=author, rules=rules)
    with pytest.raises(Conflict):
        actions.approve_rules(by=judge, rules=rules)


def test_rules_that_begin_before_those_in_force_are_refused_at_approval(
    author: User, judge: User
) -> None:
    early = submitted(author)
    late = submitted(author, in_force_from=TODAY + timedelta(days=9))
    actions.approve_rules(by=judge, rules=late)
    with pytest.raises(Refused, match="不能早于"):
        actions.approve_rules(by=judge, rules=early)


@pytest.mark.parametrize(
    "facts",
    [
        {"lagging": Decimal("0.96")},
        {"lagging": Decimal("-0.1")},
        {"ahead": Decimal(11)},
        {"about_tolerance": Decimal("1.5")},
        {"nearly_share": Decimal("-0.5")},
        {"review_state": "returned"},
        {"review_state": "approved"},
    ],
)
def test_database_refuses_rules_that_make_no_sense(author: User, facts: dict[str, Any]) -> None:
    rules = actions.propose_rules(by=author, terms=terms(), reason="年度调整")
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleSet.objects.filter(pk=rules.pk).update(**facts)


def test_database_refuses_self_approval_unsaid(author: User) -> None:
    rules = submitted(author)
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleSet.objects.filter(pk=rules.pk).update(
            review_state="approved", approved_by=author, approved_at=timezone.now()
        )


def test_lights_of_a_row_are_validated() -> None:
    row = RuleSet.objects.get()
    row.lights = {"attained": "green"}
    with pytest.raises(ValidationError, match="每一种状态"):
        row.clean_fields()
