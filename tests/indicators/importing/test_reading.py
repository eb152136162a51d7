"""Cells and rows: exact values, marks, chunks; what openpyxl writes reads back."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from time import monotonic

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators import importing
from indicators.importing.reading import (
    Cell,
    Sheet,
    Unreadable,
    exact,
    open_rows,
    read_cells,
)
from tests.indicators.importing import hostile, speed
from tests.indicators.importing.hostile import MAIN, ROW, packed, parts, sheet, workbook, write

LATIN_TEXT = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x9FFF, exclude_categories=("Cs", "Cn", "Cc")),
    min_size=1,
    max_size=12,
).filter(lambda text: "_x" not in text and not text.startswith("="))


def one(cells: str, **options: object) -> bytes:
    return workbook(f'<row r="1">{cells}</row>', **options)


def values(folder: Path, data: bytes) -> list[object]:
    return [cell.value for cell in read_cells(write(folder, data))]


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("0.1", "0.1"),
        ("1", "1"),
        ("0", "0"),
        ("-0", "0"),
        ("1.0", "1"),
        ("0.30000000000000004", "0.3"),
        ("948.5700000000001", "948.57"),
        ("1E-3", "0.001"),
        ("1.5e+15", "1500000000000000"),
        ("123456789012345", "123456789012345"),
        ("9007199254740991", "9007199254740991"),
        ("-12.50", "-12.5"),
    ],
)
def test_number_of_a_cell_is_the_decimal_that_a_person_sees(
    tmp_path: Path, written: str, wanted: str
) -> None:
    (cell,) = read_cells(write(tmp_path, one(f'<c r="A1"><v>{written}</v></c>')))
    assert cell.value == Decimal(wanted)
    assert isinstance(cell.value, Decimal)
    assert cell.text == wanted


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=4, min_value=-(10**10), max_value=10**10
    )
)
def test_exact_keeps_every_decimal_of_fifteen_digits(number: Decimal) -> None:
    assert exact(float(number)) == number


def test_kinds_of_cells_keep_their_kind(tmp_path: Path) -> None:
    cells = (
        '<c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c>'
        '<c r="C1" t="inlineStr"><is><t>八千左右</t></is></c>'
        '<c r="D1" t="str"><v>&lt;文&gt;</v></c>'
        '<c r="E1" t="d"><v>2024-05-01</v></c>'
        '<c r="F1" t="s"><v>0</v></c>'
        '<c r="G1" t="inlineStr"><is><r><t>富</t></r><r><t>文本</t></r><rPh sb="0" eb="1"><t>x</t></rPh>'
        "</is></c>"
    )
    shared = "<si><r><t>共</t></r><r><t>享</t></r><rPh sb='0' eb='1'><t>y</t></rPh></si>"
    found = read_cells(write(tmp_path, one(cells, shared=shared)))
    assert [cell.value for cell in found] == [
        True, False, "八千左右", "<文>", date(2024, 5, 1), "共享", "富文本",
    ]  # fmt: skip
    assert [cell.text for cell in found] == [
        "TRUE", "FALSE", "八千左右", "<文>", "2024-05-01", "共享", "富文本",
    ]  # fmt: skip
    assert found[3] == Cell("S1", 1, 1, 4, "<文>", "<文>")


def test_dates_times_and_spans_that_openpyxl_writes_come_back(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    written = [
        date(2025, 12, 31),
        datetime(2025, 1, 2, 3, 4, 5),
        time(6, 7, 8),
        timedelta(hours=30),
    ]
    book.active.append(written)
    path = tmp_path / "a.xlsx"
    book.save(path)
    found = [cell.value for cell in read_cells(path)]
    assert found[0] in (written[0], datetime(2025, 12, 31))
    assert found[1] == written[1]
    assert found[2] == written[2]
    assert found[3] == written[3]


def test_formula_gives_its_stored_result_and_is_marked(tmp_path: Path) -> None:
    cells = read_cells(
        write(
            tmp_path,
            one(
                '<c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><v>2</v></c>'
                '<c r="C1" t="str"><f>"x"</f><v>x</v></c><c r="D1"><f t="shared" si="0"/><v>4</v></c>'
                '<c r="E1"><f t="array" ref="E1:F1">1</f><v>5</v></c><c r="F1"><v>6</v></c>'
                '<c r="G1"><v>7</v></c>'
            ),
        )
    )
    assert [(cell.column, cell.computed) for cell in cells] == [
        (1, True), (2, False), (3, True), (4, True), (5, True), (6, True), (7, False),
    ]  # fmt: skip


def test_formula_without_a_stored_result_is_told_and_no_cell(tmp_path: Path) -> None:
    cells = read_cells(
        write(
            tmp_path,
            one(
                '<c r="A1"><f>1+1</f></c><c r="B1"><f>1+1</f><v></v></c>'
                '<c r="C1" t="str"><f>""</f><v></v></c><c r="D1"><v>1</v></c>'
            ),
        )
    )
    assert [cell.column for cell in cells] == [4]
    assert cells.uncached == ((1, 1, 1), (1, 1, 2))
    assert "2 个公式" in cells.remarks[0].zh
    assert "2 formulas" in cells.remarks[0].en


def test_formula_as_openpyxl_writes_it_is_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["B2"] = "=1+1"
    book.active["A1"] = 0
    book.save(tmp_path / "a.xlsx")
    cells = read_cells(tmp_path / "a.xlsx")
    assert [cell.value for cell in cells] == [0]
    assert cells.uncached == ((1, 2, 2),)


def test_mark_below_and_beside_the_last_value_is_not_lost(tmp_path: Path) -> None:
    rows = (
        ROW + '<row r="9"><c r="E9"><f>1</f></c><c r="F9" t="inlineStr"><is><t> </t></is></c></row>'
        '<row r="5000"><c r="B5000"><f>1</f></c></row>'
    )
    cells = read_cells(write(tmp_path, workbook(rows)))
    assert [(cell.row, cell.column) for cell in cells] == [(1, 1), (1, 2), (9, 6)]
    assert cells.uncached == ((1, 9, 5), (1, 5000, 2))
    only = read_cells(write(tmp_path, one('<c r="A1"><f>1</f></c>')))
    assert (len(only), only.uncached) == (0, ((1, 1, 1),))


def test_error_of_a_cell_is_its_name_and_marked(tmp_path: Path) -> None:
    cells = read_cells(
        write(
            tmp_path,
            one('<c r="A1" t="e"><v>#DIV/0!</v></c><c r="C1" t="e"><f>1/0</f><v>#N/A</v></c>'),
        )
    )
    assert [(c.column, c.value, c.error, c.computed) for c in cells] == [
        (1, "#DIV/0!", True, False),
        (3, "#N/A", True, True),
    ]


def test_text_of_blanks_is_a_cell(tmp_path: Path) -> None:
    cells = (
        '<c r="A1" t="inlineStr"><is><t> </t></is></c><c r="B1" t="s"><v>0</v></c>'
        '<c r="C1" t="s"><v>1</v></c><c r="D1" t="s"><v>2</v></c><c r="E1" t="inlineStr"><is/></c>'
    )
    shared = '<si><t>  </t></si><si><t/></si><si><t xml:space="preserve"> a</t></si>'
    found = read_cells(write(tmp_path, one(cells, shared=shared)))
    assert [(cell.column, cell.value) for cell in found] == [(1, " "), (2, "  "), (4, " a")]


@pytest.mark.parametrize("number", ["NaN", "1e400", "-inf", "-1e999", "infinity"])
def test_number_that_is_none_is_refused_with_its_cell(tmp_path: Path, number: str) -> None:
    row = f'<row r="3"><c r="B3"><v>{number}</v></c></row>'
    with pytest.raises(Unreadable, match="Cell B3"):
        read_cells(write(tmp_path, workbook(ROW + row)))


def test_nul_that_a_text_spells_is_refused(tmp_path: Path) -> None:
    inline = '<c r="A1" t="inlineStr"><is><t>a_x0000_b</t></is></c>'
    shared = one('<c r="A1" t="s"><v>0</v></c>', shared="<si><t>_x0000_</t></si>")
    for data in (one(inline), one('<c r="A1" t="str"><v>_x0000_</v></c>'), shared):
        with pytest.raises(Unreadable, match="null character"):
            read_cells(write(tmp_path, data))


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ('<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>', "2 and 1"),
        ('<c r="1A"><v>1</v></c>', "no valid XML"),
        ('<c r="A1" t="str"><v>&unknown;</v></c>', "no valid XML"),
        ('<c r="A1" t="str"><v>a&#0;</v></c>', "no valid XML"),
        ('<c r="A1"><v>1</v>', "no valid XML"),
        ('<c r="A1" t="s"><v>5</v></c>', "breaks the format"),
    ],
)
def test_sheet_that_two_readers_would_see_differently_is_refused(
    tmp_path: Path, cells: str, words: str
) -> None:
    with pytest.raises(Unreadable, match=words):
        read_cells(write(tmp_path, one(cells)))


def test_sheet_that_calamine_reads_short_is_refused_with_sheet_numbers_and_cell(
    tmp_path: Path,
) -> None:
    """A choice with a fallback: one reader takes both, another none."""
    rows = (
        f'{ROW}<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        '<row r="2"><c r="A2"><v>5</v></c></row><row r="2"><c r="A2"><v>5</v></c></row>'
        "</mc:AlternateContent>"
    )
    with pytest.raises(Unreadable) as caught:
        read_cells(write(tmp_path, workbook(rows)))
    assert "S1" in caught.value.zh
    assert "4 格与 3 格" in caught.value.zh


def test_wrong_dimension_hides_no_cell(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{n}"><c r="B{n}"><v>{n}</v></c></row>' for n in range(1, 21))
    for reference in ("A1", "A1:B2", "A1:XFD1048576", "nonsense"):
        data = packed(parts(sheet(rows, before=f'<dimension ref="{reference}"/>')))
        try:
            assert len(read_cells(write(tmp_path, data))) == 20
        except Unreadable:
            assert reference == "nonsense"


def test_cells_without_a_reference_follow_one_another(tmp_path: Path) -> None:
    found = read_cells(
        write(
            tmp_path,
            workbook("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"),
        )
    )
    assert [(c.row, c.column, c.value) for c in found] == [(1, 1, 1), (1, 2, 2), (2, 1, 3)]


def test_names_with_a_prefix_are_read(tmp_path: Path) -> None:
    text = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>5</x:v></x:c>'
        "</x:row></x:sheetData></x:worksheet>"
    )
    assert values(tmp_path, packed(parts(text))) == [5]


def test_a_million_empty_rows_cost_little(tmp_path: Path) -> None:
    """Within the seconds that `open_rows` allows the child, else this would be a refusal."""
    assert len(read_cells(write(tmp_path, hostile.a_million_empty_rows()))) == 2
    assert len(read_cells(write(tmp_path, hostile.formatted_empty_rows()))) == 2


def test_every_column_is_read(tmp_path: Path) -> None:
    cells = read_cells(write(tmp_path, hostile.every_column()))
    assert len(cells) == 16_384
    assert (cells[-1].column, cells[-1].value) == (16_384, 16_383)


def test_link_to_another_workbook_gives_the_stored_result_and_a_remark(tmp_path: Path) -> None:
    cells = read_cells(write(tmp_path, hostile.external_link()))
    assert [(cell.value, cell.computed) for cell in cells] == [(7, True)]
    assert "其他工作簿" in cells.remarks[0].zh


def test_sheets_are_named_numbered_and_counted_before_the_rows(tmp_path: Path) -> None:
    hidden = parts(sheet(ROW), sheet(""), sheet(ROW + ROW.replace('1"', '2"')))
    hidden["xl/workbook.xml"] = str(hidden["xl/workbook.xml"]).replace(
        'sheetId="2"', 'sheetId="2" state="hidden"'
    )
    with open_rows(write(tmp_path, packed(hidden))) as reading:
        assert reading.kind == "xlsx"
        assert reading.encoding == reading.delimiter == ""
        assert reading.sheets == (
            Sheet(1, "S1", 2), Sheet(2, "S2", 0, hidden=True), Sheet(3, "S3", 4),
        )  # fmt: skip
        chunks = list(reading)
    assert [(chunk.sheet, chunk.first_row, len(chunk.rows)) for chunk in chunks] == [
        (1, 1, 1), (3, 1, 2),
    ]  # fmt: skip


def test_rows_begin_at_column_a_and_keep_their_numbers(tmp_path: Path) -> None:
    rows = '<row r="5000"><c r="C5000"><v>1</v></c><c r="D5000"><f>1</f><v>2</v></c></row>'
    with open_rows(write(tmp_path, workbook(rows))) as reading:
        (chunk,) = reading
    at = 5000 - chunk.first_row
    assert chunk.rows[at] == ("", "", 1.0, 2.0)
    assert chunk.computed == {(5000, 4)}
    assert chunk.errors == chunk.uncached == frozenset()


def test_workbook_without_a_sheet_has_no_cells(tmp_path: Path) -> None:
    assert values(tmp_path, packed(parts())) == []


def large(folder: Path, *, rows: int = 6000, cell: Callable[[int], str] = lambda n: "") -> Path:
    """A sheet past the size that is counted cell by cell."""
    text = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}" t="s"><v>{n % 3}</v></c>'
        f'<c r="C{n}" s="1"/>{cell(n)}</row>'
        for n in range(1, rows + 1)
    )
    return write(folder, workbook(text, shared="<si><t>a</t></si><si><t/></si><si><t>b</t></si>"))


def test_large_sheet_is_counted_as_a_small_one(tmp_path: Path) -> None:
    def cell(n: int) -> str:
        if n % 1000 == 0:
            return f'<c r="D{n}" t="e"><v>#REF!</v></c><c r="E{n}"><f>A{n}</f><v>{n}</v></c>'
        if n % 1000 == 1:
            return f'<c r="D{n}"><f>1+1</f><v></v></c>'
        return ""

    with open_rows(large(tmp_path, cell=cell)) as reading:
        assert reading.sheets[0].cells == 6000 + 4000 + 12
        assert reading.sheets[0].uncached == 6
        chunks = list(reading)
    errors = sorted(at for chunk in chunks for at in chunk.errors)
    assert errors == [(n, 4) for n in range(1000, 6001, 1000)]
    assert sorted(at for chunk in chunks for at in chunk.computed) == [
        (n, 5) for n in range(1000, 6001, 1000)
    ]
    assert sorted(at for chunk in chunks for at in chunk.uncached) == [
        (n, 4) for n in range(1, 5002, 1000)
    ]
    row = chunks[0].rows[999]
    assert row == (1000.0, "", "", "#REF!", 1000.0)


def test_large_sheet_that_is_read_short_is_refused_with_the_first_cell(tmp_path: Path) -> None:
    path = large(tmp_path, cell=lambda n: '<c r="A1"><v>3</v></c>' if n == 1 else "")
    with pytest.raises(Unreadable, match="10001 and 10000"):
        read_cells(path)


def test_large_table_is_read_whole_in_chunks(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    speed.write_table(path, rows=9000)
    with open_rows(path) as reading:
        assert reading.sheets[0].cells == 54_000
        chunks = list(reading)
    assert [chunk.first_row for chunk in chunks] == [1, 2001, 4001, 6001, 8001]
    book = openpyxl.load_workbook(path, read_only=True)
    rows = [tuple(row) for row in book.active.iter_rows(values_only=True)]
    assert [row for chunk in chunks for row in chunk.rows] == rows


def test_dates_of_a_large_table_come_back(tmp_path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    made = book.create_sheet()
    for n in range(5000):
        made.append([n, datetime(2024, 1, 1) + timedelta(hours=n), f"说明{n}"])
    book.save(tmp_path / "a.xlsx")
    with open_rows(tmp_path / "a.xlsx") as reading:
        rows = [row for chunk in reading for row in chunk.rows]
    assert rows[4999][1] == datetime(2024, 1, 1) + timedelta(hours=4999)
    assert isinstance(rows[3][1], datetime)


VALUE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**14), 10**14),
    st.decimals(
        allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9
    ),
    LATIN_TEXT,
    st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(2099, 1, 1)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(VALUE, max_size=5), max_size=6), st.integers(1, 4), st.integers(1, 30))
def test_table_that_openpyxl_writes_reads_back_exactly(
    tmp_path: Path, table: list[list[object]], left: int, top: int
) -> None:
    book = openpyxl.Workbook()
    wanted = {}
    for row, line in enumerate(table, top):
        for column, value in enumerate(line, left):
            if value is None:
                continue
            book.active.cell(row, column, value)
            number = isinstance(value, int | Decimal) and not isinstance(value, bool)
            wanted[row, column] = Decimal(value) if number else value
    book.save(tmp_path / "a.xlsx")
    cells = read_cells(tmp_path / "a.xlsx")
    found = {
        # A moment at midnight and a day are the same number in a workbook.
        (cell.row, cell.column): datetime.combine(cell.value, time())
        if type(cell.value) is date
        else cell.value
        for cell in cells
    }
    assert found == wanted
    assert not any(cell.computed or cell.error for cell in cells)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The file with some of its bytes, or some inside one part, changed, lost or doubled."""
    spoiled = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(spoiled))
        match chance.randrange(4):
            case 0:
                spoiled[at] = chance.randrange(256)
            case 1:
                del spoiled[at : at + chance.randint(1, 30)]
            case 2:
                spoiled[at:at] = spoiled[at : at + chance.randint(1, 30)]
            case _:
                spoiled[at] ^= 1 << chance.randrange(8)
    return bytes(spoiled)


