"""Whatever people there are, and however they are exported, the same people are read."""

import csv
import io
from contextlib import suppress
from datetime import date
from typing import Any

from ekkyo.contracts.members import Profile
from ekkyo_common.personnel import FIELDS, Row, UnreadableExportError, read_personnel
from hypothesis import given, settings
from hypothesis import strategies as st

CHARACTERS = st.sampled_from([*"亜藤髙﨑濵神都あんアンー①㈱", *'aZ09 -&,;"()'])
LINES = st.text(CHARACTERS, min_size=1, max_size=12).map(lambda s: " ".join(s.split())).filter(bool)
DAYS = st.none() | st.dates(date(1930, 1, 1), date(2030, 1, 1))


def people() -> Any:
    profile = st.builds(
        Profile,
        number=st.integers(0, 999_999).map(lambda n: f"{n:06}"),
        name=LINES.map(lambda s: "名" + s),
        name_kana=st.none() | st.sampled_from(["ヤマダ タロウ", "サトウ"]),
        email=st.integers(0, 999_999).map(lambda n: f"m{n}@example.co.jp"),
        department=LINES.map(lambda s: "部" + s),
        job_family=st.none() | st.just("営業"),
        site=st.none() | st.just("大阪本社"),
        birth_date=DAYS,
        gender=st.sampled_from([None, "female", "male", "other"]),
        hired_on=DAYS,
        manager_number=st.none() | st.just("000001"),
    )
    return st.lists(profile, max_size=6, unique_by=(lambda p: p.number, lambda p: p.email))


def exported(people: list[Profile], encoding: str, delimiter: str, fields: tuple[str, ...]) -> bytes:
    text = io.StringIO(newline="")
    rows = csv.writer(text, delimiter=delimiter)
    rows.writerow(fields)
    for each in people:
        values = each.model_dump(mode="json")
        rows.writerow([values[field] for field in fields])
    return text.getvalue().encode(encoding)


@settings(max_examples=150, deadline=None)
@given(
    people(),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp932"]),
    st.sampled_from([",", "\t", ";"]),
    st.permutations(FIELDS),
)
def test_exported_people_are_read_back(people: Any, encoding: str, delimiter: str, fields: list[str]) -> None:
    data = exported(people, encoding, delimiter, tuple(fields))
    rows = list(read_personnel(data))
    assert [row.profile for row in rows if isinstance(row, Row)] == people
    assert len(rows) == len(people)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_at_all_make_the_reader_fall_with_anything_but_its_own_error(data: bytes) -> None:
    headings = "社員番号,氏名,メールアドレス,部署\n"
    with suppress(UnreadableExportError):
        assert all(row.line >= 2 for row in read_personnel(headings.encode() + data))
