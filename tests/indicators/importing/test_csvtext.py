"""Encodings, delimiters and records of text tables."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.importing.csvtext import decode, delimiter_of, records
from indicators.importing.reading import Unreadable, open_rows, read_cells

TABLE = "项目,单位,数值\n全社会研发投入,亿元,286\n"


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030"), ("gbk", "gb18030"),
     ("utf-16", "utf-16")],
)  # fmt: skip
def test_encoding_is_told_and_read(tmp_path: Path, encoding: str, told: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TABLE.encode(encoding))
    with open_rows(path) as reading:
        assert (reading.kind, reading.encoding, reading.delimiter) == ("csv", told, ",")
        assert reading.sheets[0].cells == 6
        (chunk,) = reading
    assert chunk.rows == [("项目", "单位", "数值"), ("全社会研发投入", "亿元", "286")]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("naïve,é\n1,2\n".encode("latin-1"), "neither UTF-8 nor GB18030"),
        (b"a,\xff\xff\n", "neither UTF-8 nor GB18030"),
        (b"a,\xed\xa0\x80\n", "neither UTF-8 nor GB18030"),
        (b"\xef\xbb\xbfa,\xff\n", "neither UTF-8 nor GB18030"),
        (b"a,b\0\n", "null character"),
        ("a\0b".encode("utf-16"), "null character"),
        ("a,b\n".encode("utf-16-le"), "null character"),
        ("a,b".encode("utf-16")[:-1], "neither UTF-8 nor GB18030"),
    ],
)
def test_text_that_cannot_be_told_is_asked_about(data: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        decode(data)


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b;c\n1,5;2;3\n2,5;3;4\n", ";"),
        ("a\tb\n1,000\t2\n", "\t"),
        ('"a;b",c\n"d;e",f\n', ","),
        ("only\none\n", ","),
        ("", ","),
        ('a,"', ","),
    ],
)
def test_delimiter_is_the_one_that_gives_a_table(text: str, delimiter: str) -> None:
    assert delimiter_of(text) == delimiter


FIELD = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=6)


@given(st.lists(st.lists(FIELD, min_size=2, max_size=4), max_size=6))
def test_records_that_were_written_are_read(rows: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    assert list(records(out.getvalue(), ",")) == rows


@pytest.mark.parametrize("text", ['a,"b\n', 'a,"b"c\n', 'x\ny,"' + "z" * 140_000 + '"\n'])
def test_record_with_open_quotes_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(Unreadable, match="Near line"):
        list(records(text, ","))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\n \r\n", "empty"),
        (b"," * 20_000, "over 16384 columns"),
        (b"a,\n" + b"\n" * 1_048_576, "over 1048576 rows"),
        (b'1,"2\n', "Near line 1"),
    ],
)
def test_text_that_is_no_table_is_refused(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    with pytest.raises(Unreadable, match=words):
        read_cells(path)


def test_empty_lines_keep_the_numbers_of_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\r\n\r\n,2\r\n")
    assert [(cell.row, cell.column, cell.value) for cell in read_cells(path)] == [
        (1, 1, "a"), (1, 2, "b"), (3, 2, "2"),
    ]  # fmt: skip


def test_number_of_a_text_table_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_bytes(b"007\t1e400\t=1+1\tNaN\n")
    assert [cell.value for cell in read_cells(path)] == ["007", "1e400", "=1+1", "NaN"]
