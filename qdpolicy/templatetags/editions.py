"""Editions and support items in one line of a template."""

from __future__ import annotations

from django import template

from programs.models import ProgramEdition, SupportItem
from programs.sidebyside import cap_of
from programs.wording import dated as name_and_days

register = template.Library()


@register.filter
def cap_line(item: SupportItem) -> str:
    """The cap of an item in words: 最高500万元，不超过申报投入的30%."""
    return cap_of(item)


@register.filter
def dated(edition: ProgramEdition) -> str:
    """An edition with its days behind its name."""
    return name_and_days(edition)
