"""The rules of a community over time: no version is lost, and leaders see who accepted which."""

from datetime import timedelta
from typing import Any

from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Caller
from ekkyo.contracts.events import EventReminderDue
from ekkyo.testing import eventually
from ekkyo_members import model

from tests.members.conftest import event
from tests.members.people import CHARTER, NOW, community, founding, member, registering

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


def test_a_member_is_reminded_of_a_version_once_after_some_days() -> None:
    joined = member(communities=("c1",))

    def remind(it: model.Member, now: Any, because: Any = "days", rules: Any = None) -> Any:
        return model.remind_of_rules(it, [rules or community()], because, now=now)

    assert remind(joined, NOW + 6 * DAY).facts == ()
    told = remind(joined, NOW + 7 * DAY)
    assert [(f.rules_version, f.because) for f in told.facts] == [(1, "days")]
    for late in ("days", "event"):
        assert remind(told.document, NOW + 30 * DAY, late).facts == ()
    second = revised(community(), "Ask nicely.", 20).document
    assert remind(told.document, NOW + 26 * DAY, rules=second).facts == ()
    early = remind(told.document, NOW + 21 * DAY, "event", second)
    assert [(f.rules_version, f.because) for f in early.facts] == [(2, "event")]
    assert remind(early.document, NOW + 60 * DAY, rules=second).facts == ()


def test_who_accepted_left_or_is_not_there_is_not_reminded() -> None:
    joined = member(communities=("c1",))
    accepted = model.accept_rules(joined, community(), 1, now=NOW).document
    for it in (accepted, member(), joined.model_copy(update={"active": False}), model.erase(joined, now=NOW).document):
        assert model.remind_of_rules(it, [community()], "event", now=NOW + 30 * DAY).facts == ()


def test_timers_are_set_by_joining_and_by_changed_rules() -> None:
    joined = model.join(member(), community(), who=Caller("m1"), now=NOW)
    assert [(t.timer, t.at) for t in joined.timers] == [(model.RulesTimer(id="m1"), NOW + 7 * DAY)]  # type: ignore[union-attr]
    changed = model.with_reminder(community(), revised(community(), "Ask.", 0), now=NOW)
    assert [(t.timer, t.at) for t in changed.timers] == [(model.RevisedRulesTimer(id="c1"), NOW + 7 * DAY)]  # type: ignore[union-attr]
    cmd = contract.ReviseCharter(community_id="c1", charter=CHARTER.model_copy(update={"who": "All."}))
    assert model.with_reminder(community(), model.revise_charter(community(), cmd, now=NOW), now=NOW).timers == ()


async def test_leaders_and_hosts_are_reminded_before_their_next_event(steward: Any, events: Any, facts: Any) -> None:
    await steward.send(founding())
    for n in (1, 2, 3):
        await steward.send(registering(f"m{n}", n))
        await steward.send(contract.JoinCommunity(member_id=f"m{n}", community_id="c1"))
    await steward.send(contract.GrantRole(member_id="m1", community_id="c1"))
    near = event("e1").model_copy(update={"hosts": ["m2"]})
    for again in (1, 2):
        await events.tell(EventReminderDue(event_id="e1", event=near, confirmed=["m3"]), id=again)

    async def reminded() -> bool:
        told = [(f.member_id, f.because) for f in await facts(0) if isinstance(f, contract.RulesDue)]
        return sorted(told) == [("m1", "event"), ("m2", "event")]

    await eventually(reminded)
