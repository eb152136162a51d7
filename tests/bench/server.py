"""Recompute on PostgreSQL at one size: `python -m tests.bench.server fill|measure SIZE`.

Filling and measuring are processes of their own, so that the peak of memory is that of recompute.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from tests.bench.reporting import line, report, seconds

SERVER = os.environ.get("BENCH_SERVER", "postgres://postgres@127.0.0.1:5432")
ROUNDS = {"city": 9, "province": 5, "nation": 1}
SAMPLE = {"city": 200, "province": 300, "nation": 300}


def database(size: str) -> str:
    return f"qdpolicy_bench_{size}"


def create(size: str) -> None:
    """An empty database of that size's name."""
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {database(size)}")
        server.execute(f"CREATE DATABASE {database(size)}")


def drop(size: str) -> None:
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {database(size)} WITH (FORCE)")


def connect(size: str) -> None:
    """Set Django up on that database."""
    os.environ["DATABASE_URL"] = f"{SERVER}/{database(size)}"
    os.environ["DJANGO_SETTINGS_MODULE"] = "qdpolicy.settings"
    import django

    django.setup()
    from django.db import connection

    # The limits of a page are not those of a long job.
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")


def fill(size: str) -> None:
    create(size)
    connect(size)
    from django.core.management import call_command
    from django.db import connection

    from targets.recompute import read_model
    from tests.bench import data

    start = time.perf_counter()
    call_command("migrate", verbosity=0)
    data.fill(data.SIZES[size])
    filled = time.perf_counter()
    read_model.rebuild()
    connection.set_autocommit(True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
        for table in ("indicators_observation", "indicators_series", "targets_goalrow"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            line(size=size, table=table, rows=cursor.fetchone()[0])
    line(size=size, seconds_to_fill=round(filled - start, 1),
         seconds_to_build_the_read_models=round(time.perf_counter() - filled, 1))  # fmt: skip


def measure(size: str) -> None:
    connect(size)
    from django.db import connection

    from targets.models import ProgressSnapshot
    from targets.recompute import shares, stream
    from tests.bench import data, yardsticks

    plan = [regions for regions, _number in shares.packed(shares.homes())]
    yardsticks.tables()
    tables = ("targets_progresssnapshot", "bench_sql", "bench_numpy")

    def ours() -> int:
        return sum(stream.recompute_regions(r, as_of=data.AS_OF, now=data.NOW) for r in plan)

    def emptied(table: str) -> Callable[[], None]:
        def run() -> None:
            with connection.cursor() as cursor:
                cursor.execute(f"TRUNCATE {table}; CHECKPOINT")

        return run

    rounds = ROUNDS[size]
    afresh = seconds(ours, rounds, emptied(tables[0]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    written = ProgressSnapshot.objects.count()
    of_record = seconds(
        lambda: yardsticks.one_statement(yardsticks.SQL_OF_RECORD), rounds, emptied(tables[1])
    )
    statement = seconds(yardsticks.one_statement, rounds, emptied(tables[1]))
    bare = seconds(lambda: yardsticks.bare_numpy(plan), rounds, emptied(tables[2]))
    for table in tables[1:]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone()[0] == written
    facts: dict[str, Any] = {"rows": written, "shares": len(plan)}
    report(f"{size}: recompute afresh", afresh, statement, "one SQL statement", **facts)
    report(f"{size}: recompute afresh", afresh, of_record, "one SQL statement over the record")
    report(f"{size}: recompute afresh", afresh, bare, "bare NumPy over COPY", peak_mb=peak)
    two = two_workers(size, plan, rounds, emptied(tables[0]))
    assert ProgressSnapshot.objects.count() == written
    report(f"{size}: recompute afresh, two workers", two, statement, "one SQL statement")
    report(f"{size}: recompute afresh, two workers", two, bare, "bare NumPy over COPY")
    ours()
    again = seconds(ours, rounds)
    assert ours() == 0
    report(f"{size}: recompute again, no row written", again, bare, "bare NumPy over COPY")
    sample = list(ProgressSnapshot.objects.values_list("pk", flat=True)[: SAMPLE[size]])
    loop = seconds(lambda: yardsticks.orm_loop(sample), 2) / len(sample) * written
    report(f"{size}: ORM loop over {len(sample)}, scaled", loop, afresh, "recompute afresh")
    one_actual(size)


def two_workers(size: str, plan: list[list[int]], rounds: int, before: Callable[[], None]) -> float:
    """The best of several rounds in which two processes take the shares in turn."""
    context = multiprocessing.get_context("spawn")
    barrier, taken = context.Barrier(3), context.Value("i", 0)
    workers = [
        context.Process(target=_work, args=(size, plan, rounds, barrier, taken)) for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    best = float("inf")
    for _ in range(rounds):
        before()
        taken.value = 0
        barrier.wait()
        start = time.perf_counter()
        barrier.wait()
        best = min(best, time.perf_counter() - start)
    for worker in workers:
        worker.join()
    return best


def _work(size: str, plan: list[list[int]], rounds: int, barrier: Any, taken: Any) -> None:
    """One of the two: take shares until there are none, as often as there are rounds."""
    connect(size)
    from targets.recompute import stream
    from tests.bench import data

    for _ in range(rounds):
        barrier.wait()
        while True:
            with taken.get_lock():
                mine, taken.value = taken.value, taken.value + 1
            if mine >= len(plan):
                break
            stream.recompute_regions(plan[mine], as_of=data.AS_OF, now=data.NOW)
        barrier.wait()


def one_actual(size: str) -> None:
    """One approved actual: the time in the database until its verdicts are right."""
    from django.db import connection

    from accounts.models import User
    from indicators import actions
    from indicators.models import Observation
    from targets.models import Target
    from targets.recompute import sweep
    from tests.bench.data import AS_OF, NOW

    writer, checker = User.objects.order_by("pk")[:2]
    targets = Target.objects.promises().filter(parts=None).select_related("indicator", "region")
    best = float("inf")
    for target in targets[100:130]:
        actual = (
            Observation.objects.approved()
            .filter(indicator=target.indicator, region=target.region)
            .order_by("reference_period")
            .last()
        )
        if actual is None or actual.value is None:
            continue
        entry = actions.Entry(
            indicator=target.indicator, region=target.region, period=actual.reference_period,
            value=actual.value + 1,
        )  # fmt: skip
        draft = actions.correct(by=writer, observation=actual, entry=entry, reason="基准")
        actions.submit(by=writer, observation=draft, version=draft.version)
        actions.approve(by=checker, observation=draft, version=draft.version)
        with timed(connection) as spent:
            done = sweep(now=NOW, as_of=AS_OF).done
        assert done == 1
        # Up to the row of the queue that goes with the verdict; projections come after.
        last = next(n for n, (sql, _time) in enumerate(spent) if "DELETE FROM" in sql)
        best = min(best, sum(time for _sql, time in spent[: last + 1]))
    line(measurement=f"{size}: one approved actual, time in the database",
         milliseconds=round(best * 1000, 2), statements=last + 1)  # fmt: skip


@contextmanager
def timed(connection: Any) -> Iterator[list[tuple[str, float]]]:
    """Each statement with its seconds."""
    spent: list[tuple[str, float]] = []

    def watch(execute: Callable[..., Any], *given: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(*given)
        finally:
            spent.append((str(given[0]), time.perf_counter() - start))

    with connection.execute_wrapper(watch):
        yield spent


if __name__ == "__main__":
    {"fill": fill, "measure": measure}[sys.argv[1]](sys.argv[2])
