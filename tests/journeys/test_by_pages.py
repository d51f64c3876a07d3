"""A season by pages alone, in a real browser: a steward, a leader on a phone, members in both languages.

One of the members has a browser without script, and reads English.
"""

import asyncio
import re
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from ekkyo.contracts import events as e
from ekkyo.contracts import members as m
from ekkyo.contracts import surveys as s
from ekkyo.decision.clock import utcnow
from ekkyo.testing import eventually

from tests.journeys.browsing import Browsers, Person, browsers
from tests.journeys.outside import Outside, Stack

SYSTEM = ("setup", "system")
PEOPLE = ["鈴木 緑", "佐藤 太郎", "山田 花子", "Anna Schmidt", "高橋 一", "伊藤 二"]
STEWARD, LEADER, HANAKO, ANNA, FOURTH, FIFTH = range(6)


def email(who: int) -> str:
    return f"p{who}@example.co.jp"


@pytest.mark.xdist_group("stack")  # one local stack at a time
async def test_a_season_by_pages_alone(stack: Stack, it: Outside, tmp_path: Path) -> None:
    export = tmp_path / "社員.csv"
    rows = [f"P{who},{name},{email(who)},{'営業部' if who % 2 else '経理部'}" for who, name in enumerate(PEOPLE)]
    export.write_text("\r\n".join(["社員番号,氏名,メールアドレス,部署", *rows]), encoding="cp932")
    first = {"number": "P0", "name": PEOPLE[0], "email": email(0), "department": "経理部", "timezone": "Asia/Tokyo"}
    await it.send(m.RegisterMember(member_id="midori", profile=m.Profile(**first, locale="ja")), *SYSTEM)
    await it.send(m.GrantSteward(member_id="midori"), *SYSTEM)
    base = address_of(stack, "P0").partition("/signin")[0]
    async with asyncio.timeout(240), browsers(base, tmp_path) as them:
        steward = await them.person(address_of(stack, "P0"))
        community = await a_steward_imports_people_and_founds_a_community(steward, export)
        ids = {x.number: x.member_id for x in (await it.ask(m.FindMembers(limit=50), *SYSTEM)).members}
        for who in range(1, len(PEOPLE)):
            await it.send(m.JoinCommunity(member_id=ids[f"P{who}"], community_id=community), ids[f"P{who}"])
        await a_steward_makes_a_leader(steward, ids["P1"])
        leader = await them.person(address_of(stack, "P1"), size="phone")
        event = await a_leader_publishes_an_event(leader, community)
        hanako = await them.person(f"/e/{event}", size="phone")
        await hanako_signs_in_by_mail_and_takes_the_only_seat(hanako, stack, event)
        anna = await them.person(f"/signin?next=/e/{event}&lang=en", script=False, locale="en")
        await sign_in_by_mail(anna, stack, email(ANNA), "Send me a code", "Code", "Sign in")
        await english(anna, event)
        await anna_waits_and_gets_the_seat_when_hanako_withdraws(anna, hanako, event)
        await the_mail_leads_to_the_page(them, stack, event)
        await a_double_press_and_the_back_button_end_well(hanako, event)
        held = await an_event_that_is_held_now(it, community, ids)
        await the_day(leader, anna, hanako, held)
        await conclude(leader, held)
        await answer(it, anna, hanako, held)
        await hanako.open("/me/journey")
        await hanako.sees("参加した", "きっかけのイベント")


def address_of(stack: Stack, who: str) -> str:
    return stack.ekkyo("open", "--as", who).out.split()[-1]


def mails(stack: Stack, to: str) -> list[str]:
    """The texts of the mails to an address, oldest first."""
    found = []
    for file in sorted((stack.folder.path / "mail").rglob("*.eml"), key=lambda f: f.stat().st_mtime_ns):
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        if to in str(mail["To"]):
            body = mail.get_body(("plain",))
            assert body
            found.append(body.get_content())
    return found


