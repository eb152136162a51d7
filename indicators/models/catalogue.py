"""The catalogue: units, regions and indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.language import in_language
from accounts.models import Department
from indicators.shapes import CODE, list_of_breaks, list_of_names

if TYPE_CHECKING:
    from accounts.models import User


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
    made_up = models.BooleanField(
        _("虚构"), default=False, help_text=_("练习用的虚构地区，不与真实地区放在一处。")
    )
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


def subtree_of(user: User) -> frozenset[int]:
    """Ids of the user's department and all below it; read once for each user instance."""
    if user.department is None:
        return frozenset()
    known: frozenset[int] | None = user.__dict__.get("_subtree")
    if known is None:
        known = user.__dict__["_subtree"] = Department.objects.subtree(user.department)
    return known


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    """Indicators by who may act on them."""

    def enterable_by(self, user: User) -> IndicatorQuerySet:
        """Those whose responsible department lies in the user's subtree: the scope of entry."""
        return self.filter(department__in=subtree_of(user))


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
        YEAR = "year", pgettext_lazy("frequency", "年度")
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
