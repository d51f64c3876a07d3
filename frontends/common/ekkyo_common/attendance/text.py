"""How reports write things: encodings, headings, names, durations and times."""

import csv
import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime

from ekkyo_common.attendance.report import UnreadableReport

HEADINGS = {
    "name": "name, full name, display name, name (original name), 名前, 氏名, 表示名, 名前(元の名前), 参加者名",
    "email": "email, e-mail, mail, email address, mail address, user email, メール, メールアドレス, eメール,"
    " 電子メール, ユーザーのメール, ユーザーのメールアドレス",
    "upn": "participant id (upn), 参加者 id (upn), 参加者id",
    "joined": "first join, first join time, join time, 最初の参加時刻, 最初の参加, 最初の参加時間, 参加時刻, 参加時間,"
    " 参加日時, 入室時刻",
    "left": "last leave, last leave time, leave time, 最後の退出時刻, 最後の退出, 最後の退出時間, 退出時刻, 退出時間,"
    " 退出日時, 退室時刻",
    "duration": "in-meeting duration, duration, duration (minutes), total duration (minutes), minutes,"
    " attended minutes, 会議の長さ, 会議時間, 会議内の期間, 会議の所要時間, 継続時間(分), 合計時間(分), 期間, 期間(分),"
    " 時間(分), 参加時間(分), 参加分数, 分",
    "role": "role, 役割, ロール",
    "guest": "guest, ゲスト",
    "number": "personnel number, employee number, employee id, employee no, number, 社員番号, 社員no, 従業員番号,"
    " 職員番号",
    "title": "meeting title, topic, 会議のタイトル, 会議タイトル, 会議名, トピック",
    "started": "start time, meeting start time, 開始時刻, 開始時間, 開始日時, 会議の開始時刻",
    "meeting": "meeting id, ミーティングid, id",
}


def plain(value: str) -> str:
    """Full-width letters narrow, half-width kana wide, spaces single: as people mean it."""
    return " ".join(unicodedata.normalize("NFKC", value).split())


def key(value: str) -> str:
    """What two writings of a name or a heading have in common: no spaces, no case, katakana for hiragana."""
    folded = unicodedata.normalize("NFKC", value).casefold()
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in folded if not c.isspace())


COLUMNS = {key(heading): column for column, headings in HEADINGS.items() for heading in headings.split(",")}


def decoded(data: bytes) -> str:
    """The text of a file in UTF-16 or UTF-8, with or without a mark, or in Windows-31J."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif data.startswith(b"\xef\xbb\xbf"):
        encodings = ["utf-8-sig"]
    elif data[1:200:2].count(0) > 20:
        encodings = ["utf-16-le"]
    else:
        encodings = ["utf-8", "cp932"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableReport("The file is neither UTF-8, UTF-16 nor Windows-31J text.")


def rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of each line that has any, with its number. Each line by itself: a stray quote spoils one row only."""
    separator = "\t" if text.count("\t") >= text.count(",") else ","
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
        if any(cells):
            yield number, cells


def columns(cells: list[str]) -> dict[str, int]:
    """Which column holds what, for a line of headings; the first of two with one meaning counts."""
    found: dict[str, int] = {}
    for index, cell in enumerate(cells):
        column = COLUMNS.get(key(cell))
        if column:
            found.setdefault(column, index)
    return found


_BRACKETS = re.compile(r"\s*[(（\[]([^()（）\[\]]*)[)）\]]\s*")


def name_and_aliases(value: str) -> tuple[str, tuple[str, ...]]:
    """`村上　香織 (製造部)` → the name, and what stood in brackets."""
    aliases = tuple(alias for found in _BRACKETS.findall(value) if (alias := plain(found)))
    name = plain(_BRACKETS.sub(" ", value))
    return (name, aliases) if name else (plain(value), ())


_MAIL = re.compile(r"[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+\.[a-z0-9-]{2,}")


def mail_address(value: str) -> str | None:
    """A mail address in lower case, or None where there is none."""
    address = unicodedata.normalize("NFKC", value).strip().lower()
    return address if _MAIL.fullmatch(address) else None


_UNITS = {"h": 3600, "m": 60, "s": 1, "時": 3600, "分": 60, "秒": 1}
_LENGTH = re.compile(r"(\d+)\s*(h|m|s|時間|分|秒)[a-z]*\.?")


def minutes(value: str) -> int | None:
    """`1h 2m 3s`, `1 時間 2 分 3 秒`, `1:02:03` or a plain number of minutes, in whole minutes; None if it is none."""
    text = plain(value).casefold()
    if re.fullmatch(r"\d{1,6}(\.\d+)?", text):
        return int(float(text))
    if clock := re.fullmatch(r"(\d+):(\d\d):(\d\d)", text):
        return int(clock[1]) * 60 + int(clock[2])
    parts = _LENGTH.findall(text)
    if not parts or _LENGTH.sub("", text).strip(" ,"):
        return None
    return sum(int(count) * _UNITS[unit[0]] for count, unit in parts) // 60


_TIME = re.compile(
    r"(\d{1,4})[/.\-年](\d{1,2})[/.\-月](\d{1,4})日?[,、T ]*"
    r"(午前|午後|am|pm)?\s*(\d{1,2}):(\d\d)(?::(\d\d))?(?:\.\d+)?\s*(am|pm|a\.m\.|p\.m\.)?",
    re.IGNORECASE,
)


def local_time(value: str) -> datetime | None:
    """A time as reports write it, with 12 or 24 hours, month or year first; without a zone, as they have none."""
    found = _TIME.fullmatch(plain(value))
    if not found:
        return None
    a, b, c = (int(found[n]) for n in (1, 2, 3))
    year, month, day = (a, b, c) if len(found[1]) == 4 else (c, a, b)
    if month > 12:
        month, day = day, month
    half = (found[4] or found[8] or "").casefold().replace(".", "")
    hour = int(found[5])
    if half in ("am", "午前"):
        hour %= 12
    elif half in ("pm", "午後"):
        hour = hour % 12 + 12
    try:
        return datetime(year if year > 99 else 2000 + year, month, day, hour, int(found[6]), int(found[7] or 0))  # noqa: DTZ001
    except ValueError:
        return None
