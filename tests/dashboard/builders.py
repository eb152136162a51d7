"""Rows made by hand for the reading pages; every text is our own."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.test import Client

from accounts.models import Department, User
from indicators.models import Indicator, Observation, Region, Unit
from targets.models import (
    Clause,
    Measure,
    PolicyDocument,
    ProgressSnapshot,
    StaleRequest,
    StatusChange,
    Target,
    TargetVersion,
)

NOW = datetime(2025, 3, 1, 4, 0, tzinfo=UTC)
AS_OF = date(2025, 3, 1)
UNITS: dict[str, dict[str, Any]] = {
    "jia": {"symbol": "家", "name_en": "units", "base": "家", "dimension": "count"},
    "yi": {
        "symbol": "亿元", "name_en": "100 million yuan", "base": "元", "exponent": 8,
        "dimension": "money",
    },
    "wan-jia": {
        "symbol": "万家", "name_en": "10 thousand units", "base": "家", "exponent": 4,
        "dimension": "count",
    },
    "percent": {"symbol": "%", "name_en": "per cent", "base": "%", "dimension": "percent"},
    "point": {
        "symbol": "个百分点", "name_en": "percentage points", "base": "个百分点",
        "dimension": "point",
    },
    "bei": {"symbol": "倍", "name_en": "times", "base": "倍", "dimension": "multiple"},
}  # fmt: skip
_numbers = count(1)


def unsaved_unit(code: str) -> Unit:
    """A unit of UNITS that no table holds."""
    return Unit(code=code, **UNITS[code])


def unit(code: str = "jia") -> Unit:
    return Unit.objects.get_or_create(code=code, defaults=UNITS[code])[0]


def department(code: str = "bureau", name: str = "示范局") -> Department:
    return Department.objects.get_or_create(
        code=code, defaults={"name": name, "name_en": f"{code} office"}
    )[0]


def user(username: str) -> User:
    return User.objects.get_or_create(username=username, defaults={"full_name": f"测试{username}"})[
        0
    ]


def region(code: str = "370200", name: str = "示范市", kind: str = "city", **fields: Any) -> Region:
    return Region.objects.get_or_create(
        code=code, defaults={"name": name, "name_en": f"Region {code}", "kind": kind, **fields}
    )[0]


def indicator(code: str = "FIRMS", **fields: Any) -> Indicator:
    standing = Indicator.objects.filter(code=code).first()
    if standing is not None:
        return standing
    about: dict[str, Any] = {
        "name": f"指标{code}", "name_en": f"Indicator {code}", "definition": "示范口径",
        "unit": unit(), "kind": "count", "accumulation": "stock", "direction": "increase",
        "aggregation": "sum", "department": department(),
    }  # fmt: skip
    return Indicator.objects.create(code=code, **(about | fields))


def observation(
    of: Indicator, period: str, value: str | None, *, where: Region | None = None, **fields: Any
) -> Observation:
    """An approved actual; `review_state` and the rest by name."""
    row: dict[str, Any] = {
        "review_state": "approved", "entered_by": user("writer"), "entered_at": NOW,
        "approved_by": user("checker"), "approved_at": NOW, "source_title": "示范公报",
    }  # fmt: skip
    return Observation.objects.create(
        indicator=of, region=where or region(), reference_period=period,
        value=None if value is None else Decimal(value), **(row | fields),
    )  # fmt: skip


def document(key: str = "plan", digest: str = "", **fields: Any) -> PolicyDocument:
    standing = PolicyDocument.objects.filter(key=key).first()
    if standing is not None:
        return standing
    about: dict[str, Any] = {
        "title": f"文件{key}", "title_en": f"Document {key}", "issuer": "示范机关", "kind": "plan",
        "issued": "2024-01-05", "region": region(), "digest": digest or "示范摘要，写明一项承诺。",
    }  # fmt: skip
    return PolicyDocument.objects.create(key=key, **(about | fields))


def clause(of: PolicyDocument, words: str = "一项承诺", key: str = "", **fields: Any) -> Clause:
    """A clause on the first place of the words in the digest."""
    start = of.digest.index(words)
    about: dict[str, Any] = {
        "locator": "第一段", "quote": "示范指标突破九千家", "start": start, "end": start + len(words)
    }  # fmt: skip
    return Clause.objects.create(document=of, key=key or f"c{next(_numbers)}", **(about | fields))


def version(of: Target, **fields: Any) -> TargetVersion:
    """An approved reading."""
    about: dict[str, Any] = {
        "measure": "level", "comparator": "more_than", "value": Decimal(9000), "unit": unit(),
        "direction": "increase", "commitment": "firm", "period_end": "2024",
        "review_state": "approved", "entered_by": user("writer"), "entered_at": NOW,
        "approved_by": user("checker"), "approved_at": NOW,
    }  # fmt: skip
    about |= fields
    about.setdefault("effective_at", NOW if about["review_state"] == "approved" else None)
    return TargetVersion.objects.create(target=of, **about)


def target(key: str = "firms", *, of: PolicyDocument | None = None, **fields: Any) -> Target:
    """A target without a reading."""
    home = of or document()
    about: dict[str, Any] = {
        "name": f"目标{key}", "name_en": f"Target {key}", "indicator": indicator(),
        "region": region(),
    }  # fmt: skip
    about |= fields
    about.setdefault("clause", home.clauses.first() or clause(home))
    return Target.objects.create(document=home, key=key, **about)


def snapshot(of: Target, status: str, light: str, **fields: Any) -> ProgressSnapshot:
    """A verdict as recompute would have stored it."""
    about: dict[str, Any] = {
        "as_of": AS_OF, "status": status, "light": light, "promise_status": status,
        "promise_light": light, "rule_version": 1, "digest": 0, "computed_at": NOW,
    }  # fmt: skip
    about["version"] = of.versions.first() or version(
        of, review_state="draft", approved_by=None, approved_at=None
    )
    return ProgressSnapshot.objects.create(target=of, **(about | fields))


LIGHT_OF = {
    "attained": "green", "on_track": "green", "lagging": "yellow", "off_track": "red",
    "regressing": "red", "missed": "red",
}  # fmt: skip


def promise(
    key: str, status: str = "", *, meaning: dict[str, Any] | None = None, **fields: Any
) -> Target:
    """A target with a reading and, where a status is given, a verdict with figures."""
    found = target(key, **fields)
    version(found, **(meaning or {}))
    if status:
        figures: dict[str, Any] = {}
        if status not in ("no_data", "not_due", "not_quantified"):
            figures = {
                "actual": Decimal(7920), "actual_qualifier": "exact", "period": "2023",
                "goal": Decimal(9000), "completion": Decimal("0.88"), "gap": Decimal(-1080),
            }  # fmt: skip
        snapshot(found, status, LIGHT_OF.get(status, "grey"), **figures)
    return found


def measure(key: str, *, of: PolicyDocument | None = None, **fields: Any) -> Measure:
    """A qualitative commitment, unjudged unless said otherwise."""
    home = of or document()
    about: dict[str, Any] = {"text": f"举措{key}", "text_en": f"Measure {key}"} | fields
    about.setdefault("clause", home.clauses.first() or clause(home, quote=""))
    if about.get("status", "unjudged") != "unjudged":
        about |= {"reason": "有材料为证", "judged_by": user("checker"), "judged_at": NOW}
    return Measure.objects.create(document=home, key=key, **about)


def change(of: Target, before: str, after: str) -> StatusChange:
    return StatusChange.objects.create(
        target=of, before=before, after=after, as_of=AS_OF, changed_at=NOW
    )


def stale(of: Target) -> StaleRequest:
    return StaleRequest.objects.create(
        indicator=of.indicator, region=of.region, cause="observation", queued_at=NOW
    )


def text_of(html: str) -> str:
    """What a reader sees of a page: no tags, blanks folded."""
    bare = re.sub(r"<(script|style|title)\b.*?</\1>|<[^>]+>", " ", html, flags=re.S)
    return re.sub(r"\s+", " ", bare)


def page(client: Client, address: str = "/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()
