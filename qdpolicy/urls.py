"""Every address of the site, each app's own below its name."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from accounts.access import public


@public
def healthz(_request: HttpRequest) -> HttpResponse:
    """Alive; says nothing else."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("language/", public(set_language), name="set_language"),
    path("accounts/", include("accounts.urls")),
    path("actuals/", include("qdpolicy.entry.urls")),
    path("actuals/", include("indicators.urls")),
    # One login page, with one lock: the stock admin sends there as well.
    path(
        "admin/login/",
        public(RedirectView.as_view(pattern_name="login", query_string=True)),
        name="admin_login",
    ),
    path(
        "admin/password_change/",
        public(RedirectView.as_view(pattern_name="password_change")),
        name="admin_password_change",
    ),
    path("admin/", admin.site.urls),
    path("", include("programs.urls")),
    path("", include("targets.urls")),
    path("", include("qdpolicy.desk.urls")),
    path("", include("qdpolicy.dashboard.urls")),
]
