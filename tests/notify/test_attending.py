"""A hybrid event with a capacity each: who comes is told the place, who takes part online the address."""

import pytest
from ekkyo.contracts.base import Meta
from ekkyo.contracts.events import EventReminderDue, RegistrationChanged, RegistrationConfirmed
from ekkyo_notify.model import Recipient, event_notice, registered
from ekkyo_notify.templates import compose

from tests.notify.making import JOIN, SEATED, TOLD, WAITING, event, message, notice, reader

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


@pytest.mark.parametrize(
    ("attend", "ja", "en"),
    [
        ("onsite", "は会場が満席のため", "The room of “"),
        ("online", "はオンラインが満席のため", "All places online at “"),
    ],
)
def test_who_waits_is_told_what_is_full(attend: str, ja: str, en: str) -> None:
    told = notice("registration_waitlisted", event=event(**HYBRID), attend=attend)
    assert ja in compose(told, WAITING, reader()).lead
    assert en in compose(told, WAITING, reader(locale="en")).lead
    elsewhere = notice("registration_waitlisted", event=event())
    assert "」は満席のため" in compose(elsewhere, WAITING, reader()).lead


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


@pytest.mark.parametrize("topic", ["registration_confirmed", "registration_waitlisted", "registration_promoted"])
@pytest.mark.parametrize("locale", ["ja", "en"])
def test_who_was_registered_together_is_told_so_and_that_one_can_withdraw_alone(topic: str, locale: str) -> None:
    told = notice(topic, group=["m1", "m2", "m3"], by_another=topic != "registration_promoted")
    text = compose(told, SEATED, reader(locale=locale)).text()
    assert ("まとめて登録" if locale == "ja" else "registered") in text
    assert ("一人だけ取りやめ" if locale == "ja" else "withdraw alone") in text
    assert "m2" not in text, "nobody is named"
    alone = compose(notice(topic), SEATED, reader(locale=locale)).text()
    assert "まとめて" not in alone
    assert "together" not in alone


@pytest.mark.parametrize(("actor", "by_another"), [("m2", True), ("leader-1", True), ("m1", False)])
def test_it_is_known_who_was_registered_by_somebody_else(actor: str, by_another: bool) -> None:
    fact = RegistrationConfirmed(event_id="e1", event=event(), member_id="m1", group_id="g1", group=["m1", "m2"])
    assert event_notice(fact.told(META.model_copy(update={"actor": actor}))).by_another is by_another
