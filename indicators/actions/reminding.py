"""Reminders: one for each person, round, kind and day, in the app and by mail."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from accounts import audit
from accounts.models import Department, User
from indicators.actions.supervision import hold_daily_job
from indicators.delivery import OUTSTANDING, Delivery, Tally, tallies
from indicators.models import Duty, Reminder, ReportingRound, SupervisionRule

logger = logging.getLogger(__name__)
RETRIED_FOR = timedelta(days=2)
"""How long a mail that did not go out is tried again; then the reminder in the app must do."""

Kind = Reminder.Kind
Key = tuple[int, int, str]
"""A reminder of a day: the ids of person and round, and the kind."""


def remind(*, now: datetime | None = None) -> int:
    """Make the reminders of the day that are not there yet; how many.

    Idempotent; two workers take turns. That a round has opened is said once, the rest every day
    while something is owed: due soon, overdue, returned.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    with audit.transaction():
        rule = hold_daily_job()
        owed = _owed(rule, now)
        made = Reminder.objects.filter(round__in={key[1] for key in owed})
        known = set(made.filter(made_on=today).values_list("recipient", "round", "kind"))
        told = set(made.filter(kind=Kind.OPENED).values_list("recipient", "round"))
        rows = [
            Reminder(recipient_id=person, round_id=round_, kind=kind, made_on=today, number=number)
            for (person, round_, kind), number in sorted(owed.items())
            if (person, round_, kind) not in known
            and not (kind == Kind.OPENED and (person, round_) in told)
        ]
        Reminder.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
        if rows:
            counts = dict(sorted(Counter(str(row.kind) for row in rows).items()))
            audit.record(by=None, action="indicators.remind", target=Reminder, after=counts)
    return len(rows)


def read_reminders(*, by: User) -> int:
    """Mark one's own reminders as read; how many."""
    with audit.transaction():
        number = by.reminders.filter(read_at=None).update(read_at=timezone.now())
        if number:
            audit.record(
                by=by, action="indicators.read_reminders", target=Reminder, after={"rows": number}
            )
    return number


def email_reminders(
    *, send: Callable[[User, Sequence[Reminder]], None], now: datetime | None = None
) -> tuple[int, int]:
    """Send one mail to each person with reminders that were not mailed; mails sent and failed.

    A mail is claimed before it is sent, so that two workers do not send it twice, and given back
    where `send` fails: the reminder stays and the next run tries again.
    """
    now = now or timezone.now()
    waiting: defaultdict[int, list[Reminder]] = defaultdict(list)
    rows = Reminder.objects.filter(
        emailed_at=None,
        made_on__gt=timezone.localdate(now - RETRIED_FOR),
        recipient__is_active=True,
    ).exclude(recipient__email="")
    for row in rows.select_related("recipient", "round").order_by("recipient", "pk"):
        waiting[row.recipient_id].append(row)
    sent = failed = 0
    for reminders in waiting.values():
        unsent = Reminder.objects.filter(emailed_at=None)
        claimed = [row for row in reminders if unsent.filter(pk=row.pk).update(emailed_at=now)]
        if not claimed:
            continue
        try:
            send(claimed[0].recipient, claimed)
            sent += 1
        except Exception:  # whatever the mail server says, the others get theirs
            logger.exception("the mail to user %s failed", reminders[0].recipient_id)
            Reminder.objects.filter(pk__in=[row.pk for row in claimed]).update(emailed_at=None)
            failed += 1
    if sent or failed:
        with audit.transaction():
            audit.record(
                by=None,
                action="indicators.email_reminders",
                target=Reminder,
                after={"sent": sent, "failed": failed},
            )
    return sent, failed


def _owed(rule: SupervisionRule, now: datetime) -> dict[Key, int]:
    """What each person is to be reminded of today, with the number of values."""
    rounds = {row.pk: row for row in ReportingRound.objects.unpublished().filter(opens_at__lte=now)}
    people = _responsible()
    found: Counter[Key] = Counter()
    for tally in tallies(Duty.objects.filter(round__in=rounds)):
        for person in _recipients(tally, people):
            for kind in _kinds(tally, rounds[tally.round], rule, now):
                found[person, tally.round, kind] += tally.number
    return dict(found)


def _kinds(
    tally: Tally, round_: ReportingRound, rule: SupervisionRule, now: datetime
) -> list[Kind]:
    """What there is to say about some duties of a round today."""
    if tally.state not in OUTSTANDING:
        return []
    kinds = [Kind.RETURNED] if tally.state is Delivery.RETURNED else []
    if round_.closes_at <= now:
        return [*kinds, Kind.OVERDUE]
    kinds.append(Kind.OPENED)
    left = (timezone.localdate(round_.closes_at) - timezone.localdate(now)).days
    return [*kinds, Kind.DUE_SOON] if left <= rule.remind_days else kinds


def _responsible() -> dict[int, set[int]]:
    """The analysts of each department, or of the nearest department above that has any."""
    analysts: defaultdict[int, set[int]] = defaultdict(set)
    able = User.objects.active().people().with_role("analyst").exclude(department=None)
    for person, department in able.values_list("pk", "department"):
        analysts[department].add(person)
    above = dict(Department.objects.values_list("pk", "parent"))
    return {department: _nearest(department, above, analysts) for department in above}


def _nearest(
    department: int, above: dict[int, int | None], analysts: dict[int, set[int]]
) -> set[int]:
    """Climb from a department to one with analysts; none where the tree has none, or a cycle."""
    passed: set[int] = set()
    place: int | None = department
    while place is not None and place not in passed:
        if analysts.get(place):
            return analysts[place]
        passed.add(place)
        place = above.get(place)
    return set()


def _recipients(tally: Tally, people: dict[int, set[int]]) -> set[int]:
    """The department's analysts and the deputy."""
    deputy = set() if tally.deputy is None else {tally.deputy}
    return people.get(tally.department, set()) | deputy
