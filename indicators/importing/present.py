"""What stands in the cells that a file speaks about: read once for each indicator, kept small."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.utils import timezone

from indicators.actions import Seen
from indicators.importing.matching import Catalogue, When
from indicators.models import Observation

_FIELDS = (
    "indicator", "region", "reference_period", "pk", "version", "review_state", "value",
    "qualifier", "obs_status", "vintage", "source_title", "source_url", "source_date", "note",
    "entered_by", "entered_by__full_name", "entered_by__username", "entered_at",
)  # fmt: skip


class Row(NamedTuple):
    """A current observation, as far as a difference needs it."""

    pk: int
    version: int
    state: str
    value: Decimal | None
    qualifier: str
    status: str
    vintage: str
    source_title: str
    source_url: str
    source_date: str
    note: str
    by: int
    full_name: str
    username: str
    at: datetime

    @property
    def who(self) -> str:
        """The author, as the pages name people."""
        return self.full_name or self.username

    @property
    def when(self) -> str:
        """The time of entry on the clock here."""
        return timezone.localtime(self.at).strftime("%Y-%m-%d %H:%M")


@dataclass(slots=True)
class Standing:
    """The open row of a person and the approved row of one cell."""

    open: Row | None = None
    approved: Row | None = None

    @property
    def seen(self) -> Seen:
        """The token of this standing."""
        return Seen.of(self.open, self.approved)

    @property
    def latest(self) -> Row:
        """What a person would read in the cell."""
        row = self.open or self.approved
        assert row is not None
        return row


NOBODY = Seen()


@dataclass
class Present:
    """The standings of all cells of the indicators asked for, by the number of the cell."""

    names: Catalogue
    cells: dict[int, Standing] = field(default_factory=dict)
    _loaded: set[int] = field(default_factory=set)

    def load(self, indicators: Iterable[int]) -> None:
        """Read the current rows of these indicators where they are not here yet; one query."""
        new = set(indicators) - self._loaded
        if not new:
            return
        self._loaded |= new
        rows = (
            Observation.objects.current()
            .filter(indicator__in=new)
            .exclude(reference_period=None)
            # Loaded drafts (with a key) stand beside the person's own.
            .exclude(key__isnull=False, review_state__in=("draft", "submitted", "returned"))
            .values_list(*_FIELDS)
        )
        for indicator, region, period, *said in rows.iterator(chunk_size=5000):
            when = self.names.period(period)
            if isinstance(when, When):
                cell = number_of(
                    self.names.abouts[indicator].number,
                    self.names.places[region].number,
                    when.number,
                )
                row = Row(*said)
                standing = self.cells.setdefault(cell, Standing())
                if row.state == Observation.ReviewState.APPROVED:
                    standing.approved = row
                else:
                    standing.open = row


def number_of(about: int, place: int, when: int) -> int:
    """The number of a cell, of the numbers of its indicator, region and period."""
    return (about << 44) | (place << 24) | when


def parts_of(cell: int) -> tuple[int, int, int]:
    """The numbers of indicator, region and period of a cell."""
    return cell >> 44, cell >> 24 & 0xFFFFF, cell & 0xFFFFFF
