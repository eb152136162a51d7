"""The addresses of work on promises, below the root."""

from __future__ import annotations

from django.urls import path

from targets import views

urlpatterns = [
    path("measures/<int:pk>/judge/", views.measure_judge, name="measure_judge"),
    path("documents/<slug:key>/original/", views.attach_original, name="attach_original"),
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/recompute/", views.recompute_all, name="recompute_all"),
    path("jobs/<int:pk>.json", views.job_state, name="job_state"),
    path("jobs/<int:pk>/retry/", views.job_retry, name="job_retry"),
    path("stale/<int:pk>/retry/", views.stale_retry, name="stale_retry"),
]
