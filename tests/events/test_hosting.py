"""Whoever publishes an event of their community has accepted its newest rules."""

from datetime import timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import PlanSeries, PublishEvent, ReviseEvent, ReviseSeries
from ekkyo.contracts.members import Charter, Community, CommunityFounded, Membership, RulesAccepted
from ekkyo.decision.clock import utcnow
from ekkyo.testing import Nats, eventually
from ekkyo_events import model
from ekkyo_events.model import Person
from ekkyo_events.model.hosting import Host, must_have_accepted

from tests.events.people import EVERYBODY
from tests.events.test_invitations import event, seats
from tests.events.test_leaving import heard_by, state, tell
from tests.events.test_model import START, details
from tests.events.test_model import event as published
from tests.events.test_visibility import known

ACCEPTED = Person(id="m1", communities=["c1"], accepted=["c1"], versions=["c1/2"])


@pytest.mark.parametrize(
    "host",
    [
        Host(ACCEPTED, 2),
        Host(ACCEPTED, None),
        Host(None, 2),
        Host(Person(id="s1", communities=["c2"]), 2),
        Host(Person(id="m1", communities=["c1"], accepted=["c1"]), 2),
    ],
    ids=[
        "accepted",
        "no rules heard of",
        "a system",
        "a steward of no such community",
        "from before versions were kept",
    ],
)
def test_these_may_publish(host: Host) -> None:
    must_have_accepted(event(), host)


@pytest.mark.parametrize(
    "host", [Host(ACCEPTED, 3), Host(Person(id="m1", communities=["c1"]), 1)], ids=["older", "none"]
)
def test_a_member_who_has_not_accepted_the_newest_rules_may_not(host: Host) -> None:
    with pytest.raises(Refused, match="rules_not_accepted"):
        must_have_accepted(event(), host)


NOT_YET = Host(ACCEPTED, 3)
SERIES = {"series_id": "s1", "community_id": "c1", "starts": "2030-05-01T12:00", "minutes": 60}


def test_nor_may_they_change_a_published_event_or_plan_a_series() -> None:
    plan = PlanSeries(**SERIES, rule="FREQ=WEEKLY;COUNT=2", details=details(url_follows=True))
    leader, now = Caller("m1", frozenset({"leader:c1"})), START - timedelta(days=7)
    series = model.plan_series(None, plan, Host(ACCEPTED, 2), now=now).document
    revise = ReviseSeries(series_id="s1", change_id="ch1", details=details(url_follows=True, capacity=9))
    asked = {"people": EVERYBODY, "who": leader, "now": now}
    change = ReviseEvent(event_id="e1", details=details(url_follows=True))
    for refused in (
        lambda: model.plan_series(None, plan, NOT_YET, now=now),
        lambda: model.revise_series(series, revise, NOT_YET, who=leader, now=now),
        lambda: model.revise(published(), seats(), change, host=NOT_YET, **asked),
    ):
        with pytest.raises(Refused, match="rules_not_accepted"):
            refused()
    assert model.revise(published(status="draft"), seats(), change, host=NOT_YET, **asked).answer.status == "draft"


async def test_a_leader_publishes_once_they_accepted_the_rules_even_a_moment_ago(scene: Any, nats: Nats) -> None:
    rules = Community(
        community_id="c1", name="IT", rules="Ask.", rules_version=2, founded_at=utcnow(), revision=1,
        charter=Charter(objective="", who="", what="", how=""),
    )  # fmt: skip
    await tell(nats, CommunityFounded(community_id="c1", community=rules), revision=1)
    await known(nats, "leader-1")
    await heard_by(nats)
    draft = await scene.draft()
    leader = await scene.leader()
    publish = PublishEvent(event_id=draft.event_id)
    await eventually(lambda: refused_for_the_rules(scene, leader, publish), what="the rules are known")
    accepted = Membership(community_id="c1", joined_at=utcnow(), rules_accepted=2)
    told = state("leader-1", "c1").model_copy(update={"communities": [accepted]})
    fact = RulesAccepted(member_id="leader-1", member=told, community_id="c1", rules_version=2)
    await tell(nats, fact, revision=2)
    assert (await leader.send(publish)).status == "published"


async def refused_for_the_rules(scene: Any, leader: Any, publish: PublishEvent) -> bool:
    return await scene.refusal(leader.send(publish)) == ("rules_not_accepted", 409)
