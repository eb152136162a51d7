"""The stale queue: rows are drained by sweeps and filled by the calendar (TRUST.md 1 to 4)."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.actions import request_job
from accounts.models import Job
from targets.models import StaleRequest, Target
from targets.recompute.judging import recompute_promises
from targets.recompute.projecting import project_pairs
from targets.recompute.reading import Pair

logger = logging.getLogger(__name__)

BATCH = 500  # queue rows a sweep takes at once
MANY = 5_000  # pairs of the daily job from which on one recompute of everything is quicker
AT_ONCE = 20  # pairs that are projected with their sweep: each costs some tens of milliseconds
RECOMPUTE_ALL, PROJECT_ALL = "recompute_all", "project_all"
TRIES = 5  # then a row is parked until a person retries it


@dataclass(frozen=True)
class Sweep:
    """What one sweep did: rows of the queue that are done, and rows that failed."""

    done: int = 0
    failed: int = 0


def sweep(*, now: datetime | None = None, as_of: date | None = None) -> Sweep:
    """Drain the stale queue; idempotent, and harmless beside another sweep.

    The ids that are visible are read before any data; each pair of indicator and region is
    recomputed in a transaction of its own that deletes exactly those ids. A row that arrives
    meanwhile stays for the next sweep. A pair that fails keeps its rows, with the error, for a
    later try; after five it is parked and the others go on.
    """
    now = now or timezone.now()
    due = StaleRequest.objects.waiting().filter(Q(next_try_at=None) | Q(next_try_at__lte=now))
    rows_of: dict[Pair, list[int]] = defaultdict(list)
    for pk, indicator, region in due.order_by("pk").values_list("pk", "indicator", "region")[
        :BATCH
    ]:
        rows_of[indicator, region].append(pk)
    done = failed = 0
    for pair, rows in rows_of.items():
        try:
            with transaction.atomic():
                _recompute_pair(pair, as_of=as_of or timezone.localdate(), now=now)
                StaleRequest.objects.filter(pk__in=rows).delete()
            done += len(rows)
        except Exception as error:  # whatever a pair fails with, the others go on
            logger.exception("recompute of indicator %s in region %s failed", *pair)
            _set_aside(rows, error, now)
            failed += len(rows)
    _project(list(rows_of), as_of=as_of or timezone.localdate(), now=now)
    return Sweep(done, failed)


def _project(pairs: Sequence[Pair], *, as_of: date, now: datetime) -> None:
    """Project what was judged, after the verdicts: at once where it is little, else by a job."""
    if len(pairs) <= AT_ONCE:
        project_pairs(pairs, as_of=as_of, now=now)
    else:
        request_once(PROJECT_ALL)


def request_once(kind: str) -> None:
    """Ask for a job unless one of its kind waits; one that runs may have read before the change."""
    if not Job.objects.filter(kind=kind, state=Job.State.QUEUED).exists():
        request_job(by=None, kind=kind)


def _set_aside(rows: Sequence[int], error: Exception, now: datetime) -> None:
    """Note the failure on the rows: a later try each, or parked after the fifth."""
    with transaction.atomic():
        queue = StaleRequest.objects.filter(pk__in=rows)
        queue.update(
            attempts=F("attempts") + 1,
            last_error=f"{type(error).__name__}: {error}"[:2000],
        )
        queue.filter(attempts__gte=TRIES).update(parked_at=now)
        for attempts in range(1, TRIES):
            queue.filter(attempts=attempts).update(next_try_at=now + timedelta(seconds=2**attempts))


def queue_open_targets(*, now: datetime | None = None) -> int:
    """The daily job: the calendar is an input, so every target is judged anew; the rows queued.

    So many that sweeps would take all day are left to one recompute of everything instead.
    """
    pairs = Target.objects.values_list("indicator_id", "region_id").distinct().order_by()
    if pairs.count() > MANY:
        request_once(RECOMPUTE_ALL)
        return 0
    now = now or timezone.now()
    rows = [
        StaleRequest(indicator_id=indicator, region_id=region, cause="calendar", queued_at=now)
        for indicator, region in sorted(pairs)
    ]
    StaleRequest.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def _recompute_pair(pair: Pair, *, as_of: date, now: datetime) -> None:
    """The promises that a pair touches."""
    about = Target.objects.filter(indicator=pair[0], region=pair[1]).order_by("pk")
    heads = {part_of or pk for pk, part_of in about.values_list("pk", "part_of")}
    if heads:
        recompute_promises(sorted(heads), as_of=as_of, now=now)
