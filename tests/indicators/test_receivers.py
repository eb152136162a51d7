"""What happens to the entries of somebody who leaves."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.actions import hand_over
from accounts.models import AuditEvent
from indicators.models import Observation
from tests.access import world

pytestmark = pytest.mark.django_db


def entry(built: dict[str, Any], by: Any, period: str, **fields: Any) -> Observation:
    return Observation.objects.create(
        indicator=built["indicator"], region=built["region"], reference_period=period,
        value=Decimal(1), entered_by=by, entered_at=timezone.now(), **fields,
    )  # fmt: skip


def test_hand_over_moves_unfinished_entries_and_nothing_else() -> None:
    built = world.build()
    leaver, stranger = built["writer"], world.user("stranger", built["home"])
    successor = world.user("successor", built["home"])
    draft = entry(built, leaver, "2019")
    returned = entry(built, leaver, "2020", review_state="returned", return_reason="请补来源")
    theirs = entry(built, stranger, "2021")
    hand_over(by=None, user=leaver, successor=successor, reason="调岗")
    copies = Observation.objects.filter(copy_of__isnull=False)
    assert set(copies.values_list("copy_of", "entered_by__username")) == {
        (draft.pk, "writer"), (returned.pk, "writer"),
    }  # fmt: skip
    owners = dict(
        Observation.objects.filter(copy_of=None).values_list("pk", "entered_by__username")
    )
    assert owners == {
        draft.pk: "successor",
        returned.pk: "successor",
        theirs.pk: "stranger",
        built["approved"].pk: "writer",
        built["submitted"].pk: "writer",
    }
    event = AuditEvent.objects.latest("pk")
    assert event.action == "accounts.hand_over"
    assert "2" in str(event.after)
