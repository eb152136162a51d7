"""The addresses of the desk, below the root."""

from __future__ import annotations

from django.urls import path

from qdpolicy.desk import changes, rulesets, steps

urlpatterns = [
    path("changes/", changes.change_list, name="changes"),
    path("changes/<int:pk>/", changes.change_page, name="change"),
    path("changes/<int:pk>/edit/", changes.change_edit, name="change_edit"),
    path("changes/<int:pk>/submit/", steps.change_submit, name="change_submit"),
    path("changes/<int:pk>/drop/", steps.change_drop, name="change_drop"),
    path("changes/<int:pk>/return/", steps.change_return, name="change_return"),
    path("changes/<int:pk>/approve/", steps.change_approve, name="change_approve"),
    path("targets/<slug:document_key>/<slug:key>/change/", changes.change_new, name="change_new"),
    path("rules/", rulesets.rules_list, name="rules"),
    path("rules/new/", rulesets.rules_new, name="rules_new"),
    path("rules/<int:version>/", rulesets.rules_page, name="rule_set"),
    path("rules/<int:version>/submit/", rulesets.rules_submit, name="rules_submit"),
    path("rules/<int:version>/return/", rulesets.rules_return, name="rules_return"),
    path("rules/<int:version>/approve/", rulesets.rules_approve, name="rules_approve"),
]
