"""Small worlds for tests of work on the actuals; all words are our own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, Department, RoleGrant, User
from indicators.models import Indicator, Observation, Region, Unit
from targets.models import Clause, Measure, PolicyDocument, Target, TargetVersion

BACKEND = "accounts.backends.RoleBackend"


def department(code: str = "kjj", parent: Department | None = None) -> Department:
    return Department.objects.get_or_create(
        code=code, defaults={"name": f"{code}处室", "parent": parent}
    )[0]


def person(name: str, *roles: str, at: Department | None = None) -> User:
    user = User.objects.create(username=name, full_name=f"{name}同志", department=at)
    for role in roles:
        RoleGrant.objects.create(user=user, role=role, granted_by=None)
    return user


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def unit(code: str = "jia", **facts: Any) -> Unit:
    defaults = {
        "symbol": "家", "name_en": "units", "base": "家", "exponent": 0, "dimension": "count",
    }  # fmt: skip
    return Unit.objects.get_or_create(code=code, defaults={**defaults, **facts})[0]


def money() -> Unit:
    return unit(
        "yi-yuan",
        symbol="亿元",
        name_en="100 million yuan",
        base="元",
        exponent=8,
        dimension="money",
    )


def percent() -> Unit:
    return unit("percent", symbol="%", name_en="per cent", base="%", dimension="percent")


def points() -> Unit:
    return unit("point", symbol="个百分点", name_en="points", base="个百分点", dimension="point")


def region(code: str = "370200", name: str = "青岛市", kind: str = "city", **facts: Any) -> Region:
    defaults = {"name": name, "name_en": name, "kind": kind, **facts}
    return Region.objects.get_or_create(code=code, defaults=defaults)[0]


def indicator(code: str = "FIRMS", at: Department | None = None, **facts: Any) -> Indicator:
    defaults: dict[str, Any] = {
        "name": f"{code}指标",
        "name_en": f"{code} indicator",
        "definition": "年末登记在册的数量。",
        "kind": "count",
        "accumulation": "stock",
        "direction": "increase",
        "aggregation": "none",
        **facts,
    }
    defaults["unit"] = facts.get("unit") or unit()
    defaults["department"] = at or department()
    return Indicator.objects.get_or_create(code=code, defaults=defaults)[0]


def actual(
    of: Indicator,
    value: str | None,
    period: str | None = "2024",
    by: User | None = None,
    **facts: Any,
) -> Observation:
    """An observation row as it stands, without the workflow; approved unless told otherwise."""
    now = timezone.now()
    enterer = by or User.objects.filter(username="stranger").first() or person("stranger")
    fields: dict[str, Any] = {
        "indicator": of,
        "region": facts.pop("region", None) or region(),
        "reference_period": period,
        "value": None if value is None else Decimal(value),
        "obs_status": "A" if value is not None else "L",
        "entered_by": enterer,
        "entered_at": now,
        "review_state": "approved",
    }
    fields |= facts
    if fields["review_state"] == "approved" and "approved_by" not in fields:
        checker = User.objects.filter(username="checker").first() or person("checker")
        fields |= {"approved_by": checker, "approved_at": now}
    if fields["review_state"] in ("submitted", "approved"):
        fields.setdefault("submitted_at", now)
    return Observation.objects.create(**fields)


def document(key: str = "plan-one", **facts: Any) -> PolicyDocument:
    defaults: dict[str, Any] = {
        "title": f"{key}试点计划",
        "title_en": f"{key} plan",
        "issuer": "测试机关",
        "kind": "plan",
        "issued": "2023-05",
        "region": region(),
        "digest": "到二〇二六年企业达到若干家。",
        **facts,
    }
    return PolicyDocument.objects.get_or_create(key=key, defaults=defaults)[0]


def clause(of: PolicyDocument, key: str = "c1", **facts: Any) -> Clause:
    defaults: dict[str, Any] = {"locator": "一、目标", "start": 0, "end": 4, **facts}
    return Clause.objects.get_or_create(document=of, key=key, defaults=defaults)[0]


def promise(about: Indicator, value: str = "9000", end: str = "2090", **facts: Any) -> Target:
    of = document()
    now = timezone.now()
    target = Target.objects.create(
        document=of,
        key=facts.pop("key", f"t-{Target.objects.count()}"),
        name=f"{about.name}目标",
        name_en="goal",
        indicator=about,
        region=facts.pop("region", None) or region(),
        clause=clause(of),
    )
    TargetVersion.objects.create(
        target=target,
        measure="level",
        comparator="at_least",
        value=Decimal(value),
        unit=about.unit,
        direction=about.direction,
        commitment="firm",
        period_end=end,
        review_state="approved",
        entered_by=User.objects.filter(username="stranger").first() or person("stranger"),
        entered_at=now,
        approved_by=User.objects.filter(username="checker").first() or person("checker"),
        approved_at=now,
        effective_at=now,
        **facts,
    )
    return target


def measure(key: str = "m1", **facts: Any) -> Measure:
    of = document()
    return Measure.objects.create(
        document=of, key=key, clause=clause(of), text="办好一件实事。", **facts
    )


def events(*, without: tuple[str, ...] = ("accounts.login",)) -> list[str]:
    """The actions in the trail, oldest first."""
    rows = AuditEvent.objects.exclude(action__in=without).order_by("id")
    return list(rows.values_list("action", flat=True))
