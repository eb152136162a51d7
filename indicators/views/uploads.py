"""The pages of uploads: the list, the cell-by-cell difference, and what a person decides about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import acting_user, requires
from accounts.versions import Conflict
from indicators import actions, uploadkinds
from indicators.errors import Refused
from indicators.forms.uploads import UploadForm, VersionForm
from indicators.models import Region, Upload, in_language
from indicators.views import showing

OUTCOMES = ("new", "changed", "conflict", "error", "warning", "unchanged", "all")


@require_GET
@requires("indicators.view_upload")
def uploads(request: HttpRequest) -> HttpResponse:
    """The uploads that I may see, newest first, and the way to a new one."""
    return _list(request, UploadForm())


@require_http_methods(["GET", "POST"])
@requires("indicators.upload_table")
def upload_new(request: HttpRequest) -> HttpResponse:
    """Take a file; it is read in the background and changes nothing yet."""
    if request.method == "GET":  # a reload after a refusal
        return redirect("uploads")
    user = acting_user(request)
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            upload = actions.receive_upload(by=user, name=file.name, content=file.read())
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("upload", upload.pk)
    return _list(request, form, status=400)


@require_GET
@requires("indicators.view_upload")
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """One upload: what it would change, row by row; ?outcome= shows one outcome."""
    found = get_object_or_404(showing.visible_uploads(acting_user(request)), pk=pk)
    return _page(request, found)


@require_GET
@requires("indicators.view_upload")
def upload_state(request: HttpRequest, pk: int) -> JsonResponse:
    """How far reading or saving is, for the bar."""
    found = get_object_or_404(showing.visible_uploads(acting_user(request)), pk=pk)
    return JsonResponse(showing.progress(found), headers={"Cache-Control": "no-store"})


@require_POST
@requires("indicators.upload_table")
def upload_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the own value or the other's for the conflicts that the page showed."""
    found = _own(request, pk)
    if found.kind != uploadkinds.ACTUALS:
        raise Http404(_("这种文件没有要选择的格子。"))

    def choose(version: int) -> None:
        cells = _choice(request, found)[1]
        actions.choose_conflicts(
            by=acting_user(request), upload=found, cells=cells, version=version
        )

    return _do(request, found, choose, _("已记下您的选择，保存时照此处理。"))


@require_POST
@requires("indicators.upload_table")
def upload_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what the difference shows, in one go."""
    found = _own(request, pk)
    form = uploadkinds.kind(found.kind).form(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=400)

    def apply(version: int) -> None:
        data, by = form.cleaned_data, acting_user(request)
        before, cells = _choice(request, found)
        if cells != before:
            # What is ticked on the page is meant, whether or not it was noted down first.
            noted = actions.choose_conflicts(by=by, upload=found, cells=cells, version=version)
            version = noted.version
        actions.apply_upload(
            by=by,
            upload=found,
            version=version,
            reason=data["reason"],
            explanation=data.get("explanation", ""),
            leave_errors=data["leave_errors"],
        )

    return _do(request, found, apply, _("正在保存，全部保存或者都不保存。"), form=form)


@require_POST
@requires("indicators.upload_table")
def upload_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back everything that the upload saved, as long as nobody built on it."""
    found = _own(request, pk)
    reason = request.POST.get("reason", "").replace("\0", "")[:2000]

    def undo(version: int) -> None:
        actions.undo_upload(by=acting_user(request), upload=found, version=version, reason=reason)

    return _do(request, found, undo, _("已撤销，恢复到保存之前的内容。"))


@require_POST
@requires("indicators.upload_table")
def upload_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an upload up that was not saved."""
    found = _own(request, pk, dropping=True)

    def drop(version: int) -> None:
        actions.drop_upload(by=acting_user(request), upload=found, version=version)

    return _do(request, found, drop, _("已放弃这次上传，没有保存任何数值。"))


def _list(request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    """The page of all uploads that a person may see, with what may be sent."""
    user = acting_user(request)
    enterable = uploadkinds.enterable_by(user)
    number = request.GET.get("page") if status == 200 else 1
    page = Paginator(showing.visible_uploads(user), 50).get_page(number)
    context = {
        "page": page,
        "rows": [(upload, uploadkinds.kind(upload.kind).name) for upload in page],
        "form": form,
        "everybody": bool(showing.seen_kinds(user)),
        "actuals": any(kind.code == uploadkinds.ACTUALS for kind in enterable),
        "offers": [offer for kind in enterable for offer in kind.offers(user)],
        "regions": Region.objects.order_by("code"),
    }
    return render(request, "uploads/uploads.html", context, status=status)


def _choice(request: HttpRequest, found: Upload) -> tuple[set[int], set[int]]:
    """The conflicts in which the own value was chosen so far, and those with what is posted."""
    shown = {
        int(name[5:]): value == "mine"
        for name, value in request.POST.items()
        if name.startswith("cell-") and name[5:].isascii() and name[5:].isdigit() and len(name) < 24
    }
    # The page showed some of the conflicts: what was chosen on others stays.
    before = set(found.cells.filter(chosen=True).values_list("pk", flat=True))
    return before, {*before.difference(shown), *(pk for pk, mine in shown.items() if mine)}


def _own(request: HttpRequest, pk: int, *, dropping: bool = False) -> Upload:
    """An upload of the acting person; anybody else's is 404, since only its author decides.

    Raises PermissionDenied (403) where the person may not enter what it holds; dropping it is free.
    """
    user = acting_user(request)
    found = get_object_or_404(showing.visible_uploads(user).filter(by=user), pk=pk)
    kind = uploadkinds.kind(found.kind)
    if not dropping and not user.has_perm(kind.enter):
        raise PermissionDenied(in_language(*kind.not_entered))
    return found


def _do(
    request: HttpRequest,
    found: Upload,
    step: Callable[[int], None],
    done: str,
    form: forms.Form | None = None,
) -> HttpResponse:
    """Take a step on the version that the page showed; what refuses brings the page back."""
    version = VersionForm(request.POST)
    if not version.is_valid():
        raise Http404(_("缺少版本号，请刷新页面。"))
    try:
        step(version.cleaned_data["version"])
    except (Refused, Conflict) as refusal:
        messages.error(request, str(refusal))
        found = showing.visible_uploads(acting_user(request)).get(pk=found.pk)
        return _page(request, found, form, status=409)
    messages.success(request, done)
    return redirect("upload", found.pk)


def _page(
    request: HttpRequest, found: Upload, form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    """The page of an upload; a fixed number of queries."""
    outcome = request.GET.get("outcome", "")
    if outcome and outcome not in OUTCOMES:
        raise Http404(_("没有这种比对结果。"))
    user, kind = acting_user(request), uploadkinds.kind(found.kind)
    context: dict[str, Any] = {
        **kind.page(found, user, outcome=outcome, number=request.GET.get("page", "")),
        "upload": found,
        "kind": kind,
        "outcome": outcome,
        "form": form or kind.form(),
        "mine": found.by_id == user.pk and user.has_perm("indicators.upload_table"),
        "enters": user.has_perm(kind.enter),
        "progress": showing.progress(found),
        "unused": showing.unused(found),
        "remarks": showing.remarks(found),
    }
    return render(request, "uploads/upload.html", context, status=status)
