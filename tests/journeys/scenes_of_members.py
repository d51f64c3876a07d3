"""What members see of the portal, in the states that it can be in."""

from dataclasses import replace

from ekkyo.contracts.events import (
    EventPage,
    GetSeries,
    ListEvents,
    MyEvents,
    MyEventsPage,
    MyRegistration,
)
from ekkyo.contracts.members import (
    GetJourney,
    Journey,
    RemoveSponsor,
)
from ekkyo.contracts.notify import DeliveryPage, ListDeliveries
from ekkyo.contracts.surveys import GetForm, RankThemes, ThemeRanking

from tests.journeys.scene import ME, MEASURED, OF_SERIES, REGULAR, Replies, Scene, away
from tests.portal import (
    test_asking_pages,
    test_community_pages,
    test_grouping,
    test_held_pages,
    test_lead_applications,
    test_lead_hosting,
    test_lead_tables,
    test_lottery,
    test_output_pages,
    test_quotas,
    test_suggestions_pages,
    test_survey_answers,
    test_survey_pages,
    test_teaching_pages,
)
from tests.portal.leading import answers, series
from tests.portal.making import HANAKO
from tests.portal.test_events_pages import event, mine, registered
from tests.portal.test_lead_sponsors import reporting

COMMUNITIES = test_community_pages.known()
COMING = {
    **COMMUNITIES,
    ListEvents: EventPage(
        events=[event(), event("e2", confirmed=30, waitlisted=4, format="hybrid")],
        registrations=[registered("confirmed"), registered("waitlisted", "e2")],
    ),
}
NOTHING = {
    **ME,
    **COMMUNITIES,
    ListEvents: EventPage(events=[]),
    MyEvents: MyEventsPage(entries=[]),
    ListDeliveries: DeliveryPage(deliveries=[]),
    GetJourney: Journey(member_id="hanako", attended=0, crossings=[]),
    RankThemes: ThemeRanking(community_id="it", themes=[]),
}
LONG = {
    "title": "とても長い題名のイベント" * 8,
    "description": "https://example.com/" + "a" * 120 + "\n\n二段落目",
    "place": "本社" * 30,
}
NOW_ON = {"starts_at": "2026-11-26T02:30:00Z", "ends_at": "2026-11-26T04:00:00Z", "format": "hybrid", "place": "3F"}
SEEN = ("/e/e1",)
ANSWERED_QUESTIONS = test_asking_pages.having(answers={"lunch": True, "menu": "肉", "note": "なし"})
LINKED: Replies = {**test_suggestions_pages.following(), RemoveSponsor: reporting()[RemoveSponsor]}
BY_LINK = ("/u/it/x", "/u/surveys/x", "/u/themes/it/x", "/u/reports/it/x")
"""What links at the end of mails open; here every link is good."""
WAITING = mine("waitlisted", terms=test_quotas.TERMS, kept=3, confirmed=27, waitlisted=3)
DRAWN = test_lottery.drawn(test_lottery.BEFORE, "held")
MEMBERS = [
    Scene("there is no such page", HANAKO, {}, ("/nothing",), 404),
    Scene("not allowed", HANAKO, answers(), ("/lead", "/people"), 403),
    Scene("what is coming", HANAKO, COMING, ("/", "/month", "/past", "/?community=it&format=online&context=IT")),
    Scene("nothing yet", HANAKO, NOTHING, ("/", "/past", "/me", "/me/journey", "/me/messages")),
    Scene("not registered", HANAKO, {**COMING, MyRegistration: mine(None, speakers=["taro"])}, SEEN),
    Scene("asked", HANAKO, test_asking_pages.ASKS, SEEN),
    Scene("answered questions", HANAKO, ANSWERED_QUESTIONS, ("/e/e1", "/e/e1/answers")),
    Scene("has to answer", HANAKO, test_asking_pages.having(unanswered=True), ("/e/e1", "/e/e1/answers")),
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
    Scene("missed", HANAKO, {MyRegistration: mine("no_show", status="concluded")}, SEEN),
    Scene("cancelled, long", HANAKO, {MyRegistration: mine("confirmed", **LONG, status="cancelled")}, SEEN),
    Scene("by a link", replace(HANAKO, only="e1"), {MyRegistration: mine("confirmed")}, ("/e/e1?p=x",)),
    Scene("communities", HANAKO, COMMUNITIES, ("/communities", "/c/it", "/c/hr", "/c/book", "/c/it/leave")),
    Scene("measures as members see them", HANAKO, MEASURED, ("/c/it/measures", "/c/it")),
    Scene("a community alone", HANAKO, {**COMMUNITIES, **away(ListEvents, RankThemes)}, ("/c/it",)),
    Scene("me", HANAKO, ME, ("/me", "/me/journey", "/me/calendar", "/me/messages", "/me/settings", "/me/data")),
    Scene("my chat", HANAKO, ME, ("/me/settings/chat/disconnect",)),
    Scene("a link at the end of a mail", HANAKO, LINKED, BY_LINK),
    Scene("no more of it", HANAKO, LINKED, BY_LINK, form={}),
    Scene("my skills", HANAKO, ME, ("/me/skills",)),
    Scene("what is held on me", HANAKO, test_held_pages.KNOWN, ("/me/data",)),
    Scene("introductions", HANAKO, test_teaching_pages.KNOWN, test_teaching_pages.PAGES),
    Scene("me, all away", HANAKO, away(MyEvents, GetJourney), ("/me", "/me/journey")),
    Scene("a survey", HANAKO, {GetForm: test_survey_pages.asked()}, ("/s/s1",)),
    Scene("a long survey", HANAKO, {GetForm: test_survey_answers.asked(anonymous=False)}, ("/s/s1",)),
    Scene("a change that is begun", HANAKO, {GetForm: test_survey_answers.begun()}, ("/s/s1",)),
    Scene("answered", HANAKO, {GetForm: test_survey_pages.asked(answered=True)}, ("/s/s1",)),
    Scene("the services are away", HANAKO, away(MyRegistration, GetForm), ("/e/e1", "/s/s1"), 503),
    Scene("a series", HANAKO, {**OF_SERIES, GetSeries: series()}, ("/", "/e/e1", "/series/s1")),
    Scene("registered for a series", HANAKO, {**OF_SERIES, **REGULAR}, ("/e/e1", "/series/s1")),
    Scene("a series that was cancelled", HANAKO, {GetSeries: series(event(status="cancelled"))}, ("/series/s1",)),
    Scene("a host", HANAKO, test_lead_hosting.RUN_BY, ("/e/e1", "/e/e1/roster", "/me")),
    Scene("registers with colleagues", HANAKO, test_grouping.replies(), ("/e/e1", "/e/e1/group")),
    Scene("themes that somebody waits for", HANAKO, test_suggestions_pages.following(), ("/c/it", "/me", "/e/e1")),
]
