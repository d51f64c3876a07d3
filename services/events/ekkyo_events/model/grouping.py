"""Members who register together: all get seats, or all wait."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from ekkyo.contracts.base import Caller, FieldError, Refused
from ekkyo.contracts.events import GroupRegistration, RegisterGroup, Registration
from ekkyo.decision import Decision, Entries

from ekkyo_events.model.arranged import attends, placed
from ekkyo_events.model.arranged.counting import together
from ekkyo_events.model.arranged.quotas import counting, keeps
from ekkyo_events.model.documents import Event, Seat, leads, not_found, registration
from ekkyo_events.model.entering import enter, takes_entrants
from ekkyo_events.model.late import with_time_to_decide
from ekkyo_events.model.line import place
from ekkyo_events.model.people import People
from ekkyo_events.model.registrations import may_act_for, must_take_registrations
from ekkyo_events.model.visibility import admitted, seen

Answer = Decision[Event, GroupRegistration]


def register_group(
    event: Event, seats: Entries[Seat], cmd: RegisterGroup, *, people: People, who: Caller, now: datetime
) -> Answer:
    """Give all of a group seats if all fit, else one ticket for the waitlist; before a draw, they enter it together.

    Said again, it changes nothing.
    """
    own = seats.get(cmd.member_id)
    may_act_for(event, cmd.member_id, who, own)
    members = [cmd.member_id, *cmd.with_members]
    held = {member: seats.get(member) for member in members}
    before = [seat for seat in held.values() if seat and _is_of(seat, cmd.group_id)]
    if before:
        if len(before) < len(held) or len(held) < len(members):
            raise Refused("group_taken", "Another group already has this id.")
        return Decision(event, _told(event, cmd, before, seats))
    if not seen(event, who, own):
        raise not_found()
    must_take_registrations(event, who, now=now)
    _must_be_a_group(event, members)
    if no := people.refusal(event, cmd.member_id):
        raise no
    if own and own.status != "withdrawn":
        raise Refused("already_registered", "This member has a place already. Withdraw it first.")
    _must_be_able(event, cmd.with_members, held, people, who)
    attend = attends(event, cmd.attend)
    asked = {"registration_id": cmd.group_id, "group_id": cmd.group_id, "attend": attend}
    newcomers = [
        (held[member] or Seat(document_id=event.id, key=member, status="withdrawn")).model_copy(update=asked)
        for member in members
    ]
    newcomers = [seat if seat.key == who.sub else with_time_to_decide(event, seat, now=now) for seat in newcomers]
    if keeps(event):
        newcomers = counting(event, newcomers, people)
    if event.drawing and takes_entrants(event, now):
        entered, applied, applications = enter(event, newcomers)
        after = entered.model_copy(update={"grouped": True})
        told = [registration(after, seat, None, len(members)) for seat in applied]
        answer = GroupRegistration(event_id=event.id, group_id=cmd.group_id, registrations=told)
        return Decision(after, answer, entries=applied, facts=applications)
    new = placed(event, seats, newcomers, people)
    after = new.event.model_copy(update={"grouped": True})
    told = [registration(after, seat, new.place, len(members)) for seat in new.seats]
    answer = GroupRegistration(event_id=event.id, group_id=cmd.group_id, registrations=told)
    return Decision(after, answer, entries=new.seats, facts=new.facts)


def _is_of(seat: Seat, group_id: str) -> bool:
    """Whether this member was registered by the request with this id, whatever became of it."""
    return seat.registration_id == group_id or group_id in seat.withdrawn


def _must_be_a_group(event: Event, members: Sequence[str]) -> None:
    size = event.terms.group_size if event.terms else None
    if size is None:
        raise Refused("groups_not_offered", "Members register one by one for this event.")
    if len(set(members)) < len(members):
        wrong = FieldError(field="with_members", code="twice", detail="name each member once, without member_id")
        raise Refused("malformed", "A member is named twice.", 400, errors=[wrong])
    if len(members) > size:
        wrong = FieldError(field="with_members", code="too_many", detail=f"name at most {size - 1} others")
        raise Refused("group_too_large", f"At most {size} members can register together.", errors=[wrong])


def _must_be_able(
    event: Event, members: Sequence[str], held: Mapping[str, Seat | None], people: People, who: Caller
) -> None:
    """Refuse a group of which one may not register, without a word of why: that is between them and the event."""
    barred = people.barred(event, members, held=False)
    if not leads(who, event):
        barred |= {member for member in members if not admitted(event, held[member])}
    wrong = [
        FieldError(field=f"with_members.{n}", code="cannot_register", detail="has a place already, or may have none")
        for n, member in enumerate(members)
        if member in barred or ((seat := held[member]) is not None and seat.status != "withdrawn")
    ]
    if wrong:
        text = "Not all of the group can be registered: they may have places already, or may have none here."
        raise Refused("group_cannot_register", text, errors=wrong)


def _told(event: Event, cmd: RegisterGroup, before: Sequence[Seat], seats: Entries[Seat]) -> GroupRegistration:
    """How the places of a group that was registered are now."""
    waiting = seats.all(status="waitlisted") if any(seat.status == "waitlisted" for seat in before) else []

    def one(seat: Seat) -> Registration:
        if seat.registration_id == cmd.group_id:
            return registration(event, seat, place(seat, waiting), together(seat, before))
        own = {"event_id": event.id, "member_id": seat.key, "registration_id": cmd.group_id}
        return Registration(**own, status="withdrawn")

    return GroupRegistration(event_id=event.id, group_id=cmd.group_id, registrations=[one(seat) for seat in before])
