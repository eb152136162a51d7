"""The difference between a file and what stands in its cells, cell by cell, with a sentence each.

A staged row is a tuple in the order of `COLUMNS`. Most cells of a large table are plain: a known
indicator, region and period, a short number, nothing there yet; `_block` deals with those itself
and gives all others to `_one`, which knows every case. With `plain=False` everything goes through
`_one`: the tests hold the two equal.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import repeat
from typing import Any, NamedTuple

from accounts.models import User
from indicators import locks
from indicators.actions import Seen
from indicators.importing import wording
from indicators.importing.amounts import PLAIN, SHORT, Amount, read_amount
from indicators.importing.matching import About, Catalogue, Place, Unknown, When, as_text
from indicators.importing.naming import Rows
from indicators.importing.present import NOBODY, Present, Row, Standing, number_of
from indicators.importing.reading import Chunk
from indicators.importing.statements import BLANK, Attributes, Statements
from indicators.importing.tables import ATTRIBUTES, Block, Layout
from indicators.importing.unused import Unused
from indicators.models import ReportingRound, StagedCell
from indicators.quantities import plain as plain_text

COLUMNS = (
    "upload_id", "sheet", "row", "column", "indicator_id", "region_id", "reference_period",
    "text", "value", "qualifier", "obs_status", "vintage", "source_title", "source_url",
    "source_date", "note", "explanation", "seen_open", "seen_open_version", "seen_approved",
    "outcome", "chosen", "warnings", "sentence", "sentence_en",
)  # fmt: skip
Staged = tuple[Any, ...]
Outcome = StagedCell.Outcome
NEW, CHANGED, UNCHANGED = str(Outcome.NEW), str(Outcome.CHANGED), str(Outcome.UNCHANGED)
CONFLICT, ERROR = str(Outcome.CONFLICT), str(Outcome.ERROR)
NO_WARNINGS = "[]"
_NAN = float("nan")


class At(NamedTuple):
    """Where a value stands in the file, all from 1."""

    sheet: int
    row: int
    column: int


@dataclass
class Values:
    """The values of the file that count, in the order in which they came; small, for the doubts."""

    cells: array[int] = field(default_factory=lambda: array("q"))
    values: array[float] = field(default_factory=lambda: array("d"))
    places: array[int] = field(default_factory=lambda: array("q"))
    beside: list[Attributes] = field(default_factory=list)
    index: dict[int, int] = field(default_factory=dict)
    # Those that stand there already as they are: nobody states them anew, so nothing is asked.
    settled: set[int] = field(default_factory=set)

    def add(self, cell: int, value: float, at: At, attributes: Attributes) -> None:
        """Count one value, with what stands beside it."""
        self.index[cell] = len(self.cells)
        self.cells.append(cell)
        self.values.append(value)
        self.places.append(at.sheet << 48 | at.row << 20 | at.column)
        self.beside.append(attributes)

    def at(self, index: int) -> At:
        """Where in the file a value stands."""
        packed = self.places[index]
        return At(packed >> 48, packed >> 20 & 0xFFFFFFF, packed & 0xFFFFF)


@dataclass
class Checker:
    """Compares chunk after chunk of a person's file with what stands in the cells."""

    upload: int
    by: User
    names: Catalogue
    tokens: dict[tuple[str, str], Seen] = field(default_factory=dict)
    plain: bool = True
    sheets: dict[int, str] = field(default_factory=dict)
    unused: Unused = field(default_factory=Unused)
    values: Values = field(default_factory=Values)
    # Sentences about cells that were staged before: they contradict a later one.
    second: dict[At, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.present = Present(self.names)
        self.statements = Statements()
        self.rounds = ReportingRound.objects.unpublished().exists()
        self.locked: dict[tuple[int, int, str], locks.Lock] = {}
        self._carried: dict[int, dict[str, Any]] = {}

    def prepare(self, chunk: Chunk, layout: Layout) -> Rows:
        """Look up what the rows of a chunk name and what stands in their cells: all the queries."""
        rows = Rows(chunk, layout)
        if not rows.length:
            return rows
        rows.resolve(
            self.names, self.statements, self.unused, self._carried.setdefault(chunk.sheet, {})
        )
        found = {about for about in rows.abouts if isinstance(about, About)}
        found |= {block.about for block in layout.blocks if block.about is not None}
        self.present.load(about.pk for about in found)
        if self.rounds:
            self._look_for_locks(rows)
        return rows

    def compare(self, rows: Rows) -> list[Staged]:
        """The staged rows of a prepared chunk, without a query; what is wrong in it is a row too."""
        if not rows.length:
            return []
        staged: list[Staged] = []
        for block in rows.layout.blocks:
            staged += self._block(rows, block)
        read = rows.layout.columns
        self.unused.count(rows.sheet, rows.first, rows.columns, read, rows.dropped)
        return staged

    def _look_for_locks(self, rows: Rows) -> None:
        wanted = {
            (about.pk, place.pk, when.text)
            for block in rows.layout.blocks
            for about, place, when in _named(rows, block)
            if isinstance(about, About) and isinstance(place, Place) and isinstance(when, When)
        }
        self.locked |= locks.locked(wanted, by=self.by)

    def _block(self, rows: Rows, block: Block) -> list[Staged]:
        """The staged rows of one column of values."""
        columns, layout, number = rows.columns, rows.layout, rows.sheet
        column = block.columns["value"] + 1
        names = [name for name in ATTRIBUTES if name in block.columns and name != "note"]
        beside = self.statements.of(
            names, list(zip(*(columns[block.columns[name]] for name in names), strict=True)),
            template=layout.kind == "template",
        )  # fmt: skip
        notes = columns[block.columns["note"]] if "note" in block.columns else repeat("")
        units = rows.units if rows.units is not None else repeat("")
        shared_unit = block.unit or layout.unit
        special = rows.chunk.computed | rows.chunk.errors | rows.chunk.uncached
        marked = {row for row, at in special if at == column}
        marked |= {rows.first + index for index in rows.carried}
        present, index_of, fits = self.present.cells, self.values.index, PLAIN.fullmatch
        may_be_plain = self.plain and not shared_unit and layout.kind != "template"
        values, locked, upload = self.values, self.locked, self.upload
        count = len(values.cells)
        staged: list[Staged] = []
        for row, raw, (about, place, when), attributes, note, unit in zip(
            range(rows.first, rows.first + rows.length),
            columns[column - 1], _named(rows, block), beside or repeat(BLANK), notes, units,
            strict=False,
        ):  # fmt: skip
            kind = type(raw)
            if (
                may_be_plain
                and (kind is float or (kind is str and fits(raw)))
                and type(about) is About and about.mine
                and type(place) is Place and type(when) is When
                and attributes.plain and row not in marked
                and (unit == "" or unit == about.symbol)
                and type(note) is str and note[:1] != "'" and not rows.dropped
            ):  # fmt: skip
                text = raw if kind is str else f"{raw:.15g}"
                cell = about.number << 44 | place.number << 24 | when.number
                if (
                    len(text) <= SHORT and text[-1] in "0123456789" and "e" not in text
                    and text[:2] != "-0" and cell not in present and cell not in index_of
                    and (not locked or (about.pk, place.pk, when.text) not in locked)
                ):  # fmt: skip
                    index_of[cell] = count
                    count += 1
                    values.cells.append(cell)
                    values.values.append(float(text))
                    values.places.append(number << 48 | row << 20 | column)
                    values.beside.append(attributes)
                    staged.append((
                        upload, number, row, column, about.pk, place.pk, when.text, text, text,
                        attributes.qualifier, attributes.status, attributes.vintage,
                        attributes.source_title, attributes.source_url, attributes.source_date,
                        note.strip(), "", 0, 0, 0, NEW, False, NO_WARNINGS,
                        f"新增{text}{about.symbol}。", f"New: {text} {about.symbol_en}.",
                    ))  # fmt: skip
                    continue
            if rows.dropped and row - rows.first in rows.dropped:
                continue
            found = self._one(
                rows, At(number, row, column), raw,
                _Said(about=about, place=place, when=when, attributes=attributes,
                      at=At(number, row, column), note=as_text(note) if note != "" else ""),
                as_text(unit) if unit != "" else shared_unit,
            )  # fmt: skip
            count = len(values.cells)
            if found is not None:
                staged.append(found)
        return staged

    def _one(self, rows: Rows, at: At, raw: Any, said: _Said, unit: str) -> Staged | None:
        """The staged row of one cell, whatever it is; None for an empty one that says nothing."""
        about, place, when, attributes = said.about, said.place, said.when, said.attributes
        there, chunk = (at.row, at.column), rows.chunk
        blank = raw == "" and there not in chunk.uncached
        template = rows.layout.kind == "template"
        if blank and not attributes.missing and not template:
            return None
        said = said._replace(text=as_text(raw)[:60])
        if words := wording.unknown(about, place, when):
            return None if blank and not attributes.missing else self._error(said, words)
        assert isinstance(about, About)
        assert isinstance(place, Place)
        assert isinstance(when, When)
        cell = number_of(about.number, place.number, when.number)
        standing = self.present.cells.get(cell)
        mine = self.names.enterable(about, place, when.text)
        if blank and not attributes.missing:
            return self._emptied(said, standing if mine else None)
        if words := wording.no_cell(mine=mine, raw=raw, uncached=there in chunk.uncached,
                                    error=there in chunk.errors):  # fmt: skip
            return self._error(said, words)
        amount = Amount("", status=attributes.status) if blank else read_amount(
            raw, about, unit, self.names, self.statements.words_of_missing
        )  # fmt: skip
        words = amount.error or attributes.error or wording.contradiction(amount, attributes, blank)
        if words:
            return self._error(said, words)
        said = said._replace(
            text=amount.text, value=amount.value, qualifier=amount.qualifier, status=amount.status,
            hint=wording.remarks(
                amount.hint,
                wording.COMPUTED if there in chunk.computed else None,
                wording.CARRIED if at.row - rows.first in rows.carried else None,
            ),
        )  # fmt: skip
        if (index := self.values.index.get(cell)) is not None:
            return self._again(said, index)
        token = self.tokens.get((f"{about.code}|{place.code}", when.text)) if template else None
        return self._compared(said, cell, standing, token)

    def _emptied(self, said: _Said, standing: Standing | None) -> Staged | None:
        """A cell of the template without a value: it takes nothing away."""
        if standing is not None:
            words = wording.emptied(standing.latest)
            return self._staged(said, UNCHANGED, words, standing)
        if said.attributes.sourced or said.note:
            return self._error(said, wording.NO_VALUE)
        return None

    def _again(self, said: _Said, index: int) -> Staged:
        """A cell that the file names a second time."""
        there, value = self.values.at(index), _as_float(said.value)
        where = wording.place(self.sheets.get(there.sheet, ""), there.row, there.column)
        if value == self.values.values[index]:
            return self._staged(said, UNCHANGED, wording.repeated(where), None)
        here = wording.place(self.sheets.get(said.at.sheet, ""), said.at.row, said.at.column)
        self.second[there] = wording.twice(here)
        return self._error(said, wording.twice(where))

    def _compared(
        self, said: _Said, cell: int, standing: Standing | None, token: Seen | None
    ) -> Staged:
        """New, changed, unchanged or a conflict, against what stands there."""
        about, place, when = said.about, said.place, said.when
        assert isinstance(about, About)
        assert isinstance(place, Place)
        assert isinstance(when, When)
        latest = None if standing is None else standing.latest
        final = _final(said, latest)
        beside = final.attributes
        differs = latest is None or _differs(final, latest)
        if differs:
            lock = self.locked.get((about.pk, place.pk, when.text))
            if lock is not None:
                return self._error(said, (f"{lock.zh}{lock.who_zh}", f"{lock.en} {lock.who_en}"))
            if standing is not None and standing.open and standing.open.state == "submitted":
                return self._error(said, wording.SUBMITTED)
        self.values.add(cell, _as_float(final.value), said.at, beside)
        if not differs:
            self.values.settled.add(self.values.index[cell])
            return self._staged(final, UNCHANGED, wording.UNCHANGED, standing)
        seen = NOBODY if standing is None else standing.seen
        others = standing is not None and standing.open and standing.open.by != self.by.pk
        if seen != token if token is not None else others:
            return self._staged(final, CONFLICT, wording.conflict(latest, about), standing)
        if latest is None:
            words = wording.new(final.value, beside.status, about)
            return self._staged(final, NEW, words, None)
        words = wording.changed(latest, final.value, beside.status, about, standing)
        return self._staged(final, CHANGED, words, standing)

    def _error(self, said: _Said, words: tuple[str, str]) -> Staged:
        attributes = said.attributes
        if attributes.missing:  # a gap whose value is an error is no gap
            said = said._replace(attributes=attributes._replace(status="A"))
        return self._staged(said._replace(value=None), ERROR, words, None)

    def _staged(
        self, said: _Said, outcome: str, words: tuple[str, str], standing: Standing | None
    ) -> Staged:
        seen = NOBODY if standing is None else standing.seen
        attributes, value = said.attributes, said.value
        if said.hint and outcome != ERROR:
            words = f"{words[0]}{said.hint[0]}", f"{words[1]} {said.hint[1]}"
        return (
            self.upload, *said.at,
            said.about.pk if isinstance(said.about, About) else None,
            said.place.pk if isinstance(said.place, Place) else None,
            said.when.text if isinstance(said.when, When) else "",
            said.text, None if value is None else plain_text(value), attributes.qualifier,
            attributes.status, attributes.vintage, attributes.source_title, attributes.source_url,
            attributes.source_date, said.note, "", seen.open, seen.open_version, seen.approved,
            outcome, False, NO_WARNINGS, words[0], words[1],
        )  # fmt: skip


class _Said(NamedTuple):
    """What one cell says, with what its row and its header add."""

    at: At
    about: About | Unknown | None
    place: Place | Unknown | None
    when: When | Unknown | None
    attributes: Attributes
    note: str
    text: str = ""
    value: Decimal | None = None
    qualifier: str = ""
    status: str = ""
    hint: tuple[str, str] | None = None


def _named(rows: Rows, block: Block) -> Iterable[tuple[Any, Any, Any]]:
    """Indicator, region and period of each row, from the header where it names them."""
    return zip(
        repeat(block.about, rows.length) if block.about else rows.abouts,
        repeat(block.place, rows.length) if block.place else rows.regions,
        repeat(block.when, rows.length) if block.when else rows.whens,
        strict=True,
    )


def _final(said: _Said, latest: Row | None) -> _Said:
    """The statement with what it leaves open: words of the value, then what stands, then defaults.

    Status and vintage stay where a plain table says nothing of them; a source and a note do not:
    the source of the old number is none for a new one.
    """
    beside, given = said.attributes, said.attributes.given
    inherits = latest is not None and not beside.whole
    changes: dict[str, Any] = {}
    if "qualifier" not in given and said.qualifier:
        changes["qualifier"] = said.qualifier
    elif (
        latest is not None and inherits and "qualifier" not in given and said.value == latest.value
    ):
        changes["qualifier"] = latest.qualifier
    if said.status:
        changes["status"] = said.status
    elif latest is not None and inherits and "status" not in given and latest.value is not None:
        changes["status"] = latest.status
    if latest is not None and inherits and "vintage" not in given:
        changes["vintage"] = latest.vintage
    return said._replace(attributes=beside._replace(**changes)) if changes else said


def _differs(final: _Said, latest: Row) -> bool:
    """Whether the file says something else than what stands there."""
    beside = final.attributes
    if (final.value, beside.qualifier, beside.status, beside.vintage) != (
        latest.value, latest.qualifier, latest.status, latest.vintage,
    ):  # fmt: skip
        return True
    stands = {
        "source_title": latest.source_title,
        "source_url": latest.source_url,
        "source_date": latest.source_date,
    }
    if any(
        getattr(beside, name) != said.strip()
        for name, said in stands.items()
        if beside.whole or name in beside.given
    ):
        return True
    note = latest.note.replace("\r\n", "\n").strip()
    return (beside.whole or final.note != "") and final.note.replace("\r\n", "\n") != note


def _as_float(value: Decimal | None) -> float:
    return _NAN if value is None else float(value)
