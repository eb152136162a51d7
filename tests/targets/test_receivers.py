"""News of changed actuals becomes rows of the queue: only where something was promised."""

from __future__ import annotations

import pytest
from django.db import transaction

from indicators.models import Observation
from indicators.signals import observations_changed
from targets.models import StaleRequest
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


def test_changed_actual_that_nobody_promised_is_not_queued() -> None:
    target = b.promise(b.indicator("FIRMS"))
    elsewhere, unpromised = b.region("370100", "济南市"), b.indicator("LABS")
    assert send((target.indicator_id, elsewhere.pk), (unpromised.pk, target.region_id)) == []
    assert send() == []


def test_changed_rate_queues_the_level_it_is_the_rate_of() -> None:
    level = b.indicator("RD", unit=b.money())
    rate = b.indicator("RD_G", unit=b.percent(), rate_of=level)
    target = b.promise(level)
    assert send((rate.pk, target.region_id)) == [(level.pk, target.region_id, "observation")]


def test_changed_rate_that_is_promised_itself_queues_both() -> None:
    level = b.indicator("RD", unit=b.money())
    rate = b.indicator("RD_G", unit=b.percent(), rate_of=level)
    place = b.promise(level).region_id
    b.promise(rate)
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
        with django_assert_num_queries(3):
            observations_changed.send(sender=Observation, pairs=frozenset(some))
    assert StaleRequest.objects.count() == 13
