"""My page, what I chose, and the links that end messages."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import (
    Board,
    EventPage,
    ListEvents,
    MyEvent,
    MyEvents,
    MyEventsPage,
    OutputPage,
    OutputState,
    Registration,
)
from ekkyo.contracts.members import (
    CalendarAddress,
    ChooseMessages,
    CommunityListed,
    CommunityPage,
    CrossingReached,
    DeclineInvitation,
    DescribeSkills,
    Followed,
    FollowedTheme,
    FollowTheme,
    GetCalendarAddress,
    GetJourney,
    GetMember,
    GetSkills,
    Invitation,
    Journey,
    ListCommunities,
    Membership,
    RecordContribution,
    SetPreferences,
    Shown,
    Skills,
    SkillsSeen,
)
from ekkyo.contracts.notify import (
    ChannelConnected,
    ChannelState,
    ConnectChannel,
    DeliveryPage,
    GetChannel,
    ListDeliveries,
    ResendDelivery,
)
from ekkyo.contracts.surveys import (
    MySurveys,
    MySurveysPage,
    PendingSurveys,
    RankThemes,
    SurveyList,
    SurveyState,
    Term,
    ThemeCount,
    ThemeRanking,
    VocabularyState,
)

from tests.portal.making import HANAKO, NOW, opened, text_of
from tests.portal.test_events_pages import event
from tests.portal.test_people_pages import community, delivery, member
from tests.portal.whole import identity, whole

INVITED = Invitation(community_id="hr", invited_by="taro", invited_at=NOW)
SURVEY = SurveyState.model_validate(
    {
        "survey_id": "s1", "community_id": "it", "event_id": "e1", "title": {"ja": "アンケート", "en": "Survey"},
        "anonymous": True, "status": "open", "opened_at": NOW, "deadline": NOW + timedelta(days=3), "invited": 9,
        "answered": 2, "revision": 1,
    }
)  # fmt: skip


def place(status: str, **more: Any) -> MyEvent:
    held = {"event_id": "e1", "member_id": "hanako", "registration_id": "r1", "status": status}
    return MyEvent(event=event(), registration=Registration.model_validate(held | more))


SKILLS = SkillsSeen(
    member_id="hanako",
    teaches=["Excel", "Power BI"],
    interests=["Python"],
    near="大阪本社",
    shown=Shown(near="everyone"),
)
KNOWN: dict[type[Any], Any] = {
    MyEvents: MyEventsPage(entries=[place("confirmed"), place("waitlisted", position=2)]),
    PendingSurveys: SurveyList(surveys=[SURVEY]),
    MySurveys: MySurveysPage(surveys=[]),
    GetCalendarAddress: CalendarAddress(member_id="hanako", since=NOW),
    GetSkills: SKILLS,
    GetMember: member(invitations=[INVITED], muted=["it"]),
    ListCommunities: CommunityPage(
        communities=[
            CommunityListed(community=one, members=3, leaders=[])
            for one in (community(), community(community_id="hr", name="人事の会"))
        ]
    ),
    ListDeliveries: DeliveryPage(deliveries=[delivery("sent", None), delivery("dropped", "muted")]),
    GetJourney: Journey(
        member_id="hanako",
        attended=3,
        crossings=[
            CrossingReached(crossing="took_part", community_id="it", reached_at=NOW, proof="events/e7/3/0"),
            CrossingReached(crossing="shared", community_id="it", reached_at=NOW, proof="c1"),
        ],
    ),
    SetPreferences: member(),
    ChooseMessages: member(),
    DeclineInvitation: member(),
    RecordContribution: Journey(member_id="hanako", attended=3, crossings=[]),
    GetChannel: ChannelState(connected=False),
    ConnectChannel: ChannelConnected(connection_id="x", kind="chat"),
}


async def test_my_page_shows_my_places_what_i_am_asked_and_where_i_am_invited():
    async with opened(KNOWN) as browser:
        page = await browser.get("/me")
        said = text_of(page)
        for part in (
            "山田 花子 さん",
            "招待されています",
            "回答をお待ちしています",
            "参加確定",
            "キャンセル待ち 2 番目",
        ):
            assert part in said
        assert 'href="/s/s1"' in page.text
        away = Refused("no_answer", "", 503)
        browser.answering.replies.update(dict.fromkeys((MyEvents, PendingSurveys, GetMember), away))
        assert text_of(await browser.get("/me")).count("いまこの部分を表示できません") == 2
        browser.answering.replies.update({MyEvents: MyEventsPage(entries=[]), PendingSurveys: SurveyList(surveys=[])})
        assert "参加予定のイベントはまだありません" in text_of(await browser.get("/me"))


async def test_a_place_at_a_cancelled_event_does_not_look_confirmed():
    off = MyEvent(event=event(status="cancelled"), registration=place("confirmed").registration)
    async with opened({**KNOWN, MyEvents: MyEventsPage(entries=[off])}) as browser:
        for path in ("/me", "/me/journey"):
            page = text_of(await browser.get(path))
            assert "中止" in page
            assert "参加確定" not in page


async def test_the_journey_shows_each_crossing_with_its_proof_and_takes_contributions_once():
    async with opened(KNOWN) as browser:
        page = await browser.get("/me/journey")
        assert 'href="/e/e7"' in page.text
        assert page.text.count("card reached") == 2
        made = re.search(r'name="contribution_id" value="([^"]+)"', page.text)[1]  # type: ignore[index]
        form = {"contribution_id": made, "kind": "shared", "community_id": "it", "title": "", "url": "no address"}
        wrong = await browser.post("/me/journey", form)
        assert wrong.status_code == 400
        assert {"title-wrong", "url-wrong"} <= set(re.findall(r'id="(\w+-wrong)"', wrong.text))
        assert made in wrong.text
        for _ in range(2):
            await browser.post("/me/journey", {**form, "title": "手順書", "url": ""})
        sent = browser.answering.sent(RecordContribution)
        assert {c.contribution_id for c in sent} == {made}


async def test_messages_are_shown_with_why_and_each_kind_can_be_ended_and_begun():
    async with opened(KNOWN) as browser:
        said = text_of(await browser.get("/me/messages"))
        for part in ("IT の会 の新しいイベント", "停止中", "常に届く", "送信せず: 受け取らない設定にしています"):
            assert part in said
        assert [q.newest_first for q in browser.answering.sent(ListDeliveries)] == [True]
        await browser.post("/me/messages", {"kind": "new_events", "community_id": "it", "wanted": "on"})
        await browser.post("/me/messages", {"kind": "surveys"})
        sent = [(c.kind, c.community_id, c.wanted) for c in browser.answering.sent(ChooseMessages)]
        assert sent == [("new_events", "it", True), ("surveys", None, False)]
        assert (await browser.post("/me/messages", {"kind": "places"})).status_code == 400


async def test_a_message_that_did_not_arrive_is_sent_to_me_again_and_a_refusal_stands_beside_it():
    async with opened({**KNOWN, ResendDelivery: delivery("sent", None)}) as browser:
        page = await browser.get("/me/messages")
        ((action, name),) = re.findall(
            r'action="([^"]+)"><input type="hidden" name="resend_id" value="([^"]+)"', page.text
        )
        done = await browser.post(action, {"resend_id": name})
        assert done.headers["location"] == "/me/messages?did=sent.again"
        (command,) = browser.answering.sent(ResendDelivery)
        assert (command.delivery_id, command.resend_id, command.member_id) == ("d1", name, "hanako")
        browser.answering.replies[ResendDelivery] = Refused("muted", "Muted.")
        refused = await browser.post(action, {"resend_id": name})
        assert refused.status_code == 409
        assert "受け取らない設定になっています" in text_of(refused)


async def test_settings_are_kept_and_what_is_wrong_is_said_beside_its_field():
    async with opened({**KNOWN, GetMember: member(channels=["mail", "chat"])}) as browser:
        page = await browser.get("/me/settings")
        assert page.text.count(" checked") == 2
        wrong = await browser.post("/me/settings", {"locale": "ja", "timezone": "Mars/One", "channels": ["mail"]})
        assert wrong.status_code == 400
        assert 'value="Mars/One"' in wrong.text
        assert "timezone-wrong" in wrong.text
        await browser.post("/me/settings", {"locale": "en", "timezone": "Europe/Berlin", "channels": ["chat"]})
        await browser.post("/me/language", {"locale": "en", "next": "//evil.example"})
        sent = [c.preferences.model_dump(exclude_none=True) for c in browser.answering.sent(SetPreferences)]
        assert sent == [
            {"channels": ["chat"], "locale": "en", "timezone": "Europe/Berlin"},
            {"channels": ["mail", "chat"], "locale": "en"},
        ]


async def test_the_address_of_my_chat_is_shown_nowhere_again():
    secret = "https://chat.example.com/hooks/very-secret"
    async with opened(KNOWN) as browser:
        for address in ("very-secret", "", "ftp://very-secret"):
            wrong = await browser.post("/me/settings/chat", {"chat": address})
            assert wrong.status_code == 400
            assert "very-secret" not in wrong.text
            assert 'id="chat-wrong"' in wrong.text
        done = await browser.post("/me/settings/chat", {"chat": secret})
        assert done.headers["location"] == "/me/settings?did=me.connected"
        (sent,) = browser.answering.sent(ConnectChannel)
        assert sent.member_id == "hanako"
        assert sent.url.get_secret_value() == secret


async def test_what_is_held_and_an_invitation_that_is_declined():
    async with opened(KNOWN) as browser:
        said = text_of(await browser.get("/me/data"))
        assert "0012345" in said
        assert "匿名のアンケートの回答は、あなたのものとして保存されていません" in said
        done = await browser.post("/c/hr/decline", {"next": "/me"})
        assert done.headers["location"] == "/me?did=community.declined"
        assert browser.answering.sent(DeclineInvitation)[0].community_id == "hr"


async def test_the_link_at_the_end_of_a_mail_ends_one_kind_and_can_be_undone(tmp_path):
    until = datetime.now(UTC) + timedelta(days=300)
    company = {"oidc_issuer": "https://id.example.com", "oidc_client_id": "ekkyo"}
    for more in ({}, company):
        async with whole(tmp_path, **more) as portal:
            portal.services.answering.replies[ChooseMessages] = member()
            held = portal.passes.make("messages", "it", "hanako", until)
            page = await portal.get(f"/u/it/{held}")
            assert "お知らせを止めますか" in text_of(page)
            assert portal.services.answering.sent(ChooseMessages) == []
            # As a mail program does it: no cookie, no origin, no redirect.
            mail = {"sec-fetch-site": "cross-site", "origin": "https://mail.example.com"}
            done = await portal.http.post(f"/u/it/{held}", data={"List-Unsubscribe": "One-Click"}, headers=mail)
            assert done.status_code == 200
            assert "set-cookie" not in done.headers
            undone = await portal.post(f"/u/it/{held}", {"wanted": "on"})
            assert "お知らせを再開しました" in text_of(undone)
            surveys = portal.passes.make("messages", "surveys", "hanako", until)
            await portal.post(f"/u/surveys/{surveys}")
            sent = [
                (c.member_id, c.kind, c.community_id, c.wanted) for c in portal.services.answering.sent(ChooseMessages)
            ]
            assert sent == [
                ("hanako", "new_events", "it", False),
                ("hanako", "new_events", "it", True),
                ("hanako", "surveys", None, False),
            ]
            assert {(sub, roles) for sub, roles, m in portal.services.callers if isinstance(m, ChooseMessages)} == {
                ("hanako", frozenset())
            }


async def test_the_link_of_a_mail_about_a_theme_ends_all_that_is_followed_there_and_nothing_else(tmp_path):
    now = datetime.now(UTC)
    follows = [
        FollowedTheme(theme=theme, community_id=community, since=now)
        for theme, community in (("Excel", "it"), ("RPA", "it"), ("Excel", "hr"))
    ]
    async with whole(tmp_path) as portal:
        replies = portal.services.answering.replies
        replies[GetMember] = member(follows=follows)
        replies[FollowTheme] = Followed(member_id="hanako", follows=[])
        held = portal.passes.make("messages", "themes/it", "hanako", now + timedelta(days=300))
        asked = text_of(await portal.get(f"/u/themes/it/{held}"))
        assert "待つのをやめます。 Excel RPA 止める" in asked, "what would end is named"
        assert not portal.services.answering.sent(FollowTheme)
        mail = {"sec-fetch-site": "cross-site", "origin": "https://mail.example.com"}
        done = await portal.http.post(f"/u/themes/it/{held}", data={"List-Unsubscribe": "One-Click"}, headers=mail)
        assert done.status_code == 200
        assert "set-cookie" not in done.headers
        sent = [(c.member_id, c.community_id, c.theme, c.wanted) for c in portal.services.answering.sent(FollowTheme)]
        assert sent == [("hanako", "it", "Excel", False), ("hanako", "it", "RPA", False)]
        replies[GetMember] = member(follows=follows[2:])
        again = await portal.get(f"/u/themes/it/{held}")
        assert (again.status_code, "待っているテーマはありません" in text_of(again)) == (200, True), (
            "it was used before"
        )
        other = portal.passes.make("messages", "it", "hanako", now + timedelta(days=1))
        for path in (f"/u/themes/hr/{held}", f"/u/themes/it/{other}", f"/u/it/{held}", "/u/themes/it/x"):
            assert (await portal.get(path)).status_code == (await portal.post(path)).status_code == 404
        assert len(portal.services.answering.sent(FollowTheme)) == 2


async def test_a_link_ends_nothing_but_its_own_and_says_what_to_do_when_it_is_over(tmp_path):
    now = datetime.now(UTC)
    async with whole(tmp_path, identity("hanako", leads=["it"]), identity("gone", active=False)) as portal:
        make = portal.passes.make
        held = make("messages", "it", "hanako", now + timedelta(days=1))
        for path in (
            f"/u/hr/{held}",
            f"/u/surveys/{held}",
            f"/u/it/{make('event', 'it', 'hanako', now + timedelta(days=1))}",
            f"/u/it/{make('messages', 'it', 'hanako', now - timedelta(days=1))}",
            f"/u/it/{make('messages', 'it', 'gone', now + timedelta(days=1))}",
            "/u/it/x",
        ):
            for page in (await portal.get(path), await portal.post(path)):
                assert page.status_code == 404
                assert "このリンクは使えません" in text_of(page)
        assert portal.services.answering.sent(ChooseMessages) == []
        assert (await portal.get(f"/e/it?p={held}")).status_code == 303


def test_a_visitor_by_link_has_no_roles():
    assert replace(HANAKO, leads=frozenset({"it"}), steward=True, only="e1").roles == frozenset()


async def test_i_say_what_i_can_teach_and_choose_for_each_part_who_sees_it() -> None:
    async with opened({**KNOWN, DescribeSkills: SKILLS}) as browser:
        page = await browser.get("/me/skills")
        assert "Excel\nPower BI</textarea>" in page.text
        assert re.search(r'id="shown_near".*?<option value="everyone" selected>', page.text, re.S)
        long = await browser.post("/me/skills", {"teaches": "x" * 61, "skills": "\n".join(map(str, range(31)))})
        assert long.status_code == 400
        assert "60文字まで" in text_of(long)
        assert "30個まで" in text_of(long)
        assert (await browser.post("/me/skills", {"shown_near": "my boss"})).status_code == 400
        done = await browser.post("/me/skills", {"teaches": " Excel \r\n\r\nWord", "shown_teaches": "everyone"})
        assert done.headers["location"] == "/me/skills?did=skills.described"
        (said,) = browser.answering.sent(DescribeSkills)
        nobody = dict.fromkeys(Shown.model_fields, "nobody")
        assert said.skills == Skills(teaches=["Excel", "Word"], shown=Shown(**nobody | {"teaches": "everyone"}))


async def test_the_journey_says_what_comes_next_and_what_grew_and_compares_nobody():
    talk = event("e7", title="Power BIの会", status="concluded", speakers=["hanako"], attended=18)
    coming = [event("e8", title="Python入門"), event("e9", title="花見"), event("e5", title="もくもく会")]
    slides = OutputState(
        output_id="o1", community_id="it", kind="slides", title="資料", authors=["hanako"], status="attached"
    )
    known = {
        **KNOWN,
        GetMember: member(follows=[FollowedTheme(community_id="it", theme="花見", since=NOW)]),
        ListEvents: lambda q: EventPage(events=[talk] if q.status == ["concluded"] else coming),
        Board: OutputPage(outputs=[slides]),
        RankThemes: ThemeRanking(community_id="it", themes=[ThemeCount(theme="PowerBI", votes=9)]),
    }
    async with opened(known) as browser:
        said = text_of(await browser.get("/me/journey"))
        for part in (
            "Python入門 学びたいこと「Python」のイベントです",
            "花見 お知らせを待っているテーマのイベントです",
            "「PowerBI」を 9 人が希望しています。「Power BI」を教えられるあなたから",
            "のべ 18 人が参加しました",
            "あなたの成果が 1 件",
        ):
            assert part in said, part
        assert "もくもく会" not in said
        own = VocabularyState(community_id="it", starter=1, terms=[Term(name="花見", words=["もくもく会"])])
        browser.answering.replies[RankThemes] = ThemeRanking(community_id="it", themes=[], vocabulary=own)
        assert "もくもく会 お知らせを待っている" in text_of(await browser.get("/me/journey"))
        nobody = Journey(member_id="hanako", attended=0, crossings=[])
        browser.answering.replies |= {GetJourney: nobody, GetMember: member(), GetSkills: SkillsSeen(member_id="h")}
        assert "Python入門 はじめての参加に" in text_of(await browser.get("/me/journey"))


async def test_communities_are_named_as_they_were_lately_and_new_ones_are_asked_for():
    asked: list[ListCommunities] = []

    def listed(question: ListCommunities) -> CommunityPage:
        asked.append(question)
        them = [community(community_id=one, name=f"会 {one}") for one in question.community_ids or ["sql", "it"]]
        return CommunityPage(communities=[CommunityListed(community=one, members=3, leaders=[]) for one in them])

    both = member(communities=[Membership(community_id=one, joined_at=NOW) for one in ("it", "new")])
    visitor = replace(HANAKO, communities=frozenset({"it", "new"}))
    async with opened({**KNOWN, ListCommunities: listed, GetMember: both}, visitor) as browser:
        for _ in range(2):
            said = text_of(await browser.get("/me/messages"))
            assert "会 it" in said
            assert "会 new" in said
        assert [one.community_ids for one in asked] == [None, ["new"], ["new"]]
        invited = [INVITED.model_copy(update={"community_id": one}) for one in ("new", "it", "sql")]
        browser.answering.replies[GetMember] = both.model_copy(update={"invitations": invited})
        said = text_of(await browser.get("/me"))
        assert re.findall("会 (sql|it|new)", said) == ["sql", "it", "new"], "in the order in which they are told"
        browser.answering.replies[ListCommunities] = Refused("no_answer", "", 503)
        assert "会 it" in text_of(await browser.get("/me/messages"))
