"""Hostile and odd files, written here so that no file of others is needed."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

CONTENT_TYPES = (
    f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
ROOT_RELATIONS = (
    f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>"
)


def sheet(rows: str, *, before: str = "", root: str = f'xmlns="{MAIN}"') -> str:
    """A worksheet around these `<row>` elements; `before` goes in front of them."""
    return f"{HEAD}<worksheet {root}>{before}<sheetData>{rows}</sheetData></worksheet>"


def parts(
    *sheets: str, shared: str | None = None, more: dict[str, str | bytes] | None = None
) -> dict[str, str | bytes]:
    """The parts of a workbook whose sheets S1, S2, ... are these; `more` adds or replaces parts."""
    listed = "".join(
        f'<sheet name="S{n}" sheetId="{n}" r:id="rId{n}"/>' for n in range(1, len(sheets) + 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    found: dict[str, str | bytes] = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": ROOT_RELATIONS,
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        f"<sheets>{listed}</sheets></workbook>",
    }
    if shared is not None:
        relations += (
            f'<Relationship Id="sst" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        )
        found["xl/sharedStrings.xml"] = f'{HEAD}<sst xmlns="{MAIN}">{shared}</sst>'
    found["xl/_rels/workbook.xml.rels"] = (
        f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>'
    )
    for number, text in enumerate(sheets, 1):
        found[f"xl/worksheets/sheet{number}.xml"] = text
    return found | (more or {})


def packed(
    members: dict[str, str | bytes],
    *,
    again: tuple[tuple[str, str], ...] = (),
    comment: bytes = b"",
) -> bytes:
    """The archive of these parts; `again` is written after them, also under names that they have."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (*members.items(), *again):
            archive.writestr(name, content)
        archive.comment = comment
    return out.getvalue()


def workbook(rows: str, **options: object) -> bytes:
    """A workbook of one sheet with these rows."""
    return packed(parts(sheet(rows), **options))  # type: ignore[arg-type]


def write(folder: Path, data: bytes, name: str = "上报.xlsx") -> Path:
    """The bytes as a file of this folder."""
    path = folder / name
    path.write_bytes(data)
    return path


ROW = '<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="inlineStr"><is><t>亿元</t></is></c></row>'


def bomb_by_ratio() -> bytes:
    """A part that inflates to a thousand times its size."""
    return workbook(ROW, more={"xl/media/image1.png": bytes(8 * 1024 * 1024)})


def bomb_by_size() -> bytes:
    """110 MiB in an archive of 3 MiB: each part within the ratio, all of them too much."""
    chance = random.Random(9)
    line = b"".join(chance.randbytes(500) * 60 for _ in range(37))
    return workbook(ROW, more={f"xl/media/{n}.png": line for n in range(104)})


def many_members() -> bytes:
    """More members than an archive of ours may have."""
    return workbook(ROW, more={f"xl/media/{n}.xml": "<a/>" for n in range(200)})


def billion_laughs() -> bytes:
    """Entities of entities in the shared texts."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    shared = (
        f'{HEAD}<!DOCTYPE sst [<!ENTITY l0 "lol">{entities}]>'
        f'<sst xmlns="{MAIN}"><si><t>&l9;</t></si></sst>'
    )
    row = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    return packed(parts(sheet(row), shared="", more={"xl/sharedStrings.xml": shared}))


def foreign_entity() -> bytes:
    """A sheet that names a file of the server as an entity, in UTF-16."""
    text = (
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="str"><v>&f;</v></c></row>'
        "</sheetData></worksheet>"
    )
    return packed(parts("", more={"xl/worksheets/sheet1.xml": text.encode("utf-16")}))


def encrypted_member() -> bytes:
    """An archive whose first member says that it is encrypted."""
    data = bytearray(workbook(ROW))
    start = data.index(b"PK\x01\x02")
    for offset in (6, start + 8):
        flags = struct.unpack_from("<H", data, offset)[0]
        struct.pack_into("<H", data, offset, flags | 1)
    return bytes(data)


def a_million_empty_rows() -> bytes:
    """1,048,576 row elements without a cell, and one value above them."""
    rows = ROW + "".join(f'<row r="{n}" ht="{n % 977}"/>' for n in range(2, 1_048_577))
    return workbook(rows)


def formatted_empty_rows() -> bytes:
    """Formatted cells without a value down to row 60,000, as a spreadsheet leaves them."""
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" s="0"/><c r="B{n}" s="0"/></row>' for n in range(2, 60_001)
    )
    return workbook(ROW + rows)


def column_past_the_last() -> bytes:
    """A cell in column 16,385."""
    return workbook('<row r="1"><c r="A1"><v>1</v></c><c r="XFE1"><v>2</v></c></row>')


def every_column() -> bytes:
    """16,384 columns in one row."""
    cells = "".join(f"<c><v>{n}</v></c>" for n in range(16_384))
    return workbook(f'<row r="1">{cells}</row>')


def far_corner() -> bytes:
    """Two cells whose rectangle no memory holds; it aborts a reader of rectangles."""
    return workbook(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    )


def external_link() -> bytes:
    """A formula into another workbook, with its stored result."""
    link = f'{HEAD}<externalLink xmlns="{MAIN}" xmlns:r="{OFFICE}"><externalBook r:id="rId1"/></externalLink>'
    target = (
        f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{OFFICE}/externalLinkPath" Target="http://127.0.0.1:9/a.xlsx" TargetMode="External"/>'
        "</Relationships>"
    )
    row = '<row r="1"><c r="A1"><f>[1]Sheet1!A1</f><v>7</v></c></row>'
    return workbook(
        row,
        more={
            "xl/externalLinks/externalLink1.xml": link,
            "xl/externalLinks/_rels/externalLink1.xml.rels": target,
        },
    )


def strict() -> bytes:
    """A workbook in the namespaces of ISO 29500 strict."""
    members = parts(sheet(ROW))
    return packed(
        {
            name: str(text)
            .replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
            .replace(OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships")
            for name, text in members.items()
        }
    )
