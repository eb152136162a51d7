"""What a person may work with, a page at a time, and the doubts about a value."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from indicators import actions
from indicators.models import Indicator, Observation, ObservationQuerySet
from indicators.plausibility import Issue
from qdpolicy.entry.cells import Surroundings, doubts


def workable(user: User) -> ObservationQuerySet:
    """The rows that a person may work with, with what their names need."""
    return Observation.objects.visible_to(user).select_related(
        "indicator__unit", "region", "entered_by", "approved_by", "supersedes"
    )


def enterable(user: User) -> ObservationQuerySet:
    """The rows that a person may enter and submit: those of the own departments."""
    return workable(user).filter(indicator__in=Indicator.objects.enterable_by(user))


def page_of(request: HttpRequest, rows: Any, size: int) -> Page[Any]:
    """A page of a list; an unknown page is the nearest there is."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def doubts_about(around: Surroundings, stated: actions.Entry | Observation) -> list[Issue]:
    """The doubts about a stated value today; an early forecast is none."""
    forecast = stated.vintage == Observation.Vintage.FORECAST
    return doubts(around, stated.value, forecast=forecast, today=timezone.localdate())
