"""The rules of a community over time, and who accepted which version."""

from typing import Any

from ekkyo.contracts.members import (
    Acceptance,
    Acceptances,
    Cards,
    CommunityListed,
    CommunityPage,
    GetCards,
    GetRulesVersions,
    ListAcceptances,
    ListCommunities,
    MemberCard,
    RulesVersion,
    RulesVersions,
    VersionAccepted,
)

from tests.portal.making import LEADER, NOW, opened, text_of
from tests.portal.test_people_pages import community

KNOWN: dict[type[Any], Any] = {
    ListCommunities: CommunityPage(communities=[CommunityListed(community=community(), members=3, leaders=[])]),
    GetCards: Cards(cards=[MemberCard(member_id="hanako", name="山田 花子", department="営業部")]),
    GetRulesVersions: RulesVersions(
        community_id="it",
        versions=[
            RulesVersion(version=3, text="質問は歓迎。", since=NOW),
            RulesVersion(version=2, text="笑わない。"),
            RulesVersion(version=1),
        ],
    ),
    ListAcceptances: Acceptances(
        community_id="it",
        rules_version=3,
        counted=[VersionAccepted(version=3, members=1), VersionAccepted(version=0, members=1)],
        members=[
            Acceptance(member_id="hanako", version=3, accepted_at=NOW),
            Acceptance(member_id="jiro", version=0),
        ],
        next="jiro",
    ),
}
PAGES = ("/c/it/rules", "/c/it/rules/accepted", "/c/it/rules/accepted?show=missing")


async def test_every_version_can_be_read_and_leaders_see_who_accepted_which() -> None:
    async with opened(KNOWN) as browser:
        page = text_of(await browser.get("/c/it/rules"))
        assert "第3版 現在のルール" in page
        assert "笑わない。" in page
        assert "この版の文章は保存されていません" in page
        assert "ルールの同意状況" not in page, "for leaders alone"
        assert "ルールの同意状況" in text_of(await browser.as_(LEADER).get("/c/it/rules"))
        told = text_of(await browser.get("/c/it/rules/accepted"))
        assert "山田 花子 営業部 第3版" in told
        await browser.get("/c/it/rules/accepted?show=missing&after=jiro")
        asked = browser.answering.sent(ListAcceptances)[-1]
        assert (asked.missing, asked.after) == (True, "jiro")
