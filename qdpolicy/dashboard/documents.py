"""Documents: each promise highlighted where it stands, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import reading
from programs.models import ProgramEdition
from qdpolicy.dashboard.known import known_for
from qdpolicy.dashboard.promises import by_head, page_of
from qdpolicy.dashboard.reading import Block, Piece, Stretch, blocks, first_of_each
from qdpolicy.dashboard.words import LIGHTS, PENDING, WITHDRAWN
from targets.models import Clause, Measure, PolicyDocument, Target, TargetVersion


@dataclass(frozen=True, slots=True)
class Found:
    """What a clause states: its look, its word for those who see no colour, where it leads."""

    look: str
    light: str
    label: str
    link: str


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text as the page shows it."""

    text: str
    anchors: tuple[str, ...] = ()
    found: Found | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A block as the page shows it."""

    runs: tuple[Run, ...]
    heading: bool = False


@require_safe
@reading
def document_list(request: HttpRequest) -> HttpResponse:
    """Every document with the lights of its promises."""
    rows = (
        PolicyDocument.objects.select_related("region")
        .annotate(measure_count=Count("measures", distinct=True))
        .order_by("-issued", "key")
    )
    page = page_of(rows.defer("raw", "text", "digest", "digest_en", "offsets"), request.GET)
    lights = known_for(request).lights_of(page.object_list)
    for document in page.object_list:
        counts = lights[document.pk]
        document.lights = {light: counts.get(light, 0) for light in LIGHTS}  # type: ignore[attr-defined]
        document.promise_count = sum(counts.values())  # type: ignore[attr-defined]
    return render(request, "dashboard/documents.html", {"page": page})


@require_safe
@reading
def document_page(request: HttpRequest, key: str) -> HttpResponse:
    """A document: its digest or its original with every promise marked, and all that it holds."""
    known = known_for(request)
    rows = PolicyDocument.objects.select_related("region", "department")
    document = get_object_or_404(rows, key=key)
    clauses = list(document.clauses.all())
    versions = known.of_document(document)
    measures = known.as_judged(
        document.measures.select_related("department", "clause").order_by("clause__start", "pk")
    )
    editions = list(document.editions.select_related("program").prefetch_related("items"))
    found = _found(document, clauses, versions, measures, editions)
    context = {
        "document": document,
        "digest": _paragraphs(document.digest, _digest_stretches(clauses), found),
        "original": _paragraphs(document.text, _original_stretches(clauses), found),
        "unanchored": [c for c in clauses if document.text and c.quote and c.text_start is None],
        "page": _heads(versions),
        "measures": measures,
        "editions": editions,
    }
    return render(request, "dashboard/document.html", context)


def _heads(versions: Sequence[TargetVersion]) -> list[TargetVersion]:
    """The promises, each with its parts."""
    parts = by_head(versions)
    heads = [row for row in versions if row.target.part_of_id is None]
    for row in heads:
        row.shown_parts = parts.get(row.target_id, [])  # type: ignore[attr-defined]
    return heads


def _found(
    document: PolicyDocument,
    clauses: Sequence[Clause],
    versions: Sequence[TargetVersion],
    measures: Sequence[Measure],
    editions: Sequence[ProgramEdition],
) -> dict[str, Found]:
    """What each clause states, by its key; one query for second mentions.

    A clause of several targets shows the worst light. A target outranks a measure, a measure a
    support item.
    """
    at: dict[int, Found] = {}
    for edition in editions:
        program = reverse("program", args=[edition.program.key])
        for item in edition.items.all():
            at.setdefault(item.clause_id, Found("money", "", "", f"{program}#item-{item.key}"))
    for measure in reversed(measures):
        at[measure.clause_id] = Found("measure", "", measure.status, f"#measure-{measure.key}")
    targets = {row.target_id: row.target for row in versions}
    gone = {row.target_id for row in versions if row.is_withdrawn}
    places = [(row.target.clause_id, row.target) for row in versions]
    second = Target.also_in.through.objects.filter(clause__document=document)
    places += [
        (clause, targets[pk])
        for clause, pk in second.values_list("clause", "target")
        if pk in targets
    ]
    # The worst last, so that it stays.
    for clause, target in sorted(places, key=lambda place: _badness(place[1])):
        status, light = _status(target), _light(target)
        if target.pk in gone:
            status = WITHDRAWN
        link = reverse("target", args=[document.key, target.key])
        at[clause] = Found(light, light, status, link)
    return {clause.key: at[clause.pk] for clause in clauses if clause.pk in at}


def _badness(target: Target) -> int:
    """How late a target comes among those of one place: green, grey, yellow, red."""
    return ("green", "grey", "yellow", "red").index(_light(target))


def _digest_stretches(clauses: Iterable[Clause]) -> list[Stretch]:
    """Where the clauses stand in our digest."""
    return [Stretch(clause.key, clause.start, clause.end) for clause in clauses]


def _original_stretches(clauses: Iterable[Clause]) -> list[Stretch]:
    """Where the quotes stand in the original text."""
    return [
        Stretch(clause.key, clause.text_start, clause.text_end)
        for clause in clauses
        if clause.text_start is not None and clause.text_end is not None
    ]


def _status(target: Target) -> str:
    """The target's own status, or that it is being computed."""
    return target.snapshot.status if hasattr(target, "snapshot") else PENDING


def _light(target: Target) -> str:
    """The light of the target's own verdict."""
    return target.snapshot.light if hasattr(target, "snapshot") else "grey"


def _paragraphs(
    text: str, stretches: Sequence[Stretch], found: dict[str, Found]
) -> list[Paragraph]:
    """A text as the page shows it."""
    return [_paragraph(block, found) for block in first_of_each(blocks(text, stretches))]


def _paragraph(block: Block, found: dict[str, Found]) -> Paragraph:
    return Paragraph(tuple(_run(piece, found) for piece in block.pieces), block.heading)


def _run(piece: Piece, found: dict[str, Found]) -> Run:
    """A piece under the innermost clause that states something."""
    state = next((found[key] for key in piece.under if key in found), None)
    return Run(piece.text, piece.begins, state)
