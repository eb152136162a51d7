"""System checks of our own: what `check --deploy` does not ask."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection

from qdpolicy.madeup import disagreement


@register(Tags.security, deploy=True)
def production_settings(**_kwargs: Any) -> list[CheckMessage]:
    """A deployed qdpolicy runs in production mode, on PostgreSQL, with a broker."""
    found: list[CheckMessage] = []
    if not settings.PRODUCTION:
        found.append(
            Error("PRODUCTION 未开启，部署环境须设为 true (PRODUCTION is off).", id="qdpolicy.E001")
        )
    if settings.PRODUCTION and connection.vendor == "sqlite":
        found.append(
            Error("生产环境须使用 PostgreSQL (DATABASE_URL names SQLite).", id="qdpolicy.E002")
        )
    if settings.PRODUCTION and not settings.CELERY_BROKER_URL:
        found.append(
            Error("生产环境须设置 CELERY_BROKER_URL (no broker is named).", id="qdpolicy.E003")
        )
    return found


@register(Tags.security)
def plain_http(**_kwargs: Any) -> list[CheckMessage]:
    """A plain-HTTP intranet is a choice that is said at every start."""
    if settings.PRODUCTION and settings.PLAIN_HTTP:
        return [
            checks.Warning(
                "PLAIN_HTTP 已开启：口令与会话在网络上不加密，仅限隔离的内网使用。 "
                "(PLAIN_HTTP is on: passwords and sessions travel unencrypted.)",
                id="qdpolicy.W001",
            )
        ]
    return []


@register(Tags.database)
def practice_and_database(**_kwargs: Any) -> list[CheckMessage]:
    """The made-up city and real data never stand in one database."""
    sentence = disagreement()
    return [Error(sentence, id="qdpolicy.E004")] if sentence else []
