"""Recompute on PostgreSQL at one size: `python -m tests.bench.server fill|measure SIZE`.

Filling and measuring are processes of their own, so that the peak of memory is that of recompute.
"""

from __future__ import annotations

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
ROUNDS = {"city": 9, "province": 5, "nation": 2}
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
    statement = seconds(yardsticks.one_statement, rounds, emptied(tables[1]))
    bare = seconds(lambda: yardsticks.bare_numpy(plan), rounds, emptied(tables[2]))
    for table in tables[1:]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone()[0] == written
    facts: dict[str, Any] = {"rows": written, "shares": len(plan)}
    report(f"{size}: recompute afresh", afresh, statement, "one SQL statement", **facts)
    report(f"{size}: recompute afresh", afresh, bare, "bare NumPy over COPY", peak_mb=peak)
    again = seconds(ours, rounds)
    assert ours() == 0
    report(f"{size}: recompute again, no row written", again, bare, "bare NumPy over COPY")
    sample = list(ProgressSnapshot.objects.values_list("pk", flat=True)[: SAMPLE[size]])
    loop = seconds(lambda: yardsticks.orm_loop(sample), 2) / len(sample) * written
    report(f"{size}: ORM loop over {len(sample)}, scaled", loop, afresh, "recompute afresh")
    one_actual(size)


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
        best = min(best, sum(spent))
    line(measurement=f"{size}: one approved actual, time in the database",
         milliseconds=round(best * 1000, 2), statements=len(spent))  # fmt: skip


@contextmanager
def timed(connection: Any) -> Iterator[list[float]]:
    """The seconds of each statement."""
    spent: list[float] = []

    def watch(execute: Callable[..., Any], *given: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(*given)
        finally:
            spent.append(time.perf_counter() - start)

    with connection.execute_wrapper(watch):
        yield spent


if __name__ == "__main__":
    {"fill": fill, "measure": measure}[sys.argv[1]](sys.argv[2])
