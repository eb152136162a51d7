"""Plotly's script, served from the installed wheel: no code of others in the repository."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage

PLOTLY_SCRIPT = "plotly.min.js"


class PlotlyFinder(BaseFinder):
    """Finds `plotly/plotly.min.js` in the wheel, and nothing else of the wheel."""

    def __init__(self, app_names: Iterable[str] | None = None, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=settings.PLOTLY_FILES)
        self.storage.prefix = "plotly"  # type: ignore[attr-defined]  # collectstatic reads it

    def check(self, **_kwargs: Any) -> list[Any]:
        """Nothing to configure, nothing to check."""
        return []

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:
        """The file behind plotly/plotly.min.js; an empty list for every other path."""
        found = str(settings.PLOTLY_FILES / PLOTLY_SCRIPT)
        if path != f"plotly/{PLOTLY_SCRIPT}":
            return []
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        """The one file for collectstatic."""
        if not matches_patterns(PLOTLY_SCRIPT, list(ignore_patterns or [])):
            yield PLOTLY_SCRIPT, self.storage
