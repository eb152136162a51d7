"""Uploads in a real database, and a process that merges one and may be ended in the middle of it.

`python -m tests.work.uploads KEY [POINT] [bare]` merges the upload KEY, says each point of the merge
on its output, and ends itself with SIGKILL at POINT ("-" for none); with "bare" it works without a
transaction, so that a test can show that it would notice.
"""

from __future__ import annotations

import hashlib
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

YEARS = range(1970, 2020)
REGIONS = 20


def catalogue(indicators: int) -> Any:
    """Indicators and regions of one department; the person who enters their values."""
    from indicators.models import Indicator
    from tests.indicators import builders

    builders.indicator("I0", unit=builders.money(), kind="amount")
    first = Indicator.objects.get(code="I0")
    for number in range(1, indicators):
        first.pk, first.code, first.name = None, f"I{number}", f"I{number}指标"
        first.save()
    for number in range(REGIONS):
        builders.region(f"3702{number:02d}", f"地区{number}", "district")
    return builders.person("ana", "analyst", at=builders.department())


def staged(by: Any, indicators: int, plus: int, *, every: int = 1) -> Any:
    """A compared upload of a value for every `every`th cell, `plus` higher than its base."""
    from indicators import actions
    from indicators.importing.staging import stage_upload
    from indicators.models import Upload

    lines = ["指标,地区,报告期,数值"]
    for i in range(indicators):
        for r in range(REGIONS):
            for year in YEARS:
                if (i + r + year) % every == 0:
                    lines.append(f"I{i},3702{r:02d},{year},{1000 + year - 1970 + plus}")
    upload = actions.receive_upload(by=by, name="a.csv", content="\n".join(lines).encode())
    stage_upload(upload)
    return Upload.objects.get(pk=upload.pk)


def applying(upload: Any) -> Any:
    """The upload as its person asked for it to be written."""
    from indicators import actions

    return actions.apply_upload(
        by=upload.by, upload=upload, version=upload.version, explanation="已核对", reason="更新"
    )


def digest() -> str:
    """All that the table of actuals says."""
    from indicators.models import Observation

    rows = Observation.objects.order_by("pk").values_list(
        "pk", "version", "value", "upload", "superseded_at", "copy_of", "reason"
    )
    found = hashlib.sha256()
    for row in rows.iterator():
        found.update(repr(row).encode())
    return found.hexdigest()


@contextmanager
def nothing(source: str | None = None) -> Iterator[None]:
    """In place of a transaction."""
    yield


def main() -> None:
    import django

    django.setup()
    from accounts import audit
    from indicators import actions
    from indicators.models import Upload

    key, point, *bare = sys.argv[1:]
    if bare:
        audit.transaction = nothing  # type: ignore[assignment]

    def step(name: str) -> None:
        sys.stdout.write(f"{name}\n")
        sys.stdout.flush()
        if name == point:
            os.kill(os.getpid(), signal.SIGKILL)

    upload = Upload.objects.select_related("by").get(pk=key)
    step("ready")
    step("merged" if actions.merge_upload(upload=upload, step=step) else "moved")


if __name__ == "__main__":
    main()
