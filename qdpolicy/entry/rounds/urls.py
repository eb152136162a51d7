"""The addresses of rounds and 督办, below /actuals/."""

from __future__ import annotations

from django.urls import path

from qdpolicy.entry.rounds import duties, leaves, making, noting, pages, supervising

urlpatterns = [
    path("rounds/", pages.rounds, name="rounds"),
    path("rounds/new/", making.round_new, name="round_new"),
    path("rounds/<int:pk>/", pages.round_page, name="round"),
    path("rounds/<int:pk>/edit/", making.round_edit, name="round_edit"),
    path("rounds/<int:pk>/publish/", making.round_publish, name="round_publish"),
    path("rounds/<int:pk>/duties/", duties.round_duties, name="round_duties"),
    path("rounds/<int:pk>/copy/", duties.round_copy, name="round_copy"),
    path("rounds/<int:pk>/exceptions/new/", leaves.exception_new, name="exception_new"),
    path("rounds/<int:pk>/notes/<int:target>/", noting.note, name="round_note"),
    path("notes/<int:target>/", noting.note, name="target_note"),
    path("duties/<int:pk>/", duties.duty_edit, name="duty_edit"),
    path("duties/<int:pk>/drop/", duties.duty_drop, name="duty_drop"),
    path("duties/<int:pk>/supervise/", supervising.order_open, name="order_open"),
    path("exceptions/<int:pk>/revoke/", leaves.exception_revoke, name="exception_revoke"),
    path("supervision/", supervising.supervision, name="supervision"),
    path("supervision/rules/", supervising.supervision_rules, name="supervision_rules"),
    path("supervision/<int:pk>/", supervising.order, name="order"),
    path("supervision/<int:pk>/note/", supervising.order_note, name="order_note"),
    path("supervision/<int:pk>/close/", supervising.order_close, name="order_close"),
]
