"""The day of an event by pages: its leader has a phone, and uses the keys alone where a form is short."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ekkyo.contracts import surveys as s
from ekkyo.contracts.base import new_id
from ekkyo.decision.clock import utcnow
from ekkyo.testing import eventually

from tests.journeys.browsing import Person
from tests.journeys.outside import Outside

REPORT = """氏名,メールアドレス,参加時間(分),出席
佐藤 太郎,p1@example.co.jp,55,出席
山田 花子,p2@example.co.jp,50,出席
見知らぬ 人,x@example.org,50,出席
"""


async def publish(leader: Person, community: str, event: str, starts: datetime, **details: str) -> None:
    """Draft an event of an hour and publish it, by the forms that the leader filled in on their pages before."""
    zone = ZoneInfo("Asia/Tokyo")
    times = {"starts": starts, "ends": starts + timedelta(hours=1)}
    said = {name: f"{at.astimezone(zone):%Y-%m-%dT%H:%M:%S}" for name, at in times.items()}
    await leader.post(f"/c/{community}/events/new", event_id=event, context="IT", **said, **details)
    await leader.post(f"/e/{event}/publish")


async def an_event_that_is_held_now(leader: Person, community: str, coming: Sequence[Person]) -> str:
    """No page takes an event that has begun: this one begins in a moment. All who come register before."""
    details = {"title": "昼の会", "format": "onsite", "place": "本社 3F", "capacity": "5"}
    await publish(leader, community, "held", utcnow() + timedelta(seconds=6), **details)
    for who in coming:
        await who.post("/e/held/register", registration_id=new_id())
    return "held"


async def the_day(leader: Person, anna: Person, hanako: Person, event: str) -> None:
    """The roster shows who comes as they come; members are here by the word on the wall, the others by the desk."""
    await leader.open(f"/e/{event}/poster")
    await leader.is_accessible()
    word = (await leader.page.locator(".wall b").inner_text()).strip()
    await leader.open(f"/e/{event}/roster")
    await leader.is_accessible()
    await leader.sees("山田 花子", "Anna Schmidt")
    await anna.open(f"/e/{event}")
    anna.expected = (400, 409)
    await anna.fill(word="kakaka99")
    await anna.page.locator("form.here button").click()
    await anna.sees("That is not the word")
    await anna.is_accessible()
    await anna.fill(word=word.upper())
    await anna.page.locator("form.here button").click()
    await anna.sees("You are checked in")
    await leader.page.locator("#counts .tile b").first.filter(has_text="1").wait_for()  # by itself: nobody reloads
    await leader.fill(code="花子")
    await leader.page.keyboard.press("Enter")
    await leader.page.wait_for_load_state()
    await leader.page.get_by_role("button", name=re.compile("山田 花子")).first.click()
    await leader.page.locator("#counts .tile b").first.filter(has_text="2").wait_for()
    for name in ("高橋 一", "伊藤 二"):
        await leader.open(f"/e/{event}/roster")
        await leader.page.get_by_role("button", name=re.compile(name)).first.click()
        await leader.page.wait_for_load_state()
    await leader.open(f"/e/{event}/roster")
    await leader.page.locator("#counts .tile b").first.filter(has_text="4").wait_for()
    await leader.is_accessible()


async def report(leader: Person, event: str, folder: Path) -> None:
    """The leader came too, by the meeting's report: each of its rows is named before anything is recorded."""
    file = folder / "会議.csv"
    file.write_text(REPORT, encoding="utf-8-sig")
    chosen = leader.page.locator("#file")

    async def begun() -> bool:
        await leader.open(f"/e/{event}/attendance")
        return await chosen.count() > 0

    await eventually(begun, 10, what="the event's beginning")
    await chosen.set_input_files(file)
    await leader.press("内容を確認する")
    await leader.sees("取り込みの確認", "2 佐藤 太郎", "3 山田 花子", "見知らぬ 人", "一致するメンバーが見つかりません")
    await leader.is_accessible()
    await leader.press("取り込む")
    await leader.sees("参加レポートを取り込みました", "1 新しく記録", "1 うち当日参加", "1 記録済み")


async def conclude(leader: Person, event: str) -> None:
    """By the keys alone."""
    await leader.open(f"/e/{event}/conclude")
    await leader.tab_to(leader.page.locator(f"form[action='/e/{event}/conclude'] button"))
    await leader.page.keyboard.press("Enter")
    await leader.sees("終了")


async def answer(it: Outside, anna: Person, hanako: Person, others: Sequence[Person], event: str) -> None:
    """One by the keys alone, one without script; the others send the same form."""
    survey, came = s.survey_of_event(event), 2 + len(others)
    await it.until(lambda: sum(len(fact.invited) for fact in it.heard(s.SurveyOpened)) == came, "the survey")
    await hanako.open("/me")
    await hanako.press("回答する", exact=False)
    keys, send = hanako.page.keyboard, hanako.page.get_by_role("button", name="回答を送る")
    hanako.expected = anna.expected = (400,)
    await hanako.tab_to(hanako.page.locator("[name=comment]"))
    await keys.type("もっと")
    await keys.press("Enter")
    await keys.type("聞きたい")
    await hanako.tab_to(send)
    await keys.press("Enter")
    await hanako.sees("入力してください")
    assert await hanako.page.locator("[name=comment]").input_value() == "もっと\n聞きたい"
    await hanako.is_accessible()
    await hanako.tab_to(hanako.page.locator("[name=satisfaction]").first)
    await keys.press("ArrowLeft")
    assert await hanako.page.locator("[name=satisfaction][value='10']").is_checked()
    await hanako.page.locator("[name=useful][value=yes]").focus()
    await keys.press("Space")
    await hanako.page.locator("[name=themes]").first.fill("Excel")
    await hanako.tab_to(send)
    await keys.press("Enter")
    await hanako.sees("ご回答ありがとうございました")
    await anna.open(f"/s/{survey}")
    await anna.page.locator("[name=satisfaction][value='7']").check()
    await anna.page.locator("[name=useful][value=yes]").check()
    await anna.page.locator("[name=themes]").first.fill("ｅｘｃｅｌ")
    await anna.page.locator("[name=comment]").fill("More of it")
    await anna.press("Send my answers")
    await anna.sees("Thank you for your answers")
    for number, who in enumerate(others):
        said = {"satisfaction": "9", "useful": "yes", "themes": "Excel", "comment": f"{number}: またぜひ"}
        await who.post(f"/s/{survey}", at="0", do="go", **said)


async def close(leader: Person, event: str) -> None:
    """Before its deadline: nothing of an open survey is shown."""
    await leader.open(f"/e/{event}/results")
    await leader.sees("アンケートを受付中です")
    await leader.press("アンケートを見る")
    await leader.page.locator("summary").click()
    await leader.sees("5人中5人が回答しています")
    await leader.is_accessible()
    await leader.press("アンケートを締め切る")
    await leader.sees("アンケートを締め切りました")


async def results(leader: Person, event: str) -> None:
    """What came of it, in charts, as soon as the survey is closed; what was written, since five people did.

    Seats, whether it was useful, and themes, of which five people said the same, are drawn.
    """
    await leader.open(f"/e/{event}/results")
    await leader.sees("5 参加済み", "1 当日参加", "5/5", "もっと 聞きたい")
    assert await leader.page.locator("figure.chart svg").count() >= 3
    await leader.is_accessible()
