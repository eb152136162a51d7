"""Support items in one line of a template."""

from __future__ import annotations

from django import template

from programs.models import SupportItem
from programs.sidebyside import cap_of

register = template.Library()


@register.filter
def cap_line(item: SupportItem) -> str:
    """The cap of an item in words: 最高500万元，不超过申报投入的30%."""
    return cap_of(item)
