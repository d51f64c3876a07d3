"""A season by pages alone, in a real browser: a steward, a leader on a phone, members in both languages.

One of the members has a browser without script, and reads English. What somebody pressed on a page once, others send
as the form that it is, each signed in with a browser of their own.

Two steps are no page's: the personnel system registers the first member, and `ekkyo steward add` makes them a steward.
Before that nobody can open a page of stewards.
"""

import asyncio
import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ekkyo.contracts import members as m
from ekkyo.decision.clock import utcnow
from ekkyo.testing import eventually

from tests.journeys import the_day
from tests.journeys.browsing import Browsers, Person, browsers
from tests.journeys.mailbox import mails, sign_in_by_mail
from tests.journeys.outside import Outside, Stack

SYSTEM = ("setup", "system")
PEOPLE = ["鈴木 緑", "佐藤 太郎", "山田 花子", "Anna Schmidt", "高橋 一", "伊藤 二"]
STEWARD, LEADER, HANAKO, ANNA, FOURTH, FIFTH = range(6)


def email(who: int) -> str:
    return f"p{who}@example.co.jp"


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
        leader = await them.person(address_of(stack, "P1"), size="phone")
        await joins(leader, community, "参加する")  # who publishes an event has accepted the rules
        await a_steward_makes_a_leader(steward, ids["P1"])
        event = await a_leader_publishes_an_event(leader, community)
        hanako = await them.person(f"/c/{community}", size="phone")
        await hanako_signs_in_by_mail_and_joins(hanako, stack, community)
        await hanako_takes_the_only_seat(hanako, event)
        anna = await them.person(f"/signin?next=/c/{community}&lang=en", script=False, locale="en")
        await sign_in_by_mail(anna, stack, email(ANNA), "Send me a code", None, "Sign in")
        await anna_joins_in_english(anna, community)
        await anna.open(f"/e/{event}")
        await anna_waits_and_gets_the_seat_when_hanako_withdraws(anna, hanako, event)
        await the_mail_leads_to_the_page(them, stack, event)
        await a_double_press_and_the_back_button_end_well(hanako, event)
        await two_people_and_one_seat(leader, hanako, anna, community)
        others = [await them.person(address_of(stack, f"P{who}")) for who in (FOURTH, FIFTH)]
        for other in others:
            await other.post(f"/c/{community}/join", accept="on", rules_version="1")
        held = await the_day.an_event_that_is_held_now(leader, community, [hanako, anna, *others])
        await the_day.the_day(leader, anna, hanako, held)
        await the_day.report(leader, held, tmp_path)
        await the_day.conclude(leader, held)
        await the_day.answer(it, anna, hanako, [leader, *others], held)
        await the_day.close(leader, held)
        await the_day.results(leader, held)
        await hanako.open("/me/journey")
        await hanako.sees("参加した", "きっかけのイベント", "次の一歩")
        await the_next_event_comes_from_what_they_asked_for(hanako, leader, community)
        with stack.without("surveys"):
            await hanako.open("/me")
            await hanako.sees("いまこの部分を表示できません", "一つの席")
            await hanako.is_accessible()


def address_of(stack: Stack, who: str) -> str:
    return stack.ekkyo("open", "--as", who).out.split()[-1]


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


async def the_next_event_comes_from_what_they_asked_for(hanako: Person, leader: Person, community: str) -> None:
    await hanako.open(f"/c/{community}")
    await hanako.fill(theme="エクセル")
    await hanako.press("お知らせを待つ")
    await hanako.sees("このテーマのイベントが公開されたら、お知らせします", "待っています")
    await leader.open(f"/c/{community}/suggestions")
    await leader.sees("1 人が、開かれるときのお知らせを待っています")
    await leader.press("このテーマで下書きを作る", exact=False)
    await leader.sees("提案から下書きを作りました")
    await leader.is_accessible()


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


async def joins(who: Person, community: str, join: str) -> None:
    await who.open(f"/c/{community}")
    await who.page.locator("[name=accept]").check()
    await who.press(join)
    await who.sees("参加しました")


async def hanako_signs_in_by_mail_and_joins(hanako: Person, stack: Stack, community: str) -> None:
    await sign_in_by_mail(hanako, stack, email(HANAKO), "確認コードを送る", "確認コード", "サインインする")
    assert hanako.page.url.endswith(f"/c/{community}")
    hanako.expected = (400,)
    await hanako.press("参加する")
    await hanako.page.get_by_role("button", name="参加する").click()
    await hanako.sees("参加するには、ルールの承認が必要です")
    await hanako.is_accessible()
    await hanako.page.get_by_label("ルールを読み、承認します").check()
    await hanako.page.get_by_role("button", name="参加する").click()
    await hanako.sees("参加しました", "もくもく会")
    hanako.expected = ()


async def hanako_takes_the_only_seat(hanako: Person, event: str) -> None:
    await hanako.open(f"/e/{event}")
    await hanako.press("参加登録する")
    await hanako.sees("参加が確定しました", "参加が確定しています", "参加用URLを開く")
    await hanako.is_accessible()


async def anna_joins_in_english(anna: Person, community: str) -> None:
    await anna.open("/me/settings")
    await anna.page.locator("select[name=locale]").select_option("en")
    await anna.page.locator("form[action='/me/settings'] button").click()
    await anna.sees("Your settings are saved")
    await anna.open("/communities")
    await anna.press("越境の会", exact=False)
    await anna.page.get_by_label("I have read the rules and accept them").check()
    await anna.press("Join")
    await anna.sees("You have joined")
    assert f"/c/{community}" in anna.page.url


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
        found = [html for html in mails(stack, email(ANNA), "html") if f"/e/{event}?p=" in html]
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


async def a_double_press_and_the_back_button_end_well(hanako: Person, event: str) -> None:
    await hanako.open(f"/e/{event}")
    await hanako.page.get_by_role("button", name="キャンセル待ちに登録する").dblclick()
    await hanako.page.wait_for_load_state()
    await hanako.sees("キャンセル待ち 1 番目です")
    await hanako.page.go_back()
    await hanako.sees("キャンセル待ち 1 番目です")
    await hanako.press("キャンセル待ちをやめる")
    await hanako.sees("参加を取りやめました")


async def two_people_and_one_seat(leader: Person, hanako: Person, anna: Person, community: str) -> None:
    """Both see the last seat and press at once: one has it, and the other is told their place on the waitlist."""
    seat = {"title": "一つの席", "format": "online", "url": "https://meet.example.co.jp/2", "capacity": "1"}
    await the_day.publish(leader, community, "seat", utcnow() + timedelta(days=2), **seat)
    await asyncio.gather(hanako.open("/e/seat"), anna.open("/e/seat"))
    await asyncio.gather(hanako.press("参加登録する"), anna.press("Register"))
    has = {"hanako": "参加が確定しています" in await hanako.text(), "anna": "You have a seat" in await anna.text()}
    assert sorted(has.values()) == [False, True], has
    if has["anna"]:
        await hanako.sees("キャンセル待ち 1 番目です")
    else:
        await anna.sees("number 1 on the waitlist")
