"""The Celery application: configured by the settings, tasks found in the apps."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qdpolicy.settings")

app = Celery("qdpolicy")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
