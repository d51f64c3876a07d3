"""What it can be asked to tell of outputs."""

from collections.abc import Sequence

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts.events import Board, GetOutput, OutputPage, OutputState, ProposedOutputs

from ekkyo_events import model
from ekkyo_events.model import telling
from ekkyo_events.store import Events, KnownPeople, Outputs, parts_of, places_at, whole_records

router = Router()


@router.subscriber(**asked(GetOutput))
async def output(ask: GetOutput, outputs: Outputs, events: Events, people: KnownPeople, who: Who) -> OutputState:
    """One output."""
    kept = await outputs.get(ask.output_id)
    waits = kept is not None and kept.status != "attached"
    found = model.seen_by(kept, who, await parts_of(who.sub, people) if waits else [])
    records = await whole_records(model.made_by([found]), people)
    return model.told_output(found, but=await _hidden([found], events, who), records=records)


@router.subscriber(**asked(Board))
async def board(ask: Board, outputs: Outputs, events: Events, people: KnownPeople, who: Who) -> OutputPage:
    """What came of events and communities, newest first."""
    where = model.on_board(ask, await parts_of(ask.author_id, people) if ask.author_id else [])
    found = await outputs.find(where, sort="-attached_at", after=ask.after, limit=ask.limit + 1)
    records = await whole_records(model.made_by(found), people)
    return model.output_page(ask, found, but=await _hidden(found, events, who), records=records)


@router.subscriber(**asked(ProposedOutputs))
async def proposed_outputs(ask: ProposedOutputs, outputs: Outputs, people: KnownPeople) -> OutputPage:
    """What waits for a leader of a community."""
    where = {"community_id": ask.community_id, "status": "proposed"}
    found = await outputs.find(where, after=ask.after, limit=ask.limit + 1)
    return model.output_page(ask, found, records=await whole_records(model.made_by(found), people))


async def _hidden(found: Sequence[model.Output], events: Events, who: Who) -> set[str]:
    """The events of these outputs that the caller may not know of."""
    named = sorted({one.event_id for one in found if one.event_id})
    if not named:
        return set()
    private = await events.find({"id": {"$in": named}, "terms.invited_only": {"$exists": True}}, limit=0)
    seen = telling.of_seen(private, await places_at(events, private, who), who)
    return {event.id for event in private} - {event.id for event in seen}
