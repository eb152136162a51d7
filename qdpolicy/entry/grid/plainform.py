"""The form of one indicator: the grid's row for those without script, checked before it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import acting_user, requires
from accounts.models import User
from indicators.models import Observation
from indicators.periods import ReferencePeriod
from indicators.quantities import grouped
from qdpolicy.dashboard.words import period_label
from qdpolicy.entry.grid.asked import Asked, asked_of
from qdpolicy.entry.grid.contents import clock, contents_of, shown
from qdpolicy.entry.grid.keeping import Outcome, save
from qdpolicy.entry.grid.page import region_of
from qdpolicy.entry.grid.rows import Reach, Row, all_regions
from qdpolicy.entry.grid.saving import seen_of
from qdpolicy.entry.grid.statements import SOURCE, Examined, Statement, examine
from qdpolicy.jsonbody import BadBody, text_in

_LONGEST = 2000
_FACTS = ("text", "status", "vintage", "note")


@dataclass(frozen=True)
class Field:
    """One period of the form: what stands there, what is filled in, what was found about it."""

    period: ReferencePeriod
    cell: Mapping[str, Any]
    filled: Mapping[str, str]
    item: Examined | None = None
    problem: str = ""

    @property
    def label(self) -> str:
        """The period in words."""
        return period_label(str(self.period))

    @property
    def name(self) -> str:
        """What the inputs of the period end with."""
        return str(self.period)

    @property
    def was(self) -> str:
        """What the inputs hold before anybody types, in one text."""
        return "\n".join(_tidy(self.cell.get(name, "")) for name in _FACTS)

    @property
    def is_changed(self) -> bool:
        """Whether something else was filled in than was shown."""
        return "\n".join(_tidy(self.filled[name]) for name in _FACTS) != self.filled["was"]

    @property
    def status_label(self) -> str:
        """Why there is no number, in words."""
        return str(Observation.Status(self.filled["status"]).label)

    @property
    def read(self) -> str:
        """The number that was understood, where it is written otherwise."""
        if self.item is None or self.item.value is None:
            return ""
        value = grouped(self.item.value)
        return "" if value == self.item.statement.text else value

    @property
    def asks_why(self) -> bool:
        """Whether a reason is wanted: for a correction, a doubt, or a missing value."""
        item = self.item
        if item is None:
            return False
        doubted = any(issue.needs_reason for issue in item.issues)
        return item.corrects or doubted or item.statement.says_missing

    @property
    def theirs(self) -> dict[str, str] | None:
        """Of a conflict: the value of the other person, with name and time."""
        if self.item is None or not self.item.is_conflict:
            return None
        latest = self.item.standing.latest
        if latest is None:
            return {"shown": _("（已清空）"), "by": "", "at": ""}
        return {
            "shown": shown(latest),
            "by": str(latest.entered_by),
            "at": clock(latest.entered_at),
        }


def _tidy(text: str) -> str:
    """A text as a browser sends it back, but for the ends of its lines."""
    return text.replace("\r\n", "\n").strip()


@require_http_methods(["GET", "POST"])
@requires("indicators.enter_observation")
def grid_row(request: HttpRequest, code: str) -> HttpResponse:
    """Fill in the periods of one indicator; first the difference is shown, then it is kept."""
    user = acting_user(request)
    row, asked, reach = _row(request, user, code)
    columns = [period for period in asked.columns if reach.holds(row.place(period))]
    contents = contents_of([row], columns, user, reach)
    cells = {period: contents.cell(row, period) for period in columns}
    if request.method == "GET":
        fields = [_shown(period, cell) for period, cell in cells.items()]
        return _page(request, row, asked, fields)
    try:
        fields = [_filled(request.POST, period, cell) for period, cell in cells.items()]
        statements = [_statement(row, field) for field in fields if field.is_changed]
        source = {name: text_in(request.POST.dict(), name, _LONGEST) for name in SOURCE}
    except BadBody as error:
        messages.error(request, str(error))
        return redirect(request.get_full_path())
    return _posted(request, row, asked, fields, statements, source)


def _row(request: HttpRequest, user: User, code: str) -> tuple[Row, Asked, Reach]:
    """The indicator and region of the form; 404 where they are not this person's."""
    asked, reach, regions = (
        asked_of(request.GET, timezone.localdate()),
        Reach.of(user),
        all_regions(),
    )
    indicator, region = reach.indicators.get(code), region_of(asked, reach, regions)
    if indicator is None or region is None:
        raise Http404(_("没有这个指标，或它不由您的部门负责。"))
    return Row(indicator, region, str(indicator)), asked, reach


