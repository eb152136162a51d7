"""Actuals: what somebody stated about a cell, and where the statement stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from indicators.models.catalogue import Indicator, Region
from indicators.models.rounds import Duty

if TYPE_CHECKING:
    from accounts.models import User

# NUMERIC(25, 10). Fifteen significant digits are accepted (quantities.py says so in words), since
# SQLite keeps no more of a decimal: both run modes hold exactly the same numbers.
MAX_DIGITS = 25
DECIMAL_PLACES = 10

Place = tuple[int, int, str]
"""A cell: the ids of indicator and region, and the canonical period."""


class ObservationQuerySet(models.QuerySet["Observation"]):
    """Observations by where they stand."""

    def current(self) -> ObservationQuerySet:
        """Not replaced by a later row."""
        return self.filter(superseded_at=None)

    def approved(self) -> ObservationQuerySet:
        """What counts: approved and not superseded."""
        return self.current().filter(review_state=Observation.ReviewState.APPROVED)

    def known_on(self, day: date) -> ObservationQuerySet:
        """What counted at the end of a day here: approved by then, and superseded later if ever."""
        end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
        return self.filter(
            Q(superseded_at=None) | Q(superseded_at__gte=end),
            review_state=Observation.ReviewState.APPROVED,
            approved_at__lt=end,
        )

    def in_progress(self) -> ObservationQuerySet:
        """Drafts, submitted and returned rows: what somebody still has to act on."""
        return self.current().exclude(review_state=Observation.ReviewState.APPROVED)

    def of_indicators(self, indicators: Iterable[int]) -> ObservationQuerySet:
        """Rows of these indicators (primary keys)."""
        return self.filter(indicator__in=indicators)

    def visible_to(self, user: User) -> ObservationQuerySet:
        """The scope of the work pages: reviewers and auditors see all, others what they may enter."""
        if user.has_perm("indicators.approve_observation") or not user.has_perm(
            "indicators.enter_observation"
        ):
            return self if user.has_perm("indicators.view_draft") else self.none()
        return self.enterable_by(user)

    def enterable_by(self, user: User) -> ObservationQuerySet:
        """Rows in the cells that a person may enter: own indicators, and duties of open rounds."""
        owed = Duty.objects.unpublished().owed_by(user)
        here = owed.filter(
            indicator=OuterRef("indicator"),
            region=OuterRef("region"),
            reference_period=OuterRef("reference_period"),
        )
        return self.filter(Q(indicator__in=Indicator.objects.enterable_by(user)) | Exists(here))

    def for_period(self, period: str) -> ObservationQuerySet:
        """Rows of one reference period in its canonical form, such as 2024-S1."""
        return self.filter(reference_period=period)


class Observation(models.Model):
    """One actual: OBS_VALUE of an indicator for a region and a period; rows are never rewritten."""

    class Qualifier(models.TextChoices):
        EXACT = "exact", _("确数")
        ABOVE = "above", _("下限（突破、超过）")
        BELOW = "below", _("上限（不足）")
        ABOUT = "about", _("约数")

    class Status(models.TextChoices):
        NORMAL = "A", _("正常")
        PROVISIONAL = "P", _("初步数")
        ESTIMATED = "E", _("预计数")
        BREAK = "B", _("口径变动")
        NOT_COLLECTED = "L", _("未统计")
        NOT_APPLICABLE = "M", _("不适用")
        CONFIDENTIAL = "Q", _("保密")

    class ReviewState(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("待核定")
        RETURNED = "returned", _("已退回")
        APPROVED = "approved", _("已核定")

    class Vintage(models.TextChoices):
        FORECAST = "forecast", _("预计")
        FLASH = "flash", _("快报")
        ANNUAL = "annual", _("年报")
        VERIFIED = "verified", _("核实")

    class Origin(models.TextChoices):
        FORM = "form", _("表单")
        GRID = "grid", _("表格录入")
        WORKBOOK = "workbook", _("上传的表格")
        COMMAND = "command", _("命令")
        RESTORED = "restored", _("恢复的旧稿")

    class Reliability(models.TextChoices):
        OFFICIAL = "A", _("官方发布")
        REPRINT = "B", _("转载并注明出处")
        DOUBTFUL = "C", _("存疑")

    MISSING = (Status.NOT_COLLECTED, Status.NOT_APPLICABLE, Status.CONFIDENTIAL)

    key = models.CharField(_("键"), max_length=30, unique=True, null=True, blank=True)
    indicator = models.ForeignKey(
        Indicator,
        models.PROTECT,
        related_name="observations",
        db_index=False,  # obs_cell_idx begins with it
        verbose_name=_("指标"),
    )
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="observations", verbose_name=_("地区")
    )
    reference_period = models.CharField(_("报告期"), max_length=21, null=True, blank=True)  # noqa: DJ001 - null is "no year is known", which no text can say
    value = models.DecimalField(
        _("数值"), max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True, blank=True
    )
    qualifier = models.CharField(
        _("限定"), max_length=6, choices=Qualifier, default=Qualifier.EXACT
    )
    obs_status = models.CharField(
        _("数据状态"), max_length=1, choices=Status, default=Status.NORMAL
    )
    vintage = models.CharField(_("数据批次"), max_length=8, choices=Vintage, default=Vintage.ANNUAL)
    entered_text = models.CharField(_("录入原文"), max_length=60, blank=True)
    source_title = models.CharField(_("来源"), max_length=200, blank=True)
    source_url = models.CharField(
        _("来源链接"),
        max_length=500,
        blank=True,
        validators=[RegexValidator(r"^https?://\S+$", _("链接须以 http:// 或 https:// 开头。"))],
    )
    source_date = models.CharField(_("来源日期"), max_length=10, blank=True)
    reliability = models.CharField(_("可靠性"), max_length=1, choices=Reliability, blank=True)
    note = models.TextField(_("说明"), blank=True)
    reason = models.TextField(_("更正理由"), blank=True)
    # The doubts (codes) that the person saw, and why the value stands nevertheless.
    doubts = models.JSONField(_("合理性提示"), default=list, blank=True)
    explanation = models.TextField(_("对提示的说明"), blank=True)
    origin = models.CharField(_("录入途径"), max_length=8, choices=Origin, default=Origin.FORM)
    # Where in it: "填报 D17" of a workbook.
    origin_place = models.CharField(_("位置"), max_length=60, blank=True)
    upload = models.ForeignKey(
        "indicators.Upload",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="observations",
        db_constraint=False,  # uploads are never deleted; a check per row would be paid for nothing
        db_index=False,
        verbose_name=_("上传的表格"),
    )

    review_state = models.CharField(
        _("审核状态"), max_length=9, choices=ReviewState, default=ReviewState.DRAFT
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("录入人"),
    )
    entered_at = models.DateTimeField(_("录入时间"))
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("提交人"),
    )
    return_reason = models.TextField(_("退回原因"), blank=True)
    returned_at = models.DateTimeField(_("退回时间"), null=True, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("退回人"),
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("核定人"),
    )
    approved_at = models.DateTimeField(_("核定时间"), null=True, blank=True)
    self_approved = models.BooleanField(_("自行核定"), default=False)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    supersedes = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="later",
        db_index=False,
        verbose_name=_("更正自"),
    )
    superseded_at = models.DateTimeField(_("被取代时间"), null=True, blank=True)
    # A draft keeps its row when it is changed; what it said before stays as a row of its own.
    copy_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="earlier",
        db_index=False,
        verbose_name=_("旧稿属于"),
    )
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("撤回人"),
    )
    withdraw_reason = models.TextField(_("撤回理由"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ObservationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("实绩")
        ordering = ("indicator", "region", "reference_period", "id")
        indexes: ClassVar = [
            models.Index(fields=["review_state", "superseded_at"], name="obs_state_idx"),
            models.Index(fields=["indicator", "region", "reference_period"], name="obs_cell_idx"),
            # Few rows have these: the others cost a hundred thousand inserts nothing.
            models.Index(
                fields=["supersedes"],
                condition=Q(supersedes__isnull=False),
                name="obs_supersedes_idx",
            ),
            models.Index(
                fields=["copy_of"], condition=Q(copy_of__isnull=False), name="obs_copies_idx"
            ),
            models.Index(
                fields=["upload"], condition=Q(upload__isnull=False), name="obs_upload_idx"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["indicator", "region", "reference_period"],
                condition=Q(review_state="approved", superseded_at=None),
                name="obs_one_approved",
            ),
            # Rows with a key come from the fixtures, where a cell may have a second, doubtful value.
            models.UniqueConstraint(
                fields=["indicator", "region", "reference_period"],
                condition=Q(
                    review_state__in=["draft", "submitted", "returned"],
                    superseded_at=None,
                    key=None,
                ),
                name="obs_one_open",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | ~Q(approved_by=F("entered_by"))
                | Q(self_approved=True),
                name="obs_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="obs_approval_pair",
            ),
            models.CheckConstraint(
                condition=~Q(review_state="approved")
                | Q(approved_by__isnull=False, reference_period__isnull=False),
                name="obs_approved_complete",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False, obs_status__in=["A", "P", "E", "B"])
                | Q(value=None, obs_status__in=["L", "M", "Q"]),
                name="obs_value_or_reason",
            ),
            models.CheckConstraint(
                condition=~Q(review_state="returned") | ~Q(return_reason=""),
                name="obs_return_reason",
            ),
            models.CheckConstraint(
                condition=Q(submitted_by=None) | Q(submitted_at__isnull=False),
                name="obs_submitter_has_time",
            ),
            models.CheckConstraint(
                condition=Q(returned_by=None, returned_at=None)
                | Q(returned_by__isnull=False, returned_at__isnull=False),
                name="obs_return_pair",
            ),
            models.CheckConstraint(
                condition=Q(copy_of=None) | Q(superseded_at__isnull=False),
                name="obs_copies_are_past",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_by=None) | Q(superseded_at__isnull=False),
                name="obs_withdrawn_are_past",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}/{self.region_id}/{self.reference_period or '?'}"

    @property
    def is_missing(self) -> bool:
        """True where a person said why there is no number."""
        return self.value is None
