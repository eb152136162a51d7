"""Editions of the practice city on their way: a draft in every state, one approved, one corrected."""

from __future__ import annotations

from dataclasses import replace

from accounts.models import Department
from indicators.models import Indicator
from programs.actions import (
    approve_draft,
    create_program,
    drop_draft,
    link_program,
    return_draft,
    save_draft,
    start_draft,
    submit_draft,
    undo_draft,
)
from programs.drafting.content import Content, ItemContent
from programs.models import EditionDraft, Program, ProgramEdition, ProgramLink, SupportItem
from qdpolicy.madeup import PRACTICE_HOME
from qdpolicy.practice.people import People
from targets.models import Clause

Change = EditionDraft.Change
Kind = SupportItem.Kind


def act(cast: People) -> None:
    """Five drafts, one a program at a time, and a link to an indicator."""
    _submitted(cast)
    _corrected(cast)
    _returned(cast)
    _dropped_and_begun(cast)
    _first(cast)
    link_program(
        by=cast.editor,
        program=Program.objects.get(key="pingtai"),
        indicator=Indicator.objects.get(code="PLATFORM"),
        clause=Clause.objects.get(document__key="sl-actions-2023-2030", key="pf-institute"),
        kind=ProgramLink.Kind.NAMED,
        words="新型研发机构每家最高600万元",
        words_en="new-type research institutes, at most 6 million yuan each",
    )


def _started(cast: People, change: str, edition: str) -> tuple[EditionDraft, Content]:
    base = ProgramEdition.objects.select_related("program").get(key=edition)
    draft = start_draft(by=cast.editor, program=base.program, change=change, based_on=base)
    return draft, Content.from_json(draft.content)


def _saved(cast: People, draft: EditionDraft, content: Content, reason: str) -> EditionDraft:
    return save_draft(
        by=cast.editor, draft=draft, version=draft.version, content=content.to_json(),
        reason=f"{reason}（练习）",
    )  # fmt: skip


def _submitted(cast: People) -> None:
    """A higher cap from 2027 on, waiting for its approval."""
    draft, content = _started(cast, Change.AMENDED, "shilian-2025")
    raised = replace(content, valid_from="2027-01-01", name="示链计划（2027年调整）",
                     name_en="Shilian program (adjusted 2027)")  # fmt: skip
    raised = raised.with_item("chain-demo", cap="20000000")
    draft = _saved(cast, draft, raised, "拟提高示范工程上限")
    submit_draft(by=cast.editor, draft=draft, version=draft.version)


def _corrected(cast: People) -> None:
    """A condition that had been left out; the wrong row stays readable for who asks what was known."""
    draft, content = _started(cast, Change.CORRECTED, "yulin-2023")
    mended = content.with_item(
        "grow-loan", condition="按已付利息", condition_en="of the interest paid"
    )
    draft = _saved(cast, draft, mended, "录入时漏了条件")
    submit_draft(by=cast.editor, draft=draft, version=draft.version)
    approve_draft(by=cast.reviewer, draft=draft, version=draft.version)


def _returned(cast: People) -> None:
    draft, content = _started(cast, Change.AMENDED, "haixin-2025")
    more = replace(content, valid_from="2027-01-01", name="海心计划（2027年调整）",
                   name_en="Haixin program (adjusted 2027)")  # fmt: skip
    draft = _saved(cast, draft, more.with_item("sea-person", cap="800000"), "拟提高资助下限")
    submit_draft(by=cast.editor, draft=draft, version=draft.version)
    return_draft(by=cast.reviewer, draft=draft, version=draft.version, reason="请附资金测算")


def _dropped_and_begun(cast: People) -> None:
    """One given up, and another begun: saved twice, undone once."""
    draft, content = _started(cast, Change.AMENDED, "pingtai-2023")
    draft = _saved(cast, draft, replace(content, valid_from="2028-01-01"), "试写")
    drop_draft(by=cast.editor, draft=draft, version=draft.version, reason="改由明年统一调整")
    draft, content = _started(cast, Change.AMENDED, "pingtai-2023")
    for cap in ("2500000", "3000000"):
        changed = content.with_item("pf-lab", cap=cap)
        draft = _saved(cast, draft, replace(changed, valid_from="2028-01-01"), "拟提高平台补助")
    undo_draft(by=cast.editor, draft=draft, version=draft.version)


def _first(cast: People) -> None:
    """A program added here, with its first edition approved, and an adjustment of that."""
    program = create_program(
        by=cast.editor, key="xinmiao", name="新苗计划", name_en="Xinmiao program (seedlings anew)",
        objective="支持初创科技企业的第一个项目。",
        department=Department.objects.get(code=PRACTICE_HOME),
    )  # fmt: skip
    draft = start_draft(by=cast.editor, program=program, change=Change.FIRST)
    content = Content(
        name="新苗计划（2026年）", name_en="Xinmiao program (2026)", document="sl-adjust-2025",
        clause="grow-first", valid_from="2026-01-01", valid_to="2030-12-31",
        items=(
            ItemContent(
                key="seed-grant", name="首个项目资助", name_en="Grant for the first project",
                tier="项目资助", tier_en="Grants", kind=Kind.PROJECT_GRANT, comparator="at_most",
                cap="250000", per="enterprise", per_stated=True, payout="once", stage="growth",
                bodies=("enterprise",), clause="grow-first",
            ),
        ),
    )  # fmt: skip
    draft = _saved(cast, draft, content, "通知新设")
    submit_draft(by=cast.editor, draft=draft, version=draft.version)
    draft = approve_draft(by=cast.reviewer, draft=draft, version=draft.version)
    assert draft.edition is not None  # what was approved has its rows
    draft, content = _started(cast, Change.AMENDED, draft.edition.key)
    raised = replace(content, valid_from="2026-07-01", name="新苗计划（2026年7月调整）",
                     name_en="Xinmiao program (adjusted July 2026)")  # fmt: skip
    draft = _saved(cast, draft, raised.with_item("seed-grant", cap="300000"), "提高上限")
    submit_draft(by=cast.editor, draft=draft, version=draft.version)
    approve_draft(by=cast.reviewer, draft=draft, version=draft.version)
