"""A small world for the desk: one target with actuals, people, and changes in every state."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django.test import Client

from accounts.models import User
from indicators.models import Indicator
from targets import actions
from targets.actions import Proposal
from targets.models import Target, TargetVersion
from tests.indicators import builders as b


def world(value: str = "9000", **facts: Any) -> Target:
    """A promise of 9000 by the end of 2024 with 5000 in 2020 and 8000 in 2023."""
    firms = b.indicator("FIRMS", at=b.department())
    if not firms.observations.exists():
        b.actual(firms, "5000", "2020")
        b.actual(firms, "8000", "2023")
    stated = {"baseline_period": "2020", "baseline_provenance": "observed"}
    target = b.promise(firms, value, "2024", key=facts.pop("key", "firms"))
    target.versions.update(**(stated | facts))
    return Target.objects.select_related("indicator__unit").get(pk=target.pk)


def analyst(name: str = "author") -> User:
    """One of the department that answers for the indicator."""
    return b.person(name, "analyst", at=b.department())


def reviewer(name: str = "judge") -> User:
    return b.person(name, "reviewer")


def adjusted(value: str = "8500", **facts: Any) -> Proposal:
    stated: dict[str, Any] = {
        "change": "adjusted", "reason": "中期评估后下调", "basis_note": "评估报告第三条",
        "meaning": {"value": Decimal(value)},
    }  # fmt: skip
    return Proposal(**(stated | facts))


def draft(of: Target, by: User, proposal: Proposal | None = None) -> TargetVersion:
    return actions.propose_version(by=by, target=of, proposal=proposal or adjusted())


def submitted(of: Target, by: User, proposal: Proposal | None = None) -> TargetVersion:
    row = draft(of, by, proposal)
    return actions.submit_version(by=by, draft=row, version=row.version)


def approved(of: Target, by: User, judge: User, proposal: Proposal | None = None) -> TargetVersion:
    row = submitted(of, by, proposal)
    return actions.approve_version(by=judge, draft=row, version=row.version)


def promise_of(code: str, end: str = "2024") -> Target:
    """Another promise of the same department."""
    of: Indicator = b.indicator(code, at=b.department())
    return b.promise(of, "100", end)


def seen(client: Client, address: str, status: int = 200) -> str:
    """The words of a page, tags and scripts aside."""
    response = client.get(address)
    assert response.status_code == status, response.status_code
    return text_of(response.content.decode())


def text_of(html: str) -> str:
    body = re.sub(r"<(script|style|symbol)\b.*?</\1>", " ", html, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))
