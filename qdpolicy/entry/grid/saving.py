"""What the script of the grid asks: read these cells or this block, keep these cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import acting_user, requires
from indicators import actions
from indicators.models import Observation, Region, in_language
from indicators.plausibility import Issue
from indicators.quantities import grouped, plain
from qdpolicy.dashboard.words import MISSING_LABELS, QUALIFIER_WORDS
from qdpolicy.entry.grid.contents import clock, shown, text_of
from qdpolicy.entry.grid.keeping import Problem, save
from qdpolicy.entry.grid.pasted import Pasted, read_pasted
from qdpolicy.entry.grid.rows import Reach, all_regions, read_key
from qdpolicy.entry.grid.statements import Examined, Statement, examine
from qdpolicy.jsonbody import BadBody, json_answer, json_answers, read_json, text_in

MOST_CELLS = 2000
"""Cells of one save, and of one reading."""

_LONGEST = 2000
_TEXTS = ("note", "explanation", "reason", "confirmed")
_SOURCE = {"title": "source_title", "url": "source_url", "date": "source_date"}


@require_POST
@requires("indicators.enter_observation")
@json_answers
def grid_read(request: HttpRequest) -> HttpResponse:
    """How the typed or pasted cells are read, what differs and what is doubted; nothing is kept."""
    user = acting_user(request)
    body, reach, regions = read_json(request), Reach.of(user), all_regions()
    pasted = read_pasted(body, reach, regions) if "block" in body else Pasted(body.get("cells"))
    statements = _statements(pasted.cells, reach, regions)
    answers = [_answer(item) for item in examine(statements, user)]
    for answer in answers:
        answer |= pasted.origin.get(answer["key"], {})
    return json_answer({"cells": answers + pasted.refused, "notes": pasted.notes})


@require_POST
@requires("indicators.enter_observation")
@json_answers
def grid_save(request: HttpRequest) -> HttpResponse:
    """Keep the cells as drafts, all or nothing; 409 shows the others' values, 422 the reasons."""
    user = acting_user(request)
    body, reach, regions = read_json(request), Reach.of(user), all_regions()
    submit = body.get("submit", False)
    if not isinstance(submit, bool):
        raise BadBody(_("请求中的“submit”须为 true 或 false。"))
    statements = _statements(body.get("cells"), reach, regions)
    source = _source(body.get("source", {}))
    outcome = save(by=user, statements=statements, source=source, submit=submit)
    if outcome.conflicts:
        conflicts = [_standing(item.statement.key, item.standing) for item in outcome.conflicts]
        return json_answer({"conflicts": conflicts}, status=409)
    if outcome.problems:
        problems = [_problem(problem) for problem in outcome.problems]
        return json_answer({"problems": problems}, status=422)
    saved = [_standing(key, standing) for key, standing in outcome.saved.items()]
    return json_answer({"saved": saved})


def _statements(
    asked: Any, reach: Reach, regions: dict[str, Region], *, most: int = MOST_CELLS
) -> list[Statement]:
    """The cells of a body; BadBody where they are none of ours, Http404 where not this person's."""
    if not isinstance(asked, list) or not all(isinstance(cell, dict) for cell in asked):
        raise BadBody(_("请求中没有单元格。"))
    if len(asked) > most:
        raise BadBody(_("一次最多处理 %(most)s 格，请分几次保存。") % {"most": most})
    found = [_statement(cell, reach, regions) for cell in asked]
    if len({statement.place for statement in found}) < len(found):
        raise BadBody(_("同一格在请求中出现了两次。"))
    return found


