"""Deliveries as lists show them: with the names of what they are about."""

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from ekkyo.contracts.base import Caller
from ekkyo.contracts.events import EventState
from ekkyo.contracts.members import Locale
from ekkyo.contracts.notify import OWN, ListDeliveries, ListedDelivery, Topic
from ekkyo.contracts.surveys import SurveyState

from ekkyo_notify.model.delivery import Delivery
from ekkyo_notify.model.known import KnownEvent, KnownSurvey


def topics_told(ask: ListDeliveries, who: Caller) -> dict[str, Any]:
    """Which topics this caller is told of: those of which only the recipient is told, to the recipient alone."""
    if ask.member_id is not None and ask.member_id == who.sub:
        return {}
    wanted = [ask.topic] if ask.topic else get_args(Topic)
    return {"topic": {"$in": [topic for topic in wanted if topic not in OWN]}}


def about(
    deliveries: Iterable[Delivery], events: Iterable[KnownEvent], surveys: Iterable[KnownSurvey]
) -> dict[str, EventState | SurveyState]:
    """What each delivery is about, by the delivery's id: as it is by now, else as the message was to tell, if kept."""
    known = {k.id: k.event for k in events} | {k.id: k.survey for k in surveys}
    found = {
        d.id: known.get(d.entity_id) or (d.kept and (d.kept.notice.event or d.kept.notice.survey)) for d in deliveries
    }
    return {id: one for id, one in found.items() if one}


def listed(
    delivery: Delivery, about: EventState | SurveyState | None, communities: Mapping[str, str], locale: Locale
) -> ListedDelivery:
    """A delivery with the title of its event or survey, and the name of the community of it."""
    title = about and (about.title if isinstance(about, EventState) else _worded(about.title, locale))
    name = communities.get(about.community_id) if about else None
    return ListedDelivery(**delivery.state.model_dump(), title=title or None, community_name=name)


def _worded(texts: Mapping[Locale, str], locale: Locale) -> str | None:
    """A text in this language, else in the one there is."""
    return texts.get(locale) or next(iter(texts.values()), None)
