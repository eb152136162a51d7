"""The two counts of a sheet agree, and the quick one gives way where it is not sure."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.importing.counting import count_exactly, count_quickly, count_sheet, place
from indicators.importing.refusals import Unreadable
from indicators.layout import a1
from tests.indicators.importing.hostile import HEAD, MAIN, sheet

PLAIN = (
    '<c r="A{n}"><v>1</v></c>',
    '<c r="B{n}" s="3" t="s"><v>0</v></c>',
    '<c r="C{n}" t="s"><v>1</v></c>',
    '<c r="D{n}" s="3"/>',
    '<c r="E{n}" s="3"></c>',
    '<c r="F{n}" t="inlineStr"><is><t>文</t></is></c>',
    '<c r="G{n}" t="inlineStr"><is><t xml:space="preserve">x </t></is></c>',
    '<c r="H{n}"><f>A1+1</f><v>2</v></c>',
    '<c r="I{n}"><f t="shared" si="0"/><v>2</v></c>',
    '<c r="J{n}"><f>A1</f></c>',
    '<c r="K{n}" s="1"><f>A1</f><v></v></c>',
    '<c r="L{n}" t="str"><f>""</f><v></v></c>',
    '<c r="M{n}" t="e"><v>#N/A</v></c>',
    '<c r="N{n}" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
    '<c r="O{n}" t="b"><v>0</v></c>',
)
ODD = (
    '<c r="P{n}" t="inlineStr"><is><r><t>富</t></r></is></c>',
    '<c r="Q{n}" t="inlineStr"><is><t> </t></is></c>',
    '<c r="R{n}" t="inlineStr"><is><t><![CDATA[x]]></t></is></c>',
    '<!-- <c r="S{n}"><v>1</v></c> -->',
    '<c r="T{n}"><f t="array" ref="T{n}:U{n}">1</f><v>1</v></c>',
    '<c r="V{n}"><v>\n</v></c>',
    '<c r="W{n}"><is/></c>',
    '<y:c xmlns:y="' + MAIN + '" r="X{n}"><y:v>1</y:v></y:c>',
    '<c r="Y{n}" t="s"><v>2</v></c>',
)
BLANKS = {1: "", 2: "  "}


def stream(rows: list[list[str]]) -> io.BytesIO:
    text = "".join(
        f'<row r="{n}">{"".join(cell.format(n=n) for cell in row)}</row>'
        for n, row in enumerate(rows, 1)
    )
    return io.BytesIO(sheet(text).encode())


@given(st.lists(st.lists(st.sampled_from(PLAIN), unique=True, max_size=9), max_size=6))
def test_plain_sheet_is_counted_alike_by_both(rows: list[list[str]]) -> None:
    quick = count_quickly(stream(rows), BLANKS)
    exact = count_exactly(stream(rows), BLANKS)
    assert quick is not None
    assert quick.cells == exact.cells == len(exact.filled or ())
    assert quick.computed - quick.uncached >= exact.computed
    assert quick.uncached == exact.uncached
    assert quick.errors == exact.errors
    assert quick.texts == exact.texts


@given(
    st.lists(
        st.lists(st.sampled_from(PLAIN + ODD), unique=True, max_size=9), min_size=1, max_size=4
    )
)
def test_odd_sheet_is_counted_alike_or_left_to_expat(rows: list[list[str]]) -> None:
    quick = count_quickly(stream(rows), BLANKS)
    if quick is not None:
        assert quick.cells == count_exactly(stream(rows), BLANKS).cells


@pytest.mark.parametrize("cell", ODD)
def test_odd_cell_alone_is_left_to_expat_or_right(cell: str) -> None:
    quick = count_quickly(stream([[cell]]), BLANKS)
    exact = count_exactly(stream([[cell]]), BLANKS)
    assert quick is None or quick.cells == exact.cells


@pytest.mark.parametrize(
    "text",
    [
        f'<x:worksheet xmlns:x="{MAIN}"/>',
        f'{HEAD.replace("UTF-8", "GBK")}<worksheet xmlns="{MAIN}"></worksheet>',
        f'<worksheet xmlns="{MAIN}"><sheetData>',
        "",
    ],
)
def test_sheet_that_is_not_plainly_written_is_left_to_expat(text: str) -> None:
    assert count_quickly(io.BytesIO(text.encode()), {}) is None


def test_row_longer_than_a_block_is_left_to_expat() -> None:
    cells = "".join(f'<c r="A1" s="{n}"><v>{n}</v></c>' for n in range(400_000))
    assert count_quickly(io.BytesIO(sheet(f"<row>{cells}").encode()), {}) is None


def test_rows_across_many_blocks_add_up() -> None:
    rows = [[PLAIN[0], PLAIN[7], PLAIN[3]]] * 30_000
    quick = count_quickly(stream(rows), {})
    assert quick is not None
    assert quick.cells == 60_000
    assert len(quick.computed) == 30_000


def test_sheet_up_to_the_size_has_every_place_and_a_larger_one_a_number() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("s.xml", stream([[PLAIN[0], PLAIN[5]]]).getvalue())
        member = archive.infolist()[0]
    with zipfile.ZipFile(out) as archive:
        small = count_sheet(archive, member, {}, small=10_000)
        large = count_sheet(archive, member, {}, small=10)
    assert small.filled == {(1, 1), (1, 6)}
    assert (small.last_row, small.last_column) == (1, 6)
    assert large.filled is None
    assert large.cells == small.cells == 2


def test_document_type_and_strict_names_are_refused_in_a_sheet() -> None:
    with pytest.raises(Unreadable, match="document type"):
        count_exactly(io.BytesIO(b"<!DOCTYPE a><a/>"), {})
    strict = f'<worksheet xmlns="{"http://purl.oclc.org/ooxml/spreadsheetml/main"}"/>'
    with pytest.raises(Unreadable, match="Strict"):
        count_exactly(io.BytesIO(strict.encode()), {})


@pytest.mark.parametrize(
    ("reference", "at"),
    [("A1", (1, 1)), ("Z9", (9, 26)), ("AA10", (10, 27)), ("XFD1048576", (1_048_576, 16_384))],
)
def test_place_and_name_of_a_cell_are_each_others_inverse(
    reference: str, at: tuple[int, int]
) -> None:
    assert place(reference) == at
    assert a1(*at) == reference


@pytest.mark.parametrize("reference", ["", "A", "1A", "a1", "A-1", "Ä1"])
def test_reference_that_names_no_cell_is_refused(reference: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        place(reference)
