"""The desk: the roster, checking in by button, code and search, taking it back, the screen in the room."""

import re

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import CheckIn, GetDoorWord, GetEvent, GetRoster, MyRegistration, UndoCheckIn
from ekkyo.contracts.members import Cards, FindMembers, GetCards, MemberCard, MemberPage

from tests.portal.leading import PEOPLE, answers, registration, roster
from tests.portal.making import HANAKO, LEADER, STEWARD, opened, text_of
from tests.portal.pictures import in_english
from tests.portal.test_events_pages import event, mine

NOW_ON = {"starts_at": "2026-11-26T02:30:00Z", "ends_at": "2026-11-26T04:00:00Z", "format": "onsite", "place": "3F"}
LISTED = (
    registration("ken", "confirmed"),
    registration("mai", "waitlisted", position=1),
    registration("ken2", "attended", checked_in_at="2026-11-26T02:40:00Z"),
    registration("far", "confirmed"),
)


def at_the_desk(*registrations, **changes):
    it = event(**{**NOW_ON, **changes})
    return {**answers(), GetEvent: it, GetRoster: roster(it, *(registrations or LISTED))}


def rows(page, section):
    found = re.search(rf'aria-labelledby="{section}".*?</section>', page.text, re.S)
    return re.findall(r"<b>(.*?)</b>", found.group(0)) if found else []


async def test_a_roster_says_who_is_expected_who_waits_and_why_and_who_came():
    async with opened(at_the_desk(confirmed=30, attended=1, waitlisted=1), LEADER) as browser:
        page = await browser.get("/e/e1/roster")
        assert rows(page, "expected") == ["山田 健", "氏名を表示できない方"]
        guest = MemberCard(member_id="far", name="遠山 光", department="総務")
        browser.answering.replies[GetCards] = Cards(cards=[guest])
        assert rows(await browser.get("/e/e1/roster"), "expected") == ["山田 健", "遠山 光"]
        assert rows(page, "waiting") == ["林 舞"]
        assert "満席のため、キャンセル待ち 1 番目" in text_of(page)
        assert "0002 人事 · 11:40" in text_of(page)
        assert all(q.community_id == "it" for q in browser.answering.sent(FindMembers))
        await browser.as_(STEWARD).get("/e/e1/roster")
        assert browser.answering.sent(FindMembers)[-1].community_id is None


async def test_the_roster_marks_who_has_not_answered_and_leads_leaders_to_the_answers():
    listed = (registration("ken", "confirmed", unanswered=True), registration("mai", "confirmed"))
    async with opened(at_the_desk(*listed, asks=True, confirmed=2), LEADER) as browser:
        page = await browser.get("/e/e1/roster")
        assert text_of(page).count("質問に未回答") == 1
        assert re.findall(r'href="(/e/e1/questions/answers#m-\w+)"', page.text) == [
            "/e/e1/questions/answers#m-ken",
            "/e/e1/questions/answers#m-mai",
        ]
        browser.answering.replies |= at_the_desk(*listed, asks=True, hosts=["hanako"])
        hosting = await browser.as_(HANAKO).get("/e/e1/roster")
        assert hosting.status_code == 200
        assert "questions/answers" not in hosting.text, "hosts do not see them"
        assert "questions/answers" not in (await _of(at_the_desk(*listed))).text, "nothing is asked"


async def _of(replies):
    async with opened(replies, LEADER) as browser:
        return await browser.get("/e/e1/roster")


async def test_who_applied_or_was_declined_stands_on_the_roster_without_a_seat():
    listed = (registration("mai", "applied"), registration("ken", "declined"))
    async with opened(at_the_desk(*listed, applied=1), LEADER) as browser:
        page = await browser.get("/e/e1/roster")
        assert (rows(page, "applied"), rows(page, "declined"), rows(page, "expected")) == (["林 舞"], ["山田 健"], [])


@pytest.mark.parametrize("code", ["0001", "ken", "０００１ "])
async def test_a_code_that_names_somebody_with_a_seat_checks_them_in(code):
    async with opened(at_the_desk(), LEADER) as browser:
        done = await browser.post("/e/e1/roster/check-in", {"code": code})
        assert (done.status_code, done.headers["location"]) == (303, "/e/e1/roster?in=ken")
        assert [command.member_id for command in browser.answering.sent(CheckIn)] == ["ken"]


async def test_a_second_scan_is_no_error_and_says_since_when():
    async with opened(at_the_desk(), LEADER) as browser:
        await browser.post("/e/e1/roster/check-in", {"code": "0002"})
        assert "山田 健 さんは受付済みです(11:40)。" in text_of(await browser.get("/e/e1/roster?in=ken2"))


