"""Programs, editions, items, recipients and awards made by hand; every text and firm is made up."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import Department, User
from indicators.models import Region
from programs import actions, creditcode
from programs.actions import AwardEntry
from programs.models import (
    Award,
    Budget,
    Payment,
    Program,
    ProgramEdition,
    Recipient,
    SupportItem,
)
from targets.models import Clause, PolicyDocument
from tests.indicators import builders as b

BEGINS = date(2024, 1, 1)
DECIDED = date(2025, 3, 10)
MILLION = Decimal(1_000_000)
_numbers = count(1)


def yuan(sum_in_wan: str | int) -> Decimal:
    """元 of a sum in 万元: yuan("500") is 5000000."""
    return Decimal(sum_in_wan) * 10_000


def person(name: str, *roles: str, at: Department | None = None) -> User:
    """The user of a name, made on the first call."""
    return User.objects.filter(username=name).first() or b.person(name, *roles, at=at)


def editor() -> User:
    """A program editor of the department that answers for `program()`."""
    return person("editor", "program_editor", at=b.department())


def reviewer() -> User:
    """Who may override a cap."""
    return person("reviewer", "reviewer", at=b.department())


def document(key: str = "policy-one", **facts: Any) -> PolicyDocument:
    return b.document(key, **{"title": f"{key}若干措施", "digest": "支持措施。" * 30, **facts})


def clause(of: PolicyDocument | None = None, quote: str = "最高500万元", **facts: Any) -> Clause:
    """A clause with quoted words, one row per quote and document."""
    home = of or document()
    found = home.clauses.filter(quote=quote).first()
    return found or b.clause(
        home, f"q{next(_numbers)}", **{"locator": "第二条", "quote": quote, **facts}
    )


def program(key: str = "chain", **facts: Any) -> Program:
    defaults: dict[str, Any] = {
        "name": f"{key}试验计划", "name_en": f"{key} trial program", "objective": "支持试验。",
        "department": b.department(), **facts,
    }  # fmt: skip
    return Program.objects.get_or_create(key=key, defaults=defaults)[0]


def edition(
    of: Program | None = None, begins: date = BEGINS, key: str = "", **facts: Any
) -> ProgramEdition:
    """The edition of a program that begins on a day, made on the first call."""
    home = of or program()
    standing = home.editions.current().filter(valid_from=begins).first()
    if standing is not None and not key:
        return standing
    source = facts.pop("document", None) or document()
    defaults: dict[str, Any] = {
        "name": f"{home.name}（{begins.year}）", "name_en": f"{home.name_en} {begins.year}",
        "document": source, "clause": clause(source), **facts,
    }  # fmt: skip
    return ProgramEdition.objects.create(
        program=home, key=key or f"{home.key}-{begins:%Y%m%d}-{next(_numbers)}",
        valid_from=begins, **defaults,
    )  # fmt: skip


def item(
    key: str = "grant",
    *,
    of: ProgramEdition | None = None,
    cap: Decimal | None = None,
    **facts: Any,
) -> SupportItem:
    """An item, 最高 500 万元 per project unless said otherwise; uncapped by its comparator."""
    home = of or edition()
    uncapped = facts.get("comparator") == "uncapped"
    defaults: dict[str, Any] = {
        "name": f"{key}资助", "name_en": f"{key} grant", "tier": "市级", "kind": "project_grant",
        "comparator": "at_most", "cap": None if uncapped else cap or yuan(500), "per": "project",
        "per_stated": True, "clause": home.clause or clause(home.document), **facts,
    }  # fmt: skip
    return SupportItem.objects.get_or_create(edition=home, key=key, defaults=defaults)[0]


def credit_code(number: int | None = None) -> str:
    """A sound code that belongs to nobody: 91 (an enterprise), 999999 (no district), a number."""
    body = f"91999999{next(_numbers) if number is None else number:09d}"
    return body + creditcode.check_symbol(body)


def recipient(name: str = "示范一号公司", kind: str = "enterprise", **facts: Any) -> Recipient:
    """The recipient of a name, made on the first call."""
    standing = Recipient.objects.filter(name=name, kind=kind).first()
    if standing is not None:
        return standing
    code = None if kind == "person" else facts.pop("credit_code", None) or credit_code()
    return Recipient.objects.create(name=name, kind=kind, credit_code=code, **facts)


def district(code: str = "370202", name: str = "一号区", **facts: Any) -> Region:
    return b.region(code, name, "district", **facts)


def entry(of: SupportItem | None = None, amount: Decimal | None = None, **facts: Any) -> AwardEntry:
    """What a clerk states: a new number and a project of its own unless said otherwise."""
    number = f"LX-{next(_numbers):05d}"
    stated: dict[str, Any] = {
        "number": number, "project": f"{number}项目",
        "recipient": facts.get("recipient") or recipient(), "year": DECIDED.year,
        "decided_on": DECIDED, "amount": yuan(100) if amount is None else amount,
    }  # fmt: skip
    if "item" not in facts and "program" not in facts:
        facts["item"] = of or item()
    return AwardEntry(**(stated | facts))


def award(
    of: SupportItem | None = None,
    amount: Decimal | None = None,
    *,
    by: User | None = None,
    override_reason: str = "",
    **facts: Any,
) -> Award:
    """An award through the action, so with its check, totals and event; facts are the entry's."""
    return actions.enter_award(
        by=by or (reviewer() if override_reason else editor()), entry=entry(of, amount, **facts),
        override_reason=override_reason,
    )  # fmt: skip


def payment(of: Award, amount: Decimal | None = None, **facts: Any) -> Payment:
    """An instalment through the action, by default half of the award on the day after it."""
    of.refresh_from_db()
    return actions.pay(
        by=facts.pop("by", None) or editor(), award=of, version=of.version,
        amount=of.amount / 2 if amount is None else amount,
        paid_on=facts.pop("paid_on", of.decided_on + timedelta(days=1)), **facts,
    )  # fmt: skip


def closed(of: Award, status: str, reason: str = "项目终止") -> Award:
    """The award in another status, through the action."""
    of.refresh_from_db()
    return actions.close_award(
        by=editor(), award=of, version=of.version, status=status, reason=reason
    )


def budget(
    of: Program | None = None, year: int = DECIDED.year, amount: Decimal | None = None, **facts: Any
) -> Budget:
    """The envelope of a year as a row, without the action."""
    stated: dict[str, Any] = {
        "amount": yuan(1000) if amount is None else amount, "source_title": "示范预算批复",
        "set_by": editor(), "set_at": timezone.now(), **facts,
    }  # fmt: skip
    return Budget.objects.create(program=of or program(), year=year, **stated)
