"""Fifty writers at once: no acknowledged value is lost, and none is written over unseen.

Each writer is a thread with a connection of its own to a real database.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db import connections
from django.db.models import F

from accounts import audit, versions
from accounts.models import User
from accounts.versions import Conflict
from indicators import actions
from indicators.actions import Entry, Seen, observations
from indicators.errors import Refused
from indicators.models import Indicator, Observation, Region
from tests.indicators import builders as b

pytestmark = pytest.mark.usefixtures("empty_world")
WRITERS = 50


@dataclass(frozen=True)
class Told:
    """A value that was acknowledged, and the one that its writer had seen in the cell."""

    period: str
    value: Decimal
    over: Decimal | None


def at_once(work: Callable[[int], object], writers: int = WRITERS) -> list[BaseException]:
    """Run the work of each writer in a thread of its own; what they raised."""
    raised: list[BaseException] = []

    def run(number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads)
    return raised


def people(number: int = WRITERS) -> list[User]:
    home = b.department()
    return [b.person(f"writer{place}", "analyst", at=home) for place in range(number)]


def entry(of: Indicator, where: Region, period: str, value: int) -> Entry:
    return Entry(indicator=of, region=where, period=period, value=Decimal(value))


def look(of: Indicator, where: Region, period: str) -> tuple[Seen, Decimal | None]:
    standing = actions.standing_in(of.pk, where.pk, period)
    latest = standing.latest
    return standing.seen, None if latest is None else latest.value


def history(period: str) -> list[Decimal | None]:
    """Everything that the cell ever said, oldest first."""
    rows = Observation.objects.filter(reference_period=period, key=None).order_by("version")
    return [row.value for row in rows]


def faults(acknowledged: list[Told], periods: set[str]) -> list[str]:
    """Acknowledged values that are nowhere, or that stand over one which their writer never saw."""
    found = []
    for period in periods:
        said = [None, *history(period)]
        for told in acknowledged:
            if told.period != period:
                continue
            if told.value not in said:
                found.append(f"{period}: {told.value} is lost")
            elif said[said.index(told.value) - 1] != told.over:
                found.append(f"{period}: {told.value} was written over an unseen value")
        current = Observation.objects.in_progress().filter(reference_period=period).count()
        if current > 1:
            found.append(f"{period}: {current} open rows")
    return found


def write_one_cell() -> list[Told]:
    """All look at the empty cell first; then each insists on its value, over what it then sees."""
    of, where, writers = b.indicator(), b.region(), people()
    start, acknowledged = threading.Barrier(WRITERS), []

    def insist(number: int) -> None:
        seen, over = look(of, where, "2024")
        start.wait(60)
        while True:
            mine = entry(of, where, "2024", 1000 + number)
            try:
                actions.keep(by=writers[number], entry=mine, seen=seen)
            except (Conflict, Refused):
                seen, over = look(of, where, "2024")
                continue
            assert mine.value is not None
            acknowledged.append(Told("2024", mine.value, over))
            return

    assert at_once(insist) == []
    return acknowledged


def test_fifty_writers_in_one_cell_lose_nothing_and_see_what_they_replace() -> None:
    acknowledged = write_one_cell()
    assert len({told.value for told in acknowledged}) == WRITERS
    assert faults(acknowledged, {"2024"}) == []
    assert len(history("2024")) == WRITERS
    assert Observation.objects.in_progress().get().version == WRITERS
    assert audit.verify() == []


def test_the_check_notices_writers_who_do_not_compare(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: without comparing, the others' values are written over unseen."""

    def set_without_comparing(rows: object, pk: int, _version: int, /, **changes: object) -> int:
        Observation.objects.filter(pk=pk).update(version=F("version") + 1, **changes)
        return 0

    monkeypatch.setattr(versions, "compare_and_set", set_without_comparing)
    monkeypatch.setattr(observations, "compare_and_set", set_without_comparing)
    monkeypatch.setattr(Seen, "__ne__", lambda _self, _other: False)
    assert faults(write_one_cell(), {"2024"}) != []


def test_fifty_writers_of_blocks_that_cross_never_lock_each_other_out() -> None:
    of, where, writers = b.indicator(), b.region(), people()
    periods = [str(year) for year in range(2001, 2013)]
    start, acknowledged = threading.Barrier(WRITERS), []

    def fill(number: int) -> None:
        chance = random.Random(number)
        start.wait(60)
        for turn in range(2):
            block = chance.sample(periods, 4)
            while True:
                seen = {period: look(of, where, period) for period in block}
                stated = [
                    (entry(of, where, period, 10_000 * turn + 100 * number + place), at, "")
                    for place, (period, (at, _over)) in enumerate(seen.items())
                ]
                kept = actions.keep_all(by=writers[number], stated=stated)
                if not kept.conflicts:
                    break
            for mine, (_at, over) in zip(stated, seen.values(), strict=True):
                assert mine[0].period is not None
                assert mine[0].value is not None
                acknowledged.append(Told(mine[0].period, mine[0].value, over))

    assert at_once(fill) == []
    assert len(acknowledged) == WRITERS * 2 * 4
    assert faults(acknowledged, set(periods)) == []
    assert audit.verify() == []


def test_steps_for_one_and_for_many_that_meet_all_end() -> None:
    """Approvals of single values and of blocks in other orders; every value is approved once."""
    of, where = b.indicator(), b.region()
    author, judges = b.person("author"), [b.person(f"judge{n}") for n in range(8)]
    for year in range(2001, 2021):
        old = b.actual(of, "1", str(year), region=where)
        b.actual(
            of, "2", str(year), by=author, region=where, review_state="submitted", supersedes=old
        )
    seen = dict(Observation.objects.filter(review_state="submitted").values_list("pk", "version"))
    start = threading.Barrier(len(judges))
    done: list[int] = []

    def judge(number: int) -> None:
        mine = random.Random(number).sample(sorted(seen), 10)
        start.wait(60)
        if number % 2:
            chosen = {pk: seen[pk] for pk in mine}
            outcome = actions.approve_all(by=judges[number], seen=chosen, partly=True)
            done.extend(outcome.done)
            assert {*outcome.done, *(left.pk for left in outcome.left)} == set(mine)
            return
        for pk in mine:
            row = Observation.objects.get(pk=pk)
            try:
                actions.approve(by=judges[number], observation=row, version=seen[pk])
            except (Conflict, Refused):
                continue
            done.append(pk)

    assert at_once(judge, len(judges)) == []
    assert len(done) == len(set(done))
    approved = Observation.objects.approved().filter(value=2)
    assert set(approved.values_list("pk", flat=True)) == set(done)
    assert Observation.objects.approved().count() == 20
    assert audit.verify() == []


def test_files_attached_at_once_stay_within_their_number() -> None:
    of = b.indicator()
    row = b.actual(of, "1", by=b.person("author"), review_state="draft")
    writers = people(24)
    start = threading.Barrier(len(writers))
    refused: list[int] = []

    def attach(number: int) -> None:
        start.wait(60)
        content = b"%PDF-" + bytes([number])
        try:
            actions.attach_evidence(
                by=writers[number], observation=row, name="a.pdf", content=content
            )
        except Refused:
            refused.append(number)

    assert at_once(attach, len(writers)) == []
    assert (row.evidence.count(), len(refused)) == (20, 4)
