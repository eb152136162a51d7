"""How many generated examples a property is put to: fewer where thousands of mutants wait."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Set by the mutation run. Its answers must also be the same every time.
HURRIED = "MUTANT_UNDER_TEST" in os.environ


def effort(examples: int) -> settings:
    """The settings of a property with so many examples in an ordinary run."""
    return settings(
        deadline=None,
        max_examples=min(examples // 5, 40) if HURRIED else examples,
        derandomize=HURRIED,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
