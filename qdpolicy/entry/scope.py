"""What a person may work with, a page at a time, and the doubts about a value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from indicators import actions
from indicators.models import Observation, ObservationQuerySet
from indicators.plausibility import Issue
from qdpolicy.entry.cells import Surroundings, doubts

_NAMES = ("indicator__unit", "region", "entered_by", "approved_by", "supersedes")


def workable(user: User) -> ObservationQuerySet:
    """The rows that a person may work with, with what their names need."""
    return Observation.objects.visible_to(user).select_related(*_NAMES)


def enterable(user: User) -> ObservationQuerySet:
    """The rows that a person may enter and submit: own indicators, and duties of open rounds."""
    return Observation.objects.enterable_by(user).select_related(*_NAMES)


def submittable(user: User, rows: Iterable[Observation]) -> set[int]:
    """The ids of those among these rows that this person may hand in; one query."""
    if not user.has_perm("indicators.enter_observation"):
        return set()
    states = (Observation.ReviewState.DRAFT, Observation.ReviewState.RETURNED)
    mine = Observation.objects.enterable_by(user).filter(
        pk__in=[row.pk for row in rows], review_state__in=states, reference_period__isnull=False
    )
    return set(mine.values_list("pk", flat=True))


def page_of(request: HttpRequest, rows: Any, size: int) -> Page[Any]:
    """A page of a list; an unknown page is the nearest there is."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def doubts_about(around: Surroundings, stated: actions.Entry | Observation) -> list[Issue]:
    """The doubts about a stated value today; an early forecast is none."""
    return doubts(around, stated, today=timezone.localdate())
