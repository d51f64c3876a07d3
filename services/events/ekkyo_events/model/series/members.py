"""Members who are registered for all of a series."""

from datetime import datetime

from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import RegisterForSeries, SeriesRegistration, WithdrawFromSeries
from ekkyo.decision import Decision, Entries

from ekkyo_events.model.people import People
from ekkyo_events.model.series.changes import first_to_come
from ekkyo_events.model.series.documents import (
    MOST_REGISTERED,
    REMEMBERED,
    Regular,
    Series,
    series_registration,
    timers,
    with_step,
)


def register_series(
    series: Series, regulars: Entries[Regular], cmd: RegisterForSeries, *, people: People, who: Caller, now: datetime
) -> Decision[Series, SeriesRegistration]:
    """Register a member for all that is to come. Who is registered stays so."""
    who.must_lead(series.community_id, or_is=cmd.member_id)
    found = regulars.get(cmd.member_id)
    if found and (found.status == "registered" or cmd.registration_id in found.withdrawn):
        return Decision(series, series_registration(found))
    first = first_to_come(series, now)
    if no := people.refusal(series, cmd.member_id):
        raise no
    if series.registered >= MOST_REGISTERED:
        raise Refused("series_full", f"At most {MOST_REGISTERED} members can register for a whole series.")
    regular = Regular(
        document_id=series.id,
        key=cmd.member_id,
        status="registered",
        registration_id=cmd.registration_id,
        withdrawn=found.withdrawn if found else [],
    )
    counted = series.model_copy(update={"registered": series.registered + 1})
    after = with_step(counted, "registered", cmd.registration_id, first=first, member_id=cmd.member_id)
    return Decision(after, series_registration(regular), entries=[regular], timers=timers(after, now))


def withdraw_series(
    series: Series, regulars: Entries[Regular], cmd: WithdrawFromSeries, *, who: Caller, now: datetime
) -> Decision[Series, SeriesRegistration]:
    """Take a registration for all of a series back."""
    who.must_lead(series.community_id, or_is=cmd.member_id)
    found = regulars.get(cmd.member_id)
    if not found:
        raise Refused("registration_not_found", "This member is not registered for the series.")
    if cmd.registration_id in found.withdrawn:
        given_back = found.model_copy(update={"status": "withdrawn", "registration_id": cmd.registration_id})
        return Decision(series, series_registration(given_back))
    if cmd.registration_id not in (None, found.registration_id):
        raise Refused("registration_not_found", "This member has no registration with this id for the series.")
    if found.status == "withdrawn":
        return Decision(series, series_registration(found))
    regular = _without_registration(found)
    after = series.model_copy(update={"registered": series.registered - 1})
    coming = [n for n, one in enumerate(series.occurrences) if one.ends_at > now]
    if coming:
        after = with_step(after, "withdrawn", found.registration_id, first=coming[0], member_id=cmd.member_id)
    return Decision(after, series_registration(regular), entries=[regular], timers=timers(after, now))


def leave_series(
    series: Series, regulars: Entries[Regular], member_id: str, *, people: People
) -> Decision[Series, None]:
    """End the registration of somebody who may have no seat any more: they get none in events that are added."""
    found = regulars.get(member_id)
    if not found or found.status == "withdrawn" or not people.refusal(series, member_id):
        return Decision(series, None)
    after = series.model_copy(update={"registered": series.registered - 1})
    return Decision(after, None, entries=[_without_registration(found)])


def move_regular(series: Series, regulars: Entries[Regular], absorbed_id: str, kept_id: str) -> Decision[Series, None]:
    """The registration of a record that became part of another one is that one's."""
    theirs, mine = regulars.get(absorbed_id), regulars.get(kept_id)
    if theirs is None or theirs.status == "withdrawn":
        return Decision(series, None)
    both = mine is not None and mine.status == "registered"
    after = series.model_copy(update={"registered": series.registered - both})
    gone = _without_registration(theirs).model_copy(update={"moved_to": kept_id, "both": both})
    known = mine.withdrawn if mine else []
    moved = theirs.model_copy(update={"key": kept_id, "withdrawn": [*known, *theirs.withdrawn][-REMEMBERED:]})
    return Decision(after, None, entries=[gone] if both else [gone, moved])


def move_regular_back(series: Series, regulars: Entries[Regular], absorbed_id: str) -> Decision[Series, None]:
    """It is the registration of a record of its own again, unless it was given back since."""
    gone = regulars.get(absorbed_id)
    if gone is None or gone.moved_to is None:
        return Decision(series, None)
    at = regulars.get(gone.moved_to)
    again = {"status": "registered", "moved_to": None, "both": False, "withdrawn": gone.withdrawn[:-1]}
    if gone.both:
        after = series.model_copy(update={"registered": series.registered + 1})
        return Decision(after, None, entries=[gone.model_copy(update=again)])
    if at is None or at.status == "withdrawn" or at.registration_id != gone.registration_id:
        return Decision(series, None, entries=[gone.model_copy(update={"moved_to": None})])
    return Decision(series, None, entries=[gone.model_copy(update=again), _without_registration(at)])


def _without_registration(regular: Regular) -> Regular:
    given_back = [*regular.withdrawn, regular.registration_id][-REMEMBERED:]
    return regular.model_copy(update={"status": "withdrawn", "withdrawn": given_back})