@pytest.mark.parametrize("code", ["山田", "0003", "nobody", "山田 健"])
async def test_a_text_that_names_nobody_for_certain_is_searched_for(code):
    async with opened(at_the_desk(), LEADER) as browser:
        done = await browser.post("/e/e1/roster/check-in", {"code": code})
        assert done.headers["location"].startswith("/e/e1/roster?q=")
        assert browser.answering.sent(CheckIn) == []


async def test_a_search_finds_the_roster_and_members_who_did_not_register():
    async with opened(at_the_desk(registration("ken", "confirmed")), LEADER) as browser:
        page = await browser.get("/e/e1/roster?q=林")
        assert (rows(page, "expected"), rows(page, "others")) == ([], ["林 舞"])
        assert "当日参加で受付する" in text_of(page)
        assert "一致する人はいません" in text_of(await browser.get("/e/e1/roster?q=zzz"))


async def test_a_check_in_can_be_taken_back():
    async with opened(at_the_desk(), LEADER) as browser:
        assert rows(await browser.get("/e/e1/roster"), "latest") == ["山田 健"]
        done = await browser.post("/e/e1/roster/undo", {"member": "ken2"})
        assert done.headers["location"] == "/e/e1/roster?out=ken2"
        assert [command.member_id for command in browser.answering.sent(UndoCheckIn)] == ["ken2"]
        said = text_of(await browser.get("/e/e1/roster?out=ken"))
        assert "山田 健 さんの受付を取り消しました(現在: 参加確定)" in said


async def test_the_script_gets_the_part_that_changed():
    async with opened(at_the_desk(), in_english(LEADER)) as browser:
        got = await browser.post("/e/e1/roster/check-in", {"code": "0002"}, headers={"x-part": "desk"})
        assert got.json()["done"] is True
        assert "is checked in (11:40)" in got.json()["parts"]["desk"]
        assert "<html" not in got.text
        got = await browser.post("/e/e1/roster/check-in", {"code": "0009"}, headers={"x-part": "desk"})
        assert got.json()["done"] is False


async def test_what_is_not_possible_is_said_and_the_roster_stays():
    no = {**at_the_desk(), CheckIn: Refused("check_in_not_open", "x"), UndoCheckIn: Refused("event_concluded", "x")}
    async with opened(no, LEADER) as browser:
        page = await browser.post("/e/e1/roster/check-in", {"code": "0001"})
        assert page.status_code == 409
        assert "受付はまだ始まっていません" in text_of(page)
        assert 'value="0001"' in page.text
        assert (await browser.post("/e/e1/roster/undo", {"member": "ken2"})).status_code == 409


async def test_before_it_opens_and_after_it_is_over_nobody_can_be_checked_in():
    async with opened(at_the_desk(starts_at="2026-12-02T03:00:00Z", ends_at="2026-12-02T04:00:00Z"), LEADER) as browser:
        page = await browser.get("/e/e1/roster")
        assert "受付は 12月2日(水) 11:00 から" in text_of(page)
        assert "受付する" not in text_of(page)
    gone = (registration("ken", "no_show"), registration("mai", "no_show"), registration("ken2", "attended"))
    async with opened(at_the_desk(*gone, status="concluded", attended=1, confirmed=0), LEADER) as browser:
        page = await browser.get("/e/e1/roster")
        assert "1 参加済み 2 欠席 0 キャンセル待ち" in text_of(page)
        assert "受付は終わりました" in text_of(page)
        assert re.search(r'id="camera" hidden', page.text)
        assert not any(word in text_of(page) for word in ("受付する", "受付します"))
        assert "取り消す" in text_of(page), "a leader can still take an attendance back"
        assert "2 欠席" in text_of(await browser.get("/e/e1/roster?q=林"))  # a search changes no figure
    async with opened(at_the_desk(registration("ken", "confirmed"), status="cancelled"), LEADER) as browser:
        assert "これから来る人" not in text_of(await browser.get("/e/e1/roster"))


async def test_without_the_members_service_people_are_still_checked_in():
    away = {**at_the_desk(), FindMembers: Refused("unavailable", "x", 503)}
    async with opened(away, LEADER) as browser:
        page = await browser.get("/e/e1/roster")
        assert page.status_code == 200
        assert "いま氏名を表示できません" in text_of(page)
        await browser.post("/e/e1/roster/check-in", {"member": "ken"})
        assert len(browser.answering.sent(CheckIn)) == 1


async def test_five_hundred_people_are_asked_for_by_their_ids_at_most_three_questions_at_once():
    many = [registration(f"m{n}", "confirmed") for n in range(1200)]
    async with opened({**at_the_desk(*many), FindMembers: MemberPage(members=PEOPLE)}, LEADER) as browser:
        assert (await browser.get("/e/e1/roster")).status_code == 200
        assert [len(q.member_ids) for q in browser.answering.sent(FindMembers)] == [500, 500, 200]


