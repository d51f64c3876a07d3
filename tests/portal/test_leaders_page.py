"""Choosing the first leaders: the form, the suggestion with its reasons, and the role in one step."""

from typing import Any

from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import (
    CommunityListed,
    CommunityPage,
    FindMembers,
    GrantRole,
    JoinCommunity,
    ListCommunities,
    MemberPage,
    Membership,
    SuggestedLeaders,
    SuggestLeaders,
)

from tests.portal.making import NOW, STEWARD, opened, text_of
from tests.portal.test_people_pages import community, member

TOLD = SuggestedLeaders.model_validate(
    {
        "chosen": [
            {
                "member_id": "hanako",
                "values": {"site": "大阪本社", "tenure": None},
                "figure": 35,
                "leads": False,
                "swaps": [{"member_id": "kenji", "cost": 0.05}],
            }
        ],
        "candidates": 20,
        "mirrored": 400,
        "distance": 0.2,
        "proven": False,
        "better_by": 0.013,
        "attributes": [
            {
                "attribute": "site",
                "weight": 2,
                "distance": 0.2,
                "shares": [
                    {"value": "大阪本社", "share": 0.8, "chosen": 1},
                    {"value": None, "share": 0.2, "chosen": 0},
                ],
            }
        ],
        "sensitive": [{"attribute": "gender", "within": None}],
        "unknown": ["004799"],
    }
)
BELONGS = member("hanako", communities=[Membership(community_id="it", joined_at=NOW)])
KNOWN: dict[type[Any], Any] = {
    ListCommunities: CommunityPage(communities=[CommunityListed(community=community(), members=3, leaders=[])]),
    FindMembers: MemberPage(members=[BELONGS, member("kenji", number="2", name="林 健二", communities=[])]),
    SuggestLeaders: TOLD,
    GrantRole: BELONGS,
    JoinCommunity: BELONGS,
}
FORM = {"of": "company", "choose": "4", "weight_site": "2", "weight_gender": "1", "candidates": "004711\r\n\r\n004799"}
SAME = {"sec-fetch-site": "same-origin"}


async def test_the_suggestion_shows_who_why_and_what_a_swap_costs() -> None:
    async with opened(KNOWN, STEWARD) as browser:
        assert "会社全体" in text_of(await browser.get("/c/it/first-leaders"))
        rule = {"rule_1": "site", "value_1": "大阪本社", "at_least_1": "1", "attended": "3", "crossing": "taught"}
        page = await browser.post("/c/it/first-leaders", FORM | rule)
        said = text_of(page)
        for words in ("差は1.3ポイント以内", "林 健二", "+5.0ポイント", "80 %", "登録なし", "004799", "数値 : 35"):
            assert words.replace(" : ", ": ") in said, words
        (asked,) = browser.answering.sent(SuggestLeaders)
        assert asked.candidates == ["004711", "004799"]
        assert (asked.weights, asked.did.attended, asked.did.crossings) == ({"site": 2, "gender": 1}, 3, ["taught"])
        assert [(r.attribute, r.value, r.at_least) for r in asked.rules] == [("site", "大阪本社", 1)]
        assert not browser.answering.sent(GrantRole), "a look changes nothing"


async def test_figures_of_a_file_are_asked_with_and_held_by_the_page() -> None:
    async with opened(KNOWN, STEWARD) as browser:
        csv = "社員番号,実行回数\n004711,35\n004799,2\n".encode("cp932")
        file = {"file": ("figures.csv", csv, "text/csv")}
        page = await browser.http.post("/c/it/first-leaders", data=FORM | {"figure": "10"}, files=file, headers=SAME)
        assert "前に選んだファイル" in text_of(page)
        await browser.post("/c/it/first-leaders", FORM | {"kept": '{"004711": 35.0, "x": "y"}'})
        with_file, held = browser.answering.sent(SuggestLeaders)
        assert (with_file.figures, with_file.did.figure) == ({"004711": 35, "004799": 2}, 10)
        assert held.figures == {"004711": 35}
        bad = {"file": ("figures.csv", b"a,b\n1,2\n", "text/csv")}
        refused = await browser.http.post("/c/it/first-leaders", data=FORM, files=bad, headers=SAME)
        assert (refused.status_code, "a、b" in text_of(refused)) == (400, True)


async def test_what_cannot_be_chosen_is_said_above_the_form() -> None:
    no = {**KNOWN, SuggestLeaders: Refused("rules_cannot_be_met", "No choice keeps all rules.")}
    async with opened(no, STEWARD) as browser:
        page = await browser.post("/c/it/first-leaders", FORM)
        assert (page.status_code, "すべての条件を満たす選び方がありません" in text_of(page)) == (409, True)
        assert "004799" in page.text, "what was typed is kept"
        nothing = await browser.post("/c/it/first-leaders", {"of": "company", "choose": "4"})
        assert nothing.status_code == 400


async def test_those_who_are_ticked_become_leaders_and_who_is_no_member_joins() -> None:
    async with opened(KNOWN, STEWARD) as browser:
        done = await browser.post("/c/it/first-leaders/grant", {"member": ["hanako", "kenji", "kenji"]})
        assert done.headers["location"] == "/people-communities?did=leaders.granted"
        assert [one.member_id for one in browser.answering.sent(JoinCommunity)] == ["kenji"]
        assert [one.member_id for one in browser.answering.sent(GrantRole)] == ["hanako", "kenji"]
    async with opened(KNOWN) as browser:
        assert (await browser.get("/c/it/first-leaders")).status_code == 403