def _statement(cell: dict[str, Any], reach: Reach, regions: dict[str, Region]) -> Statement:
    indicator, region, period = read_key(text_in(cell, "key", 100), reach, regions)
    texts = {name: text_in(cell, name, _LONGEST) for name in _TEXTS}
    return Statement(
        key=cell["key"],
        indicator=indicator,
        region=region,
        period=str(period),
        text=text_in(cell, "text", _LONGEST, free=True),
        status=_one_of(cell, "status", Observation.Status.values, Observation.Status.NORMAL),
        vintage=_one_of(cell, "vintage", Observation.Vintage.values, Observation.Vintage.ANNUAL),
        qualifier=_one_of(cell, "qualifier", ["", *Observation.Qualifier.values], ""),
        seen=seen_of(text_in(cell, "token", 100)),
        **texts,
    )


def seen_of(token: str) -> actions.Seen:
    """What the person saw in a cell; an empty token is that of an empty cell."""
    try:
        return actions.Seen.parse(token) if token else actions.Seen()
    except ValueError as error:
        raise BadBody(_("请求中的版本标记无法识别，请重新打开页面。")) from error


def _one_of(found: dict[str, Any], name: str, allowed: Sequence[str], usual: str) -> str:
    text = text_in(found, name, 20) if name in found else usual
    if text not in allowed:
        raise BadBody(_("请求中的“%(name)s”不是可选的内容。") % {"name": name})
    return text


def _source(found: Any) -> dict[str, str]:
    """The fields of the source that all cells of a save share."""
    if not isinstance(found, dict):
        raise BadBody(_("请求中的来源须为一个对象。"))
    return {field: text_in(found, name, _LONGEST) for name, field in _SOURCE.items()}


def _answer(item: Examined) -> dict[str, Any]:
    """How one cell was read, for the script to show before anything is kept."""
    unit = item.statement.indicator.unit
    return {
        "key": item.statement.key,
        "ok": not item.error and all(issue.severity != "error" for issue in item.issues),
        "value": "" if item.value is None else plain(item.value),
        "shown": _shown(item),
        "text": item.statement.text,
        "status": item.statement.status,
        "qualifier": item.qualifier,
        "unit": str(unit),
        "difference": item.difference,
        "issues": [_issue(issue) for issue in item.issues],
        "error": item.error,
        "confirmed": item.confirmation,
        "unchanged": item.changes_nothing,
        "needs_reason": item.corrects and not item.changes_nothing,
        "needs_note": item.statement.says_missing,
        "standing": _standing(item.statement.key, item.standing),
    }


def _shown(item: Examined) -> str:
    """What was read, for reading aloud too; empty where nothing could be."""
    if item.error:
        return ""
    if item.value is None:
        return str(MISSING_LABELS.get(item.statement.status, ""))
    pattern = QUALIFIER_WORDS.get(item.qualifier)
    value = grouped(item.value)
    return value if pattern is None else str(pattern) % {"value": value}


def _issue(issue: Issue) -> dict[str, Any]:
    return {
        "code": issue.code,
        "severity": str(issue.severity),
        "sentence": in_language(issue.zh, issue.en),
        "needs_reason": issue.needs_reason,
    }


def _problem(problem: Problem) -> dict[str, Any]:
    """Why a cell was not kept, with its doubts and what confirms them."""
    found: dict[str, Any] = {"key": problem.key, "sentence": problem.sentence, "issues": []}
    if problem.examined is not None:
        found["issues"] = [_issue(issue) for issue in problem.examined.issues]
        found["confirmed"] = problem.examined.confirmation
    return found


def _standing(key: str, standing: actions.Standing) -> dict[str, Any]:
    """What stands in a cell now, with who entered it and when."""
    row = standing.latest
    found = {"key": key, "token": str(standing.seen), "value": text_of(row), "shown": shown(row)}
    if row is None:
        return found | {"state": "empty", "by": "", "at": ""}
    return found | {
        "text": text_of(row),
        "state": row.review_state,
        "status": row.obs_status,
        "vintage": row.vintage,
        "qualifier": row.qualifier,
        "note": row.note,
        "explanation": row.explanation,
        "by": str(row.entered_by),
        "at": clock(row.entered_at),
    }
