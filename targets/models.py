"""Promises: policy documents, their clauses, targets, measures, and what recompute makes of them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from indicators.models import DECIMAL_PLACES, MAX_DIGITS, Indicator, Region, Unit, in_language


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
    binding = models.CharField(
        _("约束性"), max_length=8, choices=Binding, default=Binding.UNSTATED
    )
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
                condition=Q(approved_by=None) | ~Q(approved_by=F("entered_by")) | Q(self_approved=True),
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
    status = models.CharField(
        _("状态"), max_length=11, choices=Status, default=Status.UNJUDGED
    )
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


class RuleSet(models.Model):
    """The thresholds of a verdict, as a versioned row (PROGRESS.md 4)."""

    version = models.PositiveIntegerField(_("版本"), unique=True)
    on_track = models.DecimalField(_("符合预期"), max_digits=6, decimal_places=4)
    lagging = models.DecimalField(_("略有滞后"), max_digits=6, decimal_places=4)
    ahead = models.DecimalField(_("快于预期"), max_digits=6, decimal_places=4)
    about_tolerance = models.DecimalField(_("“左右”允差"), max_digits=6, decimal_places=4)
    nearly_share = models.DecimalField(_("“近”下限"), max_digits=6, decimal_places=4)
    in_force_from = models.DateField(_("启用日期"))

    class Meta:
        verbose_name = verbose_name_plural = _("判定规则")
        ordering = ("-version",)

    def __str__(self) -> str:
        return f"v{self.version}"


class StaleRequestQuerySet(models.QuerySet["StaleRequest"]):
    """The queue as the sweep reads it."""

    def parked(self) -> StaleRequestQuerySet:
        """Rows that failed five times and wait for a person."""
        return self.filter(parked_at__isnull=False)

    def waiting(self) -> StaleRequestQuerySet:
        """Rows a sweep will take, now or after their pause."""
        return self.filter(parked_at=None)


class StaleRequest(models.Model):
    """A row of the append-only queue: the verdicts on this indicator in this region are out of date."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="+")
    region = models.ForeignKey(Region, models.CASCADE, related_name="+")
    cause = models.CharField(_("起因"), max_length=60)
    queued_at = models.DateTimeField(_("入列时间"))
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    next_try_at = models.DateTimeField(_("下次尝试"), null=True, blank=True)
    last_error = models.TextField(_("最近错误"), blank=True)
    parked_at = models.DateTimeField(_("停放时间"), null=True, blank=True)

    objects = StaleRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("待重算")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.indicator_id}/{self.region_id}"


class ProgressSnapshot(models.Model):
    """What progress says of a target: codes and figures; words are composed when shown."""

    target = models.OneToOneField(Target, models.CASCADE, related_name="snapshot")
    as_of = models.DateField(_("截至"))
    status = models.CharField(_("状态"), max_length=16)
    light = models.CharField(_("亮灯"), max_length=6)
    promise_status = models.CharField(_("承诺状态"), max_length=16)
    promise_light = models.CharField(_("承诺亮灯"), max_length=6)
    attained = models.BooleanField(_("达成"), null=True)
    position = models.CharField(_("区间位置"), max_length=6, blank=True)
    period = models.CharField(_("数据期"), max_length=21, blank=True)
    actual = models.DecimalField(max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True)
    actual_qualifier = models.CharField(max_length=6, blank=True)
    goal = models.DecimalField(max_digits=40, decimal_places=15, null=True)
    baseline_period = models.CharField(max_length=21, blank=True)
    baseline_value = models.DecimalField(
        max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True
    )
    completion = models.DecimalField(max_digits=40, decimal_places=15, null=True)
    share_done = models.DecimalField(max_digits=40, decimal_places=15, null=True)
    pace = models.DecimalField(max_digits=40, decimal_places=15, null=True)
    expected_now = models.DecimalField(max_digits=40, decimal_places=15, null=True)
    gap = models.DecimalField(max_digits=40, decimal_places=15, null=True)
    needed = models.DecimalField(max_digits=40, decimal_places=15, null=True)
    actual_rate = models.DecimalField(max_digits=40, decimal_places=15, null=True)
    required_rate = models.DecimalField(max_digits=40, decimal_places=15, null=True)
    trend = models.CharField(_("走势"), max_length=8, blank=True)
    flags = models.JSONField(default=list)
    reasons = models.JSONField(default=list)
    inputs = models.JSONField(default=list)
    rule_version = models.PositiveIntegerField(_("规则版本"))
    digest = models.CharField(max_length=64)
    computed_at = models.DateTimeField(_("计算时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("进度快照")
        ordering = ("target",)

    def __str__(self) -> str:
        return f"{self.target_id}: {self.status}"


class StatusChange(models.Model):
    """A verdict that moved: the trace that "what changed" reads; a snapshot alone forgets it."""

    target = models.ForeignKey(Target, models.CASCADE, related_name="changes")
    before = models.CharField(_("原状态"), max_length=16)
    after = models.CharField(_("现状态"), max_length=16)
    as_of = models.DateField(_("截至"))
    changed_at = models.DateTimeField(_("变化时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("状态变化")
        ordering = ("-changed_at", "-id")

    def __str__(self) -> str:
        return f"{self.target_id}: {self.before} → {self.after}"
