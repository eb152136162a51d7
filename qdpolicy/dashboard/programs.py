"""The programs: what they pay for, up to which cap, by which document, and what they serve."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import reading
from accounts.language import in_language
from accounts.models import Department
from indicators.models import Unit
from indicators.quantities import convert
from programs.models import Program, ProgramEdition, ProgramLink, SupportItem
from qdpolicy.dashboard.amounts import amount
from qdpolicy.dashboard.known import Known, known_for
from qdpolicy.dashboard.promises import one_of, page_of
from targets.models import StaleRequest, TargetVersion

# Caps are stored in 元 and read in 万元, exactly: no rounding on the way.
WAN_YUAN = Unit(
    code="wan-yuan",
    symbol="万元",
    name_en="10 thousand yuan",
    base="元",
    exponent=4,
    dimension=Unit.Dimension.MONEY,
)


@dataclass(frozen=True, slots=True)
class Cap:
    """A support item with its cap in words: 最高, 定额, 最低, or 不设上限, which is no number."""

    item: SupportItem
    kind: str
    amount: str


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition with what it pays for; `items` is empty where the document names no sum."""

    edition: ProgramEdition
    caps: tuple[Cap, ...]

    @property
    def industries(self) -> list[str]:
        """Whom the edition is for, in the reader's language."""
        return industries_of(self.edition)


@dataclass(frozen=True, slots=True)
class Served:
    """A target that the program says it serves, with what was promised and its verdict."""

    link: ProgramLink
    version: TargetVersion | None
    updating: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A program with its editions, the latest first, and the targets it serves."""

    program: Program
    editions: tuple[Edition, ...]
    served: tuple[Served, ...]

    @property
    def industries(self) -> list[str]:
        """Whom the program is for, in the reader's language."""
        return industries_of(self.program)

    @property
    def paying(self) -> Edition | None:
        """The latest edition that names sums."""
        return next((edition for edition in self.editions if edition.caps), None)


def industries_of(row: Program | ProgramEdition) -> list[str]:
    """The industries one by one in the reader's language; Chinese where an English name lacks."""
    pairs = zip_longest(row.industries, row.industries_en[: len(row.industries)], fillvalue="")
    return [in_language(chinese, english) for chinese, english in pairs]


@reading
@require_safe
def program_list(request: HttpRequest) -> HttpResponse:
    """Every program with its caps in one line each and the targets it serves."""
    department = request.GET.get("department", "")
    departments = list(Department.objects.filter(program__isnull=False).distinct())
    known = known_for(request)
    chosen = _listed()
    if department:
        one_of(department, [row.code for row in departments])
        chosen = chosen.filter(department__code=department)
    page = page_of(chosen, request.GET)
    context = {
        "page": page,
        "rows": _shown(page.object_list, known),
        "departments": departments,
        "department": department,
    }
    return render(request, "dashboard/programs.html", context)


@reading
@require_safe
def program_page(request: HttpRequest, key: str) -> HttpResponse:
    """One program: its editions in time, what each pays for, and the targets it serves."""
    known = known_for(request)
    program = get_object_or_404(_whole(known), key=key)
    (shown,) = _shown([program], known)
    return render(request, "dashboard/program.html", {"shown": shown})


def _listed() -> QuerySet[Program]:
    """Programs with their caps and the lights of what they serve: four queries for all."""
    return _with(SupportItem.objects.all(), _links())


def _whole(known: Known) -> QuerySet[Program]:
    """As listed, with the places that say it and the exact meaning of the targets."""
    items = SupportItem.objects.select_related("clause__document").prefetch_related(
        "also_in__document"
    )
    current = known.versions().select_related("unit")
    meaning = Prefetch("target__versions", current, to_attr="current")
    return _with(items, _links().prefetch_related(meaning))


def _links() -> QuerySet[ProgramLink]:
    stale = StaleRequest.objects.filter(
        indicator=OuterRef("target__indicator"), region=OuterRef("target__region")
    )
    return ProgramLink.objects.annotate(stale=Exists(stale)).select_related(
        "target__document", "target__clause", "target__snapshot", "target__indicator__unit"
    )


def _with(items: QuerySet[SupportItem], links: QuerySet[ProgramLink]) -> QuerySet[Program]:
    editions = (
        ProgramEdition.objects.select_related("document", "clause")
        .prefetch_related(Prefetch("items", items))
        .order_by("-valid_from", "-pk")
    )
    return Program.objects.select_related("department").prefetch_related(
        Prefetch("editions", editions), Prefetch("links", links)
    )


def _shown(programs: Iterable[Program], known: Known) -> list[Shown]:
    """The programs as the pages show them, with the targets that are there."""
    rows = list(programs)
    links = [link for program in rows for link in program.links.all()]
    there = {target.pk for target in known.judged(link.target for link in links)}
    return [
        Shown(
            program,
            tuple(
                Edition(edition, tuple(_cap(item) for item in edition.items.all()))
                for edition in program.editions.all()
            ),
            tuple(_served(link, known) for link in program.links.all() if link.target_id in there),
        )
        for program in rows
    ]


def _cap(item: SupportItem) -> Cap:
    if item.cap is None:
        return Cap(item, _("不设上限"), "")
    return Cap(item, item.get_comparator_display(), _money(item.cap))


def _money(yuan: Decimal) -> str:
    return amount(convert(yuan, 0, WAN_YUAN.exponent), WAN_YUAN)


def _served(link: ProgramLink, known: Known) -> Served:
    version = next(iter(getattr(link.target, "current", ())), None)
    stale: bool = link.stale  # type: ignore[attr-defined]  # annotated in _links
    return Served(link, version, stale and known.is_live)
