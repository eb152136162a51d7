"""What every template may read of the site."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(_request: HttpRequest) -> dict[str, Any]:
    """Flags of the run mode that a page has to say aloud."""
    return {
        "plain_http_warning": settings.PRODUCTION and settings.PLAIN_HTTP,
        "public_reading": settings.PUBLIC_READING,
        "languages": settings.LANGUAGES,
    }
