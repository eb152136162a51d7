"""`python -m tests.targets.progress.mutants`: what a mutation run has found, module by module."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

RESULTS = Path("mutants/targets/progress")
# How the process that judged a mutant ended: what pytest said, or the signal of a time-out.
KILLED = {1, 3}
SURVIVED = {0}
UNTESTED = {5, 33}


def outcome(code: int | None) -> str:
    if code is None:
        return "not run"
    if code in KILLED:
        return "killed"
    if code in SURVIVED:
        return "survived"
    return "untested" if code in UNTESTED else "timed out"


def counts(folder: Path) -> dict[str, Counter[str]]:
    """Outcomes by module."""
    found = {}
    for file in sorted(folder.glob("*.py.meta")):
        codes = json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
        if codes:
            found[file.name.removesuffix(".py.meta")] = Counter(map(outcome, codes.values()))
    return found


def share_killed(total: Counter[str]) -> float:
    """Per cent of the mutants that were run; one that never ends is noticed, too."""
    run = total.total() - total["not run"]
    return 100 * (total["killed"] + total["timed out"]) / run if run else 0.0


def table(folder: Path) -> str:
    modules = counts(folder)
    whole = sum(modules.values(), Counter())
    rows = [*modules.items(), ("all", whole)]
    return "".join(
        f"{name:14}{total.total():6}  {share_killed(total):5.1f} %  "
        + ", ".join(f"{number} {what}" for what, number in sorted(total.items()))
        + "\n"
        for name, total in rows
    )


if __name__ == "__main__":
    sys.stdout.write(table(RESULTS))
