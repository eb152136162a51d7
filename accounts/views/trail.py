"""The page on which the auditor reads the audit trail."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.access import requires
from accounts.forms import TrailFilter
from accounts.models import AuditEvent
from accounts.wording import action_name, differences, object_name

PAGE = 50


@requires("accounts.view_auditevent")
@never_cache
@require_safe
def audit_trail(request: HttpRequest) -> HttpResponse:
    """Events, the newest first, page by page after the place where the last page ended."""
    form = TrailFilter(request.GET)
    form.is_valid()  # a filter that is no choice is said on the form and narrows nothing
    events = list(_chosen(form.cleaned_data).order_by("-id")[: PAGE + 1])
    query = request.GET.copy()
    if len(events) > PAGE:
        query["before"] = str(events[PAGE - 1].pk)
    lines = [
        {
            "event": event,
            "action": action_name(event.action),
            "object": object_name(event.object_type),
            "differences": differences(event),
        }
        for event in events[:PAGE]
    ]
    context = {"form": form, "lines": lines, "head": audit.head()}
    context["older"] = query.urlencode() if len(events) > PAGE else ""
    return render(request, "accounts/audit_trail.html", context)


def _chosen(chosen: dict[str, Any]) -> QuerySet[AuditEvent]:
    """The events that the valid filters leave."""
    events = AuditEvent.objects.all()
    for name in ("action", "object_type", "object_id"):
        if chosen.get(name):
            events = events.filter(**{name: chosen[name]})
    if chosen.get("actor") is not None:
        events = events.filter(actor_id=chosen["actor"].pk)
    if chosen.get("since") is not None:
        events = events.filter(at__gte=_midnight(chosen["since"]))
    if chosen.get("until") is not None:
        events = events.filter(at__lt=_midnight(chosen["until"] + timedelta(days=1)))
    if chosen.get("before") is not None:
        events = events.filter(id__lt=chosen["before"])
    return events


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
