"""What a document promises: targets with their versions, and qualitative measures."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from indicators.models import DECIMAL_PLACES, MAX_DIGITS, Indicator, Region, Unit, in_language
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


class TargetVersion(models.Model):
    """The exact meaning of a target from one day on; a change is a new row approved by another."""

    class Measure(models.TextChoices):
        LEVEL = "level", _("水平")
        INCREMENT = "increment", _("新增")
        CUMULATIVE = "cumulative", _("累计")
        SHARE = "share", _("占比")
        GROWTH = "growth", _("增速")
        AVERAGE_GROWTH = "average_growth", _("年均增速")
        CHANGE = "change", _("升降幅度")
        MULTIPLE = "multiple", _("倍增")
        RANK = "rank", _("位次")

    class Comparator(models.TextChoices):
        MORE_THAN = "more_than", _("突破、超过")
        AT_LEAST = "at_least", _("不低于、达到")
        AT_MOST = "at_most", _("不超过")
        LESS_THAN = "less_than", _("低于")
        EQUALS = "equals", _("等于")
        ABOUT = "about", _("左右")
        NEARLY = "nearly", _("近")
        BETWEEN = "between", _("区间")

    class Commitment(models.TextChoices):
        FIRM = "firm", _("确定（确保、达到）")
        ASPIRATIONAL = "aspirational", _("力争")

    class Binding(models.TextChoices):
        BINDING = "binding", _("约束性")
        EXPECTED = "expected", _("预期性")
        UNSTATED = "unstated", _("未注明")

    class Cadence(models.TextChoices):
        BY_END = "by_end", _("到期")
        EACH_YEAR = "each_year", _("每年")

    class Path(models.TextChoices):
        LINEAR = "linear", _("直线")
        COMPOUND = "compound", _("复合增长")
        MILESTONES = "milestones", _("节点")
        SEASONAL = "seasonal", _("季节")

    class Provenance(models.TextChoices):
        OBSERVED = "observed", _("实际观测")
        STATED = "stated", _("文件写明")
        IMPLIED = "implied", _("由文字推得")

    class ReviewState(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("待核定")
        RETURNED = "returned", _("已退回")
        APPROVED = "approved", _("已核定")

    target = models.ForeignKey(Target, models.PROTECT, related_name="versions")
    measure = models.CharField(_("计量方式"), max_length=14, choices=Measure)
    comparator = models.CharField(_("比较"), max_length=9, choices=Comparator)
    value = models.DecimalField(_("目标值"), max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES)
    upper = models.DecimalField(
        _("上限"), max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True, blank=True
    )
    tolerance = models.DecimalField(
        _("允差"), max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True, blank=True
    )
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("计量单位"))
    direction = models.CharField(_("方向"), max_length=10, choices=Indicator.Direction)
    commitment = models.CharField(_("承诺程度"), max_length=12, choices=Commitment)
    binding = models.CharField(_("约束性"), max_length=8, choices=Binding, default=Binding.UNSTATED)
    period_start = models.CharField(_("起始期"), max_length=21, blank=True)
    period_end = models.CharField(_("期限"), max_length=21, blank=True)
    cadence = models.CharField(_("节奏"), max_length=9, choices=Cadence, default=Cadence.BY_END)
    path = models.CharField(_("路径"), max_length=10, choices=Path, default=Path.LINEAR)
    milestones = models.JSONField(_("节点值"), default=dict, blank=True)
    profile = models.JSONField(_("分季份额"), default=list, blank=True)
    baseline_period = models.CharField(_("基期"), max_length=21, blank=True)
    baseline_value = models.DecimalField(
        _("基期值"), max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True, blank=True
    )
    baseline_provenance = models.CharField(
        _("基期来源"), max_length=8, choices=Provenance, blank=True
    )
    baseline_note = models.TextField(_("基期说明"), blank=True)
    baseline_note_en = models.TextField(_("英文基期说明"), blank=True)

    valid_from = models.DateField(_("生效日期"), null=True, blank=True)
    reason = models.TextField(_("理由"), blank=True)
    review_state = models.CharField(
        _("审核状态"), max_length=9, choices=ReviewState, default=ReviewState.DRAFT
    )
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("录入时间"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(_("核定时间"), null=True, blank=True)
    self_approved = models.BooleanField(_("自行核定"), default=False)
    superseded_at = models.DateTimeField(_("被取代时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("目标版本")
        ordering = ("target", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["target"],
                condition=Q(review_state="approved", superseded_at=None),
                name="target_one_version",
            ),
            models.CheckConstraint(
                condition=Q(comparator="between", upper__isnull=False, upper__gte=F("value"))
                | (~Q(comparator="between") & Q(upper=None)),
                name="version_range",
            ),
            models.CheckConstraint(
                condition=Q(baseline_provenance="", baseline_period="", baseline_value=None)
                | (~Q(baseline_provenance="") & ~Q(baseline_period="")),
                name="version_baseline",
            ),
            models.CheckConstraint(
                condition=Q(baseline_provenance__in=["", "observed"])
                | Q(baseline_value__isnull=False),
                name="version_baseline_value",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | ~Q(approved_by=F("entered_by"))
                | Q(self_approved=True),
                name="version_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(review_state="approved")
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="version_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target_id}@{self.pk}"


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
