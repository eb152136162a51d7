"""Promise 6 of the architecture: every function of every actions.py leaves one audit event."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.utils import timezone

import indicators.actions
import programs.actions
import targets.actions
from accounts.models import AuditEvent, User
from indicators.actions import Entry
from targets.actions import ClauseRow, DocumentRow, MeasureRow, Proposal, TargetRow, Terms
from targets.models import RuleSet, StaleRequest
from targets.progress.rules import DEFAULT_LIGHTS
from tests.indicators import audited
from tests.indicators import builders as b
from tests.programs import audited as money

MODULES: tuple[ModuleType, ...] = (indicators.actions, targets.actions, programs.actions)


@dataclass(frozen=True)
class World:
    """Who acts and who checks."""

    by: User
    checker: User


def _entry(value: str = "8000") -> Entry:
    return Entry(indicator=b.indicator(), region=b.region(), period="2024", value=b.Decimal(value))


def _observation(state: str, world: World) -> dict[str, Any]:
    author = b.person("author", "analyst", at=b.department())
    row = b.actual(b.indicator(), "8000", by=author, review_state=state)
    return {"by": world.by, "observation": row}


def _document_row() -> DocumentRow:
    meaning = {
        "measure": "level", "comparator": "at_least", "value": b.Decimal("9000"),
        "unit": b.unit(), "direction": "increase", "commitment": "firm", "period_end": "2026",
    }  # fmt: skip
    about = {
        "name": "企业数目标",
        "name_en": "firms",
        "indicator": b.indicator(),
        "region": b.region(),
    }
    return DocumentRow(
        key="plan-two",
        fields={
            "title": "试点计划", "title_en": "plan", "issuer": "测试机关", "kind": "plan",
            "issued": "2023", "region": b.region(), "digest": "企业达到九千家。",
        },
        clauses=[ClauseRow(key="c1", locator="一", role="body", start=0, end=4, quote="九千家")],
        targets=[TargetRow(key="t1", clause="c1", about=about, meaning=meaning)],
        measures=[MeasureRow(key="m1", clause="c1", fields={"text": "建一个平台"})],
    )  # fmt: skip


def _parked(world: World) -> dict[str, Any]:
    now = timezone.now()
    row = StaleRequest.objects.create(
        indicator=b.indicator(), region=b.region(), cause="observation", queued_at=now,
        parked_at=now, attempts=5, last_error="连接中断",
    )  # fmt: skip
    return {"by": world.by, "request": row}


def _change(state: str, world: World) -> dict[str, Any]:
    """A change of a target by another person, as it stands in a state; no event is left."""
    target = b.promise(b.indicator())
    standing = target.versions.get()
    draft = target.versions.get()
    draft.pk, draft.effective_at, draft.approved_by, draft.approved_at = None, None, None, None
    draft.value, draft.change, draft.reason = b.Decimal("8500"), "corrected", "读法有误"
    draft.supersedes, draft.review_state = standing, state
    draft.entered_by = b.person("author", "analyst")
    if state == "approved":
        draft.approved_by, draft.approved_at = world.checker, timezone.now()
        draft.valid_from = timezone.localdate()
    draft.save()
    return {"by": world.by, "draft": draft, "version": 1}


def _correction() -> Proposal:
    return Proposal(change="corrected", reason="读法有误", meaning={"value": b.Decimal("8500")})


def _terms() -> Terms:
    return Terms(
        on_track=b.Decimal("0.9"), lagging=b.Decimal("0.5"), ahead=b.Decimal("1.1"),
        about_tolerance=b.Decimal("0.02"), nearly_share=b.Decimal("0.9"),
        lights=dict(DEFAULT_LIGHTS), in_force_from=timezone.localdate(),
    )  # fmt: skip


def _rules(state: str, world: World) -> dict[str, Any]:
    rows = RuleSet.objects.create(
        **(asdict(_terms())), version=9, entered_by=b.person("author"), review_state=state
    )
    return {"by": world.by, "rules": rows}


def _in_force(world: World) -> dict[str, Any]:
    _change("approved", world)
    return {"by": world.by, "day": timezone.localdate()}


CASES: dict[str, Callable[[World], dict[str, Any]]] = {
    "indicators.enter": lambda w: {"by": w.by, "entry": _entry()},
    "indicators.amend": lambda w: {
        **_observation("draft", w), "version": 1, "entry": _entry("8001"),
    },
    "indicators.submit": lambda w: {**_observation("draft", w), "version": 1},
    "indicators.return_": lambda w: {
        **_observation("submitted", w), "version": 1, "reason": "请补来源",
    },
    "indicators.approve": lambda w: {**_observation("submitted", w), "version": 1},
    "indicators.correct": lambda w: {
        **_observation("approved", w), "entry": _entry("8001"), "reason": "公报更正",
    },
    "indicators.save_catalogue_entry": lambda w: {
        "by": w.by, "entry": b.indicator(), "before": {}, "after": {"name": "新"},
        "reason": "统一名称", "version": 1,
    },
    "indicators.load_catalogue": lambda w: {
        "by": w.by,
        "units": [{"code": "xiang", "symbol": "项", "name_en": "items", "base": "项",
                   "exponent": 0, "dimension": "count"}],
        "regions": [{"code": "370203", "name": "市北区", "name_en": "Shibei", "kind": "district",
                     "parent": None, "overlaps": []}],
        "indicators": [],
    },
    "indicators.load_observations": lambda w: {
        "by": w.by, "verifier": w.checker, "entries": [(_entry(), True)],
    },
    **{
        f"indicators.{name}": lambda w, case=case: case(w.by)
        for name, case in audited.CASES.items()
    },
    "targets.load_document": lambda w: {
        "by": w.by, "verifier": w.checker, "row": _document_row(),
    },
    "targets.link_succession": lambda w: {
        "by": w.by, "successions": [(b.promise(b.indicator()), b.promise(b.indicator()))],
    },
    "targets.attach_original": lambda w: {
        "by": w.by, "document": b.document(), "raw": "企业达到九千家。",
    },
    "targets.write_note": lambda w: {
        "by": w.by, "target": b.promise(b.indicator()), "round_": None, "why": "进度偏慢",
        "next_step": "加快审批", "version": 0,
    },
    "targets.judge_measure": lambda w: {
        "by": w.by, "measure": b.measure(), "version": 1, "status": "done", "reason": "平台已建成",
    },
    "targets.request_verdicts": lambda w: {
        "by": w.by, "targets": [b.promise(b.indicator())], "reason": "核对",
    },
    "targets.retry_parked": _parked,
    "targets.propose_version": lambda w: {
        "by": w.by, "target": b.promise(b.indicator()), "proposal": _correction(),
    },
    "targets.amend_version": lambda w: {**_change("draft", w), "proposal": _correction()},
    "targets.submit_version": lambda w: _change("draft", w),
    "targets.return_version": lambda w: {**_change("submitted", w), "reason": "依据不清"},
    "targets.drop_version": lambda w: {**_change("draft", w), "reason": "重复提出"},
    "targets.approve_version": lambda w: _change("submitted", w),
    "targets.bring_into_force": _in_force,
    "targets.propose_rules": lambda w: {"by": w.by, "terms": _terms(), "reason": "年度调整"},
    "targets.submit_rules": lambda w: _rules("draft", w),
    "targets.return_rules": lambda w: {**_rules("submitted", w), "reason": "再议"},
    "targets.approve_rules": lambda w: _rules("submitted", w),
    **{
        f"programs.{name}": lambda w, case=case: case(w.by) for name, case in money.CASES.items()
    },
}  # fmt: skip


def actions_of(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """The public functions that a module or package defines itself, by "app.name"."""
    app = module.__name__.partition(".")[0]
    return {
        f"{app}.{name}": function
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and f"{function.__module__}.".startswith(f"{module.__name__}.")
        and not name.startswith("_")
    }


PUBLIC = {name: function for module in MODULES for name, function in actions_of(module).items()}
TABLES: dict[str, ModuleType] = {"indicators": audited, "programs": money}
SYSTEM = {
    f"{app}.{name}": Path(str(table.__file__)).parent / file
    for app, table in TABLES.items()
    for name, file in table.BY_THE_SYSTEM.items()
}
UNTOLD = {f"{app}.{name}" for app, table in TABLES.items() for name in table.READING} | set(SYSTEM)
ALL = {name: function for name, function in PUBLIC.items() if name not in UNTOLD}


def test_every_action_is_covered_here() -> None:
    assert sorted(CASES) == sorted(ALL)
    assert set(PUBLIC) >= UNTOLD


@pytest.mark.parametrize("name", sorted(SYSTEM))
def test_action_of_the_system_names_nobody_and_is_tested(name: str) -> None:
    assert "by" not in inspect.signature(PUBLIC[name]).parameters
    assert name.partition(".")[2] in SYSTEM[name].read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(ALL))
def test_action_is_keyword_only_and_says_by_whom(name: str) -> None:
    parameters = inspect.signature(ALL[name]).parameters
    assert {parameter.kind for parameter in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}
    assert "by" in parameters


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(CASES))
def test_action_leaves_exactly_one_event(name: str) -> None:
    world = World(b.person("doer", at=b.department()), b.person("verifier"))
    arguments = CASES[name](world)
    before = AuditEvent.objects.count()
    ALL[name](**arguments)
    app, _dot, function = name.partition(".")
    # A correction is kept as the entry of a new value with its reason.
    told = {"correct": "enter", "return_": "return"}.get(function, function)
    named = TABLES[app].TOLD_AS if app in TABLES else {}
    told = named.get(function, f"{app}.{told}")
    # The job that an action asks for is told beside it.
    jobs = () if told == "accounts.request_job" else ("accounts.request_job",)
    events = AuditEvent.objects.order_by("pk")[before:]
    [event] = [event for event in events if event.action not in jobs]
    assert (event.action, event.actor_id, event.actor_name) == (
        told, world.by.pk, "doer同志",
    )  # fmt: skip
    assert event.after is not None or event.before is not None
    if "reason" in arguments:
        assert event.reason == arguments["reason"]
