"""What lists say of a seat whose holder was checked in: that, while the event is on; attended, once it is over."""

from datetime import timedelta
from typing import Any

import pytest
from ekkyo.contracts.events import (
    AnswersPage,
    EventPage,
    EventState,
    GetAnswers,
    GetSeries,
    ListEvents,
    MemberAnswers,
    MyEvent,
    MyEvents,
    MyEventsPage,
    RegistrationQuestion,
)
from ekkyo_portal.web.visitor import Visitor

from tests.portal.leading import answers, registration, series
from tests.portal.making import HANAKO, LEADER, NOW, STEWARD, opened, text_of
from tests.portal.pictures import in_english
from tests.portal.test_community_pages import known
from tests.portal.test_events_pages import event
from tests.portal.test_me_pages import KNOWN

ON = event(starts_at=NOW - timedelta(minutes=30), ends_at=NOW + timedelta(minutes=30), asks=True)
OVER = event(starts_at=NOW - timedelta(hours=2), ends_at=NOW - timedelta(hours=1), asks=True)
PAGES = {
    "/": HANAKO,
    "/month": HANAKO,
    "/c/it": HANAKO,
    "/me": HANAKO,
    "/me/journey": HANAKO,
    "/series/s1": HANAKO,
    "/people/hanako": STEWARD,
    "/e/e1/questions/answers": LEADER,
}
"""Pages with a list that says what somebody has at an event, and who looks at them."""
COMING = ("/", "/c/it")
"""These list nothing that is over."""


def attended(it: EventState) -> dict[type[Any], Any]:
    """All that these pages ask, with one event at which Hanako was checked in."""
    here = registration("hanako", "attended", checked_in_at=NOW - timedelta(minutes=40))
    said = MemberAnswers(member_id="hanako", status="attended", answers={"lunch": True})
    lunch = RegistrationQuestion(key="lunch", kind="yes_no", text="お弁当は必要ですか")
    return {
        **answers(),
        **KNOWN,
        **known(),
        ListEvents: EventPage(events=[it], registrations=[here]),
        MyEvents: MyEventsPage(entries=[MyEvent(event=it, registration=here)]),
        GetSeries: series(it, registrations=[here]),
        GetAnswers: AnswersPage(event=it, questions=[lunch], entries=[said]),
    }


@pytest.mark.parametrize(("path", "who"), PAGES.items())
async def test_nobody_has_attended_an_event_that_is_on(path: str, who: Visitor) -> None:
    for visitor, here, came in (
        (who, "受付済み", "参加済み"),
        (in_english(who), "Checked in", "Attended"),
    ):
        async with opened(attended(ON), visitor) as browser:
            said = text_of(await browser.get(path))
            assert (here in said, came in said) == (True, False)
        async with opened(attended(OVER), visitor) as browser:
            said = text_of(await browser.get(path))
            assert (here in said, came in said) == (False, path not in COMING)
