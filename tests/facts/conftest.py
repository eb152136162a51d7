"""Databases of their own for the tests of the fixtures."""

from __future__ import annotations

from tests.work.worlds import empty_world, shared_world, world

__all__ = ["empty_world", "shared_world", "world"]
