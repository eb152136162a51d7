"""Policy documents and the places in them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from indicators.models import Region, in_language


class PolicyDocument(models.Model):
    """A policy document: its data, our digest of it, and the original text where a user has it."""

    class Kind(models.TextChoices):
        PLAN = "plan", _("规划")
        ACTION_PLAN = "action_plan", _("行动计划")
        ANNUAL_PLAN = "annual_plan", _("年度要点")
        PLANNING_NOTE = "planning_note", _("规划解读")
        PRESS_REPORT = "press_report", _("新闻报道")

    key = models.SlugField(_("键"), max_length=30, unique=True)
    source_no = models.CharField(_("文本编号"), max_length=10, blank=True)
    title = models.CharField(_("标题"), max_length=200)
    title_en = models.CharField(_("英文标题"), max_length=300)
    issuer = models.CharField(_("发文机关"), max_length=120)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, verbose_name=_("牵头部门")
    )
    publication = models.CharField(_("刊发"), max_length=120, blank=True)
    kind = models.CharField(_("类型"), max_length=14, choices=Kind)
    issued = models.CharField(_("日期"), max_length=10, help_text=_("年、年-月或年-月-日"))
    period_start = models.CharField(_("起始期"), max_length=21, blank=True)
    period_end = models.CharField(_("结束期"), max_length=21, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("地区"))
    source_url = models.CharField(_("链接"), max_length=500, blank=True)
    reliability = models.CharField(_("可靠性"), max_length=1, blank=True)
    note = models.TextField(_("说明"), blank=True)
    note_en = models.TextField(_("英文说明"), blank=True)
    digest = models.TextField(_("摘要"), help_text=_("用我们自己的话写，逐条陈述承诺"))
    digest_en = models.TextField(_("英文摘要"), blank=True)
    raw = models.TextField(_("原文"), blank=True)
    raw_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    text = models.TextField(_("整理后的原文"), blank=True, editable=False)
    offsets = models.JSONField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("政策文件")
        ordering = ("-issued", "key")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(raw="", raw_sha256="", text="")
                | (~Q(raw="") & ~Q(raw_sha256="") & ~Q(text="")),
                name="document_text_with_hash",
            )
        ]

    def __str__(self) -> str:
        return in_language(self.title, self.title_en)


class Clause(models.Model):
    """A place in a document: a stretch of the digest, and the quoted words that state a number."""

    class Role(models.TextChoices):
        HEADLINE = "headline", _("标题")
        BODY = "body", _("正文")
        BOX = "box", _("专栏")
        UMBRELLA = "umbrella", _("总括句")
        REPORTED = "reported", _("转述")

    document = models.ForeignKey(
        PolicyDocument, models.PROTECT, related_name="clauses", verbose_name=_("文件")
    )
    key = models.CharField(_("键"), max_length=40)
    locator = models.CharField(_("出处"), max_length=60)
    locator_en = models.CharField(_("英文出处"), max_length=80, blank=True)
    role = models.CharField(_("位置"), max_length=8, choices=Role, default=Role.BODY)
    start = models.PositiveIntegerField(_("摘要起点"))
    end = models.PositiveIntegerField(_("摘要终点"))
    quote = models.CharField(_("引文"), max_length=40, blank=True)
    text_start = models.PositiveIntegerField(_("原文起点"), null=True, blank=True)
    text_end = models.PositiveIntegerField(_("原文终点"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("条款")
        ordering = ("document", "start", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "key"], name="clause_key"),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="clause_stretch"),
            models.CheckConstraint(
                condition=Q(text_start=None, text_end=None)
                | Q(text_start__isnull=False, text_end__isnull=False, text_start__lt=F("text_end")),
                name="clause_anchor_pair",
            ),
        ]

    def __str__(self) -> str:
        return self.quote or f"{self.document_id}/{self.key}"
