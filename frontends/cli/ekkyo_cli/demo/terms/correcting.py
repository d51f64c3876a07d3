"""A report that was wrong, and the corrected one that replaces it: who stood in the wrong one alone did not come."""

from ekkyo.client import Ekkyo
from ekkyo.contracts import events as e
from ekkyo_common.attendance import corrected_by, record, replace


async def import_corrected(leader: Ekkyo, event: e.EventState, came: list[e.Attendee]) -> tuple[int, int]:
    """Import a report that names a no-show instead of somebody who came, then the right one.

    Returns how many of those who came had no seat, and how many lost the attendance that the wrong report gave them.
    """
    missed = (await leader.ask(e.GetRoster(event_id=event.event_id, status=["no_show"]))).registrations
    named = {one.member_id for one in came}
    wrongly = [e.Attendee(member_id=one.member_id) for one in missed if one.member_id not in named][:1]
    first = await record(leader, event.event_id, [*came[:-1], *wrongly])
    done = await replace(leader, event.event_id, came, await corrected_by(leader, event.event_id, came))
    return first.walk_ins + done.walk_ins, len(done.lost)
