"""The addresses of work on the actuals, below /actuals/."""

from __future__ import annotations

from django.urls import include, path

from qdpolicy.entry import bulk, entering, evidence, life, reviewing, work
from qdpolicy.entry.grid import page, plainform, saving

urlpatterns = [
    path("", work.entry_list, name="entry_list"),
    path("new/", entering.entry_new, name="entry_new"),
    path("review/", reviewing.review_queue, name="review_queue"),
    path("bulk/submit/", bulk.entry_bulk_submit, name="entry_bulk_submit"),
    path("bulk/review/", bulk.entry_bulk_review, name="entry_bulk_review"),
    path("grid/", page.grid, name="grid"),
    # Before the codes: those of the catalogue are in capitals, so none is hidden by these two.
    path("grid/read/", saving.grid_read, name="grid_read"),
    path("grid/save/", saving.grid_save, name="grid_save"),
    path("grid/<slug:code>/", plainform.grid_row, name="grid_row"),
    path("evidence/<int:pk>/", evidence.evidence_file, name="evidence_file"),
    path("evidence/<int:pk>/remove/", evidence.evidence_remove, name="evidence_remove"),
    path("", include("qdpolicy.entry.rounds.urls")),
    path("reminders/read/", work.reminders_read, name="reminders_read"),
    path("<int:pk>/", life.entry, name="entry"),
    path("<int:pk>/attach/", evidence.entry_attach, name="entry_attach"),
    path("<int:pk>/withdraw/", life.entry_withdraw, name="entry_withdraw"),
    path("<int:pk>/bring-back/", life.entry_bring_back, name="entry_bring_back"),
    path("<int:pk>/edit/", entering.entry_edit, name="entry_edit"),
    path("<int:pk>/submit/", life.entry_submit, name="entry_submit"),
    path("<int:pk>/return/", life.entry_return, name="entry_return"),
    path("<int:pk>/approve/", life.entry_approve, name="entry_approve"),
]