def _shown(period: ReferencePeriod, cell: Mapping[str, Any]) -> Field:
    """A period as it stands."""
    filled = {name: str(cell.get(name, "")) for name in (*_FACTS, "token")}
    field = Field(period, cell, filled)
    return replace(field, filled={**filled, "was": field.was, "why": "", "confirmed": ""})


def _filled(posted: Mapping[str, str], period: ReferencePeriod, cell: Mapping[str, Any]) -> Field:
    """A period as a person filled it in; one that was not on the form is as it stands."""
    if f"token-{period}" not in posted or cell.get("locked"):
        return _shown(period, cell)
    filled = {
        name: text_in({name: posted.get(f"{name}-{period}", "")}, name, _LONGEST)
        for name in (*_FACTS, "token", "why", "confirmed")
    }
    # Browsers end lines with CR LF.
    filled = {name: text.replace("\r\n", "\n") for name, text in filled.items()}
    was = posted.get(f"was-{period}", "").replace("\r\n", "\n")
    return Field(period, cell, {**filled, "was": was})


def _statement(row: Row, field: Field) -> Statement:
    filled = field.filled
    if filled["status"] not in Observation.Status.values:
        raise BadBody(_("没有这种数据状态。"))
    if filled["vintage"] not in Observation.Vintage.values:
        raise BadBody(_("没有这种数据批次。"))
    return Statement(
        key=field.name,
        indicator=row.indicator,
        region=row.region,
        period=field.name,
        text=filled["text"],
        status=filled["status"],
        vintage=filled["vintage"],
        qualifier=_qualifier(field),
        note=filled["note"],
        seen=seen_of(filled["token"]),
        explanation=filled["why"],
        reason=filled["why"],
        confirmed=filled["confirmed"],
    )


def _qualifier(field: Field) -> str:
    """What qualifies the value that stands there, while its text is not changed: 突破8000 is shown
    as 8000, and a new note does not make it an exact one. Else the words of the text decide."""
    shown, cell = field.filled["was"].partition("\n")[0], field.cell
    if not shown or _tidy(field.filled["text"]) != shown or cell.get("text") != shown:
        return ""
    return str(cell.get("qualifier", ""))


def _posted(
    request: HttpRequest,
    row: Row,
    asked: Asked,
    fields: Sequence[Field],
    statements: Sequence[Statement],
    source: dict[str, str],
) -> HttpResponse:
    """Show the difference, or keep it where it was seen; what refuses brings the form back."""
    user, then = acting_user(request), request.POST.get("then")
    if not statements:
        messages.info(request, _("没有改动，什么也没有保存。"))
        return redirect(request.get_full_path())
    found = examine(statements, user)
    seen = all(item.statement.confirmed == item.confirmation for item in found)
    outcome = Outcome(conflicts=[item for item in found if item.is_conflict])
    if not outcome.conflicts and seen and then in ("save", "submit"):
        outcome = save(by=user, statements=statements, source=source, submit=then == "submit")
        if not (outcome.conflicts or outcome.problems):
            done = (
                _("已保存并提交，等待核定。") if then == "submit" else _("草稿已保存，还没有提交。")
            )
            messages.success(request, done)
            return redirect(request.get_full_path())
    problems = {problem.key: problem.sentence for problem in outcome.problems}
    items = {item.statement.key: item for item in [*found, *outcome.conflicts]}
    fields = [_found(field, items.get(field.name), problems) for field in fields]
    context = {"checked": not outcome.conflicts, "source": source, "problems": problems}
    status = 409 if outcome.conflicts else 200
    return _page(request, row, asked, fields, status=status, **context)


def _found(field: Field, item: Examined | None, problems: Mapping[str, str]) -> Field:
    """A field with what was found about it; of a conflict, the next save is on what stands now."""
    if item is None:
        return field
    filled = dict(field.filled, confirmed="" if item.is_conflict else item.confirmation)
    if item.is_conflict:
        filled["token"] = str(item.standing.seen)
    sentence = problems.get(field.name, "") or item.error
    return replace(field, filled=filled, item=item, problem=sentence)


def _page(
    request: HttpRequest,
    row: Row,
    asked: Asked,
    fields: Sequence[Field],
    status: int = 200,
    **found: Any,
) -> HttpResponse:
    context = {
        "row": row,
        "asked": asked,
        "fields": fields,
        "changed": [field for field in fields if field.item is not None],
        "statuses": Observation.Status.choices,
        "vintages": Observation.Vintage.choices,
        "source": dict.fromkeys(SOURCE, ""),
        **found,
    }
    return render(request, "entry/grid_row.html", context, status=status)
