"""Steps for many values at once: choose, see the differences, confirm; all or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.access import acting_user, requires
from accounts.models import User
from indicators import actions
from indicators.errors import Refused
from indicators.models import ObservationQuerySet
from qdpolicy.entry.reviewing import (
    Submission,
    grouped_rows,
    stopped,
    submissions,
    waiting_for,
)
from qdpolicy.entry.scope import enterable, workable

MOST = 1000
"""Values of one step: a page that a person can look through, and that comes within seconds."""
_TOKEN = re.compile(r"(\d{1,18})\.(\d{1,9})", re.ASCII)

Act = Callable[[dict[int, int], bool], actions.Outcome]


@dataclass(frozen=True)
class BulkStep:
    """A step as its page shows it; `back` is the name of the list it came from."""

    name: str
    title: str
    button: str
    back: str
    wants_reason: bool = False


@require_POST
@requires("indicators.enter_observation")
def entry_bulk_submit(request: HttpRequest) -> HttpResponse:
    """Hand the chosen drafts to the reviewers, after a page of their differences."""
    user = acting_user(request)
    chosen = _chosen(request, enterable(user))
    step = BulkStep("submit", _("提交所选的数值"), _("确认提交"), "entry_list")
    return _take(
        request,
        step,
        chosen,
        lambda seen, partly: _submit(user, seen, partly),
    )


def _submit(user: User, seen: dict[int, int], partly: bool) -> actions.Outcome:
    """Submit what nothing stands against; the doubts are asked once more."""
    mine = enterable(user).filter(pk__in=seen, review_state__in=("draft", "returned"))
    rows = {row.pk: row for row in mine.order_by("pk")}
    left = [actions.Left(pk, rows[pk], words) for pk, words in stopped(rows.values()).items()]
    if left and not partly:
        return actions.Outcome(left=left)
    held = {one.pk for one in left}
    others = {pk: version for pk, version in seen.items() if pk not in held}
    outcome = actions.submit_all(by=user, seen=others, partly=partly)
    return actions.Outcome(outcome.done, [*left, *outcome.left])


@require_POST
@requires("indicators.approve_observation")
def entry_bulk_review(request: HttpRequest) -> HttpResponse:
    """Approve or return the chosen submissions, after a page of their differences."""
    user = acting_user(request)
    chosen = _chosen(request, workable(user)) | _grouped(request, user)
    if request.POST.get("step") == "return":
        step = BulkStep("return", _("退回所选的数值"), _("确认退回"), "review_queue", True)
        reason = request.POST.get("reason", "").replace("\0", "")[:2000]
        return _take(
            request,
            step,
            chosen,
            lambda seen, partly: actions.return_all(
                by=user, seen=seen, reason=reason, partly=partly
            ),
        )
    step = BulkStep("approve", _("核定所选的数值"), _("确认核定"), "review_queue")
    return _take(
        request,
        step,
        chosen,
        lambda seen, partly: actions.approve_all(by=user, seen=seen, partly=partly),
    )


def _chosen(request: HttpRequest, scope: ObservationQuerySet) -> dict[int, int]:
    """The versions by id of the boxes that were ticked; 404 for a row out of scope."""
    texts = [*request.POST.getlist("row"), *request.POST.get("rows", "").split(",")]
    seen: dict[int, int] = {}
    for text in filter(None, texts):
        token = _TOKEN.fullmatch(text)
        if token is None:
            raise BadRequest(_("请求中没有版本号，请重新打开页面。"))
        seen[int(token[1])] = int(token[2])
    if len(seen) > MOST:
        raise BadRequest(_("一次最多处理 %(number)s 条数值，请分几次选择。") % {"number": MOST})
    if set(scope.filter(pk__in=seen).values_list("pk", flat=True)) != set(seen):
        raise Http404(_("没有这条数值，或它不由您处理。"))
    return seen


def _grouped(request: HttpRequest, user: User) -> dict[int, int]:
    """The submissions of the groups that were ticked, as they are now: the page shows them."""
    seen: dict[int, int] = {}
    for token in request.POST.getlist("group"):
        kind, _dash, key = token.partition("-")
        rows = grouped_rows(waiting_for(user), kind, key)
        if rows is None:
            raise BadRequest(_("没有这种分组，请重新打开页面。"))
        seen.update(rows.order_by("submitted_at", "pk").values_list("pk", "version"))
    if len(seen) > MOST:
        messages.warning(
            request,
            _("所选的组共 %(all)s 条；这里列出等待最久的 %(number)s 条，其余的请随后再选。")
            % {"all": len(seen), "number": MOST},
        )
    return dict(list(seen.items())[:MOST])


def _take(request: HttpRequest, step: BulkStep, seen: dict[int, int], act: Act) -> HttpResponse:
    """Show the differences, or take the step that was confirmed; what is left is told why."""
    if not seen:
        messages.error(request, _("没有选中任何数值。"))
        return redirect(step.back)
    if request.POST.get("confirmed") != "yes":
        return _difference_page(request, step, seen)
    partly = request.POST.get("partly") == "yes"
    try:
        outcome = act(seen, partly)
    except Refused as refusal:
        return _difference_page(request, step, seen, sentence=str(refusal))
    if outcome.left and not outcome.done:
        return _difference_page(request, step, seen, left=outcome.left)
    messages.success(request, _done(step, len(outcome.done)))
    for left in outcome.left:
        messages.warning(request, f"{_cell_words(left)}：{left.sentence}")
    return redirect(step.back)


def _done(step: BulkStep, number: int) -> str:
    words = {"number": number}
    if step.name == "submit":
        return ngettext("已提交 %(number)s 条。", "已提交 %(number)s 条。", number) % words
    if step.name == "return":
        return ngettext("已退回 %(number)s 条。", "已退回 %(number)s 条。", number) % words
    return (
        ngettext(
            "已核定 %(number)s 条。相关目标的判定正在更新。",
            "已核定 %(number)s 条。相关目标的判定正在更新。",
            number,
        )
        % words
    )


def _cell_words(left: actions.Left) -> str:
    if left.row is None:
        return f"#{left.pk}"
    row = left.row
    return " ".join((str(row.indicator), str(row.region), row.reference_period or "?"))


@dataclass(frozen=True)
class Line:
    """One value of the step: what changes, and why it is left where it is."""

    submission: Submission
    version: int
    sentence: str

    @property
    def token(self) -> str:
        """What the step is confirmed with."""
        return f"{self.submission.observation.pk}.{self.version}"


def _difference_page(
    request: HttpRequest,
    step: BulkStep,
    seen: dict[int, int],
    *,
    left: Iterable[actions.Left] = (),
    sentence: str = "",
) -> HttpResponse:
    """The values of a step, old beside new; 409 with a sentence for each that cannot take it."""
    told = {row.pk: row.sentence for row in left}
    user = acting_user(request)
    rows = workable(user).filter(pk__in=seen).order_by("indicator__code", "region__code", "pk")
    lines = [
        Line(item, seen[item.observation.pk], told.get(item.observation.pk, ""))
        for item in submissions(rows)
    ]
    lines.sort(key=lambda line: not line.sentence)
    context = {
        "step": step,
        "lines": lines,
        "left": len(told),
        "others": len(lines) - len(told),
        "doubtful": sum(bool(line.submission.issues) for line in lines),
        "rows": ",".join(line.token for line in lines),
        "sentence": sentence,
        "reason": request.POST.get("reason", "")[:2000],
    }
    status = 409 if told else 422 if sentence else 200
    return render(request, "entry/bulk.html", context, status=status)
