"""One indicator in one region: its actuals, every promise about it, and the chart of both."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import partial

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from indicators.charts import Break, Point, Series
from indicators.models import Indicator, Observation, Region, Unit, in_language
from indicators.periods import ReferencePeriod
from indicators.quantities import convert
from qdpolicy.dashboard import amounts, words
from qdpolicy.dashboard.finding_rows import relation_of
from qdpolicy.dashboard.known import Known
from qdpolicy.dashboard.present import NOW
from qdpolicy.dashboard.versions import replaced_words, withdrawn_words
from qdpolicy.templatetags.figures import observed
from targets.charts import Chart, Promise
from targets.models import ProgressSnapshot, StaleRequest, Target, TargetVersion

Measure = TargetVersion.Measure


@dataclass(frozen=True, slots=True)
class ActualRow:
    """A published figure, and the growth rate that was published beside it."""

    observation: Observation
    rate: Observation | None


@dataclass(frozen=True, slots=True)
class Held:
    """The observations of an indicator in a region by what they are for; `rates` by period."""

    actuals: list[Observation] = field(default_factory=list)
    rates: dict[str, Observation] = field(default_factory=dict)
    drafts: list[Observation] = field(default_factory=list)

    @property
    def rows(self) -> list[ActualRow]:
        """The actuals, latest first, each with the rate published for its period."""
        rates = self.rates
        return [
            ActualRow(row, rates.get(row.reference_period or "")) for row in reversed(self.actuals)
        ]


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise with its exact meaning, its verdict and how it relates to the one before."""

    target: Target
    version: TargetVersion
    snapshot: ProgressSnapshot | None
    relation: Target.Relation | None = None
    before: TargetVersion | None = None
    former: tuple[TargetVersion, ...] = ()
    """The readings it had before, the oldest first."""

    @property
    def postponed(self) -> bool:
        """Whether the deadline is another one than before."""
        return self.before is not None and self.before.period_end != self.version.period_end


def promised(indicator: Indicator) -> QuerySet[Target]:
    """Targets about the indicator; of a published rate also those on the growth of its level."""
    about = Q(indicator=indicator)
    if indicator.rate_of_id is not None:
        about |= Q(indicator=indicator.rate_of_id, versions__measure=Measure.GROWTH)
    return Target.objects.filter(about)


def regions_of(indicator: Indicator, known: Known = NOW) -> list[Region]:
    """Regions that have an approved actual of the indicator or a promise about it; one query."""
    with_actuals = known.observations().filter(indicator=indicator)
    return list(
        Region.objects.filter(
            Q(pk__in=with_actuals.values("region")) | Q(pk__in=promised(indicator).values("region"))
        )
    )


def actuals_of(indicator: Indicator, region: Region, known: Known = NOW) -> list[Observation]:
    """The approved actuals in the order of their periods; one query."""
    rows = (
        known.observations()
        .filter(indicator=indicator, region=region)
        .select_related("indicator__unit", "region", "entered_by", "approved_by")
    )
    ended = known.ended(rows)
    return sorted(ended, key=lambda row: ReferencePeriod.parse(row.reference_period or ""))


def held_of(indicator: Indicator, region: Region, known: Known = NOW) -> Held:
    """Approved actuals, rates beside them and what is still under way; one query for all three."""
    rows = (
        known.held()
        .filter(Q(indicator=indicator) | Q(indicator__rate_of=indicator), region=region)
        .select_related("indicator__unit", "region", "entered_by", "approved_by")
        .order_by("reference_period", "pk")
    )
    held = Held()
    for row in known.ended(rows):
        approved = row.review_state == Observation.ReviewState.APPROVED
        if row.indicator_id == indicator.pk:
            (held.actuals if approved else held.drafts).append(row)
        elif approved:
            held.rates[row.reference_period or ""] = row
    held.actuals.sort(key=lambda row: ReferencePeriod.parse(row.reference_period or ""))
    return held


def missing_years(
    actuals: Sequence[Observation], promises: Sequence[PromiseRow], today: date
) -> list[int]:
    """Years between the first and last thing known that are over and have no yearly figure.

    A year that is entered as 未统计, 不适用 or 保密 is not missing: somebody said why.
    """
    periods = [ReferencePeriod.parse(row.reference_period or "") for row in actuals]
    ends = [_period(row.version.period_end) for row in promises]
    known = [period.year for period in [*periods, *ends] if period is not None]
    there = {period.year for period in periods if period.kind in ("year", "years")}
    return [year for year in range(min(known, default=today.year), today.year) if year not in there]


