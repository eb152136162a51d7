"""What a document promises: targets, whose meaning stands in versions, and qualitative measures."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from indicators.models import Indicator, Region, in_language
from targets.models.documents import Clause, PolicyDocument


class TargetQuerySet(models.QuerySet["Target"]):
    """Targets as pages and recompute ask for them."""

    def promises(self) -> TargetQuerySet:
        """One row a promise: parts of an AND group stand under their head."""
        return self.filter(part_of=None)


class Target(models.Model):
    """One promise about one indicator; what exactly was promised stands in its versions."""

    class Relation(models.TextChoices):
        RAISED = "raised", _("提高")
        LOWERED = "lowered", _("降低")
        REPEATED = "repeated", _("重申")
        RESTATED = "restated", _("改变表述")

    document = models.ForeignKey(
        PolicyDocument, models.PROTECT, related_name="targets", verbose_name=_("文件")
    )
    key = models.CharField(_("键"), max_length=40)
    name = models.CharField(_("名称"), max_length=120)
    name_en = models.CharField(_("英文名"), max_length=200)
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="targets", verbose_name=_("指标")
    )
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="targets", verbose_name=_("地区")
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="targets",
        verbose_name=_("责任部门"),
    )
    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("属于")
    )
    succeeds = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="successors",
        verbose_name=_("承接"),
    )
    clause = models.ForeignKey(
        Clause, models.PROTECT, related_name="targets", verbose_name=_("条款")
    )
    also_in = models.ManyToManyField(
        Clause, blank=True, related_name="also_targets", verbose_name=_("另见")
    )
    note = models.TextField(_("说明"), blank=True)
    note_en = models.TextField(_("英文说明"), blank=True)

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("目标")
        ordering = ("document", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "key"], name="target_key"),
            models.CheckConstraint(
                condition=Q(part_of=None) | ~Q(part_of=F("id")), name="target_not_its_own_part"
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)


class Measure(models.Model):
    """A qualitative commitment (举措), judged by a person with a reason."""

    class Status(models.TextChoices):
        UNJUDGED = "unjudged", _("未评定")
        NOT_STARTED = "not_started", _("尚未启动")
        IN_PROGRESS = "in_progress", _("推进中")
        DONE = "done", _("已完成")
        NOT_DONE = "not_done", _("未完成")
        DROPPED = "dropped", _("不再推进")

    document = models.ForeignKey(
        PolicyDocument, models.PROTECT, related_name="measures", verbose_name=_("文件")
    )
    key = models.CharField(_("键"), max_length=40)
    clause = models.ForeignKey(
        Clause, models.PROTECT, related_name="measures", verbose_name=_("条款")
    )
    text = models.CharField(_("内容"), max_length=300)
    text_en = models.CharField(_("英文内容"), max_length=500, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, verbose_name=_("责任部门")
    )
    period_end = models.CharField(_("期限"), max_length=21, blank=True)
    status = models.CharField(_("状态"), max_length=11, choices=Status, default=Status.UNJUDGED)
    reason = models.TextField(_("评定理由"), blank=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    judged_at = models.DateTimeField(_("评定时间"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("举措")
        ordering = ("document", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "key"], name="measure_key"),
            models.CheckConstraint(
                condition=Q(status="unjudged", judged_by=None, judged_at=None, reason="")
                | (
                    ~Q(status="unjudged")
                    & Q(judged_by__isnull=False, judged_at__isnull=False)
                    & ~Q(reason="")
                ),
                name="measure_judged_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.text, self.text_en)
