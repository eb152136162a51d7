"""Measurements as JSON lines: ours, the yardstick beside it, and the ratio of the two."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any


def seconds(
    run: Callable[[], object], rounds: int, before: Callable[[], object] = lambda: None
) -> float:
    """The best of several rounds: the least disturbed one. `before` is not timed."""
    best = float("inf")
    for _ in range(rounds):
        before()
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return best


def line(**facts: Any) -> None:
    """One JSON line."""
    sys.stdout.write(json.dumps(facts, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def report(name: str, ours: float, yardstick: float, of: str, **facts: Any) -> None:
    """Seconds of ours and of the yardstick, and ours by the yardstick's."""
    line(
        measurement=name,
        seconds=round(ours, 4),
        yardstick=of,
        yardstick_seconds=round(yardstick, 4),
        ratio=round(ours / yardstick, 2),
        **facts,
    )
