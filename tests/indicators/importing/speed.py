"""How long `open_rows` takes beside bare calamine: `python -m tests.indicators.importing.speed`.

One table of 100,000 rows and 6 columns, written here; the best of five runs of each, in turn.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import openpyxl
from python_calamine import CalamineWorkbook

from indicators.importing.reading import open_rows

ROWS = 100_000


def write_table(path: Path, rows: int = ROWS) -> None:
    """Codes, regions, years, values, units and sources, as an upload has them."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("数据")
    chance = random.Random(4)
    for i in range(rows):
        value = round(chance.random() * 1000, 2)
        sheet.append(
            [f"S-{i % 500:03d}", f"区{i % 10}", 2000 + i % 26, value, "亿元", f"来源{i % 77}"]
        )
    book.save(path)


def bare(path: Path) -> int:
    """Calamine alone, in this process: the rows of the first sheet."""
    return sum(1 for _ in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows())


def safe(path: Path) -> int:
    """The same rows through the child process, with every check."""
    with open_rows(path) as reading:
        return sum(len(chunk.rows) for chunk in reading)


def measure(path: Path, times: int = 5) -> dict[str, float]:
    """Seconds of each way, the best of these runs."""
    best: dict[str, float] = {}
    ways: dict[str, Callable[[Path], int]] = {"bare calamine": bare, "open_rows": safe}
    for _ in range(times):
        for name, way in ways.items():
            start = perf_counter()
            if way(path) != ROWS:
                raise AssertionError(name)
            best[name] = min(best.get(name, 1e9), perf_counter() - start)
    return best


def main() -> None:
    """Print both, and how many times the one is of the other."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        write_table(path)
        best = measure(path)
    for name, seconds in best.items():
        sys.stdout.write(f"{name}: {seconds * 1000:.0f} ms\n")
    sys.stdout.write(f"ratio: {best['open_rows'] / best['bare calamine']:.2f}\n")


if __name__ == "__main__":
    main()
