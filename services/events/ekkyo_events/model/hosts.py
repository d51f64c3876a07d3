"""Hosts of one event: what its leaders do on the day, they may do too, at that event alone.

Whether they still belong to the community is asked in each decision: who left is no host from that moment on.
"""

from datetime import datetime
from typing import Any

from ekkyo.contracts.base import Caller, Fact, Refused
from ekkyo.contracts.events import (
    HOSTS_UNTIL,
    MOST_HOSTS,
    EventPage,
    EventState,
    HostNamed,
    HostRemoved,
    ListHosted,
    NameHost,
    RemoveHost,
)
from ekkyo.decision import Decision

from ekkyo_events.model.documents import Event, leads, must_be_published, not_found, state
from ekkyo_events.model.hosting import Host, has_accepted
from ekkyo_events.model.people import NotLookedUp, People
from ekkyo_events.model.telling import told_to
from ekkyo_events.model.visibility import seen


def runs(event: Event, who: Caller, people: People, *, now: datetime) -> bool:
    """Whether the caller may do what leaders do on the day. Raises NotLookedUp for a host who was not looked up."""
    if leads(who, event):
        return True
    if who.sub not in event.hosts or now > event.ends_at + HOSTS_UNTIL:
        return False
    if who.sub not in people.known:
        raise NotLookedUp([who.sub])
    person = people.known[who.sub]
    return person is not None and person.active and event.community_id in person.communities


def must_run(event: Event, who: Caller, people: People, *, now: datetime) -> None:
    """Refuse (403) who neither leads the community nor hosts the event."""
    if not runs(event, who, people, now=now):
        raise Refused("not_allowed", "Only leaders of this community and hosts of this event may do this.", 403)


def to_ask_of(event: Event | None, who: Caller) -> list[str]:
    """Whom to look up to decide whether the caller runs this event."""
    return [who.sub] if event and who.sub in event.hosts and not leads(who, event) else []


def run_by(event: Event | None, who: Caller, people: People, *, now: datetime) -> Event:
    """The event, if the caller runs it."""
    if event is None or not seen(event, who, None):
        raise not_found()
    must_run(event, who, people, now=now)
    return event


def name_host(event: Event, cmd: NameHost, host: Host, *, who: Caller) -> Decision[Event, EventState]:
    """Make a member of the community a host. Of a draft nothing is told yet."""
    who.must_lead(event.community_id)
    if cmd.member_id in event.hosts:
        return Decision(event, state(event))
    if event.status != "draft":
        must_be_published(event, "get another host")
    person = host.person
    if person is None or not person.active or event.community_id not in person.communities:
        raise Refused("not_a_member", "Only active members of the community can host its events.")
    if not has_accepted(event.community_id, host):
        raise Refused("host_has_not_accepted", "This member has not accepted the community's current rules.")
    if len(event.hosts) >= MOST_HOSTS:
        raise Refused("too_many_hosts", f"An event has at most {MOST_HOSTS} hosts.")
    after = event.model_copy(update={"hosts": [*event.hosts, cmd.member_id]})
    told = state(after, after=event)
    facts = [] if event.status == "draft" else [HostNamed(event_id=event.id, event=told, member_id=cmd.member_id)]
    return Decision(after, told, facts=facts)


def remove_host(event: Event, cmd: RemoveHost, *, who: Caller) -> Decision[Event, EventState]:
    """Have a host no longer."""
    if not seen(event, who, None):
        raise not_found()
    who.must_lead(event.community_id, or_is=cmd.member_id)
    decision = _without(event, cmd.member_id, "asked")
    answer = told_to(decision.document, who, None)
    revision = event.revision + (decision.document is not event)
    return Decision(decision.document, answer.model_copy(update={"revision": revision}), facts=decision.facts)


def host_left(event: Event, member_id: str, people: People) -> Decision[Event, None]:
    """End that somebody hosts an event who is not in its community any more. Raises NotLookedUp."""
    if member_id not in people.known:
        raise NotLookedUp([member_id])
    person = people.known[member_id]
    if person is None or (person.active and event.community_id in person.communities):
        return Decision(event, None)
    return _without(event, member_id, "left")


def move_host(event: Event, absorbed_id: str, kept_id: str) -> Decision[Event, None]:
    """Make one record a host in place of another one: of a merge, or of its undoing."""
    without = _without(event, absorbed_id, "left").document
    if without is event:
        return Decision(event, None)
    named = kept_id not in without.hosts
    after = without.model_copy(update={"hosts": [*without.hosts, *([kept_id] if named else [])]})
    told = state(after, after=event)
    facts: list[Fact] = [HostRemoved(event_id=event.id, event=told, member_id=absorbed_id, because="left")]
    facts += [HostNamed(event_id=event.id, event=told, member_id=kept_id)] if named else []
    return Decision(after, None, facts=[] if event.status == "draft" else facts)


def _without(event: Event, member_id: str, because: Any) -> Decision[Event, None]:
    if member_id not in event.hosts:
        return Decision(event, None)
    after = event.model_copy(update={"hosts": [one for one in event.hosts if one != member_id]})
    told = state(after, after=event)
    fact = HostRemoved(event_id=event.id, event=told, member_id=member_id, because=because)
    return Decision(after, None, facts=[] if event.status == "draft" else [fact])


def named_at_publication(event: Event, told: EventState) -> list[HostNamed]:
    """What is told of the hosts that a draft had."""
    return [HostNamed(event_id=event.id, event=told, member_id=one) for one in event.hosts]


def hosted(member_id: str, *, now: datetime) -> dict[str, Any]:
    """Which events a member hosts."""
    return {
        "hosts": {"$in": [member_id]},
        "status": {"$in": ["published", "concluded"]},
        "ends_at": {"$gte": now - HOSTS_UNTIL},
    }


def hosted_page(ask: ListHosted, found: list[Event], who: Caller) -> EventPage:
    """A page of them. found: one more than the page holds, if there are more."""
    page = found[: ask.limit]
    return EventPage(
        events=[told_to(event, who, None) for event in page], next=page[-1].id if len(found) > ask.limit else None
    )
