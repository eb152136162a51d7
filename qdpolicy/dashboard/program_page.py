"""All that the page of one program shows; each part is read when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from programs.charts import Picture, YearOf, beside, money_by_year, shares
from programs.exporting import Column, Table, Value
from programs.models import Program, ProgramEdition, ProgramEditionQuerySet, SupportItem
from programs.reading import (
    Day,
    Phases,
    Share,
    Sums,
    added,
    industries_of,
    names_of_items,
    phases_of,
)
from qdpolicy.dashboard.downloads import Figure, notes_of
from qdpolicy.dashboard.known import Known
from qdpolicy.dashboard.program_money import (
    beside_table,
    day_of,
    money_key,
    shares_of,
    shares_table,
    years_of,
    years_table,
)
from qdpolicy.dashboard.served import Served, ServedSeries, detailed_links, series_of, served_by
from qdpolicy.dashboard.support import support_table
from qdpolicy.dashboard.words import (
    PENDING,
    WITHDRAWN,
    deadline_words,
    goal_words,
    status_label,
)
from qdpolicy.dashboard.yuan import scale
from qdpolicy.knowledge import Knowledge

_DIVIDED = ("industry", "region")
"""What the awards are told apart by."""


@dataclass(frozen=True)
class ProgramPage:
    """One program as it is known on the day of a page."""

    program: Program
    known: Known
    knowledge: Knowledge | None = None

    @property
    def day(self) -> Day | None:
        """The earlier day that money is asked for; None is now."""
        return day_of(self.knowledge)

    @cached_property
    def phases(self) -> Phases:
        """The edition in force on the day, those to come and the former ones; five queries."""
        items = SupportItem.objects.select_related("clause__document").prefetch_related(
            "also_in__document"
        )
        rows = list(
            editions_known(self.knowledge)
            .filter(program=self.program)
            .select_related("program", "document", "clause", "department")
            .prefetch_related(Prefetch("items", items))
        )
        names = names_of_items(
            key for row in rows for item in row.items.all() for key in item.not_with
        )
        return phases_of(rows, self.known.as_of, names)

    @cached_property
    def served(self) -> list[Served]:
        """What the program says it serves."""
        return served_by(detailed_links(self.known).filter(program=self.program), self.known)

    @cached_property
    def years(self) -> list[YearOf]:
        """The sums of every year from the first entry to the last."""
        return years_of(self.program, self.day)

    @cached_property
    def total(self) -> Sums:
        """All years together."""
        return added(row.sums for row in self.years)

    @cached_property
    def series(self) -> list[ServedSeries]:
        """The indicators behind what is served."""
        return series_of(self.served, self.known)

    @cached_property
    def _divided(self) -> dict[str, list[Share]]:
        return {}

    @property
    def industries(self) -> list[str]:
        """Whom the program is for, in the reader's language."""
        return industries_of(self.program)

    @property
    def notes(self) -> tuple[str, ...]:
        """Source and day, below every table of money."""
        return notes_of(self.known.as_of, self.knowledge, _("本站登记的立项、拨付和预算"))

    @property
    def money(self) -> Figure:
        """The years as picture and table."""
        return Figure("money", self._money_picture(), self._years_table(), "years", money_key())

    @property
    def divided(self) -> list[Figure]:
        """What each industry and what each district got."""
        return [
            Figure(by, self._shares_picture(by), self._shares_table(by), by, short=True)
            for by in _DIVIDED
        ]

    @property
    def beside(self) -> list[Figure]:
        """Every served indicator beside the money."""
        key = _("上面的点是实绩，空心三角是下限；下面深色柱是批准，浅色柱是已拨付。")
        return [
            Figure(row.name, self._beside_picture(row), self._beside_table(row), row.name, key)
            for row in self.series
        ]

    @property
    def figures(self) -> dict[str, Callable[[], Picture]]:
        """What `?figure=` may name."""
        return {
            "money": self._money_picture,
            **{by: partial(self._shares_picture, by) for by in _DIVIDED},
            **{row.name: partial(self._beside_picture, row) for row in self.series},
        }

    @property
    def tables(self) -> dict[str, Callable[[], Table]]:
        """What `?table=` may name."""
        return {
            "support": self._support_table,
            "years": self._years_table,
            **{by: partial(self._shares_table, by) for by in _DIVIDED},
            "serves": self._served_table,
            **{row.name: partial(self._beside_table, row) for row in self.series},
        }

    def _shares(self, by: str) -> list[Share]:
        names = dict(zip(self.program.industries, industries_of(self.program), strict=True))
        if by not in self._divided:
            self._divided[by] = shares_of(self.program, by, self.day, names)
        return self._divided[by]

    def _money_picture(self) -> Picture:
        return money_by_year(self.years, scale(), whom=str(self.program), as_of=self.known.as_of)

    def _years_table(self) -> Table:
        return years_table(self.program, self.years, self.total, self.notes)

    def _shares_picture(self, by: str) -> Picture:
        found = self._shares(by)
        return shares(found, scale(), by=_word(by), as_of=self.known.as_of)

    def _shares_table(self, by: str) -> Table:
        return shares_table(self.program, by, _word(by), self._shares(by), self.notes)

    def _beside_picture(self, row: ServedSeries) -> Picture:
        return beside(row.series, self.years, scale(), as_of=self.known.as_of)

    def _beside_table(self, row: ServedSeries) -> Table:
        return beside_table(self.program, row.name, row.series, self.years, self.notes)

    def _support_table(self) -> Table:
        held = [self.phases.in_force, *self.phases.scheduled, *self.phases.former]
        title = _("%(program)s：各版本的支持事项") % {"program": self.program}
        notes = notes_of(self.known.as_of, self.knowledge, _("各政策文件原文"))
        return support_table(
            f"{self.program.key}-support", title, [row for row in held if row is not None], notes
        )

    def _served_table(self) -> Table:
        columns = tuple(
            Column(label)
            for label in (
                _("目标或指标"), _("文件"), _("承诺"), _("期限"), _("现状"), _("关系"), _("依据"),
            )
        )  # fmt: skip
        title = _("%(program)s：服务哪些目标和指标") % {"program": self.program}
        rows = [_served_cells(row) for row in self.served]
        return Table(f"{self.program.key}-serves", title, columns, rows, self.notes)


def editions_known(knowledge: Knowledge | None) -> ProgramEditionQuerySet:
    """The editions that no correction had taken the place of, on the day that a page shows."""
    if knowledge is None:
        return ProgramEdition.objects.current()
    return ProgramEdition.objects.known_on(knowledge.known_on)


def _word(by: str) -> str:
    return _("产业") if by == "industry" else pgettext("column", "区市")


def _served_cells(row: Served) -> list[Value]:
    """A link in words: what is served, how it stands, and the words that claim it."""
    link, target = row.link, row.link.target
    claim: list[Value] = [link.get_kind_display(), link.words]
    if target is None:
        return [str(link.indicator), "", "", "", "", *claim]
    snapshot = getattr(target, "snapshot", None)
    if row.version is not None and row.version.is_withdrawn:
        status = status_label(WITHDRAWN)
    else:
        status = status_label(PENDING if snapshot is None else snapshot.promise_status)
    version = row.version
    return [
        str(target),
        str(target.document),
        "" if version is None else goal_words(version),
        "" if version is None else deadline_words(version),
        status,
        *claim,
    ]
