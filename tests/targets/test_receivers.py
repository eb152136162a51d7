"""News of changed actuals becomes rows of the queue: only where something was promised."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from indicators.actions import save_catalogue_entry
from indicators.models import Indicator, Observation
from indicators.signals import definitions_changed, observations_changed
from targets.models import ProgressSnapshot, StaleRequest, TargetVersion
from targets.recompute import Sweep, sweep
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db


def send(*pairs: tuple[int, int]) -> list[tuple[int, int, str]]:
    observations_changed.send(sender=Observation, pairs=frozenset(pairs))
    return list(StaleRequest.objects.order_by("id").values_list("indicator", "region", "cause"))


def test_changed_actual_of_a_promised_pair_is_queued() -> None:
    target = b.promise(b.indicator("FIRMS"))
    pair = (target.indicator_id, target.region_id)
    assert send(pair) == [(*pair, "observation")]
    # The queue is append-only: the same news again is another row, never a wait for a lock.
    assert send(pair) == [(*pair, "observation")] * 2


def test_changed_actual_that_nobody_promised_is_queued_and_swept_away() -> None:
    """A document that another is loading promises something that cannot be seen yet."""
    target = b.promise(b.indicator("FIRMS"))
    elsewhere, unpromised = b.region("370100", "济南市"), b.indicator("LABS")
    pairs = [(target.indicator_id, elsewhere.pk), (unpromised.pk, target.region_id)]
    assert send(*pairs) == [(*pair, "observation") for pair in sorted(pairs)]
    assert sweep() == Sweep(done=2, failed=0)
    assert (StaleRequest.objects.count(), ProgressSnapshot.objects.count()) == (0, 0)
    assert send() == []


def test_changed_rate_queues_the_level_it_is_the_rate_of() -> None:
    level = b.indicator("RD", unit=b.money())
    rate = b.indicator("RD_G", unit=b.percent(), rate_of=level)
    place = b.promise(level).region_id
    expected = sorted([(level.pk, place, "observation"), (rate.pk, place, "observation")])
    assert send((rate.pk, place)) == expected


def test_queue_row_is_part_of_the_transaction_of_the_news() -> None:
    target = b.promise(b.indicator("FIRMS"))
    with transaction.atomic():
        assert len(send((target.indicator_id, target.region_id))) == 1
        transaction.set_rollback(True)
    assert StaleRequest.objects.count() == 0


def test_receiver_costs_the_same_queries_for_one_pair_and_for_many(
    django_assert_num_queries: object,
) -> None:
    targets = [b.promise(b.indicator(f"FIRMS{number}")) for number in range(12)]
    pairs = [(target.indicator_id, target.region_id) for target in targets]
    for some in (pairs[:1], pairs):
        # Two of the queue, one that looks for a supervision order to close.
        with django_assert_num_queries(3):
            observations_changed.send(sender=Observation, pairs=frozenset(some))
    assert StaleRequest.objects.count() == 13


def redefine(*, indicators: tuple[int, ...] = (), units: tuple[int, ...] = ()) -> list[Any]:
    definitions_changed.send(
        sender=Indicator, indicators=frozenset(indicators), units=frozenset(units)
    )
    return list(StaleRequest.objects.order_by("id").values_list("indicator", "region", "cause"))


def test_redefined_indicator_is_queued_although_it_has_no_actuals() -> None:
    target = b.promise(b.indicator("FIRMS"))
    b.promise(b.indicator("LABS"))
    assert redefine(indicators=(target.indicator_id,)) == [
        (target.indicator_id, target.region_id, "catalogue")
    ]


def test_rescaled_unit_queues_what_is_measured_or_promised_in_it() -> None:
    billions, plain = b.money(), b.unit("yuan", base="元", dimension="money")
    measured = b.promise(b.indicator("RD", unit=billions))
    TargetVersion.objects.update(unit=plain)
    b.promise(b.indicator("RATE", unit=b.percent()))
    TargetVersion.objects.exclude(target=measured).update(unit=b.percent())
    expected = [(measured.indicator_id, measured.region_id, "catalogue")]
    assert redefine(units=(billions.pk,)) == expected
    assert redefine(units=(plain.pk,)) == expected * 2
    assert redefine() == expected * 2


def test_level_that_loses_its_rate_is_queued_with_the_one_that_gets_it() -> None:
    before, after = b.indicator("RD", unit=b.money()), b.indicator("GDP", unit=b.money())
    rate = b.indicator("RATE", unit=b.percent(), rate_of=before)
    for level in (before, after):
        b.promise(level)
    rate.rate_of = after
    save_catalogue_entry(
        by=b.person("keeper"), entry=rate, before={}, after={}, reason="改正", version=1
    )
    queued = StaleRequest.objects.order_by("indicator").values_list("indicator", flat=True)
    assert list(queued) == sorted([before.pk, after.pk])
