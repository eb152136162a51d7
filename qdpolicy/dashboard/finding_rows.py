"""Readings to findings, and findings to what a page shows of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db.models import Q, QuerySet
from django.utils import timezone

from indicators.models import Indicator, Region, Unit
from qdpolicy.dashboard import amounts, words
from qdpolicy.dashboard.promises import LONG_TEXTS
from qdpolicy.knowledge import Knowledge
from targets.findings import (
    CLASHES,
    Finding,
    Kind,
    Promise,
    Step,
    find,
    kind_word,
    relation,
    sentences,
)
from targets.models import PolicyDocument, Target, TargetVersion
from targets.recompute import goal_of, observations_of, rules_in_force
from targets.recompute.reading import IN_INDICATOR_UNIT, Series

Change = TargetVersion.Change


@dataclass(frozen=True)  # no slots: the words are made when asked for, once
class Row:
    """A finding as a page shows it: its words, and the readings it is about, each once."""

    finding: Finding
    voice: PageVoice
    versions: tuple[TargetVersion, ...]

    @property
    def kind(self) -> Kind:
        """The kind of the finding."""
        return self.finding.kind

    @property
    def label(self) -> str:
        """The word of the kind."""
        return kind_word(self.kind, words.language())

    @property
    def clash(self) -> bool:
        """Whether something does not fit, rather than changes."""
        return self.kind in CLASHES

    @cached_property
    def said(self) -> tuple[str, ...]:
        """What is said of it: the sentence itself, then what more there is to know."""
        return sentences(self.finding, words.language(), self.voice)

    @property
    def words(self) -> str:
        """The sentence itself."""
        return self.said[0]

    @property
    def notes(self) -> tuple[str, ...]:
        """What more there is to know."""
        return self.said[1:]

    @property
    def indicator(self) -> Indicator:
        """What the finding is about."""
        return self.versions[-1].target.indicator

    @property
    def region(self) -> Region:
        """Where the finding applies."""
        return self.versions[-1].target.region


class PageVoice:
    """Writes goals, amounts and titles as the other pages do."""

    def __init__(self, versions: Mapping[int, TargetVersion]) -> None:
        """The readings by their key, which is the id of their promise."""
        self._versions = versions

    def of(self, promise: Promise) -> TargetVersion:
        """The reading that a promise was made of."""
        assert isinstance(promise.id, int)
        return self._versions[promise.id]

    def document(self, promise: Promise) -> str:
        """The title of the document."""
        return str(document_of(self.of(promise)))

    def goal(self, promise: Promise) -> str:
        """The goal in the unit of the text."""
        return words.goal_words(self.of(promise))

    def amount(self, value: Decimal, promise: Promise) -> str:
        """A value beside the goal, which its rounding must not reach."""
        return amounts.amount(value, self._unit(promise), promise.value, computed=True)

    def apart(self, value: Decimal, promise: Promise) -> str:
        """A distance; between percentages in points."""
        return amounts.difference(value, self._unit(promise)).removeprefix("+")

    def _unit(self, promise: Promise) -> Unit:
        version = self.of(promise)
        own = version.measure in IN_INDICATOR_UNIT
        return version.target.indicator.unit if own else version.unit


def findings_of(versions: Iterable[TargetVersion], knowledge: Knowledge | None = None) -> list[Row]:
    """The findings that these readings give together with the actuals; three queries."""
    held = list(versions)
    day = None if knowledge is None else knowledge.known_on
    as_of = timezone.localdate() if knowledge is None else knowledge.as_of
    observed = observations_of({row.target for row in held}, day)
    if knowledge is not None:
        observed = {pair: _ended(both, as_of) for pair, both in observed.items()}
    rules, _version = rules_in_force(as_of, day)
    voice = PageVoice({row.pk: row for row in held})
    return [
        Row(finding, voice, tuple(dict.fromkeys(voice.of(p) for p in finding.promises)))
        for finding in find(promises_of(held), observed, rules)
    ]


def _ended(both: tuple[Series, Series], as_of: date) -> tuple[Series, Series]:
    """The figures whose period was over by a day."""
    series, rates = (
        {period: actual for period, actual in held.items() if period.last_day <= as_of}
        for held in both
    )
    return series, rates


def promises_of(versions: Sequence[TargetVersion]) -> list[Promise]:
    """The readings as the findings take them.

    A corrected reading stands in for the one it corrects, which nobody ever promised; an adjusted
    one follows the one before it; a withdrawn promise stays in the history, no longer in force.
    """
    chains: dict[int, list[TargetVersion]] = defaultdict(list)
    withdrawn: set[int] = set()
    for row in sorted(versions, key=lambda row: row.pk):
        chain = chains[row.target_id]
        if row.change == Change.WITHDRAWN:
            withdrawn.add(row.target_id)
            continue
        # Whatever comes after a withdrawal takes the promise up again.
        withdrawn.discard(row.target_id)
        if row.change == Change.CORRECTED and chain:
            chain[-1] = row
        else:
            chain.append(row)
    last = {target: chain[-1].pk for target, chain in chains.items() if chain}
    found = []
    for target, chain in chains.items():
        follows = last.get(chain[0].target.succeeds_id or 0) if chain else None
        for row in chain:
            in_force = row.pk == last[target] and target not in withdrawn
            found.append(_promise(row, follows, in_force=in_force))
            follows = row.pk
    return found


def relation_of(earlier: TargetVersion, later: TargetVersion) -> Target.Relation:
    """提高, 降低, 重申 or 改变表述: how a later reading relates to an earlier one."""
    first, second = (
        Step(row.value, row.comparator, row.measure, row.direction, row.unit.exponent)
        for row in (earlier, later)
    )
    return Target.Relation(relation(first, second))


def _promise(row: TargetVersion, follows: int | None, *, in_force: bool) -> Promise:
    target = row.target
    return Promise(
        id=row.pk,
        document=document_of(row).pk,
        issued=_issued(row),
        indicator=target.indicator_id,
        region=target.region_id,
        goal=goal_of(target, row),
        clause=target.clause_id,
        head=target.part_of_id or target.pk,
        follows=follows,
        in_force=in_force,
    )


def document_of(row: TargetVersion) -> PolicyDocument:
    """The document that says so: of an adjustment the one it rests on, where one is named."""
    adjusted = row.change == Change.ADJUSTED and row.basis is not None
    return row.basis.document if adjusted and row.basis else row.target.document


def _issued(row: TargetVersion) -> str:
    """When it was said: an adjustment on the day it is valid from, else with its document."""
    if row.change != Change.ADJUSTED:
        return row.target.document.issued
    approved = row.approved_at
    day: date | None = row.valid_from or (timezone.localdate(approved) if approved else None)
    return row.target.document.issued if day is None else day.isoformat()


def readings(knowledge: Knowledge | None) -> QuerySet[TargetVersion]:
    """Every reading that counts or has counted, with what a finding says of it; one query."""
    if knowledge is None:
        counted = Q(effective_at__isnull=False)
    else:
        begun = Q(valid_from=None) | Q(valid_from__lte=knowledge.as_of)
        counted = begun & Q(approved_at__lt=knowledge.end)
    return (
        TargetVersion.objects.filter(counted, review_state=TargetVersion.ReviewState.APPROVED)
        .select_related(
            "unit",
            "basis__document",
            "target__document",
            "target__clause",
            "target__region",
            "target__indicator__unit",
        )
        .defer(*LONG_TEXTS, *(f"basis__{name.removeprefix('target__')}" for name in LONG_TEXTS))
    )
