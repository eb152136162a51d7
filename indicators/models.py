"""Statistics: units, regions, indicators and their observations (the actuals)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.language import in_language as in_language
from accounts.models import Department
from indicators.shapes import CODE, list_of_breaks, list_of_names

if TYPE_CHECKING:
    from accounts.models import User

# NUMERIC(25, 10). Fifteen significant digits are accepted (quantities.py says so in words), since
# SQLite keeps no more of a decimal: both run modes hold exactly the same numbers.
MAX_DIGITS = 25
DECIMAL_PLACES = 10


class Unit(models.Model):
    """UNIT_MEASURE with its UNIT_MULT: 亿元 is 元 with exponent 8."""

    class Dimension(models.TextChoices):
        MONEY = "money", _("金额")
        COUNT = "count", _("数量")
        PERCENT = "percent", _("百分比")
        POINT = "point", _("百分点")
        MULTIPLE = "multiple", _("倍数")
        OTHER = "other", _("其他")

    code = models.CharField(_("代码"), max_length=30, unique=True, validators=[CODE])
    symbol = models.CharField(_("符号"), max_length=20)
    name_en = models.CharField(_("英文名"), max_length=60)
    base = models.CharField(_("基本单位"), max_length=20)
    exponent = models.SmallIntegerField(_("量级"), default=0, help_text=_("万为4，亿为8"))
    dimension = models.CharField(_("量纲"), max_length=12, choices=Dimension)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("计量单位")
        ordering = ("code",)

    def __str__(self) -> str:
        return in_language(self.symbol, self.name_en)


class Region(models.Model):
    """An area of GB/T 2260, or a functional zone that overlaps some of them."""

    class Kind(models.TextChoices):
        COUNTRY = "country", _("国家")
        PROVINCE = "province", _("省")
        CITY = "city", _("市")
        DISTRICT = "district", _("区市")
        ZONE = "zone", _("功能区")

    code = models.CharField(_("代码"), max_length=12, unique=True, validators=[CODE])
    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名"), max_length=80)
    aliases = models.JSONField(_("别名"), default=list, blank=True, validators=[list_of_names])
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级"),
    )
    overlaps = models.ManyToManyField("self", blank=True, verbose_name=_("重叠地区"))
    valid_from = models.DateField(_("启用日期"), null=True, blank=True)
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("地区")
        ordering = ("code",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
                name="region_valid_dates",
            )
        ]

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    """Indicators by who may act on them."""

    def enterable_by(self, user: User) -> IndicatorQuerySet:
        """Those whose responsible department lies in the user's subtree: the scope of entry."""
        if user.department is None:
            return self.none()
        # Read once for each user instance, as the roles are: a page asks more than once.
        known: frozenset[int] | None = user.__dict__.get("_subtree")
        if known is None:
            known = user.__dict__["_subtree"] = Department.objects.subtree(user.department)
        return self.filter(department__in=known)


class Indicator(models.Model):
    """What is measured, with its definition (口径)."""

    class Kind(models.TextChoices):
        COUNT = "count", _("个数")
        AMOUNT = "amount", _("总额")
        RATIO = "ratio", _("比重")
        RATE = "rate", _("增速")
        INDEX = "index", _("指数")

    class Accumulation(models.TextChoices):
        STOCK = "stock", _("时点数")
        FLOW = "flow", _("时期数")

    class Direction(models.TextChoices):
        INCREASE = "increase", _("越高越好")
        DECREASE = "decrease", _("越低越好")
        MAINTAIN = "maintain", _("保持")

    class Aggregation(models.TextChoices):
        SUM = "sum", _("可加总")
        RATIO = "ratio", _("由分子分母计算")
        NONE = "none", _("不可加总")

    class Frequency(models.TextChoices):
        YEAR = "year", _("年度")
        HALF = "half", _("半年")
        QUARTER = "quarter", _("季度")
        MONTH = "month", _("月度")

    code = models.CharField(_("代码"), max_length=30, unique=True, validators=[CODE])
    name = models.CharField(_("名称"), max_length=80, unique=True)
    name_en = models.CharField(_("英文名"), max_length=160)
    aliases = models.JSONField(_("别名"), default=list, blank=True, validators=[list_of_names])
    definition = models.TextField(_("口径"))
    definition_en = models.TextField(_("英文口径"), blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("计量单位"))
    kind = models.CharField(_("类型"), max_length=8, choices=Kind)
    accumulation = models.CharField(_("时点或时期"), max_length=6, choices=Accumulation)
    direction = models.CharField(_("指标方向"), max_length=10, choices=Direction)
    aggregation = models.CharField(_("汇总规则"), max_length=6, choices=Aggregation)
    rate_of = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rate",
        verbose_name=_("是其增速"),
        help_text=_("本指标是该指标公布的同比增速"),
    )
    source = models.CharField(_("数据来源"), max_length=200, blank=True)
    source_en = models.CharField(_("英文来源"), max_length=200, blank=True)
    frequency = models.CharField(_("频度"), max_length=8, choices=Frequency, default=Frequency.YEAR)
    release_month = models.PositiveSmallIntegerField(_("发布月份"), null=True, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("责任部门"))
    breaks = models.JSONField(_("口径变动"), default=list, blank=True, validators=[list_of_breaks])
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("指标")
        ordering = ("code",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(release_month=None) | Q(release_month__range=(1, 12)),
                name="indicator_release_month",
            )
        ]

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)


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
        return self.filter(indicator__in=Indicator.objects.enterable_by(user))

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

    class Reliability(models.TextChoices):
        OFFICIAL = "A", _("官方发布")
        REPRINT = "B", _("转载并注明出处")
        DOUBTFUL = "C", _("存疑")

    MISSING = (Status.NOT_COLLECTED, Status.NOT_APPLICABLE, Status.CONFIDENTIAL)

    key = models.CharField(_("键"), max_length=30, unique=True, null=True, blank=True)
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="observations", verbose_name=_("指标")
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

    review_state = models.CharField(
        _("审核状态"), max_length=9, choices=ReviewState, default=ReviewState.DRAFT
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("录入人")
    )
    entered_at = models.DateTimeField(_("录入时间"))
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    return_reason = models.TextField(_("退回原因"), blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
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
        verbose_name=_("更正自"),
    )
    superseded_at = models.DateTimeField(_("被取代时间"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ObservationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("实绩")
        ordering = ("indicator", "region", "reference_period", "id")
        indexes: ClassVar = [
            models.Index(fields=["review_state", "superseded_at"], name="obs_state_idx"),
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
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}/{self.region_id}/{self.reference_period or '?'}"

    @property
    def is_missing(self) -> bool:
        """True where a person said why there is no number."""
        return self.value is None
