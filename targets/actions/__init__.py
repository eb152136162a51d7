"""Every write to promises: keyword-only, one transaction, one audit event."""

from __future__ import annotations

from targets.actions.changes import (
    Proposal,
    amend_version,
    approve_version,
    bring_into_force,
    drop_version,
    propose_version,
    return_version,
    submit_version,
)
from targets.actions.documents import (
    ClauseRow,
    DocumentRow,
    MeasureRow,
    TargetRow,
    attach_original,
    link_succession,
    load_document,
)
from targets.actions.measures import judge_measure
from targets.actions.notes import write_note
from targets.actions.queue import request_verdicts, retry_parked
from targets.actions.rules import (
    Terms,
    approve_rules,
    propose_rules,
    return_rules,
    submit_rules,
)

__all__ = [
    "ClauseRow",
    "DocumentRow",
    "MeasureRow",
    "Proposal",
    "TargetRow",
    "Terms",
    "amend_version",
    "approve_rules",
    "approve_version",
    "attach_original",
    "bring_into_force",
    "drop_version",
    "judge_measure",
    "link_succession",
    "load_document",
    "propose_rules",
    "propose_version",
    "request_verdicts",
    "retry_parked",
    "return_rules",
    "return_version",
    "submit_rules",
    "submit_version",
    "write_note",
]
