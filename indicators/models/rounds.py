"""Reporting rounds: who owes which value until when, reminders, and what follows when it is late."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from indicators.models.catalogue import Indicator, Region, subtree_of

if TYPE_CHECKING:
    from accounts.models import User


class ReportingRoundQuerySet(models.QuerySet["ReportingRound"]):
    """Rounds by where they stand on the server's clock."""

    def open_at(self, now: datetime) -> ReportingRoundQuerySet:
        """Those in which values may be entered at this moment."""
        return self.filter(opens_at__lte=now, closes_at__gt=now, published_at=None)

    def unpublished(self) -> ReportingRoundQuerySet:
        """Those whose values are not out yet."""
        return self.filter(published_at=None)


class ReportingRound(models.Model):
    """A time in which the values of a period are collected, reviewed and published as a whole."""

    name = models.CharField(_("名称"), max_length=80, unique=True)
    reference_period = models.CharField(_("报告期"), max_length=21)
    opens_at = models.DateTimeField(_("开放时间"))
    closes_at = models.DateTimeField(_("截止时间"))
    note = models.TextField(_("填报说明"), blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("建立人")
    )
    made_at = models.DateTimeField(_("建立时间"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("发布人"),
    )
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ReportingRoundQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("填报轮次")
        ordering = ("-closes_at", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")), name="round_opens_before_close"
            ),
            models.CheckConstraint(
                condition=Q(published_by=None, published_at=None)
                | Q(published_by__isnull=False, published_at__isnull=False),
                name="round_publication_pair",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DutyQuerySet(models.QuerySet["Duty"]):
    """Duties by whose they are."""

    def unpublished(self) -> DutyQuerySet:
        """Those of rounds that are not out yet: they give the right to enter, and bind its hours."""
        return self.filter(round__published_at=None)

    def owed_by(self, user: User) -> DutyQuerySet:
        """Those of the user's departments, and those for which the user is the deputy."""
        mine = Q(deputy=user)
        if user.department is not None:
            mine |= Q(department__in=subtree_of(user))
        return self.filter(mine)


class Duty(models.Model):
    """One value that a department owes in a round, with a deputy for its people."""

    round = models.ForeignKey(
        ReportingRound, models.PROTECT, related_name="duties", verbose_name=_("填报轮次")
    )
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="duties", verbose_name=_("指标")
    )
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="duties", verbose_name=_("地区")
    )
    reference_period = models.CharField(_("报告期"), max_length=21)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="duties", verbose_name=_("填报部门")
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deputed_duties",
        verbose_name=_("代填人"),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("填报任务")
        ordering = ("round", "indicator", "region", "reference_period")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["round", "indicator", "region", "reference_period"], name="duty_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["indicator", "region", "reference_period"], name="duty_cell_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}/{self.region_id}/{self.reference_period}"


class LockException(models.Model):
    """Leave to enter outside of a round's hours: for whom, why, and until when."""

    round = models.ForeignKey(
        ReportingRound, models.PROTECT, related_name="exceptions", verbose_name=_("填报轮次")
    )
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("填报部门"))
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, verbose_name=_("指标")
    )
    reason = models.TextField(_("理由"))
    ends_at = models.DateTimeField(_("到期时间"))
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("批准人")
    )
    granted_at = models.DateTimeField(_("批准时间"))
    revoked_at = models.DateTimeField(_("收回时间"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("逾期填报许可")
        ordering = ("-granted_at", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="exception_has_reason"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("granted_at")), name="exception_ends_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}/{self.department_id}"


class SupervisionRule(models.Model):
    """When people are reminded and when a late duty turns yellow and red; a change is a new row."""

    version = models.PositiveIntegerField(_("版本"), unique=True)
    remind_days = models.PositiveSmallIntegerField(_("截止前几日提醒"))
    yellow_days = models.PositiveSmallIntegerField(_("逾期几日亮黄灯"))
    red_days = models.PositiveSmallIntegerField(_("逾期几日亮红灯"))
    reason = models.TextField(_("理由"), blank=True)
    # Null for the built-in rule alone: no person made it.
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("修改人"),
    )
    made_at = models.DateTimeField(_("修改时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("督办规则")
        ordering = ("-version",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(yellow_days__gte=1, red_days__gt=F("yellow_days")),
                name="supervision_in_order",
            ),
            models.CheckConstraint(
                condition=Q(made_by=None, made_at=None)
                | Q(made_by__isnull=False, made_at__isnull=False),
                name="supervision_maker_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}"


class SupervisionOrder(models.Model):
    """督办单: an overdue duty that somebody follows until it is done; its light is its own."""

    duty = models.ForeignKey(
        Duty, models.PROTECT, related_name="orders", verbose_name=_("填报任务")
    )
    rule = models.ForeignKey(SupervisionRule, models.PROTECT, verbose_name=_("督办规则"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("开单人"),
    )
    opened_at = models.DateTimeField(_("开单时间"))
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("销号人"),
    )
    closed_at = models.DateTimeField(_("销号时间"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("督办单")
        ordering = ("-opened_at", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["duty"], condition=Q(closed_at=None), name="order_one_open"
            ),
            # The system closes an order too, when the value has come: then nobody is named.
            models.CheckConstraint(
                condition=Q(closed_by=None) | Q(closed_at__isnull=False), name="order_closer_pair"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty_id}#{self.pk}"


class SupervisionEntry(models.Model):
    """One line of the log of a 督办单; never rewritten."""

    order = models.ForeignKey(
        SupervisionOrder, models.PROTECT, related_name="entries", verbose_name=_("督办单")
    )
    at = models.DateTimeField(_("时间"))
    # Null is the system.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("记录人"),
    )
    light = models.CharField(_("亮灯"), max_length=6)
    text = models.TextField(_("内容"))
    text_en = models.TextField(_("英文内容"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("督办记录")
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return f"{self.order_id}: {self.text}"


class Reminder(models.Model):
    """One reminder to one person about a round; its words are made when it is shown."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("开始填报")
        DUE_SOON = "due_soon", _("即将截止")
        OVERDUE = "overdue", _("已经逾期")
        RETURNED = "returned", _("被退回")

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="reminders", verbose_name=_("收件人")
    )
    round = models.ForeignKey(
        ReportingRound, models.PROTECT, related_name="reminders", verbose_name=_("填报轮次")
    )
    kind = models.CharField(_("种类"), max_length=8, choices=Kind)
    made_on = models.DateField(_("日期"))
    number = models.PositiveIntegerField(_("项数"))
    read_at = models.DateTimeField(_("已读时间"), null=True, blank=True)
    emailed_at = models.DateTimeField(_("邮件时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("提醒")
        ordering = ("-made_on", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["recipient", "round", "kind", "made_on"], name="reminder_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.recipient_id}/{self.round_id}/{self.kind}"
