"""The pages of hosts and deputies: who opens which, and what they send."""

from dataclasses import replace
from datetime import date
from typing import Any

from ekkyo.contracts.base import FieldError, Refused
from ekkyo.contracts.events import (
    ConcludeEvent,
    GetEvent,
    MyEvents,
    MyEventsPage,
    MyRegistration,
    NameHost,
    RemoveHost,
)
from ekkyo.contracts.members import (
    Deputising,
    EndDeputy,
    FindMembers,
    GrantRole,
    GrantSteward,
    ListCommunities,
    MemberPage,
    Membership,
    NameDeputy,
    RevokeRole,
)

from tests.portal.leading import PEOPLE, answers, find, member
from tests.portal.making import HANAKO, LEADER, STEWARD, opened, text_of
from tests.portal.pictures import in_english
from tests.portal.test_events_pages import event, mine
from tests.portal.test_me_pages import KNOWN

HOST = HANAKO
HOSTED: Any = {"hosts": ["hanako"], "starts_at": "2026-11-26T02:00:00Z", "ends_at": "2026-11-26T04:00:00Z"}
RUN = ("/e/e1/roster", "/e/e1/poster", "/e/e1/attendance", "/e/e1/conclude")
LED = ("/e/e1/edit", "/e/e1/cancel", "/e/e1/hosts", "/e/e1/tables", "/e/e1/terms", "/e/e1/results", "/c/it/leaders")


async def test_a_host_opens_what_runs_the_event_and_nothing_else() -> None:
    async with opened(answers(**HOSTED), HOST) as browser:
        assert [(await browser.get(path)).status_code for path in RUN] == [200] * len(RUN)
        assert [(await browser.get(path)).status_code for path in LED] == [403] * len(LED)
        assert not browser.answering.sent(FindMembers), "a host knows names by the roster alone"
        assert (await browser.post("/e/e1/conclude")).status_code == 303
        assert len(browser.answering.sent(ConcludeEvent)) == 1
        page = await browser.get("/e/e1")
        for path in ("/e/e1/roster", "/e/e1/hosts/remove"):
            assert path in page.text
        assert "/e/e1/edit" not in page.text
        browser.answering.replies[RemoveHost] = event()
        assert (await browser.post("/e/e1/hosts/remove", {"member": "hanako"})).headers["location"].startswith("/e/e1?")
        browser.as_(replace(HOST, member_id="other"))
        assert [(await browser.get(path)).status_code for path in RUN] == [403] * len(RUN)
        assert "/e/e1/roster" not in (await browser.get("/e/e1")).text


async def test_leaders_name_hosts_and_remove_them() -> None:
    replies = {**answers(hosts=["mai"]), NameHost: event(), RemoveHost: event()}
    async with opened(replies, LEADER) as browser:
        assert "林 舞" in text_of(await browser.get("/e/e1/hosts"))
        for who, said in (("", "入力してください"), ("山田", "何人かいます"), ("だれか", "コミュニティにいません")):
            page = await browser.post("/e/e1/hosts", {"who": who})
            assert (page.status_code, said in text_of(page)) == (422, True), who
        done = await browser.post("/e/e1/hosts", {"who": "0001"})
        assert done.headers["location"] == "/e/e1/hosts?did=roles.host_named"
        assert [one.member_id for one in browser.answering.sent(NameHost)] == ["ken"]
        await browser.post("/e/e1/hosts/remove", {"member": "mai"})
        assert [one.member_id for one in browser.answering.sent(RemoveHost)] == ["mai"]
        browser.answering.replies[NameHost] = Refused("host_has_not_accepted", "x")
        page = await browser.post("/e/e1/hosts", {"who": "0001"})
        assert (page.status_code, "まだ承認していません" in text_of(page)) == (409, True)
        browser.as_(in_english(LEADER))
        assert "Hosts can see who comes" in text_of(await browser.get("/e/e1/hosts"))


TARO = member("taro", "0009", "佐藤 太郎")


def leading(question: FindMembers) -> MemberPage:
    place = {"community_id": "it", "joined_at": "2026-05-01T00:00:00Z"}
    if question.role:
        own = Membership(**place, role="leader", role_until=date(2027, 3, 31))
        return MemberPage(members=[TARO.model_copy(update={"communities": [own]})])
    if question.deputising:
        stands = Deputising(leader_id="taro", since=date(2026, 12, 1))
        return MemberPage(
            members=[PEOPLE[2].model_copy(update={"communities": [Membership(**place, deputising=stands)]})]
        )
    return find(question)


