"""Which bytes are a readable text: UTF-8 or GB18030, both strictly, and nothing replaced."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.originals import LIMIT, UnreadableError, decode

SENTENCE = "力争新建三十家实验室，超过20亿元。\n"
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), max_size=60
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "gb2312"])
def test_text_is_read_in_each_encoding_that_people_save(encoding: str) -> None:
    assert decode(SENTENCE.encode(encoding)) == SENTENCE


def test_four_byte_characters_of_gb18030_are_read() -> None:
    assert decode("㐀𠀀字".encode("gb18030")) == "㐀𠀀字"


@given(TEXTS)
def test_every_text_in_utf_8_comes_back_as_it_was(text: str) -> None:
    assert decode(text.encode()) == text


@pytest.mark.parametrize(
    "data",
    [
        "目标".encode("utf-16"),
        "目标".encode("utf-16-be"),
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"%PDF-1.7\n%\xff\xff\xff\xff",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0",
        b"PK\x03\x04\x14\0\x08\x08",
        SENTENCE.encode() + b"\xff",
        SENTENCE.encode("gb18030")[:-4],
        "有空字符\0的文字".encode(),
        "有空字符\0的文字".encode("gb18030"),
    ],
)
def test_bytes_of_no_such_text_are_refused_in_words(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="无法识别文件的编码"):
        decode(data)


def test_text_at_the_limit_is_read_and_one_byte_more_is_refused() -> None:
    assert decode(b"a" * LIMIT) == "a" * LIMIT
    with pytest.raises(UnreadableError, match="512 KiB"):
        decode(b"a" * (LIMIT + 1))


def test_empty_file_is_an_empty_text() -> None:
    assert decode(b"") == decode(b"\xef\xbb\xbf") == ""
