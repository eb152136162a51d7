"""Targets of the practice city changed, proposed, sent back and withdrawn; measures judged; rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from indicators.models import ReportingRound
from qdpolicy.practice.people import People
from targets.actions import (
    Proposal,
    Terms,
    approve_rules,
    approve_version,
    attach_original,
    drop_version,
    judge_measure,
    propose_rules,
    propose_version,
    return_rules,
    return_version,
    submit_rules,
    submit_version,
    write_note,
)
from targets.models import Clause, Measure, PolicyDocument, RuleSet, Target, TargetVersion

PLAN, NOTICE = "sl-actions-2023-2030", "sl-adjust-2025"
Change = TargetVersion.Change
Status = Measure.Status


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A change of a target: what it says, and how far it went (a state of review)."""

    target: str
    change: str
    to: str
    reason: str
    meaning: dict[str, Any] = field(default_factory=dict)
    clause: str = ""
    valid_from: date | None = None
    document: str = PLAN


CHANGES = (
    Changed(
        target="rd", change=Change.ADJUSTED, to="approved", reason="通知调整了2030年目标",
        meaning={"value": Decimal(280)}, clause="rd", valid_from=date(2025, 7, 1),
    ),
    Changed(
        target="incub-hub", change=Change.WITHDRAWN, to="approved", reason="通知写明不再执行",
        clause="incub-hub", valid_from=date(2025, 7, 1),
    ),
    Changed(
        target="platform", change=Change.CORRECTED, to="approved", reason="实施方案写有节点",
        meaning={"path": "milestones", "milestones": {"2025": "40", "2028": "52"}},
    ),
    Changed(
        target="contract-2026", change=Change.CORRECTED, to="approved", document=NOTICE,
        reason="技术合同多在四季度登记，按历年各季份额计算进度",
        meaning={"path": "seasonal", "profile": ["0.15", "0.2", "0.25", "0.4"]},
    ),
    Changed(
        target="labs", change=Change.ADJUSTED, to="approved", reason="自2029年起降低要求",
        meaning={"value": Decimal(2)}, clause="intensity", valid_from=date(2029, 1, 1),
    ),
    Changed(
        target="contract", change=Change.ADJUSTED, to="submitted", reason="拟按会议要求提高",
        meaning={"value": Decimal(420)}, clause="intensity", valid_from=date(2026, 1, 1),
    ),
    Changed(
        target="rank", change=Change.CORRECTED, to="draft", reason="“进入前15位”含第15位",
        meaning={"commitment": "firm"},
    ),
    Changed(
        target="ai", change=Change.CORRECTED, to="returned", reason="名录口径变化",
        meaning={"value": Decimal(190)},
    ),
    Changed(
        target="sme", change=Change.CORRECTED, to="dropped", reason="误以为写的是8000家",
        meaning={"value": Decimal(8000)},
    ),
)  # fmt: skip
JUDGED = {
    "measure-hall": (Status.DONE, "2019年已向公众开放"),
    "measure-law": (Status.NOT_DONE, "规划期内没有出台"),
    "measure-plan": (Status.DONE, "五个产业的路线图已经印发"),
    "measure-fund": (Status.DROPPED, "改由练习省统一设立"),
    "m-open": (Status.IN_PROGRESS, "已开放三个实验室"),
    "m-map": (Status.NOT_STARTED, "尚未立项"),
}


def act(cast: People) -> None:
    """A change in every state, a measure with every judgement, rules, notes, an original text."""
    for change in CHANGES:
        _changed(cast, change)
    for key, (status, reason) in JUDGED.items():
        measure = Measure.objects.get(key=key)
        judge_measure(
            by=cast.reviewer, measure=measure, version=measure.version, status=status,
            reason=f"{reason}（练习）",
        )  # fmt: skip
    _rules(cast)
    _notes(cast)
    document = PolicyDocument.objects.get(key=PLAN)
    attach_original(by=cast.analyst, document=document, raw=document.digest)


def _changed(cast: People, said: Changed) -> None:
    target = Target.objects.get(document__key=said.document, key=said.target)
    basis = Clause.objects.filter(document__key=NOTICE, key=said.clause).first()
    draft = propose_version(
        by=cast.analyst,
        target=target,
        proposal=Proposal(
            change=said.change, reason=f"{said.reason}（练习）", meaning=said.meaning,
            valid_from=said.valid_from, basis=basis,
        ),
    )  # fmt: skip
    if said.to == "draft":
        return
    if said.to == "dropped":
        drop_version(by=cast.analyst, draft=draft, version=draft.version, reason="读错了文件")
        return
    submit_version(by=cast.analyst, draft=draft, version=draft.version)
    if said.to == "returned":
        return_version(
            by=cast.reviewer, draft=draft, version=draft.version, reason="请写明名录的出处"
        )
    elif said.to == "approved":
        approve_version(by=cast.reviewer, draft=draft, version=draft.version)


def _rules(cast: People) -> None:
    """A second rule set in force, one submitted, one returned, one draft."""
    standing = RuleSet.objects.in_force_on(date(2026, 1, 1))
    assert standing is not None  # a migration made the first
    for to in ("approved", "submitted", "returned", "draft"):
        tolerance = Decimal("0.03") if to == "approved" else Decimal("0.05")
        rules = propose_rules(
            by=cast.reviewer,
            terms=Terms(
                on_track=standing.on_track, lagging=standing.lagging, ahead=standing.ahead,
                about_tolerance=tolerance, nearly_share=standing.nearly_share,
                lights=standing.lights, in_force_from=date(2026, 1, 1),
            ),
            reason="练习：放宽“左右”的允差",
        )  # fmt: skip
        if to != "draft":
            submit_rules(by=cast.reviewer, rules=rules)
        if to == "returned":
            return_rules(by=cast.second_reviewer, rules=rules, reason="请先测算影响")
        elif to == "approved":
            approve_rules(by=cast.second_reviewer, rules=rules)


def _notes(cast: People) -> None:
    """Why a target is behind, said in a round, and without one."""
    target = Target.objects.get(document__key=PLAN, key="overdue")
    asked = ReportingRound.objects.filter(reference_period="2025").first()
    for round_ in (asked, None):
        write_note(
            by=cast.analyst, target=target, round_=round_, version=0,
            why="验收集中在年末，部分项目材料不全（练习）",
            next_step="下半年起按季组织验收（练习）",
        )  # fmt: skip
