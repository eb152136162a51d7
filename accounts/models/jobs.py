"""Background jobs: what was asked for, how far it is, how it ended."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .people import User


class JobQuerySet(models.QuerySet["Job"]):
    """Background jobs as the worker and the jobs page ask for them."""

    def due(self, now: datetime) -> JobQuerySet:
        """Jobs that a worker may take at `now`, the longest waiting first."""
        return self.filter(state=Job.State.QUEUED, next_try_at__lte=now).order_by(
            "next_try_at", "pk"
        )


class Job(models.Model):
    """Work that a person or the calendar asked for and that a worker does later."""

    class State(models.TextChoices):
        QUEUED = "queued", _("等待")
        RUNNING = "running", _("进行中")
        DONE = "done", _("完成")
        FAILED = "failed", _("失败")
        CANCELLED = "cancelled", _("已取消")

    kind = models.CharField(_("种类"), max_length=64)
    params = models.JSONField(_("参数"), default=dict, blank=True)
    state = models.CharField(_("状态"), max_length=16, choices=State.choices, default=State.QUEUED)
    requested_by = models.ForeignKey(
        User,
        verbose_name=_("发起人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="jobs",
    )
    requested_at = models.DateTimeField(_("发起时间"), default=timezone.now)
    started_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    next_try_at = models.DateTimeField(_("下次尝试"), default=timezone.now)
    error = models.TextField(_("错误"), blank=True)
    done = models.PositiveIntegerField(_("已处理"), default=0)
    total = models.PositiveIntegerField(_("总数"), null=True, blank=True)
    message = models.CharField(_("说明"), max_length=200, blank=True)
    heartbeat_at = models.DateTimeField(_("心跳"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("后台任务")
        verbose_name_plural = _("后台任务")
        default_permissions = ()
        ordering = ("-pk",)
        indexes = (models.Index(fields=("state", "next_try_at"), name="job_due"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("queued", "running", "done", "failed", "cancelled")),
                name="job_known_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("queued", "running"), finished_at__isnull=True)
                | Q(state__in=("done", "failed", "cancelled"), finished_at__isnull=False),
                name="job_finished_when_over",
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(started_at__isnull=False),
                name="job_running_has_start",
            ),
            models.CheckConstraint(condition=~Q(kind=""), name="job_has_kind"),
        )

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"
