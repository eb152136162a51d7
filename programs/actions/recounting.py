"""What programs and years add up to, made anew in the transaction of whatever changed it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, F, Q

from accounts import audit
from programs.models import Award, YearTotal
from programs.sums import bound, in_fen, yuan

_CAPPED = Q(ceiling__isnull=False)


def recount(programs_years: Iterable[tuple[int, int]]) -> None:
    """Write the totals of these (program pk, year) anew, each under the lock of its row.

    The lock closes this race: two writers of one program and year each add up without the other's
    award, which is not committed yet, and the later one writes a sum that lacks the earlier one's.
    With it the second waits, and adds up after the first has committed. Rows are made and locked
    in one order, so that two such writers never wait for each other in a circle.
    """
    pairs = sorted(set(programs_years))
    if not pairs:
        return
    YearTotal.objects.bulk_create(
        [YearTotal(program_id=program, year=year) for program, year in pairs],
        ignore_conflicts=True,
    )
    for program, year in pairs:
        _lock(program, year)
        sums = _sums(program, year)
        YearTotal.objects.filter(program_id=program, year=year).update(**sums)


def rebuild_totals() -> int:
    """Make every total anew from the awards; the number of programs and years."""
    with audit.transaction():
        pairs = {*Award.objects.order_by().values_list("program_id", "year").distinct()}
        pairs |= {*YearTotal.objects.order_by().values_list("program_id", "year")}
        recount(pairs)
    return len(pairs)


def _lock(program: int, year: int) -> None:
    """Hold the row until the end of the transaction; SQLite has one writer at a time anyway."""
    rows = YearTotal.objects.select_for_update(no_key=True)
    rows.filter(program_id=program, year=year).get()


def _sums(program: int, year: int) -> dict[str, object]:
    """What a row of YearTotal holds, in one query over the awards of the program and year."""
    counting = Award.objects.counting().order_by().filter(program_id=program, year=year)
    found = counting.annotate(binds=bound()).aggregate(
        awards=Count("pk"),
        committed=in_fen("binds"),
        paid_fen=in_fen("paid"),
        capped=in_fen("binds", filter=_CAPPED),
        ceilings=in_fen("ceiling", filter=_CAPPED),
        at_ceiling=Count("pk", filter=Q(ceiling__lte=F("binds"))),
        overridden=Count("pk", filter=~Q(override_reason="")),
    )
    return {
        "awards": found["awards"],
        "committed": yuan(found["committed"]),
        "paid": yuan(found["paid_fen"]),
        "capped": yuan(found["capped"]),
        "ceilings": yuan(found["ceilings"]),
        "at_ceiling": found["at_ceiling"],
        "overridden": found["overridden"],
    }
