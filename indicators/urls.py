"""The addresses of indicators alone, below /actuals/: uploads of workbooks and tables."""

from __future__ import annotations

from django.urls import path

from indicators.views import doubtrules, doubts, downloads, uploads

urlpatterns = [
    path("template/", downloads.upload_template, name="upload_template"),
    path("uploads/", uploads.uploads, name="uploads"),
    path("uploads/new/", uploads.upload_new, name="upload_new"),
    path("uploads/<int:pk>/", uploads.upload, name="upload"),
    path("uploads/<int:pk>/state.json", uploads.upload_state, name="upload_state"),
    path("uploads/<int:pk>/choose/", uploads.upload_choose, name="upload_choose"),
    path("uploads/<int:pk>/apply/", uploads.upload_apply, name="upload_apply"),
    path("uploads/<int:pk>/undo/", uploads.upload_undo, name="upload_undo"),
    path("uploads/<int:pk>/drop/", uploads.upload_drop, name="upload_drop"),
    path("uploads/<int:pk>/annotated/", downloads.upload_annotated, name="upload_annotated"),
    path("doubts/", doubts.doubts, name="doubts"),
    path("doubts/rules/", doubtrules.doubt_rules, name="doubt_rules"),
    path("doubts/rules/<slug:code>/", doubtrules.doubt_rule, name="doubt_rule"),
]
