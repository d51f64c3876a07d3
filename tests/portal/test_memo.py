"""What was made before is not made again: pages are the same with that and without, and nothing of another's shows."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import (
    Board,
    EventPage,
    GetRoster,
    ListEvents,
    MyEvent,
    MyEvents,
    MyEventsPage,
    MyRegistrationAnswer,
    Registration,
)
from ekkyo.contracts.members import FollowedTheme, GetMember, Member
from ekkyo.wire import problem_reply, read_reply
from ekkyo_portal.look import the_look
from ekkyo_portal.memo import LASTS, Memo
from ekkyo_portal.web.asking import Answers
from hypothesis import given
from hypothesis import strategies as st

from tests.portal import making, test_output_pages
from tests.portal.leading import answers, registration, roster
from tests.portal.making import HANAKO, LEADER, NOW, STEWARD, opened
from tests.portal.test_community_pages import in_it, known
from tests.portal.test_events_pages import MARKUP, event
from tests.portal.test_people_pages import member

ON = {"starts_at": "2026-11-26T02:30:00Z", "ends_at": "2026-11-28T04:00:00Z"}
EVENTS = [
    event("e1", confirmed=30, waitlisted=3, **ON),
    event("e2", format="onsite", place="3F", timezone="Europe/Berlin"),
    event("e3", title=MARKUP, starts_at="2027-01-01T03:00:00Z", ends_at="2027-01-01T04:00:00Z"),
]
LISTED = (
    registration("ken", "confirmed"),
    registration("mai", "waitlisted", position=1),
    registration("ken2", "attended", checked_in_at="2026-11-26T02:40:00Z"),
    registration("far", "confirmed"),
)
VISITORS = [
    replace(who, locale=locale, timezone=zone)
    for who, locale, zone in product((HANAKO, LEADER, STEWARD), ("ja", "en"), ("Asia/Tokyo", "America/New_York"))
]
SEEN = ("/", "/past", "/month", "/me", "/c/it")


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> Memo:
    """The rendered rows, from none on."""
    memo = Memo(2**20)
    monkeypatch.setattr(the_look(), "rows", memo)
    return memo


def places(member_id: str) -> list[Registration]:
    """Each has a place of their own."""
    status = {"hanako": "confirmed", "taro": "waitlisted"}.get(member_id)
    return [registration(member_id, status, event_id=it.event_id, position=7) for it in EVENTS[:4] if status]


def mine(question: MyEvents) -> MyEventsPage:
    entries = [MyEvent(event=it, registration=one) for it, one in zip(EVENTS, places(question.member_id), strict=False)]
    return MyEventsPage(entries=entries, next=None)


def standing(question: GetMember) -> Member:
    """One waits for a theme, one is in the community only, and one is not."""
    waits = [FollowedTheme(community_id="it", theme=theme, since=NOW) for theme in ("パワークエリ", MARKUP)]
    follows, communities = {"hanako": (waits, [in_it()]), "taro": ([], [in_it()])}.get(question.member_id, ([], []))
    return member(question.member_id, follows=follows, communities=communities)


async def test_pages_are_the_same_whoever_looked_before_in_whatever_language_zone_role_and_day(
    rows: Memo, monkeypatch: pytest.MonkeyPatch
):
    replies = {
        **answers(),
        **known(),
        Board: test_output_pages.known()[Board],
        GetMember: standing,
        MyEvents: mine,
        GetRoster: roster(EVENTS[0], *LISTED),
    }
    listed = {who: EventPage(events=EVENTS, registrations=places(who)) for who in {one.member_id for one in VISITORS}}
    before = {kind: str(reply) for kind, reply in (replies | listed).items()}
    kept = 0
    async with opened(replies) as browser:
        for later, visitor in product((timedelta(), timedelta(hours=20), timedelta(days=40)), VISITORS):
            monkeypatch.setattr(making, "NOW", NOW + later)
            browser.answering.replies[ListEvents] = listed[visitor.member_id]
            for path in (*SEEN, *(() if visitor.member_id == "hanako" else ("/e/e1/roster",))):
                twice = [(await browser.as_(visitor).get(path)).text for _ in range(2)]
                with monkeypatch.context() as without:
                    without.setattr(the_look(), "rows", Memo(0))
                    fresh = (await browser.get(path)).text
                assert twice == [fresh, fresh], (path, visitor, later)
                assert MARKUP not in fresh
        kept = rows.bytes
    assert kept > 0
    assert {kind: str(reply) for kind, reply in (replies | listed).items()} == before, "pages change no answers"


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3)), max_size=40))
def test_an_answer_is_what_this_very_reply_says(replies: list[tuple[str, int]]):
    kept = Answers(4 * 9 * 700)
    for who, confirmed in replies:
        own = Registration(event_id="e1", member_id=who, registration_id="r", status="confirmed")
        body = MyRegistrationAnswer(event=event(confirmed=confirmed), registration=own).model_dump_json().encode()
        found = kept.read(MyRegistrationAnswer, {"traceparent": "x"}, body)
        assert found == read_reply(MyRegistrationAnswer, None, body)
        assert kept.read(EventPage, None, b'{"events":[],"next":null}') == EventPage(events=[], next=None)


def test_a_refusal_and_what_is_no_answer_are_refused_each_time():
    kept = Answers()
    for _ in range(2):
        with pytest.raises(Refused, match="gone") as no:
            kept.read(EventPage, *problem_reply(Refused("gone", "gone", 404)))
        assert no.value.status == 404
        with pytest.raises(Refused) as no:
            kept.read(EventPage, None, b"{}")
        assert no.value.code == "unreadable_answer"


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 60), st.sampled_from([0.0, 0.0, 1.0, LASTS, 3 * LASTS]))))
def test_what_is_kept_is_bounded_and_forgotten(uses: list[tuple[int, int, float]]):
    clock = [0.0]
    memo = Memo(200, lambda: clock[0])
    keys = [((key, size), size) for key, size, _ in uses]
    for (key, size), (_, _, passes) in zip(keys, uses, strict=True):
        clock[0] += passes
        assert memo.of(key, lambda key=key: key, lambda _, size=size: size) == key
        assert memo.bytes <= 2 * 200
    clock[0] += 3 * LASTS
    for key, size in dict(keys).items():
        made: list[object] = []
        memo.of(key, lambda made=made: made.append(1), lambda _, size=size: size)
        assert made, "forgotten"
