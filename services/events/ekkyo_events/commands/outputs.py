"""What it can be asked to do with outputs."""

import asyncio

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts.events import (
    AttachOutput,
    ConfirmOutput,
    DeclineOutput,
    OutputState,
    RemoveOutput,
    ReviseOutput,
)
from ekkyo.decision.clock import utcnow

from ekkyo_events import model
from ekkyo_events.store import Events, KnownPeople, Outputs, parts_of

router = Router()


@router.subscriber(**asked(AttachOutput))
async def attach_output(
    cmd: AttachOutput, outputs: Outputs, events: Events, people: KnownPeople, who: Who
) -> OutputState:
    """Put an output on the board, or propose it."""
    (event, seat), person, waiting = await asyncio.gather(
        _event(cmd.event_id, events, who),
        people.get(who.sub),
        outputs.count({"proposed_by": who.sub, "status": "proposed"}),
    )
    return await outputs.create(
        cmd.output_id,
        lambda o: model.attach(o, cmd, event, seat=seat, who=who, person=person, waiting=waiting, now=utcnow()),
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
async def remove_output(cmd: RemoveOutput, outputs: Outputs, people: KnownPeople, who: Who) -> OutputState:
    """Take an output off the board, or a proposal back."""
    records = await parts_of(who.sub, people)
    return await outputs.change(cmd.output_id, lambda o: model.remove(o, who=who, records=records))


async def _event(event_id: str | None, events: Events, who: Who) -> tuple[model.Event | None, model.Seat | None]:
    """The event, and the caller's place there."""
    return await events.entry(event_id, who.sub) if event_id else (None, None)
