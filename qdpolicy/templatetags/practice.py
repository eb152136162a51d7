"""The banner of the practice city; needs no context, since error pages have none."""

from __future__ import annotations

from django import template
from django.conf import settings

from qdpolicy import madeup

register = template.Library()


@register.inclusion_tag("components/practice_banner.html")
def practice_banner() -> dict[str, str]:
    """The words of the banner in both languages; none on a real site."""
    if not settings.PRACTICE:
        return {}
    return {"banner": madeup.BANNER, "banner_en": madeup.BANNER_EN, "prefix": madeup.PREFIX}
