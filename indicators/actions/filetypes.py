"""What kind a file is by its content, and a name that no reader's machine stumbles over."""

from __future__ import annotations

import re
import unicodedata
import zipfile
import zlib
from io import BytesIO

from django.utils.translation import gettext as _

from indicators.errors import Refused

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "xlsx": _XLSX,
    "docx": _DOCX,
    "csv": "text/csv",
    "txt": "text/plain",
}
"""Extensions that evidence may have, each with the type it is served as."""
LONGEST_NAME = 120
_SIGNATURES = ((b"%PDF-", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"))
_PARTS = {f"{_XLSX}.main+xml": "xlsx", f"{_DOCX}.main+xml": "docx"}
_MOST_MEMBERS, _LONGEST_PART = 2000, 1 << 20
_ACTIVE = re.compile(r"vbaproject|vbadata|activex|oleobject|macrosheets|\.exe$", re.I)
_MARKUP = re.compile(r"<\s*(?:!doctype|\?xml|html|svg|script|body|iframe)", re.I)
_BROKEN = (
    zipfile.BadZipFile, zlib.error, KeyError, OSError, RuntimeError,
    ValueError, EOFError,
)  # fmt: skip
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_NOT_IN_NAMES = re.compile(r'[<>:"|?*%]')


def type_of(name: str, content: bytes) -> str:
    """The type of allowed content that agrees with the name; raises Refused in words."""
    extension = name.rpartition(".")[2].lower()
    if extension not in TYPES:
        raise Refused(_("只接受 PDF、PNG、JPEG、XLSX、DOCX、CSV 和 TXT 文件。"))
    found = _sniffed(content)
    text = extension in ("csv", "txt")
    if found == "text" and text:
        return TYPES[extension]
    if TYPES.get(found) != TYPES[extension]:
        raise Refused(
            _("文件名以 .%(extension)s 结尾，内容却不是这种文件，请检查后再附。")
            % {"extension": extension}
        )
    return TYPES[extension]


def _sniffed(content: bytes) -> str:
    """An extension, or "text", or nothing that is known."""
    for signature, extension in _SIGNATURES:
        if content.startswith(signature):
            return extension
    if content.startswith(b"PK"):
        return _office(content)
    return "text" if _is_plain_text(content) else ""


def _office(content: bytes) -> str:
    """Whether a package is a workbook or a document without anything that runs."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            members = package.infolist()
            if len(members) > _MOST_MEMBERS or any(member.flag_bits & 1 for member in members):
                return ""
            with package.open("[Content_Types].xml") as part:
                types = part.read(_LONGEST_PART + 1)
    except _BROKEN:
        return ""
    declared = types.decode("utf-8", "replace")
    if len(types) > _LONGEST_PART or "<!" in declared.replace("<!--", ""):
        return ""
    if "macroenabled" in declared.lower() or any(_ACTIVE.search(m.filename) for m in members):
        raise Refused(_("文件带有宏或其他可执行的内容，请另存为不带宏的文件后再附。"))
    kinds = {kind for part, kind in _PARTS.items() if part in declared}
    return kinds.pop() if len(kinds) == 1 else ""


def _is_plain_text(content: bytes) -> bool:
    """UTF-8 or GB18030 without control characters, and no markup that a browser would run."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        control = _CONTROL.search(text) is not None
        return not control and _MARKUP.search(text) is None
    return False


def clean_name(name: str) -> str:
    """The last part of a name, without control, bidirectional or reserved characters.

    At most 120 characters, with its extension; a name of nothing else gets one of ours.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(" " if c.isspace() else c for c in last if unicodedata.category(c)[0] != "C")
    kept = " ".join(_NOT_IN_NAMES.sub("_", kept).split()).strip(". ")
    stem, dot, extension = kept.rpartition(".")
    if not dot:
        return kept[:LONGEST_NAME] or _("附件")
    extension = extension[:10]
    return f"{stem[: LONGEST_NAME - 1 - len(extension)].rstrip('. ') or _('附件')}.{extension}"
