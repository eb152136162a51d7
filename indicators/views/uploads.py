"""The pages of uploads: the list, the cell-by-cell difference, and what a person decides about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import acting_user, requires
from accounts.versions import Conflict
from indicators import actions
from indicators.errors import Refused
from indicators.forms.uploads import ApplyForm, UploadForm, VersionForm
from indicators.models import Region, Upload
from indicators.views import showing

PAGE = 100
OUTCOMES = ("new", "changed", "conflict", "error", "warning", "unchanged", "all")


@require_GET
@requires("indicators.view_draft")
def uploads(request: HttpRequest) -> HttpResponse:
    """The uploads that I may see, newest first, and the way to a new one."""
    user = acting_user(request)
    rows = showing.visible_uploads(user)
    context = {
        "page": Paginator(rows, 50).get_page(request.GET.get("page")),
        "form": UploadForm(),
        "everybody": showing.sees_all(user),
        "regions": Region.objects.order_by("code"),
    }
    return render(request, "uploads/uploads.html", context)


@require_http_methods(["GET", "POST"])
@requires("indicators.enter_observation")
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
    page = Paginator(showing.visible_uploads(user), 50).get_page(1)
    context = {
        "page": page,
        "form": form,
        "everybody": showing.sees_all(user),
        "regions": Region.objects.order_by("code"),
    }
    return render(request, "uploads/uploads.html", context, status=400)


@require_GET
@requires("indicators.view_draft")
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """One upload: what it would change, cell by cell; ?outcome= shows one kind."""
    found = get_object_or_404(showing.visible_uploads(acting_user(request)), pk=pk)
    return _page(request, found)


@require_GET
@requires("indicators.view_draft")
def upload_state(request: HttpRequest, pk: int) -> JsonResponse:
    """How far reading or saving is, for the bar."""
    found = get_object_or_404(showing.visible_uploads(acting_user(request)), pk=pk)
    return JsonResponse(showing.progress(found), headers={"Cache-Control": "no-store"})


@require_POST
@requires("indicators.enter_observation")
def upload_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the own value or the other's for the conflicts that the page showed."""
    found = _own(request, pk)

    def choose(version: int) -> None:
        cells = _choice(request, found)[1]
        actions.choose_conflicts(
            by=acting_user(request), upload=found, cells=cells, version=version
        )

    return _do(request, found, choose, _("已记下您的选择，保存时照此处理。"))


@require_POST
@requires("indicators.enter_observation")
def upload_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what the difference shows as drafts, in one go."""
    found = _own(request, pk)
    form = ApplyForm(request.POST)
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
            explanation=data["explanation"],
            leave_errors=data["leave_errors"],
        )

    return _do(request, found, apply, _("正在保存，全部保存或者一格都不保存。"), form=form)


@require_POST
@requires("indicators.enter_observation")
def upload_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back everything that the upload saved, as long as nobody built on it."""
    found = _own(request, pk)
    reason = request.POST.get("reason", "").replace("\0", "")[:2000]

    def undo(version: int) -> None:
        actions.undo_upload(by=acting_user(request), upload=found, version=version, reason=reason)

    return _do(request, found, undo, _("已撤销，各格恢复到保存之前的内容。"))


@require_POST
@requires("indicators.enter_observation")
def upload_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an upload up that was not saved."""
    found = _own(request, pk)

    def drop(version: int) -> None:
        actions.drop_upload(by=acting_user(request), upload=found, version=version)

    return _do(request, found, drop, _("已放弃这次上传，没有保存任何数值。"))


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


def _own(request: HttpRequest, pk: int) -> Upload:
    """An upload of the acting person; anybody else's is 404, since only its author decides."""
    user = acting_user(request)
    return get_object_or_404(showing.visible_uploads(user).filter(by=user), pk=pk)


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
    user = acting_user(request)
    page = Paginator(showing.chosen_cells(found, outcome), PAGE).get_page(request.GET.get("page"))
    cells = showing.shown(list(page), user, showing.sheet_names(found))
    context: dict[str, Any] = {
        "upload": found,
        "page": page,
        "cells": cells,
        "choices": any(item.cell.outcome == "conflict" for item in cells),
        "outcome": outcome,
        "tallies": showing.tallies(found),
        "form": form or ApplyForm(),
        "mine": found.by_id == user.pk and user.has_perm("indicators.enter_observation"),
        "progress": showing.progress(found),
        "unused": showing.unused(found),
        "remarks": showing.remarks(found),
    }
    return render(request, "uploads/upload.html", context, status=status)
