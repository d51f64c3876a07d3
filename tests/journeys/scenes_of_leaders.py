"""What leaders see of the portal, in the states that it can be in."""

import base64
from typing import Any

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import (
    GetDoorWord,
    GetEvent,
    GetFigures,
    GetRoster,
    ListEvents,
    MyRegistration,
)
from ekkyo.contracts.members import (
    FindMembers,
)
from ekkyo.contracts.notify import ListReleases
from ekkyo.contracts.surveys import GetResults, ListSurveys, RankThemes, SurveyList

from tests.journeys.scene import DRAFT, MEASURED, OF_SERIES, REGULAR, Scene, away
from tests.portal import (
    test_lead_applications,
    test_lead_calendar,
    test_lead_hosting,
    test_lead_invitations,
    test_lead_overbooking,
    test_lead_results,
    test_looks,
    test_output_pages,
    test_pulse_pages,
    test_rules_pages,
    test_series_pages,
    test_suggestions_pages,
    test_template_pages,
)
from tests.portal.leading import answers
from tests.portal.making import LEADER
from tests.portal.test_events_pages import mine
from tests.portal.test_lead_attendance import BEGUN
from tests.portal.test_lead_desk import at_the_desk
from tests.portal.test_lead_hours import HOURS
from tests.portal.test_lead_results import answered, over
from tests.portal.test_lead_sponsors import REPORTED, reporting

