"""What a target means: versions of its reading, from the first words to a later change."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from indicators.models import DECIMAL_PLACES, MAX_DIGITS, Indicator, Unit
from targets.models.documents import Clause
from targets.models.promises import Target

OPEN_STATES = ("draft", "submitted", "returned")
MEANING = (
    "measure", "comparator", "value", "upper", "tolerance", "unit", "direction", "commitment",
    "binding", "period_start", "period_end", "cadence", "path", "milestones", "profile",
    "baseline_period", "baseline_value", "baseline_provenance", "baseline_note", "baseline_note_en",
)  # fmt: skip
"""The columns that say what was promised; the others say who changed it, when and why."""


class TargetVersionQuerySet(models.QuerySet["TargetVersion"]):
    """Versions by where they stand: what counts, what is to come, what somebody works on."""

    def in_force(self) -> TargetVersionQuerySet:
        """The version of each target that counts now; at most one a target."""
        return self.filter(
            review_state=TargetVersion.ReviewState.APPROVED,
            superseded_at=None,
            effective_at__isnull=False,
        )

    def judgeable(self) -> TargetVersionQuerySet:
        """In force and not withdrawn: a withdrawn promise has no verdict and is not counted."""
        return self.in_force().exclude(change=TargetVersion.Change.WITHDRAWN)

    def in_force_on(self, day: date, known_on: date | None = None) -> TargetVersionQuerySet:
        """The version of each target that counted on a day, as known on `known_on` (default: day).

        Of those approved by the end of `known_on` and valid by `day`, the one that came into force
        last; one that is known but has not yet come into force is the last of all.
        """
        known = TargetVersion.objects.filter(target=OuterRef("target"))._known(day, known_on or day)
        latest = known.order_by(F("effective_at").desc(nulls_first=True), "-pk").values("pk")
        return self.filter(pk=Subquery(latest[:1]))

    def _known(self, day: date, known_on: date) -> TargetVersionQuerySet:
        """Approved by the end of a day here, and valid from the other at the latest."""
        end = timezone.make_aware(datetime.combine(known_on + timedelta(days=1), time.min))
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day),
            review_state=TargetVersion.ReviewState.APPROVED,
            approved_at__lt=end,
        )

    def replaced(self) -> TargetVersionQuerySet:
        """Those that were in force until another took their place."""
        return self.filter(effective_at__isnull=False, superseded_at__isnull=False)

    def scheduled(self) -> TargetVersionQuerySet:
        """Approved and waiting for the day from which they are valid."""
        return self.filter(
            review_state=TargetVersion.ReviewState.APPROVED, superseded_at=None, effective_at=None
        )

    def in_progress(self) -> TargetVersionQuerySet:
        """Drafts, submitted and returned changes: what somebody still has to act on."""
        return self.filter(review_state__in=OPEN_STATES)


class TargetVersion(models.Model):
    """The exact meaning of a target from one day on; a change is a new row approved by another."""

    class Measure(models.TextChoices):
        LEVEL = "level", _("水平")
        INCREMENT = "increment", pgettext_lazy("measure", "新增")
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

    class Change(models.TextChoices):
        FIRST = "first", _("文件写明")
        CORRECTED = "corrected", _("更正读法")
        ADJUSTED = "adjusted", _("中期调整")
        WITHDRAWN = "withdrawn", _("废止")

    class ReviewState(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("待核定")
        RETURNED = "returned", _("已退回")
        APPROVED = "approved", _("已核定")
        DROPPED = "dropped", _("已撤下")

    target = models.ForeignKey(Target, models.PROTECT, related_name="versions")
    measure = models.CharField(_("计量方式"), max_length=14, choices=Measure)
    comparator = models.CharField(_("比较"), max_length=9, choices=Comparator)
    value = models.DecimalField(_("目标值"), max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES)
    upper = models.DecimalField(
        pgettext_lazy("range", "上限"),
        max_digits=MAX_DIGITS,
        decimal_places=DECIMAL_PLACES,
        null=True,
        blank=True,
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

    change = models.CharField(_("变更类型"), max_length=9, choices=Change, default=Change.FIRST)
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="later", verbose_name=_("取代")
    )
    basis = models.ForeignKey(
        Clause,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("change", "依据条款"),
    )
    basis_note = models.CharField(_("依据"), max_length=300, blank=True)
    valid_from = models.DateField(_("生效日期"), null=True, blank=True)
    reason = models.TextField(_("理由"), blank=True)
    review_state = models.CharField(
        _("审核状态"), max_length=9, choices=ReviewState, default=ReviewState.DRAFT
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("提出人")
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
    effective_at = models.DateTimeField(_("起效时间"), null=True, blank=True)
    superseded_at = models.DateTimeField(_("被取代时间"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = TargetVersionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("目标版本")
        ordering = ("target", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["target"],
                condition=Q(
                    review_state="approved", superseded_at=None, effective_at__isnull=False
                ),
                name="target_one_version",
            ),
            models.UniqueConstraint(
                fields=["target"],
                condition=Q(review_state__in=OPEN_STATES),
                name="target_one_open_change",
            ),
            models.CheckConstraint(
                condition=Q(effective_at=None) | Q(review_state="approved"),
                name="version_effective_approved",
            ),
            models.CheckConstraint(
                condition=~Q(review_state__in=["returned", "dropped"]) | ~Q(return_reason=""),
                name="version_return_reason",
            ),
            models.CheckConstraint(
                condition=Q(change="first") | ~Q(reason=""), name="version_change_reason"
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

    @property
    def is_in_force(self) -> bool:
        """Whether this is the approved reading that counts."""
        return self.effective_at is not None and self.superseded_at is None

    @property
    def is_scheduled(self) -> bool:
        """Approved, and waiting for the day from which it is valid."""
        approved = self.review_state == self.ReviewState.APPROVED
        return approved and self.effective_at is None and self.superseded_at is None

    @property
    def is_withdrawn(self) -> bool:
        """Whether this version says that the target no longer holds (废止)."""
        return self.change == self.Change.WITHDRAWN
