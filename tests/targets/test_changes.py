"""Changes of targets: what is kept, what is refused, and which version counts on which day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AuditEvent, User
from accounts.versions import Conflict
from targets import actions
from targets.actions import Proposal
from targets.errors import Refused
from targets.models import ProgressSnapshot, StaleRequest, Target, TargetVersion
from targets.recompute import recompute_promises
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
State = TargetVersion.ReviewState


@pytest.fixture
def target() -> Target:
    return b.promise(b.indicator(), "9000", "2024")


@pytest.fixture
def author() -> User:
    return b.person("author", "analyst")


@pytest.fixture
def judge() -> User:
    return b.person("judge", "reviewer")


def adjusted(value: str = "8500", **facts: Any) -> Proposal:
    stated: dict[str, Any] = {
        "change": "adjusted",
        "reason": "中期评估后下调",
        "meaning": {"value": Decimal(value)},
        "basis_note": "中期评估报告第三条",
    }
    return Proposal(**(stated | facts))


def withdrawn(**facts: Any) -> Proposal:
    return adjusted(**({"change": "withdrawn", "reason": "计划停止执行"} | facts))


def submitted(target: Target, author: User, proposal: Proposal | None = None) -> TargetVersion:
    draft = actions.propose_version(by=author, target=target, proposal=proposal or adjusted())
    return actions.submit_version(by=author, draft=draft, version=draft.version)


def approved(
    target: Target, author: User, judge: User, proposal: Proposal | None = None
) -> TargetVersion:
    draft = submitted(target, author, proposal)
    return actions.approve_version(by=judge, draft=draft, version=draft.version)


def test_draft_keeps_what_was_not_named_and_counts_for_nothing(
    target: Target, author: User
) -> None:
    first = target.versions.get()
    draft = actions.propose_version(by=author, target=target, proposal=adjusted())
    assert (draft.value, draft.period_end, draft.unit) == (Decimal(8500), "2024", first.unit)
    assert (draft.change, draft.reason, draft.supersedes) == ("adjusted", "中期评估后下调", first)
    assert (draft.review_state, draft.effective_at) == ("draft", None)
    assert target.versions.in_force().get() == first
    assert not StaleRequest.objects.exists()
    event = AuditEvent.objects.get()
    assert (event.before["value"], event.after["value"]) == ("9000.0000000000", "8500")


def test_approval_supersedes_and_asks_for_a_verdict(
    target: Target, author: User, judge: User
) -> None:
    first = target.versions.get()
    draft = approved(target, author, judge)
    first.refresh_from_db()
    assert target.versions.in_force().get() == draft
    assert first.superseded_at == draft.effective_at == draft.approved_at
    assert (draft.approved_by, draft.self_approved) == (judge, False)
    queued = StaleRequest.objects.get()
    assert (queued.indicator_id, queued.cause) == (target.indicator_id, "version")
    assert b.events() == [
        "targets.propose_version",
        "targets.submit_version",
        "targets.approve_version",
    ]


def test_change_valid_since_an_earlier_day_is_in_force_at_once(
    target: Target, author: User, judge: User
) -> None:
    past = adjusted(change="corrected", valid_from=date(2020, 1, 1), basis_note="")
    draft = approved(target, author, judge, past)
    assert target.versions.in_force().get() == draft


def test_change_of_a_later_day_waits_for_the_daily_job(
    target: Target, author: User, judge: User
) -> None:
    first = target.versions.get()
    day = TODAY + timedelta(days=10)
    draft = approved(target, author, judge, adjusted(valid_from=day))
    assert (draft.is_scheduled, target.versions.in_force().get()) == (True, first)
    assert not StaleRequest.objects.exists()
    assert actions.bring_into_force(by=None, day=day - timedelta(days=1)) == 0
    assert target.versions.in_force().get() == first
    assert actions.bring_into_force(by=None, day=day) == 1
    first.refresh_from_db()
    assert (target.versions.in_force().get(), first.superseded_at is None) == (draft, False)
    assert StaleRequest.objects.count() == 1
    assert b.events()[-1] == "targets.bring_into_force"
    assert actions.bring_into_force(by=None, day=day) == 0
    assert b.events().count("targets.bring_into_force") == 1


def test_scheduled_change_never_undoes_what_was_approved_in_between(
    target: Target, author: User, judge: User
) -> None:
    day = TODAY + timedelta(days=10)
    scheduled = approved(target, author, judge, adjusted("8000", valid_from=day))
    between = approved(target, author, judge, adjusted("8600"))
    assert target.versions.in_force().get() == between
    assert actions.bring_into_force(by=None, day=day) == 0
    scheduled.refresh_from_db()
    assert target.versions.in_force().get() == between
    assert (scheduled.review_state, scheduled.approved_by) == ("returned", None)
    assert "另有变更" in scheduled.return_reason
    assert b.events()[-1] == "targets.bring_into_force"


def test_scheduled_change_never_revives_a_withdrawn_target(
    target: Target, author: User, judge: User
) -> None:
    day = TODAY + timedelta(days=10)
    approved(target, author, judge, adjusted("8000", valid_from=day))
    gone = approved(target, author, judge, adjusted(change="withdrawn"))
    assert actions.bring_into_force(by=None, day=day) == 0
    assert target.versions.in_force().get() == gone


def test_adjustment_without_a_day_begins_on_that_of_its_approval(
    target: Target, author: User, judge: User
) -> None:
    changed = approved(target, author, judge, adjusted("8600"))
    assert changed.valid_from == TODAY
    earlier = TargetVersion.objects.in_force_on(TODAY - timedelta(days=300), TODAY)
    assert [int(row.value) for row in earlier] == [9000]
    correction = approved(target, author, judge, adjusted("8700", change="corrected"))
    assert correction.valid_from is None


def test_two_scheduled_changes_of_one_target_end_with_the_later(
    target: Target, author: User, judge: User
) -> None:
    soon = TODAY + timedelta(days=2)
    approved(target, author, judge, adjusted("8000", valid_from=soon + timedelta(days=1)))
    approved(target, author, judge, adjusted("8600", valid_from=soon))
    assert actions.bring_into_force(by=None, day=soon + timedelta(days=5)) == 2
    assert target.versions.in_force().get().value == 8000


def test_in_force_on_a_day_as_known_on_another(target: Target, author: User, judge: User) -> None:
    def at(row: TargetVersion, moment: datetime, **facts: Any) -> None:
        TargetVersion.objects.filter(pk=row.pk).update(
            approved_at=moment, effective_at=moment, **facts
        )

    first = target.versions.get()
    second = approved(target, author, judge, adjusted(valid_from=date(2024, 7, 1)))
    third = approved(target, author, judge, adjusted("8700"))
    # The last moment of a day in China is still that day.
    at(first, datetime(2023, 1, 1, tzinfo=UTC))
    at(second, datetime(2024, 6, 30, 15, 59, tzinfo=UTC))
    at(third, datetime(2025, 1, 1, 1, 0, tzinfo=UTC), valid_from=None)

    def value_on(day: date, known_on: date | None = None) -> int | None:
        row = TargetVersion.objects.in_force_on(day, known_on).first()
        return None if row is None else int(row.value)

    assert value_on(date(2022, 12, 31)) is None
    assert value_on(date(2023, 1, 1)) == 9000
    assert value_on(date(2024, 6, 30)) == 9000
    assert value_on(date(2024, 7, 1)) == 8500
    assert value_on(date(2024, 7, 1), date(2024, 6, 29)) == 9000
    assert value_on(date(2024, 7, 1), date(2024, 6, 30)) == 8500
    assert value_on(date(2024, 6, 1), date(2024, 12, 31)) == 9000
    assert value_on(date(2024, 12, 31), date(2024, 12, 31)) == 8500
    assert value_on(date(2024, 7, 1), date(2025, 1, 1)) == 8700
    assert value_on(date(2025, 1, 1)) == 8700


def test_in_force_on_gives_one_row_a_target(target: Target, author: User, judge: User) -> None:
    other = b.promise(b.indicator("OTHER"), "10", "2024")
    approved(target, author, judge)
    submitted(other, author)
    found = {
        row.target_id: int(row.value) for row in TargetVersion.objects.in_force_on(TODAY, TODAY)
    }
    assert found == {target.pk: 8500, other.pk: 10}


def test_scheduled_change_counts_on_its_day_when_asked_ahead(
    target: Target, author: User, judge: User
) -> None:
    day = TODAY + timedelta(days=10)
    draft = approved(target, author, judge, adjusted(valid_from=day))
    assert TargetVersion.objects.in_force_on(day, TODAY).get() == draft
    assert TargetVersion.objects.in_force_on(TODAY, TODAY).get() != draft


def test_own_change_is_approved_by_another(target: Target, judge: User, settings: Any) -> None:
    draft = submitted(target, judge)
    with pytest.raises(Refused, match="另一位核定人"):
        actions.approve_version(by=judge, draft=draft, version=draft.version)
    settings.SELF_APPROVAL = True
    draft = actions.approve_version(by=judge, draft=draft, version=draft.version)
    assert draft.self_approved is True


@pytest.mark.parametrize(
    ("proposal", "words"),
    [
        ({"reason": " "}, "请写明理由"),
        ({"change": "first"}, "请选择变更类型"),
        ({"basis_note": ""}, "须写明依据"),
        ({"change": "withdrawn", "basis_note": " "}, "须写明依据"),
        ({"meaning": {"value": Decimal(9000)}}, "没有差别"),
        ({"meaning": {"period_end": "二〇二六"}}, "二〇二六"),
        ({"meaning": {"period_start": "2030"}}, "起始期不能晚于期限"),
        ({"meaning": {"comparator": "between"}}, "区间须有上限"),
        ({"meaning": {"comparator": "between", "upper": Decimal(8)}}, "区间须有上限"),
        ({"meaning": {"upper": Decimal(9500)}}, "清空上限"),
        ({"meaning": {"tolerance": Decimal(-1)}}, "允差"),
        ({"meaning": {"baseline_period": "2020"}}, "基期须写明来源"),
        ({"meaning": {"baseline_value": Decimal(0)}}, "基期须写明来源"),
        ({"meaning": {"baseline_period": "2020", "baseline_provenance": "stated"}}, "基期值"),
        ({"meaning": {"path": "seasonal", "profile": [1, 2]}}, "分季份额"),
        ({"meaning": {"path": "milestones", "milestones": {"2023": "很多"}}}, "节点值"),
        ({"meaning": {"measure": "guess"}}, "计量方式"),
        ({"meaning": {"value": Decimal(10) ** 16}}, "目标值"),
        ({"meaning": {"value": None}}, "目标值"),
    ],
)
def test_change_that_says_nothing_sound_is_refused_in_words(
    target: Target, author: User, proposal: dict[str, Any], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        actions.propose_version(by=author, target=target, proposal=adjusted(**proposal))
    assert (target.versions.count(), b.events()) == (1, [])


def test_unit_that_cannot_be_converted_is_refused(target: Target, author: User) -> None:
    with pytest.raises(Refused, match="不能换算"):
        actions.propose_version(
            by=author, target=target, proposal=adjusted(meaning={"unit": b.money()})
        )


def test_zero_is_a_value_and_none_of_the_refusals(target: Target, author: User) -> None:
    meaning = {
        "value": Decimal(0), "baseline_period": "2020", "baseline_value": Decimal(0),
        "baseline_provenance": "stated", "tolerance": Decimal(0),
    }  # fmt: skip
    draft = actions.propose_version(by=author, target=target, proposal=adjusted(meaning=meaning))
    draft.refresh_from_db()
    assert (draft.value, draft.baseline_value, draft.tolerance) == (0, 0, 0)


def test_target_without_a_version_in_force_takes_no_change(target: Target, author: User) -> None:
    target.versions.update(superseded_at=timezone.now())
    with pytest.raises(Refused, match="还没有核定的读法"):
        actions.propose_version(by=author, target=target, proposal=adjusted())


def test_one_change_of_a_target_at_a_time(target: Target, author: User, judge: User) -> None:
    draft = actions.propose_version(by=author, target=target, proposal=adjusted())
    with pytest.raises(Refused, match="已有一份在办的变更"):
        actions.propose_version(by=judge, target=target, proposal=adjusted("8000"))
    actions.drop_version(by=author, draft=draft, version=draft.version, reason="重复提出")
    again = actions.propose_version(by=judge, target=target, proposal=adjusted("8000"))
    assert again.value == 8000
    draft.refresh_from_db()
    assert (draft.review_state, draft.return_reason) == ("dropped", "重复提出")


def test_amended_change_is_a_draft_of_whoever_amended_it(
    target: Target, author: User, judge: User
) -> None:
    draft = submitted(target, author)
    returned = actions.return_version(
        by=judge, draft=draft, version=draft.version, reason="依据不清"
    )
    assert (returned.review_state, returned.return_reason) == ("returned", "依据不清")
    again = actions.amend_version(
        by=judge, draft=returned, version=returned.version, proposal=adjusted("8600")
    )
    assert (again.review_state, again.value, again.entered_by) == ("draft", 8600, judge)
    assert again.return_reason == "依据不清"


def test_edit_on_an_old_version_is_a_conflict_with_both_values(
    target: Target, author: User
) -> None:
    draft = actions.propose_version(by=author, target=target, proposal=adjusted())
    mine = TargetVersion.objects.get(pk=draft.pk)
    actions.amend_version(by=author, draft=draft, version=1, proposal=adjusted("8600"))
    with pytest.raises(Conflict) as caught:
        actions.amend_version(by=author, draft=mine, version=1, proposal=adjusted("8700"))
    assert caught.value.current.value == 8600
    assert caught.value.attempted["value"] == 8700
    assert target.versions.get(pk=draft.pk).value == 8600


def test_approval_of_what_changed_meanwhile_is_a_conflict(
    target: Target, author: User, judge: User
) -> None:
    draft = submitted(target, author)
    seen = draft.version
    actions.return_version(by=judge, draft=draft, version=seen, reason="再核")
    actions.amend_version(by=author, draft=draft, version=draft.version, proposal=adjusted("7000"))
    actions.submit_version(by=author, draft=draft, version=draft.version)
    with pytest.raises(Conflict):
        actions.approve_version(by=judge, draft=draft, version=seen)
    assert target.versions.in_force().get().value == 9000


def test_change_of_a_reading_that_was_replaced_is_refused(
    target: Target, author: User, judge: User
) -> None:
    draft = submitted(target, author)
    first = target.versions.in_force().get()
    target.versions.filter(pk=first.pk).update(superseded_at=timezone.now())
    first.pk = None
    first.value = Decimal(9100)
    first.save()
    with pytest.raises(Refused, match="现行读法已经改变"):
        actions.approve_version(by=judge, draft=draft, version=draft.version)
    assert target.versions.in_force().get().value == 9100


@pytest.mark.parametrize(
    ("step", "states"),
    [
        ("submit_version", {"draft", "returned"}),
        ("drop_version", {"draft", "returned"}),
        ("return_version", {"submitted"}),
        ("approve_version", {"submitted"}),
        ("amend_version", {"draft", "returned"}),
    ],
)
@pytest.mark.parametrize("state", list(State.values))
def test_step_starts_where_it_may(
    target: Target, author: User, judge: User, step: str, states: set[str], state: str
) -> None:
    draft = actions.propose_version(by=author, target=target, proposal=adjusted())
    facts: dict[str, Any] = {"review_state": state, "return_reason": "示范"}
    if state == "approved":
        facts |= {"approved_by": judge, "approved_at": timezone.now()}
    TargetVersion.objects.filter(pk=draft.pk).update(**facts)
    draft.refresh_from_db()
    arguments: dict[str, Any] = {"by": judge, "draft": draft, "version": draft.version}
    if step in ("drop_version", "return_version"):
        arguments["reason"] = "示范理由"
    if step == "amend_version":
        arguments["proposal"] = adjusted("8600")
    if state in states:
        assert getattr(actions, step)(**arguments).review_state != state or state == "draft"
        return
    with pytest.raises(Refused, match="这一步只能对"):
        getattr(actions, step)(**arguments)


@pytest.mark.parametrize("step", ["return_version", "drop_version"])
def test_sending_back_and_giving_up_want_a_reason(
    target: Target, author: User, judge: User, step: str
) -> None:
    draft = actions.propose_version(by=author, target=target, proposal=adjusted())
    if step == "return_version":
        actions.submit_version(by=author, draft=draft, version=draft.version)
    before = b.events()
    with pytest.raises(Refused, match="请写明理由"):
        getattr(actions, step)(by=judge, draft=draft, version=draft.version, reason="  ")
    assert b.events() == before


def test_withdrawn_target_keeps_its_meaning_and_is_not_judged(
    target: Target, author: User, judge: User
) -> None:
    draft = approved(target, author, judge, withdrawn(meaning={"value": Decimal(1)}))
    assert (draft.value, draft.is_withdrawn) == (9000, True)
    assert target.versions.in_force().get() == draft
    assert not TargetVersion.objects.judgeable().exists()
    with pytest.raises(Refused, match="已经废止"):
        actions.propose_version(by=author, target=target, proposal=withdrawn())


def test_withdrawn_target_may_come_back(target: Target, author: User, judge: User) -> None:
    approved(target, author, judge, withdrawn())
    back = approved(target, author, judge, adjusted("9000", reason="恢复执行"))
    assert TargetVersion.objects.judgeable().get() == back


def test_promise_is_withdrawn_after_its_parts(target: Target, author: User, judge: User) -> None:
    part = b.promise(b.indicator("OTHER"), "5", "2024")
    Target.objects.filter(pk=part.pk).update(part_of=target)
    part.refresh_from_db()
    with pytest.raises(Refused, match="并列部分"):
        actions.propose_version(by=author, target=target, proposal=withdrawn())
    approved(part, author, judge, withdrawn())
    assert approved(target, author, judge, withdrawn()).is_withdrawn


def test_part_that_goes_later_holds_the_promise_back(
    target: Target, author: User, judge: User
) -> None:
    part = b.promise(b.indicator("OTHER"), "5", "2024")
    Target.objects.filter(pk=part.pk).update(part_of=target)
    day = TODAY + timedelta(days=5)
    approved(Target.objects.get(pk=part.pk), author, judge, withdrawn(valid_from=day))
    with pytest.raises(Refused, match="并列部分"):
        actions.propose_version(by=author, target=target, proposal=withdrawn())
    later = actions.propose_version(by=author, target=target, proposal=withdrawn(valid_from=day))
    assert later.change == "withdrawn"


def test_database_keeps_one_version_in_force(target: Target, judge: User) -> None:
    row = target.versions.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
    row.effective_at = None
    row.save()
    assert target.versions.scheduled().get() == row


@pytest.mark.parametrize(
    "facts",
    [
        {"review_state": "returned"},
        {"review_state": "dropped"},
        {"effective_at": datetime(2024, 1, 1, tzinfo=UTC)},
        {"reason": ""},
    ],
)
def test_database_refuses_half_a_story(target: Target, author: User, facts: dict[str, Any]) -> None:
    draft = actions.propose_version(by=author, target=target, proposal=adjusted())
    with pytest.raises(IntegrityError), transaction.atomic():
        TargetVersion.objects.filter(pk=draft.pk).update(**facts)


def test_promise_is_judged_by_the_parts_that_stand(
    target: Target, author: User, judge: User
) -> None:
    b.actual(target.indicator, "9500", "2024")
    part = b.promise(b.indicator("OTHER"), "5", "2024")
    b.actual(part.indicator, "1", "2024")
    Target.objects.filter(pk=part.pk).update(part_of=target)
    day = date(2025, 6, 1)
    recompute_promises([target.pk], as_of=day, now=timezone.now())
    assert ProgressSnapshot.objects.get(target=target).promise_status == "missed"
    approved(Target.objects.get(pk=part.pk), author, judge, withdrawn())
    recompute_promises([target.pk], as_of=day, now=timezone.now())
    assert ProgressSnapshot.objects.get().target == target
    assert ProgressSnapshot.objects.get().promise_status == "attained"
