"""What the editing pages share: refusals on the form, and the page of a conflict."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.forms import BaseForm, BaseModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.versions import Conflict, clashes

Result = TypeVar("Result")


def carried_out(form: BaseForm, act: Callable[[], Result]) -> Result | None:
    """Do it; a refusal is written on the form and None comes back."""
    try:
        return act()
    except ValidationError as error:
        form.add_error(None, error.messages)
        return None


def conflict_page(
    request: HttpRequest,
    template: str,
    form_class: type[BaseModelForm[Any]],
    conflict: Conflict,
) -> HttpResponse:
    """The form again with what was typed, both values side by side, and status 409.

    The hidden version is now the stored one, so saving again is a choice made with open eyes.
    """
    data = request.POST.copy()
    data["version"] = str(getattr(conflict.current, "version", ""))
    form = form_class(data, instance=conflict.current)
    context = {"form": form, "clashes": clashes(conflict), "edited": conflict.current}
    return render(request, template, context, status=409)
