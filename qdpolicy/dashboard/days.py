"""The way to an earlier day: the page that the small form of every reading page asks."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.access import reading
from qdpolicy.knowledge import DayError, Knowledge, read_day, root_of


class DayField(forms.CharField):
    """A day up to today; None where it may be empty."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"type": "date"}), **options)

    def clean(self, value: Any) -> date | None:
        """The day of a text; ValidationError in words where it is none."""
        text = super().clean(value)
        try:
            return read_day(text, today=timezone.localdate()) if text else None
        except DayError as error:
            raise forms.ValidationError(str(error)) from error


class DayForm(forms.Form):
    """Two days and the page that is asked for them."""

    known_on = DayField(
        label=_("按哪一天所知"),
        help_text=_("只用当天结束前已经核定的实绩、目标读法和判定规则。"),
    )
    as_of = DayField(
        label=_("判定截至哪一天"),
        required=False,
        help_text=_("只算到这一天为止已经结束的报告期；不填就是同一天。"),
    )
    next = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_next(self) -> str:
        """The address of the page below the site; the overview where none is named."""
        path: str = self.cleaned_data["next"]
        return path if path.startswith("/") else "/"

    @property
    def address(self) -> str:
        """The page below its days, once the form is valid. The days come first: no other host."""
        asked = self.cleaned_data
        known_on: date = asked["known_on"]
        return Knowledge(known_on, asked["as_of"] or known_on).prefix + str(asked["next"])


@require_safe
@reading
def choose_day(request: HttpRequest) -> HttpResponse:
    """Leads to a page as known on a day; asked for no day, or for an impossible one, it explains."""
    asked = "known_on" in request.GET
    form = DayForm(request.GET if asked else None, initial={"next": request.GET.get("next", "/")})
    if form.is_valid():
        return redirect(root_of(request) + form.address)
    context = {"form": form, "chosen": request.GET.get("next", "/")}
    return render(request, "dashboard/choose_day.html", context, status=400 if asked else 200)
