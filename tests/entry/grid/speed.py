"""`python -m tests.entry.grid.speed`: how long the grid takes, one JSON line for each question.

In a database in memory, or in DATABASE_URL where that is set: what it makes there is taken back.
Seconds of the process itself, the best of five; the number of queries stands beside.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from time import process_time
from typing import Any

INDICATORS, YEARS, RUNS = 200, 10, 5


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qdpolicy.settings")
    os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        measure()
        transaction.set_rollback(True)


def measure() -> None:
    """Fill two hundred rows by ten years, then open the page, read and keep its cells."""
    from django.conf import settings
    from django.db import connection
    from django.test.utils import setup_test_environment

    from tests.entry.grid import builders as g
    from tests.indicators import builders as b

    setup_test_environment()
    settings.SECURE_SSL_REDIRECT = False
    b.region()
    client = b.client_of(g.analyst())
    keys = fill()
    address = f"{g.GRID}?from=2016&to=2025"
    tell("page", connection.vendor, lambda: client.get(address))
    cells = [{"key": key, "text": "7100"} for key in keys]
    tell("read", connection.vendor, lambda: g.ask(client, g.READ, {"cells": cells}))
    seen = client.get(address).context["data"]["cells"]
    for cell in cells:
        cell |= {"token": seen[cell["key"]]["token"], "explanation": "核对无误"}
    for found, cell in zip(g.read(client, *cells), cells, strict=True):
        cell["confirmed"] = found["confirmed"]
    tell("save", connection.vendor, lambda: g.save(client, *cells), runs=1)


def fill() -> list[str]:
    """An approved value or a draft in every cell, a goal for every row; the keys of the cells."""
    from django.utils import timezone

    from accounts.models import User
    from indicators.models import Indicator, Observation
    from tests.entry.grid import builders as g
    from tests.indicators import builders as b

    checker, now, region = b.person("checker"), timezone.now(), b.region()
    author = User.objects.get(username="analyst")
    indicators = [
        g.firms(f"I{number:03}", accumulation="flow", aggregation="sum")
        for number in range(INDICATORS)
    ]
    years = range(2026 - YEARS, 2026)
    Observation.objects.bulk_create(
        Observation(
            indicator=of, region=region, reference_period=str(year), value=7000 + year,
            entered_by=author, entered_at=now, review_state="draft" if draft else "approved",
            approved_by=None if draft else checker, approved_at=None if draft else now,
        )
        for of in indicators
        for year in years
        for draft in (False, True)
    )  # fmt: skip
    for of in indicators:
        b.promise(of, "9000", "2030", baseline_period="2020", baseline_provenance="observed")
    assert Indicator.objects.count() == INDICATORS
    return [f"{of.code}|{region.code}|{year}" for of in indicators for year in years]


def tell(what: str, vendor: str, ask: Callable[[], Any], runs: int = RUNS) -> None:
    """Ask several times and write the best time in seconds, with queries and size."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    times = []
    for _run in range(runs):
        start = process_time()
        answer = ask()
        times.append(process_time() - start)
        assert answer.status_code == 200, answer.content.decode()[:500]
    line = {
        "grid": what, "database": vendor, "cells": INDICATORS * YEARS,
        "seconds": round(min(times), 3), "kilobytes": len(answer.content) // 1024,
    }  # fmt: skip
    if runs > 1:
        with CaptureQueriesContext(connection) as asked:
            ask()
        line["queries"] = len(asked)
    sys.stdout.write(f"{json.dumps(line)}\n")


if __name__ == "__main__":
    main()
