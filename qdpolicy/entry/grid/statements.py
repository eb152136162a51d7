"""What a person states in the cells of a grid: read, compared, doubted; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from indicators import actions, locks
from indicators.doubts import Stated
from indicators.measuring import UnitError, in_unit_of
from indicators.models import (
    Indicator,
    Observation,
    Place,
    Region,
    in_language,
)
from indicators.plausibility import Issue, Severity
from indicators.quantities import QuantityError, grouped, plain, read_number
from qdpolicy.entry.grid.doubting import doubts_of_block

SOURCE = ("source_title", "source_url", "source_date")
"""The fields in which an observation names its source."""

LONGEST_TEXT = 60
"""Characters of a cell that are kept as they were typed."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One cell as a person filled it in; `key` is what the page calls it."""

    key: str
    indicator: Indicator
    region: Region
    period: str
    text: str
    status: str = Observation.Status.NORMAL
    vintage: str = Observation.Vintage.ANNUAL
    qualifier: str = ""
    seen: actions.Seen = field(default_factory=actions.Seen)
    note: str = ""
    explanation: str = ""
    reason: str = ""
    confirmed: str = ""

    @property
    def place(self) -> Place:
        """The cell."""
        return self.indicator.pk, self.region.pk, self.period

    @property
    def says_missing(self) -> bool:
        """Whether it says that there is no number."""
        return self.status in Observation.MISSING

    @property
    def why(self) -> str:
        """The reason for a correction; one text may answer all that is asked about a cell."""
        return self.reason or self.explanation or self.note


@dataclass(frozen=True, kw_only=True)
class Examined:
    """A statement beside what stands in its cell: read, or `error` says why not; its doubts."""

    statement: Statement
    standing: actions.Standing
    value: Decimal | None = None
    qualifier: str = Observation.Qualifier.EXACT
    error: str = ""
    issues: tuple[Issue, ...] = ()

    @property
    def confirmation(self) -> str:
        """What is sent back to say that these doubts about this value were seen."""
        value = "" if self.value is None else plain(self.value)
        return "|".join([value, *(issue.code for issue in self.issues)])

    @property
    def difference(self) -> str:
        """New minus what stands there, exact; empty where one of them is no number."""
        latest = self.standing.latest
        if latest is None or latest.value is None or self.value is None:
            return ""
        change = self.value - latest.value
        sign = "+" if change > 0 else "\u2212" if change < 0 else ""
        return sign + grouped(abs(change))

    @property
    def corrects(self) -> bool:
        """Whether it would take the place of an approved value that no draft was to replace yet.

        That wants a reason.
        """
        open_, approved = self.standing.open, self.standing.approved
        if approved is None:
            return False
        return open_ is None or open_.supersedes_id != approved.pk

    @property
    def changes_nothing(self) -> bool:
        """Whether exactly this stands there already; the text may be written otherwise."""
        latest, said = self.standing.latest, self.statement
        return latest is not None and (
            latest.value, latest.obs_status, latest.vintage, latest.qualifier, latest.note,
        ) == (self.value, said.status, said.vintage, self.qualifier, said.note)  # fmt: skip

    @property
    def is_conflict(self) -> bool:
        """Whether somebody else wrote the cell since this person looked."""
        return self.standing.seen != self.statement.seen

    def refusal(self) -> str:
        """Why it cannot be kept as it is, in words; empty where it can."""
        said = self.statement
        if self.error:
            return self.error
        if any(issue.severity is Severity.ERROR for issue in self.issues):
            return " ".join(
                in_language(issue.zh, issue.en)
                for issue in self.issues
                if issue.severity is Severity.ERROR
            )
        if said.says_missing and not (said.note or said.why):
            return _("没有数值时请写明原因。")
        if self.corrects and not said.why:
            return _("更正已核定的数值，请写明理由。")
        if self.issues and said.confirmed != self.confirmation:
            return _("请先核对对这个数值的提示。")
        if any(issue.needs_reason for issue in self.issues) and not said.why:
            return _("请写明数值为何与提示不同。")
        return ""


def examine(statements: Sequence[Statement], by: User) -> list[Examined]:
    """Each statement read and doubted, in the given order; a fixed number of queries."""
    places = [statement.place for statement in statements]
    standing = standing_of(places)
    shut = locks.locked(places, by=by)
    read = [
        _read(statement, standing.get(statement.place, actions.Standing()), shut)
        for statement in statements
    ]
    return _doubted(read)


def standing_of(places: Iterable[Place]) -> dict[Place, actions.Standing]:
    """What stands in these cells, and in some others; one query."""
    places = list(places)
    rows = Observation.objects.filter(
        indicator__in={place[0] for place in places},
        region__in={place[1] for place in places},
        reference_period__in={place[2] for place in places},
    )
    return actions.standings(rows.select_related("entered_by"))


def _read(
    statement: Statement, standing: actions.Standing, shut: dict[Place, locks.Lock]
) -> Examined:
    """The statement as a value in the unit of its indicator, or in words why it is none."""
    found = Examined(statement=statement, standing=standing)
    if statement.place in shut:
        return replace(found, error=str(shut[statement.place]))
    text = statement.text.strip()
    if statement.says_missing:
        if text:
            sentence = _("数据状态选择了没有数值，请清空数值，或改选其他状态。")
            return replace(found, error=sentence)
        return found
    if not text:
        sentence = _("没有填写数值；没有数据时请选择未统计、不适用或保密。")
        return replace(found, error=sentence)
    if len(statement.text) > LONGEST_TEXT:
        return replace(found, error=_("内容超过60个字，不是一个数值。"))
    unit = statement.indicator.unit
    try:
        number = read_number(text)
        value = in_unit_of(number, base=unit.base, exponent=unit.exponent, symbol=unit.symbol)
    except (QuantityError, UnitError) as error:
        return replace(found, error=in_language(error.zh, error.en))
    # 突破8000 is a lower bound, whatever was chosen before for the cell.
    chosen = statement.qualifier
    if chosen in ("", Observation.Qualifier.EXACT):
        chosen = number.qualifier.value
    return replace(found, value=value, qualifier=chosen)


def _doubted(read: Sequence[Examined]) -> list[Examined]:
    """With the doubts about each that could be read, held against the others too."""
    readable = [item for item in read if not item.error]
    stated = [Stated.of(item.statement, entry_of(item)) for item in readable]
    fresh = [not item.changes_nothing for item in readable]
    doubts = doubts_of_block(stated, fresh, timezone.localdate())
    issues = {
        item.statement.place: tuple(found) for item, found in zip(readable, doubts, strict=True)
    }
    return [replace(item, issues=issues.get(item.statement.place, ())) for item in read]


def entry_of(item: Examined, source: Mapping[str, str] | None = None) -> actions.Entry:
    """What the actions keep; where no source is named, an open draft keeps its own."""
    said, open_ = item.statement, item.standing.open
    title, url, day = ((source or {}).get(name, "") for name in SOURCE)
    if not (title or url or day) and open_ is not None:
        title, url, day = open_.source_title, open_.source_url, open_.source_date
    return actions.Entry(
        indicator=said.indicator,
        region=said.region,
        period=said.period,
        value=item.value,
        qualifier=item.qualifier,
        obs_status=said.status,
        vintage=said.vintage,
        entered_text=said.text.strip(),
        note=said.note,
        doubts=tuple(issue.code for issue in item.issues),
        explanation=said.why if item.issues else "",
        origin=Observation.Origin.GRID,
        source_title=title,
        source_url=url,
        source_date=day,
    )
