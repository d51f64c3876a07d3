"""Invitations to events that only invited members see."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from ekkyo.contracts.base import Caller, FieldError, Refused
from ekkyo.contracts.events import (
    EventInvitationWithdrawn,
    EventState,
    InviteMembers,
    MembersInvited,
    PreviewInvitation,
    Segment,
    UninviteMember,
)
from ekkyo.contracts.events.invitation import (
    MOST_NAMED,
    MOST_TOLD,
    InvitationPreview,
    InvitedToEvent,
    Invitee,
    InviteePage,
)
from ekkyo.decision import Decision, Entries

from ekkyo_events.model.documents import Event, Seat, must_be_published, state
from ekkyo_events.model.parts import Sent
from ekkyo_events.model.people import People, accepted_version
from ekkyo_events.model.registrations import withdraw_who_left
from ekkyo_events.model.visibility import by_invitation, has_place

AT_ONCE: Final = 5_000
"""Members whom one invitation reaches: they are saved in one write."""
IN_ALL: Final = 20_000
"""Members who can be invited to one event."""
REMEMBERED: Final = 100
"""How many invitations an event remembers."""


def must_choose(wanted: InviteMembers | PreviewInvitation) -> None:
    """Refuse an invitation that names nobody, and a segment without a condition: it would be everybody."""
    segment = wanted.segment
    if segment is None and not wanted.members:
        detail = "is needed, or a segment"
        wrong = FieldError(field="members", code="missing", detail=detail)
        raise Refused("malformed", "An invitation needs members, a segment, or both.", 400, errors=[wrong])
    if segment is not None and not any(segment.model_dump().values()):
        wrong = FieldError(field="segment", code="missing", detail="needs at least one condition, such as a department")
        raise Refused("malformed", "A segment needs at least one condition.", 400, errors=[wrong])


def in_segment(event: Event, segment: Segment, rules: int | None = None) -> dict[str, Any]:
    """Which of the people known belong to a segment, but for who came before.

    rules: the newest version of the community's rules, which must be accepted; None: none was heard of.
    """
    community = {"$in": [event.community_id]}
    newest = {"versions": {"$in": [accepted_version(event.community_id, rules)]}} if rules else None
    accepted = newest or {"accepted": community}
    of_community = segment.in_community or event.members_only
    return {
        "active": True,
        **({"department": {"$in": segment.departments}} if segment.departments else {}),
        **({"site": {"$in": segment.sites}} if segment.sites else {}),
        **({"communities": community} if of_community else {}),
        **(accepted if segment.accepted_rules else {}),
    }


def invite(
    event: Event,
    seats: Entries[Seat],
    cmd: InviteMembers,
    members: Sequence[str],
    *,
    people: People,
    who: Caller,
    now: datetime,
) -> Decision[Event, InvitedToEvent]:
    """Invite members. members: those named and those of the segment, each once. Of a draft, nobody hears yet."""
    who.must_lead(event.community_id)
    must_choose(cmd)
    for sent in event.invitations:
        if sent.id == cmd.invitation_id:
            return Decision(event, _told(event, sent))
    if not by_invitation(event):
        raise Refused("not_by_invitation", "Set the terms so that only invited members see the event, then invite.")
    if event.status != "draft":
        must_be_published(event, "have members invited")
    if event.starts_at <= now:
        raise Refused("registration_closed", "Registration closed when the event started.")
    able = sorted(set(members) - people.uninvitable(event, members))
    found = [seats.get(member) or Seat(document_id=event.id, key=member, status="withdrawn") for member in able]
    changed = [seat.model_copy(update={"invited": True}) for seat in found if not seat.invited]
    if len(changed) > AT_ONCE:
        raise Refused(
            "too_many_invitations",
            f"This would invite {len(changed)} members. One invitation reaches at most {AT_ONCE}: narrow the segment.",
        )
    if event.invited + len(changed) > IN_ALL:
        raise Refused("too_many_invitations", f"At most {IN_ALL} members can be invited to an event.")
    newly = [seat.key for seat in changed if not has_place(seat)]
    sent = Sent(
        id=cmd.invitation_id,
        invited=len(newly),
        already=len(able) - len(newly),
        passed_over=len(members) - len(able),
    )
    invitations = [*event.invitations, sent][-REMEMBERED:]
    after = event.model_copy(update={"invited": event.invited + len(changed), "invitations": invitations})
    facts = [] if event.status == "draft" else list(_facts(state(after, after=event), newly, cmd.invitation_id))
    return Decision(after, _told(after, sent), entries=changed, facts=facts)


def at_publication(event: Event, seats: Entries[Seat], told: EventState) -> list[MembersInvited]:
    """What is told to those who were invited to a draft when it is published, also where everybody may see it now."""
    if not event.invited:
        return []
    return list(_facts(told, [seat.key for seat in seats.all(invited=True) if not has_place(seat)], None))


def uninvite(event: Event, seats: Entries[Seat], cmd: UninviteMember, *, who: Caller) -> Decision[Event, Invitee]:
    """Withdraw an invitation of a member without a place."""
    who.must_lead(event.community_id)
    seat = seats.get(cmd.member_id) or Seat(document_id=event.id, key=cmd.member_id, status="withdrawn")
    if not seat.invited:
        return Decision(event, _invitee(event, seat))
    if has_place(seat):
        raise Refused("has_a_place", "This member has a place at the event. Withdraw it first.")
    if event.status != "draft":
        must_be_published(event, "have an invitation withdrawn")
    after, seat, facts = _without_invitation(event, seat)
    return Decision(after, _invitee(after, seat), entries=[seat], facts=facts)


def leave(
    event: Event, seats: Entries[Seat], member_id: str, *, people: People, now: datetime
) -> Decision[Event, None]:
    """Take the place and the invitation of somebody who may have no place any more back."""
    made = withdraw_who_left(event, seats, member_id, people=people, now=now)
    entries = {seat.key: seat for seat in made.entries if isinstance(seat, Seat)}
    seat = entries.get(member_id) or seats.get(member_id)
    if seat is None or not seat.invited or not people.refusal(event, member_id):
        return made
    if made.document is event:
        after, seat, facts = _without_invitation(event, seat)
    else:
        after = made.document.model_copy(update={"invited": event.invited - 1})
        seat, facts = seat.model_copy(update={"invited": False}), []
    entries[member_id] = seat
    return replace(made, document=after, entries=list(entries.values()), facts=[*made.facts, *facts])


def preview_invitation(
    event: Event, seats: Iterable[Seat], ask: PreviewInvitation, members: Sequence[str], *, people: People
) -> InvitationPreview:
    """Whom an invitation would reach. seats: those of these members."""
    out = people.uninvitable(event, members)
    there = {seat.key for seat in seats if seat.invited or has_place(seat)}
    able = set(members) - out
    return InvitationPreview(
        event_id=event.id,
        invited=len(able - there),
        already=len(able & there),
        passed_over=sorted(out & set(ask.members)),
        members=sorted(able - there)[:MOST_TOLD],
    )


def invitee_page(event: Event, seats: Sequence[Seat], limit: int) -> InviteePage:
    """A page of invited members. seats: one more than the page holds, if there are more."""
    page = seats[:limit]
    return InviteePage(
        invitees=[_invitee(event, seat) for seat in page],
        total=event.invited,
        next=page[-1].key if len(seats) > limit else None,
    )


def _without_invitation(event: Event, seat: Seat) -> tuple[Event, Seat, list[EventInvitationWithdrawn]]:
    after = event.model_copy(update={"invited": event.invited - 1})
    seat = seat.model_copy(update={"invited": False})
    if event.status != "published":
        return after, seat, []
    told = state(after, after=event)
    return after, seat, [EventInvitationWithdrawn(event_id=event.id, event=told, member_id=seat.key)]


def _invitee(event: Event, seat: Seat) -> Invitee:
    none = seat.status == "withdrawn" and seat.registration_id is None
    return Invitee(event_id=event.id, member_id=seat.key, invited=seat.invited, status=None if none else seat.status)


def _told(event: Event, sent: Sent) -> InvitedToEvent:
    return InvitedToEvent(
        event_id=event.id,
        invitation_id=sent.id,
        invited=sent.invited,
        already=sent.already,
        passed_over=sent.passed_over,
    )


def _facts(told: EventState, members: Sequence[str], invitation_id: str | None) -> Iterator[MembersInvited]:
    """As many facts as these members need."""
    for at in range(0, len(members), MOST_NAMED):
        some = list(members[at : at + MOST_NAMED])
        yield MembersInvited(event_id=told.event_id, event=told, invitation_id=invitation_id, members=some)
