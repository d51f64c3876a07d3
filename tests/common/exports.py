"""Personnel exports made for tests, and what is read from them."""

from pathlib import Path
from typing import Any

from ekkyo.contracts.members import Profile
from ekkyo_common.personnel import BadRow, Leaver, Row, SkippedRow, read_personnel

SAMPLE = Path(__file__).parents[2] / "data" / "employees.cp932.csv"
TEXT = SAMPLE.read_bytes().decode("cp932")
HEADINGS = "社員番号,氏名,氏名カナ,メールアドレス,部署,生年月日,性別"
GOOD = "000001,越境 花子,エッキョウ ハナコ,hanako@example.co.jp,情報システム部,1987/6/5,女"


def read(text: str | bytes, encoding: str = "utf-8", **options: Any) -> list[Row | BadRow | SkippedRow | Leaver]:
    data = text if isinstance(text, bytes) else text.encode(encoding)
    return list(read_personnel(data, **options))


def one(row: str, headings: str = HEADINGS) -> Row | BadRow | SkippedRow | Leaver:
    (found,) = read(f"{headings}\r\n{row}\r\n")
    return found


def person(row: str, headings: str = HEADINGS) -> Profile:
    found = one(row, headings)
    assert isinstance(found, Row), found
    return found.profile


def bad(row: str, headings: str = HEADINGS) -> BadRow:
    found = one(row, headings)
    assert isinstance(found, BadRow), found
    return found
