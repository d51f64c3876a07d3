"""What it can be asked to do with a series: what is decided here is carried out in its events by a reaction."""

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts.events import (
    CancelSeries,
    ChangeSeriesRule,
    PlanSeries,
    RegisterForSeries,
    RescheduleSeries,
    ReviseSeries,
    SeriesRegistration,
    SeriesState,
    WithdrawFromSeries,
)
from ekkyo.decision.clock import utcnow

from ekkyo_events import model
from ekkyo_events.commands.hosts import OwnBroker, heard_first, rules_of
from ekkyo_events.store import AllSeries, Events, KnownPeople, RulesKnown, knowing

router = Router()


@router.subscriber(**asked(PlanSeries))
async def plan_series(
    cmd: PlanSeries, series: AllSeries, people: KnownPeople, rules: RulesKnown, broker: OwnBroker, who: Who
) -> SeriesState:
    """Announce events that recur, by a host who accepted the community's rules."""

    async def planned() -> SeriesState:
        host = model.Host(await people.get(who.sub), await rules_of(cmd.community_id, rules))
        return await series.create(cmd.series_id, lambda s, regulars: model.plan_series(s, cmd, host, now=utcnow()))

    return await heard_first(broker, planned)


@router.subscriber(**asked(ReviseSeries))
async def revise_series(
    cmd: ReviseSeries, series: AllSeries, people: KnownPeople, rules: RulesKnown, broker: OwnBroker, who: Who
) -> SeriesState:
    """Change what the events of a series are, all to come or from one on, by who accepted the community's rules."""

    async def revised() -> SeriesState:
        found = await series.get(cmd.series_id)
        host = model.Host(await people.get(who.sub), await rules_of(found.community_id if found else None, rules))
        return await series.change(
            cmd.series_id, lambda s, regulars: model.revise_series(s, cmd, host, who=who, now=utcnow())
        )

    return await heard_first(broker, revised)


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
    cmd: RegisterForSeries, series: AllSeries, events: Events, people: KnownPeople, who: Who
) -> SeriesRegistration:
    """Ask for a seat in each event of a series."""
    return await knowing(
        [cmd.member_id],
        people,
        events,
        lambda beside, known: series.change(
            cmd.series_id,
            lambda s, regulars: model.register_series(s, regulars, cmd, people=known, who=who, now=utcnow()),
            entries=[cmd.member_id],
            beside=beside,
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
