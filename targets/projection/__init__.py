"""Where a series is heading, as a model says (PROGRESS.md 6). Never part of a verdict.

A projection answers "what if the years go on as they went": a median, an 80 % band and the chance
of meeting a goal. `method` holds the numbers of the method and needs no NumPy; the rest does, so
the web process reads stored projections and imports `method` alone.
"""

from __future__ import annotations
