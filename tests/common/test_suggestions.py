"""What to hold next is suggested from what people asked for, what was held, and who can teach it."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from ekkyo.contracts.events import EventState, FromTheme, OutputState
from ekkyo.contracts.members import Charter, Community, ThemeFollowers
from ekkyo.contracts.surveys import Suited, Suits, Term, ThemeCount, VocabularyState
from ekkyo_common.suggestions import Known, expected, suggest

NOW = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)  # a Monday, noon in Tokyo
TOKYO = ZoneInfo("Asia/Tokyo")
NO_SUITS = Suits(community_id="c1", surveys=0, answered=0)


def community() -> Community:
    charter = Charter(objective="o", who="w", what="w", how="h", figures=[])
    return Community(
        community_id="c1",
        name="IT",
        charter=charter,
        rules="r",
        rules_version=1,
        locale="ja",
        timezone="Asia/Tokyo",
        founded_at=NOW - timedelta(days=400),
        revision=1,
    )


def event(n: int, title: str = "もくもく会", *, days: int = -30, came: int = 10, hour: int = 12, **more) -> EventState:
    day = (NOW + timedelta(days=days)).astimezone(TOKYO)
    starts = day.replace(hour=hour, minute=0)
    values = {"format": "online", "status": "concluded" if days < 0 else "published", "context": "IT", **more}
    return EventState(
        event_id=f"e{n}",
        community_id="c1",
        title=title,
        capacity=30,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=50),
        timezone="Asia/Tokyo",
        attended=came,
        **values,
    )


def known(**more) -> Known:
    since = NOW - timedelta(days=180)
    values = {"wanted": [], "suits": NO_SUITS, "past": [], **more}
    return Known(community=community(), now=NOW, since=since, **values)


def themes(**more) -> dict[str, tuple[float, int, int, int]]:
    made = suggest(known(**more)).suggestions
    return {one.theme: (one.score, one.followers, len(one.held), len(one.coming)) for one in made}


def test_what_many_want_and_few_events_served_comes_first():
    found = themes(
        wanted=[ThemeCount(theme="Excel", votes=12), ThemeCount(theme="RPA", votes=5)],
        past=[event(1, "エクセル入門"), event(2, "Excelの関数"), event(3, "Excel", days=-300)],
        coming=[event(4, "表で遊ぶ", days=9, from_theme=FromTheme(theme="EXCEL"))],
        followed=[ThemeFollowers(theme="花見", members=2)],
    )
    assert found == {"RPA": (5.0, 0, 0, 0), "Excel": (3.0, 0, 2, 1), "花見": (2.0, 2, 0, 0)}
    assert list(found) == ["RPA", "Excel", "花見"]


def test_who_wants_to_be_told_is_added_to_the_theme_in_another_spelling():
    excel = [ThemeCount(theme="Excel", votes=3)]
    followed = [ThemeFollowers(theme="エクセル", members=2), ThemeFollowers(theme="お花見会", members=1)]
    assert themes(wanted=excel, followed=followed) == {"Excel": (5.0, 2, 0, 0), "お花見会": (1.0, 1, 0, 0)}
    merged = VocabularyState(community_id="c1", starter=1, terms=[Term(name="花見", words=["お花見会"])], revision=1)
    wanted = [ThemeCount(theme="花見", votes=1)]
    assert themes(wanted=wanted, followed=followed[1:], vocabulary=merged) == {"花見": (2.0, 1, 0, 0)}


@pytest.mark.parametrize(
    ("theme", "title", "is_on"),
    [
        ("Excel", "エクセルでつくる家計簿", True),
        ("花見", "みんなで花見", True),
        ("AI倫理", "AI倫理を話す会", True),
        ("mai", "Domains and email", False),  # words of one's own stand between boundaries too
        ("Excel", "表計算の昼会", False),
    ],
)
def test_an_event_serves_a_theme_that_its_title_names(theme, title, is_on):
    found = suggest(
        known(wanted=[ThemeCount(theme=theme, votes=1)], past=[event(1, title, description="Excel mai 花見")])
    )
    assert bool(found.suggestions[0].held) is is_on


def test_who_spoke_shared_something_or_hosted_it_is_named_once_and_who_teaches_is_counted():
    found = suggest(
        known(
            wanted=[ThemeCount(theme="Excel", votes=1)],
            past=[
                event(1, "Excel", speakers=["m1"], hosts=["m5", "m2"]),
                event(2, "Excel", days=-300, speakers=["m2", "m1"]),
            ],
            outputs=[
                OutputState(
                    output_id="o1", community_id="c1", kind="slides", title="エクセルの資料", authors=["m3", "m2"],
                    status="attached",
                ),
                OutputState(
                    output_id="o2", community_id="c1", kind="slides", title="RPA", authors=["m4"], status="attached"
                ),
            ],
            teachers={"Excel": 2},
        )
    ).suggestions[0]  # fmt: skip
    assert [(t.kind, t.member_id, t.id) for t in found.talks] == [
        ("spoke", "m1", "e1"),
        ("spoke", "m2", "e2"),
        ("shared", "m3", "o1"),
        ("hosted", "m5", "e1"),
    ]
    assert found.teachers == 2


def test_what_people_said_decides_then_what_they_came_to_then_what_is_usual():
    nothing = suggest(known())
    assert (nothing.format.answer, nothing.weekday.answer, nothing.time.because) == ("online", "wed", "unknown")
    lunches = [event(n, days=-7 * n, format="onsite", came=20, hour=18) for n in range(1, 4)]
    talks = [event(10 + n, days=-7 * n - 1, came=8) for n in range(1, 6)]
    came = suggest(known(past=[*lunches, *talks]))
    assert (came.format.answer, came.weekday.answer, came.time.answer) == ("onsite", "mon", "evening")
    assert (came.format.because, came.format.mean, came.format.others_mean, came.format.events) == ("came", 20, 8, 3)
    suits = Suits(community_id="c1", surveys=1, answered=22, format=[Suited(answer="online", people=15)])
    said = suggest(known(past=lunches, suits=suits))
    assert (said.format.because, said.format.people, said.format.answered) == ("said", 15, 22)


def test_the_time_that_is_proposed_is_on_a_day_without_another_event():
    past = [event(n, days=-7 * n + 2, hour=19) for n in range(1, 4)]  # Wednesdays
    free = suggest(known(past=past))
    assert free.starts_at == datetime(2026, 11, 18, 19, 0, tzinfo=TOKYO)
    taken = suggest(known(past=past, coming=[event(9, days=16)]))
    assert taken.starts_at == datetime(2026, 11, 25, 19, 0, tzinfo=TOKYO)
    assert free.minutes == 45


def test_the_time_that_is_proposed_is_a_quarter_of_an_hour_when_events_began_a_little_later():
    past = [event(n, days=-7 * n + 2, hour=19) for n in range(1, 4)]
    late = [one.model_copy(update={"starts_at": one.starts_at + timedelta(minutes=7)}) for one in past]
    assert suggest(known(past=late)).starts_at == datetime(2026, 11, 18, 19, 0, tzinfo=TOKYO)


def test_nothing_is_said_of_how_many_will_come_with_fewer_than_five_events():
    assert expected([10, 20, 30, 40], "online").low is None
    told = expected([10, 20, 30, 40, 50], "online")
    assert (told.low, told.high, told.chance, told.median) == (10, 50, 0.67, 30)
    nine = expected(list(range(1, 10)), "online")
    assert (nine.low, nine.high, nine.chance) == (1, 9, 0.8)
    many = expected(list(range(1, 40)), "online")
    assert (many.low, many.high, many.chance) == (4, 36, 0.8)


def test_the_next_number_lies_in_the_interval_as_often_as_it_says():
    chance = random.Random(7)
    for n in (5, 9, 19):
        drawn = [[chance.gammavariate(4, 6) for _ in range(n + 1)] for _ in range(2000)]
        told = [(expected([round(x * 1000) for x in some[1:]], "online"), round(some[0] * 1000)) for some in drawn]
        inside = sum(one.low <= new <= one.high for one, new in told) / len(told)
        assert inside == pytest.approx(told[0][0].chance, abs=0.03)


def test_events_for_the_invited_alone_say_nothing_of_how_many_come():
    few = [event(n, days=-n, terms={"invited_only": True}) for n in range(1, 7)]
    made = suggest(known(past=few))
    assert (made.expected.events, made.capacity) == (0, 30)
    assert suggest(known(past=[event(n, days=-n, came=11) for n in range(1, 7)])).capacity == 15
