"""What the model of PROGRESS.md 6 says of a series: kept apart from every verdict."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from indicators.models import Indicator, Region
from targets.models.fields import FigureField


@dataclass(frozen=True, slots=True)
class ProjectedYear:
    """A year's 80 % band and its middle, in the unit of the indicator."""

    year: int
    low: Decimal
    median: Decimal
    high: Decimal


class ProjectionQuerySet(models.QuerySet["Projection"]):
    """Projections as the pages ask for them."""

    def tested(self) -> ProjectionQuerySet:
        """Those whose series was long enough for a back-test."""
        return self.exclude(refusal__in=Projection.UNTESTED)

    def shown(self) -> ProjectionQuerySet:
        """Those that say something."""
        return self.filter(refusal="")


class Projection(models.Model):
    """The outlook of one indicator in one region, or why there is none; a cache, like a snapshot.

    `refusal` is a code of targets.projection.method, "" where the series passed. The errors are
    mean absolute ones in the unit of the indicator. `path` has a list of year, low, median and
    high for each year ahead; `chances` for each target a probability or the code of why there is
    none. `digest` is of what it was made from.
    """

    UNTESTED = ("too_short", "no_test", "beyond_figures")

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="projections")
    region = models.ForeignKey(Region, models.CASCADE, related_name="projections")
    method = models.CharField(_("方法"), max_length=30)
    refusal = models.CharField(_("不显示的原因"), max_length=20, blank=True)
    points = models.PositiveSmallIntegerField(_("点数"))
    first_year = models.PositiveSmallIntegerField(_("首年"), null=True)
    last_year = models.PositiveSmallIntegerField(_("末年"), null=True)
    origins = models.PositiveSmallIntegerField(_("起算点"))
    forecasts = models.PositiveSmallIntegerField(_("回测次数"))
    inside = models.PositiveSmallIntegerField(_("落在区间内"))
    error = FigureField(_("平均误差"), null=True)
    error_last = FigureField(_("沿用末值的误差"), null=True)
    error_line = FigureField(_("直线外推的误差"), null=True)
    path = models.JSONField(_("推算"), default=list)
    chances = models.JSONField(_("可能性"), default=dict)
    digest = models.CharField(max_length=64)
    computed_at = models.DateTimeField(_("计算时间"))

    objects = ProjectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("推算")
        ordering = ("indicator", "region")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["indicator", "region"], name="projection_pair"),
            models.CheckConstraint(
                condition=Q(inside__lte=models.F("forecasts")), name="projection_inside"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}/{self.region_id}"

    @property
    def years(self) -> list[ProjectedYear]:
        """The years ahead in order; none where the series failed."""
        return [
            ProjectedYear(int(year), Decimal(low), Decimal(median), Decimal(high))
            for year, low, median, high in self.path
        ]

    def chance_of(self, target: int) -> tuple[Decimal | None, str]:
        """The chance that a target (primary key) is met, or the code of why there is none."""
        held: dict[str, str] = self.chances.get(str(target)) or {"why": "no_projection"}
        value = held.get("value")
        return (None, held["why"]) if value is None else (Decimal(value), "")
