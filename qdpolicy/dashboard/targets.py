"""Targets: the list of all promises, and for each one why it has the light it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import reading
from accounts.models import User
from indicators.models import Observation
from qdpolicy.dashboard import words
from qdpolicy.dashboard.finding_rows import relation_of
from qdpolicy.dashboard.known import Known, known_for
from qdpolicy.dashboard.present import NOW
from qdpolicy.dashboard.projections import outlook_for
from qdpolicy.dashboard.promises import SORTS, one_of, page_of, read_scope
from qdpolicy.dashboard.versions import history
from qdpolicy.dashboard.why import lead_sentence
from qdpolicy.desk.scope import changeable, visible
from qdpolicy.entry.rounds.scope import notable_by
from qdpolicy.templatetags.figures import verdict_unit
from targets.models import (
    ProgressSnapshot,
    RuleSet,
    StaleRequest,
    Target,
    TargetNote,
    TargetVersion,
)
from targets.progress.rules import DEFAULT_RULES, Rules


@dataclass(frozen=True, slots=True)
class Link:
    """One promise in the line of promises about the same thing."""

    version: TargetVersion
    relation: str
    is_this: bool


@require_safe
@reading
def target_list(request: HttpRequest) -> HttpResponse:
    """Every promise with its parts, filtered and sorted by the address."""
    known = known_for(request)
    promises = known.census()
    scope = read_scope(request.GET, promises.choices)
    sort = one_of(request.GET.get("sort") or "light", SORTS)
    counts = promises.standing(scope)
    page = page_of(known.listed(scope, sort), request.GET, counts.number(scope))
    parts = known.parts_of(page.object_list)
    for row in page.object_list:
        row.shown_parts = parts.get(row.target_id, [])  # type: ignore[attr-defined]
    context = {
        "scope": scope,
        "choices": promises.choices,
        "standing": counts,
        "page": page,
        "sort": sort,
        "sorts": _sorts(),
        "statuses": [(status, words.status_label(status)) for status in words.STATUSES],
    }
    return render(request, "dashboard/targets.html", context)


def _sorts() -> list[tuple[str, str]]:
    """The orders in words."""
    labels = {
        "light": _("按灯：红、黄、绿、灰"),
        "deadline": _("按期限"),
        "completion": _("按完成率"),
        "document": _("按文件"),
    }
    return [(sort, labels[sort]) for sort in SORTS]


@require_safe
@reading
def target_page(request: HttpRequest, document_key: str, key: str) -> HttpResponse:
    """One promise: its verdict, and everything the verdict was made from."""
    known = known_for(request)
    target = _target(document_key, key)
    known.judged([target])
    versions, version = known.readings(target)
    if version is None:
        raise Http404(_("这项目标还没有经过核定的读法。"))
    version.target = target
    snapshot = getattr(target, "snapshot", None)
    rules = _rules(snapshot)
    context = {
        "target": target,
        "version": version,
        "snapshot": snapshot,
        "updating": known.is_live and target.stale,  # type: ignore[attr-defined]  # in _target
        "parts": known.parts_of([version]).get(target.pk, []),
        "inputs": _inputs(snapshot),
        "rules": rules,
        "lead": _lead(version, snapshot, rules),
        "line": line_of(target, known),
        "outlook": outlook_for(target, version, known),
        "readings": history(versions)[::-1],
        "scheduled": [row for row in versions if row.is_scheduled],
        **(_change_under_way(request, target) | _notes(request, target) if known.is_live else {}),
    }
    return render(request, "dashboard/target.html", context)


def _change_under_way(request: HttpRequest, target: Target) -> dict[str, object]:
    """The change that somebody works on, for those who see it; whether one may be proposed."""
    user = request.user
    if not (isinstance(user, User) and user.has_perm("targets.view_change")):
        return {}
    under_way = visible(user).filter(target=target).in_progress().first()
    may_propose = user.has_perm("targets.propose_version")
    return {
        "under_way": under_way,
        "may_propose": may_propose and changeable(user).filter(pk=target.pk).exists(),
    }


def _notes(request: HttpRequest, target: Target) -> dict[str, object]:
    """What the responsible people say of a promise that is behind, for whoever is signed in."""
    user = request.user
    if not isinstance(user, User):
        return {}
    notes = TargetNote.objects.filter(target=target, superseded_at=None)
    writes = user.has_perm("targets.write_note")
    return {
        "notes": notes.select_related("round", "written_by").order_by("-pk"),
        "may_note": writes and notable_by(user).filter(pk=target.pk).exists(),
    }


def _lead(version: TargetVersion, snapshot: ProgressSnapshot | None, rules: RuleSet | Rules) -> str:
    """Why the light is as it is, in one sentence."""
    if snapshot is None:
        return ""
    return lead_sentence(version, snapshot, verdict_unit(version.target, version), rules)


def _target(document_key: str, key: str) -> Target:
    """The target of an address with what its page shows of it; 404 where there is none."""
    stale = StaleRequest.objects.filter(
        Q(indicator=OuterRef("indicator"), region=OuterRef("region"))
    )
    rows = Target.objects.select_related(
        "document",
        "clause",
        "region",
        "department",
        "indicator__unit",
        "indicator__department",
        "part_of__document",
        "snapshot",
    ).annotate(stale=Exists(stale))
    return get_object_or_404(rows, document__key=document_key, key=key)


def _inputs(snapshot: ProgressSnapshot | None) -> Sequence[Observation]:
    """The actuals a verdict was made from, in the order of their periods."""
    if snapshot is None:
        return []
    return list(
        Observation.objects.filter(pk__in=snapshot.inputs)
        .select_related("indicator__unit", "region", "entered_by", "approved_by")
        .order_by("reference_period")
    )


def _rules(snapshot: ProgressSnapshot | None) -> RuleSet | Rules:
    """The thresholds a verdict was made with; the built-in ones where no row holds them."""
    if snapshot is None:
        return DEFAULT_RULES
    return RuleSet.objects.filter(version=snapshot.rule_version).first() or DEFAULT_RULES


def line_of(target: Target, known: Known = NOW) -> list[Link]:
    """The promises about the same thing in the order of their deadlines, each with its relation."""
    near = Q(target__indicator=target.indicator_id, target__region=target.region_id)
    near |= Q(target=target.succeeds_id) | Q(target__succeeds=target.pk)
    versions = {
        row.target_id: row
        for row in known.versions()
        .filter(near)
        .select_related("unit", "target__document", "target__snapshot", "target__indicator")
    }
    known.judged(row.target for row in versions.values())
    line = _connected(target.pk, versions)
    if len(line) == 1:
        return []
    # By what they are due; a promise without a year comes last.
    line.sort(key=lambda row: (row.period_end or "9999", row.target.document.issued, row.target_id))
    return [Link(row, _related(row, versions), row.target_id == target.pk) for row in line]


def _connected(start: int, versions: dict[int, TargetVersion]) -> list[TargetVersion]:
    """The versions that succession joins to a target, whichever way."""
    found, waiting = {start}, [start]
    while waiting:
        pk = waiting.pop()
        for other, row in versions.items():
            joined = row.target.succeeds_id == pk or (
                pk in versions and versions[pk].target.succeeds_id == other
            )
            if joined and other not in found:
                found.add(other)
                waiting.append(other)
    return [versions[pk] for pk in found if pk in versions]


def _related(later: TargetVersion, versions: dict[int, TargetVersion]) -> str:
    """How a promise relates to the one it takes up, in words; "" for the first."""
    earlier = versions.get(later.target.succeeds_id or 0)
    if earlier is None:
        return ""
    return str(relation_of(earlier, later).label)
