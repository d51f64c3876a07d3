"""What messages say of the terms of an event's registration."""

from datetime import timedelta

import pytest
from ekkyo.contracts.events import Lottery, Terms
from ekkyo_notify.templates import compose

from tests.notify.making import APPLIED, MEMBER, NOON, SEATED, TOLD, event, message, notice, reader

PASSED = event(terms=Terms(closes_at=TOLD - timedelta(hours=1)))
OPEN = event(terms=Terms(opens_at=TOLD - timedelta(hours=1), closes_at=TOLD + timedelta(hours=1)))
AHEAD = event(terms=Terms(opens_at=TOLD + timedelta(hours=1)))


@pytest.mark.parametrize(("about", "says"), [(OPEN, True), (PASSED, False), (AHEAD, False)])
def test_registration_is_called_open_only_while_it_is(about, says):
    assert ("参加登録を受け付けています" in message("event_published", about=about).lead) is says
    assert ("Registration is open" in message("event_published", "en", about=about).lead) is says


def test_who_withdraws_after_registration_closed_is_not_told_to_register_again():
    for locale, again in (("ja", "もう一度参加登録できます"), ("en", "welcome to register again")):
        assert again in message("registration_withdrawn", locale, about=OPEN).lead
        assert again not in message("registration_withdrawn", locale, about=PASSED).lead


def test_times_of_the_terms_name_their_zone_where_the_message_tells_the_time_in_two():
    draws_at = NOON - timedelta(days=3)
    about = event(format="onsite", place="本社", terms=Terms(lottery=Lottery(draws_at=draws_at), withdraw_by=draws_at))
    abroad, here = reader("en", "Europe/Berlin"), reader("en")
    applied = compose(notice("registration_applied", event=about), APPLIED, abroad)
    assert ("Draw", "Fri 27 Nov 12:00 (Japan time)") in applied.rows
    assert "by Fri 27 Nov 12:00 (Japan time)" in applied.lead
    published = compose(notice("event_published", event=about), MEMBER, here)
    assert ("Draw", "Fri 27 Nov 12:00") in published.rows, "where there is one time alone, as ever"
    seated = compose(notice("registration_confirmed", event=about), SEATED, abroad)
    assert ("Withdraw by", "Fri 27 Nov 12:00 (Japan time)") in seated.rows
    online = about.model_copy(update={"format": "online"})
    seated = compose(notice("registration_confirmed", event=online), SEATED, abroad)
    assert ("Withdraw by", "Fri 27 Nov 4:00 (Germany time, UTC+1)") in seated.rows


def test_who_enters_the_draw_of_a_hybrid_event_is_told_of_the_seats_in_the_room_and_online():
    terms = Terms(lottery=Lottery(draws_at=NOON - timedelta(days=3)), online_capacity=50)
    about = event(format="hybrid", place="本社", terms=terms)
    assert "会場40名とオンライン50名を抽選で" in message("registration_applied", about=about).lead
    assert "40 seats in the room and 50 online are drawn" in message("registration_applied", "en", about=about).lead


def test_kept_seats_are_told_with_the_waitlist_and_as_the_reason_of_a_promotion():
    kept = [{"seats": 5, "first_timers": True}, {"seats": 2, "departments": ["Sales"]}]
    terms = {"quotas": {"kept": kept, "released_at": NOON - timedelta(days=1)}}
    about = event(terms=terms, kept=3)
    said = message("registration_waitlisted", "en", about=about, position=2)
    whom = "kept for first-timers and members of Sales until Sun 29 Nov 12:00. Then"
    assert whom in said.lead
    assert ("Kept seats", "5 for first-timers and 2 for members of Sales, until Sun 29 Nov 12:00") in said.rows
    ja = message("registration_waitlisted", about=about, position=2)
    assert "初めて参加する方、Salesの方のために確保しています" in ja.lead
    assert ("確保している席", "初めて参加する方 5 席、Salesの方 2 席(11月29日(日) 12:00 まで)") in ja.rows
    used_up = message("registration_waitlisted", "en", about=event(terms=terms, kept=0), position=2)
    assert "is full at the moment" in used_up.lead
    online = message("registration_waitlisted", "en", about=about, position=2, attend="online")
    assert whom not in online.lead
    assert (
        "Seats that were kept for others were left"
        in message("registration_promoted", "en", because="seats_released").lead
    )
    assert "確保していた席が残ったため" in message("registration_promoted", because="seats_released").lead


def test_who_can_enter_a_draw_until_registration_closes_is_told_that_time():
    closes_at = NOON - timedelta(days=4)
    about = event(terms=Terms(lottery=Lottery(draws_at=NOON - timedelta(days=3)), closes_at=closes_at))
    assert "by Thu 26 Nov 12:00" in message("registration_applied", "en", about=about).lead
    assert "11月26日(木) 12:00 までに" in message("event_published", about=about).lead
