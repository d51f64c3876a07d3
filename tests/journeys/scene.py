"""A section of the portal in one state: who looks, what services answer, which pages they open."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import (
    EventPage,
    GetSeries,
    ListEvents,
    MyRegistration,
)
from ekkyo_portal.web.visitor import Visitor

from tests.portal import (
    test_me_pages,
    test_measures_pages,
    test_people_pages,
)
from tests.portal.leading import answers, series
from tests.portal.test_events_pages import event, mine

Replies = Mapping[type[Any], Any]


@dataclass(frozen=True)
class Scene:
    """Pages that one visitor opens while services answer so.

    status: of their responses; form: what is sent there, for a page that only an action makes.
    """

    name: str
    visitor: Visitor | None
    replies: Replies
    paths: tuple[str, ...]
    status: int = 200
    form: Mapping[str, str] | None = None


def away(*questions: type[Any]) -> Replies:
    return dict.fromkeys(questions, Refused("unavailable", "x", 503))


MEASURED = test_measures_pages.replies(*test_measures_pages.ALL)
ME, PEOPLE, DRAFT = (
    test_me_pages.KNOWN,
    test_people_pages.KNOWN,
    {**answers(status="draft"), MyRegistration: mine(None)},
)
OF_SERIES: Replies = {
    ListEvents: EventPage(events=[event("e1", series_id="s1"), event("e2")]),
    MyRegistration: mine(None, series_id="s1"),
}
REGULAR: Replies = {
    GetSeries: series(
        mine={"series_id": "s1", "member_id": "hanako", "registration_id": "r1", "status": "registered"},
        registrations=[
            {"event_id": "e1", "member_id": "hanako", "status": "confirmed"},
            {"event_id": "e2", "member_id": "hanako", "status": "waitlisted", "position": 2},
        ],
        under_way=True,
        left_as_they_were=[{"event_id": "e2", "code": "capacity_below_confirmed"}],
    )
}
