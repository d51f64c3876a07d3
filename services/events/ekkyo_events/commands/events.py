"""What the events service can be asked to do with an event, the places at it, and its tables."""

import secrets
from functools import partial

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts.base import Caller, Refused, new_id
from ekkyo.contracts.events import (
    AttendanceImported,
    CancelEvent,
    ChangeAttend,
    CheckIn,
    ConcludeEvent,
    DraftEvent,
    DuplicateEvent,
    EventState,
    GroupRegistration,
    ImportAttendance,
    MoveSeat,
    PublishEvent,
    RegisterForEvent,
    RegisterGroup,
    Registration,
    RescheduleEvent,
    ReviseEvent,
    SeatTables,
    SetTerms,
    Tables,
    UndoCheckIn,
    WithdrawFromEvent,
)
from ekkyo.decision import Decision, Entries
from ekkyo.decision.clock import utcnow

from ekkyo_events import model
from ekkyo_events.commands.hosts import OwnBroker, decided_by_host
from ekkyo_events.store import Doors, Events, KnownPeople, RulesKnown, decided

router = Router()


@router.subscriber(**asked(DraftEvent))
async def draft(cmd: DraftEvent, events: Events) -> EventState:
    """Write an event down without telling anyone yet."""
    return await events.create(cmd.event_id, lambda e, seats: model.draft(e, cmd))


@router.subscriber(**asked(DuplicateEvent))
async def duplicate(cmd: DuplicateEvent, events: Events, who: Who) -> EventState:
    """Write an event down that is like another one."""
    like = await events.get(cmd.like)
    return await events.create(cmd.event_id, lambda e, seats: model.duplicate(e, like, cmd, who=who))


@router.subscriber(**asked(PublishEvent))
async def publish(
    cmd: PublishEvent, events: Events, people: KnownPeople, rules: RulesKnown, broker: OwnBroker, who: Who
) -> EventState:
    """Announce a draft and open its registration, by a host who accepted the community's rules."""
    lot = model.Lot(new_id(), secrets.token_hex(32))
    return await decided_by_host(
        cmd.event_id,
        who.sub,
        events,
        people,
        rules,
        broker,
        lambda e, seats, _known, host: model.publish(e, seats, cmd, lot=lot, host=host, who=who, now=utcnow()),
    )


@router.subscriber(**asked(ReviseEvent))
async def revise(
    cmd: ReviseEvent, events: Events, people: KnownPeople, rules: RulesKnown, broker: OwnBroker, who: Who
) -> EventState:
    """Change what an event is; of a published one, by a host who accepted the community's rules."""
    return await decided_by_host(
        cmd.event_id,
        who.sub,
        events,
        people,
        rules,
        broker,
        lambda e, seats, known, host: model.revise(e, seats, cmd, people=known, host=host, who=who, now=utcnow()),
    )


@router.subscriber(**asked(SetTerms))
async def set_terms(cmd: SetTerms, events: Events, people: KnownPeople, who: Who) -> EventState:
    """Set the terms of an event's registration."""
    return await decided(
        cmd.event_id,
        (),
        people,
        events,
        lambda e, seats, known: model.set_terms(e, seats, cmd, people=known, who=who, now=utcnow()),
    )


@router.subscriber(**asked(RescheduleEvent))
async def reschedule(cmd: RescheduleEvent, events: Events, who: Who) -> EventState:
    """Move an event to another time."""
    return await events.change(cmd.event_id, lambda e, seats: model.reschedule(e, seats, cmd, who=who, now=utcnow()))


@router.subscriber(**asked(CancelEvent))
async def cancel(cmd: CancelEvent, events: Events, who: Who) -> EventState:
    """Call an event off."""
    return await events.change(cmd.event_id, lambda e, seats: model.cancel(e, seats, cmd, who=who))


@router.subscriber(**asked(ConcludeEvent))
async def conclude(cmd: ConcludeEvent, events: Events, people: KnownPeople, who: Who) -> EventState:
    """Declare an event over."""
    return await decided(
        cmd.event_id,
        (),
        people,
        events,
        lambda e, seats, known: model.conclude(e, seats, cmd, people=known, who=who, now=utcnow()),
    )


