"""The addresses that calendar programs read, and the page on which a member makes and ends theirs."""

import io
import logging
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import icalendar
import pytest
import structlog
from ekkyo.contracts.base import Command, Refused
from ekkyo.contracts.events import Board, CalendarEntry, CalendarPage, GetCalendar, OutputPage
from ekkyo.contracts.members import (
    CalendarAddress,
    Cards,
    CommunityListed,
    CommunityPage,
    EndCalendarAddress,
    GetCalendarAddress,
    GetCards,
    GetCommunity,
    ListCommunities,
    MakeCalendarAddress,
    MemberCard,
)
from ekkyo.process import logs
from ekkyo.wire import trace
from ekkyo.words.calendar import several
from ekkyo_portal.calendars import secrets, views
from ekkyo_portal.look.reader import Reader

from tests.portal.making import NOW, text_of
from tests.portal.test_events_pages import event
from tests.portal.test_output_pages import output
from tests.portal.test_people_pages import community
from tests.portal.whole import Whole, identity, whole

SECRET = "s" * 43
HERE = f"/calendar/{SECRET}.ics"
HTTP_DATE = r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"


def known(portal: Whole, *entries: CalendarEntry, **replies: Any) -> None:
    """The portal's services know 花子's address and these events."""
    portal.services.found_by["calendar", secrets.digest(SECRET)] = "hanako"
    portal.services.answering.replies.update(
        {
            GetCalendar: CalendarPage(entries=list(entries)),
            GetCommunity: community(name="IT, Users; \\ 会"),
            GetCalendarAddress: CalendarAddress(member_id="hanako"),
            MakeCalendarAddress: CalendarAddress(member_id="hanako", since=NOW),
            EndCalendarAddress: CalendarAddress(member_id="hanako"),
            ListCommunities: CommunityPage(communities=[CommunityListed(community=community(), members=3, leaders=[])]),
        }
    )


def entry(place: Any = "confirmed", /, **more: Any) -> CalendarEntry:
    return CalendarEntry(event=event(more.pop("event_id", "e1"), **more), status=place)


def entries_of(text: str) -> dict[str, icalendar.Event]:
    return {str(e["UID"]): e for e in icalendar.Calendar.from_ical(text).walk("VEVENT")}


async def test_a_calendar_says_what_one_has_and_asks_as_that_member_without_any_role(tmp_path: Path) -> None:
    async with whole(tmp_path, identity("hanako", leads=["it"], steward=True)) as portal:
        known(
            portal,
            entry("confirmed", event_id="has"),
            entry("waitlisted", event_id="waits", url=None),
            entry("applied", event_id="asked", url=None),
            entry("withdrawn", event_id="gave_up", url=None),
            entry("declined", event_id="not_given", url=None),
            entry("confirmed", event_id="off", status="cancelled"),
            entry("withdrawn", event_id="old", starts_at=NOW - timedelta(days=2), ends_at=NOW - timedelta(days=1)),
            entry("attended", event_id="was", starts_at=NOW - timedelta(days=2), ends_at=NOW - timedelta(days=1)),
        )
        got = await portal.get(HERE)
        assert got.headers["content-type"] == "text/calendar; charset=utf-8"
        found = entries_of(got.text)
        told = {uid.removesuffix("@ekkyo"): (str(e["STATUS"]), str(e["TRANSP"])) for uid, e in found.items()}
        assert told == {
            "has": ("CONFIRMED", "OPAQUE"),
            "waits": ("TENTATIVE", "OPAQUE"),
            "asked": ("TENTATIVE", "OPAQUE"),
            "gave_up": ("CANCELLED", "TRANSPARENT"),
            "not_given": ("CANCELLED", "TRANSPARENT"),
            "off": ("CANCELLED", "TRANSPARENT"),
            "was": ("CONFIRMED", "OPAQUE"),
        }
        assert str(found["has@ekkyo"]["URL"]) == "https://ekkyo.example.com/e/has"
        assert "https://ekkyo.example.com/e/has" in str(found["has@ekkyo"]["DESCRIPTION"])
        ((sub, roles, asked),) = [one for one in portal.services.callers if isinstance(one[2], GetCalendar)]
        assert (sub, roles, asked.member_id, asked.community_id) == ("hanako", frozenset(), "hanako", None)
        assert not [said for said in portal.services.answering.said if isinstance(said, Command)]


@pytest.mark.parametrize(("attend", "place", "join"), [("onsite", "本社", False), ("online", "", True)])
async def test_a_calendar_says_what_one_needs_to_take_part_ones_way(
    attend: Any, place: str, join: bool, tmp_path: Path
) -> None:
    async with whole(tmp_path) as portal:
        terms = {"online_capacity": 5}
        one = entry("confirmed", event_id="has", format="hybrid", place="本社", terms=terms)
        known(portal, one.model_copy(update={"attend": attend}))
        text = (await portal.get(HERE)).text
        (shown,) = entries_of(text).values()
        assert place in str(shown.get("LOCATION", ""))
        assert ("本社" in text) is bool(place)
        assert ("https://meet.example.com/x" in text.replace("\r\n ", "")) is join


