"""Communities: which there are, what one is for, joining by its rules, and leaving."""

import re
from typing import Any

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import EventPage, ListEvents
from ekkyo.contracts.members import (
    AcceptRules,
    CommunityListed,
    CommunityPage,
    DeclineInvitation,
    GetMember,
    Invitation,
    JoinCommunity,
    LeaveCommunity,
    ListCommunities,
    MemberCard,
    Membership,
)
from ekkyo.contracts.surveys import RankThemes, ThemeCount, ThemeRanking

from tests.portal.making import HANAKO, LEADER, NOW, STEWARD, opened, text_of
from tests.portal.pictures import in_english
from tests.portal.test_events_pages import event, registered
from tests.portal.test_people_pages import MARKUP, community, member

NAMES = {"it": "IT の会", "hr": "育児と仕事", "book": "読書会", "en": "English Club"}
ALL = [
    CommunityListed(
        community=community(community_id=key, name=name, rules_version=2, rules="1行目\n2行目"),
        members=1200 + len(key),
        leaders=["taro", "jiro"],
        cards=[MemberCard(member_id="taro", name="佐藤 太郎", department="情報システム部")],
    )
    for key, name in NAMES.items()
]
INVITED = Invitation(community_id="book", invited_by="taro", invited_at=NOW)


def in_it(**more: Any) -> Membership:
    return Membership(**{"community_id": "it", "joined_at": NOW, "rules_accepted": 2, **more})


def listed(question: ListCommunities) -> CommunityPage:
    asked = question.community_ids
    return CommunityPage(communities=[one for one in ALL if asked is None or one.community.community_id in asked])


def known(**of_member: Any) -> dict[type[Any], Any]:
    return {
        ListCommunities: listed,
        GetMember: member(**{"communities": [in_it()], "invitations": [INVITED], **of_member}),
        ListEvents: EventPage(
            events=[event(f"e{n}", title=f"会 {n}") for n in range(1, 6)], registrations=[registered("confirmed", "e2")]
        ),
        RankThemes: ThemeRanking(community_id="it", themes=[ThemeCount(theme="Power Query", votes=4)]),
        JoinCommunity: member(),
        AcceptRules: member(),
        DeclineInvitation: member(),
        LeaveCommunity: member(),
    }


async def test_invitations_come_first_then_my_communities_then_the_others():
    async with opened(known()) as browser:
        said = text_of(await browser.get("/communities"))
        assert [said.index(NAMES[key]) for key in ("book", "it", "hr", "en")] == sorted(map(said.index, NAMES.values()))
        assert "読書会 招待されています" in said
        assert "IT の会 参加中 問い合わせを半分に メンバー 1,202 人" in said
        assert said.index("ほかのコミュニティ") < said.index("育児と仕事")
        browser.as_(in_english(HANAKO))
        assert "1,202 members" in text_of(await browser.get("/communities"))


async def test_a_later_page_lists_the_others_alone():
    def paged(question: ListCommunities) -> CommunityPage:
        found = listed(question)
        return found if question.community_ids else found.model_copy(update={"next": "a b&c"})

    async with opened({**known(), ListCommunities: paged}) as browser:
        assert 'href="/communities?after=a%20b%26c"' in (await browser.get("/communities")).text
        later = text_of(await browser.get("/communities?after=a%20b%26c"))
        assert "IT の会" not in later
        assert "育児と仕事" in later
        assert "a b&c" in [question.after for question in browser.answering.sent(ListCommunities)]


async def test_without_communities_the_page_says_what_will_happen():
    empty = {**known(communities=[], invitations=[]), ListCommunities: CommunityPage(communities=[])}
    async with opened(empty) as browser:
        assert "コミュニティはまだありません" in text_of(await browser.get("/communities"))
        browser.as_(STEWARD)
        assert 'href="/people-communities/new"' in (await browser.get("/communities")).text


async def test_a_community_shows_its_charter_leaders_events_and_themes():
    async with opened(known()) as browser:
        page = await browser.get("/c/it")
        said = text_of(page)
        for text in (
            "目的 問い合わせを半分に",
            "250",
            "佐藤 太郎 情報システム部",
            "会 1",
            "Power Query 4 人",
            "承認済み",
        ):
            assert text in said
        assert "参加確定" in said[said.index("会 2") : said.index("会 3")]
        assert said.count("参加確定") == 1
        assert "会 5" not in said
        assert 'href="/?community=it"' in page.text
        assert browser.answering.sent(ListEvents)[0].community_ids == ["it"]
        assert "/c/it/charter" not in page.text
        browser.as_(LEADER)
        assert 'href="/c/it/charter"' in (await browser.get("/c/it")).text
        assert "/c/hr/charter" not in (await browser.get("/c/hr")).text


async def test_services_that_are_away_take_away_their_parts_alone():
    answers = known()
    for away in (ListEvents, RankThemes):
        del answers[away]
    async with opened(answers) as browser:
        page = await browser.get("/c/hr")
        assert page.status_code == 200
        assert page.text.count('class="away"') == 3
        assert 'action="/c/hr/join#rules"' in page.text
    async with opened() as browser:
        assert "いまこの部分を表示できません" in text_of(await browser.get("/communities"))
        assert (await browser.get("/c/it")).status_code == 503


async def test_what_is_no_community_is_not_found():
    async with opened(known()) as browser:
        for act in ("", "/leave"):
            page = await browser.get(f"/c/nothing{act}")
            assert page.status_code == 404
            assert "このコミュニティは見つかりません" in text_of(page)


