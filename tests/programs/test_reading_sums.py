"""Money as it adds up: exact, unknown kept apart from zero, and on an earlier day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from programs.models import Award, Budget, Payment, Program, YearTotal
from programs.reading import NOTHING, Day, Share, Sums, added, shares_by, sums_by_year, sums_on
from tests.programs import builders as p

pytestmark = pytest.mark.django_db


def now() -> Day:
    """Everything up to this evening."""
    end = timezone.localtime() + timedelta(days=1)
    return Day(timezone.localdate(), end)


def both(of: Program) -> dict[int, Sums]:
    """The sums by year from the read model, after those of today as an earlier day agree."""
    model = {year: sums for (pk, year), sums in sums_by_year([of.pk]).items() if pk == of.pk}
    then = {year: sums for (_pk, year), sums in sums_on(of, now()).items()}
    assert then == model
    return model


def test_sums_of_awards_budget_and_payments() -> None:
    grant = p.item(cap=p.yuan(500))
    full = p.award(grant, p.yuan(500))
    p.award(grant, p.yuan(200))
    p.payment(full, p.yuan(100))
    p.budget(amount=p.yuan(1000))

    assert both(p.program()) == {
        2025: Sums(
            awards=2, budget=p.yuan(1000), committed=p.yuan(700), paid=p.yuan(100),
            left=p.yuan(300), outstanding=p.yuan(600), distance=p.yuan(300), at_ceiling=1,
            overridden=0,
        )
    }  # fmt: skip


def test_sums_leave_the_withdrawn_out_and_count_of_the_terminated_what_was_paid() -> None:
    grant = p.item(cap=p.yuan(500))
    stopped, gone = p.award(grant, p.yuan(300)), p.award(grant, p.yuan(200))
    p.payment(stopped, p.yuan(100))
    p.closed(stopped, "terminated")
    p.closed(gone, "withdrawn")

    sums = both(p.program())[2025]

    assert (sums.awards, sums.committed, sums.paid) == (1, p.yuan(100), p.yuan(100))
    assert sums.outstanding == Decimal("0.00")
    assert sums.left is None


def test_overridden_award_is_counted_and_makes_the_distance_smaller() -> None:
    grant = p.item(cap=p.yuan(500))
    p.award(grant, p.yuan(600), override_reason="专题会议决定")

    sums = both(p.program())[2025]

    assert (sums.overridden, sums.at_ceiling, sums.distance) == (1, 1, p.yuan(-100))


def test_award_without_a_cap_has_no_distance() -> None:
    p.award(p.item(comparator="uncapped"), p.yuan(600))

    assert both(p.program())[2025].distance is None


def test_budget_without_an_award_leaves_the_rest_unknown() -> None:
    p.budget(year=2024, amount=p.yuan(0))

    sums = both(p.program())[2024]

    assert sums == Sums(budget=Decimal("0.00"))
    assert sums.committed is None
    assert not sums.overspent


def test_budget_of_zero_is_overspent_by_an_award_and_no_budget_is_not() -> None:
    p.award()
    assert not both(p.program())[2025].overspent

    p.budget(amount=p.yuan(0))

    assert both(p.program())[2025].overspent


def test_sums_are_exact_to_the_fen() -> None:
    grant = p.item(comparator="uncapped")
    for _turn in range(10):
        p.award(grant, Decimal("1000000000.07"))

    sums = both(p.program())[2025]

    assert sums.committed == Decimal("10000000000.70")
    assert shares_by(p.program(), "industry")[0].committed == Decimal("10000000000.70")


def test_sums_of_other_programs_stay_apart() -> None:
    p.award()
    other = p.item(of=p.edition(p.program("other")))
    p.award(other, p.yuan(70))

    assert both(p.program())[2025].committed == p.yuan(100)
    assert sums_by_year()[p.program("other").pk, 2025].committed == p.yuan(70)


def test_sums_read_the_totals_and_budgets_alone(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    p.award()
    p.budget()
    YearTotal.objects.update(committed=p.yuan(7))

    with django_assert_num_queries(2):
        found = sums_by_year()

    assert [sums.committed for sums in found.values()] == [p.yuan(7)]


def test_added_keeps_unknown_apart_from_zero() -> None:
    zero = Decimal("0.00")
    rows = [Sums(committed=zero), Sums(committed=Decimal(5), awards=2), NOTHING]

    assert added(rows) == Sums(committed=Decimal(5), awards=2)
    assert added([Sums(paid=zero)]).paid == zero
    assert added([]) == NOTHING
    assert added([NOTHING, NOTHING]) == NOTHING


def test_added_takes_what_is_left_from_years_with_a_budget_alone() -> None:
    with_budget = Sums(budget=Decimal(9), committed=Decimal(4), left=Decimal(5))
    without = Sums(committed=Decimal(100))

    assert added([with_budget, without]).left == Decimal(5)


def placed(where: str | None, amount: int, industry: str = "甲业") -> Award:
    region = None if where is None else p.district(f"3702{where}", f"{where}区")
    return p.award(p.item(cap=p.yuan(500)), p.yuan(amount), industry=industry, region=region)


def test_shares_by_industry_the_most_first_with_the_unstated_named() -> None:
    placed(None, 100, "甲业")
    placed(None, 300, "乙业")
    placed(None, 150, "甲业")
    placed(None, 10, "")
    p.closed(placed(None, 400, "丙业"), "withdrawn")

    expected = [
        Share("乙业", 1, p.yuan(300), Decimal("0.00")),
        Share("甲业", 2, p.yuan(250), Decimal("0.00")),
        Share("未注明", 1, p.yuan(10), Decimal("0.00")),
    ]
    assert shares_by(p.program(), "industry") == expected
    assert shares_by(p.program(), "industry", now()) == expected


def test_shares_by_region_with_what_was_paid(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    p.payment(placed("02", 100), p.yuan(30))
    placed("03", 90)
    placed(None, 95)
    of = p.program()

    with django_assert_num_queries(1):
        shares = shares_by(of, "region")

    assert shares == [
        Share("02区", 1, p.yuan(100), p.yuan(30)),
        Share("未注明", 1, p.yuan(95), Decimal("0.00")),
        Share("03区", 1, p.yuan(90), Decimal("0.00")),
    ]
    assert shares_by(p.program(), "region", now()) == shares


def test_shares_of_a_program_without_awards_are_none() -> None:
    p.award(p.item(of=p.edition(p.program("other"))))

    assert shares_by(p.program("empty"), "industry") == []


def at(day: date) -> Day:
    """As everything stood at the end of a day."""
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time())
    return Day(day, timezone.make_aware(midnight))


def entered(of: Award | Payment | Budget, day: date) -> None:
    """Say that a row was entered on a day."""
    moment = timezone.make_aware(datetime.combine(day, datetime.min.time()))
    name = "set_at" if isinstance(of, Budget) else "entered_at"
    type(of).objects.filter(pk=of.pk).update(**{name: moment})


def test_earlier_day_knows_what_was_decided_and_entered_by_then() -> None:
    grant = p.item(cap=p.yuan(500))
    early = p.award(grant, p.yuan(100), decided_on=date(2025, 3, 1))
    late = p.award(grant, p.yuan(200), decided_on=date(2025, 9, 1))
    noted_later = p.award(grant, p.yuan(300), decided_on=date(2025, 3, 1))
    entered(early, date(2025, 3, 2))
    entered(late, date(2025, 3, 2))
    entered(noted_later, date(2025, 12, 1))

    found = sums_on(p.program(), at(date(2025, 6, 30)))

    assert found[p.program().pk, 2025].committed == p.yuan(100)
    assert shares_by(p.program(), "industry", at(date(2025, 6, 30)))[0].awards == 1


@pytest.mark.parametrize(
    ("day", "paid"),
    [
        (date(2025, 3, 31), "0"),
        (date(2025, 4, 1), "10"),
        (date(2025, 5, 31), "30"),
        (date(2025, 6, 1), "20"),
    ],
)
def test_earlier_day_knows_what_was_paid_and_not_yet_taken_back(day: date, paid: str) -> None:
    award = p.award(p.item(cap=p.yuan(500)), p.yuan(100), decided_on=date(2025, 3, 1))
    entered(award, date(2025, 3, 2))
    first = p.payment(award, p.yuan(10), paid_on=date(2025, 4, 1))
    second = p.payment(award, p.yuan(20), paid_on=date(2025, 5, 1))
    entered(first, date(2025, 4, 1))
    entered(second, date(2025, 5, 1))
    # Taken back on the first of June.
    Payment.objects.filter(pk=first.pk).update(
        voided_at=timezone.make_aware(datetime(2025, 6, 1, 9)), voided_by=p.editor(),
        void_reason="付错",
    )  # fmt: skip

    assert sums_on(p.program(), at(day))[p.program().pk, 2025].paid == p.yuan(paid)


def test_earlier_day_knows_the_budgets_set_by_then() -> None:
    entered(p.budget(year=2024, amount=p.yuan(10)), date(2024, 1, 1))
    entered(p.budget(year=2025, amount=p.yuan(20)), date(2025, 1, 1))

    found = sums_on(p.program(), at(date(2024, 12, 31)))

    assert found == {(p.program().pk, 2024): Sums(budget=p.yuan(10))}
