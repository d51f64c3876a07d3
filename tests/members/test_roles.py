"""Who may use what: every command and question of the members service with every kind of token."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from ekkyo.contracts import COMMANDS, QUESTIONS
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Fact, Refused, all_messages
from ekkyo_members import model

from tests.members.people import CHARTER, LOGO, founding, profile, registering

ASKED: list[Any] = [
    founding(),
    contract.ReviseCharter(community_id="c1", charter=CHARTER),
    contract.ReviseCommunity(community_id="c1", colour="#31487f", logo_file=LOGO),
    contract.GetLogo(community_id="c1"),
    contract.ReportMeasure(report_id="f1", community_id="c1", measure="questions", on=date(2026, 3, 31), value=312),
    contract.GetMeasures(community_id="c1"),
    registering(),
    contract.ImportMembers(profiles=[profile(2)]),
    contract.ChangeProfile(member_id="m1", profile=profile(1)),
    contract.SetPreferences(member_id="m1", preferences=contract.Preferences()),
    contract.InviteMember(member_id="m1", community_id="c1"),
    contract.JoinCommunity(member_id="m1", community_id="c1"),
    contract.AcceptRules(member_id="m1", community_id="c1", rules_version=1),
    contract.GrantRole(member_id="m1", community_id="c1"),
    contract.NameDeputy(member_id="m1", community_id="c1", deputy_id="nobody"),
    contract.EndDeputy(member_id="m1", community_id="c1", deputy_id="nobody"),
    contract.RecordContribution(contribution_id="k1", member_id="m1", community_id="c1", kind="shared", title="Macros"),
    contract.DeclineInvitation(member_id="m1", community_id="c2"),
    contract.ChooseMessages(member_id="m1", kind="surveys", wanted=True),
    contract.DescribeSkills(member_id="m1", skills=contract.Skills(teaches=["Excel"])),
    contract.GetSkills(member_id="m1"),
    contract.FollowTheme(member_id="m1", community_id="c1", theme="Excel"),
    contract.GetFollowedThemes(community_id="c1"),
    contract.FindTeachers(community_id="c1"),
    contract.GetRulesVersions(community_id="c1"),
    contract.ListAcceptances(community_id="c1"),
    contract.RequestIntroduction(
        member_id="m1", request_id="q1", community_id="c1", teacher="t1", topic="Excel", message="Please"
    ),
    contract.AnswerIntroduction(member_id="m1", introduction_id="q1", accept=True),
    contract.TakeBackIntroduction(member_id="m1", introduction_id="q1"),
    contract.ListIntroductions(member_id="m1"),
    contract.HeldByMembers(member_id="m1"),
    contract.SignOutEverywhere(member_id="m1", before=datetime(2026, 5, 1, tzinfo=UTC)),
    contract.GrantSteward(member_id="m1"),
    contract.RevokeSteward(member_id="m1"),
    contract.MakeCalendarAddress(member_id="m1", digest="0" * 64),
    contract.GetCalendarAddress(member_id="m1"),
    contract.EndCalendarAddress(member_id="m1"),
    contract.Identify(member_id="m1"),
    contract.GetCards(member_ids=["m1"]),
    contract.FindColleagues(community_id="c1", emails=["m1@example.co.jp"]),
    contract.ListCommunities(),
    contract.GetMember(member_id="m1"),
    contract.FindMembers(community_id="c1"),
    contract.SuggestLeaders(community_id="c1", of="community", choose=1, candidates=["m1"], weights={"site": 1}),
    contract.GetCommunity(community_id="c1"),
    contract.GetJourney(member_id="m1"),
    contract.RevokeRole(member_id="m1", community_id="c1"),
    contract.LeaveCommunity(member_id="m1", community_id="c1"),
    contract.AddSponsor(sponsor_id="p1", community_id="c1", name="山本 一郎", email="yamamoto@example.co.jp"),
    contract.ListSponsors(community_id="c1"),
    contract.RemoveSponsor(sponsor_id="p1", community_id="c1"),
    contract.PreviewMerge(kept_id="m1", absorbed_id="m6"),
    contract.MergeMembers(merge_id="mg1", kept_id="m1", absorbed_id="m6"),
    contract.ListMerges(member_id="m1"),
    contract.UndoMerge(absorbed_id="m6"),
    contract.ChangeNumber(member_id="m1", number="000001"),
    contract.ProvisionMember(number="000007", user_name="m7", name="七", email="m7@example.co.jp", department="営業部"),
    contract.FindProvisioned(),
    contract.DeprovisionMember(member_id=model.new_member_id("000007")),
    contract.DeactivateMember(member_id="m1"),
    contract.ReactivateMember(member_id="m1"),
    contract.EraseMember(member_id="m1"),
    contract.GetErasure(member_id="m1"),
    contract.ListErasures(community_id="c1"),
    contract.ListCrossings(community_id="c1", member_ids=["m1"]),
]
TOKENS: dict[str, tuple[str, tuple[str, ...]]] = {
    "self": ("m1", ()),
    "another": ("m2", ()),
    "leader": ("m3", ("leader:c1",)),
    "leader elsewhere": ("m3", ("leader:c2",)),
    "leader of nothing": ("m3", ("leader", "self", "leader:", "leader:*")),
    "steward": ("steward-1", ("steward",)),
    "system": ("system-1", ("system",)),
    "portal": ("portal", ("portal",)),
}
ALLOWED: dict[str, set[str]] = {
    "FoundCommunity": {"steward", "system"},
    "ReviseCharter": {"leader", "steward", "system"},
    "ReviseCommunity": {"leader", "steward", "system"},
    "GetLogo": set(TOKENS),
    "ReportMeasure": {"leader", "steward", "system"},
    "GetMeasures": set(TOKENS),
    "RegisterMember": {"steward", "system"},
    "ImportMembers": {"steward", "system"},
    "ChangeProfile": {"steward", "system"},
    "SetPreferences": {"self", "steward", "system"},
    "InviteMember": {"leader", "steward", "system"},
    "JoinCommunity": {"self", "steward", "system"},
    "LeaveCommunity": {"self", "steward", "system"},
    "AcceptRules": {"self", "system"},
    "GrantRole": {"steward", "system"},
    "RevokeRole": {"steward", "system"},
    "NameDeputy": {"self", "steward"},
    "EndDeputy": {"self", "steward"},
    "RecordContribution": {"self", "leader", "steward", "system"},
    "DeclineInvitation": {"self"},
    "ChooseMessages": {"self", "steward"},
    "DescribeSkills": {"self"},
    "GetSkills": set(TOKENS),
    "FollowTheme": {"self"},
    "GetFollowedThemes": {"leader", "steward", "system"},
    "GetRulesVersions": set(TOKENS),
    "ListAcceptances": {"leader", "steward", "system"},
    "FindTeachers": {"self", "leader", "steward", "system"},
    "RequestIntroduction": {"self"},
    "AnswerIntroduction": {"self"},
    "TakeBackIntroduction": {"self"},
    "ListIntroductions": {"self"},
    "SignOutEverywhere": {"self", "steward"},
    "GrantSteward": {"steward", "system"},
    "RevokeSteward": {"steward", "system"},
    "MakeCalendarAddress": {"self"},
    "GetCalendarAddress": {"self", "steward"},
    "EndCalendarAddress": {"self", "steward"},
    "Identify": {"portal"},
    "GetCards": set(TOKENS),
    "FindColleagues": {"self", "leader", "steward", "system"},
    "ListCommunities": set(TOKENS),
    "HeldByMembers": {"self", "steward"},
    "GetMember": {"self", "leader", "steward", "system"},
    "FindMembers": {"leader", "steward", "system"},
    "GetCommunity": set(TOKENS),
    "GetJourney": {"self", "leader", "steward", "system"},
    "AddSponsor": {"leader", "steward", "system"},
    "ListSponsors": {"leader", "steward", "system"},
    "RemoveSponsor": {"leader", "steward", "system"},
    "PreviewMerge": {"steward", "system"},
    "MergeMembers": {"steward", "system"},
    "ListMerges": {"steward", "system"},
    "UndoMerge": {"steward", "system"},
    "ChangeNumber": {"steward", "system"},
    "ProvisionMember": {"system"},
    "FindProvisioned": {"system"},
    "DeprovisionMember": {"system"},
    "DeactivateMember": {"steward", "system"},
    "ReactivateMember": {"steward", "system"},
    "EraseMember": {"steward", "system"},
    "GetErasure": {"steward", "system"},
    "ListErasures": {"leader", "steward", "system"},
    "ListCrossings": {"leader", "steward", "system"},
    "SuggestLeaders": {"leader", "steward", "system"},
}
"""Written out, not derived from the contract: this is what was promised."""
UNKNOWN = {"RequestIntroduction", "AnswerIntroduction", "TakeBackIntroduction", "NameDeputy", "EndDeputy"}
"""About what is not known beforehand: tests/members/test_introductions.py and test_role_ends.py."""


def test_every_command_and_question_is_in_the_table() -> None:
    owned = [m for m in (*COMMANDS.values(), *QUESTIONS.values()) if m.subject.split(".")[2] == "members"]
    assert {m.__name__ for m in owned} == set(ALLOWED) == {type(a).__name__ for a in ASKED}
    assert len(all_messages(Fact, contract)) == 41


async def test_each_operation_is_for_those_it_says_and_for_nobody_else(steward: Any, client_as: Any) -> None:
    await steward.send(founding())
    await steward.send(registering())
    await steward.send(contract.JoinCommunity(member_id="m1", community_id="c1"))
    await steward.send(registering("m5", 5))
    await steward.send(registering("m6", 6))
    await steward.send(contract.GrantSteward(member_id="m5"))
    clients = {name: await client_as(sub, *roles) for name, (sub, roles) in TOKENS.items()}
    for asked in ASKED:
        name = type(asked).__name__
        for who, client in clients.items():
            refused = None
            try:
                await client._request(asked, 30)
            except Refused as no:
                refused = no.status
            answered = 404 if name in UNKNOWN else None
            assert refused == (answered if who in ALLOWED[name] else 403), f"{name} by {who}"


async def test_without_a_valid_token_nothing_is_done(members: Any, client_as: Any, token: Any, facts: Any) -> None:
    nobody = await client_as("m1")
    for wrong in (None, "", "nonsense", token("m1", "steward", "system", ttl=-10)):
        nobody._token = wrong
        for asked in ASKED:
            with pytest.raises(Refused) as refused:
                await nobody._request(asked, 10)
            assert refused.value.status == 401, type(asked).__name__
    assert await facts(0) == []
