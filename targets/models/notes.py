"""Why a promise is behind and what comes next, as the responsible people say it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from indicators.models import ReportingRound
from targets.models.promises import Target


class TargetNote(models.Model):
    """A note on a target that is behind, kept per round; a change is a new row."""

    target = models.ForeignKey(Target, models.PROTECT, related_name="notes", verbose_name=_("目标"))
    # Null where no round asked for it.
    round = models.ForeignKey(
        ReportingRound,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notes",
        verbose_name=_("填报轮次"),
    )
    why = models.TextField(_("原因"))
    next_step = models.TextField(_("下一步"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("填写人")
    )
    written_at = models.DateTimeField(_("填写时间"))
    superseded_at = models.DateTimeField(_("被取代时间"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("滞后说明")
        ordering = ("target", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["target", "round"],
                condition=Q(superseded_at=None),
                name="note_one_current",
            ),
            models.CheckConstraint(condition=~Q(why="") & ~Q(next_step=""), name="note_says_both"),
        ]

    def __str__(self) -> str:
        return f"{self.target_id}/{self.round_id}"
