"""Why an uploaded file is not read: every sentence in Chinese and English, with the way out.

The child process that opens the file knows no Django, so these sentences are not in the catalogue;
`TRUST.md` 9 names the rules.
"""

from __future__ import annotations


class Unreadable(Exception):  # noqa: N818 - an answer to a person, not a fault
    """The file is not read; `zh` and `en` say why and what to do."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


def too_big(limit: int) -> Unreadable:
    """More bytes than an upload may have; `limit` in MiB."""
    return Unreadable(
        f"文件超过 {limit} MiB，请拆分后再上传。",
        f"The file is larger than {limit} MiB; please split it.",
    )


def empty() -> Unreadable:
    """No byte, or no text but blanks."""
    return Unreadable("文件是空的。", "The file is empty.")


def absent() -> Unreadable:
    """The path cannot be opened."""
    return Unreadable(
        "文件打不开，请重新上传。", "The file cannot be opened; please upload it again."
    )


def other_format(zh: str, en: str) -> Unreadable:
    """A format that is recognised and not read."""
    return Unreadable(
        f"这是{zh}，系统不读取。请在 WPS 或 Excel 中另存为 .xlsx 或 CSV 后再上传。",
        f"This is {en}, which is not read. Please save it as .xlsx or CSV and upload that.",
    )


def wrong_extension(extension: str, zh: str, en: str) -> Unreadable:
    """The name promises another format than the content is."""
    return Unreadable(
        f"文件名以 {extension} 结尾，内容却是{zh}。请用 WPS 或 Excel 打开，另存为所需格式后再上传。",
        f"The file's name ends in {extension} but its content is {en}."
        " Please open it in a spreadsheet program and save it in the format you mean.",
    )


def with_password() -> Unreadable:
    """Encrypted as a whole, or a member of the archive is."""
    return Unreadable(
        "文件有打开密码，系统无法读取。请取消密码后再上传。",
        "The file has a password to open it. Please remove the password and upload it again.",
    )


def damaged(zh: str, en: str) -> Unreadable:
    """The file breaks its own format; the words say where."""
    return Unreadable(
        f"文件已损坏（{zh}）。请用 WPS 或 Excel 打开，另存为新的 .xlsx 后再上传。",
        f"The file is damaged ({en}). Please open it in a spreadsheet program,"
        " save it as a new .xlsx and upload that.",
    )


def swollen(zh: str, en: str) -> Unreadable:
    """A bomb: what the archive holds is out of proportion."""
    return Unreadable(
        f"压缩包内容异常（{zh}），为安全起见不打开。",
        f"The archive is out of proportion ({en}) and is not opened, for safety.",
    )


def unsafe(zh: str, en: str) -> Unreadable:
    """Something in the file that is never opened."""
    return Unreadable(
        f"文件中含有{zh}，为安全起见不打开。请另存为普通的 .xlsx 或 CSV 后再上传。",
        f"The file holds {en} and is not opened, for safety."
        " Please save it as a plain .xlsx or CSV and upload that.",
    )


def strict() -> Unreadable:
    """ISO 29500 strict, which readers take for an empty workbook."""
    return Unreadable(
        "文件保存为“Strict Open XML”格式。请另存为普通的“Excel 工作簿（.xlsx）”后再上传。",
        'The file is saved as "Strict Open XML". Please save it as an ordinary'
        ' "Excel Workbook (.xlsx)" and upload that.',
    )


def too_wide(sheet: str, zh: str, en: str) -> Unreadable:
    """More rows, columns or cells than are read."""
    place, where = (f"工作表“{sheet}”", f'Sheet "{sheet}"') if sheet else ("文件", "The file")
    return Unreadable(
        f"{place}{zh}，超出可以读取的范围。请删去多余的行列，或拆分后再上传。",
        f"{where} {en}, more than can be read. Please delete what is not needed or split it.",
    )


def bad_number(sheet: str, cell: str) -> Unreadable:
    """A number that is none: NaN, infinity, past what a cell can hold."""
    return Unreadable(
        f"工作表“{sheet}”的 {cell} 单元格不是有效的数字（无穷大或非数）。请更正后再上传。",
        f'Cell {cell} of sheet "{sheet}" is no valid number (infinite or not a number).'
        " Please correct it and upload the file again.",
    )


def counts_differ(sheet: str, ours: int, theirs: int, cell: str) -> Unreadable:
    """Two independent readers do not see the same cells: nothing is read rather than too little."""
    first_zh = f"，第一处不同在 {cell}" if cell else ""
    first_en = f"; the first difference is at {cell}" if cell else ""
    return Unreadable(
        f"工作表“{sheet}”两次独立点数的非空单元格不一致（{ours} 格与 {theirs} 格{first_zh}）。"
        "为避免漏读，系统不读取。请用 WPS 或 Excel 打开，另存为新的 .xlsx 后再上传。",
        f'Two independent counts of the filled cells of sheet "{sheet}" differ ({ours} and {theirs}'
        f"{first_en}). Nothing is read rather than too little. Please open the file in a"
        " spreadsheet program, save it as a new .xlsx and upload that.",
    )


def encoding_unknown() -> Unreadable:
    """Neither UTF-8 nor GB18030."""
    return Unreadable(
        "无法判断文本的编码：既不是 UTF-8，也不是 GB18030。请在另存时选择“CSV UTF-8”后再上传。",
        'The text is neither UTF-8 nor GB18030. Please save it as "CSV UTF-8" and upload that.',
    )


def null_in_text() -> Unreadable:
    """A text with a NUL: a binary file, UTF-16 without its mark, a cell that no database stores."""
    return Unreadable(
        "文件的文字中含有空字符，系统无法保存。请删去后另存为“CSV UTF-8”或 .xlsx 再上传。",
        "A text of the file holds a null character, which cannot be stored. Please remove it and"
        ' save the file as "CSV UTF-8" or .xlsx.',
    )


def bad_record(line: int) -> Unreadable:
    """A CSV whose quotes do not close or are followed by text; `line` counts from 1."""
    return Unreadable(
        f"第 {line} 行附近的引号不配对，或者一格过长，无法分列。请检查后再上传。",
        f"Near line {line} a quotation mark is not closed or a field is too long."
        " Please correct it and upload the file again.",
    )


def too_long() -> Unreadable:
    """The child used its time up."""
    return Unreadable(
        "打开这个文件用时过长，已经停止。请删去多余的格式和空行，或拆分后再上传。",
        "Opening this file took too long and was stopped. Please remove formats and empty rows"
        " that are not needed, or split the file.",
    )


def too_much_memory() -> Unreadable:
    """The child used its memory up, or broke."""
    return Unreadable(
        "打开这个文件时出错或所需内存过多，已经停止。请用 WPS 或 Excel 打开，"
        "删去多余的行列，另存为新的 .xlsx 后再上传。",
        "Opening this file failed or needs too much memory and was stopped. Please open it in a"
        " spreadsheet program, delete rows and columns that are not needed and save it anew.",
    )
