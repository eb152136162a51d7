"""Who owes what in a round: assigned in bulk, copied, changed, taken back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from accounts import audit
from accounts.models import Department, User
from accounts.versions import Conflict, compare_and_set
from indicators import errors
from indicators.models import Duty, Indicator, Observation, Region, ReportingRound
from indicators.periods import PeriodError, ReferencePeriod


@dataclass(frozen=True, kw_only=True)
class Owed:
    """A value that a department is to deliver; `period` is canonical."""

    indicator: Indicator
    region: Region
    period: str
    department: Department
    deputy: User | None = None


def deputies() -> QuerySet[User]:
    """Who may stand in for a department's people: every active person who enters data.

    A deputy need not belong to the department, since small offices are helped by others.
    """
    able: QuerySet[User] = User.objects.active().people().with_role("analyst")
    return able.order_by("username")


def assign_duties(*, by: User, round_: ReportingRound, owed: Iterable[Owed]) -> int:
    """Add what is not asked for yet, in one audit event; the number of new duties.

    Refused in a published round, or with a deputy who cannot enter. Raises PeriodError.
    """
    with audit.transaction():
        held = _held(round_)
        wanted = {
            (row.indicator.pk, row.region.pk, str(ReferencePeriod.parse(row.period))): row
            for row in owed
        }
        _require_deputies({row.deputy.pk for row in wanted.values() if row.deputy is not None})
        return _add(
            by,
            held,
            [
                Duty(
                    round=held, indicator_id=indicator, region_id=region, reference_period=period,
                    department=row.department, deputy=row.deputy,
                )
                for (indicator, region, period), row in wanted.items()
            ],
        )  # fmt: skip


def copy_duties(*, by: User, round_: ReportingRound, earlier: ReportingRound) -> int:
    """Ask for what an earlier round asked for, moved to the period of this one; new duties.

    A half-year of the earlier round's year becomes the half-year of this round's. Deputies who
    cannot enter any more stay behind.
    """
    with audit.transaction():
        held = _held(round_)
        months = (
            ReferencePeriod.parse(held.reference_period).start_month
            - ReferencePeriod.parse(earlier.reference_period).start_month
        )
        able = set(deputies().values_list("pk", flat=True))
        copies = []
        for duty in Duty.objects.filter(round=earlier):
            period = _moved(duty.reference_period, months)
            if period is not None:
                copies.append(
                    Duty(
                        round=held, indicator_id=duty.indicator_id, region_id=duty.region_id,
                        reference_period=period, department_id=duty.department_id,
                        deputy_id=duty.deputy_id if duty.deputy_id in able else None,
                    )
                )  # fmt: skip
        return _add(by, held, copies, copied_from=earlier.name)


def change_duty(
    *, by: User, duty: Duty, version: int, department: Department, deputy: User | None
) -> Duty:
    """Give a duty to another department or deputy; Conflict where it moved on."""
    with audit.transaction():
        _held(duty.round)
        if deputy is not None:
            _require_deputies({deputy.pk})
        before = _facts(duty)
        compare_and_set(Duty, duty.pk, version, department=department, deputy=deputy)
        duty.refresh_from_db()
        audit.record(
            by=by,
            action="indicators.change_duty",
            target=duty,
            label=label_of(duty),
            before=before,
            after=_facts(duty),
        )
    return duty


def drop_duty(*, by: User, duty: Duty, version: int, reason: str) -> None:
    """Ask for a value no longer; it stays in the trail. Refused where it was supervised."""
    with audit.transaction():
        _held(duty.round)
        if not reason.strip():
            raise errors.needs_reason()
        if duty.orders.exists():
            raise errors.duty_is_supervised()
        pk, label, before = duty.pk, label_of(duty), _facts(duty)
        # The row is taken with the version that was seen, so nobody's change is lost.
        gone, _rows = Duty.objects.filter(pk=pk, version=version).delete()
        if not gone:
            raise Conflict(Duty.objects.filter(pk=pk).first(), {})
        out = _publish_alone(duty)
        audit.record(
            by=by,
            action="indicators.drop_duty",
            target=duty.round,
            label=label,
            before=before,
            after={"published": out} if out else None,
            reason=reason.strip(),
        )


def _publish_alone(duty: Duty) -> int:
    """An approved value that waited for its round is out where no round will publish it any more."""
    cell = {
        "indicator": duty.indicator_id,
        "region": duty.region_id,
        "reference_period": duty.reference_period,
    }
    if Duty.objects.unpublished().filter(**cell).exists():
        return 0
    waiting = Observation.objects.approved().filter(**cell, published_at=None)
    return waiting.update(published_at=timezone.now())


def label_of(duty: Duty) -> str:
    """How the audit trail names a duty."""
    return f"{duty.indicator.name} {duty.region.name} {duty.reference_period}"


def _held(round_: ReportingRound) -> ReportingRound:
    """The round, which nobody publishes meanwhile; Refused where it is out."""
    held = ReportingRound.objects.select_for_update().get(pk=round_.pk)
    if held.published_at is not None:
        raise errors.round_is_out()
    return held


def _require_deputies(people: set[int]) -> None:
    if people - set(deputies().filter(pk__in=people).values_list("pk", flat=True)):
        raise errors.no_deputy()


def _add(by: User, round_: ReportingRound, rows: list[Duty], copied_from: str = "") -> int:
    """Keep the duties that are new; the round is held, so nobody adds the same meanwhile."""
    known = set(
        Duty.objects.filter(round=round_).values_list("indicator", "region", "reference_period")
    )
    fresh = {
        (row.indicator_id, row.region_id, row.reference_period): row
        for row in rows
        if (row.indicator_id, row.region_id, row.reference_period) not in known
    }
    Duty.objects.bulk_create([fresh[key] for key in sorted(fresh)], batch_size=500)
    if fresh:
        departments = {row.department_id for row in fresh.values()}
        after = {
            "rows": len(fresh),
            "departments": sorted(
                Department.objects.filter(pk__in=departments).values_list("code", flat=True)
            ),
        }
        audit.record(
            by=by,
            action="indicators.assign_duties",
            target=round_,
            after=after | ({"copied_from": copied_from} if copied_from else {}),
        )
    return len(fresh)


def _moved(period: str, months: int) -> str | None:
    """A period of whole months as many months later; None for one that cannot be moved."""
    try:
        old = ReferencePeriod.parse(period)
        if not old.months:
            return None
        first = old.first_day.year * 12 + old.first_day.month - 1 + months
        last = first + old.months - 1
        return str(
            ReferencePeriod.of_months(first // 12, first % 12 + 1, last // 12, last % 12 + 1)
        )
    except PeriodError:
        return None


def _facts(duty: Duty) -> dict[str, str | None]:
    return {
        "department": duty.department.name,
        "deputy": str(duty.deputy) if duty.deputy is not None else None,
    }
