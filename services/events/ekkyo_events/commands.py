"""What the events service can be asked to do."""

import asyncio

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts.events import (
    AttachOutput,
    AttendanceImported,
    CancelEvent,
    CancelSeries,
    ChangeSeriesRule,
    CheckIn,
    ConcludeEvent,
    ConfirmOutput,
    DeclineOutput,
    DraftEvent,
    DuplicateEvent,
    EventState,
    ImportAttendance,
    OutputState,
    PlanSeries,
    PublishEvent,
    RegisterForEvent,
    RegisterForSeries,
    Registration,
    RemoveOutput,
    RescheduleEvent,
    RescheduleSeries,
    ReviseEvent,
    ReviseOutput,
    ReviseSeries,
    SeriesRegistration,
    SeriesState,
    UndoCheckIn,
    WithdrawFromEvent,
    WithdrawFromSeries,
)
from ekkyo.decision.clock import utcnow

from ekkyo_events import model
from ekkyo_events.store import AllSeries, Doors, Events, KnownPeople, Outputs, knowing

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
async def publish(cmd: PublishEvent, events: Events, who: Who) -> EventState:
    """Announce a draft and open its registration."""
    return await events.change(cmd.event_id, lambda e, seats: model.publish(e, cmd, who=who, now=utcnow()))


