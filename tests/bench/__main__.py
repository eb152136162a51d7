"""`make bench`: ratios measured in one run, one JSON line each; absolute times mean little here.

BENCH_SIZE names the sizes (city, province, nation; the first two unless told) and BENCH_SERVER the
PostgreSQL server; without one only the embedded mode is measured. What the yardsticks read and
write stands in `yardsticks.py`.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime

import psycopg

from tests.bench import server
from tests.bench.reporting import line
from tests.bench.sizes import SIZES


def main() -> None:
    sizes = os.environ.get("BENCH_SIZE", "city,province").split(",")
    unknown = set(sizes) - set(SIZES)
    if unknown:
        sys.exit(f"BENCH_SIZE: {', '.join(sorted(unknown))}? ({', '.join(SIZES)})")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    line(date=f"{datetime.now(UTC):%Y-%m-%d}", cores=os.cpu_count(), memory_gib=round(memory),
         python=platform.python_version())  # fmt: skip
    run("tests.bench.embedded")
    run("tests.bench.uploads", "sqlite")
    if not reachable():
        line(skipped="PostgreSQL", why="no server at BENCH_SERVER")
        return
    run("tests.bench.uploads", "postgresql")
    run("tests.bench.portfolio")
    for size in sizes:
        try:
            run("tests.bench.server", "fill", size)
            run("tests.bench.server", "measure", size)
        finally:
            if not os.environ.get("BENCH_KEEP"):
                server.drop(size)


def run(module: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", module, *arguments], check=True)


def reachable() -> bool:
    try:
        with psycopg.connect(f"{server.SERVER}/postgres", connect_timeout=3) as found:
            line(postgresql=str(found.execute("SHOW server_version").fetchone()[0]).split()[0])
    except psycopg.OperationalError:
        return False
    return True


if __name__ == "__main__":
    main()
