"""Fifty clerks at once: nobody gets the last headroom twice, and every sum is exact.

Each writer is a thread with a connection of its own to a real database.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection, connections

from accounts import audit
from programs import actions, errors
from programs.actions import awards, recounting
from programs.actions.entries import AwardEntry
from programs.models import Award, Payment, Recipient, SupportItem, YearTotal
from tests.programs import builders as p

pytestmark = pytest.mark.usefixtures("empty_world")
WRITERS = 50


def at_once(work: Callable[[int], object], writers: int = WRITERS) -> Counter[str]:
    """Run the work of each writer in a thread of its own; how often each refusal was said."""
    start, said = threading.Barrier(writers), []

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            start.wait(60)
            work(number)
            said.append("done")
        except errors.Refused as refusal:
            said.append(refusal.code)
        except BaseException as error:
            said.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads)
    return Counter(said)


def enter_all(entries: list[AwardEntry]) -> Counter[str]:
    """Every writer enters its award at the same moment."""
    clerk = p.editor()
    return at_once(
        lambda number: actions.enter_award(by=clerk, entry=entries[number]), len(entries)
    )


def granted(**where: object) -> Decimal:
    return sum(Award.objects.filter(**where).values_list("amount", flat=True), Decimal(0))


def test_the_last_headroom_of_a_body_is_used_once() -> None:
    grant = p.item(cap=p.yuan(100), per="enterprise", payout="yearly")
    told = enter_all([p.entry(grant, p.yuan(15)) for _writer in range(WRITERS)])
    assert told == {"done": 6, "over": WRITERS - 6}
    assert granted() == YearTotal.objects.get().committed == p.yuan(90)
    assert audit.verify() == []


def test_the_last_headroom_of_a_project_is_used_once_by_several_bodies() -> None:
    grant = p.item(cap=p.yuan(100))
    bodies = [p.recipient("示范一号公司"), p.recipient("示范二号公司")]
    entries = [
        p.entry(grant, p.yuan(30), project_code="P-1", recipient=bodies[number % 2])
        for number in range(WRITERS)
    ]
    assert enter_all(entries) == {"done": 3, "over": WRITERS - 3}
    assert granted() == YearTotal.objects.get().committed == p.yuan(90)


def test_the_last_headroom_of_a_year_is_used_once_by_all_bodies() -> None:
    grant = p.item(cap=p.yuan(100), per="year")
    bodies = [p.recipient(f"示范{number}号公司") for number in range(WRITERS)]
    entries = [p.entry(grant, Decimal("333333.33"), recipient=body) for body in bodies]
    assert enter_all(entries) == {"done": 3, "over": WRITERS - 3}
    assert YearTotal.objects.get().committed == Decimal("999999.99")


def test_the_editions_of_an_item_share_its_cap() -> None:
    """Half of the writers decide under the old edition, which is another row of the same key."""
    old = p.item(of=p.edition(), cap=p.yuan(100), per="enterprise")
    p.item(of=p.edition(begins=p.DECIDED), cap=p.yuan(100), per="enterprise")
    days = [p.DECIDED.replace(day=1), p.DECIDED]
    entries = [p.entry(old, p.yuan(60), decided_on=days[number % 2]) for number in range(WRITERS)]
    assert enter_all(entries) == {"done": 1, "over": WRITERS - 1}


@pytest.mark.parametrize("reach", ["ever", "project"])
def test_items_that_exclude_each_other_are_never_both_granted(reach: str) -> None:
    left = p.item("left", comparator="uncapped", not_with=["second/right"], not_with_for=reach)
    right = p.item("right", of=p.edition(p.program("second")), comparator="uncapped")
    bodies = [p.recipient("示范一号公司"), p.recipient("示范二号公司")]
    # Of one project another body asks for the other item, so that only the items' locks hold them.
    entries = [
        p.entry(
            (left, right)[number % 2], project_code="P-1",
            recipient=bodies[number % 2 if reach == "project" else 0],
        )
        for number in range(WRITERS)
    ]  # fmt: skip
    told = enter_all(entries)
    assert set(told) == {"done", "stacked"}
    assert Award.objects.values("item_key").distinct().count() == 1
    assert told["done"] == Award.objects.count() == WRITERS // 2


def test_the_rest_of_an_award_is_paid_once() -> None:
    award, clerk = p.award(amount=p.yuan(100)), p.editor()

    def pay(_number: int) -> None:
        while True:
            seen = Award.objects.get(pk=award.pk)
            try:
                actions.pay(
                    by=clerk, award=seen, version=seen.version, amount=p.yuan(15),
                    paid_on=p.DECIDED,
                )  # fmt: skip
            except awards.Conflict:
                continue
            return

    assert at_once(pay) == {"done": 6, "overpaid": WRITERS - 6}
    award.refresh_from_db()
    rows = Payment.objects.values_list("amount", flat=True)
    assert award.paid == sum(rows) == YearTotal.objects.get().paid == p.yuan(90)


def test_totals_of_many_writers_who_cross_are_exact() -> None:
    """Tables of two years each, in both orders, beside single awards: nobody locks the other out."""
    free = p.item("free", comparator="uncapped")
    bodies = [p.recipient(f"示范{number}号公司") for number in range(4)]
    clerk = p.editor()

    def write(number: int) -> None:
        years = (2024, 2025) if number % 2 else (2025, 2024)
        rows = [
            p.entry(free, Decimal("0.10"), year=year, recipient=body,
                    number=f"T{number}-{year}-{body.pk}")
            for year in years
            for body in (bodies if number % 2 else reversed(bodies))
        ]  # fmt: skip
        if number % 5:
            actions.enter_awards(by=clerk, entries=rows)
        else:
            actions.enter_award(by=clerk, entry=rows[0])

    assert at_once(write) == {"done": WRITERS}
    assert Award.objects.count() == 40 * 8 + 10
    for total in YearTotal.objects.all():
        assert total.committed == granted(year=total.year) == Decimal("0.10") * total.awards
    assert sum(YearTotal.objects.values_list("awards", flat=True)) == 330
    assert audit.verify() == []


def test_one_code_added_at_once_is_one_recipient() -> None:
    clerk, code = p.editor(), p.credit_code()
    p.district()

    def add(number: int) -> None:
        firm = {"name": "示范一号公司", "credit_code": code, "kind": "enterprise"}
        someone = {"name": "甲某", "credit_code": "", "kind": "person"}
        actions.find_or_add_recipient(by=clerk, **(firm if number % 2 else someone))

    assert at_once(add) == {"done": WRITERS}
    assert Recipient.objects.count() == 2


def test_one_number_entered_at_once_is_one_award() -> None:
    free = p.item("free", comparator="uncapped")
    bodies = [p.recipient(f"示范{number}号公司") for number in range(WRITERS)]
    told = enter_all([p.entry(free, number="LX-1", recipient=body) for body in bodies])
    assert told == {"done": 1, "number_taken": WRITERS - 1}


# The negative controls: without its lock, each of the tests above would see what it looks for.


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody holds anything: a lock on PostgreSQL, on SQLite the transaction's mode.

    All meet after their check, so that the harm does not depend on luck.
    """
    meeting = threading.Barrier(2)
    judged = awards.check_award

    def check_and_wait(*args: object, **facts: object) -> object:
        found = judged(*args, **facts)
        meeting.wait(60)
        return found

    monkeypatch.setattr(awards, "lock_for", lambda *_args: None)
    monkeypatch.setattr(awards, "check_award", check_and_wait)


