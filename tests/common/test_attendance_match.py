"""Participants of a report become members where exactly one is meant, and are named where not."""

from dataclasses import dataclass
from pathlib import Path

from ekkyo.contracts.events import Attendee
from ekkyo.contracts.members import Former
from ekkyo_common.attendance import Ambiguous, Participant, Report, TooShort, Unmatched, match, read_attendance

DATA = Path(__file__).parents[2] / "data"


@dataclass(frozen=True)
class Someone:
    member_id: str
    name: str
    name_kana: str | None = None
    email: str = "nobody@example.com"
    number: str = ""
    department: str = "総務部"
    former: Former | None = None


def report(*participants: Participant) -> Report:
    return Report("csv", "", None, list(participants))


def came(
    name: str, *aliases: str, email: str | None = None, minutes: int = 30, number: str | None = None
) -> Participant:
    return Participant(name, email, minutes, 2, aliases, number)


def test_an_address_decides_whatever_the_name() -> None:
    members = [Someone("m1", "森 葵", email="mori@example.com"), Someone("m2", "森 葵", email="mori2@example.com")]
    found = match(report(came("Aoi", email="mori2@example.com")), members)
    assert found.attendees == [Attendee(member_id="m2", minutes=30)]


def test_a_personnel_number_decides_before_anything_else() -> None:
    found = match(report(came("", number="0007")), [Someone("m1", "森 葵", number="0007")])
    assert [a.member_id for a in found.attendees] == ["m1"]


def test_a_name_decides_when_only_one_member_has_it_whatever_its_spaces_and_width() -> None:
    found = match(report(came("森葵"), came("ＫＥＮ smith")), [Someone("m1", "森　葵"), Someone("m2", "Ken Smith")])
    assert [a.member_id for a in found.attendees] == ["m1", "m2"]


def test_what_a_member_was_called_before_counts_until_somebody_else_is_called_that() -> None:
    before = Former(names=["森 葵"], emails=["mori@example.com"], numbers=["0007"])
    married = Someone("m1", "林 葵", email="hayashi@example.com", number="0009", former=before)
    for was in (came("森葵"), came("Aoi", email="mori@example.com"), came("", number="0007")):
        assert [a.member_id for a in match(report(was), [married]).attendees] == ["m1"]
        now = Someone("m2", "森 葵", email="mori@example.com", number="0007")
        assert [a.member_id for a in match(report(was), [married, now]).attendees] == ["m2"]
    other = Someone("m3", "岡 葵", former=before)
    assert len(match(report(came("森葵")), [married, other]).ambiguous) == 1


def test_a_name_that_several_members_have_is_told_and_not_guessed() -> None:
    found = match(report(came("森 葵")), [Someone("m1", "森 葵"), Someone("m2", "森　葵")])
    assert found.attendees == []
    assert found.ambiguous == [Ambiguous(2, "森 葵", "2 members have this name", ["m1", "m2"])]


def test_a_department_or_a_phonetic_name_in_brackets_tells_members_of_one_name_apart() -> None:
    members = [
        Someone("m1", "上村 優", "ウエムラ ユウ", department="製造部"),
        Someone("m2", "上村 優", "カミムラ スグル", department="人事部"),
    ]
    found = match(report(came("上村 優", "人事部"), came("上村 優", "うえむら ゆう")), members)
    assert [a.member_id for a in found.attendees] == ["m2", "m1"]


def test_a_display_name_in_kana_or_the_original_name_in_brackets_will_do() -> None:
    members = [Someone("m1", "森 葵", "モリ アオイ"), Someone("m2", "岡田 陽菜", "オカダ ヒナ")]
    found = match(report(came("もり あおい"), came("Hina", "オカダ ヒナ")), members)
    assert [a.member_id for a in found.attendees] == ["m1", "m2"]


def test_who_is_no_member_is_named_with_line_value_and_reason() -> None:
    found = match(report(came("会議室A", email="room-a@example.com"), came("ゲスト 太郎", "Guest")), [])
    assert found.unmatched == [
        Unmatched(2, "会議室A", "no member has the address room-a@example.com, nor this name"),
        Unmatched(2, "ゲスト 太郎", "has no mail address, and no member has this name"),
    ]
    found = match(report(came("", email="a@example.com"), came("", number="9")), [])
    assert [(u.value, u.reason) for u in found.unmatched] == [
        ("a@example.com", "no member has this mail address"),
        ("9", "no member has this personnel number"),
    ]


def test_one_member_under_two_guises_attends_once_with_both_stays() -> None:
    members = [Someone("m1", "森 葵", email="mori@example.com")]
    found = match(report(came("森 葵", email="mori@example.com", minutes=20), came("森 葵", minutes=15)), members)
    assert found.attendees == [Attendee(member_id="m1", minutes=35)]


def test_who_left_too_early_did_not_attend_and_is_named() -> None:
    found = match(report(came("森 葵", minutes=9)), [Someone("m1", "森 葵")], min_minutes=10)
    assert found.attendees == []
    assert found.too_short == [TooShort(2, "森 葵", "was there for 9 minutes, less than 10", "m1")]


def test_an_impossibly_long_stay_is_cut_to_what_an_attendance_holds() -> None:
    found = match(report(came("森 葵", minutes=99_999)), [Someone("m1", "森 葵")])
    assert found.attendees == [Attendee(member_id="m1", minutes=10_000)]


def test_the_teams_sample_matches_24_by_address_and_names_the_room_and_the_guest() -> None:
    teams = read_attendance((DATA / "attendance.teams.csv").read_bytes(), "attendance.teams.csv")
    members = [Someone(f"m{p.line}", p.name, email=p.email or "") for p in teams.participants[:24]]
    found = match(teams, members)
    assert len(found.attendees) == 24
    assert [(u.line, u.value) for u in found.unmatched] == [(35, "会議室A"), (36, "ゲスト 太郎")]


def test_the_zoom_sample_matches_those_without_an_address_by_name_or_tells_why_not() -> None:
    zoom = read_attendance((DATA / "attendance.zoom.csv").read_bytes(), "attendance.zoom.csv")
    members = [Someone(f"m{p.line}", p.name, email=p.email or f"z{p.line}@example.com") for p in zoom.participants]
    members.append(Someone("other", "後藤 誠", "ゴトウ マコト"))
    found = match(zoom, members)
    assert len(found.attendees) == 17
    assert [(a.line, a.value, a.member_ids) for a in found.ambiguous] == [(13, "後藤 誠", ["m13", "other"])]
