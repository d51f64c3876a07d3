"""What was put off and sent late: held against what was announced since, so that nobody is told what is untrue."""

from datetime import timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Fact, Meta
from ekkyo.contracts.events import (
    Concerned,
    EventCancelled,
    EventInvitationWithdrawn,
    EventRescheduled,
    EventRevised,
    HostNamed,
    HostRemoved,
    MembersInvited,
    OutputRemoved,
    QuestionsChanged,
    RegistrationWithdrawn,
    Terms,
)
from ekkyo.contracts.notify import FOR_GOOD
from ekkyo.contracts.surveys import InvitationWithdrawn, SurveyAnswered, SurveyOpened
from ekkyo.decision.clock import utcnow
from ekkyo.testing import eventually
from ekkyo_notify import model
from ekkyo_notify.model import Recipient

from tests.notify.making import NOON, dates, event, message, notice, output, survey
from tests.notify.world import World, address, soon

PRIVATE = Terms(invited_only=True)
HAVING = [
    Recipient(member_id="m1", seat="confirmed"),
    Recipient(member_id="m2", seat="invited"),
    Recipient(member_id="m3"),
    Recipient(community_id="c1"),
]
"""One with a seat, one who is invited, a host, and the chat."""


def outdated(topic: Any, *since: Fact) -> set[str | None]:
    return {to.member_id for to in model.outdated(notice(topic), HAVING, since)}


def withdrawn(member: str) -> RegistrationWithdrawn:
    return RegistrationWithdrawn(event_id="e1", event=event(), member_id=member, was="confirmed")


def uninvited(member: str) -> EventInvitationWithdrawn:
    return EventInvitationWithdrawn(event_id="e1", event=event(), member_id=member)


def revised(confirmed: list[str] = [], *, hosts: list[str] = [], **more: Any) -> EventRevised:  # noqa: B006
    return EventRevised(event_id="e1", event=event(hosts=hosts), confirmed=confirmed, **more)


def moved_again(confirmed: list[str] = [], **more: Any) -> EventRescheduled:  # noqa: B006
    was = {"was_starts_at": NOON, "was_ends_at": NOON}
    return EventRescheduled(event_id="e1", event=event(), confirmed=confirmed, **was, **more)


@pytest.mark.parametrize(
    ("topic", "since", "who"),
    [
        ("event_cancelled", [withdrawn("m1"), uninvited("m2")], {"m1", "m2"}),
        ("event_cancelled", [uninvited("m1"), withdrawn("m2")], set()),
        ("event_rescheduled", [HostRemoved(event_id="e1", event=event(), member_id="m3")], {"m3"}),
        ("event_rescheduled", [HostRemoved(event_id="e1", event=event(), member_id="m1")], set()),
        ("event_revised", [revised(["m1"], invited=["m2"], hosts=["m3"])], {"m1", "m2", "m3", None}),
        ("event_revised", [revised(["m1"], hosts=["m3"])], {"m1", "m3", None}),
        ("event_revised", [revised(promoted=["m1"], invited=["m2"], hosts=["m3"], series_change="s1")], {"m1", None}),
        ("event_rescheduled", [moved_again(["m1"], invited=["m2"])], {"m1", "m2", None}),
        ("event_reminder", [moved_again()], {"m1", "m2", "m3", None}),
        ("event_invited", [uninvited("m3")], {"m3"}),
        ("event_reminder", [withdrawn("m1")], {"m1"}),
        ("host_removed", [HostNamed(event_id="e1", event=event(), member_id="m3")], {"m3"}),
        ("questions_asked", [withdrawn("m3")], {"m3"}),
        ("questions_asked", [QuestionsChanged(event_id="e1", event=event(), unanswered=[])], {"m1", "m2", "m3", None}),
        ("survey_opened", [SurveyAnswered(survey_id="e1", survey=survey(), member_id="m1")], {"m1"}),
        ("survey_reminder", [InvitationWithdrawn(survey_id="e1", survey=survey(), member_id="m3")], {"m3"}),
        (
            "output_attached",
            [OutputRemoved(output_id="e1", output=output(), was="attached")],
            {"m1", "m2", "m3", None},
        ),
    ],
)
def test_what_was_announced_since_makes_a_message_untrue_for_those_whom_it_is_about(
    topic: Any, since: list[Fact], who: set[str | None]
):
    assert all(isinstance(fact, model.UNDONE_BY[topic]) or who == set() for fact in since), "it is looked for"
    assert outdated(topic, *since) == who
    assert outdated(topic) == set()
    assert "outdated" in FOR_GOOD, "nothing is kept of it, and it is not sent again"


def test_a_host_who_gave_back_their_seat_is_told_all_the_same():
    told, since = notice("event_cancelled", about=event(hosts=["m1", "m2"])), [withdrawn("m1"), uninvited("m2")]
    assert model.outdated(told, HAVING, since) == frozenset()
    removed = HostRemoved(event_id="e1", event=event(), member_id="m3")
    assert model.outdated(told, HAVING, [removed]) == {HAVING[2]}


