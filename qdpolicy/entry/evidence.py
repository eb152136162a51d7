"""Evidence files: attached on the pages of a value, served as downloads to whoever may see it."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import acting_user, requires
from accounts.versions import Conflict
from indicators import actions
from indicators.actions.evidence import LARGEST, too_large
from indicators.errors import Refused
from indicators.models import Evidence, Observation
from qdpolicy.entry.scope import enterable, workable


def attach_files(request: HttpRequest, observation: Observation) -> int:
    """Attach the files of a form to a value; how many. Raises Refused for the first that is not
    allowed, before it is read where its size says so."""
    files = [file for file in request.FILES.getlist("evidence") if file.name]
    for file in files:
        if file.size is None or file.size > LARGEST:
            raise too_large()
        actions.attach_evidence(
            by=acting_user(request),
            observation=observation,
            name=file.name or "",
            content=file.read(),
        )
    return len(files)


@require_POST
@requires("indicators.enter_observation")
def entry_attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Attach files to a draft or a returned value: all of them, or none."""
    observation = get_object_or_404(enterable(acting_user(request)), pk=pk)
    try:
        with audit.transaction():
            attached = attach_files(request, observation)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        if attached:
            messages.success(request, _("已附上佐证材料。"))
        else:
            messages.error(request, _("没有选择文件。"))
    return redirect("entry", observation.pk)


@require_POST
@requires("indicators.enter_observation")
def evidence_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file away from a draft or a returned value; it stays on record."""
    user = acting_user(request)
    evidence = get_object_or_404(_listed().filter(observation__in=enterable(user)), pk=pk)
    reason = request.POST.get("reason", "").replace("\0", "")[:2000]
    try:
        actions.remove_evidence(by=user, evidence=evidence, reason=reason)
    except Refused as refusal:
        messages.error(request, str(refusal))
    except Conflict:
        messages.error(request, _("这个文件刚刚已被移除。"))
    else:
        messages.success(request, _("已移除；记录仍然保留。"))
    return redirect("entry", evidence.observation_id)


@require_safe
@requires("indicators.view_draft")
def evidence_file(request: HttpRequest, pk: int) -> HttpResponse:
    """One file as a download, for whoever may see the value; a browser never runs any of it."""
    visible = workable(acting_user(request))
    evidence = get_object_or_404(_listed().filter(observation__in=visible), pk=pk)
    etag = f'"{evidence.sha256}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        content = Evidence.objects.values_list("content", flat=True).get(pk=evidence.pk)
        response = HttpResponse(bytes(content), content_type=evidence.content_type)
    disposition = content_disposition_header(as_attachment=True, filename=evidence.name)
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = etag
    return response


def _listed() -> QuerySet[Evidence]:
    """Files that nobody took away, without their content."""
    return Evidence.objects.filter(removed_at=None).defer("content").select_related("observation")
