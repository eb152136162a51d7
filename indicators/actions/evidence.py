"""Files that prove a value: attached to drafts, taken away with a reason, never rewritten."""

from __future__ import annotations

import hashlib

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from accounts.versions import Conflict
from indicators import errors, locks
from indicators.actions.entries import label_of
from indicators.actions.filetypes import clean_name, type_of
from indicators.actions.observations import place_of
from indicators.models import Evidence, Observation

State = Observation.ReviewState
LARGEST = 5 << 20
"""Bytes of one file."""
MOST = 20
"""Files of one value."""


def attach_evidence(*, by: User, observation: Observation, name: str, content: bytes) -> Evidence:
    """Attach a file to a draft or a returned value; its content, not its claim, says what it is.

    Refused in words: another state, another kind of file, too large, too many, the same twice.
    An approved value gets evidence through its correction.
    """
    if not content:
        raise errors.Refused(_("文件是空的。"))
    if len(content) > LARGEST:
        raise too_large()
    name = clean_name(name)
    content_type = type_of(name, content)
    digest = hashlib.sha256(content).hexdigest()
    with audit.transaction():
        _held(by, observation)
        attached = observation.evidence.filter(removed_at=None)
        same = attached.filter(sha256=digest).values_list("name", flat=True).first()
        if same is not None:
            raise errors.evidence_twice(same)
        if attached.count() >= MOST:
            raise errors.too_much_evidence(MOST)
        evidence = Evidence.objects.create(
            observation=observation,
            name=name,
            content_type=content_type,
            size=len(content),
            sha256=digest,
            content=content,
            attached_by=by,
            attached_at=timezone.now(),
        )
        audit.record(
            by=by,
            action="indicators.attach_evidence",
            target=observation,
            label=label_of(observation),
            after=_facts(evidence),
        )
    return evidence


def remove_evidence(*, by: User, evidence: Evidence, reason: str) -> Evidence:
    """Take a file away from a draft or a returned value; it stays on record, with the reason."""
    reason = reason.strip()
    if not reason:
        raise errors.needs_reason()
    with audit.transaction():
        observation = evidence.observation
        _held(by, observation)
        now = timezone.now()
        rows = Evidence.objects.filter(pk=evidence.pk, removed_at=None)
        if rows.update(removed_by=by, removed_at=now) == 0:
            raise Conflict(None, {})
        evidence.removed_by, evidence.removed_at = by, now
        audit.record(
            by=by,
            action="indicators.remove_evidence",
            target=observation,
            label=label_of(observation),
            before=_facts(evidence),
            reason=reason,
        )
    return evidence


def too_large() -> errors.Refused:
    """A file over the limit, which a page may find before it reads it."""
    return errors.Refused(_("文件超过 %(size)s MiB。") % {"size": LARGEST >> 20})


def _held(by: User, observation: Observation) -> None:
    """Refuse where the row is no open draft now, or its round locks it; nobody submits it until
    the end of this."""
    locks.require_open(by=by, place=place_of(observation))
    rows = Observation.objects.select_for_update(no_key=True).filter(pk=observation.pk)
    now = rows.values_list("review_state", "superseded_at").get()
    if now not in [(State.DRAFT, None), (State.RETURNED, None)]:
        raise errors.evidence_of_open_values()


def _facts(evidence: Evidence) -> dict[str, object]:
    """What the trail keeps of a file; the digest tells whether it is still the same."""
    return {"name": evidence.name, "size": evidence.size, "sha256": evidence.sha256}
