"""Promises of several parts joined by AND, and the lights of every status."""

from __future__ import annotations

from itertools import permutations
from typing import get_args

import pytest

from targets.progress import GroupVerdict, Rules, Verdict, evaluate_group, light_of
from targets.progress.reasons import reason
from targets.progress.verdict import Status

ATTAINED = {"attained": True, "missed": False, "on_track": False, "lagging": False}


def part(status: Status, **fields: object) -> Verdict:
    return Verdict(status=status, attained=ATTAINED.get(status), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("statuses", "group", "attained"),
    [
        (["attained", "attained"], "attained", True),
        (["attained", "missed", "not_assessable"], "missed", False),
        (["attained", "not_assessable", "off_track"], "not_assessable", None),
        (["attained", "not_assessable", "lagging"], "not_assessable", False),
        (["on_track", "regressing", "off_track"], "regressing", False),
        (["on_track", "off_track", "lagging"], "off_track", False),
        (["on_track", "lagging", "no_data"], "lagging", False),
        (["attained", "no_data"], "no_data", None),
        (["attained", "not_quantified"], "not_quantified", None),
        (["attained", "not_due"], "not_due", None),
        (["attained", "on_track"], "on_track", False),
        (["lagging"], "lagging", False),
    ],
)
def test_group_has_the_status_of_its_worst_part(statuses, group, attained) -> None:
    for order in permutations(statuses):
        verdict = evaluate_group([part(status) for status in order])
        assert (verdict.status, verdict.attained) == (group, attained)


def test_group_counts_the_parts_that_decide() -> None:
    verdict = evaluate_group([part("lagging"), part("lagging"), part("attained")])
    assert [(r.code, dict(r.params)) for r in verdict.reasons] == [
        ("group_worst_part", {"count": "2", "parts": "3"})
    ]


def test_group_without_parts_is_not_assessable() -> None:
    verdict = evaluate_group([])
    assert (verdict.status, verdict.attained, verdict.light) == ("not_assessable", None, "grey")
    assert verdict.reasons == (reason("group_empty"),)
    assert (verdict.flags, verdict.inputs, verdict.parts) == ((), (), ())


def test_group_lists_each_input_once() -> None:
    verdict = evaluate_group([part("attained", inputs=(1, 2)), part("attained", inputs=(2, 3))])
    assert verdict.inputs == (1, 2, 3)


def test_group_is_early_or_ahead_only_as_a_whole() -> None:
    early = part("attained", flags=("early", "provisional"))
    ahead = part("on_track", flags=("ahead", "implied_baseline"))
    assert evaluate_group([early, early]).flags == ("early", "provisional")
    assert evaluate_group([early, part("attained")]).flags == ("provisional",)
    assert evaluate_group([early, ahead]).flags == ("ahead", "implied_baseline", "provisional")
    assert evaluate_group([ahead, part("lagging")]).flags == ("implied_baseline",)


def test_every_status_has_its_light() -> None:
    lights = {status: light_of(status) for status in get_args(Status)}
    assert lights == {
        "not_quantified": "grey",
        "not_due": "grey",
        "no_data": "grey",
        "attained": "green",
        "missed": "red",
        "not_assessable": "grey",
        "regressing": "red",
        "on_track": "green",
        "lagging": "yellow",
        "off_track": "red",
    }
    assert Rules(lights={"missed": "yellow"}).light_of("missed") == "yellow"
    assert Rules(lights={}).light_of("attained") == "grey"


def test_group_keeps_its_parts_and_shows_one_light() -> None:
    parts = (part("attained"), part("lagging"))
    verdict = evaluate_group(parts)
    assert isinstance(verdict, GroupVerdict)
    assert (verdict.parts, verdict.light) == (parts, "yellow")
