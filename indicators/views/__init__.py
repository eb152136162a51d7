"""Pages about indicators and actuals alone."""

from __future__ import annotations
