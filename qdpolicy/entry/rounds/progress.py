"""How far a round is: by department, in numbers, a word and a shape of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from indicators.actions import OrderLight, light_at
from indicators.delivery import OUTSTANDING, Delivery, Tally
from indicators.models import ReportingRound, SupervisionRule


@dataclass(frozen=True)
class Stage:
    """A word with its shape and colour class; never the light of a goal."""

    code: str
    label: str | Promise
    shape: str
    tone: str  # a state- class of entry.css, or empty


STAGES = {
    stage.code: stage
    for stage in (
        Stage("done", _("全部核定"), "✓", "approved"),
        Stage("handed_in", _("已报齐，待核定"), "✓", "approved"),
        Stage("ahead", _("未开放"), "○", ""),
        Stage("open", _("填报中"), "◔", ""),
        Stage("soon", _("临近截止"), "△", "submitted"),
        Stage("shut", _("已截止，未报齐"), "△", "submitted"),
        Stage("yellow", _("逾期，督办黄灯"), "▲", "submitted"),
        Stage("red", _("逾期，督办红灯"), "■", "returned"),
        Stage("empty", _("没有任务"), "–", ""),
    )
}
ROUND_STATES = {
    "ahead": Stage("ahead", _("未开放"), "○", ""),
    "open": Stage("open", _("填报中"), "◔", "submitted"),
    "shut": Stage("shut", _("已截止，待发布"), "△", "returned"),
    "out": Stage("out", _("已发布"), "✓", "approved"),
}


@dataclass
class Progress:
    """Numbers of duties by where they stand."""

    numbers: Counter[Delivery] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """All duties."""
        return self.numbers.total()

    @property
    def handed_in(self) -> int:
        """Submitted and approved ones."""
        return self.total - self.outstanding

    @property
    def outstanding(self) -> int:
        """What the department still has to do."""
        return sum(self.numbers[state] for state in OUTSTANDING)

    @property
    def by_state(self) -> list[int]:
        """The numbers in the order of `Delivery`."""
        return [self.numbers[state] for state in Delivery]

    @property
    def labelled(self) -> list[tuple[str, int]]:
        """The same, each with its word."""
        return [(str(state.label), self.numbers[state]) for state in Delivery]

    @property
    def approved(self) -> int:
        """What counts."""
        return self.numbers[Delivery.APPROVED]


@dataclass(frozen=True)
class Share:
    """The progress of one department in a round."""

    department: Department
    progress: Progress
    stage: Stage


def round_state(round_: ReportingRound, now: datetime) -> Stage:
    """Where a round stands on the clock of the server."""
    if round_.published_at is not None:
        return ROUND_STATES["out"]
    if now < round_.opens_at:
        return ROUND_STATES["ahead"]
    return ROUND_STATES["open" if now < round_.closes_at else "shut"]


def stage_of(
    progress: Progress, round_: ReportingRound, rule: SupervisionRule, now: datetime
) -> Stage:
    """What the numbers mean at this moment."""
    if not progress.total:
        return STAGES["empty"]
    if not progress.outstanding:
        return STAGES["done" if progress.approved == progress.total else "handed_in"]
    if now < round_.opens_at:
        return STAGES["ahead"]
    if now < round_.closes_at:
        left = (timezone.localdate(round_.closes_at) - timezone.localdate(now)).days
        return STAGES["soon" if left <= rule.remind_days else "open"]
    light = light_at(round_.closes_at, rule, now)
    return STAGES["shut" if light is OrderLight.NONE else light.value]


def by_round(tallies: Iterable[Tally]) -> dict[int, Progress]:
    """The numbers of each round."""
    found: dict[int, Progress] = {}
    for tally in tallies:
        found.setdefault(tally.round, Progress()).numbers[tally.state] += tally.number
    return found


def shares_of(
    tallies: Iterable[Tally], round_: ReportingRound, rule: SupervisionRule, now: datetime
) -> list[Share]:
    """The departments of a round, those with most left to do first; one query."""
    found: dict[int, Progress] = {}
    for tally in tallies:
        found.setdefault(tally.department, Progress()).numbers[tally.state] += tally.number
    departments = Department.objects.in_bulk(found)
    shares = [
        Share(departments[pk], progress, stage_of(progress, round_, rule, now))
        for pk, progress in found.items()
    ]
    return sorted(shares, key=lambda share: (-share.progress.outstanding, share.department.code))
