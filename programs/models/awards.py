"""What was granted and paid: recipients, awards, instalments, and the yearly envelopes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from indicators.models import Region, Upload, subtree_of
from programs.models.definitions import Program, SupportItem
from programs.shapes import Body
from targets.models import Clause

if TYPE_CHECKING:
    from accounts.models import User

YUAN_DIGITS, FEN = 18, 2
"""Every sum of money is 元 with 分, exact: the digits of its columns."""


class Recipient(models.Model):
    """Who receives money; name and code are business data that only a permission opens."""

    Kind = Body

    # GB 32100-2015; a person has none, and no other number of a person is kept.
    credit_code = models.CharField(
        _("统一社会信用代码"), max_length=18, unique=True, null=True, blank=True
    )
    name = models.CharField(_("名称"), max_length=120)
    kind = models.CharField(_("类别"), max_length=11, choices=Kind)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, verbose_name=_("所在区市")
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("受助单位")
        ordering = ("name", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(kind="person", credit_code=None))
                | (~Q(kind="person") & Q(credit_code__isnull=False)),
                name="recipient_code",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AwardQuerySet(models.QuerySet["Award"]):
    """Awards by who may see them and by what they still mean."""

    def enterable_by(self, user: User) -> AwardQuerySet:
        """Those of the programs that the user may edit."""
        return self.filter(
            Q(program__department=None) | Q(program__department__in=subtree_of(user))
        )

    def counting(self) -> AwardQuerySet:
        """Those that still bind money: all but the withdrawn."""
        return self.exclude(status=Award.Status.WITHDRAWN)


class Award(models.Model):
    """One grant to one recipient for one project, held against the item in force that day."""

    class Status(models.TextChoices):
        APPROVED = "approved", _("已立项")
        COMPLETED = "completed", _("已验收")
        TERMINATED = "terminated", _("已终止")
        WITHDRAWN = "withdrawn", pgettext_lazy("award", "已撤销")

    number = models.CharField(_("立项编号"), max_length=40, unique=True)
    project = models.CharField(_("项目名称"), max_length=160)
    # Several awards of one project share its code; a project of one award has the award's number.
    project_code = models.CharField(_("项目编号"), max_length=40)
    recipient = models.ForeignKey(
        Recipient, models.PROTECT, related_name="awards", verbose_name=_("受助单位")
    )
    program = models.ForeignKey(
        Program, models.PROTECT, related_name="awards", verbose_name=_("计划")
    )
    item = models.ForeignKey(
        SupportItem, models.PROTECT, related_name="awards", verbose_name=_("支持事项")
    )
    # The key of the item, the same through all editions: caps count across them.
    item_key = models.SlugField(_("事项键"), max_length=40)
    year = models.PositiveSmallIntegerField(_("年度"))
    decided_on = models.DateField(_("立项日期"))
    amount = models.DecimalField(_("立项金额（元）"), max_digits=YUAN_DIGITS, decimal_places=FEN)
    paid = models.DecimalField(
        _("已拨付（元）"), default=0, max_digits=YUAN_DIGITS, decimal_places=FEN
    )
    investment = models.DecimalField(
        _("申报投入（元）"), null=True, blank=True, max_digits=YUAN_DIGITS, decimal_places=FEN
    )
    # What this award could have been at the most when it was decided; null: no cap applied.
    ceiling = models.DecimalField(
        _("当时可立项上限（元）"), null=True, blank=True, max_digits=YUAN_DIGITS, decimal_places=FEN
    )
    industry = models.CharField(_("产业"), max_length=40, blank=True)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, verbose_name=_("实施区市")
    )
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.APPROVED)
    status_reason = models.TextField(_("终止或撤销原因"), blank=True)
    override_reason = models.TextField(_("超出上限的理由"), blank=True)
    overridden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("批准超限的人"),
    )
    note = models.TextField(_("备注"), blank=True)
    upload = models.ForeignKey(
        Upload,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="awards",
        verbose_name=_("来自上传"),
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("录入人")
    )
    entered_at = models.DateTimeField(_("录入时间"))
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("立项资助")
        ordering = ("-decided_on", "-pk")
        permissions: ClassVar = [
            ("enter_award", "Can enter awards and payments"),
            ("override_cap", "Can grant an award over its cap, with a reason"),
            ("set_budget", "Can set yearly budgets of programs"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="award_amount"),
            models.CheckConstraint(
                condition=Q(paid__gte=0, paid__lte=F("amount")), name="award_paid"
            ),
            models.CheckConstraint(
                condition=Q(investment=None) | Q(investment__gt=0), name="award_investment"
            ),
            models.CheckConstraint(
                condition=Q(overridden_by=None, override_reason="")
                | (Q(overridden_by__isnull=False) & ~Q(override_reason="")),
                name="award_override_pair",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["terminated", "withdrawn"]) | ~Q(status_reason=""),
                name="award_status_reason",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["program", "year"], name="award_year_idx"),
            models.Index(fields=["recipient", "item_key"], name="award_recipient_idx"),
            models.Index(fields=["project_code", "item_key"], name="award_project_idx"),
            models.Index(fields=["program", "item_key", "decided_on"], name="award_item_idx"),
        ]

    def __str__(self) -> str:
        return self.number


class Payment(models.Model):
    """One instalment that was paid; taken back it stays on record, with who, when and why."""

    award = models.ForeignKey(
        Award, models.PROTECT, related_name="payments", verbose_name=_("立项资助")
    )
    amount = models.DecimalField(_("拨付金额（元）"), max_digits=YUAN_DIGITS, decimal_places=FEN)
    paid_on = models.DateField(_("拨付日期"))
    note = models.CharField(_("备注"), max_length=200, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("录入人")
    )
    entered_at = models.DateTimeField(_("录入时间"))
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("撤回人"),
    )
    voided_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    void_reason = models.TextField(_("撤回原因"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("拨付")
        ordering = ("award", "paid_on", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount"),
            models.CheckConstraint(
                condition=Q(voided_by=None, voided_at=None, void_reason="")
                | (Q(voided_by__isnull=False, voided_at__isnull=False) & ~Q(void_reason="")),
                name="payment_void_trio",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award_id} {self.paid_on}"


class Budget(models.Model):
    """The envelope of a program for a year, with where it is written."""

    program = models.ForeignKey(
        Program, models.PROTECT, related_name="budgets", verbose_name=_("计划")
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    amount = models.DecimalField(_("预算（元）"), max_digits=YUAN_DIGITS, decimal_places=FEN)
    clause = models.ForeignKey(
        Clause, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("条款")
    )
    source_title = models.CharField(_("来源"), max_length=200)
    note = models.TextField(_("备注"), blank=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    set_at = models.DateTimeField(_("登记时间"))
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("年度预算")
        ordering = ("program", "-year")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "year"], name="budget_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="budget_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.program_id} {self.year}"


class YearTotal(models.Model):
    """What the awards of a program and year add up to; a read model, made anew by `recount`.

    `committed` is the amount of what runs or is done, and of what was terminated the part that was
    paid; the withdrawn counts nothing. `capped` and `ceilings` are of the awards with a ceiling.
    """

    program = models.ForeignKey(Program, models.PROTECT, related_name="totals")
    year = models.PositiveSmallIntegerField()
    awards = models.PositiveIntegerField(default=0)
    committed = models.DecimalField(default=0, max_digits=YUAN_DIGITS, decimal_places=FEN)
    paid = models.DecimalField(default=0, max_digits=YUAN_DIGITS, decimal_places=FEN)
    capped = models.DecimalField(default=0, max_digits=YUAN_DIGITS, decimal_places=FEN)
    ceilings = models.DecimalField(default=0, max_digits=YUAN_DIGITS, decimal_places=FEN)
    at_ceiling = models.PositiveIntegerField(default=0)
    overridden = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        verbose_name = verbose_name_plural = _("年度合计")
        ordering = ("program", "-year")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "year"], name="year_total_once"),
        ]

    def __str__(self) -> str:
        return f"{self.program_id} {self.year}"


class StagedAward(models.Model):
    """One row of an uploaded table of awards: what it says and what would become of it."""

    class Outcome(models.TextChoices):
        NEW = "new", _("新增")
        CHANGED = "changed", _("有改动")
        UNCHANGED = "unchanged", _("无变化")
        CONFLICT = "conflict", _("他人已更新")
        ERROR = "error", _("有错误")

    upload = models.ForeignKey(
        Upload, models.CASCADE, related_name="staged_awards", db_constraint=False
    )
    sheet = models.PositiveSmallIntegerField(default=1)
    row = models.PositiveIntegerField()
    # The texts of the row by the name of the field, as they stand in the file.
    texts = models.JSONField(default=dict)
    # The fields as read: keys of rows and decimals as texts.
    fields = models.JSONField(default=dict)
    award = models.ForeignKey(Award, models.CASCADE, null=True, related_name="+")
    seen_version = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=9, choices=Outcome)
    sentence = models.TextField(blank=True)
    sentence_en = models.TextField(blank=True)

    class Meta:
        default_permissions = ()
        verbose_name = verbose_name_plural = _("上传的立项")
        ordering = ("upload", "sheet", "row")

    def __str__(self) -> str:
        return f"{self.upload_id}:{self.row}"
