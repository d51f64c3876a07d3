"""Every section of the portal in the states it can be in: who looks, what services answer, which pages they open."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import (
    EventPage,
    GetDoorWord,
    GetEvent,
    GetFigures,
    GetRoster,
    GetSeries,
    ListEvents,
    MyEvents,
    MyEventsPage,
    MyRegistration,
)
from ekkyo.contracts.members import (
    Erasure,
    ErasurePage,
    FindMembers,
    GetCards,
    GetErasure,
    GetJourney,
    GetMember,
    Journey,
    ListErasures,
    MemberPage,
    RemoveSponsor,
)
from ekkyo.contracts.notify import DeliveryPage, ListDeliveries, ListReleases
from ekkyo.contracts.surveys import GetForm, GetResults, ListSurveys, RankThemes, SurveyList, ThemeRanking
from ekkyo_portal.web.visitor import Visitor

from tests.portal import (
    test_asking_pages,
    test_community_pages,
    test_grouping,
    test_held_pages,
    test_lead_applications,
    test_lead_calendar,
    test_lead_hosting,
    test_lead_invitations,
    test_lead_overbooking,
    test_lead_results,
    test_lead_tables,
    test_leaders_page,
    test_looks,
    test_lottery,
    test_me_pages,
    test_measures_pages,
    test_output_pages,
    test_people_pages,
    test_pulse_pages,
    test_quotas,
    test_rules_pages,
    test_series_pages,
    test_state_page,
    test_suggestions_pages,
    test_survey_answers,
    test_survey_pages,
    test_teaching_pages,
    test_template_pages,
)
from tests.portal.leading import answers, series
from tests.portal.making import HANAKO, LEADER, NOW, STEWARD
from tests.portal.test_events_pages import event, mine
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


COMMUNITIES = test_community_pages.known()
MEASURED = test_measures_pages.replies(*test_measures_pages.ALL)
COMING = {
    MyEvents: test_me_pages.KNOWN[MyEvents],
    **COMMUNITIES,
    ListEvents: EventPage(events=[event(), event("e2", confirmed=30, waitlisted=4, format="hybrid")]),
}
ME, PEOPLE, DRAFT = (
    test_me_pages.KNOWN,
    test_people_pages.KNOWN,
    {**answers(status="draft"), MyRegistration: mine(None)},
)
NOTHING = {
    **ME,
    **COMMUNITIES,
    ListEvents: EventPage(events=[]),
    MyEvents: MyEventsPage(entries=[]),
    ListDeliveries: DeliveryPage(deliveries=[]),
    GetJourney: Journey(member_id="hanako", attended=0, crossings=[]),
    RankThemes: ThemeRanking(community_id="it", themes=[]),
}
ERASURE = Erasure(member_id="x1", erased_at=NOW, receipts={"events": NOW}, waits_for=["notify", "surveys"])
LONG = {
    "title": "とても長い題名のイベント" * 8,
    "description": "https://example.com/" + "a" * 120 + "\n\n二段落目",
    "place": "本社" * 30,
}
NOW_ON = {"starts_at": "2026-11-26T02:30:00Z", "ends_at": "2026-11-26T04:00:00Z", "format": "hybrid", "place": "3F"}
SEEN = ("/e/e1",)
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
ANSWERED_QUESTIONS = test_asking_pages.having(answers={"lunch": True, "menu": "肉", "note": "なし"})
SERIES = ("/c/it/series/new", *(f"/series/s1{path}" for path in ("", "/edit?from=e2", "/time", "/rule", "/cancel")))
CALENDAR = {"kept": base64.urlsafe_b64encode(test_lead_calendar.FILE).decode(), "capacity": "12", "context": "昼食会"}
LINKED: Replies = {**test_suggestions_pages.following(), RemoveSponsor: reporting()[RemoveSponsor]}
BY_LINK = ("/u/it/x", "/u/surveys/x", "/u/themes/it/x", "/u/reports/it/x")
"""What links at the end of mails open; here every link is good."""
WAITING = mine("waitlisted", terms=test_quotas.TERMS, kept=3, confirmed=27, waitlisted=3)
DRAWN = test_lottery.drawn(test_lottery.BEFORE, "held")
PLANNED = {**test_series_pages.PLANNED, "do": "preview"}
INVITING = test_lead_invitations.private()
SCENES = [
    Scene("there is no such page", HANAKO, {}, ("/nothing",), 404),
    Scene("not allowed", HANAKO, answers(), ("/lead", "/people"), 403),
    Scene("what is coming", HANAKO, COMING, ("/", "/month", "/past", "/?community=it&format=online&context=IT")),
    Scene("nothing yet", HANAKO, NOTHING, ("/", "/past", "/me", "/me/journey", "/me/messages")),
    Scene("not registered", HANAKO, {**COMING, MyRegistration: mine(None, speakers=["taro"])}, SEEN),
    Scene("asked", HANAKO, test_asking_pages.ASKS, SEEN),
    Scene("answered questions", HANAKO, ANSWERED_QUESTIONS, ("/e/e1", "/e/e1/answers")),
    Scene("has to answer", HANAKO, test_asking_pages.having(unanswered=True), ("/e/e1", "/e/e1/answers")),
    Scene("what members answered", LEADER, answers(asks=True), ("/e/e1/questions", "/e/e1/questions/answers")),
    Scene("full", HANAKO, {MyRegistration: mine(None, confirmed=30, waitlisted=3)}, SEEN),
    Scene("a seat", HANAKO, {MyRegistration: mine("confirmed", **NOW_ON)}, ("/e/e1?did=events.confirmed",)),
    Scene("a seat at a table", HANAKO, test_lead_tables.seated("林 舞", **NOW_ON), SEEN),
    Scene("waiting", HANAKO, {MyRegistration: WAITING}, SEEN),
    Scene("to be drawn", HANAKO, {MyRegistration: mine(None, **test_lottery.drawn(applied=35))}, SEEN),
    Scene("in the draw", HANAKO, {MyRegistration: mine("applied", **test_lottery.drawn())}, SEEN),
    Scene(
        "not drawn",
        HANAKO,
        {MyRegistration: mine("waitlisted", **DRAWN)},
        SEEN,
    ),
    Scene("applied", HANAKO, {MyRegistration: mine("applied", **test_lead_applications.APPROVAL)}, SEEN),
    Scene("declined", HANAKO, {MyRegistration: test_lead_applications.turned_down()}, SEEN),
    Scene("was there", HANAKO, {**ME, MyRegistration: mine("attended", status="concluded")}, SEEN),
    Scene("the board", HANAKO, test_output_pages.known(), ("/board", "/o/o1", "/c/it/board/new")),
    Scene("what leaders decide", LEADER, test_output_pages.known(), ("/board?community=it", "/o/o2", "/o/o2/edit")),
    Scene("missed", HANAKO, {MyRegistration: mine("no_show", status="concluded")}, SEEN),
    Scene("cancelled, long", HANAKO, {MyRegistration: mine("confirmed", **LONG, status="cancelled")}, SEEN),
    Scene("by a link", replace(HANAKO, only="e1"), {MyRegistration: mine("confirmed")}, ("/e/e1?p=x",)),
    Scene("communities", HANAKO, COMMUNITIES, ("/communities", "/c/it", "/c/hr", "/c/book", "/c/it/leave")),
    Scene("measures", LEADER, MEASURED, ("/c/it/measures", "/c/it", "/c/it/measures/edit")),
    Scene("measures as members see them", HANAKO, MEASURED, ("/c/it/measures", "/c/it")),
    Scene("a community alone", HANAKO, {**COMMUNITIES, **away(ListEvents, RankThemes, GetCards)}, ("/c/it",)),
    Scene("me", HANAKO, ME, ("/me", "/me/journey", "/me/calendar", "/me/messages", "/me/settings", "/me/data")),
    Scene("my chat", HANAKO, ME, ("/me/settings/chat/disconnect",)),
    Scene("a link at the end of a mail", HANAKO, LINKED, BY_LINK),
    Scene("no more of it", HANAKO, LINKED, BY_LINK, form={}),
    Scene("my skills", HANAKO, ME, ("/me/skills",)),
    Scene("what is held on me", HANAKO, test_held_pages.KNOWN, ("/me/data",)),
    Scene("what is held on a person", STEWARD, test_held_pages.KNOWN, ("/people/hanako/held",)),
    Scene("rules over time", LEADER, test_rules_pages.KNOWN, test_rules_pages.PAGES),
    Scene("introductions", HANAKO, test_teaching_pages.KNOWN, test_teaching_pages.PAGES),
    Scene("me, all away", HANAKO, away(MyEvents, GetJourney), ("/me", "/me/journey")),
    Scene("a survey", HANAKO, {GetForm: test_survey_pages.asked()}, ("/s/s1",)),
    Scene("a long survey", HANAKO, {GetForm: test_survey_answers.asked(anonymous=False)}, ("/s/s1",)),
    Scene("a change that is begun", HANAKO, {GetForm: test_survey_answers.begun()}, ("/s/s1",)),
    Scene("all kinds of questions", LEADER, test_template_pages.REPLIES, TEMPLATES),
    Scene("pulses", LEADER, test_pulse_pages.REPLIES, test_pulse_pages.ADDRESSES),
    Scene("answered", HANAKO, {GetForm: test_survey_pages.asked(answered=True)}, ("/s/s1",)),
    Scene("the services are away", HANAKO, away(MyRegistration, GetForm), ("/e/e1", "/s/s1"), 503),
    Scene("its own look", LEADER, test_looks.replies(), ("/c/it", "/communities", "/e/e1", "/", "/c/it/charter")),
    Scene("a series", HANAKO, {**OF_SERIES, GetSeries: series()}, ("/", "/e/e1", "/series/s1")),
    Scene("registered for a series", HANAKO, {**OF_SERIES, **REGULAR}, ("/e/e1", "/series/s1")),
    Scene("a series that was cancelled", HANAKO, {GetSeries: series(event(status="cancelled"))}, ("/series/s1",)),
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
    Scene("makes leaders", STEWARD, test_lead_hosting.LEAD_BY, ("/c/it/leaders",)),
    Scene("a host", HANAKO, test_lead_hosting.RUN_BY, ("/e/e1", "/e/e1/roster", "/me")),
    Scene("how many will come", LEADER, test_lead_overbooking.told(), ("/e/e1/overbooking",)),
    Scene("registers with colleagues", HANAKO, test_grouping.replies(), ("/e/e1", "/e/e1/group")),
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
    Scene("themes that somebody waits for", HANAKO, test_suggestions_pages.following(), ("/c/it", "/me", "/e/e1")),
    Scene("a report of no days", LEADER, over(), ("/c/it/report?from=2026-11-02&to=2026-11-01",), 422),
    Scene(
        "themes", LEADER, answers(), ("/c/it/themes", "/c/it/themes/theme?name=Excel", "/c/it/themes/theme?name=花見")
    ),
    Scene("results of a survey", LEADER, answered(), ("/s/s1/results", "/c/it/trend", "/e/e1/results")),
    Scene(
        "results of a survey that is open", LEADER, test_lead_results.still_open(), ("/s/s1/results", "/e/e1/results")
    ),
    Scene("communities compared", STEWARD, answered(), ("/people-surveys",)),
    Scene("no results", LEADER, {**over(), ListSurveys: SurveyList(surveys=[])}, ("/e/e1/results",)),
    Scene(
        "results away",
        LEADER,
        {**over(), **away(GetResults, GetFigures, RankThemes, ListEvents)},
        ("/e/e1/results", "/c/it/results"),
    ),
    Scene(
        "people", STEWARD, PEOPLE, ("/people", "/people?q=山田&show=leaders", "/people/hanako", "/people/hanako/erase")
    ),
    Scene(
        "two records",
        STEWARD,
        {**PEOPLE, **ME, GetMember: PEOPLE[GetMember]},
        ("/people/hanako/merge?q=山", "/people/hanako/merge?with=hana"),
    ),
    Scene("a person alone", STEWARD, {GetMember: PEOPLE[GetMember]}, ("/people/hanako",)),
    Scene("nobody", STEWARD, {**PEOPLE, FindMembers: MemberPage(members=[])}, ("/people?q=@@", "/people-import")),
    Scene("people, all away", STEWARD, {}, ("/people", "/people-communities", "/people-sent", "/people-state")),
    Scene("the state of services", STEWARD, test_state_page.KNOWN, ("/people-state",)),
    Scene("the first leaders", STEWARD, test_leaders_page.KNOWN, ("/c/it/first-leaders",)),
    Scene(
        "what stewards do",
        STEWARD,
        PEOPLE,
        ("/people-communities", "/people-communities/new", "/people-sent", "/people-sent?status=planned"),
    ),
    Scene(
        "erased",
        STEWARD,
        {GetErasure: ERASURE, ListErasures: ErasurePage(erasures=[ERASURE])},
        ("/people/erased", "/people/erased?id=x1"),
    ),
    Scene(
        "what is gone",
        LEADER,
        {GetEvent: Refused("event_not_found", "", 404), GetRoster: Refused("event_not_found", "", 404)},
        ("/e/e1/roster", "/e/e1/edit"),
        404,
    ),
]
BEFORE = [
    Scene("nobody is signed in", None, {}, ("/signin", "/signin/link?c=1", "/api/docs")),
    Scene("signing in failed", None, {}, ("/signin/company/back?code=x&state=y",), 400),
    Scene("an address that does not open", None, {}, ("/signin/local?k=x",), 403),
    Scene("a link of a mail that is over", None, {}, ("/u/muted/x", "/u/themes/it/x", "/u/reports/it/x"), 404),
]
"""Pages of who is not signed in."""