async def test_a_communitys_calendar_has_its_name_and_takes_no_time_where_one_has_no_place(tmp_path: Path) -> None:
    async with whole(tmp_path) as portal:
        known(portal, entry(None, event_id="other", url=None))
        got = await portal.get(f"/calendar/{SECRET}/it.ics")
        (shown,) = entries_of(got.text).values()
        assert (str(shown["STATUS"]), str(shown["TRANSP"])) == ("CONFIRMED", "TRANSPARENT")
        assert "NAME:IT\\, Users\\; \\\\ 会\r\n" in got.text
        portal.services.answering.replies[GetCommunity] = Refused("community_not_found")
        assert (await portal.get(f"/calendar/{SECRET}/it.ics")).status_code == 404


async def test_a_calendar_that_did_not_change_is_not_sent_again(tmp_path: Path) -> None:
    async with whole(tmp_path) as portal:
        known(portal, entry(revision=3))
        first = await portal.get(HERE)
        tag, modified = first.headers["etag"], first.headers["last-modified"]
        assert re.fullmatch(HTTP_DATE, modified)
        assert first.headers["cache-control"].startswith("private")
        known(portal, entry(revision=9, confirmed=2))  # somebody else registered
        for held in ({"if-none-match": f'"x", {tag}'}, {"if-modified-since": modified}):
            same = await portal.get(HERE, headers=held)
            assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
        other = {"if-none-match": '"x"', "if-modified-since": modified}
        assert (await portal.get(HERE, headers=other)).status_code == 200, "a tag counts before a time"
        assert (await portal.get(HERE, headers={"if-modified-since": "nonsense"})).status_code == 200
        known(portal, entry(revision=10, title="別の題名"))
        changed = await portal.get(HERE, headers={"if-none-match": tag})
        assert (changed.status_code, changed.headers["etag"] == tag) == (200, False)


async def test_an_address_that_is_nobodys_any_more_tells_nothing(tmp_path: Path) -> None:
    async with whole(tmp_path, identity("hanako", active=False)) as portal:
        known(portal, entry())
        for path in (HERE, f"/calendar/{'x' * 43}.ics", "/calendar/short.ics", f"/calendar/{SECRET}/it.ics"):
            got = await portal.get(path)
            assert (got.status_code, got.headers["cache-control"]) == (404, "no-store")
            assert got.headers["content-type"].startswith("text/plain")
        assert not portal.services.answering.sent(GetCalendar)


async def test_a_calendar_is_told_whole_or_not_at_all(tmp_path: Path) -> None:
    """Programs take out what a calendar lacks: half an answer would empty it."""
    async with whole(tmp_path) as portal:
        known(portal)
        pages = iter([CalendarPage(entries=[entry()], next="e1"), Refused("unavailable", "away", 503)])
        portal.services.answering.replies[GetCalendar] = lambda _: next(pages)
        got = await portal.get(HERE)
        assert (got.status_code, got.headers["retry-after"]) == (503, "60")
        assert "BEGIN" not in got.text


async def test_whoever_reads_too_often_or_tries_addresses_is_told_to_wait(tmp_path: Path) -> None:
    async with whole(tmp_path) as portal:
        known(portal)
        states = [(await portal.get(HERE)).status_code for _ in range(62)]
        assert states == [200] * 60 + [429] * 2
        tried = [(await portal.get(f"/calendar/{n:043}.ics")).status_code for n in range(102)]
        assert tried == [404] * 100 + [429] * 2


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    """Everything that is logged, at the finest level, but for what the test's own browser logs."""
    root, written, browser = logging.getLogger(), io.StringIO(), logging.getLogger("httpx")
    before = root.handlers, root.level, browser.level
    logs.configure(service="portal", level="debug", to=written)
    browser.setLevel(logging.WARNING)
    yield written
    root.handlers = before[0]
    root.setLevel(before[1])
    browser.setLevel(before[2])
    structlog.reset_defaults()


