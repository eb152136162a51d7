"""What a page shows of an upload: who may see it, its cells with what stood and what stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Job, User
from indicators import uploadkinds
from indicators.actions import Standing, standings
from indicators.layout import a1
from indicators.models import Observation, StagedCell, Upload, in_language

Outcome = StagedCell.Outcome
PAGE = 100
"""Rows of an upload on a page."""
UNDER_WAY = (Upload.State.RECEIVED, Upload.State.APPLYING)

_COMPARED = ("qualifier", "obs_status", "vintage", "source_title", "source_url", "source_date")


def sees_all(user: User) -> bool:
    """Whether a person looks at everybody's uploads of actuals: reviewers and auditors do."""
    return user.has_perm("indicators.view_draft") and (
        user.has_perm("indicators.approve_observation")
        or not user.has_perm("indicators.enter_observation")
    )


def visible_uploads(user: User) -> QuerySet[Upload]:
    """The own uploads; reviewers and auditors see all of the kinds open to them, and change none."""
    rows = Upload.objects.defer("content").select_related("by", "job", "undone_by")
    return rows.filter(Q(by=user) | Q(kind__in=seen_kinds(user)))


def seen_kinds(user: User) -> list[str]:
    """The kinds of which a person sees everybody's uploads."""
    return [kind.code for kind in uploadkinds.kinds() if kind.sees_all(user)]


def needing_work(upload: Upload) -> QuerySet[StagedCell]:
    """The cells in error, in conflict or with a warning, in file order."""
    troubled = Q(outcome__in=(Outcome.ERROR, Outcome.CONFLICT)) | ~Q(warnings=[])
    return upload.cells.filter(troubled).order_by("sheet", "row", "column")


def chosen_cells(upload: Upload, outcome: str) -> QuerySet[StagedCell]:
    """The cells of one outcome in file order: "warning" are those with one, "" all that differ."""
    cells = upload.cells.select_related("indicator__unit", "region").order_by(
        "sheet", "row", "column", "pk"
    )
    if outcome == "warning":
        return cells.exclude(outcome=Outcome.ERROR).exclude(warnings=[])
    if outcome == "all":
        return cells
    if outcome:
        return cells.filter(outcome=outcome)
    return cells.exclude(outcome=Outcome.UNCHANGED)


@dataclass(frozen=True)
class Unused:
    """A stretch of cells that was taken neither as values nor as headings, and why."""

    place: str
    text: str
    why: str


def unused(upload: Upload) -> list[Unused]:
    """What of the file was not used; a very long list is cut, its count is not."""
    sheets = sheet_names(upload)
    return [
        Unused(
            f"{sheets.get(part['sheet'], '')} {part['place']}".strip(),
            str(part["text"]),
            in_language(part["zh"], part["en"]),
        )
        for part in upload.found.get("unused", ())
    ]


def remarks(upload: Upload) -> list[str]:
    """Sentences about what of the file was left aside."""
    return [in_language(said["zh"], said["en"]) for said in upload.found.get("remarks", ())]


@dataclass(frozen=True)
class Tally:
    """How many cells there are of a kind."""

    name: str
    label: str
    number: int


def tallies(upload: Upload) -> list[Tally]:
    """The counts of an upload: all that differs, then what needs a decision, then the rest."""
    counts = upload.counts
    total = sum(counts.get(name, 0) for name in Outcome.values)
    kinds = [
        ("", _("有出入的"), total - counts.get("unchanged", 0)),
        ("error", _("有错误"), counts.get("error", 0)),
        ("conflict", _("他人已更新"), counts.get("conflict", 0)),
        ("warning", _("有提示"), counts.get("warning", 0)),
        ("new", _("新增"), counts.get("new", 0)),
        ("changed", _("有改动"), counts.get("changed", 0)),
        ("unchanged", _("无变化"), counts.get("unchanged", 0)),
        ("all", _("全部"), total),
    ]
    return [Tally(*kind) for kind in kinds]


