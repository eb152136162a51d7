"""The life of a cell, told from its rows: what was stated, returned, approved, withdrawn, proved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import AuditEvent, User
from accounts.wording import Difference, action_name
from indicators.models import Evidence, Observation
from qdpolicy.dashboard import amounts

State = Observation.ReviewState
_COMPARED = (
    "value", "qualifier", "obs_status", "vintage", "source_title", "source_url", "source_date",
    "note", "explanation",
)  # fmt: skip
_TOLD_BY_ROWS = frozenset(
    f"indicators.{step}"
    for step in (
        "enter", "amend", "withdraw", "submit", "return", "approve", "attach_evidence",
        "remove_evidence",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Moment:
    """One thing that happened in the cell: when, what in words, who, why, and what changed."""

    at: datetime
    label: str
    who: str
    row: Observation | None = None
    reason: str = ""
    origin: str = ""
    differences: Sequence[Difference] = ()
    states_value: bool = False


@dataclass(frozen=True)
class Version:
    """What a row says or said, and what has become of it."""

    row: Observation
    standing: str
    may_come_back: bool


@dataclass(frozen=True)
class Life:
    """The life of a cell, the latest first: its versions, and what happened."""

    versions: Sequence[Version] = ()
    moments: Sequence[Moment] = field(default=())


def life_of(rows: Iterable[Observation], files: Iterable[Evidence]) -> Life:
    """The life of the cell of these rows (all of it that the reader may see); one query."""
    by_time = sorted(rows, key=lambda row: (row.entered_at, row.copy_of_id is None, row.pk))
    moments = [*_statements(by_time), *_steps(by_time), *_proofs(files), *_others(by_time)]
    versions = [Version(row, _standing(row), _may_come_back(row)) for row in _distinct(by_time)]
    moments.sort(key=lambda moment: moment.at, reverse=True)
    return Life(versions[::-1], moments)


def _distinct(rows: Iterable[Observation]) -> list[Observation]:
    """One row for each thing that was said: a copy that says what its row says adds nothing."""
    told: dict[tuple[int, datetime], Observation] = {}
    for row in rows:
        told[row.copy_of_id or row.pk, row.entered_at] = row
    return list(told.values())


def _statements(rows: Iterable[Observation]) -> Iterator[Moment]:
    """What was entered, each beside what was said before it."""
    before: Observation | None = None
    for row in _distinct(rows):
        label = _("录入") if before is None else _("修改")
        if row.origin == Observation.Origin.RESTORED:
            label = _("恢复旧稿")
        elif row.supersedes_id is not None and row.copy_of_id is None:
            label = _("更正")
        changed = [] if before is None else differences(before, row)
        if before is not None and before.copy_of_id == row.pk and not changed:
            label = label if before.entered_by_id == row.entered_by_id else _("接手")
        yield Moment(
            at=row.entered_at,
            label=label,
            who=str(row.entered_by),
            row=row,
            reason=row.reason,
            origin=" ".join(filter(None, (row.get_origin_display(), row.origin_place))),
            differences=changed,
            states_value=True,
        )
        before = row


def _steps(rows: Iterable[Observation]) -> Iterator[Moment]:
    """Submitted, returned, approved, published, withdrawn: each once, whichever rows tell it."""
    told: set[tuple[int, str, datetime]] = set()
    for row in rows:
        steps: tuple[tuple[str, str, datetime | None, User | None, str], ...] = (
            ("submit", _("提交"), row.submitted_at, row.submitted_by or row.entered_by, ""),
            ("return", _("退回"), row.returned_at, row.returned_by, row.return_reason),
            ("approve", _("核定"), row.approved_at, row.approved_by, ""),
            ("publish", _("发布"), _published_later(row), None, ""),
            (
                "withdraw",
                _("撤回"),
                row.superseded_at if row.withdrawn_by else None,
                row.withdrawn_by,
                row.withdraw_reason,
            ),
        )
        for step, label, at, who, reason in steps:
            key = (row.copy_of_id or row.pk, step, at or row.entered_at)
            if at is not None and key not in told:
                told.add(key)
                yield Moment(at, label, str(who or ""), row, reason)


def _published_later(row: Observation) -> datetime | None:
    """When a round published the value; one that went out with its approval is not told twice."""
    return None if row.published_at == row.approved_at else row.published_at


def _proofs(files: Iterable[Evidence]) -> Iterator[Moment]:
    for file in files:
        yield Moment(file.attached_at, _("附上佐证材料"), str(file.attached_by), origin=file.name)
        if file.removed_at is not None:
            yield Moment(file.removed_at, _("移除佐证材料"), str(file.removed_by), origin=file.name)


def _others(rows: Sequence[Observation]) -> Iterator[Moment]:
    """Events of the trail about these rows that the rows themselves do not tell; one query."""
    events = AuditEvent.objects.filter(
        object_type=Observation._meta.label_lower, object_id__in=[str(row.pk) for row in rows]
    ).exclude(action__in=_TOLD_BY_ROWS)
    for event in events.order_by("pk"):
        yield Moment(event.at, action_name(event.action), event.actor_name, reason=event.reason)


def _standing(row: Observation) -> str:
    """Where a version stands, in a word."""
    if row.copy_of_id is not None:
        return _("旧稿")
    if row.withdrawn_by_id is not None:
        return _("已撤回")
    if row.superseded_at is not None:
        return _("已被取代")
    return str(row.get_review_state_display())


def _may_come_back(row: Observation) -> bool:
    """Whether it is past; a loaded draft stands beside the cell and may be taken up as well."""
    if row.superseded_at is not None:
        return True
    return row.key is not None and row.review_state != State.APPROVED


def differences(before: Observation, after: Observation) -> list[Difference]:
    """What a version says otherwise than the one before it, field by field, in words."""
    found = []
    for name in _COMPARED:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            label = str(Observation._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            found.append(Difference(label, _in_words(before, name), _in_words(after, name)))
    return found


def _in_words(row: Observation, name: str) -> str:
    value = getattr(row, name)
    if isinstance(value, Decimal):
        return amounts.amount(value, row.indicator.unit)
    choices = dict(Observation._meta.get_field(name).flatchoices)  # type: ignore[union-attr]
    return str(choices.get(value, value)) if value not in (None, "") else _("空")
