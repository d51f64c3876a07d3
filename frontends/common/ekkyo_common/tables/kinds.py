"""What a file is, told by its first bytes: a workbook, something that is no table, or text."""

import io
import zipfile

from ekkyo_common.tables.told import UnreadableCode, UnreadableTable

_SAVE = "Save it as an Excel workbook (.xlsx) or as CSV."
_NO_TABLES: dict[bytes, tuple[str, UnreadableCode]] = {
    b"%PDF": (f"This is a PDF. {_SAVE}", "pdf"),
    b"\x89PNG": ("This is a picture.", "picture"),
    b"\xff\xd8\xff": ("This is a picture.", "picture"),
    b"GIF8": ("This is a picture.", "picture"),
    b"\x1f\x8b": ("This is a compressed file (gzip). Unpack it first.", "compressed"),
    b"7z\xbc\xaf": ("This is a compressed file (7z). Unpack it first.", "compressed"),
    b"Rar!": ("This is a compressed file (RAR). Unpack it first.", "compressed"),
    b"{\\rtf": (f"This is a text document (RTF). {_SAVE}", "rtf"),
}
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_UNPACKED = 400_000_000
"""Bytes that a workbook may unpack to."""


def is_workbook(data: bytes) -> bool:
    """Whether these are the bytes of an .xlsx; False for text. Raises UnreadableTable for what is no table."""
    for start, (text, code) in _NO_TABLES.items():
        if data.startswith(start):
            raise UnreadableTable(text, code)
    if data.startswith(_OLE2):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise UnreadableTable(f"This workbook is protected by a password. Save it without one. {_SAVE}", "password")
        raise UnreadableTable(f"This is an old Excel workbook (.xls). {_SAVE}", "xls")
    if data.startswith(b"PK\x03\x04"):
        return _is_xlsx(data)
    beginning = data[:2048].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if beginning.startswith((b"<!doctype html", b"<html", b"<table", b"<meta")):
        raise UnreadableTable(f"This is a web page (HTML), not a table. Open it in Excel. {_SAVE}", "html")
    if beginning.startswith(b"<?xml"):
        raise UnreadableTable(f"This is an XML file. {_SAVE}", "xml")
    return False


def _is_xlsx(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = packed.namelist()
            if sum(each.file_size for each in packed.infolist()) > _MOST_UNPACKED:
                raise UnreadableTable("This workbook is too large to read. Save the sheet as CSV.", "too_large")
    except zipfile.BadZipFile:
        raise UnreadableTable(
            "This is a workbook or a zip archive that is damaged: its end is missing.", "damaged"
        ) from None
    if "xl/workbook.xml" in names:
        return True
    if "xl/workbook.bin" in names:
        raise UnreadableTable(f"This is a binary Excel workbook (.xlsb). {_SAVE}", "xlsb")
    if "content.xml" in names:
        raise UnreadableTable(f"This is an OpenDocument file. {_SAVE}", "opendocument")
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise UnreadableTable(f"This is a Word or PowerPoint document. {_SAVE}", "office")
    raise UnreadableTable("This is a zip archive. Unpack it, and choose the table inside it.", "zip")
