"""News of changed actuals: who hears it, and in which transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from indicators import actions
from indicators.models import Observation
from indicators.signals import observations_changed
from targets.models import StaleRequest
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db


@contextmanager
def listening(signal: Any) -> Iterator[list[dict[str, Any]]]:
    """What a further receiver hears, and whether it hears it inside a transaction."""
    heard: list[dict[str, Any]] = []

    def receive(**news: Any) -> None:
        heard.append({**news, "atomic": connection.in_atomic_block})

    signal.connect(receive, weak=False)
    try:
        yield heard
    finally:
        signal.disconnect(receive)


def test_approval_sends_the_pair_it_changed_once() -> None:
    firms = b.indicator("FIRMS")
    row = b.actual(firms, "7", review_state="submitted")
    with listening(observations_changed) as heard:
        actions.approve(by=b.person("checking"), observation=row, version=row.version)
    assert [(news["pairs"], news["sender"], news["atomic"]) for news in heard] == [
        (frozenset({(firms.pk, row.region_id)}), Observation, True)
    ]


def test_steps_before_the_approval_send_nothing() -> None:
    firms, person = b.indicator("FIRMS"), b.person("entering")
    b.promise(firms)
    entry = actions.Entry(
        indicator=firms, region=b.region(), period="2024", value=None, obs_status="L", note="未统计"
    )
    with listening(observations_changed) as heard:
        row = actions.enter(by=person, entry=entry)
        row = actions.submit(by=person, observation=row, version=row.version)
        actions.return_(
            by=b.person("checking"), observation=row, version=row.version, reason="请补来源"
        )
    assert heard == []
    assert StaleRequest.objects.count() == 0


def test_receiver_that_fails_undoes_the_approval() -> None:
    """News is part of the save: a value that nobody recomputes must not stand."""
    firms = b.indicator("FIRMS")
    row = b.actual(firms, "7", review_state="submitted")

    def failing(**_news: Any) -> None:
        raise RuntimeError

    observations_changed.connect(failing, weak=False)
    try:
        with pytest.raises(RuntimeError):
            actions.approve(by=b.person("checking"), observation=row, version=row.version)
    finally:
        observations_changed.disconnect(failing)
    row.refresh_from_db()
    assert (row.review_state, row.approved_by) == ("submitted", None)
    assert b.events() == []
