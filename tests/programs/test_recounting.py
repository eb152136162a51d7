"""Totals equal what a slow reader adds up, after whatever was done."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from accounts.versions import Conflict
from programs import actions, errors
from programs.models import Award, Payment, YearTotal
from tests.programs import builders as p

pytestmark = pytest.mark.django_db
FIELDS = ("awards", "committed", "paid", "capped", "ceilings", "at_ceiling", "overridden")


def slowly() -> dict[tuple[int, int], dict[str, Any]]:
    """The totals by the obvious loop over all rows; years without awards are left out."""
    found: dict[tuple[int, int], dict[str, Any]] = defaultdict(lambda: dict.fromkeys(FIELDS, 0))
    for award in Award.objects.all():
        standing = [row.amount for row in award.payments.all() if row.voided_at is None]
        assert award.paid == sum(standing, Decimal(0))
        if award.status == "withdrawn":
            continue
        binds = award.paid if award.status == "terminated" else award.amount
        row = found[award.program_id, award.year]
        row["awards"] += 1
        row["committed"] += binds
        row["paid"] += award.paid
        row["overridden"] += award.override_reason != ""
        if award.ceiling is not None:
            row["capped"] += binds
            row["ceilings"] += award.ceiling
            row["at_ceiling"] += binds >= award.ceiling
    return dict(found)


def stored() -> dict[tuple[int, int], dict[str, Any]]:
    """The rows that are not all zero."""
    rows = {(row.program_id, row.year): row for row in YearTotal.objects.all()}
    figures = {key: {name: getattr(row, name) for name in FIELDS} for key, row in rows.items()}
    return {key: values for key, values in figures.items() if any(values.values())}


class Clerk:
    """Somebody who does something at random, and is sometimes refused."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        home, second = p.edition(), p.edition(p.program("second"))
        self.items = [
            p.item(of=home), p.item("yearly", of=home, per="enterprise", payout="yearly"),
            p.item("free", of=home, comparator="uncapped"),
            p.item("prize", of=second, comparator="fixed", cap=p.yuan(50), per=""),
            p.item("share", of=second, rate=Decimal("33.3333"), per=""),
        ]  # fmt: skip
        self.bodies = [p.recipient(f"示范{number}号公司") for number in "一二三"]
        self.refused = 0

    def act(self) -> None:
        step = self.chance.choice(
            [self.enter, self.enter, self.enter, self.table, self.pay, self.pay, self.void,
             self.amend, self.close, self.close]
        )  # fmt: skip
        try:
            step()
        except errors.Refused:
            self.refused += 1

    def amount(self) -> Decimal:
        return self.chance.choice([p.yuan(50), Decimal(self.chance.randint(1, 60_000_000)) / 100])

    def entry(self, **facts: Any) -> actions.AwardEntry:
        year = self.chance.choice([2024, 2025])
        stated = {
            "of": self.chance.choice(self.items), "amount": self.amount(), "year": year,
            "recipient": self.chance.choice(self.bodies), "decided_on": date(year, 6, 1),
            "investment": self.amount() * 2,
        }  # fmt: skip
        return p.entry(**(stated | facts))

    def enter(self) -> None:
        try:
            actions.enter_award(by=p.editor(), entry=self.entry())
        except errors.Refused as refusal:
            if refusal.code != "over":
                raise
            entry = self.entry(of=self.items[0], amount=p.yuan(501))
            actions.enter_award(by=p.reviewer(), entry=entry, override_reason="专题会议决定")

    def table(self) -> None:
        actions.enter_awards(by=p.editor(), entries=[self.entry(), self.entry()])

    def award(self) -> Award:
        rows = list(Award.objects.order_by("pk"))
        return self.chance.choice(rows) if rows else p.award(self.items[0])

    def pay(self) -> None:
        award = self.award()
        share = Decimal(self.chance.randint(1, 70)) / 100
        p.payment(award, (award.amount * share).quantize(Decimal("0.01")))

    def void(self) -> None:
        rows = list(Payment.objects.order_by("pk"))
        if rows:
            payment = self.chance.choice(rows)
            actions.void_payment(by=p.editor(), payment=payment, reason="退回")

    def amend(self) -> None:
        award = self.award()
        entry = self.entry(number=award.number)
        actions.amend_award(
            by=p.editor(), award=award, version=award.version, entry=entry, reason="更正"
        )

    def close(self) -> None:
        award = self.award()
        status = self.chance.choice(Award.Status.values)
        actions.close_award(
            by=p.editor(), award=award, version=award.version, status=status, reason="变更"
        )


@pytest.mark.parametrize("seed", range(4))
def test_totals_equal_the_slow_count_after_anything(seed: int) -> None:
    clerk = Clerk(seed)
    for turn in range(40):
        clerk.act()
        if turn % 10 == 9:
            assert stored() == slowly()
    assert Award.objects.count() > 10
    assert clerk.refused > 0
    before = {*YearTotal.objects.values_list("program", "year", *FIELDS)}
    YearTotal.objects.update(committed=1, paid=2, awards=3)
    actions.rebuild_totals()
    assert {*YearTotal.objects.values_list("program", "year", *FIELDS)} == before


def test_sums_do_not_drift() -> None:
    free = p.item("free", comparator="uncapped", per="")
    big = p.entry(free, Decimal("9999999999999.59"))
    small = [p.entry(free, Decimal("0.01")) for _row in range(40)]
    actions.enter_awards(by=p.editor(), entries=[big, *small])
    assert YearTotal.objects.get().committed == Decimal("9999999999999.99")


def test_totals_are_made_from_nothing() -> None:
    p.payment(p.award(amount=p.yuan(100)), p.yuan(30))
    p.award(p.item("free", comparator="uncapped"), year=2024)
    YearTotal.objects.all().delete()
    said = StringIO()
    call_command("rebuild_totals", stdout=said)
    assert said.getvalue().startswith("年度合计已重建：2 行。")
    assert stored() == slowly() != {}


def test_a_total_of_a_year_that_lost_its_awards_is_zero() -> None:
    award = p.award()
    actions.amend_award(
        by=p.editor(), award=award, version=1, reason="年度有误",
        entry=p.entry(number=award.number, year=2024),
    )  # fmt: skip
    left = YearTotal.objects.get(year=2025)
    assert [getattr(left, name) for name in FIELDS] == [0] * len(FIELDS)
    assert YearTotal.objects.get(year=2024).awards == 1


def test_counting_nothing_writes_nothing() -> None:
    actions.recount([])
    assert YearTotal.objects.count() == 0
    assert actions.rebuild_totals() == 0


def test_a_conflict_leaves_the_totals() -> None:
    award = p.award()
    p.payment(award)
    with pytest.raises(Conflict):
        actions.close_award(
            by=p.editor(), award=award, version=1, status="terminated", reason="终止"
        )
    assert stored() == slowly() != {}
