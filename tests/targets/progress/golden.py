"""`python -m tests.targets.progress.golden`: how many published and worked cases come out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from tests.targets.progress import test_published_verdicts as published
from tests.targets.progress import test_torture as torture
from tests.targets.progress import test_worked_cases as worked

Check = Callable[..., None]


def count(check: Check, cases: Sequence[Any]) -> tuple[int, int]:
    """How many of the cases pass, of how many."""
    passed = 0
    for case in cases:
        arguments = case if isinstance(case, tuple) else (case,)
        try:
            check(*arguments)
        except AssertionError:
            continue
        passed += 1
    return passed, len(cases)


def counts() -> dict[str, tuple[int, int]]:
    """By set of cases; a case of the torture set must come out at half time and at the end."""

    def both_times(case: dict[str, Any]) -> None:
        torture.test_torture_case_comes_out_at_half_time(case)
        torture.test_torture_case_comes_out_at_the_end(case)

    sums = [
        count(published.test_closing_verdict_agrees_with_the_yearbook, published.YEARBOOK),
        count(published.test_midterm_verdict_of_a_level_agrees_with_the_province, published.LEVELS),
        count(published.test_verdict_of_research_intensity_agrees_with_the_bureau, published.SHARE),
        count(lambda _: published.test_midterm_verdict_of_a_sum_agrees_with_the_province(), [0]),
        count(lambda _: published.test_doubling_agrees_with_the_newspaper(), [0]),
    ]
    return {
        "torture": count(both_times, torture.CASES),
        "worked cases": count(worked.test_worked_case_comes_out, worked.CASES),
        "ratios of growth rates": count(published.agrees_with_the_office, published.RATIOS),
        "shares of the way": count(
            published.test_share_of_the_way_agrees_with_the_commission, published.SHARES
        ),
        "required values": count(
            published.test_required_value_agrees_with_the_health_organization, published.REQUIRED
        ),
        "Chinese verdicts": (sum(passed for passed, _ in sums), sum(of for _, of in sums)),
    }


if __name__ == "__main__":
    lines = [f"{name} {passed}/{of}" for name, (passed, of) in counts().items()]
    lines += [f"differs by our rule: {name} {why}" for name, why in published.SMALL_BASES.items()]
    lines += [f"no verdict of our kind: {name}, {why}" for name, why in published.NOT_OURS.items()]
    sys.stdout.write("\n".join(lines) + "\n")
