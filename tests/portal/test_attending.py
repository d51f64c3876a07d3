"""How members take part in a hybrid event with a capacity each: chosen, shown and changed by pages."""

from dataclasses import replace

import pytest
from ekkyo.contracts.base import FieldError, Refused
from ekkyo.contracts.events import (
    ChangeAttend,
    GetRegistrationForm,
    MyEvent,
    MyEvents,
    MyEventsPage,
    MyRegistration,
    Overlap,
    RegisterForEvent,
    RegistrationForm,
    RegistrationQuestion,
    SetTerms,
)
from ekkyo_portal.events import views
from ekkyo_portal.look.reader import Reader

from tests.portal.leading import answers
from tests.portal.making import HANAKO, LEADER, opened, text_of
from tests.portal.pictures import in_english
from tests.portal.test_events_pages import event, mine, registered

HYBRID = {"format": "hybrid", "place": "本社 5F", "capacity": 20, "terms": {"online_capacity": 5}, "online_taken": 5}


async def test_who_registers_chooses_and_sees_what_is_left_of_each():
    seat = registered("confirmed").model_copy(update={"attend": "online"})
    async with opened({MyRegistration: mine(None, **HYBRID), RegisterForEvent: seat}) as browser:
        page = await browser.get("/e/e1")
        assert "会場 残り 13 席" in text_of(page)
        assert "オンライン 満席 · キャンセル待ちになります" in text_of(page)
        assert page.text.count('type="radio" name="attend"') == 2
        await browser.post("/e/e1/register", {"registration_id": "r1", "attend": "online"})
        await browser.post("/e/e1/register", {"registration_id": "r1", "attend": "on the moon"})
        assert [said.attend for said in browser.answering.sent(RegisterForEvent)] == ["online", None]
    async with opened({MyRegistration: mine(None)}) as browser:
        assert 'name="attend"' not in (await browser.get("/e/e1")).text


@pytest.mark.parametrize(
    ("attend", "shows", "hides"),
    [("onsite", "本社 5F", "https://meet.example.com/x"), ("online", "https://meet.example.com/x", "本社 5F")],
)
async def test_who_has_a_seat_sees_what_they_need_to_take_part_their_way(attend: str, shows: str, hides: str):
    told = mine("confirmed", **HYBRID)
    told = told.model_copy(update={"registration": registered("confirmed").model_copy(update={"attend": attend})})
    async with opened({MyRegistration: told}) as browser:
        page = await browser.get("/e/e1")
        assert shows in page.text
        assert hides not in page.text
        file = await browser.get("/e/e1/calendar.ics")
        assert hides not in file.text
        offered = 'action="/e/e1/attend"' in page.text
        assert offered == (attend == "online"), "only where a seat is left"


async def test_who_forgets_to_choose_is_asked_and_keeps_what_they_typed():
    told = mine(None, **HYBRID, asks=True)
    form = RegistrationForm(event_id="e1", questions=[RegistrationQuestion(key="note", kind="text", text="Wishes?")])
    replies = {MyRegistration: told, GetRegistrationForm: form, RegisterForEvent: registered("confirmed")}
    async with opened(replies, in_english(HANAKO)) as browser:
        assert 'name="chooses"' in (await browser.get("/e/e1")).text
        typed = {"registration_id": "r1", "chooses": "1", "asks": "1", "q-note": "A chair"}
        page = await browser.post("/e/e1/register", typed)
        assert page.status_code == 422
        assert "Choose how you take part." in text_of(page)
        assert "A chair" in page.text
        assert browser.answering.sent(RegisterForEvent) == []
        await browser.post("/e/e1/register", typed | {"attend": "onsite"})
        (sent,) = browser.answering.sent(RegisterForEvent)
        assert (sent.attend, sent.answers) == ("onsite", {"note": "A chair"})


