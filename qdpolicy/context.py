"""What every template may read of the site."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from qdpolicy.knowledge import (
    address_below,
    heeds_days,
    knowledge_of,
    present_address,
)


def site(request: HttpRequest) -> dict[str, Any]:
    """What a page has to say aloud: flags of the run mode, and the day whose knowledge it shows."""
    return {
        "knowledge": knowledge_of(request),
        "present_address": present_address(request),
        "address_below": address_below(request),
        "offers_days": heeds_days(request),
        "plain_http_warning": settings.PRODUCTION and settings.PLAIN_HTTP,
        "public_reading": settings.PUBLIC_READING,
        "languages": settings.LANGUAGES,
    }
