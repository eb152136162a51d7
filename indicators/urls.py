"""The addresses of work on the actuals, below /actuals/."""

from __future__ import annotations

from django.urls import path

from indicators import views

urlpatterns = [
    path("", views.entry_list, name="entry_list"),
    path("new/", views.entry_new, name="entry_new"),
    path("review/", views.review_queue, name="review_queue"),
    path("<int:pk>/", views.entry, name="entry"),
    path("<int:pk>/edit/", views.entry_edit, name="entry_edit"),
    path("<int:pk>/submit/", views.entry_submit, name="entry_submit"),
    path("<int:pk>/return/", views.entry_return, name="entry_return"),
    path("<int:pk>/approve/", views.entry_approve, name="entry_approve"),
]
