"""Series: one message for each change, whatever its events are told of."""

from datetime import timedelta
from typing import Any

import icalendar
import pytest
from ekkyo.contracts.base import Meta
from ekkyo.contracts.events import (
    Concerned,
    EventPublished,
    EventRevised,
    Occurrence,
    RegistrationConfirmed,
    RegistrationPromoted,
    SeatAtOccurrence,
    SeriesCancelled,
    SeriesPlanned,
    SeriesRegistered,
    SeriesRevised,
    SeriesRuleChanged,
    SeriesState,
    SeriesWithdrawn,
)
from ekkyo.contracts.notify import ConnectChannel, Topic
from ekkyo.decision.clock import utcnow
from ekkyo_notify import model
from ekkyo_notify.model import Recipient
from ekkyo_notify.templates import compose
from ekkyo_notify.templates.links import Links

from tests.notify.making import JOIN, MEMBER, SEATED, WAITING, dates, event, message, notice, reader
from tests.notify.world import World, address, soon


def series(**changes: Any) -> SeriesState:
    fields = event().model_dump(include=set(SeriesState.model_fields) - {"status", "revision"})
    rule = {"starts": "2026-12-03T18:00", "minutes": 60, "rule": "FREQ=WEEKLY;COUNT=3", "status": "planned"}
    return SeriesState(**{**fields, "series_id": "s1", **rule, **changes})


def occurrences(kind: Any = Occurrence, **more: Any) -> list[Any]:
    first = soon()
    own = {"seat", "change", "recurrence_id"}
    return [kind(recurrence_id=date.starts_at, **date.model_dump(exclude=own), **more) for date in dates(first)]


ABOUT: dict[str, Any] = {"series_id": "s1", "series": series(), "change_id": "ch1"}


async def test_a_series_is_told_to_the_community_once_and_its_events_are_not(world: World) -> None:
    await world.send(ConnectChannel(community_id="c1", url=world.chat.url()))
    await world.join("m1")
    await world.tell(SeriesPlanned(**ABOUT, occurrences=occurrences()), times=3)
    for one in occurrences():
        published = EventPublished(event_id=one.event_id, event=soon(event_id=one.event_id), series_change="ch1")
        await world.tell(published)
    done = await world.done(2)
    await world.quiet()
    assert {(d.topic, d.channel, d.entity_id) for d in done} == {
        ("series_planned", "mail", "s1"),
        ("series_planned", "chat", "s1"),
    }
    [mail] = world.mail.mails
    assert "全3回" in str(mail["Subject"])
    assert JOIN not in str(world.chat.posts)


async def test_a_change_is_one_mail_for_each_with_the_dates_that_are_theirs(world: World) -> None:
    for member in ("m1", "m2"):
        await world.join(member)
    people = [
        Concerned(member_id="m1", confirmed=[0, 2]),
        Concerned(member_id="m2", confirmed=[1], waitlisted=[2]),
    ]
    told_of = occurrences()
    later = {name: getattr(told_of[2], name) + timedelta(hours=1) for name in ("starts_at", "ends_at")}
    told_of[2] = told_of[2].model_copy(update=later)
    await world.tell(SeriesRevised(**ABOUT, occurrences=told_of, people=people), times=2)
    for one in occurrences():
        about = soon(event_id=one.event_id)
        await world.tell(
            EventRevised(event_id=one.event_id, event=about, series_change="ch1", confirmed=["m1"], waitlisted=["m2"])
        )
    await world.tell(
        RegistrationPromoted(
            event_id="e3", event=soon(event_id="e3"), member_id="m2", registration_id="r", because="more_capacity"
        )
    )
    await world.done(3)
    await world.quiet()
    told = {(str(m["To"]).partition("<")[2][:-1], str(m["Subject"])[:6]) for m in world.mail.mails}
    assert told == {(address("m1"), "【内容変更】"), (address("m2"), "【内容変更】"), (address("m2"), "【繰り上げ・")}
    [mail] = [m for m in world.mail.mails if address("m1") in str(m["To"])]
    [file] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert (file.get_filename(), file.get_param("method")) == ("dates.ics", None)
    calendar = icalendar.Calendar.from_ical(file.get_payload(decode=True))
    assert [str(entry["UID"]) for entry in calendar.events] == ["e1@ekkyo", "e3@ekkyo"]
    assert {(int(entry["SEQUENCE"]), str(entry["STATUS"])) for entry in calendar.events} == {(3, "CONFIRMED")}
    assert {str(entry["REFID"]) for entry in calendar.events} == {"s1@ekkyo"}
    late = [entry.start - entry["X-EKKYO-RECURRENCE-ID"].dt for entry in calendar.events]
    assert late == [timedelta(0), timedelta(hours=1)], "what moved keeps its place"


async def test_another_rule_is_one_mail_with_what_moved_was_cancelled_and_added(world: World) -> None:
    await world.join("m1")
    off, moved, made = occurrences()
    off = off.model_copy(update={"status": "cancelled"})
    people = [Concerned(member_id="m1", confirmed=[0, 1, 2])]
    fact = SeriesRuleChanged(**ABOUT, occurrences=[off, moved, made], made=[2], people=people)
    await world.tell(fact, times=2)
    await world.done(1)
    await world.quiet()
    [mail] = world.mail.mails
    assert str(mail["Subject"]).startswith("【日程変更】")
    [text] = [part for part in mail.walk() if part.get_content_type() == "text/plain"]
    said = text.get_payload(decode=True).decode()
    for label in ("日時が変わる回", "中止になる回", "追加される回"):
        assert label in said
    [file] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    calendar = icalendar.Calendar.from_ical(file.get_payload(decode=True))
    states = {str(entry["UID"]): str(entry["STATUS"]) for entry in calendar.events}
    assert states == {"e1@ekkyo": "CANCELLED", "e2@ekkyo": "CONFIRMED", "e3@ekkyo": "CONFIRMED"}