def over_granted(entries: list[AwardEntry]) -> list[str]:
    """Two writers without locks; what each was told, in the end."""
    clerk = p.editor()
    if connection.vendor == "sqlite":
        connections.settings["default"]["OPTIONS"] = {
            **connections.settings["default"]["OPTIONS"], "transaction_mode": "DEFERRED",
        }  # fmt: skip
    return sorted(at_once(lambda number: actions.enter_award(by=clerk, entry=entries[number]), 2))


@pytest.mark.usefixtures("no_locks")
@pytest.mark.parametrize("per", ["enterprise", "project", "year"])
def test_without_locks_the_last_headroom_is_used_twice(per: str) -> None:
    grant = p.item(cap=p.yuan(100), per=per)
    entries = [p.entry(grant, p.yuan(60), project_code="P-1") for _writer in range(2)]
    told = over_granted(entries)
    if connection.vendor == "sqlite":
        # Two deferred transactions that have read cannot both write: one of them is told so.
        assert told == ["OperationalError('database is locked')", "done"]
        return
    assert told == ["done"]
    assert granted() == p.yuan(120)


@pytest.mark.usefixtures("no_locks")
def test_without_locks_both_of_two_exclusive_items_are_granted() -> None:
    left = p.item("left", not_with=["chain/right"])
    right: SupportItem = p.item("right")
    told = over_granted([p.entry(left), p.entry(right)])
    if connection.vendor == "sqlite":
        assert told == ["OperationalError('database is locked')", "done"]
        return
    assert Award.objects.values("item_key").distinct().count() == 2


@pytest.mark.postgres
def test_without_its_lock_a_total_loses_an_award(monkeypatch: pytest.MonkeyPatch) -> None:
    free = p.item("free", comparator="uncapped")
    bodies = [p.recipient("示范一号公司"), p.recipient("示范二号公司")]
    p.award(free, p.yuan(1))
    meeting, added = threading.Barrier(2), recounting._sums

    def add_and_wait(program: int, year: int) -> dict[str, object]:
        found = added(program, year)
        meeting.wait(60)
        return found

    monkeypatch.setattr(recounting, "_lock", lambda _program, _year: None)
    monkeypatch.setattr(recounting, "_sums", add_and_wait)
    monkeypatch.setattr(awards, "lock_for", lambda *_args: None)
    entries = [p.entry(free, p.yuan(10), recipient=body) for body in bodies]
    assert enter_all(entries) == {"done": 2}
    assert (granted(), YearTotal.objects.get().committed) == (p.yuan(21), p.yuan(11))
