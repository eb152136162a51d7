"""A person with indicators of their own, and what the tests of the grid ask of the site."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import Department, User
from indicators.models import Duty, Indicator, Observation, Region, ReportingRound
from tests.indicators import builders as b

READ, SAVE, GRID = "/actuals/grid/read/", "/actuals/grid/save/", "/actuals/grid/"


def bureau() -> Department:
    return b.department("bureau")


def analyst(name: str = "analyst") -> User:
    return b.person(name, "analyst", at=bureau())


def firms(code: str = "FIRMS", **facts: Any) -> Indicator:
    return b.indicator(code, at=bureau(), **facts)


def flow(code: str = "SPENT", **facts: Any) -> Indicator:
    """Money of a period, which adds up over time."""
    given = {"kind": "amount", "accumulation": "flow", "aggregation": "sum", "frequency": "month"}
    return firms(code, unit=b.money(), **{**given, **facts})


def secret() -> Indicator:
    """A stranger's indicator with a value and a promise, which must never show."""
    of = b.indicator("SECRET", at=b.department("elsewhere"))
    b.actual(of, "77001", "2024")
    b.promise(of, "77777")
    return of


def duty(
    of: Indicator,
    period: str,
    *,
    at: Department | None = None,
    opens: int = -1,
    closes: int = 1,
    region: Region | None = None,
) -> Duty:
    """A value owed in a round that opens and closes so many days from now."""
    now = timezone.now()
    maker = User.objects.filter(username="maker").first() or b.person("maker")
    round_ = ReportingRound.objects.create(
        name=f"轮次{ReportingRound.objects.count()}",
        reference_period=period,
        opens_at=now + timedelta(days=opens),
        closes_at=now + timedelta(days=closes),
        made_by=maker,
        made_at=now,
    )
    return Duty.objects.create(
        round=round_,
        indicator=of,
        region=region or b.region(),
        reference_period=period,
        department=at or bureau(),
    )


def key(of: Indicator, period: str = "2024", region: str = "370200") -> str:
    return f"{of.code}|{region}|{period}"


def ask(client: Client, url: str, body: dict[str, Any]) -> Any:
    """Send a body as the script does."""
    return client.post(url, body, content_type="application/json")


def read(client: Client, *cells: dict[str, Any]) -> list[dict[str, Any]]:
    """How these cells are read."""
    answer = ask(client, READ, {"cells": list(cells)})
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()["cells"]  # type: ignore[no-any-return]


def save(client: Client, *cells: dict[str, Any], **more: Any) -> Any:
    """The answer to saving these cells."""
    return ask(client, SAVE, {"cells": list(cells), **more})


def saved(client: Client, *cells: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    """What stands in these cells after they were saved."""
    answer = save(client, *cells, **more)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()["saved"]  # type: ignore[no-any-return]


def data(client: Client, query: str = "") -> dict[str, Any]:
    """What the page hands to its script."""
    answer: HttpResponse = client.get(f"{GRID}{query}")
    assert answer.status_code == 200, answer.content.decode()[-2000:]
    return answer.context["data"]  # type: ignore[attr-defined, no-any-return]


def drafts() -> list[tuple[str, str | None]]:
    """The texts of the rows that are on their way, by period."""
    rows = Observation.objects.in_progress().order_by("reference_period")
    return [(row.reference_period or "", row.entered_text) for row in rows]