def promises_of(indicator: Indicator, region: Region, known: Known = NOW) -> list[PromiseRow]:
    """Every promise in the order of its documents, each beside the one before; two queries."""
    targets = (
        promised(indicator)
        .filter(region=region)
        .distinct()
        .select_related("document", "clause", "snapshot", "indicator__unit", "part_of")
        .prefetch_related(
            Prefetch(
                "versions",
                (known.versions() | known.replaced()).select_related("unit"),
                to_attr="readings",
            )
        )
        .order_by("document", "pk")
    )
    known.judged(targets)
    rows: list[PromiseRow] = []
    # A document dated by its year alone stands after those of that year with a day.
    for target in sorted(targets, key=lambda target: f"{target.document.issued}-99-99"[:10]):
        readings = sorted(target.readings, key=partial(_reading_order, known.as_of))
        version = readings[-1] if readings else None
        if version is None or (known.is_live and not version.is_in_force):
            continue
        if indicator.pk != target.indicator_id and version.measure != Measure.GROWTH:
            continue
        earlier = _before(target, version, rows)
        rows.append(
            PromiseRow(
                target,
                version,
                getattr(target, "snapshot", None),
                None if earlier is None else relation_of(earlier.version, version),
                None if earlier is None else earlier.version,
                tuple(row for row in readings[:-1] if _said_otherwise(row, version)),
            )
        )
    return rows


def _reading_order(day: date, row: TargetVersion) -> tuple[bool, bool, bool, float, int]:
    """The readings of a target as they came into force; the one that counts on a day is the last."""
    effective = row.effective_at
    return (
        row.valid_from is None or row.valid_from <= day,
        row.superseded_at is None,
        effective is None,
        0.0 if effective is None else effective.timestamp(),
        row.pk,
    )


def _said_otherwise(former: TargetVersion, version: TargetVersion) -> bool:
    """Whether an earlier reading was of another goal or deadline; a withdrawal had none."""
    names = ("measure", "comparator", "value", "upper", "unit_id", "period_end", "cadence")
    return not former.is_withdrawn and any(
        getattr(former, name) != getattr(version, name) for name in names
    )


def is_updating(indicator: Indicator, region: Region) -> bool:
    """Whether a verdict of this series waits to be computed anew; one query."""
    pks = [pk for pk in (indicator.pk, indicator.rate_of_id) if pk is not None]
    return StaleRequest.objects.filter(indicator__in=pks, region=region).exists()


def chart_of(
    indicator: Indicator,
    region: Region,
    actuals: Iterable[Observation],
    promises: Sequence[PromiseRow],
) -> Chart:
    """What the chart draws; promises that no level can show are counted."""
    standing = [row for row in promises if not row.version.is_withdrawn]
    drawn = [promise for row in standing if (promise := _promise(row, indicator)) is not None]
    return Chart(
        series=Series(
            name=str(indicator),
            region=str(region),
            unit=str(indicator.unit),
            points=tuple(_point(row) for row in actuals),
            breaks=tuple(_breaks(indicator)),
        ),
        promises=tuple(drawn),
        former=tuple(_former(promises, indicator)),
        elsewhere=len(standing) - len(drawn),
    )


def _former(promises: Iterable[PromiseRow], indicator: Indicator) -> Iterator[Promise]:
    """What was promised and no longer is, as a level: replaced goals and withdrawn ones."""
    for row in promises:
        old = [(version, replaced_words(version)) for version in row.former]
        if row.version.is_withdrawn:
            old.append((row.version, withdrawn_words(row.version)))
        for version, note in old:
            promise = _promise(PromiseRow(row.target, version, None), indicator)
            if promise is not None:
                yield replace(promise, base=None, milestones=(), note=note)


def apart(unit: Unit) -> Callable[[Decimal], str]:
    """Writes a distance in a unit: between percentages in points."""

    def write(value: Decimal) -> str:
        if unit.dimension == Unit.Dimension.PERCENT:
            return _("%(number)s 个百分点") % {"number": amounts.exact(value)}
        return amounts.amount(value, unit)

    return write


