"""The embedded mode, on SQLite: recompute beside its judgements, pages beside a constant view."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from tests.bench.reporting import report, seconds


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

    from indicators.models import Region
    from targets.models import ProgressSnapshot, Target
    from targets.progress import evaluate
    from targets.recompute import (
        chunks,
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
    regions = list(Region.objects.values_list("pk", flat=True))
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

    def empty() -> None:
        ProgressSnapshot.objects.all().delete()

    pure = seconds(judge, 5)
    ways = {
        "row by row": lambda: recompute(targets, as_of=today, now=now),
        "in columns": lambda: chunks.recompute_regions(regions, as_of=today, now=now),
    }
    for name, run in ways.items():
        afresh = seconds(run, 3, before=empty)
        report(f"recompute {len(targets)} targets {name}, afresh", afresh, pure, "pure judgements")
        report("the same again, nothing changed", seconds(run, 3), pure, "pure judgements")
    client = Client()
    constant = seconds(lambda: client.get("/healthz"), 20)
    for path in ("/", "/documents/qd-sti-plan-2024-2028/", "/indicators/TECH_CONTRACT/"):
        assert client.get(path).status_code == 200
        report(f"page {path}", seconds(lambda p=path: client.get(p), 5), constant, "constant view")


if __name__ == "__main__":
    main()
