"""Databases of their own for the tests of the fixtures."""

from __future__ import annotations

from tests.facts.practiceworld import city, own_city
from tests.work.worlds import empty_world, shared_world, world

__all__ = ["city", "empty_world", "own_city", "shared_world", "world"]