def test_dates_of_a_series_are_told_as_they_are_by_now_without_those_that_were_called_off():
    them = dates(event())
    people = [Concerned(member_id="m1", confirmed=[0, 2]), Concerned(member_id="m2", confirmed=[0])]
    told = notice("series_rescheduled", dates=them, people=people)
    later = NOON + timedelta(days=15)
    known = {
        "e1": event(status="cancelled", revision=9),
        "e2": event(event_id="e2", revision=3, starts_at=NOON),
        "e3": event(event_id="e3", revision=9, starts_at=later, ends_at=later + timedelta(hours=1)),
    }
    now = model.on_dates(told, known)
    assert [(date.event_id, date.starts_at, date.revision) for date in now.dates] == [
        ("e2", them[1].starts_at, 3),
        ("e3", later, 9),
    ]
    assert [(one.member_id, one.confirmed) for one in now.people] == [("m1", [1])]
    assert now.event
    assert now.event.event_id == "e2"
    assert model.outdated(now, [Recipient(member_id="m2", seat="confirmed"), HAVING[0]], []) == {
        Recipient(member_id="m2", seat="confirmed")
    }, "all that they had was called off"
    assert model.on_dates(told, {}) == told
    off = {date.event_id: event(event_id=date.event_id, status="cancelled", revision=9) for date in them}
    assert model.useless(model.on_dates(told, off), NOON - timedelta(days=1)) == "event_cancelled"
    ended = notice("series_cancelled", dates=them)
    assert model.on_dates(ended, off) == ended


def test_who_is_invited_and_has_not_registered_hears_that_it_moved_or_is_off_and_nobody_twice():
    hear = {"confirmed": ["m1"], "invited": ["m1", "m2", "m3"]}
    moved = EventRescheduled(event_id="e1", event=event(hosts=["m3"]), was_starts_at=NOON, was_ends_at=NOON, **hear)
    moved.told(Meta(id="events/e1/4/0", source="s", type="t", subject="e1", time=NOON, revision=4))
    assert [(to.member_id, to.seat) for to in model.concerned(moved)] == [
        ("m1", "confirmed"),
        ("m2", "invited"),
        ("m3", "invited"),
    ]
    for locale, said in (("ja", "ご招待して"), ("en", "invited")):
        for topic in ("event_rescheduled", "event_cancelled", "event_revised"):
            told = message(topic, locale, to=HAVING[1])
            assert said in told.lead
            assert (told.join, told.calendar) == (None, None)
            assert said not in message(topic, locale, to=HAVING[0]).lead


async def test_what_was_put_off_is_not_told_once_it_is_untrue(world: World, monkeypatch: pytest.MonkeyPatch):
    """Every try counts as late, so that what is dropped is dropped by the next one, before mail can be sent again."""
    monkeypatch.setattr(model, "LATE", timedelta(0))
    put_off = [address(member) for member in ("m1", "m2", "m3", "m4")]
    world.mail.refuse = dict.fromkeys(put_off, "450 4.2.0 greylisted, try again")
    for member in ("m1", "m2", "m3", "m4", "m5"):
        await world.join(member)
    held = soon(terms=PRIVATE)
    await world.tell(MembersInvited(event_id="e1", event=held, members=["m1", "m2", "m5"]))
    moved = {"was_starts_at": held.starts_at, "was_ends_at": held.ends_at, "confirmed": ["m3", "m4"]}
    await world.tell(EventRescheduled(event_id="e2", event=soon(event_id="e2"), **moved, invited=["m5"]))
    asks = survey(survey_id="s1", deadline=utcnow() + timedelta(days=3))
    await world.tell(SurveyOpened(survey_id="s1", survey=asks, invited=["m4"]))
    await eventually(lambda: _put_off(world, 5), 10)
    await world.tell(EventInvitationWithdrawn(event_id="e1", event=held, member_id="m1"))
    await world.tell(RegistrationWithdrawn(event_id="e2", event=soon(event_id="e2"), member_id="m3", was="confirmed"))
    await world.tell(SurveyAnswered(survey_id="s1", survey=asks, member_id="m4"))
    await eventually(lambda: _dropped(world, 3), 20)
    world.mail.refuse.clear()
    await world.quiet()
    done = {(d.member_id, d.topic): (d.status, d.reason) for d in await world.deliveries()}
    assert done == {
        ("m1", "event_invited"): ("dropped", "outdated"),
        ("m2", "event_invited"): ("sent", None),
        ("m5", "event_invited"): ("sent", None),
        ("m3", "event_rescheduled"): ("dropped", "outdated"),
        ("m3", "registration_withdrawn"): ("sent", None),
        ("m4", "event_rescheduled"): ("sent", None),
        ("m5", "event_rescheduled"): ("sent", None),
        ("m4", "survey_opened"): ("dropped", "survey_answered"),
    }
    off = EventCancelled(event_id="e1", event=soon(status="cancelled"), confirmed=["m4"], invited=["m2"])
    await world.tell(off.model_copy(update={"series_change": "ch1"}))
    await world.quiet()
    [mail] = [mail for mail in world.mail.mails if "中止" in mail["Subject"]]
    assert mail["To"].addresses[0].addr_spec == address("m2")


async def _put_off(world: World, count: int) -> bool:
    waiting = [d for d in await world.deliveries() if d.reason == "smtp 450 4.2.0"]
    return len(waiting) == count


async def _dropped(world: World, count: int) -> bool:
    return len(await world.deliveries(status="dropped")) == count