TEMPLATES = tuple(f"/c/it/templates{path}" for path in ("", "/new", "/spring", "/spring/preview"))
WHOLE: dict[str, Any] = {
    "format": "hybrid",
    "place": "本社3F",
    "terms": {
        "opens_at": "2026-11-30T03:00:00Z",
        "closes_at": "2026-12-01T09:00:00Z",
        "withdraw_by": "2026-12-01T03:00:00Z",
        "online_capacity": 20,
        "group_size": 3,
    },
}
"""An event with terms of many kinds."""
SERIES = ("/c/it/series/new", *(f"/series/s1{path}" for path in ("", "/edit?from=e2", "/time", "/rule", "/cancel")))
CALENDAR = {"kept": base64.urlsafe_b64encode(test_lead_calendar.FILE).decode(), "capacity": "12", "context": "昼食会"}
PLANNED = {**test_series_pages.PLANNED, "do": "preview"}
INVITING = test_lead_invitations.private()
LEADERS = [
    Scene("what members answered", LEADER, answers(asks=True), ("/e/e1/questions", "/e/e1/questions/answers")),
    Scene("what leaders decide", LEADER, test_output_pages.known(), ("/board?community=it", "/o/o2", "/o/o2/edit")),
    Scene("measures", LEADER, MEASURED, ("/c/it/measures", "/c/it", "/c/it/measures/edit")),
    Scene("rules over time", LEADER, test_rules_pages.KNOWN, test_rules_pages.PAGES),
    Scene("all kinds of questions", LEADER, test_template_pages.REPLIES, TEMPLATES),
    Scene("pulses", LEADER, test_pulse_pages.REPLIES, test_pulse_pages.ADDRESSES),
    Scene("its own look", LEADER, test_looks.replies(), ("/c/it", "/communities", "/e/e1", "/", "/c/it/charter")),
    Scene("leading a series", LEADER, {**answers(), **OF_SERIES, **REGULAR}, ("/e/e1", *SERIES)),
    Scene(
        "dates of a series",
        LEADER,
        answers(),
        ("/c/it/series/new",),
        form=PLANNED,
    ),
    Scene("dates by another rule", LEADER, answers(), ("/series/s1/rule",), form=test_series_pages.ANOTHER_RULE),
    Scene("a calendar", LEADER, test_lead_calendar.REPLIES, (test_lead_calendar.PATH,)),
    Scene("what is in a calendar", LEADER, test_lead_calendar.REPLIES, (test_lead_calendar.PATH,), form=CALENDAR),
    Scene(
        "leading",
        LEADER,
        answers(),
        ("/lead", "/c/it/chat", "/c/it/chat/disconnect", "/c/it/charter", "/c/it/events/new"),
    ),
    Scene("a draft", LEADER, DRAFT, ("/e/e1", "/e/e1/publish", "/e/e1/edit", "/e/e1/cancel")),
    Scene("published", LEADER, {**answers(), MyRegistration: mine(None)}, ("/e/e1", "/e/e1/move", "/e/e1/conclude")),
    Scene("terms", LEADER, answers(**WHOLE), ("/e/e1/terms", "/e/e1")),
    Scene("applications", LEADER, test_lead_applications.waiting(), ("/e/e1/applications",)),
    Scene("by invitation", LEADER, INVITING, ("/e/e1/invitations", "/e/e1/terms")),
    Scene("hosts and deputies", LEADER, test_lead_hosting.LEAD_BY, ("/e/e1/hosts", "/c/it/leaders")),
    Scene(
        "whom an invitation reaches",
        LEADER,
        test_lead_invitations.private(),
        ("/e/e1/invitations/preview",),
        form=test_lead_invitations.TYPED,
    ),
    Scene("how many will come", LEADER, test_lead_overbooking.told(), ("/e/e1/overbooking",)),
    Scene("the desk", LEADER, at_the_desk(), ("/e/e1/roster", "/e/e1/roster?q=林", "/e/e1/poster")),
    Scene("tables", LEADER, answers(), ("/e/e1/tables",)),
    Scene("the desk is closed", LEADER, at_the_desk(status="concluded"), ("/e/e1/roster", "/e/e1/poster")),
    Scene("nobody came", LEADER, answers(), ("/e/e1/roster?q=zz", "/e/e1/poster", "/e/e1/attendance")),
    Scene(
        "parts of the desk away",
        LEADER,
        {**at_the_desk(), **away(FindMembers, GetDoorWord)},
        ("/e/e1/roster", "/e/e1/poster"),
    ),
    Scene("it has begun", LEADER, BEGUN, ("/e/e1/attendance?new=2&walk_ins=1&already=1&passed=1", "/e/e1/conclude")),
    Scene("results", LEADER, over(), ("/e/e1/results", "/c/it/results")),
    Scene("reports", LEADER, over(), ("/c/it/reports", "/c/it/report?period=2026-11&as=page")),
    Scene(
        "the report of a department",
        LEADER,
        test_lead_results.of_a_department(),
        ("/c/it/report/department", "/c/it/report/department?department=製造部&quarter=2026-Q3&as=page"),
    ),
    Scene("sponsors", LEADER, reporting(), ("/c/it/sponsors", "/c/it/reports/2026-10", "/c/it/sponsors/p1/remove")),
    Scene("a report that was sent", LEADER, {**reporting(), ListReleases: REPORTED}, ("/c/it/reports/2026-10",)),
    Scene("learning hours", LEADER, HOURS, ("/c/it/hours",)),
    Scene("suggestions", LEADER, test_suggestions_pages.SUGGESTED, ("/c/it/suggestions",)),
    Scene("nothing to suggest", LEADER, test_suggestions_pages.NOTHING, ("/c/it/suggestions",)),
    Scene("a report of no days", LEADER, over(), ("/c/it/report?from=2026-11-02&to=2026-11-01",), 422),
    Scene(
        "themes", LEADER, answers(), ("/c/it/themes", "/c/it/themes/theme?name=Excel", "/c/it/themes/theme?name=花見")
    ),
    Scene("results of a survey", LEADER, answered(), ("/s/s1/results", "/c/it/trend", "/e/e1/results")),
    Scene(
        "results of a survey that is open", LEADER, test_lead_results.still_open(), ("/s/s1/results", "/e/e1/results")
    ),
    Scene("no results", LEADER, {**over(), ListSurveys: SurveyList(surveys=[])}, ("/e/e1/results",)),
    Scene(
        "results away",
        LEADER,
        {**over(), **away(GetResults, GetFigures, RankThemes, ListEvents)},
        ("/e/e1/results", "/c/it/results"),
    ),
    Scene(
        "what is gone",
        LEADER,
        {GetEvent: Refused("event_not_found", "", 404), GetRoster: Refused("event_not_found", "", 404)},
        ("/e/e1/roster", "/e/e1/edit"),
        404,
    ),
]
