"""Promises of several parts, joined by AND: one status for all."""

from __future__ import annotations

from collections.abc import Sequence

from targets.progress.reasons import reason
from targets.progress.verdict import FLAGS, GroupVerdict, Status, Verdict

# From worst to best. What is known to go badly comes before what is not known.
WORST_FIRST: tuple[Status, ...] = (
    "missed",
    "not_assessable",
    "regressing",
    "off_track",
    "lagging",
    "no_data",
    "not_quantified",
    "not_due",
    "on_track",
    "attained",
)


def evaluate_group(parts: Sequence[Verdict]) -> GroupVerdict:
    """The verdict on a promise: missed if a part is, else not assessable, else the worst part."""
    if not parts:
        return GroupVerdict(
            status="not_assessable",
            attained=None,
            flags=(),
            reasons=(reason("group_empty"),),
            inputs=(),
            parts=(),
        )
    worst = min((part.status for part in parts), key=WORST_FIRST.index)
    answers = [part.attained for part in parts]
    attained = False if False in answers else None if None in answers else True
    raised = {flag for part in parts for flag in part.flags}
    # Early or ahead is only what the whole promise is; no other status has these flags.
    for praise in ("early", "ahead"):
        if not all(praise in part.flags for part in parts if part.status == worst):
            raised.discard(praise)
    count = sum(part.status == worst for part in parts)
    return GroupVerdict(
        status=worst,
        attained=attained,
        flags=tuple(flag for flag in FLAGS if flag in raised),
        reasons=(reason("group_worst_part", count=count, parts=len(parts)),),
        inputs=tuple(dict.fromkeys(i for part in parts for i in part.inputs)),
        parts=tuple(parts),
    )
