"""What all pages of leaders share: the section, and whether this visitor leads here."""

from typing import Any, Final

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import EventState, GetEvent
from ekkyo.contracts.members import Community, GetCommunity

from ekkyo_portal.look.words.refusals import REFUSALS
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.sections import Section
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Visitor

section = Section("lead")
BESIDE: Final = {
    "place_missing": "place",
    "url_missing": "url",
    "capacity_below_confirmed": "capacity",
    "too_many_promotions": "capacity",
    "answers_too_large": "capacity",
    "event_in_the_past": "starts",
    "series_too_long": "repeat",
    "series_without_dates": "repeat",
}
"""The field that a refusal stands beside."""


async def led(visit: Visit, event_id: str) -> EventState:
    """The event, for those who lead its community. Raises Refused for everybody else."""
    event = await visit.ask(GetEvent(event_id=event_id))
    must_lead(visit, event.community_id)
    return event


async def run(visit: Visit, event_id: str) -> EventState:
    """The event, for those who lead its community or host it. Raises Refused for everybody else."""
    event = await visit.ask(GetEvent(event_id=event_id))
    must_run(visit, event)
    return event


def must_run(visit: Visit, event: EventState) -> None:
    """Raises Refused unless the visitor leads the event's community, is a steward, or hosts the event."""
    if not runs(visit.me, event):
        raise Refused("not_allowed", "Only leaders of this community and hosts of this event may do this.", 403)


def runs(visitor: Visitor, event: EventState) -> bool:
    """Whether this visitor leads the event's community or hosts it."""
    return visitor.may_lead(event.community_id) or (visitor.only is None and visitor.member_id in event.hosts)


async def led_community(visit: Visit, community_id: str) -> Community:
    """The community, for those who lead it. Raises Refused for everybody else."""
    community = await visit.ask(GetCommunity(community_id=community_id))
    must_lead(visit, community_id)
    return community


def must_lead(visit: Visit, community_id: str) -> None:
    """Raises Refused unless the visitor leads this community or is a steward."""
    if not visit.me.may_lead(community_id):
        raise Refused("not_allowed", "Only leaders of this community and stewards may do this.", 403)


def beside(form: Form, why: Refused) -> None:
    """Put a refusal beside the field it is about. Raises it again where there is none."""
    if why.code == "terms_conflict":
        online = any(error.field == "terms.online_capacity" for error in why.errors or ())
        form.wrong("format" if online else "capacity", "terms_stay")
        return
    field = BESIDE.get(why.code)
    if field is None:
        raise why
    form.wrong(field, why.code)


def wrong_words(visit: Visit) -> dict[str, Any]:
    """What may stand beside a field of the pages of leaders: our own words, and those of refusals."""
    return {**REFUSALS[visit.reader.locale], **vars(visit.reader.words.lead)}
