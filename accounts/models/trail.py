"""The audit trail as it is stored: events in one chain, and the head of the chain."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, NoReturn

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AuditError(Exception):
    """The audit trail was used against its rules."""


def _append_only() -> NoReturn:
    raise AuditError("审计记录只能追加，不能修改或删除。 (The audit trail is append-only.)")


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Events; every way of changing or deleting them is closed."""

    def update(self, **kwargs: Any) -> int:
        """Closed."""
        _append_only()

    def delete(self) -> tuple[int, dict[str, int]]:
        """Closed."""
        _append_only()

    def bulk_update(
        self,
        objs: Iterable[AuditEvent],
        fields: Iterable[str],
        batch_size: int | None = None,
    ) -> int:
        """Closed."""
        _append_only()

    def bulk_create(
        self,
        objs: Iterable[AuditEvent],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        update_fields: Collection[str] | None = None,
        unique_fields: Collection[str] | None = None,
    ) -> list[AuditEvent]:
        """Append events; the two ways of swallowing a conflict are closed."""
        if ignore_conflicts or update_conflicts:
            _append_only()
        return super().bulk_create(objs, batch_size=batch_size)


class AuditEvent(models.Model):
    """One thing that was done: who, when, to what, from which value to which, and why.

    No foreign keys: the trail outlives the rows it tells of. `id` is the place in the chain,
    1, 2, 3 … without a gap, given by `audit` and never by the database.
    """

    id = models.BigIntegerField(_("序号"), primary_key=True)
    at = models.DateTimeField(_("时间"))
    actor_id = models.BigIntegerField(_("操作人编号"), null=True)
    actor_name = models.CharField(_("操作人"), max_length=100)
    department_code = models.CharField(_("部门代码"), max_length=32, blank=True)
    action = models.CharField(_("动作"), max_length=64)
    object_type = models.CharField(_("对象类型"), max_length=64, blank=True)
    object_id = models.CharField(_("对象编号"), max_length=64, blank=True)
    object_label = models.CharField(_("对象"), max_length=200, blank=True)
    before = models.JSONField(_("改前"), null=True)
    after = models.JSONField(_("改后"), null=True)
    reason = models.TextField(_("理由"), blank=True)
    source = models.CharField(_("来源"), max_length=200)
    previous_hash = models.CharField(_("前一条摘要"), max_length=64, unique=True)
    hash = models.CharField(_("摘要"), max_length=64, unique=True)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("审计记录")
        verbose_name_plural = _("审计记录")
        default_permissions = ()
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=Q(id__gte=1), name="auditevent_place_from_one"),
        )
        indexes = (
            models.Index(fields=("at",), name="auditevent_at"),
            models.Index(fields=("object_type", "object_id"), name="auditevent_object"),
            models.Index(fields=("actor_id", "id"), name="auditevent_actor"),
            models.Index(fields=("action", "id"), name="auditevent_action"),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.action} {self.object_label}".rstrip()

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Closed: an event is appended by `audit.record` alone."""
        _append_only()

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Closed."""
        _append_only()


class AuditHead(models.Model):
    """The length of the chain and the hash of its last event; one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    count = models.BigIntegerField(_("条数"), default=0)
    hash = models.CharField(_("末条摘要"), max_length=64)

    class Meta:
        verbose_name = _("审计链末端")
        verbose_name_plural = _("审计链末端")
        default_permissions = ()
        constraints = (models.CheckConstraint(condition=Q(id=1), name="audithead_single_row"),)

    def __str__(self) -> str:
        return f"{self.count}:{self.hash}"
