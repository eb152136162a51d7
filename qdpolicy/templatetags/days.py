"""Addresses that lead from an earlier day to the present: signing in, the language, another day."""

from __future__ import annotations

from django import template
from django.urls import reverse

from qdpolicy.knowledge import present_url as present_url_of

register = template.Library()


@register.simple_tag(takes_context=True)
def present_url(context: template.Context, name: str) -> str:
    """The address of a named page of today, whichever day the page around it shows."""
    request = context.get("request")
    return reverse(name) if request is None else present_url_of(request, name)