async def test_one_changes_how_one_takes_part_and_hears_why_not():
    told = mine("confirmed", **HYBRID | {"online_taken": 1})
    no = Refused("no_seat_there", "No seat is free there.")
    async with opened({MyRegistration: told, ChangeAttend: registered("confirmed")}) as browser:
        browser.as_(in_english(HANAKO))
        assert "Change how I take part: Online" in text_of(await browser.get("/e/e1"))
        done = await browser.post("/e/e1/attend", {"attend": "online"})
        assert done.headers["location"] == "/e/e1?did=events.attend_changed"
        (sent,) = browser.answering.sent(ChangeAttend)
        assert (sent.member_id, sent.attend) == ("hanako", "online")
        browser.answering.replies[ChangeAttend] = no
        assert "You keep what you have" in text_of(await browser.post("/e/e1/attend", {"attend": "online"}))


async def test_leaders_set_the_capacity_online_and_see_both_fill_up():
    wrong = [FieldError(field="terms.online_capacity", code="below_confirmed", detail="must be at least 5")]
    no = Refused("capacity_below_confirmed", "5 seats online are already taken.", errors=wrong)
    async with opened(answers(**HYBRID), LEADER) as browser:
        page = await browser.get("/e/e1/terms")
        assert 'name="online_capacity" type="number" value="5"' in page.text
        await browser.post("/e/e1/terms", {"online_capacity": "8"})
        (sent,) = browser.answering.sent(SetTerms)
        assert sent.terms.online_capacity == 8
        assert (await browser.post("/e/e1/terms", {"online_capacity": "0"})).status_code == 422
        browser.answering.replies[SetTerms] = no
        page = await browser.post("/e/e1/terms", {"online_capacity": "4"})
        assert "すでに埋まっている席より少なくはできません" in text_of(page)
        assert "5 / 5" in text_of(await browser.get("/e/e1/roster"))
    async with opened(answers(), LEADER) as browser:
        assert 'name="online_capacity"' not in (await browser.get("/e/e1/terms")).text


def test_a_list_says_what_is_left_of_each_and_full_only_where_nothing_is():
    from tests.portal.making import NOW

    reader = Reader("ja", "Asia/Tokyo", NOW)
    card = views.card(reader, event(**HYBRID))
    assert (card.seats, card.full) == ("会場: 残り 13 席 · オンライン: 満席", False)
    assert views.card(reader, event(**HYBRID | {"capacity": 7})).full


@pytest.mark.parametrize(("online_taken", "warned"), [(4, True), (5, False)])
async def test_who_would_get_a_seat_online_is_warned_that_the_time_to_withdraw_is_over(online_taken: int, warned: bool):
    terms = {"online_capacity": 5, "withdraw_by": "2026-11-25T03:00:00Z"}
    about = HYBRID | {"capacity": 7 - online_taken, "terms": terms, "online_taken": online_taken}
    async with opened({MyRegistration: mine(None, **about, confirmed=7)}) as browser:
        assert ("いま登録してから取りやめると" in text_of(await browser.get("/e/e1"))) is warned


async def test_lists_and_times_are_those_of_the_way_in_which_one_takes_part():
    abroad = replace(in_english(HANAKO), timezone="Europe/Berlin")
    seat = registered("confirmed").model_copy(update={"attend": "online"})
    told = mine("confirmed", **HYBRID).model_copy(update={"registration": seat})
    own = MyEventsPage(entries=[MyEvent(event=told.event, registration=seat)])
    begins, ends = told.event.starts_at, told.event.ends_at
    beside = Overlap(event_id="e2", title="Other", starts_at=begins, ends_at=ends, status="confirmed")
    told = told.model_copy(update={"overlaps": [beside]})
    async with opened({MyRegistration: told, MyEvents: own}, abroad) as browser:
        page = text_of(await browser.get("/e/e1"))
        assert "4:00–5:00 · Confirmed" in page, "by the clock by which the page tells when the event is"
        listed = text_of(await browser.get("/me"))
        assert "本社" not in listed
        assert "4:00–" in listed
