"""What recompute works with and what it makes: rules, the stale queue, snapshots."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from indicators.models import DECIMAL_PLACES, MAX_DIGITS, Indicator, Region
from targets.models.promises import Target, TargetVersion


class RuleSet(models.Model):
    """The thresholds of a verdict, as a versioned row (PROGRESS.md 4)."""

    version = models.PositiveIntegerField(_("版本"), unique=True)
    on_track = models.DecimalField(_("符合预期"), max_digits=6, decimal_places=4)
    lagging = models.DecimalField(_("略有滞后"), max_digits=6, decimal_places=4)
    ahead = models.DecimalField(_("快于预期"), max_digits=6, decimal_places=4)
    about_tolerance = models.DecimalField(_("“左右”允差"), max_digits=6, decimal_places=4)
    nearly_share = models.DecimalField(_("“近”下限"), max_digits=6, decimal_places=4)
    in_force_from = models.DateField(_("启用日期"))

    class Meta:
        verbose_name = verbose_name_plural = _("判定规则")
        ordering = ("-version",)

    def __str__(self) -> str:
        return f"v{self.version}"


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
    """What progress says of a target: codes and figures; words are composed when shown."""

    target = models.OneToOneField(Target, models.CASCADE, related_name="snapshot")
    version = models.ForeignKey(TargetVersion, models.CASCADE, related_name="+")
    as_of = models.DateField(_("截至"))
    status = models.CharField(_("状态"), max_length=16)
    light = models.CharField(_("亮灯"), max_length=6)
    promise_status = models.CharField(_("承诺状态"), max_length=16)
    promise_light = models.CharField(_("承诺亮灯"), max_length=6)
    attained = models.BooleanField(_("达成"), null=True)
    position = models.CharField(_("区间位置"), max_length=6, blank=True)
    period = models.CharField(_("数据期"), max_length=21, blank=True)
    actual = models.DecimalField(max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True)
    actual_qualifier = models.CharField(max_length=6, blank=True)
    goal = models.DecimalField(max_digits=40, decimal_places=15, null=True)
    baseline_period = models.CharField(max_length=21, blank=True)
    baseline_value = models.DecimalField(
        max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True
    )
    completion = models.DecimalField(max_digits=40, decimal_places=15, null=True)
    share_done = models.DecimalField(max_digits=40, decimal_places=15, null=True)
    pace = models.DecimalField(max_digits=40, decimal_places=15, null=True)
    expected_now = models.DecimalField(max_digits=40, decimal_places=15, null=True)
    gap = models.DecimalField(max_digits=40, decimal_places=15, null=True)
    needed = models.DecimalField(max_digits=40, decimal_places=15, null=True)
    actual_rate = models.DecimalField(max_digits=40, decimal_places=15, null=True)
    required_rate = models.DecimalField(max_digits=40, decimal_places=15, null=True)
    trend = models.CharField(_("走势"), max_length=8, blank=True)
    flags = models.JSONField(default=list)
    reasons = models.JSONField(default=list)
    inputs = models.JSONField(default=list)
    rule_version = models.PositiveIntegerField(_("规则版本"))
    digest = models.CharField(max_length=64)
    computed_at = models.DateTimeField(_("计算时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("进度快照")
        ordering = ("target",)

    def __str__(self) -> str:
        return f"{self.target_id}: {self.status}"


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