LEAD_BY: dict[Any, Any] = {**answers(hosts=["mai", "gone"]), FindMembers: leading}
RUN_BY: dict[Any, Any] = {**KNOWN, **answers(**HOSTED), MyEvents: MyEventsPage(entries=[], hosted=[event()])}


def nobody_deputises(question: FindMembers) -> MemberPage:
    return MemberPage(members=[]) if question.deputising else leading(question)


async def test_a_leader_names_a_deputy_and_ends_it() -> None:
    known = {**answers(), FindMembers: nobody_deputises, NameDeputy: TARO, EndDeputy: TARO}
    async with opened(known, LEADER) as browser:
        assert "2027年3月31日(水)まで" in text_of(await browser.get("/c/it/leaders"))
        sent = {"who": "0003", "since": "2026-12-01", "until": ""}
        assert (await browser.post("/c/it/leaders", sent)).headers["location"].endswith("did=roles.deputy_named")
        [made] = browser.answering.sent(NameDeputy)
        assert made == NameDeputy(member_id="taro", community_id="it", deputy_id="mai", since=date(2026, 12, 1))
        assert (await browser.post("/c/it/leaders", {**sent, "until": "soon"})).status_code == 422
        wrong = Refused("malformed", "x", 400, [FieldError(field="until", code="before_since", detail="x")])
        browser.answering.replies[NameDeputy] = wrong
        page = await browser.post("/c/it/leaders", sent)
        assert 'id="until-wrong"' in page.text
        browser.answering.replies[FindMembers] = leading
        page = await browser.get("/c/it/leaders")
        assert "佐藤 太郎 さんの代理" in text_of(page)
        assert "代理を立てる" not in text_of(page), "there is one"
        await browser.post("/c/it/leaders/end", {"member": "mai", "leader": "taro"})
        await browser.post("/c/it/leaders/end", {"member": "taro", "leader": ""})
        assert [one.deputy_id for one in browser.answering.sent(EndDeputy)] == ["mai"]
        assert not browser.answering.sent(RevokeRole), "leaders do not end leaders"
        assert not browser.answering.sent(GrantRole)


async def test_a_steward_makes_a_leader_until_a_day() -> None:
    known = {**answers(), FindMembers: nobody_deputises, GrantRole: TARO, RevokeRole: TARO, GrantSteward: TARO}
    async with opened(known, STEWARD) as browser:
        sent = {"who": "0003", "until": "2027-03-31", "does": "leader"}
        assert (await browser.post("/c/it/leaders", sent)).headers["location"].endswith("did=roles.granted")
        await browser.post("/c/it/leaders/end", {"member": "taro", "leader": ""})
        await browser.post("/people/mai/steward", {"wanted": "on", "until": "2027-03-31"})
        assert [one.until for one in browser.answering.sent(GrantRole)] == [date(2027, 3, 31)]
        assert [one.until for one in browser.answering.sent(GrantSteward)] == [date(2027, 3, 31)]
        assert [one.member_id for one in browser.answering.sent(RevokeRole)] == ["taro"]
        assert (await browser.post("/people/mai/steward", {"wanted": "on", "until": "x"})).status_code == 400


async def test_my_page_has_the_events_i_host_and_a_community_its_deputies() -> None:
    replies = {
        **KNOWN,
        MyEvents: MyEventsPage(entries=[], hosted=[event()]),
        MyRegistration: mine(None),
        GetEvent: event(),
    }
    async with opened(replies) as browser:
        said = text_of(await browser.get("/me"))
        assert "係をするイベント はじめてのピボット" in said


async def test_a_deputy_is_called_one_on_the_page_of_the_community() -> None:
    from tests.portal import test_community_pages

    known = test_community_pages.known()
    page = known[ListCommunities]
    if callable(page):
        page = page(ListCommunities())
    listed = page.communities[0]
    known[ListCommunities] = page.model_copy(
        update={"communities": [listed.model_copy(update={"deputies": listed.leaders})]}
    )
    async with opened(known) as browser:
        assert "代理" in text_of(await browser.get(f"/c/{listed.community.community_id}"))
