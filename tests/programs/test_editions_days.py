"""What applied on an earlier day is never changed by what is approved later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from programs import actions
from programs.errors import Refused
from programs.models import EditionDraft, Program, ProgramEdition, SupportItem
from tests.programs import builders as p
from tests.programs import builders_editions as e

pytestmark = pytest.mark.django_db
START = date(2024, 1, 1)
DAYS = [START + timedelta(days=90 * step) for step in range(-1, 13)]
Applied = dict[date, tuple[Any, ...]]


def applied(known_on: date | None = None) -> Applied:
    """What applied on each of the days: edition and items, by their words and sums."""
    found: Applied = {}
    for day in DAYS:
        rows = SupportItem.objects.filter(
            edition__in=ProgramEdition.objects.in_force_on(day, known_on=known_on)
        )
        found[day] = tuple(rows.order_by("key").values_list("edition", "key", "comparator", "cap"))
    return found


def proposal(dice: Random) -> EditionDraft | None:
    """A draft of any kind with days and sums by chance; None where the kind has no base yet."""
    change = dice.choice(["first", "amended", "amended", "corrected"])
    rows = list(ProgramEdition.objects.current().order_by("valid_from"))
    if change != "first" and not rows:
        return None
    begins, ends = dice.choice(DAYS), dice.choice([None, dice.choice(DAYS)])
    cap = str(dice.randrange(1, 9) * 1_000_000)
    said = e.content(
        begins.isoformat(), "" if ends is None else ends.isoformat(),
        items=tuple(
            e.item_content(key, cap=cap) for key in dice.sample(["grant", "other"], dice.randint(0, 2))
        ),
    )  # fmt: skip
    base = None if change == "first" else dice.choice(rows)
    if base is not None and change == "corrected" and dice.random() < 0.5:
        kept = actions.content_of(base)
        said = replace(said, valid_from=kept.valid_from, valid_to=kept.valid_to)
    return e.draft(change, base=base, said=said)


def back_by(days: int) -> datetime:
    return timezone.make_aware(
        datetime.combine(timezone.localdate() - timedelta(days=days), time(9))
    )


@pytest.mark.parametrize("seed", range(3))
def test_days_before_the_first_day_of_a_change_stay_and_so_does_what_was_known(seed: int) -> None:
    dice = Random(seed)
    p.program()
    done: dict[str, int] = {}
    known: list[tuple[date, Applied]] = []
    for turn in range(40):
        before = applied()
        row = proposal(dice)
        if row is None:
            continue
        try:
            edition = e.approved(row)
        except Refused:
            assert applied() == before
            EditionDraft.objects.in_progress().update(review_state="dropped", return_reason="试")
            continue
        done[row.change] = done.get(row.change, 0) + 1
        begins = edition.valid_from
        if row.based_on is not None and row.change == "corrected":
            begins = min(begins, row.based_on.valid_from)
        after = applied()
        assert {day: rows for day, rows in after.items() if day < begins} == {
            day: rows for day, rows in before.items() if day < begins
        }
        # Each approval is told as that of a day of its own, so that "as known on" has days to ask.
        moment = back_by(100 - turn)
        ProgramEdition.objects.filter(pk=edition.pk).update(known_from=moment)
        ProgramEdition.objects.filter(superseded_at=row.approved_at).update(superseded_at=moment)
        for day, then in known[-3:]:
            assert applied(known_on=day) == then
        known.append((timezone.localdate(moment), after))
        assert applied(known_on=known[-1][0]) == after
    assert set(done) == {"first", "amended", "corrected"}, done


def test_history_of_one_program_says_nothing_of_another() -> None:
    e.approved(e.draft())
    other: Program = p.program("other")
    e.approved(e.draft(program=other, said=e.content("2024-01-01", items=())))
    found = ProgramEdition.objects.in_force_on(date(2024, 6, 1))
    assert sorted(found.values_list("program__key", flat=True)) == ["chain", "other"]


def test_stated_end_of_the_base_stays_and_the_base_does_not_come_back() -> None:
    base = e.standing("2024-01-01", "2028-12-31")
    e.approved(
        e.draft("amended", base=base, said=e.content("2026-01-01", "2026-12-31", note="试行一年"))
    )
    held = [
        list(ProgramEdition.objects.in_force_on(date(year, 6, 1)).values_list("note", flat=True))
        for year in (2025, 2026, 2027)
    ]
    assert held == [[""], ["试行一年"], []]
    base.refresh_from_db()
    assert base.valid_to == date(2028, 12, 31)
