"""A cap is not brought below what was granted under it, and no item is taken from under an award."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from programs import actions
from programs.errors import Refused
from programs.models import EditionDraft
from tests.programs import builders as p
from tests.programs import builders_editions as e

pytestmark = pytest.mark.django_db


def said(row: EditionDraft) -> str:
    """What keeps the draft from being handed in; nothing where it is."""
    try:
        actions.submit_draft(by=row.entered_by, draft=row, version=row.version)
    except Refused as refusal:
        return str(refusal)
    return ""


def award(wan: int, **facts: Any) -> str:
    """The number of an award of the item in force, in 万元."""
    day = facts.setdefault("decided_on", p.DECIDED)
    of = actions.item_in_force(p.program(), facts.pop("key", "grant"), day)
    return p.award(of, p.yuan(wan), **{"year": day.year, **facts}).number


def test_cap_below_an_award_of_its_days_is_refused_with_the_number() -> None:
    base = e.standing()
    number = award(400)
    assert said(e.amended(base, "2025-01-01", cap="3000000")) == (
        f"grant资助上限 300万元 低于已立项的 400万元（同一项目累计，{number}）。"
    )


@pytest.mark.parametrize(("begins", "cap"), [("2025-01-01", "4000000"), ("2025-03-11", "3000000")])
def test_cap_at_what_was_granted_and_cap_from_the_day_after_are_none(begins: str, cap: str) -> None:
    base = e.standing()
    award(400)
    assert said(e.amended(base, begins, cap=cap)) == ""


def test_biggest_sum_of_a_scope_counts_and_not_the_biggest_award() -> None:
    base = e.standing(items=(e.item_content(per="enterprise", payout="yearly"),))
    one, other = p.recipient("示范一号公司"), p.recipient("示范二号公司")
    numbers = [award(200, recipient=one), award(200, recipient=one)]
    award(300, recipient=other)
    award(300, recipient=one, decided_on=date(2024, 5, 1))
    sentence = said(e.corrected(base, cap="3500000"))
    assert sentence == (
        "grant资助上限 350万元 低于已立项的 400万元（同一单位当年累计，"
        + "、".join(numbers)
        + "）。"
    )
    EditionDraft.objects.update(review_state="dropped", return_reason="试")
    assert said(e.corrected(base, cap="4000000")) == ""


def test_award_over_its_cap_with_a_reason_and_withdrawn_ones_hold_nothing_back() -> None:
    base = e.standing()
    of = actions.item_in_force(p.program(), "grant", p.DECIDED)
    p.award(of, p.yuan(800), override_reason="市政府专题会议同意")
    p.closed(p.award(of, p.yuan(450)), "withdrawn")
    assert said(e.corrected(base, cap="1000000")) == ""


def test_of_a_terminated_award_what_was_paid_counts() -> None:
    base = e.standing()
    row = p.award(actions.item_in_force(p.program(), "grant", p.DECIDED), p.yuan(400))
    p.payment(row, p.yuan(100))
    p.closed(row, "terminated")
    assert "低于已立项的 100万元" in said(e.corrected(base, cap="500000"))
    EditionDraft.objects.update(review_state="dropped", return_reason="试")
    assert said(e.corrected(base, cap="1000000")) == ""


def test_share_of_the_investment_binds_what_was_declared() -> None:
    base = e.standing()
    number = award(400, investment=p.yuan(1000))
    assert said(e.corrected(base, rate="30", rate_of="投入")) == (
        f"grant资助上限 300万元 低于已立项的 400万元（同一项目累计，{number}）。"
    )
    EditionDraft.objects.update(review_state="dropped", return_reason="试")
    assert said(e.corrected(base, rate="40", rate_of="投入")) == ""


def test_share_of_what_nobody_declared_leaves_the_cap() -> None:
    base = e.standing()
    award(400)
    assert said(e.corrected(base, rate="30", rate_of="投入")) == ""


def test_terms_that_stay_are_not_held_against_old_awards() -> None:
    base = e.standing()
    award(500)
    base.items.update(cap=p.yuan(100))
    assert said(e.corrected(base, name="改名")) == ""


def test_item_with_awards_is_not_taken_out() -> None:
    base = e.standing(items=(e.item_content(), e.item_content("other")))
    numbers = [award(10, key="other") for _turn in range(7)]
    content = actions.content_of(base)
    row = e.draft("corrected", base=base, said=replace(content, items=content.items[:1]))
    assert said(row) == (
        "“other资助”已有立项（"
        + "、".join(numbers[:5])
        + " 等 7 笔），其立项日期须有这一事项适用，"
        "不能取消，也不能移出 2024—今。"
    )


def test_correction_of_the_days_keeps_the_awards_within() -> None:
    base = e.standing(ends="2028-12-31")
    number = award(10)
    content = actions.content_of(base)
    row = e.draft("corrected", base=base, said=replace(content, valid_from="2025-06-01"))
    assert f"已有立项（{number}）" in said(row)


def test_item_without_awards_and_item_of_earlier_awards_may_go() -> None:
    base = e.standing(items=(e.item_content(), e.item_content("other")))
    award(10, key="other")
    content = replace(actions.content_of(base), valid_from="2026-01-01")
    assert said(e.draft("amended", base=base, said=replace(content, items=content.items[:1]))) == ""


def test_correction_of_a_correction_still_knows_the_awards_of_the_first() -> None:
    base = e.standing()
    number = award(400)
    second = e.approved(e.corrected(base, cap="4500000"))
    assert number in said(e.corrected(second, cap="3000000"))


def test_awards_of_later_editions_are_not_asked() -> None:
    base = e.standing()
    e.approved(e.amended(base, "2025-01-01", cap="9000000"))
    award(800)
    assert said(e.corrected(base, cap="1000000")) == ""


def test_awards_are_checked_again_when_a_draft_is_approved() -> None:
    base = e.standing()
    row = e.submitted(e.corrected(base, cap="3000000"))
    number = award(400)
    with pytest.raises(Refused, match=number):
        actions.approve_draft(by=p.reviewer(), draft=row, version=row.version)
    base.refresh_from_db()
    assert base.superseded_at is None
