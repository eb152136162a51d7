"""Money: programs, their editions, and the support items with their caps."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from indicators.models import in_language
from indicators.shapes import list_of_names
from targets.models import Clause, PolicyDocument, Target


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

    class Meta:
        verbose_name = verbose_name_plural = _("计划")
        ordering = ("id",)

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)


class ProgramEdition(models.Model):
    """A program as one document defines it, in force from a day."""

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
    valid_from = models.CharField(_("自"), max_length=10)
    valid_to = models.CharField(_("至"), max_length=10, blank=True)
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
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("计划版本")
        ordering = ("program", "-valid_from", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to="") | Q(valid_from__lte=F("valid_to")),
                name="edition_dates",
            )
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
    per = models.CharField(
        _("计算单位"), max_length=40, blank=True, help_text=_("每个项目、每家企业")
    )
    per_en = models.CharField(_("英文计算单位"), max_length=80, blank=True)
    per_stated = models.BooleanField(_("文件写明计算单位"), default=False)
    yearly_call = models.BooleanField(_("每年组织"), default=False)
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
        ]

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)


class ProgramLink(models.Model):
    """A program that says it serves a target, with the words that say so; never a causal share."""

    class Kind(models.TextChoices):
        NAMED = "named", _("文件点名")
        OBJECTIVE = "objective", _("目的相同")

    program = models.ForeignKey(
        Program, models.PROTECT, related_name="links", verbose_name=_("计划")
    )
    target = models.ForeignKey(
        Target, models.PROTECT, related_name="program_links", verbose_name=_("目标")
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
        ]

    def __str__(self) -> str:
        return f"{self.program_id} → {self.target_id}"
