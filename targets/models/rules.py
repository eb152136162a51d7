"""Rule sets: the thresholds, tolerances and lights of a verdict, as versions that people approve."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from targets.progress.rules import DEFAULT_LIGHTS, LIGHTS


def default_lights() -> dict[str, str]:
    """The lights of the rule book (PROGRESS.md 4)."""
    return dict(DEFAULT_LIGHTS)


def lights_of_every_status(value: object) -> None:
    """A light for each status and for nothing else; ValidationError in words."""
    if not isinstance(value, Mapping) or set(value) != set(DEFAULT_LIGHTS):
        raise ValidationError(translate("请为每一种状态各指定一种灯。"))
    if not set(value.values()) <= set(LIGHTS):
        raise ValidationError(translate("灯只有绿、黄、红、灰四种。"))


class RuleSetQuerySet(models.QuerySet["RuleSet"]):
    """Rule sets by where they stand."""

    def approved(self) -> RuleSetQuerySet:
        """Those that judge, or will from their day on."""
        return self.filter(review_state=RuleSet.ReviewState.APPROVED)

    def in_force_on(self, day: date, known_on: date | None = None) -> RuleSet | None:
        """The rule set of a day: of those approved by the end of `known_on`, the latest begun."""
        rows = self.approved() if known_on is None else self.known_on(known_on)
        begun = rows.filter(in_force_from__lte=day)
        # Of two that begin on one day the one approved last; the built-in rules come before all.
        latest = F("approved_at").desc(nulls_last=True)
        return begun.order_by("-in_force_from", latest, "-version").first()

    def known_on(self, day: date) -> RuleSetQuerySet:
        """Approved by the end of a day here."""
        end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
        # The built-in rules were there before anybody could approve them.
        return self.approved().filter(Q(approved_at__lt=end) | Q(entered_by=None))

    def in_progress(self) -> RuleSetQuerySet:
        """Drafts and submitted ones: what somebody still has to act on."""
        return self.filter(
            review_state__in=(RuleSet.ReviewState.DRAFT, RuleSet.ReviewState.SUBMITTED)
        )


class RuleSet(models.Model):
    """The thresholds of a verdict (PROGRESS.md 4); a row is never rewritten, a change is a new one.

    All figures are shares (0.95 is 95 %).
    """

    class ReviewState(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("待核定")
        RETURNED = "returned", _("已退回")
        APPROVED = "approved", _("已核定")

    version = models.PositiveIntegerField(_("版本"), unique=True)
    on_track = models.DecimalField(_("符合预期"), max_digits=6, decimal_places=4)
    lagging = models.DecimalField(_("略有滞后"), max_digits=6, decimal_places=4)
    ahead = models.DecimalField(_("快于预期"), max_digits=6, decimal_places=4)
    about_tolerance = models.DecimalField(_("“左右”允差"), max_digits=6, decimal_places=4)
    nearly_share = models.DecimalField(_("“近”下限"), max_digits=6, decimal_places=4)
    lights = models.JSONField(
        _("亮灯"), default=default_lights, validators=[lights_of_every_status]
    )
    in_force_from = models.DateField(_("启用日期"))

    reason = models.TextField(_("理由"), blank=True)
    review_state = models.CharField(
        _("审核状态"), max_length=9, choices=ReviewState, default=ReviewState.DRAFT
    )
    # Null for the built-in rules alone: no person entered them.
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("提出人"),
    )
    entered_at = models.DateTimeField(_("录入时间"), null=True, blank=True)
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

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("判定规则")
        ordering = ("-version",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(lagging__gte=0, on_track__gte=F("lagging"), ahead__gte=F("on_track"))
                & Q(ahead__lte=10),
                name="rules_in_order",
            ),
            models.CheckConstraint(
                condition=Q(about_tolerance__range=(0, 1), nearly_share__range=(0, 1)),
                name="rules_are_shares",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | ~Q(approved_by=F("entered_by"))
                | Q(self_approved=True),
                name="rules_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(entered_by=None)
                | ~Q(review_state="approved")
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="rules_approved",
            ),
            models.CheckConstraint(
                condition=~Q(review_state="returned") | ~Q(return_reason=""),
                name="rules_return_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.version}"