@router.subscriber(**asked(RegisterForEvent))
async def register(cmd: RegisterForEvent, events: Events, people: KnownPeople, who: Who) -> Registration:
    """Ask for a seat."""
    return await decided(
        cmd.event_id,
        [cmd.member_id],
        people,
        events,
        lambda e, seats, known: model.register(e, seats, cmd, people=known, who=who, now=utcnow()),
    )


@router.subscriber(**asked(RegisterGroup))
async def register_group(cmd: RegisterGroup, events: Events, people: KnownPeople, who: Who) -> GroupRegistration:
    """Register members together."""
    return await decided(
        cmd.event_id,
        list(dict.fromkeys([cmd.member_id, *cmd.with_members])),
        people,
        events,
        lambda e, seats, known: model.register_group(e, seats, cmd, people=known, who=who, now=utcnow()),
    )


@router.subscriber(**asked(ChangeAttend))
async def change_attend(cmd: ChangeAttend, events: Events, people: KnownPeople, who: Who) -> Registration:
    """Take part in a hybrid event the other way."""
    return await decided(
        cmd.event_id,
        [cmd.member_id],
        people,
        events,
        lambda e, seats, known: model.change_attend(e, seats, cmd, people=known, who=who, now=utcnow()),
    )


@router.subscriber(**asked(WithdrawFromEvent))
async def withdraw(cmd: WithdrawFromEvent, events: Events, people: KnownPeople, who: Who) -> Registration:
    """Give a seat or a place on the waitlist back."""
    return await decided(
        cmd.event_id,
        (),
        people,
        events,
        lambda e, seats, known: model.withdraw(e, seats, cmd, people=known, who=who, now=utcnow()),
        entries=[cmd.member_id],
    )


@router.subscriber(**asked(CheckIn))
async def check_in(cmd: CheckIn, events: Events, people: KnownPeople, doors: Doors, who: Who) -> Registration:
    """Record that a member came. The code of a seat may name a record that is part of another one by now."""
    door = await doors.get(cmd.event_id) if cmd.word or who.sub == cmd.member_id else None
    while True:
        try:
            return model.unless_refused(
                await decided(
                    cmd.event_id,
                    [cmd.member_id],
                    people,
                    events,
                    partial(_checked_in, cmd=cmd, who=who, door=door),
                )
            )
        except Refused as no:
            person = await people.get(cmd.member_id) if no.code == "member_merged" else None
            if person is None or person.merged_into is None:
                raise
            cmd = cmd.model_copy(update={"member_id": person.merged_into})


def _checked_in(
    event: model.Event,
    seats: Entries[model.Seat],
    known: model.People,
    *,
    cmd: CheckIn,
    who: Caller,
    door: model.Door | None,
) -> Decision[model.Event, Registration | Refused]:
    return model.check_in(event, seats, cmd, people=known, who=who, now=utcnow(), door=door)


@router.subscriber(**asked(UndoCheckIn))
async def undo_check_in(cmd: UndoCheckIn, events: Events, people: KnownPeople, who: Who) -> Registration:
    """Take back that a member came."""
    return await decided(
        cmd.event_id,
        [cmd.member_id],
        people,
        events,
        lambda e, seats, known: model.undo_check_in(e, seats, cmd, people=known, who=who, now=utcnow()),
    )


@router.subscriber(**asked(ImportAttendance))
async def import_attendance(cmd: ImportAttendance, events: Events, people: KnownPeople, who: Who) -> AttendanceImported:
    """Record all who came, from a meeting tool's report."""
    members = list(dict.fromkeys(attendee.member_id for attendee in cmd.attendees))
    return await decided(
        cmd.event_id,
        members,
        people,
        events,
        lambda e, seats, known: model.import_attendance(e, seats, cmd, people=known, who=who, now=utcnow()),
    )


@router.subscriber(**asked(SeatTables))
async def seat_tables(cmd: SeatTables, events: Events, people: KnownPeople, who: Who) -> Tables:
    """Part those who have a seat into tables."""
    return await decided(
        cmd.event_id,
        (),
        people,
        events,
        lambda e, seats, known: model.seat_tables(e, seats, cmd, people=known, who=who),
    )


@router.subscriber(**asked(MoveSeat))
async def move_seat(cmd: MoveSeat, events: Events, who: Who) -> Tables:
    """Seat a member at another table."""
    members = [cmd.member_id, *([cmd.swap_with] if cmd.swap_with else [])]
    return await events.change(cmd.event_id, lambda e, seats: model.move_seat(e, seats, cmd, who=who), entries=members)
