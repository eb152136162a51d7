"""Awards held against the item in force on their day: caps, shares, fixed sums, overrides."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from accounts.models import AuditEvent
from accounts.versions import Conflict
from programs import actions, errors
from programs.models import Award, SupportItem, YearTotal
from tests.indicators import builders as b
from tests.programs import builders as p

pytestmark = pytest.mark.django_db
YEAR = p.DECIDED.year


def refused(**facts: Any) -> errors.Refused:
    """Enter an award that must be refused; nothing is left of it."""
    before = Award.objects.count(), AuditEvent.objects.count()
    with pytest.raises(errors.Refused) as caught:
        p.award(**facts)
    assert (Award.objects.count(), AuditEvent.objects.count()) == before
    return caught.value


def total(year: int = YEAR) -> YearTotal:
    return YearTotal.objects.get(program=p.program(), year=year)


def test_an_award_keeps_the_item_in_force_its_ceiling_and_who_entered_it() -> None:
    grant = p.item()
    award = p.award(grant, p.yuan(300), project_code=" P-1 ", industry="智能家电", note=" 首批 ")
    award.refresh_from_db()
    assert (award.program, award.item, award.item_key) == (p.program(), grant, "grant")
    assert (award.amount, award.paid, award.ceiling) == (p.yuan(300), 0, p.yuan(500))
    assert (award.project_code, award.note, award.status) == ("P-1", "首批", "approved")
    assert (award.entered_by, award.override_reason, award.version) == (p.editor(), "", 1)
    event = AuditEvent.objects.get(action="programs.enter_award")
    assert event.object_label == award.number
    assert event.after["amount"] == str(p.yuan(300))
    assert p.recipient().name not in str(event.after)


def test_a_project_of_one_award_has_its_number() -> None:
    award = p.award()
    assert award.project_code == award.number


def test_the_edition_in_force_on_the_decision_binds() -> None:
    p.item(of=p.edition(begins=date(2022, 1, 1)), cap=p.yuan(300))
    newer = p.item(of=p.edition(begins=date(2025, 3, 10)), cap=p.yuan(700))
    named = {"program": p.program(), "item_key": "grant", "item": None}
    day_before = {"decided_on": date(2025, 3, 9), **named}
    assert "上限 300万元" in str(refused(amount=p.yuan(301), **day_before))
    on_the_day = p.award(amount=p.yuan(700), decided_on=date(2025, 3, 10), **named)
    assert (on_the_day.item, on_the_day.ceiling) == (newer, p.yuan(700))
    # An item of whichever edition names it; the day says which edition binds.
    assert p.award(newer, p.yuan(300), decided_on=date(2025, 3, 9)).ceiling == p.yuan(300)


def test_without_an_edition_or_item_in_force_nothing_can_be_granted() -> None:
    p.item(of=p.edition(valid_to=date(2025, 12, 31)))
    day = {"decided_on": date(2023, 12, 31), "year": 2023}
    assert str(refused(**day)) == "2023-12-31 没有适用的“chain试验计划”版本，不能立项。"
    after = {"decided_on": date(2026, 1, 1), "year": 2026}
    assert refused(**after).code == "edition"
    other = refused(item=None, program=p.program(), item_key="nothing")
    assert str(other) == "2025-03-10 适用的“chain试验计划”版本中没有支持事项 nothing。"
    assert refused(item=None, program=None).code == "empty"


def test_an_item_of_a_corrected_edition_does_not_bind() -> None:
    wrong = p.edition()
    p.item(of=wrong, cap=p.yuan(900))
    wrong.superseded_at = timezone.now()
    wrong.save()
    right = p.edition(key="chain-corrected")
    p.item(of=right, cap=p.yuan(90))
    assert "上限 90万元" in str(refused(item=None, program=p.program(), item_key="grant"))


def test_over_the_cap_is_refused_with_the_clause_and_the_figures() -> None:
    grant = p.item()
    p.award(grant, p.yuan(300), project_code="P-1")
    found = refused(of=grant, amount=p.yuan("250.5"), project_code="P-1")
    assert str(found) == (
        "超出“grant资助”的支持上限。依据：《policy-one若干措施》（第二条）“最高500万元”。"
        "上限 500万元（同一项目累计），已立项 300万元，还可立项 200万元，本次 250.5万元，超出 50.5万元。"
    )
    assert found.code == "over"
    assert dict(found.facts) == {
        "limit": p.yuan(500), "granted": p.yuan(300), "headroom": p.yuan(200),
        "over_by": p.yuan("50.5"), "amount": p.yuan("250.5"), "item": grant.pk,
    }  # fmt: skip
    exact = p.award(grant, p.yuan(200), project_code="P-1")
    assert exact.ceiling == p.yuan(200)
    assert "超出 0.000001万元" in str(refused(of=grant, amount=Decimal("0.01"), project_code="P-1"))


def test_an_english_reader_gets_sums_without_wan() -> None:
    p.award(amount=p.yuan(300), project_code="P-1")
    with override("en"):
        found = str(refused(amount=p.yuan("250.5"), project_code="P-1"))
    for words in ("5 million yuan", "3 million yuan", "2.505 million yuan", "505,000 yuan"):
        assert words in found
    assert "万元" not in found.replace("最高500万元", "")


@pytest.mark.parametrize(
    ("terms", "same", "apart"),
    [
        ({"per": "project"}, [{"project_code": "P"}, {"project_code": "P", "year": 2024}],
         [{"project_code": "Q"}]),
        ({"per": "project", "payout": "yearly"}, [{"project_code": "P"}],
         [{"project_code": "P", "year": 2024}, {"project_code": "Q"}]),
        ({"per": "enterprise"}, [{"project_code": "Q"}], [{"year": 2024}, {"recipient": "另一公司"}]),
        ({"per": "enterprise", "payout": "yearly"}, [{"project_code": "Q"}],
         [{"year": 2024}, {"recipient": "另一公司"}]),
        ({"per": "enterprise", "payout": "once"}, [{"project_code": "Q"}, {"year": 2024}],
         [{"recipient": "另一公司"}]),
        ({"per": "year"}, [{"recipient": "另一公司"}], [{"year": 2024}]),
        ({"per": ""}, [], [{}, {"project_code": "P"}, {"year": 2024}]),
    ],
)  # fmt: skip
def test_a_cap_adds_up_what_the_text_says(
    terms: dict[str, Any], same: list[dict[str, Any]], apart: list[dict[str, Any]]
) -> None:
    grant = p.item(**terms)
    p.award(grant, p.yuan(500), project_code="P")

    def stated(facts: dict[str, Any]) -> dict[str, Any]:
        who = {"recipient": p.recipient(facts["recipient"])} if "recipient" in facts else {}
        return {"project_code": "P-new", **facts, **who}

    for facts in same:
        assert refused(of=grant, amount=Decimal("0.01"), **stated(facts)).code == "over"
    for facts in apart:
        p.award(grant, p.yuan(500), **stated(facts))


def test_another_item_and_another_program_do_not_count() -> None:
    p.award(p.item(per="enterprise"), p.yuan(500))
    p.award(p.item("other", per="enterprise"), p.yuan(500))
    elsewhere = p.edition(p.program("second"))
    p.award(p.item(of=elsewhere, per="enterprise"), p.yuan(500))


def test_a_share_of_the_investment_binds_where_it_is_smaller() -> None:
    grant = p.item(rate=Decimal("30"), rate_of="研发投入")
    assert str(refused(of=grant)) == "“grant资助”按投入的 30% 计算，请填写申报投入。"
    found = refused(of=grant, amount=p.yuan("300.01"), investment=p.yuan(1000))
    assert (found.facts["limit"], found.facts["over_by"]) == (p.yuan(300), p.yuan("0.01"))
    assert p.award(grant, p.yuan(300), investment=p.yuan(1000)).ceiling == p.yuan(300)
    assert p.award(grant, p.yuan(500), investment=p.yuan(9000)).ceiling == p.yuan(500)
    third = p.award(grant, Decimal("0.33"), investment=Decimal("1.13"))
    assert third.ceiling == Decimal("0.33")
    assert refused(of=grant, amount=Decimal("0.34"), investment=Decimal("1.13")).code == "over"


def test_what_has_no_cap_has_no_ceiling() -> None:
    free = p.item("free", comparator="uncapped")
    assert p.award(free, p.yuan(99999)).ceiling is None
    assert refused(
        of=free, amount=p.yuan(99999), override_reason="多给一些", by=p.reviewer()
    ).code == "override_idle"  # fmt: skip


def test_fixed_sums_are_met_exactly_and_once_in_their_scope() -> None:
    prize = p.item("prize", comparator="fixed", cap=p.yuan(50), per="enterprise", payout="once")
    found = refused(of=prize, amount=p.yuan(49))
    assert str(found) == (
        "“prize资助”是定额。依据：《policy-one若干措施》（第二条）“最高500万元”。"
        "定额 50万元，本次 49万元。"
    )
    p.award(prize, p.yuan(50))
    assert refused(of=prize, amount=p.yuan(50)).facts["headroom"] == 0


def test_at_least_is_a_floor() -> None:
    floor = p.item("floor", comparator="at_least", cap=p.yuan(10))
    found = refused(of=floor, amount=p.yuan(9))
    assert (found.code, found.facts["limit"]) == ("under", p.yuan(10))
    assert "还差 1万元" in str(found)
    assert p.award(floor, p.yuan(11)).ceiling is None


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"amount": Decimal(0)}, "sign"),
        ({"amount": Decimal(-1)}, "sign"),
        ({"amount": Decimal("0.001")}, "fen"),
        ({"amount": Decimal("NaN")}, "number"),
        ({"amount": Decimal("1E+15")}, "large"),
        ({"investment": Decimal(0)}, "sign"),
        ({"investment": Decimal("1.001")}, "fen"),
        ({"number": "  "}, "empty"),
        ({"project": ""}, "empty"),
        ({"number": "9" * 41}, "long"),
        ({"project": "长" * 161}, "long"),
        ({"project_code": "9" * 41}, "long"),
        ({"industry": "长" * 41}, "long"),
        ({"year": 2023}, "year"),
        ({"year": 2027}, "year"),
        ({"year": 1900, "decided_on": date(1900, 1, 1)}, "year"),
    ],
)
def test_bad_input_is_refused_in_words(facts: dict[str, Any], code: str) -> None:
    p.award(p.item("free", comparator="uncapped"))
    assert refused(**facts).code == code


def test_a_decision_that_has_not_been_taken_is_refused() -> None:
    today = timezone.localdate()
    later = {"decided_on": today + timedelta(days=1), "year": today.year}
    assert str(refused(**later)) == "立项日期不能晚于今天。"
    assert p.award(decided_on=today, year=today.year).decided_on == today


def test_a_number_is_given_once() -> None:
    p.award(number="LX-1")
    assert str(refused(number=" LX-1 ")) == "立项编号 LX-1 已被使用。"


def test_an_override_wants_the_right_and_a_reason_and_stays_visible() -> None:
    grant = p.item()
    assert (
        refused(of=grant, amount=p.yuan(600), override_reason=" ", by=p.reviewer()).code == "over"
    )
    no_right = refused(of=grant, amount=p.yuan(600), override_reason="市长专题会", by=p.editor())
    assert str(no_right) == "您没有批准超出上限的权限，请由审核员写明理由后批准。"
    award = p.award(grant, p.yuan(600), override_reason=" 专题会议决定 ")
    award.refresh_from_db()
    assert (award.override_reason, award.overridden_by) == ("专题会议决定", p.reviewer())
    assert award.ceiling == p.yuan(500)
    assert AuditEvent.objects.get(action="programs.enter_award").reason == "专题会议决定"
    assert (total().overridden, total().at_ceiling) == (1, 1)
    # What went over the cap counts in full: the next one finds a debt, and a ceiling of nothing.
    again = p.award(grant, p.yuan(1), project_code=award.project_code, override_reason="追加")
    assert again.ceiling == 0


# Changing.


def amended(award: Award, **facts: Any) -> Award:
    entry = actions.entry_of(award)
    known = {
        name: facts.pop(name) for name in ("by", "override_reason", "version") if name in facts
    }
    if "item" in facts:
        facts |= {"program": None, "item_key": ""}
    return actions.amend_award(
        by=known.get("by", p.editor()), award=award, reason="录入有误",
        version=known.get("version", award.version),
        override_reason=known.get("override_reason", ""),
        entry=type(entry)(**{**entry.__dict__, **facts}),
    )  # fmt: skip


def test_amending_does_not_count_the_award_against_itself() -> None:
    award = p.award(amount=p.yuan(400))
    changed = amended(award, amount=p.yuan(500), project="新名称")
    assert (changed.amount, changed.project, changed.version) == (p.yuan(500), "新名称", 2)
    with pytest.raises(errors.Refused, match=r"超出 0\.01万元"):
        amended(changed, amount=p.yuan("500.01"))
    event = AuditEvent.objects.get(action="programs.amend_award")
    assert (event.before["amount"], event.after["amount"]) == ("4000000.00", "5000000.00")
    assert event.reason == "录入有误"


def test_amending_checks_what_it_moves_to() -> None:
    grant, small = p.item(per="enterprise"), p.item("small", cap=p.yuan(10))
    award = p.award(grant, p.yuan(300))
    other = p.recipient("示范二号公司")
    p.award(grant, p.yuan(400), recipient=other)
    with pytest.raises(errors.Refused, match="已立项 400万元"):
        amended(award, recipient=other)
    with pytest.raises(errors.Refused, match="上限 10万元"):
        amended(award, item=small)
    moved = amended(award, year=2024)
    assert (total(2024).committed, total().committed) == (p.yuan(300), p.yuan(400))
    assert amended(moved, item=small, amount=p.yuan(10)).item == small


def test_amending_words_leaves_what_was_decided() -> None:
    award = p.award(amount=p.yuan(600), override_reason="专题会议决定")
    changed = amended(award, project="更正的名称", note="更正")
    assert (changed.override_reason, changed.overridden_by) == ("专题会议决定", p.reviewer())
    # A smaller sum that is still over is a new decision; one within the cap needs none.
    with pytest.raises(errors.Refused, match="超出 50万元"):
        amended(changed, amount=p.yuan(550))
    again = amended(changed, amount=p.yuan(550), by=p.reviewer(), override_reason="再议")
    assert again.override_reason == "再议"
    within = amended(again, amount=p.yuan(500))
    assert (within.override_reason, within.overridden_by) == ("", None)
    with pytest.raises(errors.Refused, match="没有超出任何上限"):
        amended(within, by=p.reviewer(), override_reason="多余的理由")


def test_amending_wants_a_reason_and_the_version_that_was_seen() -> None:
    award = p.award()
    with pytest.raises(errors.Refused, match="请写明理由"):
        actions.amend_award(
            by=p.editor(), award=award, version=1, entry=actions.entry_of(award), reason=" "
        )
    amended(award, note="一")
    with pytest.raises(Conflict) as caught:
        amended(award, note="二", version=1)
    assert caught.value.current.note == "一"
    assert caught.value.attempted["note"] == "二"
    taken = p.award()
    with pytest.raises(errors.Refused, match="已被使用"):
        amended(Award.objects.get(pk=award.pk), number=taken.number)


def test_amending_below_or_behind_what_was_paid_is_refused() -> None:
    award = p.award(amount=p.yuan(100))
    p.payment(award, p.yuan(60))
    award.refresh_from_db()
    with pytest.raises(errors.Refused, match="已拨付 60万元，立项金额不能低于"):
        amended(award, amount=p.yuan("59.99"))
    with pytest.raises(errors.Refused, match="已有 2025-03-11 的拨付"):
        amended(award, decided_on=date(2025, 3, 12))
    assert amended(award, amount=p.yuan(60), decided_on=date(2025, 3, 11)).amount == p.yuan(60)


# Closing.


def close(award: Award, status: str, reason: str = "项目终止", **facts: Any) -> Award:
    return actions.close_award(
        **{"by": p.editor(), "award": award, "version": award.version, "status": status,
           "reason": reason} | facts
    )  # fmt: skip


def test_a_terminated_award_binds_what_was_paid_and_a_withdrawn_one_nothing() -> None:
    grant = p.item(per="enterprise")
    paid, unpaid = p.award(grant, p.yuan(300)), p.award(grant, p.yuan(200))
    p.payment(paid, p.yuan(50))
    paid.refresh_from_db()
    assert refused(of=grant, amount=Decimal("0.01")).facts["granted"] == p.yuan(500)
    done = close(paid, "terminated")
    assert (done.status, done.status_reason, done.version) == ("terminated", "项目终止", 3)
    close(unpaid, "withdrawn")
    assert refused(of=grant, amount=p.yuan(451)).facts["granted"] == p.yuan(50)
    assert (total().awards, total().committed, total().paid) == (1, p.yuan(50), p.yuan(50))
    p.award(grant, p.yuan(450))


def test_a_withdrawn_award_has_no_payments() -> None:
    award = p.award(amount=p.yuan(100))
    payment = p.payment(award, p.yuan(10))
    award.refresh_from_db()
    with pytest.raises(errors.Refused, match="已拨付 10万元，不能撤销立项；请改为终止"):
        close(award, "withdrawn")
    actions.void_payment(by=p.editor(), payment=payment, reason="退回")
    award.refresh_from_db()
    assert close(award, "withdrawn").status == "withdrawn"


@pytest.mark.parametrize("status", ["terminated", "withdrawn"])
def test_ending_an_award_and_bringing_it_back_want_a_reason(status: str) -> None:
    award = p.award()
    with pytest.raises(errors.Refused, match="请写明理由"):
        close(award, status, " ")
    ended = close(award, status)
    with pytest.raises(errors.Refused, match="请写明理由"):
        close(ended, "approved", "")
    back = close(ended, "approved", "恢复执行")
    assert (back.status, back.status_reason) == ("approved", "")
    assert AuditEvent.objects.order_by("-pk")[0].reason == "恢复执行"


def test_completing_wants_no_reason_and_frees_nothing() -> None:
    grant = p.item(per="enterprise")
    done = close(p.award(grant, p.yuan(500)), "completed", "")
    assert done.status == "completed"
    assert refused(of=grant, amount=Decimal("0.01")).code == "over"
    with pytest.raises(errors.Refused, match="已经是“已验收”"):
        close(done, "completed", "")
    assert close(done, "approved", "").status == "approved"


def test_an_award_comes_back_only_where_it_still_fits() -> None:
    grant = p.item(per="enterprise")
    first = close(p.award(grant, p.yuan(400)), "withdrawn")
    p.award(grant, p.yuan(200))
    with pytest.raises(errors.Refused, match="还可立项 300万元，本次 400万元，超出 100万元"):
        close(first, "approved", "恢复")
    back = close(first, "approved", "恢复", by=p.reviewer(), override_reason="专题会议决定")
    assert (back.overridden_by, back.ceiling) == (p.reviewer(), p.yuan(300))


def test_a_closed_award_is_not_changed_and_an_old_page_is_told() -> None:
    award = p.award()
    ended = close(award, "terminated")
    with pytest.raises(errors.Refused, match="目前为“已终止”，不能再改动或拨付"):
        amended(ended, note="改")
    with pytest.raises(Conflict):
        close(award, "completed", version=1)
    with pytest.raises(Conflict):
        amended(award, note="改", version=1)


# Looking before writing.


def test_check_tells_what_is_left_without_writing() -> None:
    grant = p.item()
    award = p.award(grant, p.yuan(300), project_code="P-1")
    check = actions.check_award(p.entry(grant, p.yuan(100), project_code="P-1"))
    assert (check.item, check.ceiling, check.granted) == (grant, p.yuan(500), p.yuan(300))
    assert (check.headroom, check.over_by, check.stacking) == (p.yuan(200), None, [])
    assert not check.refused
    assert check.sentence == "上限 500万元（同一项目累计），已立项 300万元，还可立项 200万元。"
    over = actions.check_award(p.entry(grant, p.yuan(201), project_code="P-1"))
    assert (over.refused, over.over_by) == (True, p.yuan(1))
    assert over.sentence.startswith("超出“grant资助”的支持上限。")
    own = actions.check_award(actions.entry_of(award), besides=award)
    assert (own.granted, own.headroom) == (0, p.yuan(500))
    assert Award.objects.count() == 1


def test_check_of_what_nothing_bounds() -> None:
    free, floor = (
        p.item("free", comparator="uncapped", per=""),
        p.item("floor", comparator="at_least", cap=p.yuan(10)),
    )
    assert actions.check_award(p.entry(free)).sentence == "不设上限，单笔已立项 0万元。"
    assert actions.check_award(p.entry(floor)).sentence == "最低 10万元，没有上限。"


def test_check_counts_the_rows_before_it_in_a_table() -> None:
    grant, year = p.item(per="enterprise"), p.item("yearly", per="year")
    earlier = actions.Earlier()
    first = p.entry(grant, p.yuan(300))
    earlier.add(first, actions.check_award(first, earlier=earlier).item)
    second = actions.check_award(p.entry(grant, p.yuan(201)), earlier=earlier)
    assert (second.granted, second.over_by) == (p.yuan(300), p.yuan(1))
    other = p.entry(grant, p.yuan(500), recipient=p.recipient("示范二号公司"))
    assert actions.check_award(other, earlier=earlier).granted == 0
    assert actions.check_award(p.entry(year, p.yuan(500)), earlier=earlier).granted == 0


# Many at once.


def test_a_table_is_kept_in_one_event_and_sums_to_the_fen() -> None:
    grant = p.item(per="enterprise")
    entries = [p.entry(grant, Decimal("0.10")) for _row in range(30)]
    before = AuditEvent.objects.count()
    assert actions.enter_awards(by=p.editor(), entries=entries) == 30
    [event] = AuditEvent.objects.all()[before:]
    assert (event.action, event.after["awards"], event.after["committed"]) == (
        "programs.enter_awards", 30, "3.00",
    )  # fmt: skip
    assert total().committed == Decimal("3.00")
    assert total().capped == Decimal("3.00")


def test_a_table_is_kept_all_or_not_at_all() -> None:
    grant = p.item(per="enterprise")
    entries = [p.entry(grant, p.yuan(200)) for _row in range(3)]
    with pytest.raises(errors.Refused) as caught:
        actions.enter_awards(by=p.editor(), entries=entries)
    assert (caught.value.row, caught.value.code) == (2, "over")
    assert caught.value.facts["granted"] == p.yuan(400)
    assert (Award.objects.count(), YearTotal.objects.count(), b.events()) == (0, 0, [])
    twice = [p.entry(grant, number="LX-1"), p.entry(grant, number="LX-1")]
    with pytest.raises(errors.Refused, match="LX-1 已被使用") as caught:
        actions.enter_awards(by=p.editor(), entries=twice)
    assert caught.value.row == 1
    bad = [p.entry(grant), p.entry(grant, Decimal("0.001"))]
    with pytest.raises(errors.Refused, match="零头") as caught:
        actions.enter_awards(by=p.editor(), entries=bad)
    assert (caught.value.row, Award.objects.count()) == (1, 0)


def test_a_table_asks_the_rules_once(django_assert_max_num_queries: Any) -> None:
    grant = p.item(per="enterprise", not_with=["chain/other"])
    p.item("other")
    entries = [p.entry(grant, p.yuan(1)) for _row in range(50)]
    with django_assert_max_num_queries(3 * 50 + 25):
        actions.enter_awards(by=p.editor(), entries=entries)


def test_a_table_without_rows_writes_nothing() -> None:
    assert actions.enter_awards(by=p.editor(), entries=[]) == 0
    assert b.events() == []


def test_a_table_changes_awards_and_brings_back_the_withdrawn() -> None:
    grant = p.item(per="enterprise")
    standing, gone = p.award(grant, p.yuan(100)), p.award(grant, p.yuan(100))
    gone = close(gone, "withdrawn", "撤销上传")
    rows = [
        actions.Amendment(
            award=award, version=award.version, entry=p.entry(grant, wanted, number=award.number)
        )
        for award, wanted in ((standing, p.yuan(200)), (gone, p.yuan(300)))
    ]
    assert actions.enter_awards(by=p.editor(), entries=rows) == 2
    gone.refresh_from_db()
    assert (gone.status, gone.status_reason, gone.amount) == ("approved", "", p.yuan(300))
    event = AuditEvent.objects.get(action="programs.enter_awards")
    for side, sums in ((event.before, ["1000000.00"] * 2), (event.after, ["2000000", "3000000"])):
        assert [Decimal(facts["amount"]) for facts in side["changed"]] == [*map(Decimal, sums)]
    assert total().committed == p.yuan(500)
    with pytest.raises(Conflict):
        actions.enter_awards(by=p.editor(), entries=rows)
    ended = close(gone, "terminated")
    again = actions.Amendment(award=ended, version=ended.version, entry=actions.entry_of(ended))
    with pytest.raises(errors.Refused, match="已终止") as caught:
        actions.enter_awards(by=p.editor(), entries=[again])
    assert caught.value.row == 0


# What may not be had together.


def exclusive(reach: str, *, named_by_first: bool = True) -> tuple[SupportItem, SupportItem]:
    """Two items of two programs of which one names the other."""
    facts = (
        [{"not_with": ["second/right"]}, {}]
        if named_by_first
        else [{}, {"not_with": ["chain/left"]}]
    )
    facts[0 if named_by_first else 1]["not_with_for"] = reach
    left = p.item("left", **facts[0])
    right = p.item("right", of=p.edition(p.program("second")), **facts[1])
    return left, right


@pytest.mark.parametrize("named_by_first", [True, False])
@pytest.mark.parametrize("left_first", [True, False])
@pytest.mark.parametrize(
    ("reach", "same", "apart"),
    [
        ("project", [{"project_code": "P", "year": 2024}, {"project_code": "P", "who": "另一公司"}],
         [{"project_code": "Q"}]),
        ("year", [{"project_code": "Q"}], [{"project_code": "P", "year": 2024},
                                          {"project_code": "P", "who": "另一公司"}]),
        ("ever", [{"project_code": "Q", "year": 2024}], [{"project_code": "P", "who": "另一公司"}]),
        ("", [{"project_code": "Q", "year": 2024}], [{"project_code": "P", "who": "另一公司"}]),
    ],
)  # fmt: skip
def test_what_excludes_the_other_is_refused_whichever_says_so(
    reach: str,
    same: list[dict[str, Any]],
    apart: list[dict[str, Any]],
    left_first: bool,
    named_by_first: bool,
) -> None:
    left, right = exclusive(reach, named_by_first=named_by_first)
    one, other = (left, right) if left_first else (right, left)
    held = p.award(one, project_code="P")
    for facts in same:
        found = refused(of=other, **placed(facts))
        assert (found.code, found.facts["awards"]) == ("stacked", [held.pk])
    for facts in apart:
        p.award(other, **placed(facts))


def placed(facts: dict[str, Any]) -> dict[str, Any]:
    facts = dict(facts)
    who = facts.pop("who", None)
    return facts | ({"recipient": p.recipient(who)} if who else {})


def test_the_sentence_names_both_items_and_the_award() -> None:
    left, right = exclusive("ever")
    held = p.award(left)
    assert str(refused(of=right)) == (
        "“right资助”不得与“left资助”同享。依据：《policy-one若干措施》（第二条）“最高500万元”。"
        f"已有立项 {held.number}（2025 年），共 1 笔。"
    )
    check = actions.check_award(p.entry(right))
    assert (check.stacking, check.refused, check.over_by) == ([held], True, None)


def test_stacking_can_be_overridden_and_ends_with_the_money() -> None:
    left, right = exclusive("ever")
    held = p.award(left)
    allowed = p.award(right, override_reason="专题会议决定")
    assert allowed.overridden_by == p.reviewer()
    close(allowed, "withdrawn")
    ended = close(held, "terminated")
    assert ended.paid == 0
    p.award(right)


def test_a_terminated_award_of_which_money_was_paid_still_excludes() -> None:
    left, right = exclusive("ever")
    held = p.award(left)
    p.payment(held, p.yuan(1))
    held.refresh_from_db()
    close(held, "terminated")
    assert refused(of=right).code == "stacked"


@pytest.mark.parametrize("named_by_first", [True, False])
def test_rows_of_one_table_exclude_each_other(named_by_first: bool) -> None:
    left, right = exclusive("year", named_by_first=named_by_first)
    earlier = actions.Earlier()
    first = p.entry(left)
    earlier.add(first, actions.check_award(first).item)
    check = actions.check_award(p.entry(right), earlier=earlier)
    assert [award.number for award in check.stacking] == [first.number]
    assert first.number in check.sentence
    assert not actions.check_award(p.entry(right, year=2024), earlier=earlier).refused
    with pytest.raises(errors.Refused, match=first.number) as caught:
        actions.enter_awards(by=p.editor(), entries=[first, p.entry(right)])
    assert caught.value.row == 1


@pytest.mark.parametrize(
    ("bodies", "kind", "fits"),
    [
        ([], "enterprise", True),
        (["enterprise"], "enterprise", True),
        (["institution", "enterprise"], "enterprise", True),
        (["institution", "person"], "enterprise", False),
        (["person"], "service", False),
    ],
)
def test_item_is_for_the_bodies_it_names(bodies: list[str], kind: str, fits: bool) -> None:
    held = p.item(bodies=bodies)
    whom = p.recipient("示范二号", kind)
    if fits:
        assert p.award(held, recipient=whom).overridden_by is None
        return
    refusal = refused(of=held, recipient=whom)
    assert refusal.code == "body"
    for words in ("最高500万元", *(str(SupportItem.Body(code).label) for code in (*bodies, kind))):
        assert words in str(refusal)
    assert "示范二号" not in str(refusal)
    assert not Award.objects.exists()
    allowed = p.award(held, recipient=whom, override_reason="专题会议决定")
    assert allowed.overridden_by == p.reviewer()