async def test_the_screen_shows_the_word_and_loads_itself_again_when_it_changes():
    async with opened(at_the_desk(), LEADER) as browser:
        page = await browser.get("/e/e1/poster")
        assert "さくら 42" in text_of(page)
        assert page.headers["refresh"] == "241"
        assert "<svg" in page.text
    async with opened({**at_the_desk(), GetDoorWord: Refused("unavailable", "x", 503)}, LEADER) as browser:
        page = await browser.get("/e/e1/poster")
        assert "いま合言葉を表示できません" in text_of(page)
        assert page.headers["refresh"] == "30"
    async with opened(at_the_desk(format="online"), LEADER) as browser:
        page = await browser.get("/e/e1/poster")
        assert browser.answering.sent(GetDoorWord) == []
        assert "refresh" not in page.headers
        assert 'href="/e/e1/poster?word=1"' in page.text
        page = await browser.get("/e/e1/poster?word=1")
        assert "さくら 42" in text_of(page)
        assert page.headers["refresh"] == "241"


async def test_at_an_online_event_the_word_is_asked_for_once_it_turns_out_to_be_needed():
    on = {**NOW_ON, "format": "online"}
    here = {MyRegistration: mine("confirmed", **on), CheckIn: Refused("wrong_word", "x", 409)}
    async with opened(here, HANAKO) as browser:
        assert 'name="word"' not in (await browser.get("/e/e1")).text
        page = await browser.post("/e/e1/here", {})
        assert 'name="word"' in page.text
        assert "合言葉が必要です" in text_of(page)


async def test_a_member_says_that_they_are_here_with_the_word():
    here = {MyRegistration: mine("confirmed", **NOW_ON), CheckIn: registration("hanako", "attended")}
    async with opened(here, HANAKO) as browser:
        page = await browser.get("/e/e1?w=さくら42")
        assert 'value="さくら42"' in page.text
        assert browser.answering.sent(CheckIn) == []
        done = await browser.post("/e/e1/here", {"word": "さくら42"})
        assert done.headers["location"] == "/e/e1?did=desk.here"
        assert [(c.member_id, c.word) for c in browser.answering.sent(CheckIn)] == [("hanako", "さくら42")]


@pytest.mark.parametrize(
    ("code", "status", "says"), [("wrong_word", 409, "合言葉が違います"), ("no_seat", 409, "受付")]
)
async def test_a_wrong_word_stands_beside_its_field_with_what_was_typed(code, status, says):
    here = {MyRegistration: mine("confirmed", **NOW_ON), CheckIn: Refused(code, "x", status)}
    async with opened(here, HANAKO) as browser:
        page = await browser.post("/e/e1/here", {"word": "うめ"})
        assert page.status_code == status
        assert says in text_of(page)
        assert 'value="うめ"' in page.text
        assert (await browser.post("/e/e1/here", {"word": "x" * 41})).status_code == status


@pytest.mark.parametrize(
    ("has", "changes", "offered"),
    [
        ("confirmed", NOW_ON, True),
        ("confirmed", {}, False),
        ("waitlisted", NOW_ON, False),
        ("attended", NOW_ON, False),
        ("confirmed", {**NOW_ON, "status": "cancelled"}, False),
        (None, NOW_ON, False),
    ],
)
async def test_i_am_here_is_offered_to_who_has_a_seat_while_it_is_on(has, changes, offered):
    async with opened({MyRegistration: mine(has, **changes)}, HANAKO) as browser:
        assert ('action="/e/e1/here"' in (await browser.get("/e/e1")).text) == offered


@pytest.mark.parametrize(
    ("has", "changes", "offered"),
    [
        ("attended", NOW_ON, True),
        ("attended", {"starts_at": "2026-11-26T00:30:00Z", "ends_at": "2026-11-26T01:30:00Z"}, True),
        ("attended", {**NOW_ON, "status": "concluded"}, False),
        ("attended", {**NOW_ON, "status": "cancelled"}, False),
        ("confirmed", NOW_ON, False),
        (None, NOW_ON, False),
    ],
)
async def test_members_take_their_own_check_in_back_until_the_event_is_concluded(has, changes, offered):
    undone = {MyRegistration: mine(has, **changes), UndoCheckIn: registration("hanako", "confirmed")}
    async with opened(undone, in_english(HANAKO)) as browser:
        page = await browser.get("/e/e1")
        assert ('action="/e/e1/here/undo"' in page.text, "Undo my check-in" in text_of(page)) == (offered, offered)
        done = await browser.post("/e/e1/here/undo", {"member": "ken", "member_id": "ken"})
        assert done.headers["location"] == "/e/e1?did=desk.here_undone"
        assert [c.member_id for c in browser.answering.sent(UndoCheckIn)] == ["hanako"], "nobody else's"
        browser.answering.replies[UndoCheckIn] = Refused("event_concluded", "x")
        late = await browser.post("/e/e1/here/undo")
        assert (late.status_code, "This event is over." in text_of(late)) == (409, True)
