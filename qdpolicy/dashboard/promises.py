"""Promises as the pages list them: which are in scope, in which order, and on which page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import (
    Case,
    Exists,
    F,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.http import Http404
from django.utils.translation import gettext as _

from qdpolicy.dashboard.words import LIGHTS, PENDING, STATUSES
from targets.models import StaleRequest, Target, TargetVersion

M = TypeVar("M", bound=Model)

# On a telephone a row is a card: fifty of them made a page of eleven thousand pixels.
PAGE_SIZE = 20
NO_DEADLINE = "none"
"""The value of ?year= for promises without a deadline."""

SORTS: Mapping[str, tuple[str, ...]] = {
    "light": ("rank", "-target__document__issued", "target_id"),
    "deadline": ("period_end", "rank", "target_id"),
    "completion": ("target__snapshot__completion", "target_id"),
    "document": ("-target__document__issued", "target__document__key", "target_id"),
}
# What a list shows of a reading and its target, its verdict aside.
SHOWN = (
    "unit", "target__document", "target__clause", "target__region", "target__department",
    "target__indicator__unit", "target__indicator__department",
)  # fmt: skip
# Whole texts of documents, which no list shows: with them a page of rows is a page of policies.
LONG_TEXTS = tuple(
    f"target__document__{name}" for name in ("raw", "text", "offsets", "digest", "digest_en")
)
# Worst first; what nobody can judge comes last, since the page asks for it in its own place.
RANKS = (
    "missed", "regressing", "off_track", "lagging", "on_track", "attained", "not_assessable",
    "no_data", PENDING, "not_due", "not_quantified",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer: (value, label) pairs of what is there."""

    years: tuple[tuple[str, str], ...]
    documents: tuple[tuple[str, str], ...]
    regions: tuple[tuple[str, str], ...]
    departments: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The filters of a page as its address holds them; "" is no filter."""

    year: str = ""
    document: str = ""
    region: str = ""
    department: str = ""
    light: str = ""
    status: str = ""

    @property
    def is_everything(self) -> bool:
        """Whether nothing is filtered."""
        return self == Scope()

    @property
    def without_light(self) -> Scope:
        """The same scope for the counts by light."""
        return Scope(
            year=self.year, document=self.document, region=self.region, department=self.department
        )

    def condition(self) -> Q:
        """The scope as a condition on TargetVersion."""
        found = Q()
        if self.year == NO_DEADLINE:
            found &= Q(period_end="")
        elif self.year:
            found &= ends_in(self.year)
        if self.document:
            found &= Q(target__document__key=self.document)
        if self.region:
            found &= Q(target__region__code=self.region)
        if self.department:
            found &= Q(target__department__code=self.department) | Q(
                target__department=None, target__indicator__department__code=self.department
            )
        if self.light == "grey":
            found &= Q(target__snapshot__promise_light="grey") | Q(target__snapshot=None)
        elif self.light:
            found &= Q(target__snapshot__promise_light=self.light)
        if self.status == PENDING:
            found &= Q(target__snapshot=None)
        elif self.status:
            found &= Q(target__snapshot__promise_status=self.status)
        return found


def ends_in(year: str, field: str = "period_end") -> Q:
    """Periods that end in a year: 2024, 2024-S1, and the span 2022/2024."""
    single = Q(**{f"{field}__startswith": year}) & ~Q(**{f"{field}__contains": "/"})
    return single | Q(**{f"{field}__contains": f"/{year}"})


def current_versions() -> QuerySet[TargetVersion]:
    """The meaning in force of every target and part, the withdrawn ones among them."""
    return TargetVersion.objects.in_force()


def listed() -> QuerySet[TargetVersion]:
    """One row a promise that stands with all that a list shows of it, in one query."""
    return detailed().filter(target__part_of=None).exclude(change=TargetVersion.Change.WITHDRAWN)


def detailed() -> QuerySet[TargetVersion]:
    """Promises and parts with all that a list shows of them, in one query."""
    stale = StaleRequest.objects.filter(
        indicator=OuterRef("target__indicator"), region=OuterRef("target__region")
    )
    ranks = [
        When(target__snapshot__promise_status=status, then=Value(rank))
        for rank, status in enumerate(RANKS)
    ]
    return (
        current_versions()
        .select_related(*SHOWN, "target__snapshot")
        .defer(*LONG_TEXTS)
        .annotate(
            rank=Case(*ranks, default=Value(RANKS.index(PENDING)), output_field=IntegerField()),
            has_parts=Exists(Target.objects.filter(part_of=OuterRef("target"))),
            stale=Exists(stale),
        )
    )


def ordered(rows: QuerySet[TargetVersion], sort: str) -> QuerySet[TargetVersion]:
    """The rows in one of the orders of SORTS; where there is no figure comes last."""
    if sort == "completion":
        return rows.order_by(F("target__snapshot__completion").asc(nulls_last=True), "target_id")
    return rows.order_by(*SORTS[sort])


def parts_of(rows: Iterable[TargetVersion]) -> dict[int, list[TargetVersion]]:
    """The parts of these promises by the head's id; one query."""
    parts = (
        current_versions()
        .filter(target__part_of__in=[row.target_id for row in rows])
        .select_related("unit", "target__indicator__unit", "target__snapshot", "target__document")
        .order_by("target_id")
    )
    return by_head(parts)


def by_head(parts: Iterable[TargetVersion]) -> dict[int, list[TargetVersion]]:
    """Parts by their head's id, in their order; heads are left out."""
    found: dict[int, list[TargetVersion]] = {}
    for part in parts:
        if part.target.part_of_id is not None:
            found.setdefault(part.target.part_of_id, []).append(part)
    return found


def read_scope(query: Mapping[str, str], offered: Choices) -> Scope:
    """The scope an address asks for; a value that is not offered is 404, never everything."""
    allowed: dict[str, Sequence[str]] = {
        "year": [value for value, _label in offered.years],
        "document": [value for value, _label in offered.documents],
        "region": [value for value, _label in offered.regions],
        "department": [value for value, _label in offered.departments],
        "light": LIGHTS,
        "status": STATUSES,
    }
    asked = {field.name: query.get(field.name, "") for field in fields(Scope)}
    for name, value in asked.items():
        if value:
            one_of(value, allowed[name])
    return Scope(**asked)


def one_of(value: str, allowed: Iterable[str]) -> str:
    """The value itself if it is one of these; else 404 in words."""
    if value not in allowed:
        raise Http404(_("没有“%(value)s”这个筛选条件。") % {"value": value[:40]})
    return value


def page_of(
    rows: QuerySet[M] | Sequence[M], query: Mapping[str, str], number: int | None = None
) -> Page[M]:
    """The page of a list that an address asks for; 404 in words where there is none.

    `number` is how many rows there are, where that is known already; else it costs a query.
    """
    paginator = Paginator(rows, PAGE_SIZE)
    if number is not None:
        paginator.__dict__["count"] = number
    pages = paginator.num_pages
    text = query.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) < 7 and 1 <= int(text) <= pages):
        raise Http404(_("没有这一页。"))
    return paginator.page(int(text))
