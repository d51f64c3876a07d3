"""Which column holds what: the headings that personnel systems use, in Japanese and in English."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from ekkyo.contracts.members import Profile

from ekkyo_common.personnel.text import UnreadableExportError

FIELDS = tuple(Profile.model_fields)
REQUIRED = tuple(name for name, field in Profile.model_fields.items() if field.is_required())

_ALIASES = {
    "number": "社員番号 社員No 社員コード 社員ID 従業員番号 従業員No 従業員コード 従業員ID 職員番号 人事番号 員番"
    " | employee number | employee no | employee id | emp no | emp id | personnel number | staff number | staff id",
    "name": "氏名 名前 社員名 社員氏名 従業員名 従業員氏名 氏名漢字 漢字氏名"
    " | full name | employee name | display name | name kanji",
    "name_kana": "氏名カナ カナ氏名 氏名かな フリガナ ふりがな 氏名フリガナ 氏名ふりがな カナ 読み 読み仮名"
    " | kana | kana name | furigana | phonetic name",
    "email": "メールアドレス メール Eメール Eメールアドレス 会社メールアドレス 電子メール"
    " | mail | mail address | email address | e-mail address | work email | company email",
    "department": "部署 部署名 所属 所属名 所属部署 所属部署名 部門 部門名 組織 組織名"
    " | dept | department name | division | organization | organisation | org unit",
    "job_family": "職種 職種名 職群 職種区分 | job | job category | job type | job function | occupation",
    "site": "勤務地 勤務地名 勤務場所 事業所 事業所名 拠点 拠点名 | location | office | work location | workplace",
    "birth_date": "生年月日 誕生日 | date of birth | birthday | dob",
    "gender": "性別 | sex",
    "hired_on": "入社日 入社年月日 採用日 採用年月日 | hire date | date hired | hired | joined on | date of joining",
    "manager_number": "上長社員番号 上司社員番号 上長番号 上司番号 上長コード 上司コード 上長社員コード 管理者社員番号"
    " | manager id | manager no | manager employee number | manager employee id | supervisor number | supervisor id",
}


@dataclass(frozen=True)
class Columns:
    """Where each field stands, how its heading is written, and which headings mean nothing here."""

    at: dict[str, int]
    headings: list[str]
    unknown: list[str]

    def heading(self, field: str) -> str:
        """The heading of this field's column, as the file writes it."""
        return self.headings[self.at[field]]


def find_columns(cells: Sequence[str], wanted: Mapping[str, str]) -> Columns:
    """Find each field's column by its heading; `wanted` says it for some, in the file's own words.

    Raises UnreadableExportError when a heading that is wanted, or that a profile cannot be without, is not there.
    """
    headings = [normalize("NFKC", cell).strip() for cell in cells]
    if stray := [field for field in wanted if field not in FIELDS]:
        raise UnreadableExportError(f"There is no field {', '.join(stray)}. The fields are: {', '.join(FIELDS)}.")
    keys = [_key(heading) for heading in headings]
    at: dict[str, int] = {}
    for field, heading in wanted.items():
        if _key(heading) not in keys:
            raise UnreadableExportError(f"There is no heading “{heading}” for {field}. {_found(headings)}")
        at[field] = keys.index(_key(heading))
    for place, key in enumerate(keys):
        field = _KNOWN.get(key, "")
        if field and field not in at and place not in at.values():
            at[field] = place
    if missing := [field for field in REQUIRED if field not in at]:
        expected = "; ".join(f"{field} ({_examples(field)})" for field in missing)
        todo = f"Say which it is with --map {missing[0]}=HEADING."
        if not at:
            todo = f"Is it a personnel export, in UTF-8, UTF-16 or Windows-31J? {todo}"
        raise UnreadableExportError(f"No column for {expected}. {_found(headings)} {todo}")
    unknown = [heading for place, heading in enumerate(headings) if heading and place not in at.values()]
    return Columns(at, headings, unknown)


def count_known(cells: Sequence[str], wanted: Mapping[str, str]) -> int:
    """How many of these cells are headings we know: the right delimiter shows the most."""
    known = _KNOWN.keys() | {_key(heading) for heading in wanted.values()}
    return sum(_key(normalize("NFKC", cell)) in known for cell in cells)


def _key(heading: str) -> str:
    return re.sub(r"[\W_]+", "", normalize("NFKC", heading).casefold())


def _aliases(field: str) -> list[str]:
    japanese, _, english = _ALIASES[field].partition("|")
    return [*japanese.split(), field, *(alias.strip() for alias in english.split("|"))]


def _examples(field: str) -> str:
    names = _aliases(field)
    return f"such as {names[0]} or {names[-1]}"


def _found(headings: Sequence[str]) -> str:
    shown = ", ".join(heading[:40] for heading in headings[:40] if heading)
    return f"The headings found are: {shown}." if shown else "No headings were found."


_KNOWN = {_key(alias): field for field in _ALIASES for alias in _aliases(field)}
