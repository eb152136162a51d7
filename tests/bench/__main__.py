"""`make bench`: ratios measured in one run, one JSON line each; absolute times mean little here.

Each measurement stands beside its yardstick: recompute beside the pure judgements it contains,
a page beside a view of constant body on the same client and middleware.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path


def seconds(run: Callable[[], object], rounds: int) -> float:
    """The best of several rounds: the least disturbed one."""
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return best


def report(name: str, ours: float, yardstick: float, of: str) -> None:
    line = {
        "measurement": name,
        "seconds": round(ours, 4),
        "yardstick": of,
        "yardstick_seconds": round(yardstick, 4),
        "ratio": round(ours / yardstick, 2),
    }
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        os.environ["DJANGO_SETTINGS_MODULE"] = "qdpolicy.settings"
        import django

        django.setup()
        measure()


def measure() -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client
    from django.utils import timezone

    from targets.models import ProgressSnapshot, Target
    from targets.progress import evaluate
    from targets.recompute import (
        current_versions,
        goal_of,
        observations_of,
        recompute,
        rules_in_force,
        sweep,
    )

    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)
    call_command("load_facts", stdout=sys.stderr)
    while sweep().done:
        pass
    targets = list(Target.objects.select_related("indicator__unit"))
    today, now = timezone.localdate(), timezone.now()
    versions, observed = current_versions(targets), observations_of(targets)
    rules, _version = rules_in_force(today)
    cases = [
        (goal_of(target, versions[target.pk]),
         *observed.get((target.indicator_id, target.region_id), ({}, {})))
        for target in targets
    ]  # fmt: skip

    def judge() -> None:
        for goal, series, rates in cases:
            evaluate(goal, series, today, rules, rates=rates)

    def afresh() -> None:
        ProgressSnapshot.objects.all().delete()
        recompute(targets, as_of=today, now=now)

    pure = seconds(judge, 5)
    report(f"recompute {len(targets)} targets afresh", seconds(afresh, 3), pure, "pure judgements")
    again = seconds(lambda: recompute(targets, as_of=today, now=now), 3)
    report("recompute again, nothing changed", again, pure, "pure judgements")
    client = Client()
    constant = seconds(lambda: client.get("/healthz"), 20)
    for path in ("/", "/documents/qd-sti-plan-2024-2028/", "/indicators/TECH_CONTRACT/"):
        assert client.get(path).status_code == 200
        report(f"page {path}", seconds(lambda p=path: client.get(p), 5), constant, "constant view")


if __name__ == "__main__":
    main()