@router.subscriber(**asked(ReviseEvent))
async def revise(cmd: ReviseEvent, events: Events, people: KnownPeople, who: Who) -> EventState:
    """Change what an event is."""
    return await knowing(
        (),
        people,
        lambda known: events.change(
            cmd.event_id,
            lambda e, seats: model.revise(e, seats, cmd, people=model.People(known), who=who),
            beside=known,
        ),
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
async def conclude(cmd: ConcludeEvent, events: Events, who: Who) -> EventState:
    """Declare an event over."""
    return await events.change(cmd.event_id, lambda e, seats: model.conclude(e, seats, cmd, who=who, now=utcnow()))


@router.subscriber(**asked(RegisterForEvent))
async def register(cmd: RegisterForEvent, events: Events, people: KnownPeople, who: Who) -> Registration:
    """Ask for a seat."""
    return await knowing(
        [cmd.member_id],
        people,
        lambda known: events.change(
            cmd.event_id,
            lambda e, seats: model.register(e, seats, cmd, people=model.People(known), who=who, now=utcnow()),
            entries=[cmd.member_id],
            beside=known,
        ),
    )


@router.subscriber(**asked(WithdrawFromEvent))
async def withdraw(cmd: WithdrawFromEvent, events: Events, people: KnownPeople, who: Who) -> Registration:
    """Give a seat or a place on the waitlist back."""
    return await knowing(
        (),
        people,
        lambda known: events.change(
            cmd.event_id,
            lambda e, seats: model.withdraw(e, seats, cmd, people=model.People(known), who=who),
            entries=[cmd.member_id],
            beside=known,
        ),
    )


@router.subscriber(**asked(CheckIn))
async def check_in(cmd: CheckIn, events: Events, people: KnownPeople, doors: Doors, who: Who) -> Registration:
    """Record that a member came."""
    door = await doors.get(cmd.event_id) if cmd.word else None
    return model.unless_refused(
        await knowing(
            [cmd.member_id],
            people,
            lambda known: events.change(
                cmd.event_id,
                lambda e, seats: model.check_in(
                    e, seats, cmd, people=model.People(known), who=who, now=utcnow(), door=door
                ),
                entries=[cmd.member_id],
                beside=known,
            ),
        )
    )


@router.subscriber(**asked(UndoCheckIn))
async def undo_check_in(cmd: UndoCheckIn, events: Events, people: KnownPeople, who: Who) -> Registration:
    """Take back that a member came."""
    return await knowing(
        [cmd.member_id],
        people,
        lambda known: events.change(
            cmd.event_id,
            lambda e, seats: model.undo_check_in(e, seats, cmd, people=model.People(known), who=who, now=utcnow()),
            entries=[cmd.member_id],
            beside=known,
        ),
    )


@router.subscriber(**asked(ImportAttendance))
async def import_attendance(cmd: ImportAttendance, events: Events, people: KnownPeople, who: Who) -> AttendanceImported:
    """Record all who came, from a meeting tool's report."""
    members = list(dict.fromkeys(attendee.member_id for attendee in cmd.attendees))
    return await knowing(
        members,
        people,
        lambda known: events.change(
            cmd.event_id,
            lambda e, seats: model.import_attendance(e, seats, cmd, people=model.People(known), who=who, now=utcnow()),
            entries=members,
            beside=known,
        ),
    )


# Series: what is decided here is carried out in their events by a reaction


@router.subscriber(**asked(PlanSeries))
async def plan_series(cmd: PlanSeries, series: AllSeries) -> SeriesState:
    """Announce events that recur."""
    return await series.create(cmd.series_id, lambda s, regulars: model.plan_series(s, cmd, now=utcnow()))


@router.subscriber(**asked(ReviseSeries))
async def revise_series(cmd: ReviseSeries, series: AllSeries, who: Who) -> SeriesState:
    """Change what the events of a series are, all to come or from one on."""
    return await series.change(cmd.series_id, lambda s, regulars: model.revise_series(s, cmd, who=who, now=utcnow()))


@router.subscriber(**asked(RescheduleSeries))
async def reschedule_series(cmd: RescheduleSeries, series: AllSeries, who: Who) -> SeriesState:
    """Move the events of a series to another time of day, all to come or from one on."""
    return await series.change(
        cmd.series_id, lambda s, regulars: model.reschedule_series(s, cmd, who=who, now=utcnow())
    )


@router.subscriber(**asked(ChangeSeriesRule))
async def change_series_rule(cmd: ChangeSeriesRule, series: AllSeries, who: Who) -> SeriesState:
    """Give a series another rule, for all events to come or from one on."""
    return await series.change(
        cmd.series_id, lambda s, regulars: model.change_rule(s, regulars, cmd, who=who, now=utcnow())
    )


@router.subscriber(**asked(CancelSeries))
async def cancel_series(cmd: CancelSeries, series: AllSeries, who: Who) -> SeriesState:
    """Call the events of a series off, all to come or from one on."""
    return await series.change(cmd.series_id, lambda s, regulars: model.cancel_series(s, cmd, who=who, now=utcnow()))


@router.subscriber(**asked(RegisterForSeries))
async def register_series(
    cmd: RegisterForSeries, series: AllSeries, people: KnownPeople, who: Who
) -> SeriesRegistration:
    """Ask for a seat in each event of a series."""
    return await knowing(
        [cmd.member_id],
        people,
        lambda known: series.change(
            cmd.series_id,
            lambda s, regulars: model.register_series(
                s, regulars, cmd, people=model.People(known), who=who, now=utcnow()
            ),
            entries=[cmd.member_id],
            beside=known,
        ),
    )


@router.subscriber(**asked(WithdrawFromSeries))
async def withdraw_series(cmd: WithdrawFromSeries, series: AllSeries, who: Who) -> SeriesRegistration:
    """Give the seats in the events of a series back."""
    return await series.change(
        cmd.series_id,
        lambda s, regulars: model.withdraw_series(s, regulars, cmd, who=who, now=utcnow()),
        entries=[cmd.member_id],
    )


@router.subscriber(**asked(AttachOutput))
async def attach_output(
    cmd: AttachOutput, outputs: Outputs, events: Events, people: KnownPeople, who: Who
) -> OutputState:
    """Put an output on the board, or propose it."""
    event, person, waiting = await asyncio.gather(
        _event(cmd.event_id, events),
        people.get(who.sub),
        outputs.count({"proposed_by": who.sub, "status": "proposed"}),
    )
    return await outputs.create(
        cmd.output_id,
        lambda o: model.attach(o, cmd, event, who=who, person=person, waiting=waiting, now=utcnow()),
    )


@router.subscriber(**asked(ConfirmOutput))
async def confirm_output(cmd: ConfirmOutput, outputs: Outputs, who: Who) -> OutputState:
    """Put a proposed output on the board."""
    return await outputs.change(cmd.output_id, lambda o: model.confirm(o, who=who, now=utcnow()))


@router.subscriber(**asked(DeclineOutput))
async def decline_output(cmd: DeclineOutput, outputs: Outputs, who: Who) -> OutputState:
    """Decline a proposed output."""
    return await outputs.change(cmd.output_id, lambda o: model.decline(o, cmd, who=who))


@router.subscriber(**asked(ReviseOutput))
async def revise_output(cmd: ReviseOutput, outputs: Outputs, who: Who) -> OutputState:
    """Correct an output."""
    return await outputs.change(cmd.output_id, lambda o: model.revise_output(o, cmd, who=who))


@router.subscriber(**asked(RemoveOutput))
async def remove_output(cmd: RemoveOutput, outputs: Outputs, who: Who) -> OutputState:
    """Take an output off the board, or a proposal back."""
    return await outputs.change(cmd.output_id, lambda o: model.remove(o, who=who))


async def _event(event_id: str | None, events: Events) -> model.Event | None:
    return await events.get(event_id) if event_id else None
