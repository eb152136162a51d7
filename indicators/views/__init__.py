"""Work on the actuals: what waits for me, entering, the life of a value, the review queue."""

from __future__ import annotations

from indicators.views.entering import entry_edit, entry_new
from indicators.views.life import entry, entry_approve, entry_return, entry_submit
from indicators.views.reviewing import review_queue
from indicators.views.work import entry_list

__all__ = [
    "entry",
    "entry_approve",
    "entry_edit",
    "entry_list",
    "entry_new",
    "entry_return",
    "entry_submit",
    "review_queue",
]
