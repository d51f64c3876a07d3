"""Dates in personnel exports, Japanese eras above all."""

from datetime import date, timedelta

import pytest
from ekkyo_common.personnel.dates import ERAS, NotADateError, parse
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    "written",
    [
        "2004/4/1",
        "2004/04/01",
        "2004-04-01",
        "2004.4.1",
        "20040401",
        "2004年4月1日",
        "２００４／４／１",
        "2004年 4月 1日",
        "2004/4/1 0:00:00",
        "2004-04-01T00:00:00",
        "平成16年4月1日",
        "平成１６年４月１日",
        "㍻16年4月1日",
        "H16.4.1",
        "h16/4/1",
        "Ｈ16.04.01",
        "平16.4.1",
        "H160401",
    ],
)
def test_one_day_written_in_many_ways(written: str) -> None:
    assert parse(written) == (date(2004, 4, 1), None)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("明治45年7月29日", date(1912, 7, 29)),
        ("大正元年7月30日", date(1912, 7, 30)),
        ("大正15年12月24日", date(1926, 12, 24)),
        ("昭和元年12月25日", date(1926, 12, 25)),
        ("S54.5.18", date(1979, 5, 18)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("平成元年1月8日", date(1989, 1, 8)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("R元.5.1", date(2019, 5, 1)),
        ("R6.2.29", date(2024, 2, 29)),
    ],
)
def test_eras_are_exact_at_their_ends(written: str, day: date) -> None:
    assert parse(written) == (day, None)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("平成1年1月1日", date(1989, 1, 1)),
        ("平成元年1月7日", date(1989, 1, 7)),
        ("昭和64年1月8日", date(1989, 1, 8)),
        ("平成31年5月1日", date(2019, 5, 1)),
        ("令和1年4月30日", date(2019, 4, 30)),
    ],
)
def test_a_day_just_outside_its_era_is_taken_and_remarked(written: str, day: date) -> None:
    found, remark = parse(written)
    assert found == day
    assert remark
    assert str(day) in remark


@pytest.mark.parametrize(
    "written",
    [
        "2024/13/45",
        "2023/2/29",
        "0001/1/1",
        "20230230",
        "昭和65年1月1日",
        "平成32年1月1日",
        "平成0年1月1日",
        "令和5年2月29日",
        "大正16年1月1日",
    ],
)
def test_a_day_that_never_was_is_impossible(written: str) -> None:
    with pytest.raises(NotADateError) as error:
        parse(written)
    assert error.value.impossible


@pytest.mark.parametrize(
    "written", ["x", "4/1", "04/4/1", "1/4/2004", "慶応3年1月1日", "2004/4", "2004/4/1 12:30", "38078"]
)
def test_what_is_no_date_is_not_guessed(written: str) -> None:
    with pytest.raises(NotADateError) as error:
        parse(written)
    assert not error.value.impossible


@given(st.dates(date(1868, 10, 23), date(2099, 12, 31)))
def test_every_day_is_read_back_from_its_era(day: date) -> None:
    name, (letter, start) = [(n, era) for n, era in ERAS.items() if era[1] <= day][-1]
    year = day.year - start.year + 1
    if year > 99:
        return
    assert parse(f"{name}{year}年{day.month}月{day.day}日") == (day, None)
    assert parse(f"{letter}{year}.{day.month}.{day.day}") == (day, None)
    assert parse(f"{name}{'元' if year == 1 else year}年{day:%m}月{day:%d}日") == (day, None)


@given(st.text(max_size=20))
def test_no_text_at_all_makes_it_fall(text: str) -> None:
    try:
        found, _ = parse(text)
    except NotADateError:
        return
    assert found >= date(1868, 10, 23) - timedelta(days=365)
