"""The rules of plausibility as data: which doubt, how grave, from which figure on."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from indicators.models.catalogue import Indicator


class PlausibilityRule(models.Model):
    """One rule for all indicators, or another setting of it for one of them."""

    class Severity(models.TextChoices):
        ERROR = "error", _("阻止保存")
        WARNING = "warning", _("须写明理由")
        HINT = "hint", _("仅提示")

    code = models.CharField(_("规则"), max_length=30)
    indicator = models.ForeignKey(
        Indicator,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="plausibility_rules",
        verbose_name=_("指标"),
    )
    severity = models.CharField(_("严重程度"), max_length=7, choices=Severity)
    parameters = models.JSONField(_("参数"), default=dict, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    note = models.TextField(_("说明"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("合理性规则")
        ordering = ("code", "indicator")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "indicator"], name="rule_once_an_indicator"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(indicator=None), name="rule_once_for_all"
            ),
        ]

    def __str__(self) -> str:
        return self.code
