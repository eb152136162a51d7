"""Uploads of workbooks and tables: the file, what was read of it, and what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Job
from indicators.models.catalogue import Indicator, Region
from indicators.models.observations import DECIMAL_PLACES, MAX_DIGITS, Observation


class Upload(models.Model):
    """A file of actuals on its way: read, compared cell by cell, applied as one, undone as one."""

    class State(models.TextChoices):
        RECEIVED = "received", _("正在读取")
        REFUSED = "refused", _("未能读取")
        STAGED = "staged", _("待确认")
        APPLYING = "applying", _("正在保存")
        APPLIED = "applied", _("已保存")
        UNDONE = "undone", _("已撤销")
        DROPPED = "dropped", _("已放弃")

    # What the file holds, by a code of `indicators.uploadkinds`: actuals, or what an app above reads.
    kind = models.CharField(_("内容类别"), max_length=10, default="actuals")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="uploads", verbose_name=_("上传人")
    )
    at = models.DateTimeField(_("上传时间"))
    name = models.CharField(_("文件名"), max_length=120)
    size = models.PositiveIntegerField(_("大小"))
    sha256 = models.CharField(_("摘要"), max_length=64)
    # Emptied when the file is refused or dropped; a refused file leaves its sentence alone.
    content = models.BinaryField(_("内容"), blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.RECEIVED)
    job = models.ForeignKey(
        Job, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("后台任务")
    )
    refusal = models.TextField(_("拒绝原因"), blank=True)
    refusal_en = models.TextField(_("拒绝原因（英文）"), blank=True)
    # What was found: {"kind": template|long|wide, "encoding": …, "sheets": […]} and the counts
    # of staged rows by outcome.
    found = models.JSONField(_("读取结果"), default=dict, blank=True)
    counts = models.JSONField(_("计数"), default=dict, blank=True)
    reason = models.TextField(_("说明"), blank=True)
    applied_at = models.DateTimeField(_("保存时间"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("撤销人"),
    )
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("上传的表格")
        ordering = ("-pk",)
        permissions: ClassVar = [("upload_table", "Can upload tables")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(applied_at__isnull=False) | ~Q(state__in=["applied", "undone"]),
                name="upload_applied_at",
            ),
            models.CheckConstraint(
                condition=Q(undone_by=None, undone_at=None)
                | Q(undone_by__isnull=False, undone_at__isnull=False),
                name="upload_undone_pair",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StagedCell(models.Model):
    """One cell of an upload: what it says, what is there now, and what would become of it."""

    class Outcome(models.TextChoices):
        NEW = "new", _("新增")
        CHANGED = "changed", _("有改动")
        UNCHANGED = "unchanged", _("无变化")
        CONFLICT = "conflict", _("他人已更新")
        ERROR = "error", _("有错误")

    # No constraint and no index of its own: a hundred thousand rows pay for each of them.
    upload = models.ForeignKey(
        Upload, models.CASCADE, related_name="cells", db_constraint=False, db_index=False
    )
    # Where it stands in the file: the sheet's number, row and column from 1.
    sheet = models.PositiveSmallIntegerField(default=1)
    row = models.PositiveIntegerField()
    column = models.PositiveIntegerField()
    indicator = models.ForeignKey(
        Indicator,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    region = models.ForeignKey(
        Region, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    reference_period = models.CharField(max_length=21, blank=True)
    text = models.CharField(_("录入原文"), max_length=60, blank=True)
    value = models.DecimalField(
        max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True, blank=True
    )
    qualifier = models.CharField(max_length=6, default=Observation.Qualifier.EXACT)
    obs_status = models.CharField(max_length=1, default=Observation.Status.NORMAL)
    vintage = models.CharField(max_length=8, default=Observation.Vintage.ANNUAL)
    source_title = models.CharField(max_length=200, blank=True)
    source_url = models.CharField(max_length=500, blank=True)
    source_date = models.CharField(max_length=10, blank=True)
    note = models.TextField(blank=True)
    explanation = models.TextField(blank=True)
    # What the person could see: the open row and the approved one, with their versions (0: none).
    seen_open = models.BigIntegerField(default=0)
    seen_open_version = models.PositiveIntegerField(default=0)
    seen_approved = models.BigIntegerField(default=0)
    outcome = models.CharField(max_length=9, choices=Outcome)
    # A conflict is applied only where the person chose the own value.
    chosen = models.BooleanField(default=False)
    warnings = models.JSONField(default=list, blank=True)
    sentence = models.TextField(blank=True)
    sentence_en = models.TextField(blank=True)

    class Meta:
        default_permissions = ()
        verbose_name = verbose_name_plural = _("上传的单元格")
        ordering = ("upload", "sheet", "row", "column")
        indexes: ClassVar = [
            models.Index(fields=["upload", "outcome"], name="staged_outcome_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.upload_id}:{self.row}:{self.column}"
