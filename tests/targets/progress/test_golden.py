"""How many of the published and worked cases come out, and which do not."""

from __future__ import annotations

import pytest

from tests.targets.progress import golden
from tests.targets.progress import test_published_verdicts as published


def test_counts_of_the_golden_sets() -> None:
    assert golden.counts() == {
        "torture": (16, 16),
        "worked cases": (105, 105),
        "ratios of growth rates": (40, 43),
        "shares of the way": (139, 139),
        "required values": (15, 15),
        "Chinese verdicts": (9, 9),
    }


def test_what_differs_is_what_is_named() -> None:
    different = []
    for entry in published.RATIOS:
        if golden.count(published.agrees_with_the_office, [entry]) == (0, 1):
            different.append(entry["id"])
    assert sorted(different) == sorted(published.SMALL_BASES)


def test_every_published_entry_is_judged_or_listed_with_its_reason() -> None:
    judged = [*published.RATIOS, *published.SHARES, *published.REQUIRED]
    chinese = [name for name in published.BY_ID if name.startswith("cn-")]
    names = [entry["id"] for entry in judged] + chinese + list(published.NOT_OURS)
    assert sorted(names) == sorted(published.BY_ID)
    assert len(chinese) == golden.counts()["Chinese verdicts"][1]
    assert all(reason.strip() for reason in published.NOT_OURS.values())


def test_a_case_that_does_not_come_out_is_not_counted() -> None:
    def refuses(case: int) -> None:
        assert case != 2

    assert golden.count(refuses, [1, 2, 3]) == (2, 3)
    with pytest.raises(ZeroDivisionError):
        golden.count(lambda case: 1 / case, [0])
