"""The programs: what they pay for, up to which cap, by which document, and what they serve."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import reading
from accounts.models import Department, User
from programs.models import Program
from programs.reading import EditionCards, Phases, industries_of, phases_of
from programs.views import draftscope, sight
from qdpolicy.dashboard.downloads import handed_out
from qdpolicy.dashboard.known import Known, known_for
from qdpolicy.dashboard.program_page import ProgramPage, editions_known
from qdpolicy.dashboard.promises import one_of, page_of
from qdpolicy.dashboard.served import Served, links, served_by
from qdpolicy.dashboard.yuan import WAN_YUAN
from qdpolicy.knowledge import Knowledge, knowledge_of

__all__ = ["WAN_YUAN", "program_list", "program_page"]


@dataclass(frozen=True, slots=True)
class Listed:
    """A program of the list, with its editions on the day and the targets it serves."""

    program: Program
    phases: Phases
    served: tuple[Served, ...]

    @property
    def industries(self) -> list[str]:
        """Whom the program is for, in the reader's language."""
        return industries_of(self.program)

    @property
    def paying(self) -> EditionCards | None:
        """The edition in force where it names sums; one that ended pays no more."""
        edition = self.phases.in_force
        return edition if edition is not None and edition.cards else None


@reading
@require_safe
def program_list(request: HttpRequest) -> HttpResponse:
    """Every program with its caps in one line each and the targets it serves."""
    department = request.GET.get("department", "")
    departments = list(Department.objects.filter(program__isnull=False).distinct())
    known = known_for(request)
    chosen = _listed(knowledge_of(request))
    if department:
        one_of(department, [row.code for row in departments])
        chosen = chosen.filter(department__code=department)
    page = page_of(chosen, request.GET)
    context = {
        "page": page,
        "rows": _shown(page.object_list, known),
        "departments": departments,
        "department": department,
        "day": known.as_of,
    }
    return render(request, "dashboard/programs.html", context)


@reading
@require_safe
def program_page(request: HttpRequest, key: str) -> HttpResponse:
    """One program: what applies on the day, the money by year, and what it serves beside it."""
    known = known_for(request)
    program = get_object_or_404(Program.objects.select_related("department"), key=key)
    page = ProgramPage(program, known, knowledge_of(request))
    answer = handed_out(request, page.tables, page.figures)
    if answer is not None:
        return answer
    context = {"shown": page, **_doors(request.user, program)}
    return render(request, "dashboard/program.html", context)


def _doors(user: User | AnonymousUser, program: Program) -> dict[str, bool]:
    """Which pages of work on this program the person may open; nobody is asked twice."""
    if not isinstance(user, User):
        return {}
    edits = user.has_perm(draftscope.SEE) and _among(draftscope.visible_programs(user), program)
    money = user.has_perm(sight.SEE) and _among(sight.visible_programs(user), program)
    return {"may_edit": edits, "may_see_awards": money}


def _among(programs: QuerySet[Program], program: Program) -> bool:
    return programs.filter(pk=program.pk).exists()


def _listed(knowledge: Knowledge | None) -> QuerySet[Program]:
    """Programs with their caps and the lights of what they serve: four queries for all."""
    editions = editions_known(knowledge).prefetch_related("items")
    return Program.objects.select_related("department").prefetch_related(
        Prefetch("editions", editions), Prefetch("links", links())
    )


def _shown(programs: Iterable[Program], known: Known) -> list[Listed]:
    """The programs as the list shows them, with the targets that are there."""
    rows = list(programs)
    every = [link for program in rows for link in program.links.all()]
    there = {row.link.pk: row for row in served_by(every, known)}
    return [
        Listed(
            program,
            phases_of(program.editions.all(), known.as_of),
            tuple(there[link.pk] for link in program.links.all() if link.pk in there),
        )
        for program in rows
    ]
