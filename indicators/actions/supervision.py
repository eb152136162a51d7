"""督办: overdue duties become orders with their own lights and log, by rules that are versioned."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, Subquery, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import User
from accounts.versions import Conflict, compare_and_set
from indicators import errors
from indicators.actions.duties import label_of
from indicators.delivery import delivered_among, outstanding_among
from indicators.models import Duty, SupervisionEntry, SupervisionOrder, SupervisionRule

BUILT_IN = {"remind_days": 3, "yellow_days": 1, "red_days": 7}
"""The first rule: reminded three days before the end, yellow a day after it, red a week after."""


class OrderLight(TextChoices):
    """The light of an order; it says how late a task is, never how a goal stands."""

    NONE = "none", _("督办中，未逾期")
    YELLOW = "yellow", _("督办黄灯")
    RED = "red", _("督办红灯")
    CLOSED = "closed", _("已销号")


@dataclass(frozen=True)
class Escalated:
    """What a run of the daily job did."""

    opened: int = 0
    moved: int = 0
    closed: int = 0


def rule_in_force() -> SupervisionRule:
    """The latest rule; the built-in first one is kept on demand."""
    latest = SupervisionRule.objects.order_by("-version").first()
    return latest or SupervisionRule.objects.get_or_create(version=1, defaults=BUILT_IN)[0]


def rule_to_show() -> SupervisionRule:
    """The rule in force for reading: the built-in one is not kept."""
    latest = SupervisionRule.objects.order_by("-version").first()
    return latest or SupervisionRule(version=1, **BUILT_IN)


def hold_daily_job() -> SupervisionRule:
    """The rule in force, with its row held to the end of the transaction: one daily job at a time."""
    return SupervisionRule.objects.select_for_update().get(pk=rule_in_force().pk)


def days_late(closes_at: datetime, now: datetime) -> int:
    """Calendar days here since a round closed; 0 on the day itself, negative before."""
    return (timezone.localdate(now) - timezone.localdate(closes_at)).days


def light_at(closes_at: datetime, rule: SupervisionRule, now: datetime) -> OrderLight:
    """The light of a duty that is still owed."""
    late = days_late(closes_at, now)
    if late >= rule.red_days:
        return OrderLight.RED
    return OrderLight.YELLOW if late >= rule.yellow_days else OrderLight.NONE


def escalate(*, now: datetime | None = None) -> Escalated:
    """The daily job: close what has come, turn lights, open orders for what is late.

    Idempotent; two workers take turns. One audit event where anything happened.
    """
    now = now or timezone.now()
    with audit.transaction():
        rule = hold_daily_job()
        open_orders = _open_orders()
        done = delivered_among(Duty.objects.filter(orders__in=open_orders).distinct())
        closed = _close_done([order for order in open_orders if order.duty_id in done], now)
        moved = _turn_lights([order for order in open_orders if order.duty_id not in done], now)
        opened = _open_late(rule, now)
        found = Escalated(opened, moved, len(closed))
        if found != Escalated():
            after = {"opened": opened, "moved": moved, "closed": len(closed), "rule": rule.version}
            audit.record(
                by=None, action="indicators.escalate", target=SupervisionOrder, after=after
            )
    return found


def close_delivered(pairs: Collection[tuple[int, int]], *, now: datetime | None = None) -> int:
    """Close the orders about these (indicator, region) whose values are approved now; how many.

    Call it inside the transaction of the approval.
    """
    orders = [
        order
        for order in _open_orders()
        if (order.duty.indicator_id, order.duty.region_id) in pairs
    ]
    if not orders:
        return 0
    with audit.transaction():
        done = delivered_among(Duty.objects.filter(pk__in=[order.duty_id for order in orders]))
        wanted = [order for order in orders if order.duty_id in done]
        closed = _close_done(wanted, now or timezone.now())
        if closed:
            audit.record(
                by=None,
                action="indicators.close_order",
                target=SupervisionOrder,
                after={"rows": len(closed), "orders": closed},
            )
    return len(closed)


def open_order(*, by: User, duty: Duty, reason: str) -> SupervisionOrder:
    """Open an order by hand, with its reason; Refused where one is open or the value has come."""
    with audit.transaction():
        if not reason.strip():
            raise errors.needs_reason()
        if delivered_among(Duty.objects.filter(pk=duty.pk)):
            raise errors.duty_is_done()
        rule, now = rule_in_force(), timezone.now()
        try:
            with transaction.atomic():
                order = SupervisionOrder.objects.create(
                    duty=duty, rule=rule, opened_by=by, opened_at=now
                )
        except IntegrityError as error:
            raise errors.order_is_open() from error
        light = light_at(duty.round.closes_at, rule, now)
        SupervisionEntry.objects.create(
            order=order, at=now, by=by, light=light, text=reason.strip()
        )
        _record(by, "indicators.open_order", order, reason.strip(), light=light)
    return order


def note_order(*, by: User, order: SupervisionOrder, text: str) -> SupervisionEntry:
    """Write a line into the log of an open order; the light stays as it is."""
    with audit.transaction():
        # Held, so that nobody closes it between the question and the line.
        held = SupervisionOrder.objects.select_for_update().get(pk=order.pk)
        if held.closed_at is not None:
            raise errors.order_is_closed()
        if not text.strip():
            raise errors.needs_words()
        last = held.entries.order_by("-pk").first()
        entry = SupervisionEntry.objects.create(
            order=held,
            at=timezone.now(),
            by=by,
            light=last.light if last is not None else OrderLight.NONE,
            text=text.strip(),
        )
        _record(by, "indicators.note_order", order, text.strip(), light=entry.light)
    return entry


def close_order(
    *, by: User, order: SupervisionOrder, version: int, reason: str
) -> SupervisionOrder:
    """Close an order by hand, with the reason; Conflict where it moved on."""
    with audit.transaction():
        if order.closed_at is not None:
            raise errors.order_is_closed()
        if not reason.strip():
            raise errors.needs_reason()
        now = timezone.now()
        open_ = SupervisionOrder.objects.filter(closed_at=None)
        compare_and_set(open_, order.pk, version, closed_by=by, closed_at=now)
        order.refresh_from_db()
        SupervisionEntry.objects.create(
            order=order, at=now, by=by, light=OrderLight.CLOSED, text=reason.strip()
        )
        _record(by, "indicators.close_order", order, reason.strip(), light=OrderLight.CLOSED)
    return order


def change_supervision_rule(
    *, by: User, version: int, remind_days: int, yellow_days: int, red_days: int, reason: str
) -> SupervisionRule:
    """Put a new rule beside the old ones; orders that are open keep the rule they began with.

    `version` is the rule that the person saw: Conflict where another one came since.
    """
    with audit.transaction():
        if not reason.strip():
            raise errors.needs_reason()
        if not 1 <= yellow_days < red_days or remind_days < 0:
            raise errors.days_out_of_order()
        standing = rule_in_force()
        days = {"remind_days": remind_days, "yellow_days": yellow_days, "red_days": red_days}
        if standing.version != version:
            raise Conflict(standing, dict(days))
        try:
            with transaction.atomic():
                rule = SupervisionRule.objects.create(
                    version=version + 1, **days, reason=reason.strip(), made_by=by,
                    made_at=timezone.now(),
                )  # fmt: skip
        except IntegrityError as error:
            raise Conflict(rule_in_force(), dict(days)) from error
        audit.record(
            by=by,
            action="indicators.change_supervision_rule",
            target=rule,
            before={name: getattr(standing, name) for name in days},
            after=days,
            reason=rule.reason,
        )
    return rule


def _open_orders() -> list[SupervisionOrder]:
    """The orders that are open, with the light of their last line, in the order of their keys."""
    last = SupervisionEntry.objects.filter(order=OuterRef("pk")).order_by("-pk")
    rows = SupervisionOrder.objects.filter(closed_at=None).annotate(
        shown=Subquery(last.values("light")[:1])
    )
    return list(rows.select_related("duty__round", "rule").order_by("pk"))


def _close_done(orders: Iterable[SupervisionOrder], now: datetime) -> list[int]:
    """Close what was delivered: nobody is named, the value itself did it; the ids.

    One that somebody closed meanwhile stays as it is: that is no reason to refuse the value.
    """
    lines = []
    for order in orders:
        open_ = SupervisionOrder.objects.filter(pk=order.pk, closed_at=None)
        if not open_.update(closed_at=now, version=F("version") + 1):
            continue
        lines.append(_line(order, OrderLight.CLOSED, now, "数值已核定，自动销号。", _DONE_EN))
    SupervisionEntry.objects.bulk_create(lines, batch_size=500)
    return [line.order_id for line in lines]


_DONE_EN = "The value has been approved; the order is closed by itself."


def _turn_lights(orders: Iterable[SupervisionOrder], now: datetime) -> int:
    """A line for every order whose light is another one now; how many."""
    lines = []
    for order in orders:
        closes_at = order.duty.round.closes_at
        light = light_at(closes_at, order.rule, now)
        if light != getattr(order, "shown", None):
            lines.append(_line(order, light, now, *_words(light, days_late(closes_at, now))))
    SupervisionEntry.objects.bulk_create(lines, batch_size=500)
    return len(lines)


def _open_late(rule: SupervisionRule, now: datetime) -> int:
    """Open an order for every duty that is late enough and has none that is open; how many."""
    closed = Duty.objects.unpublished().filter(round__closes_at__lte=now)
    waiting = closed.exclude(orders__in=SupervisionOrder.objects.filter(closed_at=None))
    late = [
        duty
        for duty in outstanding_among(waiting)
        if light_at(duty.round.closes_at, rule, now) != OrderLight.NONE
    ]
    orders = SupervisionOrder.objects.bulk_create(
        [SupervisionOrder(duty=duty, rule=rule, opened_at=now) for duty in late], batch_size=500
    )
    lines = []
    for order in orders:
        closes_at = order.duty.round.closes_at
        light = light_at(closes_at, rule, now)
        lines.append(_line(order, light, now, *_words(light, days_late(closes_at, now))))
    SupervisionEntry.objects.bulk_create(lines, batch_size=500)
    return len(lines)


def _line(
    order: SupervisionOrder, light: OrderLight, now: datetime, zh: str, en: str
) -> SupervisionEntry:
    return SupervisionEntry(order=order, at=now, light=light, text=zh, text_en=en)


def _words(light: OrderLight, late: int) -> tuple[str, str]:
    """What the system writes when a light turns, in Chinese and English."""
    days = f"{late} day" if late == 1 else f"{late} days"
    if light is OrderLight.RED:
        return f"逾期 {late} 日，亮督办红灯。", f"{days} late; the supervision light is red."
    if light is OrderLight.YELLOW:
        return f"逾期 {late} 日，亮督办黄灯。", f"{days} late; the supervision light is yellow."
    return "截止时间已延后，督办灯熄灭。", "The round closes later now; the light is off."


def _record(by: User, action: str, order: SupervisionOrder, words: str, *, light: str) -> None:
    audit.record(
        by=by,
        action=action,
        target=order,
        label=f"{order.duty.round.name} {label_of(order.duty)}",
        after={"light": light},
        reason=words,
    )