async def test_the_secret_is_in_no_log_and_no_span_whatever_happens(
    tmp_path: Path, log_lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    spans, real = [], trace.span

    def span(*said: Any) -> Any:
        spans.append(str(said))
        return real(*said)

    monkeypatch.setattr(trace, "span", span)
    async with whole(tmp_path) as portal:
        known(portal, entry())
        await portal.get(HERE)
        portal.services.answering.replies[GetCalendar] = RuntimeError("a bug")
        assert (await portal.get(HERE)).status_code == 500
        await portal.sign_in()
        await portal.post("/me/calendar", {"secret": SECRET})
        written = log_lines.getvalue() + "".join(spans)
        assert "RuntimeError" in written
        assert "/calendar/{secret}.ics" in written
        assert SECRET not in written
        assert SECRET not in str(portal.services.answering.said), "services are told its digest alone"


async def test_a_member_makes_an_address_which_is_shown_once_and_ends_it(tmp_path: Path) -> None:
    async with whole(tmp_path) as portal:
        known(portal)
        await portal.sign_in()
        page = await portal.get("/me/calendar")
        (secret,) = re.findall(r'name="secret" value="([^"]+)"', page.text)
        assert "/calendar/" + secret not in page.text
        for _ in range(2):
            made = await portal.post("/me/calendar", {"secret": secret})
            assert f"https://ekkyo.example.com/calendar/{secret}.ics" in made.text
            assert f"https://ekkyo.example.com/calendar/{secret}/it.ics" in made.text
            assert f"webcal://ekkyo.example.com/calendar/{secret}.ics" in made.text
            assert made.headers["cache-control"] == "no-store"
        assert len(set(portal.services.answering.sent(MakeCalendarAddress))) == 1
        assert "/calendar/short" not in (await portal.post("/me/calendar", {"secret": "short"})).text
        since = CalendarAddress(member_id="hanako", since=NOW)
        portal.services.answering.replies[GetCalendarAddress] = since
        again = text_of(await portal.get("/me/calendar"))
        assert "11月26日" in again
        assert secret not in again
        ended = await portal.post("/me/calendar/end")
        assert ended.headers["location"] == "/me/calendar?did=me.calendar_ended"
        assert portal.services.answering.sent(EndCalendarAddress) == [EndCalendarAddress(member_id="hanako")]


def test_a_thousand_events_cost_less_than_half_of_what_icalendars_objects_cost() -> None:
    """CPU of the portal, from the service's answers to the calendar; the best of three, in one run."""
    pages = [
        CalendarPage(
            entries=[
                entry(event_id=f"e{page}-{n}", description="表計算の困りごとを持ち寄ります。" * 12, format="hybrid")
                for n in range(250)
            ]
        ).model_dump_json()
        for page in range(4)
    ]
    reader, spent, plain = Reader("ja", "Asia/Tokyo", NOW), [], []
    for _ in range(3):
        began = time.process_time()
        read = [one for page in pages for one in CalendarPage.model_validate_json(page).entries]
        data = views.made(reader, "Ekkyo", read, "https://ekkyo.example.com").data
        spent.append(time.process_time() - began)
        began = time.process_time()
        several([one.event for one in read], stamp=NOW, off=False, join=None)
        plain.append(time.process_time() - began)
    assert data.count(b"BEGIN:VEVENT") == 1000
    assert min(spent) < min(plain) / 2


async def test_the_board_is_a_feed_for_readers_of_atom_and_of_json_and_ends_with_the_address(tmp_path: Path) -> None:
    board = {
        Board: OutputPage(
            outputs=[output("o1", title="<b>表計算</b> & 集計"), output("o2", kind="talk_outside", url=None)]
        ),
        GetCards: Cards(cards=[MemberCard(member_id="hanako", name="山田 花子", department="営業部")]),
    }
    async with whole(tmp_path, identity("hanako", leads=["it"], steward=True)) as portal:
        known(portal)
        portal.services.answering.replies.update(board)
        got = await portal.get(f"/board/{SECRET}.atom?community=it")
        assert got.headers["content-type"] == "application/atom+xml; charset=utf-8"
        feed = ElementTree.fromstring(got.content)
        atom = "{http://www.w3.org/2005/Atom}"
        assert feed.findtext(f"{atom}title") == "IT, Users; \\ 会: 成果"
        first, second = feed.findall(f"{atom}entry")
        assert first.findtext(f"{atom}title") == "<b>表計算</b> & 集計"
        assert first.findtext(f"{atom}id") == "https://ekkyo.example.com/o/o1"
        assert first.findtext(f"{atom}author/{atom}name") == "山田 花子"
        assert [link.get("rel") for link in first.findall(f"{atom}link")] == ["alternate", "related"]
        assert [link.get("rel") for link in second.findall(f"{atom}link")] == ["alternate"]
        ((sub, roles, asked),) = [one for one in portal.services.callers if isinstance(one[2], Board)]
        assert (sub, roles, asked.community_id) == ("hanako", frozenset(), "it")
        again = await portal.get(f"/board/{SECRET}.atom?community=it", headers={"if-none-match": got.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        told = (await portal.get(f"/board/{SECRET}.json")).json()
        assert (told["version"], [one["id"] for one in told["items"]]) == (
            "https://jsonfeed.org/version/1.1",
            ["https://ekkyo.example.com/o/o1", "https://ekkyo.example.com/o/o2"],
        )
        portal.services.found_by.clear()
        assert (await portal.get(f"/board/{'x' * 43}.atom")).status_code == 404
