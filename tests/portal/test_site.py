"""What happens around every page: who may open it, problems, limits, files that browsers keep."""

import asyncio
import re
from dataclasses import replace

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import EventPage, ListEvents
from ekkyo.wire import trace
from ekkyo_portal.look.words import SECTIONS as WORDS
from ekkyo_portal.look.words.refusals import REFUSALS
from ekkyo_portal.site import SECTIONS
from ekkyo_portal.web.remembered import Remembered
from ekkyo_portal.web.visitor import Visitor, Who

from tests.portal.making import HANAKO, LEADER, STEWARD, Standing, opened, text_of

PASS = replace(HANAKO, only="e1")
PAGES = [page for section in SECTIONS for page in section.pages]


@pytest.mark.parametrize("name", WORDS)
def test_both_languages_have_the_same_words(name):
    section = WORDS[name]
    assert section.JA.keys() == section.EN.keys()
    for key in section.JA:
        of = section.JA[key], section.EN[key]
        pairs = [(of[0][one], of[1][one]) for one in of[0]] if isinstance(of[0], dict) else [of]
        for both in (pair for pair in pairs if all(pair)):  # without words of its own, a text comes in English
            fields = [set(re.findall(r"\{(\w*)(?::[^{}]*)?\}", str(text))) for text in both]
            assert fields[0] == fields[1], key
    assert REFUSALS["ja"].keys() == REFUSALS["en"].keys()


@pytest.mark.parametrize(
    ("visitor", "admitted"),
    [
        (None, {Who.EVERYBODY}),
        (PASS, {Who.EVERYBODY, Who.HOLDERS}),
        (HANAKO, {Who.EVERYBODY, Who.HOLDERS, Who.MEMBERS, Who.HOSTS}),
        (LEADER, {Who.EVERYBODY, Who.HOLDERS, Who.MEMBERS, Who.HOSTS, Who.LEADERS}),
        (STEWARD, set(Who)),
    ],
    ids=["nobody", "pass", "member", "leader", "steward"],
)
async def test_a_page_opens_for_whom_it_says_and_for_nobody_else(visitor: Visitor | None, admitted: set[Who]):
    assert {who for who in Who if who.admits(visitor, "e1")} == admitted
    async with opened(visitor=visitor) as browser:
        for page in PAGES:
            path = re.sub(r"\{\w+\}", "e1", page.path.replace("{community_id}", "it"))
            shown = await (browser.get(path) if page.method == "GET" else browser.post(path))
            elsewhere = shown.headers.get("location", "").startswith("/signin?next=")
            turned_away = elsewhere or shown.status_code in (401, 403)
            assert turned_away == (page.who not in admitted), (page.method, page.path, shown.status_code)
            if turned_away:
                assert browser.answering.said == []
            browser.answering.said.clear()


async def test_a_pass_opens_no_other_event():
    async with opened(visitor=PASS) as browser:
        assert (await browser.get("/e/e2")).headers["location"] == "/signin?next=/e/e2"
        assert browser.answering.said == []


async def test_a_service_that_is_away_takes_away_its_part_of_the_page():
    async with opened() as browser:
        page = await browser.get("/")
        assert page.status_code == 200
        assert "いまこの部分を表示できません" in text_of(page)


@pytest.mark.parametrize(
    ("refused", "status", "says"),
    [
        (Refused("event_not_found", "There is no such event."), 404, "このイベントは見つかりません"),
        (Refused("not_allowed", "Allowed callers: leader.", 403), 403, "リーダーまたは管理者だけ"),
        (Refused("no_answer", "No answer came in time.", 503), 503, "少し待ってから"),
        (Refused("unexpected", "An unexpected error occurred.", 500, reference="ref-1"), 500, "ref-1"),
    ],
    ids=["404", "403", "503", "500"],
)
async def test_a_refusal_becomes_a_page_that_says_what_to_do(refused: Refused, status: int, says: str):
    from ekkyo.contracts.events import MyRegistration

    async with opened({MyRegistration: refused}) as browser:
        page = await browser.get("/e/e1")
        assert page.status_code == status
        assert says in text_of(page)


async def test_a_bug_before_there_is_a_visitor_becomes_a_page_with_a_reference(monkeypatch: pytest.MonkeyPatch):
    async with opened() as browser:

        async def broken(*_: object) -> None:
            raise RuntimeError("secret words")

        monkeypatch.setattr(Standing, "visitor", broken)
        page = await browser.get("/e/e1")
        assert page.status_code == 500
        assert "エラーが発生しました" in text_of(page)
        assert "この番号を管理者に伝えてください: 0" in text_of(page)
        assert "secret" not in page.text


async def test_what_is_no_address_of_ours_is_not_found():
    async with opened() as browser:
        for path in ("/nothing", "/e/%00", "/e/a%20b", "/e/" + "x" * 100, "/static/1/nothing.css", "/static/1/..%2fx"):
            assert (await browser.get(path)).status_code == 404, path
        assert (await browser.post("/")).status_code == 405


ACTIONS = {page.path for page in PAGES} - {page.path for page in PAGES if page.method == "GET"}


@pytest.mark.parametrize("action", sorted(ACTIONS))
async def test_whoever_opens_the_address_of_an_action_gets_the_page_it_belongs_to(action):
    async with opened() as browser:
        there = await browser.get(re.sub(r"\{\w+\}", "e1", action) + "?p=pass")
        assert there.status_code == 303
        page, _, query = there.headers["location"].partition("?")
        assert page in {re.sub(r"\{\w+\}", "e1", page.path) for page in PAGES if page.method == "GET"}
        assert query == "p=pass"
        assert browser.answering.said == []


