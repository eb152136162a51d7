"""What recompute works with and what it makes: the stale queue, snapshots."""

from __future__ import annotations

from typing import get_args

from django.db import models
from django.utils.translation import gettext_lazy as _

from indicators.models import Indicator, Region
from targets.models.fields import CodeField, FigureField, FlagsField, IdsField, ReasonsField
from targets.models.promises import Target
from targets.models.versions import TargetVersion
from targets.progress.rules import Light
from targets.progress.verdict import FLAGS, Status

STATUSES: tuple[str, ...] = get_args(Status)
LIGHTS: tuple[str, ...] = get_args(Light)
POSITIONS = ("", "below", "inside", "above")
TRENDS = ("", "up", "down", "flat")
QUALIFIERS = ("", "exact", "about", "above", "below")


class StaleRequestQuerySet(models.QuerySet["StaleRequest"]):
    """The queue as the sweep reads it."""

    def parked(self) -> StaleRequestQuerySet:
        """Rows that failed five times and wait for a person."""
        return self.filter(parked_at__isnull=False)

    def waiting(self) -> StaleRequestQuerySet:
        """Rows a sweep will take, now or after their pause."""
        return self.filter(parked_at=None)


class StaleRequest(models.Model):
    """A row of the append-only queue: the verdicts on this indicator in this region are out of date."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="+")
    region = models.ForeignKey(Region, models.CASCADE, related_name="+")
    cause = models.CharField(_("起因"), max_length=60)
    queued_at = models.DateTimeField(_("入列时间"))
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    next_try_at = models.DateTimeField(_("下次尝试"), null=True, blank=True)
    last_error = models.TextField(_("最近错误"), blank=True)
    parked_at = models.DateTimeField(_("停放时间"), null=True, blank=True)

    objects = StaleRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("待重算")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.indicator_id}/{self.region_id}"


class ProgressSnapshot(models.Model):
    """What progress says of a target: codes and figures; words are composed when shown.

    A cache without constraints to other tables, since checking them costs more than the row: the
    bulk path of recompute writes a million of these. `targets.recompute` alone writes here.
    """

    target = models.OneToOneField(
        Target, models.CASCADE, primary_key=True, related_name="snapshot", db_constraint=False
    )
    version = models.ForeignKey(
        TargetVersion, models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    as_of = models.DateField(_("截至"))
    status = CodeField(_("状态"), words=STATUSES)
    light = CodeField(_("亮灯"), words=LIGHTS)
    promise_status = CodeField(_("承诺状态"), words=STATUSES)
    promise_light = CodeField(_("承诺亮灯"), words=LIGHTS)
    attained = models.BooleanField(_("达成"), null=True)
    position = CodeField(_("区间位置"), words=POSITIONS, default="")
    period = models.CharField(_("数据期"), max_length=21, blank=True)
    actual = FigureField(null=True)
    actual_qualifier = CodeField(words=QUALIFIERS, default="")
    goal = FigureField(null=True)
    baseline_period = models.CharField(max_length=21, blank=True)
    baseline_value = FigureField(null=True)
    completion = FigureField(null=True)
    share_done = FigureField(null=True)
    pace = FigureField(null=True)
    expected_now = FigureField(null=True)
    gap = FigureField(null=True)
    needed = FigureField(null=True)
    actual_rate = FigureField(null=True)
    required_rate = FigureField(null=True)
    trend = CodeField(_("走势"), words=TRENDS, default="")
    flags = FlagsField(words=FLAGS, default=list)
    reasons = ReasonsField(default=list)
    inputs = IdsField(default=list)
    rule_version = models.PositiveIntegerField(_("规则版本"))
    digest = models.BigIntegerField()
    computed_at = models.DateTimeField(_("计算时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("进度快照")
        ordering = ("target",)

    def __str__(self) -> str:
        return f"{self.target_id}: {self.status}"


class RecomputeShare(models.Model):
    """Some regions of a recompute of everything: whoever locks the row judges their promises."""

    job = models.ForeignKey("accounts.Job", models.CASCADE, related_name="+")
    regions = models.JSONField()
    targets = models.PositiveIntegerField()
    written = models.PositiveIntegerField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("重算份额")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.job_id}/{self.pk}"


class StatusChange(models.Model):
    """A verdict that moved: the trace that "what changed" reads; a snapshot alone forgets it."""

    target = models.ForeignKey(Target, models.CASCADE, related_name="changes")
    before = models.CharField(_("原状态"), max_length=16)
    after = models.CharField(_("现状态"), max_length=16)
    as_of = models.DateField(_("截至"))
    changed_at = models.DateTimeField(_("变化时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("状态变化")
        ordering = ("-changed_at", "-id")

    def __str__(self) -> str:
        return f"{self.target_id}: {self.before} → {self.after}"
