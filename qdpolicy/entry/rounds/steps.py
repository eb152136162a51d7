"""Saving a form and taking a step: whatever refuses comes back in words, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.versions import Clash, Conflict, clashes
from indicators.errors import Refused
from targets.errors import Refused as TargetRefused


def posted(request: HttpRequest) -> tuple[int, str]:
    """The version that the person saw and the reason given; raises BadRequest without a version."""
    version = request.POST.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise BadRequest(_("请求中没有版本号，请重新打开页面。"))
    return int(version), request.POST.get("reason", "").replace("\0", "")[:2000]


def step(
    request: HttpRequest, done: str, move: Callable[[], Any], to: str, *args: Any
) -> HttpResponseRedirect:
    """Take one step and go to a page; a refusal or another's change is told there."""
    try:
        move()
    except (Refused, TargetRefused, Conflict) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(to, *args)


def version_seen(form: forms.Form) -> int:
    """The version that the form was filled on; raises BadRequest where it came without one."""
    version: int | None = form.cleaned_data["version"]
    if version is None:
        raise BadRequest(_("请求中没有版本号，请重新打开页面。"))
    return version


def save(
    request: HttpRequest,
    template: str,
    form: forms.Form,
    move: Callable[[], Any],
    leave: Callable[[Any], HttpResponse],
    context: dict[str, Any],
) -> HttpResponse:
    """Keep what a valid form states and leave, or show the form again with what stands against it.

    409 where somebody was first: both values are shown, and saving once more chooses one's own.
    """
    differing: list[Clash] = []
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            return leave(move())
        except (Refused, TargetRefused) as refusal:
            form.add_error(None, str(refusal))
        except Conflict as conflict:
            form.add_error(None, str(conflict))
            differing, status = clashes(conflict), 409
            seen = request.POST.copy()
            seen["version"] = str(getattr(conflict.current, "version", 0))
            form.data = seen
    context = {**context, "form": form, "clashes": differing}
    return render(request, template, context, status=status)
