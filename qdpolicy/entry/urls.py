"""The addresses of work on the actuals, below /actuals/."""

from __future__ import annotations

from django.urls import path

from qdpolicy.entry import entering, life, reviewing, work

urlpatterns = [
    path("", work.entry_list, name="entry_list"),
    path("new/", entering.entry_new, name="entry_new"),
    path("review/", reviewing.review_queue, name="review_queue"),
    path("<int:pk>/", life.entry, name="entry"),
    path("<int:pk>/edit/", entering.entry_edit, name="entry_edit"),
    path("<int:pk>/submit/", life.entry_submit, name="entry_submit"),
    path("<int:pk>/return/", life.entry_return, name="entry_return"),
    path("<int:pk>/approve/", life.entry_approve, name="entry_approve"),
]
