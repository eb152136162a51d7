"""Money: programs, their editions, and the support items with their caps."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department
from indicators.models import Indicator, in_language, subtree_of
from indicators.shapes import list_of_names
from programs.shapes import Body, list_of_bodies, list_of_items
from targets.models import Clause, PolicyDocument, Target

if TYPE_CHECKING:
    from accounts.models import User


class ProgramQuerySet(models.QuerySet["Program"]):
    """Programs by who may act on them."""

    def editable_by(self, user: User) -> ProgramQuerySet:
        """Those of the user's department and below, and those that no department answers for."""
        return self.filter(Q(department=None) | Q(department__in=subtree_of(user)))


class Program(models.Model):
    """A support program, such as 强链计划, through all its editions."""

    key = models.SlugField(_("键"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=80, unique=True)
    name_en = models.CharField(_("英文名"), max_length=160)
    objective = models.TextField(_("目的"))
    objective_en = models.TextField(_("英文目的"), blank=True)
    industries = models.JSONField(
        _("目标产业"), default=list, blank=True, validators=[list_of_names]
    )
    industries_en = models.JSONField(
        _("英文目标产业"),
        default=list,
        blank=True,
        validators=[list_of_names],
        help_text=_("与目标产业逐项对应；缺的一项在英文页显示中文。"),
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, verbose_name=_("责任部门")
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ProgramQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("计划")
        ordering = ("id",)

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)


class ProgramEditionQuerySet(models.QuerySet["ProgramEdition"]):
    """Editions by the day on which they applied, and by what was known of them."""

    def current(self) -> ProgramEditionQuerySet:
        """Those that no correction has taken the place of."""
        return self.filter(superseded_at=None)

    def known_on(self, day: date) -> ProgramEditionQuerySet:
        """Those that stood here at the end of a day; a loaded edition was always known."""
        end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
        return self.filter(
            Q(known_from=None) | Q(known_from__lt=end),
            Q(superseded_at=None) | Q(superseded_at__gte=end),
        )

    def in_force_on(self, day: date, *, known_on: date | None = None) -> ProgramEditionQuerySet:
        """The edition of each program that applied on a day; as known on another, else as of now.

        Of those that had begun the latest counts, until its own end: an edition takes the place of
        the one before it, which does not come back afterwards.
        """
        model = ProgramEdition.objects
        there = model.current() if known_on is None else model.known_on(known_on)
        begun = there.filter(program=OuterRef("program"), valid_from__lte=day)
        latest = begun.order_by("-valid_from", "-pk").values("pk")
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), pk=Subquery(latest[:1]))