async def test_joining_accepts_the_rules_that_were_shown_and_a_second_press_changes_nothing():
    async with opened(known()) as browser:
        forgotten = []
        browser.standing.forget = forgotten.append  # type: ignore[method-assign]
        page = await browser.get("/c/hr")
        assert 'action="/c/hr/join#rules"' in page.text
        version = re.findall(r'name="rules_version" value="(\d+)"', page.text)[0]
        for _ in range(2):
            done = await browser.post("/c/hr/join", {"rules_version": version, "accept": "on"})
            assert (done.status_code, done.headers["location"]) == (303, "/c/hr?did=community.joined")
        sent = [one for one in browser.answering.said if isinstance(one, JoinCommunity | AcceptRules)]
        assert [type(one) for one in sent] == [JoinCommunity, AcceptRules] * 2
        assert {(one.member_id, one.community_id) for one in sent} == {("hanako", "hr")}
        assert {one.rules_version for one in browser.answering.sent(AcceptRules)} == {2}
        assert forgotten == ["hanako"] * 2


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"rules_version": "2"}, "ルールの承認が必要です"),
        ({"rules_version": "1", "accept": "on"}, "上の新しいルールを読んでから"),
        ({"rules_version": "x", "accept": "on"}, "この値は使えません"),
        ({"accept": "on"}, "この値は使えません"),
    ],
    ids=["not accepted", "older rules", "no version", "none"],
)
async def test_nobody_joins_without_accepting_the_rules_as_they_are(form: dict[str, str], says: str):
    async with opened(known()) as browser:
        page = await browser.post("/c/hr/join", form)
        assert page.status_code == 400
        assert says in text_of(page)
        assert browser.answering.sent(JoinCommunity) == []


async def test_rules_that_change_while_one_joins_are_to_be_accepted_on_the_page():
    changed = Refused("rules_version_not_current", "The current version of the rules is 3. Accept that version.")
    async with opened({**known(), AcceptRules: changed}) as browser:
        done = await browser.post("/c/hr/join", {"rules_version": "2", "accept": "on"})
        assert done.status_code == 303
        page = await browser.post("/c/it/accept", {"rules_version": "2", "accept": "on"})
        assert page.status_code == 400


async def test_changed_rules_are_accepted_on_the_page():
    async with opened(known(communities=[in_it(rules_accepted=1)])) as browser:
        page = await browser.get("/c/it")
        assert "ルールが更新されました" in text_of(page)
        assert 'action="/c/it/accept#rules"' in page.text
        assert "ルールの更新あり" in text_of(await browser.get("/communities"))
        assert (await browser.post("/c/it/accept", {"rules_version": "2"})).status_code == 400
        assert browser.answering.sent(AcceptRules) == []
        done = await browser.post("/c/it/accept", {"rules_version": "2", "accept": "on"})
        assert done.headers["location"] == "/c/it?did=community.accepted"
        assert browser.answering.sent(AcceptRules)[0].rules_version == 2


async def test_an_invitation_is_shown_first_and_can_be_declined():
    async with opened(known()) as browser:
        said = text_of(await browser.get("/c/book"))
        assert said.index("佐藤 太郎 さんから招待されています") < said.index("このコミュニティについて")
        done = await browser.post("/c/book/decline")
        assert done.headers["location"] == "/communities?did=community.declined"
        assert browser.answering.sent(DeclineInvitation)[0].community_id == "book"
        away = await browser.post("/c/book/decline", {"next": "//evil.example"})
        assert away.headers["location"] == "/?did=community.declined"
        nobody = [one.model_copy(update={"cards": []}) for one in ALL]
        browser.answering.replies[ListCommunities] = lambda _: CommunityPage(communities=[nobody[2]])
        assert "このコミュニティに招待されています" in text_of(await browser.get("/c/book"))


async def test_leaving_is_asked_once_more_and_told_twice_is_harmless():
    async with opened(known()) as browser:
        assert 'href="/c/it/leave"' in (await browser.get("/c/it")).text
        said = text_of(await browser.get("/c/it/leave"))
        assert "IT の会 を退会しますか" in said
        assert "リーダーではなくなります" not in said
        assert browser.answering.sent(LeaveCommunity) == []
        for _ in range(2):
            done = await browser.post("/c/it/leave")
            assert done.headers["location"] == "/communities?did=community.left"
        assert (await browser.get("/c/hr/leave")).headers["location"] == "/c/hr"
    async with opened(known(communities=[in_it(role="leader")])) as browser:
        assert "リーダーではなくなります" in text_of(await browser.get("/c/it/leave"))


async def test_markup_in_texts_is_shown_as_text():
    charter = dict.fromkeys(("objective", "who", "what", "how"), MARKUP) | {"figures": [MARKUP]}
    told = CommunityListed(
        community=community(name=MARKUP, rules=MARKUP, charter=charter),
        members=1,
        leaders=["taro"],
        cards=[MemberCard(member_id="taro", name=MARKUP, department=MARKUP)],
    )
    answers = {
        **known(),
        ListCommunities: CommunityPage(communities=[told]),
        RankThemes: ThemeRanking(community_id="it", themes=[ThemeCount(theme=MARKUP, votes=1)]),
    }
    async with opened(answers) as browser:
        for path in ("/communities", "/c/it", "/c/it/leave"):
            page = await browser.get(path)
            assert "<script>alert" not in page.text
            assert "alert(1)" in page.text
