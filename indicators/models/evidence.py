"""Files that prove a value: kept in the database, served only as downloads."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from indicators.models.observations import Observation


class Evidence(models.Model):
    """A file attached to a value; taken away it stays on record, with who and when."""

    observation = models.ForeignKey(
        Observation, models.PROTECT, related_name="evidence", verbose_name=_("实绩")
    )
    name = models.CharField(_("文件名"), max_length=120)
    content_type = models.CharField(_("文件类型"), max_length=80)
    size = models.PositiveIntegerField(_("大小"))
    sha256 = models.CharField(_("摘要"), max_length=64)
    content = models.BinaryField(_("内容"))
    attached_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("附件人")
    )
    attached_at = models.DateTimeField(_("附件时间"))
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("移除人"),
    )
    removed_at = models.DateTimeField(_("移除时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("佐证材料")
        ordering = ("observation", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["observation", "sha256"],
                condition=Q(removed_at=None),
                name="evidence_file_once",
            ),
            models.CheckConstraint(
                condition=Q(removed_by=None, removed_at=None)
                | Q(removed_by__isnull=False, removed_at__isnull=False),
                name="evidence_removal_pair",
            ),
        ]

    def __str__(self) -> str:
        return self.name