async def a_steward_imports_people_and_founds_a_community(steward: Person, export: Path) -> str:
    await steward.open("/people-import")
    await steward.is_accessible()
    await steward.page.locator("#file").set_input_files(export)
    await steward.fill(timezone="Asia/Tokyo")
    await steward.press("プレビューする")
    await steward.sees("取り込みのプレビュー", f"{len(PEOPLE) - 1} 新規登録", "1 変更なし")
    await steward.is_accessible()
    await steward.press("取り込む")
    await steward.sees("取り込みの結果", f"{len(PEOPLE) - 1} 新規登録")
    await steward.open("/people-communities/new")
    await steward.fill(name="越境の会", objective="同じ質問を半分に", who="全員", what="もくもく会", how="教え合う")
    await steward.press("コミュニティを作る")
    await steward.sees("入力してください", "入力内容を確認してください")
    steward.troubles.clear()  # the form that lacks its rules
    await steward.is_accessible()
    await steward.fill(rules="笑わない")
    await steward.press("コミュニティを作る")
    await steward.sees("コミュニティを作りました", "リーダーがいません")
    await steward.is_accessible()
    href = await steward.page.locator("a[href^='/c/']").first.get_attribute("href")
    assert href
    return href.split("/")[2]


async def a_steward_makes_a_leader(steward: Person, member_id: str) -> None:
    await steward.open("/people?q=P1")
    await steward.press(PEOPLE[LEADER])
    await steward.press("リーダーにする", exact=False)
    await steward.sees("役割を付けました")
    await steward.is_accessible()
    assert member_id in steward.page.url


async def a_leader_publishes_an_event(leader: Person, community: str) -> str:
    await leader.open("/lead")
    await leader.is_accessible()
    await leader.press("イベントを作成")
    day = (utcnow() + timedelta(days=3)).astimezone(ZoneInfo("Asia/Tokyo"))
    await leader.fill(title="もくもく会", capacity="1", context="IT", description="表を持ってきてください。")
    await leader.fill(starts=f"{day:%Y-%m-%d}T12:00", ends=f"{day:%Y-%m-%d}T11:00", url="https://meet.example.co.jp/1")
    await leader.page.locator("select[name=format]").select_option("online")
    await leader.press("保存してプレビューする")
    assert await leader.page.locator(".wrong").count() > 0
    leader.troubles.clear()  # it ended before it began
    await leader.is_accessible()
    await leader.fill(ends=f"{day:%Y-%m-%d}T13:00")
    await leader.press("保存してプレビューする")
    await leader.is_accessible()
    if "/publish" not in leader.page.url:
        await leader.press("公開", exact=False)
    await leader.sees("もくもく会", "表を持ってきてください。")
    await leader.page.locator("form[action$='/publish'] button").click()
    await leader.page.wait_for_load_state()
    await leader.is_accessible()
    assert community
    found = re.search(r"/e/([^/?]+)", leader.page.url)
    assert found
    return found[1]


async def sign_in_by_mail(who: Person, stack: Stack, address: str, send: str, field: str, enter: str) -> None:
    before = len(mails(stack, address))
    await who.fill(email=address)
    await who.press(send)

    async def code() -> str:
        new = [text for text in mails(stack, address)[before:] if re.search(r"\b\d{6}\b", text)]
        return new[-1] if new else ""

    text = await eventually(code, 20, what="the mail with the code")
    found = re.search(r"\b(\d{6})\b", text)
    assert found
    await who.page.get_by_label(field).fill(found[1])
    await who.is_accessible()
    await who.press(enter)


async def hanako_signs_in_by_mail_and_takes_the_only_seat(hanako: Person, stack: Stack, event: str) -> None:
    await hanako.is_accessible()
    await sign_in_by_mail(hanako, stack, email(HANAKO), "確認コードを送る", "確認コード", "サインインする")
    assert hanako.page.url.endswith(f"/e/{event}")
    await hanako.is_accessible()
    await hanako.press("参加登録する")
    await hanako.sees("参加が確定しました", "参加が確定しています", "参加用URLを開く")
    await hanako.is_accessible()


async def english(anna: Person, event: str) -> None:
    await anna.open("/me/settings")
    await anna.page.locator("select[name=locale]").select_option("en")
    await anna.page.locator("form[action='/me/settings'] button").click()
    await anna.sees("Your settings are saved")
    await anna.open(f"/e/{event}")


async def anna_waits_and_gets_the_seat_when_hanako_withdraws(anna: Person, hanako: Person, event: str) -> None:
    await anna.press("Join the waitlist")
    await anna.sees("number 1 on the waitlist")
    assert "meet.example.co.jp" not in await anna.page.content(), "those who wait are not told where to join"
    await hanako.open(f"/e/{event}")
    await hanako.press("参加を取りやめる")
    await hanako.sees("参加を取りやめました")
    await anna.open(f"/e/{event}")
    await anna.sees("You have a seat")


