"""Documents: each promise highlighted where it stands, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import reading
from programs.models import ProgramEdition, SupportItem
from qdpolicy.dashboard.promises import listed, ordered, page_of, parts_of
from qdpolicy.dashboard.reading import Block, Piece, Stretch, blocks, first_of_each
from qdpolicy.dashboard.words import LIGHTS, PENDING, light_for
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


@dataclass(slots=True)
class Counts:
    """How a document's promises stand, for the list of documents."""

    by_light: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LIGHTS, 0))


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
    lights = _lights_of(page.object_list)
    for document in page.object_list:
        document.lights = lights[document.pk].by_light  # type: ignore[attr-defined]
        document.promise_count = sum(lights[document.pk].by_light.values())  # type: ignore[attr-defined]
    return render(request, "dashboard/documents.html", {"page": page})


def _lights_of(documents: Iterable[PolicyDocument]) -> dict[int, Counts]:
    """Promises by light of these documents; one query."""
    found = {document.pk: Counts() for document in documents}
    rows = (
        TargetVersion.objects.filter(
            review_state=TargetVersion.ReviewState.APPROVED,
            superseded_at=None,
            target__part_of=None,
            target__document__in=list(found),
        )
        .values_list("target__document", "target__snapshot__promise_light")
        .annotate(number=Count("pk"))
        .order_by()
    )
    for document, light, number in rows:
        found[document].by_light[light or "grey"] += number
    return found


@require_safe
@reading
def document_page(request: HttpRequest, key: str) -> HttpResponse:
    """A document: its digest or its original with every promise marked, and all that it holds."""
    document = get_object_or_404(
        PolicyDocument.objects.select_related("region", "department"), key=key
    )
    clauses = _clauses(document)
    found = {clause.key: state for clause in clauses if (state := _found(document, clause))}
    rows = list(ordered(listed().filter(target__document=document), "document"))
    parts = parts_of(rows)
    for row in rows:
        row.shown_parts = parts.get(row.target_id, [])  # type: ignore[attr-defined]
    context = {
        "document": document,
        "digest": _paragraphs(document.digest, _digest_stretches(clauses), found),
        "original": _paragraphs(document.text, _original_stretches(clauses), found),
        "unanchored": [c for c in clauses if document.text and c.quote and c.text_start is None],
        "page": rows,
        "measures": [m for c in clauses for m in c.measures.all()],
        "editions": _editions(document),
    }
    return render(request, "dashboard/document.html", context)


def _clauses(document: PolicyDocument) -> Sequence[Clause]:
    """The clauses with everything they state; a fixed number of queries."""
    targets = Target.objects.select_related("snapshot", "document")
    return list(
        document.clauses.prefetch_related(
            Prefetch("targets", targets),
            Prefetch("also_targets", targets),
            Prefetch("measures", Measure.objects.select_related("department", "clause")),
            Prefetch("support_items", SupportItem.objects.select_related("edition__program")),
        )
    )


def _editions(document: PolicyDocument) -> Sequence[ProgramEdition]:
    """Program editions that the document defines, with what they pay for."""
    return list(document.editions.select_related("program").prefetch_related("items__clause"))


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


def _found(document: PolicyDocument, clause: Clause) -> Found | None:
    """What a clause states, the worst light first; None for a clause that states nothing."""
    targets = [*clause.targets.all(), *clause.also_targets.all()]
    if targets:
        target = min(targets, key=lambda row: LIGHTS.index(light_for(_status(row))))
        light = light_for(_status(target))
        return Found(light, light, _status(target), _target_link(document, target))
    measures = list(clause.measures.all())
    if measures:
        return Found("measure", "", measures[0].status, f"#measure-{measures[0].key}")
    items = list(clause.support_items.all())
    if items:
        program = items[0].edition.program
        return Found(
            "money", "", "", f"{reverse('program', args=[program.key])}#item-{items[0].key}"
        )
    return None


def _status(target: Target) -> str:
    """The target's own status, or that it is being computed."""
    return target.snapshot.status if hasattr(target, "snapshot") else PENDING


def _target_link(document: PolicyDocument, target: Target) -> str:
    """The page of a target of this document."""
    return reverse("target", args=[document.key, target.key])


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
