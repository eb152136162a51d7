"""What one changed figure costs: the same statements, however many other promises there are."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indicators.models import Observation
from targets.models import ProgressSnapshot, StaleRequest, Target
from targets.recompute import Sweep, read_model, sweep
from tests.indicators import builders as b
from tests.targets.recompute import worlds as w

pytestmark = pytest.mark.django_db
# Verdicts and projection, with the queue, the savepoints and the locks; PostgreSQL keeps its
# read models besides.
STATEMENTS = {"postgresql": 30, "sqlite": 26}


def statements_of_one_change(target: Target, value: str) -> list[str]:
    Observation.objects.filter(indicator=target.indicator, reference_period="2023").update(
        value=Decimal(value)
    )
    StaleRequest.objects.create(
        indicator=target.indicator, region=target.region, cause="test", queued_at=w.NOW
    )
    with CaptureQueriesContext(connection) as asked:
        assert sweep(now=w.NOW) == Sweep(done=1)
    assert ProgressSnapshot.objects.get(target=target).actual == Decimal(value)
    return [query["sql"] for query in asked.captured_queries]


def test_sweep_of_one_pair_costs_the_same_with_1_and_with_300_other_targets() -> None:
    firms = b.indicator("ONLY")
    target = b.promise(firms, "100", "2026")
    for period, value in (("2021", "40"), ("2022", "50"), ("2023", "60")):
        b.actual(firms, value, period)
    b.promise(b.indicator("OTHER"), "1")
    read_model.rebuild()
    statements_of_one_change(target, "61")
    alone = statements_of_one_change(target, "62")
    world = w.built(51, regions=30, levels=5, each=2)
    assert Target.objects.count() == 302
    crowded = statements_of_one_change(target, "63")
    assert len(alone) == len(crowded) == STATEMENTS[connection.vendor]
    assert world.homes
