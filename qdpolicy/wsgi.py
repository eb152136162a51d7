"""The entry of the web server."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qdpolicy.settings")

application = get_wsgi_application()


def _require_agreement() -> None:
    """A page of the made-up city without its banner must not be: then nothing is served at all."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import connections

    from qdpolicy.madeup import disagreement

    try:
        if sentence := disagreement():
            raise ImproperlyConfigured(sentence)
    finally:
        connections.close_all()


_require_agreement()
