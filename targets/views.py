"""Work on promises: judging measures, attaching originals, and the background jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import acting_user, requires
from accounts.actions import request_job, retry_job
from accounts.models import Job
from accounts.versions import Clash, Conflict, clashes
from targets import actions
from targets.errors import Refused
from targets.forms import JudgementForm, OriginalForm
from targets.models import Measure, PolicyDocument, StaleRequest

RECOMPUTE_ALL = "recompute_all"
_UNDER_WAY = (Job.State.QUEUED, Job.State.RUNNING)


@require_http_methods(["GET", "POST"])
@requires("targets.judge_measure")
def measure_judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Judge a qualitative commitment, with a reason, on the version that was read."""
    measure = get_object_or_404(Measure.objects.select_related("document", "clause"), pk=pk)
    standing = {"status": measure.status, "reason": measure.reason, "version": measure.version}
    form = JudgementForm(request.POST if request.method == "POST" else None, initial=standing)
    context: dict[str, Any] = {"measure": measure, "form": form}
    if request.method == "GET" or not form.is_valid():
        return render(request, "targets/measure_judge.html", context)
    try:
        actions.judge_measure(by=acting_user(request), measure=measure, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return render(request, "targets/measure_judge.html", context)
    except Conflict as conflict:
        context["clashes"] = [_in_words(c) for c in clashes(conflict) if c.field in form.fields]
        context["form"] = _on_current(form, conflict)
        return render(request, "targets/measure_judge.html", context, status=409)
    messages.success(request, _("已评定。"))
    return redirect("document", measure.document.key)


def _in_words(clash: Clash) -> Clash:
    """A clash with the labels of codes."""
    labels = dict(Measure.Status.choices)
    current, attempted = (labels.get(value, value) for value in (clash.current, clash.attempted))
    return Clash(clash.field, clash.label, current, attempted)


def _on_current(form: JudgementForm, conflict: Conflict) -> JudgementForm:
    """The same words on the present version: sending them again is a knowing choice."""
    return JudgementForm({**form.data, "version": getattr(conflict.current, "version", "")})


@require_http_methods(["GET", "POST"])
@requires("targets.load_original")
def attach_original(request: HttpRequest, key: str) -> HttpResponse:
    """Attach the original text of a document; quotes that it does not hold are listed."""
    document = get_object_or_404(PolicyDocument, key=key)
    form = OriginalForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            missing = actions.attach_original(
                by=acting_user(request), document=document, raw=form.cleaned_data["raw"]
            )
        except (Refused, Conflict) as refusal:
            form.add_error(None, str(refusal))
        else:
            found = _("原文已附上，引文全部找到。")
            messages.success(request, found if not missing else _("原文已附上。"))
            return redirect("attach_original", document.key)
    missing_clauses = document.clauses.exclude(quote="").filter(text_start=None)
    context = {
        "document": document,
        "form": form,
        "missing": list(missing_clauses) if document.raw_sha256 else [],
    }
    return render(request, "targets/attach_original.html", context)


@require_GET
@requires("accounts.view_job")
def jobs(request: HttpRequest) -> HttpResponse:
    """Background jobs, and the queue of verdicts that wait to be computed anew."""
    rows = Job.objects.select_related("requested_by").order_by("-pk")
    queue = StaleRequest.objects.aggregate(
        waiting=Count("pk", filter=Q(parked_at=None)),
        oldest=Min("queued_at", filter=Q(parked_at=None)),
        parked=Count("pk", filter=Q(parked_at__isnull=False)),
    )
    parked = StaleRequest.objects.parked().select_related("indicator", "region").order_by("pk")
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    for job in page:
        job.message = job.message or remaining(job, timezone.now())
    context = {
        "page": page,
        "queue": queue,
        "parked": parked[:50],
    }
    return render(request, "targets/jobs.html", context)


def remaining(job: Job, now: datetime) -> str:
    """How long a running job still takes at its present pace, in words; "" where nobody knows."""
    if job.state != Job.State.RUNNING or job.started_at is None or not job.total or not job.done:
        return ""
    seconds = (now - job.started_at).total_seconds() * (job.total - job.done) / job.done
    if seconds < 60:
        return _("约剩 %(number)d 秒") % {"number": max(round(seconds), 1)}
    return _("约剩 %(number)d 分钟") % {"number": round(seconds / 60)}


@require_GET
@requires("accounts.view_job")
def job_state(request: HttpRequest, pk: int) -> JsonResponse:
    """How far a job is, for the live progress bar."""
    job = get_object_or_404(Job, pk=pk)
    state = {
        "state": job.state,
        "label": job.get_state_display(),
        "done": job.done,
        "total": job.total,
        "message": job.message or remaining(job, timezone.now()),
        "error": job.error,
        "over": job.state not in _UNDER_WAY,
    }
    return JsonResponse(state, headers={"Cache-Control": "no-store"})


@require_POST
@requires("accounts.retry_job")
def job_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a failed or cancelled job anew."""
    job = get_object_or_404(Job, pk=pk)
    try:
        retry_job(by=acting_user(request), job=job)
    except Conflict:
        messages.error(request, _("这个任务已不是失败或取消的状态，不用重试。"))
    else:
        messages.success(request, _("任务已重新排队。"))
    return redirect("jobs")


@require_POST
@requires("accounts.retry_job")
def stale_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a parked row of the stale queue back to work."""
    row = get_object_or_404(StaleRequest, pk=pk)
    try:
        actions.retry_parked(by=acting_user(request), request=row)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已放回队列。"))
    return redirect("jobs")


@require_POST
@requires("accounts.retry_job")
def recompute_all(request: HttpRequest) -> HttpResponse:
    """Ask a worker to compute every verdict anew; one such job at a time."""
    if Job.objects.filter(kind=RECOMPUTE_ALL, state__in=_UNDER_WAY).exists():
        messages.warning(request, _("重新计算已在进行，请等它完成。"))
    else:
        request_job(by=acting_user(request), kind=RECOMPUTE_ALL)
        messages.success(request, _("已请求重新计算全部判定。"))
    return redirect("jobs")