class ProgramEdition(models.Model):
    """A program as one document defines it, from a day on; once approved it stays as it is.

    A later edition takes over on its first day. A correction takes the place of a wrong row, which
    keeps `superseded_at`, so that what was known on an earlier day can still be told.
    """

    program = models.ForeignKey(
        Program, models.PROTECT, related_name="editions", verbose_name=_("计划")
    )
    key = models.SlugField(_("键"), max_length=40, unique=True)
    name = models.CharField(_("版本名称"), max_length=80)
    name_en = models.CharField(_("英文名"), max_length=160, blank=True)
    document = models.ForeignKey(
        PolicyDocument, models.PROTECT, related_name="editions", verbose_name=_("依据文件")
    )
    clause = models.ForeignKey(
        Clause,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="editions",
        verbose_name=_("条款"),
    )
    valid_from = models.DateField(_("自"))
    valid_to = models.DateField(_("至"), null=True, blank=True)
    objective = models.TextField(_("目的"), blank=True)
    objective_en = models.TextField(_("英文目的"), blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, verbose_name=_("责任部门")
    )
    contact_url = models.URLField(_("联系页面"), max_length=500, blank=True)
    rhythm = models.CharField(_("组织频次"), max_length=60, blank=True)
    rhythm_en = models.CharField(_("英文组织频次"), max_length=120, blank=True)
    industries = models.JSONField(
        _("目标产业"), default=list, blank=True, validators=[list_of_names]
    )
    industries_en = models.JSONField(
        _("英文目标产业"),
        default=list,
        blank=True,
        validators=[list_of_names],
        help_text=_("与目标产业逐项对应；缺的一项在英文页显示中文。"),
    )
    note = models.TextField(_("说明"), blank=True)
    note_en = models.TextField(_("英文说明"), blank=True)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="later", verbose_name=_("更正")
    )
    known_from = models.DateTimeField(_("核定时间"), null=True, blank=True)
    superseded_at = models.DateTimeField(_("被更正时间"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ProgramEditionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("计划版本")
        ordering = ("program", "-valid_from", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
                name="edition_dates",
            ),
            models.UniqueConstraint(
                fields=["program", "valid_from"],
                condition=Q(superseded_at=None),
                name="edition_one_begins",
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)


class SupportItem(models.Model):
    """What an edition pays for, up to which cap, per what; 不设上限 is a cap of none, not of zero."""

    class Comparator(models.TextChoices):
        AT_MOST = "at_most", _("最高")
        FIXED = "fixed", _("定额")
        AT_LEAST = "at_least", _("最低")
        UNCAPPED = "uncapped", _("不设上限")

    class Kind(models.TextChoices):
        PROJECT_GRANT = "project_grant", _("项目资助")
        DEMONSTRATION = "demonstration", _("示范工程")
        FIXED_AWARD = "fixed_award", _("定额奖补")
        RECOGNITION_REWARD = "recognition_reward", _("认定奖补")
        PLATFORM_SUPPORT = "platform_support", _("平台建设奖补")
        RND_REWARD = "rnd_reward", _("研发投入奖补")
        INTEREST_SUBSIDY = "interest_subsidy", _("贴息贴保")
        EQUITY = "equity", _("股权投资")
        VOUCHER = "voucher", _("创新券")
        ADVISORY = "advisory", _("决策咨询支持")
        LANDING_INVESTMENT = "landing_investment", _("落地转化投资")

    class Per(models.TextChoices):
        PROJECT = "project", pgettext_lazy("per", "项目")
        ENTERPRISE = "enterprise", pgettext_lazy("per", "企业")
        PERSON = "person", pgettext_lazy("per", "个人")
        INSTITUTION = "institution", pgettext_lazy("per", "机构")
        PLATFORM = "platform", pgettext_lazy("per", "平台")
        YEAR = "year", pgettext_lazy("per", "年度")

    class Payout(models.TextChoices):
        ONCE = "once", _("一次性")
        YEARLY = "yearly", _("每年")

    class Stage(models.TextChoices):
        RESEARCH = "research", _("基础研究")
        DEVELOPMENT = "development", _("技术攻关")
        DEMONSTRATION = "demonstration", _("示范应用")
        TRANSFER = "transfer", _("成果转化")
        PLATFORM = "platform", _("平台建设")
        GROWTH = "growth", _("企业成长")

    Body = Body

    class NotWith(models.TextChoices):
        PROJECT = "project", _("同一项目")
        YEAR = "year", _("同一单位同一年度")
        EVER = "ever", _("同一单位")

    edition = models.ForeignKey(
        ProgramEdition, models.PROTECT, related_name="items", verbose_name=_("计划版本")
    )
    key = models.SlugField(_("键"), max_length=40)
    name = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(_("英文名"), max_length=160)
    tier = models.CharField(_("层级"), max_length=40)
    tier_en = models.CharField(_("英文层级"), max_length=80, blank=True)
    kind = models.CharField(_("类型"), max_length=20, choices=Kind)
    comparator = models.CharField(_("上限方式"), max_length=8, choices=Comparator)
    cap = models.DecimalField(
        _("支持上限（元）"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    rate = models.DecimalField(
        _("比例上限（%）"), max_digits=7, decimal_places=4, null=True, blank=True
    )
    rate_of = models.CharField(_("按什么的比例"), max_length=80, blank=True)
    rate_of_en = models.CharField(_("英文按什么的比例"), max_length=160, blank=True)
    per = models.CharField(_("计算单位"), max_length=11, choices=Per, blank=True)
    per_stated = models.BooleanField(_("文件写明计算单位"), default=False)
    payout = models.CharField(
        _("发放频次"),
        max_length=6,
        choices=Payout,
        blank=True,
        help_text=_("空白：文件没有写明；按年度核对上限。"),
    )
    yearly_call = models.BooleanField(_("每年组织"), default=False)
    stage = models.CharField(_("环节"), max_length=13, choices=Stage, blank=True)
    bodies = models.JSONField(_("适用主体"), default=list, blank=True, validators=[list_of_bodies])
    not_with = models.JSONField(
        _("不得同享"),
        default=list,
        blank=True,
        validators=[list_of_items],
        help_text=_("写“计划键/事项键”的列表。"),
    )
    not_with_for = models.CharField(_("不得同享的范围"), max_length=7, choices=NotWith, blank=True)
    beneficiary = models.CharField(_("支持对象"), max_length=120, blank=True)
    beneficiary_en = models.CharField(_("英文支持对象"), max_length=240, blank=True)
    condition = models.CharField(_("条件"), max_length=200, blank=True)
    condition_en = models.CharField(_("英文条件"), max_length=400, blank=True)
    clause = models.ForeignKey(
        Clause, models.PROTECT, related_name="support_items", verbose_name=_("条款")
    )
    also_in = models.ManyToManyField(
        Clause, blank=True, related_name="also_support_items", verbose_name=_("另见")
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("支持事项")
        ordering = ("edition", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "key"], name="item_key"),
            models.CheckConstraint(
                condition=Q(comparator="uncapped", cap=None)
                | (~Q(comparator="uncapped") & Q(cap__isnull=False, cap__gt=0)),
                name="item_cap",
            ),
            models.CheckConstraint(
                condition=Q(rate=None) | Q(rate__gt=0, rate__lte=100), name="item_rate"
            ),
            models.CheckConstraint(
                condition=Q(rate=None) | Q(comparator__in=["at_most", "uncapped"]),
                name="item_rate_comparator",
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)


class ProgramLink(models.Model):
    """A program that says it serves a target or an indicator, with the words; never a causal share."""

    class Kind(models.TextChoices):
        NAMED = "named", _("文件点名")
        OBJECTIVE = "objective", _("目的相同")

    program = models.ForeignKey(
        Program, models.PROTECT, related_name="links", verbose_name=_("计划")
    )
    target = models.ForeignKey(
        Target,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="program_links",
        verbose_name=_("目标"),
    )
    indicator = models.ForeignKey(
        Indicator,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="program_links",
        verbose_name=_("指标"),
    )
    clause = models.ForeignKey(
        Clause,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("写明的条款"),
        help_text=_("空白：目标自己的条款。"),
    )
    kind = models.CharField(_("关系"), max_length=10, choices=Kind)
    words = models.CharField(_("依据"), max_length=80)
    words_en = models.CharField(
        _("依据的英文译文"),
        max_length=160,
        blank=True,
        help_text=_("原话仍显示中文，英文页在括号内附译文。"),
    )
    note = models.CharField(_("说明"), max_length=200, blank=True)
    note_en = models.CharField(_("英文说明"), max_length=400, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("计划与目标")
        ordering = ("program", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "target"], name="link_once"),
            models.UniqueConstraint(fields=["program", "indicator"], name="link_indicator_once"),
            models.CheckConstraint(
                condition=Q(target=None, indicator__isnull=False)
                | Q(target__isnull=False, indicator=None),
                name="link_one_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program_id} → {self.target_id or self.indicator_id}"