def ends_in_cells_or_a_sentence(path: Path) -> bool:
    start = monotonic()
    sentence = "。"
    try:
        read_cells(path)
    except Unreadable as refused:
        sentence = refused.zh
    assert sentence.endswith("。")
    assert monotonic() - start < 10
    return sentence == "。"


def spoil(folder: Path, rounds: range) -> int:
    """How many of the spoiled files could still be read; half are spoiled inside their XML."""
    members = parts(
        sheet(ROW + '<row r="2"><c r="A2" t="s"><v>0</v></c></row>'), shared="<si><t>a</t></si>"
    )
    whole = packed(members)
    read = 0
    for seed in rounds:
        chance = random.Random(seed)
        if seed % 2:
            data = mutated(whole, chance)
        else:
            name = chance.choice(sorted(members))
            data = packed(members | {name: mutated(str(members[name]).encode(), chance)})
        read += ends_in_cells_or_a_sentence(write(folder, data))
    return read


def test_spoiled_workbook_ends_in_cells_or_a_sentence(tmp_path: Path) -> None:
    assert 0 < spoil(tmp_path, range(60)) < 60


@pytest.mark.soak
@pytest.mark.parametrize("thousand", range(100))
def test_a_hundred_thousand_spoiled_workbooks_end_in_cells_or_a_sentence(
    tmp_path: Path, thousand: int
) -> None:
    spoil(tmp_path, range(thousand * 1000, thousand * 1000 + 1000))


def test_package_gives_its_two_ways_in_and_nothing_else() -> None:
    assert importing.read_cells is read_cells
    assert importing.open_rows is open_rows
    with pytest.raises(AttributeError):
        importing.anything  # noqa: B018


def test_speed_is_measured_in_one_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "ROWS", 500)
    speed.write_table(tmp_path / "a.xlsx", 500)
    assert set(speed.measure(tmp_path / "a.xlsx", times=1)) == {"bare calamine", "open_rows"}
