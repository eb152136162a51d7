"""Which part of a workbook's archive is which sheet, and which shared texts are empty.

Our own reading of `workbook.xml` and its relations, independent of calamine's.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable
from typing import IO, NamedTuple
from xml.parsers import expat

from indicators.importing import refusals

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ITEM, TEXT, PHONETIC = (f"{MAIN} {local}" for local in ("si", "t", "rPh"))
NUL = "_x0000_"  # how a text writes the character NUL (ECMA-376, ST_Xstring)
BLOCK = 256 * 1024

Attributes = dict[str, str]
Blanks = dict[int, str]


class Part(NamedTuple):
    """A worksheet: its name, the member that holds its cells, the bytes of that member."""

    name: str
    member: zipfile.ZipInfo
    hidden: bool


class Book(NamedTuple):
    """A workbook's sheets in order (None for a sheet of charts) and its odd texts.

    `blank_texts` are the shared texts that are empty or blanks, by their numbers; `links` tells
    whether the workbook points to other workbooks (never followed).
    """

    sheets: tuple[tuple[str, Part | None], ...]
    blank_texts: Blanks
    links: bool


def parse(stream: IO[bytes], start: Callable[[str, Attributes], None],
          end: Callable[[str], None] | None = None,
          text: Callable[[str], None] | None = None) -> None:  # fmt: skip
    """Run expat over a part, with names as "namespace local"; an entity ends it.

    Raises `expat.ExpatError` for what is no XML, `Unreadable` for a document type.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _no_doctype
    while block := stream.read(BLOCK):
        parser.Parse(block, False)
    parser.Parse(b"", True)


def _no_doctype(*_declaration: object) -> None:
    raise refusals.unsafe("XML 实体或文档类型声明", "an XML document type or entities")


def read_book(archive: zipfile.ZipFile) -> Book:
    """The sheets of the archive; raises `Unreadable` where they cannot be found."""
    members = {m.filename.replace("\\", "/").lower(): m for m in archive.infolist()}
    try:
        return _read_book(archive, members)
    except expat.ExpatError:
        raise refusals.damaged("工作簿目录不是有效的 XML", "its list of sheets is no XML") from None


def _read_book(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> Book:
    roots = _relations(archive, members, "")
    main = next((path for path, kind in roots.values() if kind.endswith("/officeDocument")), "")
    main = main if main in members else "xl/workbook.xml"
    if main not in members:
        raise refusals.damaged("没有工作簿目录", "it has no list of sheets")
    targets = _relations(archive, members, main)
    listed: list[tuple[str, str, bool]] = []

    def start(name: str, attributes: Attributes) -> None:
        if name.startswith(STRICT):
            raise refusals.strict()
        if name == f"{MAIN} sheet":
            hidden = attributes.get("state", "visible") != "visible"
            listed.append(
                (attributes.get("name", ""), attributes.get(f"{RELATION} id", ""), hidden)
            )

    with archive.open(members[main]) as stream:
        parse(stream, start)
    sheets: list[tuple[str, Part | None]] = []
    for name, relation, hidden in listed:
        path, kind = targets.get(relation, ("", ""))
        if kind.endswith(("/xlMacrosheet", "/xlIntlMacrosheet")):
            raise refusals.unsafe("宏", "macros")
        if not kind.endswith("/worksheet"):
            sheets.append((name, None))
            continue
        if path not in members:
            raise refusals.damaged(f"缺少工作表“{name}”", f'sheet "{name}" is missing')
        sheets.append((name, Part(name, members[path], hidden)))
    texts = next((p for p, kind in targets.values() if kind.endswith("/sharedStrings")), "")
    blank = _blank_texts(archive, members[texts]) if texts in members else {}
    return Book(tuple(sheets), blank, any("externallinks/" in name for name in members))


def _relations(
    archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], part: str
) -> dict[str, tuple[str, str]]:
    """The relations of a part: id to (lower-case path in the archive, type)."""
    folder, name = posixpath.split(part)
    member = members.get(posixpath.join(folder, "_rels", f"{name}.rels"))
    found: dict[str, tuple[str, str]] = {}
    if member is None:
        return found

    def start(name: str, attributes: Attributes) -> None:
        if name.endswith(" Relationship") and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "").replace("\\", "/").lower()
            path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[attributes.get("Id", "")] = (path, attributes.get("Type", ""))

    with archive.open(member) as stream:
        parse(stream, start)
    return found


class Text:
    """Gathers the text of a rich or plain string: every `t` but those of a phonetic run."""

    def __init__(self) -> None:
        self.found = ""
        self._inside = False
        self._phonetic = 0

    def start(self, name: str, _attributes: Attributes) -> None:
        """An element inside the string begins."""
        if name == TEXT and not self._phonetic:
            self._inside = True
        elif name == PHONETIC:
            self._phonetic += 1

    def end(self, name: str) -> None:
        """An element inside the string ends."""
        if name == TEXT:
            self._inside = False
        elif name == PHONETIC:
            self._phonetic -= 1

    def text(self, data: str) -> None:
        """Some characters."""
        if self._inside:
            self.found += data


def check_text(text: str) -> None:
    """Refuse a text that no database stores."""
    if NUL in text:
        raise refusals.null_in_text()


def _blank_texts(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Blanks:
    """The shared texts that are empty or blanks, by number."""
    blank: Blanks = {}
    count = 0
    current: Text | None = None

    def start(name: str, attributes: Attributes) -> None:
        nonlocal current
        if name == ITEM:
            current = Text()
        elif current is not None:
            current.start(name, attributes)

    def end(name: str) -> None:
        nonlocal current, count
        if current is None:
            return
        if name == ITEM:
            check_text(current.found)
            if not current.found or current.found.isspace():
                blank[count] = current.found
            count += 1
            current = None
        else:
            current.end(name)

    def text(data: str) -> None:
        if current is not None:
            current.text(data)

    with archive.open(member) as stream:
        parse(stream, start, end, text)
    return blank
