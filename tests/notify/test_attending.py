"""A hybrid event with a capacity each: who comes is told the place, who takes part online the address."""

import pytest
from ekkyo.contracts.base import Meta
from ekkyo.contracts.events import EventReminderDue, RegistrationChanged
from ekkyo_notify.model import Recipient, event_notice, registered
from ekkyo_notify.templates import compose

from tests.notify.making import JOIN, SEATED, TOLD, event, message, notice, reader

HYBRID = {"format": "hybrid", "place": "本社 5F", "terms": {"online_capacity": 50}}
META = Meta(id="events/e1/3/0", source="/ekkyo/events", type="ekkyo.events.x", subject="e1", time=TOLD, revision=3)


@pytest.mark.parametrize(("attend", "shows", "hides"), [("onsite", "本社 5F", JOIN), ("online", JOIN, "本社 5F")])
@pytest.mark.parametrize("topic", ["registration_confirmed", "registration_promoted", "event_reminder"])
def test_each_is_told_what_they_need_to_take_part_their_way(topic: str, attend: str, shows: str, hides: str) -> None:
    told = notice(topic, event=event(**HYBRID), attend=attend)
    text = compose(told, SEATED, reader()).text()
    assert shows in text
    assert hides not in text
    assert "参加方法" in text


def test_a_reminder_says_to_each_what_is_theirs() -> None:
    fact = EventReminderDue(event_id="e1", event=event(**HYBRID), confirmed=["m1", "m2"], online=["m2"])
    told = event_notice(fact.told(META))
    there, away = (told.to(Recipient(member_id=member, seat="confirmed")) for member in ("m1", "m2"))
    assert (there.attend, there.event and there.event.format) == ("onsite", "onsite")
    assert (away.attend, away.event and away.event.format) == ("online", "online")
    assert away.to(Recipient(member_id="m2")) == away, "said again, it is the same"


def test_who_changes_how_they_take_part_is_told_so_with_the_new_invitation() -> None:
    fact = RegistrationChanged(event_id="e1", event=event(**HYBRID), member_id="m1", attend="online")
    told, who = event_notice(fact.told(META)), registered(fact)
    said = compose(told, who, reader())
    assert "参加方法の変更" in said.subject
    assert "オンラインに変更しました" in said.lead
    assert JOIN in said.text()
    assert said.calendar == "REQUEST"
    assert "You take part online now" in compose(told, who, reader(locale="en")).subject


def test_an_announcement_says_how_many_seats_there_are_for_each() -> None:
    text = message("event_published", "en", event=event(**HYBRID)).lead
    assert "40 seats in the room and 50 online" in text
