"""Storing a new row so that a broken rule and a lost race read alike."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _


def save_new(row: models.Model) -> None:
    """Check every rule and insert; raises ValidationError, also where another was faster."""
    row.full_clean()
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise ValidationError(_("同样的记录刚刚已由他人建立。")) from error
