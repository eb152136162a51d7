"""Uploads of the same cells at once, and beside people who enter: one wins, nothing deadlocks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from accounts.versions import Conflict
from indicators import actions
from indicators.actions import Entry, Seen, keep
from indicators.errors import Refused
from indicators.models import Indicator, Observation, Region, Upload
from tests.work import uploads
from tests.work.test_sweepers import together

CELLS = 2 * uploads.REGIONS * len(uploads.YEARS)


def merging(upload: Upload) -> Any:
    """A task that merges, as a worker would; what it came to is kept in `won`."""

    def run() -> None:
        fresh = Upload.objects.select_related("by").get(pk=upload.pk)
        won.append(actions.merge_upload(upload=fresh))

    won: list[bool] = []
    run.won = won  # type: ignore[attr-defined]
    return run


def test_of_two_uploads_of_the_same_new_cells_one_wins(empty_world: str) -> None:
    ana = uploads.catalogue(2)
    both = [uploads.applying(uploads.staged(ana, 2, plus)) for plus in (0, 5)]
    tasks = [merging(upload) for upload in both]
    assert together(*tasks) == []
    assert sorted(task.won[0] for task in tasks) == [False, True]
    winner = both[[task.won[0] for task in tasks].index(True)]
    rows = Observation.objects.current()
    assert (rows.count(), rows.filter(upload=winner).count()) == (CELLS, CELLS)
    (loser,) = (upload for upload in both if upload != winner)
    loser.refresh_from_db()
    assert (loser.state, loser.counts["conflict"]) == ("staged", CELLS)


def test_of_two_uploads_that_change_the_same_drafts_one_wins(empty_world: str) -> None:
    ana = uploads.catalogue(2)
    assert actions.merge_upload(upload=uploads.applying(uploads.staged(ana, 2, 0)))
    both = [uploads.applying(uploads.staged(ana, 2, plus)) for plus in (5, 9)]
    tasks = [merging(upload) for upload in both]
    assert together(*tasks) == []
    assert sorted(task.won[0] for task in tasks) == [False, True]
    assert Observation.objects.count() == 2 * CELLS


def test_upload_beside_people_who_enter_its_cells_loses_no_value(empty_world: str) -> None:
    ana = uploads.catalogue(2)
    upload = uploads.applying(uploads.staged(ana, 2, 0))
    indicator = Indicator.objects.get(code="I1")
    places = [(Region.objects.get(code=f"3702{n:02d}"), f"{1970 + n}") for n in range(20)]
    kept: list[tuple[int, str]] = []

    def enter() -> None:
        for area, period in reversed(places):
            entry = Entry(indicator=indicator, region=area, period=period, value=Decimal(7))
            try:
                keep(by=ana, entry=entry, seen=Seen())
            except (Refused, Conflict):
                continue
            kept.append((area.pk, period))

    merge = merging(upload)
    assert together(merge, enter) == []
    for area, period in kept:
        row = Observation.objects.current().get(
            indicator=indicator, region=area, reference_period=period
        )
        assert row.value == 7
    assert merge.won == [not kept]
    assert Observation.objects.current().filter(upload=upload).count() == (0 if kept else CELLS)
