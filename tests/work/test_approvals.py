"""Approvals that meet: whoever is first counts, the other hears of it, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connections

from accounts.models import AuditEvent, User
from accounts.versions import Conflict
from targets import actions
from targets.actions import Proposal
from targets.errors import Refused
from targets.models import RuleSet, Target, TargetVersion
from targets.models.verdicts import StaleRequest
from tests.indicators import builders as b

pytestmark = pytest.mark.usefixtures("world")


def at_once(act: Callable[[User], object], people: list[User]) -> list[str]:
    """What each of these people heard who act in the same moment, sorted."""
    start, told = Barrier(len(people)), []

    def run(person: User) -> None:
        start.wait(timeout=20)
        try:
            act(person)
            told.append("done")
        except (Conflict, Refused):
            told.append("refused")
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(told)


def reviewers() -> list[User]:
    return [b.person("one", "reviewer"), b.person("two", "reviewer")]


def submitted(target: Target, value: str, author: User) -> TargetVersion:
    proposal = Proposal(change="corrected", reason="更正读法", meaning={"value": Decimal(value)})
    draft = actions.propose_version(by=author, target=target, proposal=proposal)
    return actions.submit_version(by=author, draft=draft, version=draft.version)


def test_two_people_approve_one_change_and_one_succeeds() -> None:
    target = Target.objects.promises().filter(parts=None).earliest("pk")
    standing = target.versions.in_force().get()
    draft = submitted(target, str(standing.value + 1), b.person("author", "analyst"))
    queued = StaleRequest.objects.count()

    def approve(person: User) -> None:
        mine = TargetVersion.objects.select_related("target", "unit").get(pk=draft.pk)
        actions.approve_version(by=person, draft=mine, version=draft.version)

    assert at_once(approve, reviewers()) == ["done", "refused"]
    now = target.versions.in_force().get()
    assert (now.pk, now.value) == (draft.pk, standing.value + 1)
    assert AuditEvent.objects.filter(action="targets.approve_version").count() == 1
    assert StaleRequest.objects.count() == queued + 1


def test_two_people_propose_a_change_of_one_target_and_one_is_kept() -> None:
    target = Target.objects.promises().filter(parts=None).earliest("pk")
    value = target.versions.in_force().get().value

    def propose(person: User) -> None:
        submitted(target, str(value + person.pk), person)

    assert at_once(propose, reviewers()) == ["done", "refused"]
    assert target.versions.in_progress().count() == 1


def test_approval_and_daily_job_leave_one_version_in_force() -> None:
    target = Target.objects.promises().filter(parts=None).earliest("pk")
    standing = target.versions.in_force().get()
    draft = submitted(target, str(standing.value + 1), b.person("author", "analyst"))
    later = TargetVersion.objects.get(pk=draft.pk)
    judge, clock = reviewers()
    # A second change, approved long ago, whose day has come.
    later.pk, later.review_state, later.supersedes = None, "approved", None
    later.approved_by, later.approved_at = judge, standing.approved_at
    later.valid_from, later.value = standing.approved_at.date(), standing.value + 2
    later.save()

    def act(person: User) -> None:
        if person == clock:
            actions.bring_into_force(by=None, day=later.valid_from)
            return
        mine = TargetVersion.objects.select_related("target", "unit").get(pk=draft.pk)
        actions.approve_version(by=person, draft=mine, version=draft.version)

    told = at_once(act, [judge, clock])
    # Whichever was first, one counts; the approval may be told that it was overtaken.
    assert told in (["done", "done"], ["done", "refused"])
    actions.bring_into_force(by=None, day=later.valid_from)
    assert target.versions.in_force().get().value in (standing.value + 1, standing.value + 2)
    assert not target.versions.scheduled().exists()


def test_two_people_approve_one_rule_set_and_one_succeeds() -> None:
    terms = actions.Terms(
        on_track=Decimal("0.9"), lagging=Decimal("0.5"), ahead=Decimal("1.1"),
        about_tolerance=Decimal("0.02"), nearly_share=Decimal("0.9"),
        lights=RuleSet.objects.get(version=1).lights, in_force_from=b.timezone.localdate(),
    )  # fmt: skip
    author = b.person("author", "reviewer")
    rules = actions.propose_rules(by=author, terms=terms, reason="年度调整")
    actions.submit_rules(by=author, rules=rules)

    def approve(person: User) -> None:
        actions.approve_rules(by=person, rules=RuleSet.objects.get(pk=rules.pk))

    assert at_once(approve, reviewers()) == ["done", "refused"]
    assert AuditEvent.objects.filter(action="targets.approve_rules").count() == 1
