"""Databases of their own for the tests of migrations."""

from __future__ import annotations

from tests.work.worlds import empty_world

__all__ = ["empty_world"]