async def test_a_form_with_a_mistake_leads_back_to_its_page():
    async with opened() as browser:
        for action, page in (
            ("/me/settings/chat", "/me/settings"),
            ("/e/e1/register", "/e/e1"),
            ("/e/e1/roster/check-in", "/e/e1/roster"),
            ("/people/e1/steward", "/people/e1"),
            ("/signin/mail", "/signin"),
            ("/signout", "/"),
        ):
            assert (await browser.get(action)).headers["location"] == page


async def test_who_is_not_signed_in_keeps_the_language_they_chose_and_a_member_has_their_own():
    async with opened({ListEvents: EventPage(events=[])}, None) as browser:
        assert 'href="?next=%2Fe%2Fe1&amp;lang=en"' in (await browser.get("/signin?next=/e/e1&did=x&lang=ja")).text
        browser.http.cookies.clear()
        assert '<html lang="ja">' in (await browser.get("/signin")).text
        chosen = await browser.get("/signin?lang=en")
        assert '<html lang="en">' in chosen.text
        assert "HttpOnly" in chosen.headers["set-cookie"]
        later = await browser.get("/signin")
        assert '<html lang="en">' in later.text
        assert "set-cookie" not in later.headers
        assert "set-cookie" not in (await browser.get("/signin?lang=xx")).headers
        browser.as_(HANAKO)
        own = (await browser.get("/month?m=2026-12&did=x")).text
        assert '<html lang="ja">' in own
        assert 'name="next" value="/month?m=2026-12"' in own


async def test_a_form_that_is_too_large_is_refused_whatever_its_headers_say():
    async def sent():
        for _ in range(80):
            yield b"x=" + b"y" * 1000

    async with opened() as browser:
        same = {"sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded"}
        page = await browser.http.post("/e/e1/register", content=sent(), headers=same)
        assert page.status_code == 413
        assert browser.answering.said == []


async def test_files_are_kept_for_ever_under_an_address_that_changes_with_them():
    async with opened({ListEvents: EventPage(events=[])}) as browser:
        page = await browser.get("/")
        for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text):
            file = await browser.get(address)
            assert file.status_code == 200
            assert "immutable" in file.headers["cache-control"]
        older = await browser.get("/static/0/style.css")
        assert older.headers["cache-control"] == "no-cache"


async def test_a_page_is_a_span_and_what_it_asks_belongs_to_its_trace():
    begun = f"00-{'ab' * 16}-{'cd' * 8}-01"
    heard = []

    def events(_asked):
        heard.extend(trace.outgoing().values())
        return EventPage(events=[])

    async with opened({ListEvents: events}) as portal:
        await portal.get("/", headers={"traceparent": begun})
        await portal.get("/")
    of_the_page, *_, own = heard
    assert trace.trace_id(of_the_page) == trace.trace_id(begun)
    assert of_the_page != begun, "a span of its own within the trace"
    assert trace.trace_id(own) != trace.trace_id(begun), "without one, a trace begins here"


async def test_what_is_the_same_for_everybody_is_asked_once_a_minute():
    now, asked = [0.0], []
    remembered: Remembered[int] = Remembered(lambda: now[0])

    def answering(value: int | None):
        async def ask() -> int | None:
            asked.append(value)
            return value

        return ask

    assert await remembered.of(answering(None)) is None
    assert await remembered.of(answering(1)) == 1
    now[0] += 49
    assert await remembered.of(answering(2)) == 1
    now[0] += 11
    assert await remembered.of(answering(None)) is None
    assert await remembered.of(answering(3)) == 3
    assert asked == [None, 1, None, 3]


async def test_pages_share_what_is_asked_for_and_none_waits_for_what_is_only_renewed():
    now, waiting = [0.0], list[asyncio.Future[int | None]]()
    remembered: Remembered[int] = Remembered(lambda: now[0])

    def ask() -> asyncio.Future[int | None]:
        waiting.append(asyncio.get_running_loop().create_future())
        return waiting[-1]

    async def asking() -> int | None:
        return await ask()

    async def turns() -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    pages = [asyncio.create_task(remembered.of(asking)) for _ in range(3)]
    await turns()
    pages[0].cancel()  # who asked first goes away; the others have their answer all the same
    await turns()
    waiting[0].set_result(1)
    assert [await page for page in pages[1:]] == [1, 1]
    now[0] += 50
    assert [await remembered.of(asking) for _ in range(2)] == [1, 1]
    await turns()
    assert len(waiting) == 2
    waiting[1].set_exception(Refused("no_answer", "", 503))
    await turns()
    assert await remembered.of(asking) == 1
    await turns()
    remembered.forget()  # what is being asked for may be from before
    page = asyncio.create_task(remembered.of(asking))
    await turns()
    waiting[2].set_result(2)
    waiting[3].set_result(3)
    assert await page == 3
    assert await remembered.of(asking) == 3
    assert len(waiting) == 4
    now[0] += 60
    page = asyncio.create_task(remembered.of(asking))
    await turns()
    waiting[4].set_exception(Refused("not_allowed", "", 403))
    with pytest.raises(Refused, match="not_allowed"):
        await page
