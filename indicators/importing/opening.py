"""What a file is, by its content, and whether its archive may be opened (TRUST.md 9).

Runs in the child, before any other reader: every member is inflated once, in blocks, and counted.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from indicators.importing import refusals

MIB = 1024 * 1024
MAX_FILE = 10 * MIB
MAX_MEMBERS = 200
MAX_RATIO = 100
MAX_INFLATED = 100 * MIB
SMALL = 64 * 1024  # below this a repetitive part may pass the ratio without harm
BLOCK = 256 * 1024

TEXT = "a text file"
WORKBOOK = "an Excel workbook"
KINDS = {WORKBOOK: "Excel 工作簿", TEXT: "文本"}
PROMISED = {
    ".xlsx": WORKBOOK, ".xlsm": WORKBOOK, ".xltx": WORKBOOK, ".xltm": WORKBOOK,
    ".csv": TEXT, ".tsv": TEXT, ".txt": TEXT,
    **dict.fromkeys((".xls", ".xlsb", ".ods", ".json", ".xml", ".html", ".htm"), ""),
}  # fmt: skip
OTHERS = (
    (b"%PDF", "PDF 文件", "a PDF file"),
    (b"\x89PNG", "图片", "a picture"),
    (b"\xff\xd8\xff", "图片", "a picture"),
    (b"GIF8", "图片", "a picture"),
    (b"BM", "图片", "a picture"),
    (b"Rar!", "压缩包", "an archive"),
    (b"7z\xbc\xaf", "压缩包", "an archive"),
    (b"\x1f\x8b", "压缩包", "an archive"),
    (b"MZ", "程序", "a program"),
    (b"\x7fELF", "程序", "a program"),
    (b"{\\rtf", "RTF 文档", "an RTF document"),
)
MARKUP = re.compile(rb"\s*<(?:\?xml|!doctype|html|table|head|body|meta)[\s>]", re.IGNORECASE)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# The declarations by which XML names entities, in the encodings that an XML part may have.
DECLARATIONS = tuple(
    text.encode(encoding)
    for text in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
BLANKS = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
LONGEST = max(map(len, DECLARATIONS))
MACROS = re.compile(r"vbaproject|macrosheets/|vbadata|\.xlm$|activex/.*\.bin$")
BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError)


def kind_of(path: Path) -> str:
    """`WORKBOOK` (a ZIP archive) or `TEXT`; raises `Unreadable` for everything else."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError:
        raise refusals.absent() from None
    if size == 0:
        raise refusals.empty()
    if size > MAX_FILE:
        raise refusals.too_big(MAX_FILE // MIB)
    return _by_content(path, head)


def check_extension(extension: str, kind: str) -> None:
    """Refuse an extension (".csv") that promises another format than the content is."""
    if PROMISED.get(extension, kind) != kind:
        raise refusals.wrong_extension(extension, KINDS[kind], kind)


def _by_content(path: Path, head: bytes) -> str:
    if head.startswith(b"PK\x03\x04"):
        return WORKBOOK
    if head.startswith(b"PK"):
        raise refusals.damaged("压缩包不完整", "the archive is not whole")
    if head.startswith(OLE):
        if ENCRYPTED in path.read_bytes():
            raise refusals.with_password()
        raise refusals.other_format("旧版 Excel 文件（.xls）或其他旧版文档", "an old .xls workbook")
    for start, zh, en in OTHERS:
        # Two letters may also begin a text; a binary file has a NUL soon.
        if head.startswith(start) and (len(start) > 2 or b"\0" in head):
            raise refusals.other_format(zh, en)
    if head[:2] in (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00") and b"\0" in head:
        raise refusals.other_format("旧版 Excel 文件（.xls）", "an old .xls workbook")
    if MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        raise refusals.other_format("网页或 XML 文件", "a web page or an XML file")
    return TEXT


def open_archive(path: Path) -> zipfile.ZipFile:
    """The archive after every check of its members; the caller closes it."""
    try:
        archive = zipfile.ZipFile(path)
    except BROKEN:
        raise refusals.damaged("压缩包不完整", "the archive is not whole") from None
    try:
        _check_names(archive)
        _inflate(archive)
    except BaseException:
        archive.close()
        raise
    return archive


def _check_names(archive: zipfile.ZipFile) -> None:
    """Refuse by the archive's directory: number, names, encryption, formats, macros."""
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise refusals.swollen(
            f"内含 {len(members)} 个文件，上限 {MAX_MEMBERS} 个",
            f"it holds {len(members)} files, {MAX_MEMBERS} at most",
        )
    if archive.comment or not _ends_with_directory(archive):
        # Two readers may take different directories for the true one where a comment follows it.
        raise refusals.damaged("压缩包末尾有多余内容", "something follows the archive's directory")
    if any(member.flag_bits & 0x1 for member in members):
        raise refusals.with_password()
    if any(m.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for m in members):
        raise refusals.damaged("压缩方式不寻常", "it is compressed in an unusual way")
    seen = set()
    for member in members:
        name = member.filename.replace("\\", "/").lower()
        if name in seen:
            raise refusals.unsafe(f"重名的内部文件（{name}）", f"two parts of one name ({name})")
        seen.add(name)
        if name.startswith("/") or ".." in name.split("/") or ":" in name.split("/")[0]:
            raise refusals.unsafe("越出压缩包的路径", "a path that leads out of the archive")
    _check_format(archive, seen)
    if any(MACROS.search(name) for name in seen):
        raise refusals.unsafe("宏", "macros")


def _ends_with_directory(archive: zipfile.ZipFile) -> bool:
    """The record that ends an archive is its last 22 bytes where no comment follows."""
    if archive.fp is None:
        return False
    archive.fp.seek(-22, 2)
    return archive.fp.read(4) == b"PK\x05\x06"


def _check_format(archive: zipfile.ZipFile, names: set[str]) -> None:
    """Refuse archives of other formats by the parts that only they have."""
    if "mimetype" in names and "content.xml" in names:
        raise refusals.other_format("OpenDocument 文件（.ods）", "an OpenDocument file (.ods)")
    if any(name.startswith("xl/") and name.endswith("workbook.bin") for name in names):
        raise refusals.other_format("二进制工作簿（.xlsb）", "a binary workbook (.xlsb)")
    if any(name.startswith("word/") for name in names):
        raise refusals.other_format("Word 文档", "a Word document")
    if any(name.startswith("ppt/") for name in names):
        raise refusals.other_format("演示文稿", "a presentation")
    if "[content_types].xml" not in names:
        raise refusals.other_format("普通压缩包", "an archive that is no workbook")


def _inflate(archive: zipfile.ZipFile) -> None:
    """Inflate everything once, counting; refuse bombs, broken members and declared entities."""
    total = 0
    for member in archive.infolist():
        inflated, tail = 0, b""
        markup: bool | None = None
        for block in _blocks(archive, member):
            inflated += len(block)
            total += len(block)
            if total > MAX_INFLATED:
                raise refusals.swollen(
                    f"解压后超过 {MAX_INFLATED // MIB} MiB",
                    f"more than {MAX_INFLATED // MIB} MiB when inflated",
                )
            if inflated > SMALL and inflated > MAX_RATIO * member.compress_size:
                raise refusals.swollen(
                    f"压缩比超过 {MAX_RATIO}:1", f"compressed more than {MAX_RATIO} to 1"
                )
            if markup is None:
                markup = block.lstrip(BLANKS).startswith(b"<")
            # "!" is rare and quick to find; only then is it worth looking for the words.
            window = tail + block
            if markup and b"!" in window and any(word in window for word in DECLARATIONS):
                raise refusals.unsafe("XML 实体或文档类型声明", "an XML document type or entities")
            tail = block[-LONGEST:]


def _blocks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member inflated, block by block, its checksum proved at the end."""
    try:
        with archive.open(member) as stream:
            while block := stream.read(BLOCK):
                yield block
    except RuntimeError:
        raise refusals.with_password() from None
    except BROKEN:
        raise refusals.damaged(
            f"内部文件 {member.filename} 读不出", f"part {member.filename} cannot be read"
        ) from None