async def test_who_registers_for_a_series_gets_one_mail_with_seats_and_waitlists(world: World) -> None:
    await world.join("m1")
    seats = occurrences(SeatAtOccurrence, seat="confirmed")
    seats[1] = seats[1].model_copy(update={"seat": "waitlisted", "position": 2})
    who = {"member_id": "m1", "registration_id": "r1"}
    await world.tell(SeriesRegistered(**ABOUT, **who, because="asked", occurrences=seats))
    for one in seats:
        about = soon(event_id=one.event_id)
        await world.tell(RegistrationConfirmed(event_id=one.event_id, event=about, **who, series_change="r1"))
    await world.done(1)
    await world.tell(SeriesWithdrawn(**ABOUT, **who, occurrences=occurrences(), late=[1]))
    await world.done(2)
    asks = soon(event_id="e3", asks=True)
    await world.tell(
        RegistrationConfirmed(event_id="e3", event=asks, **who, series_change="r1", unanswered=True), times=2
    )
    await world.done(3)
    await world.quiet()
    registered, withdrawn, asked = world.mail.mails
    assert str(asked["Subject"]).startswith("【質問への回答のお願い】")
    texts = [part.get_payload(decode=True).decode() for part in registered.walk() if not part.is_multipart()]
    assert JOIN in texts[0]
    assert "参加確定" in texts[0]
    assert "キャンセル待ち" in texts[0]
    assert texts[2].count("BEGIN:VEVENT") == 2
    assert str(withdrawn["Subject"]).startswith("【シリーズ取りやめ】")
    said = next(part.get_payload(decode=True).decode() for part in withdrawn.walk() if not part.is_multipart())
    assert "期限を過ぎていた回は、「直前の取りやめ」として数えます" in said


async def test_dates_that_are_over_are_told_to_nobody(world: World) -> None:
    await world.join("m1")
    past = [
        one.model_copy(update={"starts_at": utcnow() - timedelta(hours=2), "ends_at": utcnow() - timedelta(hours=1)})
        for one in occurrences()
    ]
    people = [Concerned(member_id="m1", confirmed=[0, 1, 2])]
    await world.tell(SeriesCancelled(**ABOUT, occurrences=past, people=people))
    [dropped] = await world.done(1)
    assert (dropped.status, dropped.reason) == ("dropped", "event_over")


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_a_message_lists_twelve_dates_and_counts_the_rest(locale: str) -> None:
    said = compose(notice("series_planned", dates=dates(event(), 20)), MEMBER, reader(locale))
    [listed] = [value for label, value in said.rows if label in ("日程", "Dates")]
    assert listed.endswith({"ja": "ほか8回", "en": "and 8 more"}[locale])


def test_a_single_date_is_one_date_and_has_no_list() -> None:
    said = compose(notice("series_cancelled", dates=dates(event(), 1)), SEATED, reader("en"))
    assert said.subject == "Cancelled: Excel ピボット入門 (1 date)"
    assert [label for label, _ in said.rows] == ["When"]


@pytest.mark.parametrize(
    ("locale", "page"), [("ja", "シリーズのページでその回を開き"), ("en", "open that date on the series page")]
)
@pytest.mark.parametrize("topic", ["series_registered", "series_rescheduled"])
def test_whoever_is_asked_to_give_up_a_seat_on_one_date_is_told_where(topic: Topic, locale: str, page: str) -> None:
    said = message(topic, locale)
    assert page in said.lead
    waiting = message("series_registered", locale, to=WAITING).lead
    assert page in waiting
    assert {"ja": "キャンセル待ちの方が", "en": "someone who is waiting"}[locale] not in waiting


def test_a_series_on_a_followed_theme_is_told_with_all_its_dates_and_leads_to_the_series():
    told = model.series_wanted(notice("series_planned"))
    for locale, on in (("ja", "3回に分けて"), ("en", "on several dates")):
        said = compose(told, MEMBER, reader(locale), Links("https://ekkyo.example.com"))
        assert on in said.lead
        assert said.action
        assert said.action.href == "https://ekkyo.example.com/series/e1"
        assert len(said.rows) > len(message("event_wanted", locale).rows), "its dates are listed"
        assert on not in message("event_wanted", locale).lead


def test_open_questions_on_several_dates_are_told_once_with_those_dates_and_not_to_the_chat() -> None:
    changed = SeriesRevised(
        **ABOUT,
        occurrences=occurrences(),
        changed=["questions"],
        people=[Concerned(member_id="m1", confirmed=[0, 2]), Concerned(member_id="m2", waitlisted=[1])],
    )
    changed.told(Meta(id="events/s1/2/0", source="s", type="t", subject="s1", time=utcnow(), revision=2))
    told = model.series_notice(changed)
    assert told
    assert (told.topic, [to.member_id for to in model.with_places(changed)]) == ("questions_asked", ["m1", "m2"])
    for locale, both, one in (
        ("ja", "各回のページで", "イベントのページで"),
        ("en", "each date below", "the event's page"),
    ):
        links = Links("https://ekkyo.example.com")
        said = compose(told, Recipient(member_id="m1", seat="confirmed"), reader(locale), links)
        assert both in said.lead
        assert said.action
        assert said.action.href == "https://ekkyo.example.com/series/s1"
        assert one in compose(told, Recipient(member_id="m2", seat="waitlisted"), reader(locale), links).lead
