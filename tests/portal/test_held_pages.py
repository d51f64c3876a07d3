"""What is held on a member, as pages and files: for themselves, and for stewards."""

import re
from typing import Any

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import HeldByEvents
from ekkyo.contracts.held import Held, HeldSection
from ekkyo.contracts.members import GetMember, HeldByMembers
from ekkyo.contracts.notify import HeldByNotify
from ekkyo.contracts.surveys import HeldBySurveys

from tests.portal.making import STEWARD, opened, text_of
from tests.portal.test_me_pages import KNOWN as ME
from tests.portal.test_people_pages import member


def told(name: str, *rows: dict[str, Any], **more: Any) -> Held:
    return Held(member_id="hanako", sections=[HeldSection(name=name, rows=list(rows))], **more)


def pages_of_places(question: HeldByEvents) -> Held:
    place = {"title": "RPAもくもく会", "starts_at": "2026-11-30T03:00:00Z", "status": "confirmed", "was_promoted": True}
    if question.after == 0:
        return told("places", *[place] * 200, next=200)
    return told("places", {**place, "title": "英語でランチ", "community_id": "it"})


AWAY = Refused("unavailable", "away", 503)
HELD: dict[type[Any], Any] = {
    HeldByMembers: told("profile", {"number": "0012345", "birth_date": "1990-04-01", "channels": ["mail", "chat"]}),
    HeldByEvents: pages_of_places,
    HeldByNotify: AWAY,
    HeldBySurveys: told("answers", {"title": {"ja": "記名", "en": "Named"}, "answers": {"satisfaction": 9}}),
}
KNOWN = {**ME, **HELD, GetMember: member()}


async def test_what_is_held_on_me_is_one_page_and_one_file_and_a_service_that_is_away_is_named() -> None:
    async with opened(KNOWN) as browser:
        page = await browser.get("/me/data")
        said = text_of(page)
        for part in (
            "イベントの席 (201)",
            "RPAもくもく会",
            "11月30日(月) 12:00",
            "ほかに 181 件",
            "記名",
            "satisfaction: 9",
        ):
            assert part in said, part
        assert "お知らせ いまは表示できません" in said or page.text.count('class="away"') == 1
        file = await browser.get("/me/held.json")
        assert file.headers["content-disposition"] == 'attachment; filename="held.json"'
        content = file.json()
        assert content["away"] == ["notify"]
        assert content["services"]["notify"] is None
        assert len(content["services"]["events"]["places"]) == 201
        assert content["services"]["members"]["profile"][0]["number"] == "0012345"
        kept = await browser.get("/me/held.html")
        assert kept.headers["content-disposition"] == 'attachment; filename="held.html"'
        assert kept.headers["content-type"].startswith("text/html")
        assert kept.text.count("RPAもくもく会") == 200, "all of them"
        assert "英語でランチ" in kept.text
        assert "2026年11月30日(月) 12:00" in kept.text, "whoever keeps it knows of which year it tells"
        assert "ほかに" not in text_of(kept)
        assert not re.search(r"<(script|link|img|a)\b", kept.text), "it is read without the portal"
        assert kept.text.count('class="away"') == 1
        assert {ask.member_id for ask in browser.answering.sent(HeldByEvents)} == {"hanako"}
        assert all(f'href="/me/held.{kind}"' in page.text for kind in ("json", "html"))


async def test_a_steward_sees_it_of_a_person_and_what_is_that_persons_alone_is_named() -> None:
    surveys = Held(member_id="hanako", sections=[], withheld=["answers", "surveys"])
    async with opened({**KNOWN, HeldBySurveys: surveys}, STEWARD) as browser:
        said = text_of(await browser.get("/people/hanako/held"))
        assert "本人にだけ表示されるもの: 記名のアンケートの回答" in said
        content = (await browser.get("/people/hanako/held.json")).json()
        assert content["withheld"] == {"surveys": ["answers", "surveys"]}
        kept = text_of(await browser.get("/people/hanako/held.html"))
        assert "本人にだけ表示されるもの: 記名のアンケートの回答" in kept
        browser.answering.replies[GetMember] = member(member_id="kept")
        led = await browser.get("/people/hanako/held.html")
        assert led.headers["location"] == "/people/kept/held.html"


async def test_nobody_else_sees_it_and_of_an_erased_member_there_is_none() -> None:
    async with opened(KNOWN) as browser:
        assert (await browser.get("/people/taro/held")).status_code in (403, 404)
        assert (await browser.get("/people/taro/held.json")).status_code in (403, 404)
        assert (await browser.get("/people/taro/held.html")).status_code in (403, 404)
    gone = Refused("member_not_found", "There is no member with this id.")
    async with opened({**KNOWN, GetMember: gone, HeldByMembers: gone}, STEWARD) as browser:
        assert (await browser.get("/people/hanako/held")).status_code == 404
        assert (await browser.get("/people/hanako/held.json")).status_code == 404
        assert (await browser.get("/people/hanako/held.html")).status_code == 404
