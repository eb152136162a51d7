"""The addresses of programs alone, below the root: editing, awards, recipients, budgets."""

from __future__ import annotations

from django.urls import URLPattern, path

from programs.views import (
    applied,
    award_downloads,
    award_entering,
    award_page,
    award_uploads,
    awards,
    budgets,
    comparing,
    drafting,
    draftsteps,
    editing,
    recipients,
)

_AWARDS = [
    path("awards/", awards.award_list, name="awards"),
    path("awards/new/", award_entering.award_new, name="award_new"),
    path("awards/check/", award_entering.award_check, name="award_check"),
    path("awards/template/", award_uploads.award_template, name="award_template"),
    path("awards.csv", award_downloads.award_csv, name="award_csv"),
    path("awards.xlsx", award_downloads.award_xlsx, name="award_xlsx"),
    path("awards/<int:pk>/", award_page.award, name="award"),
    path("awards/<int:pk>/edit/", award_entering.award_edit, name="award_edit"),
    path("awards/<int:pk>/pay/", award_page.award_pay, name="award_pay"),
    path("awards/<int:pk>/status/", award_page.award_status, name="award_status"),
    path(
        "awards/<int:pk>/payments/<int:payment>/void/",
        award_page.payment_void,
        name="payment_void",
    ),
    path("recipients/", recipients.recipient_list, name="recipients"),
    path("recipients/<int:pk>/", recipients.recipient, name="recipient"),
    path("recipients/<int:pk>/edit/", recipients.recipient_edit, name="recipient_edit"),
    path("programs/<slug:key>/budgets/", budgets.budget_list, name="budgets"),
    path("programs/<slug:key>/budgets/new/", budgets.budget_new, name="budget_new"),
    path("programs/<slug:key>/budgets/<int:year>/", budgets.budget_edit, name="budget_edit"),
]

_EDITING = [
    path("programs/new/", editing.program_new, name="program_new"),
    path("programs/on/", applied.applied, name="applied"),
    path("programs/on/<str:day>/", applied.applied_on, name="applied_on"),
    path("programs/on/<str:day>/<str:kind>/", applied.applied_file, name="applied_file"),
    path("programs/<slug:key>/edit/", editing.program_edit, name="program_edit"),
    path("programs/<slug:key>/edit/start/", editing.edition_start, name="edition_start"),
    path(
        "programs/<slug:key>/editions/compare/", comparing.editions_compare, name="editions_compare"
    ),
    path(
        "programs/<slug:key>/editions/compare/<str:kind>/",
        comparing.editions_compare_file,
        name="editions_compare_file",
    ),
    path("edition-drafts/", editing.edition_drafts, name="edition_drafts"),
    path("edition-drafts/<int:pk>/", drafting.edition_draft, name="edition_draft"),
    path("edition-drafts/<int:pk>/save/", drafting.edition_save, name="edition_save"),
    path("edition-drafts/<int:pk>/preview/", drafting.edition_preview, name="edition_preview"),
    path("edition-drafts/<int:pk>/review/", draftsteps.edition_review, name="edition_review"),
    path("edition-drafts/<int:pk>/undo/", draftsteps.edition_undo, name="edition_undo"),
    path("edition-drafts/<int:pk>/redo/", draftsteps.edition_redo, name="edition_redo"),
    path("edition-drafts/<int:pk>/submit/", draftsteps.edition_submit, name="edition_submit"),
    path("edition-drafts/<int:pk>/return/", draftsteps.edition_return, name="edition_return"),
    path("edition-drafts/<int:pk>/approve/", draftsteps.edition_approve, name="edition_approve"),
    path("edition-drafts/<int:pk>/drop/", draftsteps.edition_drop, name="edition_drop"),
]

urlpatterns: list[URLPattern] = [*_EDITING, *_AWARDS]
