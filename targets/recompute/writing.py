"""Verdicts as rows: what changed is written, what did not is left alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Context, Decimal
from typing import Any

from targets.models import ProgressSnapshot, StatusChange, Target
from targets.models.fields import (
    CodeField,
    FigureField,
    FlagsField,
    IdsField,
    ReasonsField,
    reasons_of,
    reasons_text,
)
from targets.progress import Reason, Rules, Verdict
from targets.progress.arithmetic import plain
from targets.recompute.digest import digest_of_words, figure_word, ids_word, text_word
from targets.recompute.reading import Series

BATCH = 500
COLUMNS = ProgressSnapshot._meta.concrete_fields
DIGESTED = [field for field in COLUMNS if field.name not in ("computed_at", "digest")]
FIGURES = (
    "completion", "share_done", "pace", "expected_now", "gap", "needed", "actual_rate",
    "required_rate", "goal",
)  # fmt: skip
# What a database column and SQLite's decimals both hold: 15 significant digits, 25 before the point.
_STORED = Context(prec=15)
_LARGEST = Decimal(10) ** 24
_SAID = Context(prec=12)
_LONG = re.compile(r"-?[0-9]*\.?[0-9]+(E[+-]?[0-9]+)?")


def snapshot_of(
    target: Target,
    verdict: Verdict,
    promise: str,
    as_of: date,
    rules: Rules,
    now: datetime,
) -> ProgressSnapshot:
    """A verdict as a row, with the promise's status; the digest follows when it is complete."""
    baseline = verdict.baseline
    return ProgressSnapshot(
        target_id=target.pk,
        as_of=as_of,
        status=verdict.status,
        light=rules.light_of(verdict.status),
        promise_status=promise,
        promise_light=rules.light_of(promise),
        attained=verdict.attained,
        position=verdict.position or "",
        period=str(verdict.period) if verdict.period else "",
        actual=storable(verdict.value),
        baseline_period=str(baseline.period) if baseline else "",
        baseline_value=storable(baseline.value) if baseline else None,
        trend=verdict.trend or "",
        flags=list(verdict.flags),
        reasons=reasons_of(stored_reasons(verdict.reasons)),
        inputs=[pk for pk in verdict.inputs if isinstance(pk, int)],
        rule_version=int(rules.version),
        computed_at=now,
        **{name: storable(getattr(verdict, name)) for name in FIGURES},
    )


def qualifier_of(verdict: Verdict, observed: tuple[Series, Series]) -> str:
    """How the judged actual was stated ("突破395亿" is a lower bound); empty where it is derived."""
    for series in observed:
        actual = series.get(verdict.period) if verdict.period is not None else None
        if actual is not None and actual.value is not None and actual.value == verdict.value:
            return str(actual.qualifier)
    return ""


def storable(figure: Decimal | None) -> Decimal | None:
    """A figure as both databases keep it; None where no column could hold it."""
    if figure is None or not figure.is_finite() or abs(figure) >= _LARGEST:
        return None
    return _STORED.plus(figure)


def stored_reasons(reasons: Iterable[Reason]) -> str:
    """Reasons as a snapshot keeps them: `code name=value name=value;code` (fields.py).

    Twelve digits of a number are kept, since one of more was computed: so judging in Decimal and in
    float64 says the same.
    """
    return ";".join(
        " ".join([reason.code, *(f"{name}={_shortened(text)}" for name, text in reason.params)])
        for reason in reasons
    )


def _shortened(text: str) -> str:
    if len(text) <= _SAID.prec or _LONG.fullmatch(text) is None:
        return text
    number = Decimal(text)
    return plain(_SAID.plus(number)) if len(number.as_tuple().digits) > _SAID.prec else text


def digest_of(row: ProgressSnapshot) -> int:
    """64 bits over every column but the moment and the digest itself (digest.py)."""
    return digest_of_words(_word(field, getattr(row, field.attname)) for field in DIGESTED)


def _word(field: Any, value: Any) -> int:
    """A column's value as 64 bits."""
    if isinstance(field, CodeField):
        return field.words.index(value)
    if isinstance(field, FlagsField):
        return field.bits(value)
    if isinstance(field, FigureField):
        return figure_word(value)
    if isinstance(field, ReasonsField):
        return text_word(reasons_text(value))
    if isinstance(field, IdsField):
        return ids_word(value)
    if isinstance(value, str):
        return text_word(value)
    if isinstance(value, date):
        return value.toordinal()
    return -1 if value is None else int(value)


def write(
    rows: list[ProgressSnapshot], *, judged: Iterable[int], as_of: date, now: datetime
) -> int:
    """Upsert what changed, in the order of the key, and note each status that moved.

    Of the targets `judged` those without a row have no goal in force any more: their snapshots
    go. Returns the number of rows written or gone.
    """
    keys = {row.target_id for row in rows}
    gone, _by_model = ProgressSnapshot.objects.filter(target__in=set(judged) - keys).delete()
    standing = {
        row.target_id: row
        for row in ProgressSnapshot.objects.filter(target__in=keys)
        .only("digest", "status", "promise_status")
        .order_by()  # their order would join targets and documents
    }
    changed = sorted(
        (
            row
            for row in rows
            if row.target_id not in standing or standing[row.target_id].digest != row.digest
        ),
        key=lambda row: row.target_id,
    )
    ProgressSnapshot.objects.bulk_create(
        changed,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["target"],
        update_fields=[field.name for field in COLUMNS if not field.primary_key],
    )
    StatusChange.objects.bulk_create(
        StatusChange(
            target_id=row.target_id, before=before, after=after, as_of=as_of, changed_at=now
        )
        for row in changed
        if row.target_id in standing
        for before, after in moved(standing[row.target_id], row.status, row.promise_status)
    )
    return len(changed) + gone


def moved(before: ProgressSnapshot, status: str, promise: str) -> list[tuple[str, str]]:
    """The status that moved: the promise's, else the target's own, which a grey promise hides."""
    if before.promise_status != promise:
        return [(before.promise_status, promise)]
    return [(before.status, status)] if before.status != status else []
