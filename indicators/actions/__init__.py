"""Every write to the catalogue and the actuals: keyword-only, one transaction, one audit event."""

from __future__ import annotations

from indicators.actions.bulk import Left, Outcome, approve_all, return_all, submit_all
from indicators.actions.catalogue import load_catalogue, save_catalogue_entry
from indicators.actions.doubtrules import (
    checked_parameters,
    drop_doubt_rule,
    save_doubt_rule,
)
from indicators.actions.duties import (
    Owed,
    assign_duties,
    change_duty,
    copy_duties,
    deputies,
    drop_duty,
)
from indicators.actions.entries import Entry
from indicators.actions.evidence import attach_evidence, remove_evidence
from indicators.actions.leaves import grant_exception, revoke_exception
from indicators.actions.loading import load_observations
from indicators.actions.observations import (
    amend,
    approve,
    correct,
    enter,
    return_,
    submit,
    withdraw,
)
from indicators.actions.reminding import email_reminders, read_reminders, remind
from indicators.actions.rounds import (
    RoundFacts,
    change_round,
    make_round,
    publish_round,
    unapproved,
)
from indicators.actions.seen import (
    Kept,
    Seen,
    Standing,
    bring_back,
    keep,
    keep_all,
    restated,
    standing_in,
    standings,
)
from indicators.actions.supervision import (
    OrderLight,
    change_supervision_rule,
    close_delivered,
    close_order,
    escalate,
    light_at,
    note_order,
    open_order,
    rule_in_force,
    rule_to_show,
)
from indicators.actions.uploads import (
    MERGE_STEPS,
    apply_upload,
    choose_conflicts,
    drop_upload,
    merge_upload,
    receive_upload,
    refuse_upload,
    staged,
    undo_upload,
)

__all__ = [
    "MERGE_STEPS",
    "Entry",
    "Kept",
    "Left",
    "OrderLight",
    "Outcome",
    "Owed",
    "RoundFacts",
    "Seen",
    "Standing",
    "amend",
    "apply_upload",
    "approve",
    "approve_all",
    "assign_duties",
    "attach_evidence",
    "bring_back",
    "change_duty",
    "change_round",
    "change_supervision_rule",
    "checked_parameters",
    "choose_conflicts",
    "close_delivered",
    "close_order",
    "copy_duties",
    "correct",
    "deputies",
    "drop_doubt_rule",
    "drop_duty",
    "drop_upload",
    "email_reminders",
    "enter",
    "escalate",
    "grant_exception",
    "keep",
    "keep_all",
    "light_at",
    "load_catalogue",
    "load_observations",
    "make_round",
    "merge_upload",
    "note_order",
    "open_order",
    "publish_round",
    "read_reminders",
    "receive_upload",
    "refuse_upload",
    "remind",
    "remove_evidence",
    "restated",
    "return_",
    "return_all",
    "revoke_exception",
    "rule_in_force",
    "rule_to_show",
    "save_catalogue_entry",
    "save_doubt_rule",
    "staged",
    "standing_in",
    "standings",
    "submit",
    "submit_all",
    "unapproved",
    "undo_upload",
    "withdraw",
]
