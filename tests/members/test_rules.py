"""The rules of a community over time: no version is lost, and leaders see who accepted which."""

from datetime import timedelta
from typing import Any

from ekkyo.contracts import members as contract
from ekkyo_members import model

from tests.members.people import NOW, community, founding, member, registering

DAY = timedelta(days=1)


def revised(before: model.Community, rules: str, days: int) -> Any:
    cmd = contract.ReviseCharter(community_id="c1", rules=rules)
    decision = model.revise_charter(before, cmd, now=NOW + days * DAY)
    again = model.revise_charter(decision.document, cmd, now=NOW + (days + 1) * DAY)
    assert (again.document, again.entries) == (decision.document, ())
    return decision


def test_each_version_is_kept_with_the_time_when_it_became_the_newest() -> None:
    second = revised(community(), "Ask nicely.", 1)
    third = revised(second.document, "Ask.", 2)
    told = model.rules_versions(third.document, [*second.entries, *third.entries]).versions
    assert [(one.version, one.text, one.since) for one in told] == [
        (3, "Ask.", NOW + 2 * DAY), (2, "Ask nicely.", NOW + DAY), (1, "Ask anything.", NOW)
    ]  # fmt: skip


def test_of_versions_from_before_texts_were_kept_the_number_is_told() -> None:
    older = community(rules_version=3)
    told = model.rules_versions(revised(older, "Ask.", 1).document, revised(older, "Ask.", 1).entries).versions
    assert [(one.version, one.text, one.since) for one in told[1:]] == [
        (3, "Ask anything.", None), (2, None, None), (1, None, None)
    ]  # fmt: skip


def test_leaders_see_who_accepted_which_version_and_who_has_not_accepted_the_newest() -> None:
    newest = community(rules_version=2)
    those = [member(f"m{n}", n, communities=("c1",)) for n in range(1, 6)]
    those[0] = model.accept_rules(those[0], newest, 2, now=NOW).document
    those[1] = model.accept_rules(those[1], community(), 1, now=NOW).document
    those[4] = model.deactivate(those[4]).document

    def told(**more: Any) -> contract.Acceptances:
        return model.acceptances(newest, those, contract.ListAcceptances(community_id="c1", **more))

    assert [(one.version, one.members) for one in told().counted] == [(2, 1), (1, 1), (0, 2)]
    assert [(one.member_id, one.version, one.accepted_at) for one in told().members][:2] == [
        ("m1", 2, NOW),
        ("m2", 1, NOW),
    ]
    assert [one.member_id for one in told(missing=True).members] == ["m2", "m3", "m4"]
    page = told(missing=True, limit=2)
    assert [one.member_id for one in told(missing=True, limit=2, after=page.next).members] == ["m4"]


async def test_versions_and_acceptances_on_real_servers(members: Any, steward: Any, client_as: Any) -> None:
    await steward.send(founding())
    await steward.send(registering())
    await steward.send(contract.JoinCommunity(member_id="m1", community_id="c1"))
    me = await client_as("m1")
    await me.send(contract.AcceptRules(member_id="m1", community_id="c1", rules_version=1))
    await steward.send(contract.ReviseCharter(community_id="c1", rules="Ask nicely."))
    told = (await me.ask(contract.GetRulesVersions(community_id="c1"))).versions
    assert [(one.version, one.text) for one in told] == [(2, "Ask nicely."), (1, "Ask anything.")]
    leader = await client_as("l1", "leader:c1")
    (one,) = (await leader.ask(contract.ListAcceptances(community_id="c1", missing=True))).members
    assert (one.member_id, one.version) == ("m1", 1)
    assert one.accepted_at is not None
