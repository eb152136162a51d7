"""Original texts as files: which bytes are a readable text (TRUST.md 9)."""

from __future__ import annotations

from django.utils.translation import gettext as _

LIMIT = 524_288  # bytes; a five-year plan has half of it, and cleaning stays within seconds


class UnreadableError(ValueError):
    """The bytes are no text that we read; the message is a sentence for people."""


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, else GB18030, both strictly; raises UnreadableError in words.

    Nothing is ever replaced by a question mark: a byte that fits neither encoding is a refusal.
    """
    if len(data) > LIMIT:
        raise UnreadableError(_("文件超过 512 KiB，请只保留正文后再上传。"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text or (encoding == "gb18030" and _has_controls(text)):
            break
        return text
    raise UnreadableError(_("无法识别文件的编码，请另存为 UTF-8 编码的纯文本后再试。"))


def _has_controls(text: str) -> bool:
    """Whether it holds what no text does: GB18030 takes nearly any bytes, UTF-16 among them."""
    return any(char < " " and not char.isspace() for char in text)
