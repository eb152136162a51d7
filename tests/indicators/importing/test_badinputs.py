"""Every file of the public regression corpora: read right, or refused in words."""

from __future__ import annotations

import csv
import json
import warnings
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from time import monotonic

import openpyxl
import pytest
from openpyxl.cell.cell import Cell as TheirCell

from indicators.importing.reading import Cells, Unreadable, exact, read_cells

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "badinputs"
READERS = ("cells_openpyxl_ro", "cells_openpyxl_ro_reset", "cells_openpyxl_full", "cells_calamine")
# Workbooks on which the four readers agree and which a rule of TRUST.md 9 refuses by name.
RULED_OUT = {
    "calamine/issue281.xlsm": "macros",
    "calamine/vba.xlsm": "macros",
    "poi/duplicate-filename.xlsx": "two parts of one name",
}
# The four readers differ; the number is the greatest that any of them sees.
DISPUTED = {
    "calamine/empty_s_attribute.xlsx": 10,
    "calamine/encoded_entities.xlsx": 2,
    "calamine/errors.xlsx": 7,
    "calamine/issue_419.xlsx": 1,
    "calamine/issue_530.xlsx": 30,
    "calamine/minimal_package.xlsx": 6986,
    "calamine/pivots.xlsx": 278,
    "calamine/whitespace_trim.xlsx": 14,
    "poi/1_NoIden.xlsx": 23,
    "poi/64508.xlsx": 31,
}

pytestmark = pytest.mark.shared


def manifest() -> list[dict[str, str]]:
    if not FOLDER.is_dir():
        return []
    with (FOLDER / "MANIFEST.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


FILES = manifest()
AGREED = {
    row["path"]: int(row[READERS[0]])
    for row in FILES
    if row[READERS[0]].isdigit() and len({row[reader] for reader in READERS}) == 1
}


def outcome(path: str) -> Cells | Unreadable:
    """The cells or the refusal, within the time of a file; the child keeps to its memory."""
    start = monotonic()
    try:
        return read_cells(FOLDER / path)
    except Unreadable as refused:
        return refused
    finally:
        assert monotonic() - start < 10, path


def plain(value: object) -> object:
    """A value of either reader in one form: numbers to 15 digits, texts without outer blanks."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float | Decimal):
        return exact(float(value))
    if isinstance(value, datetime) and value.year == 1899:  # openpyxl's zero of a time format
        return timedelta(0)
    if isinstance(value, datetime):
        rounded = value + timedelta(microseconds=500)
        return rounded.replace(microsecond=rounded.microsecond // 1000 * 1000)
    if isinstance(value, date):
        return datetime.combine(value, time())
    if isinstance(value, time):
        return timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    if isinstance(value, timedelta):
        return timedelta(seconds=round(value.total_seconds()))
    return " ".join(str(value).replace("_x000D_", "\r").split())  # openpyxl leaves the escape


def cells_of_openpyxl(path: Path) -> dict[tuple[str, int, int], object]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(path, data_only=True)
    return {
        (sheet.title, cell.row, cell.column): plain(cell.value)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell, TheirCell) and cell.value is not None and cell.value != ""
    }


@pytest.mark.parametrize("path", sorted(set(AGREED) - set(RULED_OUT)))
def test_workbook_on_which_four_readers_agree_gives_exactly_those_cells(path: str) -> None:
    cells = outcome(path)
    assert isinstance(cells, Cells), cells
    assert len(cells) == AGREED[path]
    ours = {(cell.sheet, cell.row, cell.column): plain(cell.value) for cell in cells}
    assert ours == cells_of_openpyxl(FOLDER / path)


@pytest.mark.parametrize(("path", "rule"), RULED_OUT.items())
def test_workbook_that_a_rule_refuses_is_refused_by_that_rule(path: str, rule: str) -> None:
    refused = outcome(path)
    assert isinstance(refused, Unreadable)
    assert rule in refused.en


@pytest.mark.parametrize(("path", "cells"), DISPUTED.items())
def test_disputed_workbook_that_is_read_gives_all_that_any_reader_sees(
    path: str, cells: int
) -> None:
    read = outcome(path)
    assert isinstance(read, Cells), read
    assert len(read) == cells


def test_every_other_workbook_is_refused_in_words() -> None:
    others = {
        row["path"]
        for row in FILES
        if row["path"].endswith((".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".zip"))
    } - set(AGREED) - set(DISPUTED)  # fmt: skip
    assert len(others) > 90
    for path in others:
        refused = outcome(path)
        assert isinstance(refused, Unreadable), path
        assert refused.zh.endswith("。"), path
        assert refused.en.endswith("."), path


def test_no_file_of_the_corpora_ends_in_anything_but_cells_or_a_sentence() -> None:
    others = [row["path"] for row in FILES if row["path"].startswith(("blns", "json", "xss"))]
    assert len(others) > 300
    for path in others[::7]:
        outcome(path)


def test_csv_of_the_spectrum_is_read_as_its_json_says() -> None:
    files = sorted((FOLDER / "csv-spectrum" / "csvs").glob("*.csv"))
    assert len(files) == 12
    for file in files:
        wanted = json.loads(
            (FOLDER / "csv-spectrum" / "json" / f"{file.stem}.json").read_text(encoding="utf-8")
        )
        rows: dict[int, dict[int, str]] = {}
        for cell in read_cells(file):
            rows.setdefault(cell.row, {})[cell.column] = str(cell.value)
        header = rows.pop(1)
        found = [
            {name: row.get(column, "") for column, name in header.items()} for row in rows.values()
        ]
        if file.stem == "location_coordinates":  # its JSON is one object, of another phone number
            wanted = [wanted | {"Contact Phone Number": "2095257564"}]
        for record in wanted:  # the CSV of the corpus has lost the CR that its JSON has
            record.update({name: value.replace("\r\n", "\n") for name, value in record.items()})
        assert found == wanted, file.name


def test_payload_of_a_formula_in_a_csv_stays_text() -> None:
    payload = FOLDER / "csv-injection" / "csv-payload.txt"
    cells = read_cells(payload)
    assert len(cells) > 0
    assert all(isinstance(cell.value, str) for cell in cells)
    text = payload.read_text(encoding="utf-8")
    assert all(cell.text.splitlines()[0][:5] in text for cell in cells)