@dataclass(frozen=True)
class Change:
    """One field that the file states otherwise."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class ShownCell:
    """A cell as the page shows it; `old` is what its author saw, `rival` what a conflict met."""

    cell: StagedCell
    place: str
    old: Observation | None
    rival: Observation | None
    changes: list[Change] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)


def sheet_names(upload: Upload) -> dict[int, str]:
    """The names of the file's sheets by number; a CSV has one without a name."""
    return {int(s["number"]): str(s["name"]) for s in upload.found.get("sheets", ())}


def shown(cells: Sequence[StagedCell], user: User, sheets: Mapping[int, str]) -> list[ShownCell]:
    """The cells of a page with what stood and what stands there; two queries for any number."""
    past = _seen(cells, user)
    now = _present(cells, user)
    found = []
    for cell in cells:
        old = past.get((cell.seen_open, cell.seen_open_version)) or past.get(
            (cell.seen_approved, 0)
        )
        standing = now.get(
            (cell.indicator_id or 0, cell.region_id or 0, cell.reference_period), Standing()
        )
        rival = standing.latest if cell.outcome == Outcome.CONFLICT else None
        found.append(
            ShownCell(
                cell,
                place_of(cell, sheets),
                old,
                rival,
                _changes(cell, old) if old and cell.outcome != Outcome.ERROR else [],
                _sentences(cell),
            )
        )
    return found


def place_of(cell: StagedCell, sheets: Mapping[int, str]) -> str:
    """Where a cell stands in the file: 填报 E17; a CSV has no sheet."""
    return f"{sheets.get(cell.sheet, '')} {a1(cell.row, cell.column)}".strip()


def progress(upload: Upload) -> dict[str, object]:
    """How far the job of an upload is, for the bar; `over` where a reload shows something new."""
    job = upload.job
    stuck = job is not None and job.state in (Job.State.FAILED, Job.State.CANCELLED)
    return {
        "state": upload.state,
        "label": upload.get_state_display(),
        "done": job.done if job else 0,
        "total": job.total if job else None,
        "over": stuck or upload.state not in UNDER_WAY,
    }


def _seen(cells: Iterable[StagedCell], user: User) -> dict[tuple[int, int], Observation]:
    """What the author saw, by row and version; an approved row under version 0."""
    opened = {cell.seen_open for cell in cells if cell.seen_open}
    approved = {cell.seen_approved for cell in cells if cell.seen_approved}
    rows = Observation.objects.visible_to(user).filter(
        Q(pk__in=opened | approved) | Q(copy_of__in=opened)
    )
    found = {}
    for row in rows.select_related("indicator__unit", "entered_by"):
        found[row.copy_of_id or row.pk, row.version] = row
        if row.pk in approved:
            found[row.pk, 0] = row
    return found


def _present(cells: Iterable[StagedCell], user: User) -> dict[tuple[int, int, str], Standing]:
    """What stands now in the cells in conflict."""
    met = [cell for cell in cells if cell.outcome == Outcome.CONFLICT]
    rows = Observation.objects.visible_to(user).filter(
        indicator__in={cell.indicator_id for cell in met},
        region__in={cell.region_id for cell in met},
        reference_period__in={cell.reference_period for cell in met},
    )
    return standings(rows.select_related("indicator__unit", "entered_by"))


def _changes(cell: StagedCell, old: Observation) -> list[Change]:
    """The fields beside the number that differ."""
    found = []
    for name in _COMPARED:
        model = Observation._meta.get_field(name)
        before, after = getattr(old, name), getattr(cell, name)
        if before != after:
            words = dict(model.flatchoices)  # type: ignore[union-attr]
            found.append(
                Change(
                    str(model.verbose_name),  # type: ignore[union-attr]
                    str(words.get(before, before) or "—"),
                    str(words.get(after, after) or "—"),
                )
            )
    if _lines(old.note) != _lines(cell.note):
        found.append(Change(_("说明"), old.note or "—", cell.note or "—"))
    return found


def _lines(text: str) -> list[str]:
    return text.split()


def _sentences(cell: StagedCell) -> list[str]:
    """Why the cell is not taken as it is, and the doubts about it."""
    said = [in_language(cell.sentence, cell.sentence_en)] if cell.sentence else []
    return said + [in_language(doubt["zh"], doubt.get("en", "")) for doubt in cell.warnings]
