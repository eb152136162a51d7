"""The editor's pages of programs: one page per program, a new program, the drafts under way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Prefetch, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import acting_user, requires
from programs import actions
from programs.errors import Refused
from programs.forms.editions import ProgramForm
from programs.models import EditionDraft, Program, ProgramEdition, SupportItem
from programs.reading import EditionCards, Phases, cards_of, phases_of
from programs.views.draftscope import OPEN, PROPOSE, State, visible_drafts, visible_programs

Change = EditionDraft.Change
PAGE = 50
_ORDER = (State.SUBMITTED, State.RETURNED, State.DRAFT)


@dataclass(frozen=True, slots=True)
class Row:
    """An edition on its program's page: where it stands to today, and what may be done with it."""

    shown: EditionCards
    phase: str
    may_amend: bool = False
    may_correct: bool = False


@require_GET
@requires("programs.view_edition_change")
def program_edit(request: HttpRequest, key: str) -> HttpResponse:
    """What is in force, what is scheduled, the open draft, and every edition there was."""
    user = acting_user(request)
    program = get_object_or_404(visible_programs(user), key=key)
    editions = list(_editions(program))
    current = [edition for edition in editions if edition.superseded_at is None]
    drafts = list(visible_drafts(user).filter(program=program))
    under_way = next((draft for draft in drafts if draft.review_state in _ORDER), None)
    mine = Program.objects.editable_by(user).filter(pk=program.pk).exists()
    may_start = user.has_perm(PROPOSE) and mine and under_way is None
    context = {
        "program": program,
        "rows": _rows(phases_of(current, timezone.localdate()), may_start),
        "superseded": [cards_of(edition) for edition in editions if edition.superseded_at],
        "under_way": under_way,
        "is_mine": under_way is not None and under_way.review_state in OPEN,
        "settled": [draft for draft in drafts if draft.review_state not in _ORDER],
        "may_start": may_start,
        "latest": current[0] if current else None,
    }
    return render(request, "programs/program_edit.html", context)


@require_http_methods(["GET", "POST"])
@requires("programs.propose_edition")
def program_new(request: HttpRequest) -> HttpResponse:
    """Set up a program; its first edition is drawn up on the page that follows."""
    user = acting_user(request)
    form = ProgramForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            program = actions.create_program(by=user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("计划已建立，还没有版本；请新增第一个版本。"))
            return redirect("program_edit", program.key)
    return render(request, "programs/program_new.html", {"form": form})


@require_POST
@requires("programs.propose_edition")
def edition_start(request: HttpRequest, key: str) -> HttpResponse:
    """Open a draft: a new edition, or the adjustment or correction of the one that is named."""
    user = acting_user(request)
    program = get_object_or_404(Program.objects.editable_by(user), key=key)
    change = request.POST.get("change", "")
    if change not in Change.values:
        raise BadRequest(_("请选择变更类型：新增版本，或对某一版本调整、更正录入。"))
    named = request.POST.get("edition", "")
    edition = _named(program, named) if named else None
    side = "copy_from" if change == Change.FIRST else "based_on"
    source: dict[str, Any] = {side: edition}
    try:
        draft = actions.start_draft(by=user, program=program, change=change, **source)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("program_edit", key)
    return redirect("edition_draft", draft.pk)


@require_GET
@requires("programs.view_edition_change")
def edition_drafts(request: HttpRequest) -> HttpResponse:
    """The drafts that somebody still has to act on, those handed in first."""
    user = acting_user(request)
    ranks = [When(review_state=state, then=Value(rank)) for rank, state in enumerate(_ORDER)]
    rank = Case(*ranks, default=Value(len(_ORDER)), output_field=IntegerField())
    rows = visible_drafts(user).in_progress().annotate(rank=rank)
    page = Paginator(rows.order_by("rank", "submitted_at", "pk"), PAGE).get_page(
        request.GET.get("page")
    )
    context = {"page": page, "programs": visible_programs(user).order_by("pk")}
    return render(request, "programs/edition_drafts.html", context)


def _named(program: Program, key: str) -> ProgramEdition:
    """The edition of a key that anybody may have sent; 404 where the program has none such."""
    for edition in program.editions.all():
        if edition.key == key:
            return edition
    raise Http404(_("这个计划没有这个版本。"))


def _editions(program: Program) -> Any:
    """Every edition, the latest first, with what it pays for: two queries."""
    items = SupportItem.objects.select_related("clause__document").prefetch_related("also_in")
    return (
        ProgramEdition.objects.filter(program=program)
        .select_related("document", "clause")
        .prefetch_related(Prefetch("items", items))
        .order_by("-valid_from", "-pk")
    )


def _rows(phases: Phases, may_start: bool) -> list[Row]:
    """What is scheduled, in force and former; what is over can only be corrected."""
    scheduled = [Row(row, "scheduled", may_start, may_start) for row in phases.scheduled]
    standing = [] if phases.in_force is None else [phases.in_force]
    in_force = [Row(row, "in_force", may_start, may_start) for row in standing]
    former = [Row(row, "former", False, may_start) for row in phases.former]
    return [*reversed(scheduled), *in_force, *former]
