"""Sums of money in templates."""

from __future__ import annotations

from decimal import Decimal

from django import template

from qdpolicy.dashboard.yuan import wan as in_wan

register = template.Library()


@register.filter
def wan(yuan: Decimal | None) -> str:
    """A sum in 万元 with all its digits; None is 暂无."""
    return in_wan(yuan)
