"""Addresses of the reading pages."""

from __future__ import annotations

from django.urls import path

from qdpolicy.dashboard import (
    days,
    documents,
    finder,
    findings,
    indicators,
    measures,
    overview,
    portfolio,
    programs,
    projections,
    regions,
    targets,
    whatif,
)

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("documents/", documents.document_list, name="documents"),
    path("documents/<slug:key>/", documents.document_page, name="document"),
    path("indicators/", indicators.indicator_list, name="indicators"),
    path("indicators/<slug:code>/", indicators.indicator_page, name="indicator"),
    path("indicators/<slug:code>/chart.json", indicators.indicator_chart, name="indicator_chart"),
    path("indicators/<slug:code>/data.csv", indicators.indicator_csv, name="indicator_csv"),
    path("targets/", targets.target_list, name="targets"),
    path("targets/<slug:document_key>/<slug:key>/", targets.target_page, name="target"),
    path(
        "targets/<slug:document_key>/<slug:key>/what-if/", whatif.whatif_page, name="target_whatif"
    ),
    path("findings/", findings.finding_list, name="findings"),
    path("measures/", measures.measure_list, name="measures"),
    path("programs/", programs.program_list, name="programs"),
    path("programs/<slug:key>/", programs.program_page, name="program"),
    path("portfolio/", portfolio.portfolio_page, name="portfolio"),
    path("support/", finder.support_finder, name="support"),
    path("projection/", projections.projection_page, name="projection"),
    path("known-on/", days.choose_day, name="choose_day"),
    path("regions/", regions.region_table, name="regions"),
]
