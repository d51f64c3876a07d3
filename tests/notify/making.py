"""Events, notices and readers to test with."""

from datetime import UTC, datetime, timedelta
from typing import Any

from ekkyo.contracts.events import EventState, OutputState
from ekkyo.contracts.notify import Topic
from ekkyo.contracts.surveys import PulseRound, PulseState, SurveyState
from ekkyo_notify.model import SERIES_TOPICS, Notice, Recipient, RoleTold, SeriesDate
from ekkyo_notify.templates import Message, compose
from ekkyo_notify.templates.reader import Reader

NOON = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)
"""Noon in Tokyo, on a Monday."""
TOLD = NOON - timedelta(days=10)
JOIN = "https://meet.example.co.jp/j/42?pwd=abc&x=1"

SEATED = Recipient(member_id="m1", seat="confirmed")
WAITING = Recipient(member_id="m1", seat="waitlisted")
APPLIED = Recipient(member_id="m1", seat="applied")
MEMBER = Recipient(member_id="m1")
LOGO = (
    "iVBORw0KGgoAAAANSUhEUgAAADAAAAAYAQMAAACGM+yfAAAAA1BMVEUAAACnej3aAAAADElEQVR42mNgGBoAAACoAAEvJUq9AAAAAElFTkSuQmCC"
)
"""A PNG of 48 by 24 pixels."""
CHAT = Recipient(community_id="c1")

WHO: dict[Topic, Recipient] = {
    "event_published": MEMBER,
    "registration_applied": APPLIED,
    "event_invited": MEMBER,
    "event_wanted": MEMBER,
    "registration_confirmed": SEATED,
    "registration_waitlisted": WAITING,
    "registration_promoted": SEATED,
    "registration_withdrawn": MEMBER,
    "registration_declined": MEMBER,
    "applications_waiting": MEMBER,
    "event_revised": SEATED,
    "event_rescheduled": SEATED,
    "event_cancelled": SEATED,
    "event_reminder": SEATED,
    "questions_asked": MEMBER,
    "survey_opened": MEMBER,
    "survey_reminder": MEMBER,
    "pulse_skipped": MEMBER,
    "series_planned": MEMBER,
    "series_revised": SEATED,
    "series_rescheduled": SEATED,
    "series_rule_changed": SEATED,
    "series_cancelled": SEATED,
    "series_registered": SEATED,
    "series_withdrawn": MEMBER,
    "output_attached": MEMBER,
    "output_proposed": MEMBER,
    "output_declined": MEMBER,
    "host_named": MEMBER,
    "host_removed": MEMBER,
    "rules_due": MEMBER,
    "leader_named": MEMBER,
    "deputy_named": MEMBER,
    "role_ended": MEMBER,
    "introduction_requested": MEMBER,
    "introduction_given": MEMBER,
    "introduction_not_given": MEMBER,
    "report_due": MEMBER,
    "report_reminder": MEMBER,
    "report_sent": Recipient(sponsor_id="p1"),
}
"""The recipient that each topic mostly has."""
TOPICS: list[Topic] = [topic for topic in WHO if topic != "report_sent"]
"""But for the report itself, which has a mail of its own: test_reports."""


def event(**changes: Any) -> EventState:
    return EventState(
        **{
            "event_id": "e1",
            "community_id": "c1",
            "title": "Excel ピボット入門",
            "description": "表を作るところから始めます。",
            "format": "online",
            "context": "IT",
            "url": JOIN,
            "capacity": 40,
            "starts_at": NOON,
            "ends_at": NOON + timedelta(hours=1),
            "timezone": "Asia/Tokyo",
            "status": "published",
            "sequence": 1,
            "revision": 3,
        }
        | changes
    )


def survey(**changes: Any) -> SurveyState:
    return SurveyState(
        **{
            "survey_id": "e1",
            "community_id": "c1",
            "title": {"ja": "Excel ピボット入門のアンケート", "en": "Survey on pivot tables"},
            "anonymous": True,
            "status": "open",
            "opened_at": NOON,
            "deadline": NOON + timedelta(days=7),
            "invited": 3,
            "answered": 0,
            "revision": 1,
        }
        | changes
    )


def pulse(**changes: Any) -> PulseState:
    return PulseState(
        **{
            "pulse_id": "e1",
            "community_id": "c1",
            "pulse": "how",
            "title": {"ja": "いまの調子", "en": "How are we?"},
            "template": "post_event",
            "anonymous": True,
            "weeks": 1,
            "weekday": "MO",
            "clock": "12:00",
            "timezone": "Asia/Tokyo",
            "starts_on": NOON.date(),
            "days": 7,
            "share": 20,
            "status": "active",
            "rounds": [PulseRound(day=NOON.date(), because="too_few", members=20, rested=16)],
            "revision": 3,
        }
        | changes
    )


def output(**changes: Any) -> OutputState:
    return OutputState(
        **{
            "output_id": "e1",
            "community_id": "c1",
            "event_id": "e1",
            "event_title": "Excel ピボット入門",
            "kind": "slides",
            "title": "Excel ピボット入門の資料",
            "url": "https://board.example.co.jp/pivot?a=1&b=2",
            "authors": ["m1", "m2"],
            "status": "attached",
            "attached_at": NOON,
            "revision": 1,
        }
        | changes
    )


def dates(first: Any, count: int = 3) -> list[SeriesDate]:
    """The dates of a weekly series."""
    found = []
    for n in range(count):
        later = timedelta(days=7 * n)
        times = {"starts_at": first.starts_at + later, "ends_at": first.ends_at + later}
        found.append(SeriesDate(event_id=f"e{n + 1}", revision=3, seat="confirmed", **times))
    return found


def notice(topic: Topic, *, about: EventState | None = None, **changes: Any) -> Notice:
    of: dict[str, Any] = {"survey": survey()} if topic.startswith("survey_") else {"event": about or event()}
    if topic.startswith("output_"):
        of = {"output": output()}
    if topic == "pulse_skipped":
        of = {"pulse": pulse()}
    if topic.startswith("introduction_") or topic == "rules_due":
        of = {}
    if topic in ("leader_named", "deputy_named", "role_ended"):
        deputy = topic == "deputy_named"
        of = {"role": RoleTold(deputy=deputy, since=NOON.date() if deputy else None, until=NOON.date())}
    if topic.startswith("report_"):
        of = {"month": "2026-10"}
    values: dict[str, Any] = {
        "topic": topic,
        "fact_id": "events/e1/3/0",
        "told_at": TOLD,
        "entity_id": "e1",
        "entity_revision": 3,
        "community_id": "c1",
        "position": 3,
        "because": "withdrawal",
        "was": "confirmed",
    }
    if topic == "event_rescheduled":
        values |= {"was_starts_at": NOON - timedelta(days=1), "was_ends_at": NOON - timedelta(hours=23)}
    if topic in SERIES_TOPICS:
        values["dates"] = dates(of["event"])
    return Notice(**values | of | changes)


def reader(locale: str = "ja", timezone: str = "Asia/Tokyo", **changes: Any) -> Reader:
    values = {"locale": locale, "timezone": timezone, "community": "IT活用コミュニティ", "name": "藤田 真由美"}
    return Reader(**values | changes)


def message(topic: Topic, locale: str = "ja", *, to: Recipient | None = None, **changes: Any) -> Message:
    return compose(notice(topic, **changes), to or WHO[topic], reader(locale))
