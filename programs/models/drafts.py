"""Editions on their way: what an editor writes, step by step, until another person approves it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programs.models.definitions import Program, ProgramEdition

OPEN_STATES = ("draft", "submitted", "returned")


class EditionDraftQuerySet(models.QuerySet["EditionDraft"]):
    """Drafts by where they stand."""

    def in_progress(self) -> EditionDraftQuerySet:
        """Drafts, submitted and returned ones: what somebody still has to act on."""
        return self.filter(review_state__in=OPEN_STATES)


class EditionDraft(models.Model):
    """A new edition, or the correction of one, as its editor has it so far.

    `content` is what `programs.drafting.content` reads: it may be incomplete, which the rows of an
    edition may not. Approval writes the rows and names them in `edition`.
    """

    class Change(models.TextChoices):
        FIRST = "first", _("新增版本")
        AMENDED = "amended", _("调整")
        CORRECTED = "corrected", _("更正录入")

    class ReviewState(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("待核定")
        RETURNED = "returned", _("已退回")
        APPROVED = "approved", _("已核定")
        DROPPED = "dropped", _("已撤下")

    program = models.ForeignKey(
        Program, models.PROTECT, related_name="drafts", verbose_name=_("计划")
    )
    change = models.CharField(_("变更类型"), max_length=9, choices=Change)
    based_on = models.ForeignKey(
        ProgramEdition,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="drafts",
        verbose_name=_("依据版本"),
    )
    content = models.JSONField(_("内容"), default=dict)
    reason = models.TextField(_("理由"), blank=True)
    review_state = models.CharField(
        _("审核状态"), max_length=9, choices=ReviewState, default=ReviewState.DRAFT
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("起草人")
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
    edition = models.OneToOneField(
        ProgramEdition,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="drawn_up",
        verbose_name=_("核定的版本"),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = EditionDraftQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("版本草稿")
        ordering = ("-pk",)
        permissions: ClassVar = [
            ("propose_edition", "Can draw up editions of programs"),
            ("approve_edition", "Can approve editions of programs"),
            ("view_edition_change", "Can see editions on their way"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program"],
                condition=Q(review_state__in=OPEN_STATES),
                name="program_one_open_draft",
            ),
            models.CheckConstraint(
                condition=Q(change="first", based_on=None)
                | (~Q(change="first") & Q(based_on__isnull=False)),
                name="draft_based_on",
            ),
            models.CheckConstraint(
                condition=~Q(review_state__in=["returned", "dropped"]) | ~Q(return_reason=""),
                name="draft_return_reason",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | ~Q(approved_by=F("entered_by"))
                | Q(self_approved=True),
                name="draft_four_eyes",
            ),
            models.CheckConstraint(
                condition=(
                    ~Q(review_state="approved")
                    & Q(approved_by=None, approved_at=None, edition=None)
                )
                | Q(
                    review_state="approved",
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                    edition__isnull=False,
                ),
                name="draft_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program_id}#{self.pk}"


class DraftSave(models.Model):
    """What a draft said after each save, undone ones included: the ground of undo and redo."""

    draft = models.ForeignKey(EditionDraft, models.PROTECT, related_name="saves")
    number = models.PositiveIntegerField(_("次序"))
    content = models.JSONField(_("内容"), default=dict)
    # An undo is a save that says again what an earlier one said.
    says_again = models.PositiveIntegerField(_("恢复到"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("保存人")
    )
    at = models.DateTimeField(_("保存时间"))

    class Meta:
        default_permissions = ()
        verbose_name = verbose_name_plural = _("草稿的历次保存")
        ordering = ("draft", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draft", "number"], name="draft_save_once"),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id}.{self.number}"