async def the_mail_leads_to_the_page(them: Browsers, stack: Stack, event: str) -> None:
    """Whoever opens the link in their mail sees who they are, and can give up the seat; nobody is signed in by it."""

    async def promoted() -> str:
        found = [html for html in htmls(stack, email(ANNA)) if f"/e/{event}?p=" in html]
        return found[-1] if found else ""

    html = await eventually(promoted, 20, what="the mail with the link")
    link = re.search(r'href="([^"]*/e/[^"]*\?p=[^"]*)"', html)
    assert link
    reader = await them.person(link[1].replace("&amp;", "&"), size="phone", locale="en")
    await reader.sees("You are Anna Schmidt", "Not me", "You have a seat")
    await reader.is_accessible()
    assert await reader.page.context.cookies() == []
    await reader.press("Give up my seat")
    await reader.sees("You are Anna Schmidt")
    await reader.press("Register")
    await reader.sees("You have a seat")
    await reader.open("/me")
    assert "/signin" in reader.page.url


def htmls(stack: Stack, to: str) -> list[str]:
    found = []
    for file in sorted((stack.folder.path / "mail").rglob("*.eml"), key=lambda f: f.stat().st_mtime_ns):
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = mail.get_body(("html",))
        if to in str(mail["To"]) and body:
            found.append(body.get_content())
    return found


async def a_double_press_and_the_back_button_end_well(hanako: Person, event: str) -> None:
    await hanako.open(f"/e/{event}")
    await hanako.page.get_by_role("button", name="キャンセル待ちに登録する").dblclick()
    await hanako.page.wait_for_load_state()
    await hanako.sees("キャンセル待ち 1 番目です")
    await hanako.page.go_back()
    await hanako.open(f"/e/{event}")
    await hanako.press("キャンセル待ちをやめる")
    await hanako.sees("参加を取りやめました")


async def an_event_that_is_held_now(it: Outside, community: str, ids: dict[str, str]) -> str:
    """The contract takes no event that has begun: this one begins in a moment, and an outside system publishes it."""
    details = e.EventDetails(title="昼の会", format="onsite", place="本社 3F", capacity=5)
    starts = utcnow() + timedelta(seconds=4)
    draft = e.DraftEvent(
        event_id="held", community_id=community, details=details, starts_at=starts, ends_at=starts + timedelta(hours=1)
    )
    await it.send(draft, *SYSTEM)
    await it.send(e.PublishEvent(event_id="held"), *SYSTEM)
    for who in (HANAKO, ANNA, FOURTH, FIFTH):
        wish = e.RegisterForEvent(event_id="held", member_id=ids[f"P{who}"], registration_id=f"r{who}")
        await it.send(wish, *SYSTEM)
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
    await anna.sees("You were there")
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


async def conclude(leader: Person, event: str) -> None:
    button = leader.page.locator(f"form[action='/e/{event}/conclude'] button")

    async def begun() -> bool:
        await leader.open(f"/e/{event}/conclude")
        return await button.count() > 0

    await eventually(begun, 10, what="the event's beginning")
    await leader.is_accessible()
    await button.click()
    await leader.page.wait_for_load_state()
    await leader.open(f"/e/{event}")
    await leader.sees("終了")


async def answer(it: Outside, anna: Person, hanako: Person, event: str) -> None:
    survey = s.survey_of_event(event)
    await it.until(lambda: it.heard(s.SurveyOpened), "the survey")
    await hanako.open("/me")
    await hanako.press("回答する", exact=False)
    await hanako.is_accessible()
    hanako.expected = anna.expected = (400,)
    await hanako.fill(comment="もっと\n聞きたい")
    await hanako.press("回答を送る")
    await hanako.sees("入力してください")
    assert await hanako.page.locator("[name=comment]").input_value() == "もっと\n聞きたい"
    await hanako.is_accessible()
    await hanako.page.locator("[name=satisfaction][value='9']").check()
    await hanako.press("回答を送る")
    await hanako.sees("ご回答ありがとうございました")
    await anna.open(f"/s/{survey}")
    await anna.page.locator("[name=satisfaction][value='7']").check()
    await anna.press("Send my answers")
    await anna.sees("Thank you for your answers")