def digest(
    indicator: Indicator,
    actuals: Iterable[Observation],
    promises: Iterable[PromiseRow],
    projection: str = "",
) -> str:
    """What the chart depends on, as an ETag: rows and versions, verdicts, and the language."""
    parts: list[object] = [get_language(), indicator.pk, indicator.version, projection]
    parts += [(row.pk, row.version) for row in actuals]
    for row in promises:
        verdict = None if row.snapshot is None else row.snapshot.digest
        parts.append((row.target.pk, row.version.pk, verdict))
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def _period(text: str) -> ReferencePeriod | None:
    return ReferencePeriod.parse(text) if text else None


def _point(row: Observation) -> Point:
    source = row.source_title
    if row.source_date:
        source = _("%(source)s（%(date)s）") % {"source": source, "date": row.source_date}
    return Point(
        period=ReferencePeriod.parse(row.reference_period or ""),
        value=row.value,
        words=observed(row),
        qualifier=row.qualifier,
        obs_status=row.obs_status,
        vintage=row.vintage,
        source=source,
    )


def _breaks(indicator: Indicator) -> list[Break]:
    return [
        Break(
            period=ReferencePeriod.parse(str(row["period"])),
            note=in_language(row.get("note") or "", row.get("note_en") or ""),
        )
        for row in indicator.breaks
    ]


def _before(
    target: Target, version: TargetVersion, rows: Sequence[PromiseRow]
) -> PromiseRow | None:
    """The promise it takes up, else the last one of an earlier document in the same measure."""
    for row in reversed(rows):
        if row.target.pk == target.succeeds_id:
            return row
    for row in reversed(rows):
        same = (row.version.measure, row.version.cadence) == (version.measure, version.cadence)
        if same and row.target.document_id != target.document_id:
            return row
    return None


def _promise(row: PromiseRow, indicator: Indicator) -> Promise | None:
    """The promise as the chart draws it, or None where it has no place on the indicator's scale."""
    level = _level(row, indicator)
    if level is None:
        return None
    version, snapshot = row.version, row.snapshot
    forced = snapshot is not None and "path_forced_linear" in snapshot.flags
    return Promise(
        document=str(row.target.document),
        words=words.goal_words(version),
        goal=level[0],
        upper=level[1],
        status="" if snapshot is None else words.status_label(snapshot.status, snapshot.flags),
        light="grey" if snapshot is None else snapshot.light,
        start=_period(version.period_start),
        end=_period(version.period_end),
        each_year=version.cadence == TargetVersion.Cadence.EACH_YEAR,
        path="linear" if forced else version.path,
        base=_base(row),
        milestones=tuple(
            sorted(
                (ReferencePeriod.parse(period), Decimal(str(value)))
                for period, value in version.milestones.items()
            )
        ),
    )


def _level(row: PromiseRow, indicator: Indicator) -> tuple[Decimal, Decimal | None] | None:
    """Goal and upper end in the unit of the shown indicator."""
    version, measure = row.version, row.version.measure
    flow = indicator.accumulation == Indicator.Accumulation.FLOW
    one_period = version.period_start in ("", version.period_end)
    if indicator.pk != row.target.indicator_id:
        stated = True  # the growth of a level, on the chart of its published rate
    else:
        stated = measure in (Measure.LEVEL, Measure.SHARE, Measure.RANK) or (
            measure == Measure.INCREMENT and flow and one_period
        )
    if stated:
        scale = version.unit.exponent, indicator.unit.exponent
        upper = None if version.upper is None else convert(version.upper, *scale)
        return convert(version.value, *scale), upper
    relative = measure in (Measure.MULTIPLE, Measure.CHANGE) or (
        measure == Measure.INCREMENT and not flow
    )
    if relative and row.snapshot is not None and row.snapshot.goal is not None:
        return row.snapshot.goal, None
    return None


def _base(row: PromiseRow) -> tuple[ReferencePeriod, Decimal] | None:
    """Where the path starts: the baseline of the verdict, else the one the document states."""
    if row.version.measure in (Measure.GROWTH, Measure.INCREMENT):
        return None
    held: ProgressSnapshot | TargetVersion = row.version
    if row.snapshot is not None and row.snapshot.baseline_period:
        held = row.snapshot
    start, end = _period(held.baseline_period), _period(row.version.period_end)
    if start is None or end is None or held.baseline_value is None or start >= end:
        return None
    return start, held.baseline_value
