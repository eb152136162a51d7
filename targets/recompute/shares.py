"""A recompute of everything in shares: any worker takes one, and none is lost with its worker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time

from django.db import connection, models, transaction
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Job
from targets.models import RecomputeShare, Target
from targets.recompute import chunks, read_model, stream

SIZE = 50_000  # targets of a share: some two hundred megabytes of columns
REGIONS = 1_000  # of a share at most: each is a lock, and a server has some thousands of them
SMALL = 2_000  # where a share is many short transactions, so that the progress is seen


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a recompute is, in targets."""

    done: int
    total: int
    written: int


def plan(job: Job) -> None:
    """Divide all regions into shares; a job that was interrupted keeps those it has.

    What was done on an earlier day is done anew: the calendar is an input.
    """
    with transaction.atomic():
        mine = RecomputeShare.objects.filter(job=job)
        midnight = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
        mine.filter(done_at__lt=midnight).update(done_at=None, written=None)
        if mine.exists():
            return
        if read_model.is_short():
            # After an upgrade, or where somebody emptied it.
            read_model.rebuild()
        size = SIZE if connection.vendor == "postgresql" else SMALL
        RecomputeShare.objects.bulk_create(
            RecomputeShare(job=job, regions=regions, targets=number)
            for regions, number in packed(homes(), size)
        )


def homes() -> Iterable[tuple[int, int]]:
    """The home regions of all promises, each with how many targets it has."""
    return (
        Target.objects.annotate(home=Coalesce("part_of__region", "region"))
        .values_list("home")
        .annotate(number=Count("pk"))
        .order_by("home")
    )


def packed(homes: Iterable[tuple[int, int]], size: int = SIZE) -> Iterator[tuple[list[int], int]]:
    """Regions together until there are enough targets for a share."""
    regions: list[int] = []
    number = 0
    for region, targets in homes:
        if regions and (number + targets > size or len(regions) == REGIONS):
            yield regions, number
            regions, number = [], 0
        regions.append(region)
        number += targets
    if regions:
        yield regions, number


def standing(job: Job) -> Standing:
    """What is done of a job."""
    everything = RecomputeShare.objects.filter(job=job)
    done = everything.exclude(done_at=None).aggregate(done=Sum("targets"), written=Sum("written"))
    total = everything.aggregate(total=Sum("targets"))["total"]
    return Standing(done["done"] or 0, total or 0, done["written"] or 0)


def take(job: Job | None = None, *, wait: bool = False) -> bool:
    """Do one share of the job, or of any that runs; False where there is none to take.

    The row is locked while the share is judged, so a worker that dies gives it back. With `wait`
    a share that another worker holds is waited for.
    """
    if connection.vendor != "postgresql":
        return _take_alone(job)
    with transaction.atomic():
        share = _open(job).select_for_update(of=("self",), skip_locked=not wait).first()
        if share is None:
            return False
        _judge(share)
    return True


def _take_alone(job: Job | None) -> bool:
    """The same where one process writes at a time: a share is many short transactions."""
    share = _open(job).first()
    if share is None:
        return False
    _judge(share)
    return True


def _open(job: Job | None) -> models.QuerySet[RecomputeShare]:
    """Shares of a job, or of all that run, that nobody has done."""
    shares = RecomputeShare.objects.filter(done_at=None).order_by("pk")
    return shares.filter(job__state=Job.State.RUNNING) if job is None else shares.filter(job=job)


def _judge(share: RecomputeShare) -> None:
    path = stream if connection.vendor == "postgresql" else chunks
    share.written = path.recompute_regions(
        share.regions, as_of=timezone.localdate(), now=timezone.now()
    )
    share.done_at = timezone.now()
    share.save(update_fields=["written", "done_at"])
