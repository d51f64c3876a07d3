"""Answers of services to the pages of leaders."""

from dataclasses import replace

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import (
    AnswersPage,
    ApproveApplications,
    AttendanceImported,
    Board,
    CancelEvent,
    CancelSeries,
    ChangeSeriesRule,
    CheckIn,
    ConcludeEvent,
    DecidedApplications,
    DeclineApplications,
    DoorWord,
    DraftEvent,
    DuplicateEvent,
    EventPage,
    EventState,
    Figures,
    GetAnswers,
    GetDoorWord,
    GetEvent,
    GetFigures,
    GetOverbookingAdvice,
    GetRegistrationForm,
    GetRoster,
    GetSeries,
    GetTables,
    ImportAttendance,
    InviteMembers,
    KindFigures,
    ListEvents,
    ListInvitees,
    MemberAnswers,
    MoveSeat,
    MyRegistration,
    MyRegistrationAnswer,
    OutputPage,
    OverbookingAdvice,
    PlanSeries,
    PreviewInvitation,
    PreviewSeries,
    PreviewSeriesRule,
    PublishEvent,
    Registration,
    RegistrationForm,
    RegistrationQuestion,
    RescheduleEvent,
    RescheduleSeries,
    ReviseEvent,
    ReviseSeries,
    RosterPage,
    SeatTables,
    SeriesAnswer,
    SeriesDate,
    SeriesDates,
    SeriesMove,
    SeriesRulePreview,
    SeriesState,
    SetQuestions,
    SetTerms,
    Tables,
    UndoCheckIn,
    UninviteMember,
)
from ekkyo.contracts.events.invitation import InvitationPreview, InvitedToEvent, Invitee, InviteePage
from ekkyo.contracts.members import (
    Cards,
    Charter,
    Community,
    CommunityListed,
    CommunityPage,
    Crossed,
    CrossedList,
    ErasurePage,
    FindMembers,
    GetCards,
    GetCommunity,
    GetLogo,
    ListCommunities,
    ListCrossings,
    ListErasures,
    Member,
    MemberCard,
    MemberPage,
)
from ekkyo.contracts.notify import (
    ChannelConnected,
    ChannelState,
    ChannelTried,
    ConnectChannel,
    DisconnectChannel,
    GetChannel,
    TryChannel,
)
from ekkyo.contracts.surveys import (
    GetVocabulary,
    ListSurveys,
    RankThemes,
    SurveyList,
    Term,
    ThemeCount,
    ThemeDetail,
    ThemeRanking,
    VocabularyAnswer,
    VocabularyState,
    WordCount,
)

from tests.portal.making import LEADER
from tests.portal.test_events_pages import event

FIGURES = Figures(
    community_id="it",
    events={"online": 7, "onsite": 2},
    attendances=1234,
    people=321,
    returners=200,
    registrations=1500,
    waitlisted=60,
    promoted=40,
    withdrawn=50,
    no_shows=20,
    walk_ins=9,
    kinds=[
        KindFigures(format="onsite", context="ランチ", events=2, registrations=80, came=66, no_shows=11, walk_ins=5)
    ],
)
ADVICE = OverbookingAdvice.model_validate(
    OverbookingAdvice.model_config["json_schema_extra"]["example"]  # type: ignore[index,call-overload]
)
IT = Community(
    community_id="it",
    name="IT勉強会",
    rules="",
    charter=Charter(objective="", who="", what="", how=""),
    founded_at="2026-01-01T00:00:00Z",
    revision=1,
)
VOCABULARY = VocabularyAnswer(
    vocabulary=VocabularyState(
        community_id="it", starter=1, terms=[Term(name="Excel", words=["ExL", "エクセル"])], revision=3
    ),
    terms=[
        Term(name="Excel", words=["ExL", "エクセル"]),
        Term(name="RPA", words=["UiPath", "WinActor"]),
        Term(name="Zoom", words=["ズーム"]),
    ],
    themes=[
        ThemeDetail(
            theme="Excel",
            votes=11,
            mentions=4,
            term=True,
            written=[WordCount(word="エクセル", count=7), WordCount(word="Excelの関数", count=4)],
        ),
        ThemeDetail(theme="花見", votes=3, term=False, written=[WordCount(word="花見", count=3)]),
        ThemeDetail(theme="RPA", votes=1, term=True, written=[WordCount(word="RPA", count=1)]),
        ThemeDetail(theme="Zoom", votes=0, mentions=2, term=True),
    ],
    proposals=[WordCount(word="量子計算", count=5), WordCount(word="Miro", count=3)],
)
NO = replace(LEADER, leads=frozenset({"other"}))
"""Leads another community."""
WRITTEN = {
    "event_id": "new1",
    "title": "もくもく会",
    "format": "onsite",
    "context": "IT",
    "place": "本社3F",
    "capacity": "20",
    "starts": "2026-12-10T18:00",
    "ends": "2026-12-10T19:30",
    "description": "一行目\r\n二行目",
}


def member(member_id: str, number: str, name: str, **more: object) -> Member:
    values = {"email": f"{member_id}@example.com", "department": "営業", "channels": ["mail"], "locale": "ja"}
    return Member.model_validate(
        {
            **values,
            "member_id": member_id,
            "number": number,
            "name": name,
            "timezone": "Asia/Tokyo",
            "revision": 1,
            **more,
        }
    )


PEOPLE = [
    member("ken", "0001", "山田 健"),
    member("ken2", "0002", "山田 健", department="人事"),
    member("mai", "0003", "林 舞"),
]


DATES = [
    SeriesDate(starts_at="2026-12-10T09:00:00Z", ends_at="2026-12-10T10:30:00Z"),
    SeriesDate(starts_at="2026-12-17T09:00:00Z", ends_at="2026-12-17T10:30:00Z", clock_changed="skipped"),
]


def series(*events: EventState, **more: object) -> SeriesAnswer:
    """A series of two coming dates, as a leader is told of it."""
    fields = event().model_dump(include=set(SeriesState.model_fields) - {"status"})
    told = {**fields, "series_id": "s1", "starts": "2026-12-02T12:00", "minutes": 60, "status": "planned"}
    first, second = event("e1", series_id="s1"), event("e2", series_id="s1", starts_at="2026-12-09T03:00:00Z")
    second = second.model_copy(update={"ends_at": second.ends_at.replace(day=9)})
    state = SeriesState.model_validate({**told, "rule": "FREQ=WEEKLY;COUNT=2"})
    return SeriesAnswer.model_validate({"series": state, "events": list(events) or [first, second], **more})


def find(question: FindMembers) -> MemberPage:
    found = [
        one
        for one in PEOPLE
        if (question.numbers is None or one.number in question.numbers)
        and (question.member_ids is None or one.member_id in question.member_ids)
        and (question.name is None or one.name.startswith(question.name))
    ]
    return MemberPage(members=found)


def registration(member_id: str, status: str, **more: object) -> Registration:
    values = {"event_id": "e1", "member_id": member_id, "registration_id": f"r-{member_id}", "status": status}
    return Registration.model_validate({**values, **more})


def roster(it: EventState, *registrations: Registration) -> RosterPage:
    return RosterPage(event=it, registrations=list(registrations))


SEATED = Tables(event_id="e1", size=2, seed=0, tables=[["ken", "mai"], ["ken2", "gone"]])


LUNCH = RegistrationQuestion(key="lunch", kind="yes_no", text="お弁当は必要ですか", required=True)
MENU = RegistrationQuestion.model_validate(
    {
        "key": "menu", "kind": "choice", "text": "どのお弁当ですか", "choices": ["肉", "=魚"], "required": True,
        "shown_if": {"question": "lunch", "answer": True},
    }
)  # fmt: skip
TOPICS = RegistrationQuestion(key="topics", kind="choices", text="知りたいこと", choices=["RPA", "Excel", "生成AI"])
NOTE = RegistrationQuestion(key="note", kind="text", text="伝えておきたいこと")
QUESTIONS = [LUNCH, MENU, TOPICS, NOTE]
ANSWERED = AnswersPage(
    event=event(asks=True),
    questions=QUESTIONS,
    entries=[
        MemberAnswers(
            member_id="ken",
            status="confirmed",
            answers={"lunch": True, "menu": "=魚", "topics": ["RPA", "生成AI"], "note": "=1+1\n二行目"},
        ),
        MemberAnswers(member_id="mai", status="waitlisted", answers={"lunch": False, "topics": ["RPA"]}),
        MemberAnswers(member_id="nobody", status="confirmed", unanswered=True),
    ],
)


def answers(**changes: object) -> dict[type, object]:
    it = event(**changes)
    return {
        GetEvent: it,
        GetCommunity: IT,
        GetLogo: Refused("logo_not_found", "This community has no logo.", 404),
        FindMembers: find,
        GetCards: Cards(cards=[MemberCard(member_id="gone", name="昔 の人", department="総務")]),
        ListCommunities: CommunityPage(communities=[CommunityListed(community=IT, members=240, leaders=["taro"])]),
        ListEvents: lambda q: EventPage(events=[it] if it.status in (q.status or ()) else []),
        MyRegistration: MyRegistrationAnswer(event=it),
        **dict.fromkeys((DraftEvent, DuplicateEvent), lambda c: event(c.event_id, status="draft")),
        GetRoster: roster(it),
        GetSeries: series(),
        PreviewSeries: SeriesDates(dates=DATES, endless=False),
        PreviewSeriesRule: SeriesRulePreview(
            kept=["2026-12-02T03:00:00Z"],
            moved=[
                SeriesMove(
                    event_id="e2",
                    was_starts_at="2026-12-09T03:00:00Z",
                    starts_at="2026-12-08T03:00:00Z",
                    ends_at="2026-12-08T04:00:00Z",
                )
            ],
            made=[SeriesDate(starts_at="2026-12-22T03:00:00Z", ends_at="2026-12-22T04:00:00Z")],
            cancelled=["2026-12-16T03:00:00Z"],
            members=7,
            endless=True,
        ),
        **dict.fromkeys((PlanSeries, ReviseSeries, RescheduleSeries, ChangeSeriesRule, CancelSeries), series().series),
        GetFigures: FIGURES,
        GetOverbookingAdvice: ADVICE,
        ListErasures: ErasurePage(erasures=[]),
        Board: OutputPage(outputs=[]),
        ListCrossings: lambda q: CrossedList(members=[Crossed(member_id=q.member_ids[0], crossings=["taught"])]),
        RankThemes: ThemeRanking(community_id="it", themes=[ThemeCount(theme="AI", votes=9)]),
        GetVocabulary: VOCABULARY,
        ListSurveys: SurveyList(surveys=[]),
        ConnectChannel: ChannelConnected(connection_id="it", kind="chat"),
        TryChannel: ChannelTried(taken=True),
        DisconnectChannel: ChannelState(connected=False),
        GetChannel: ChannelState(connected=True, host="hooks.slack.com", since="2026-11-20T03:00:00Z"),
        GetDoorWord: DoorWord(event_id="e1", word="さくら 42", valid_until="2026-11-26T03:04:00Z"),
        **dict.fromkeys((GetRegistrationForm, SetQuestions), RegistrationForm(event_id="e1", questions=QUESTIONS)),
        GetAnswers: ANSWERED,
        **dict.fromkeys((GetTables, SeatTables, MoveSeat), SEATED),
        ListInvitees: InviteePage(invitees=[], total=0),
        PreviewInvitation: InvitationPreview(event_id="e1", invited=0, already=0, passed_over=[], members=[]),
        InviteMembers: InvitedToEvent(event_id="e1", invitation_id="i1", invited=0),
        UninviteMember: Invitee(event_id="e1", member_id="ken", invited=False),
        ImportAttendance: AttendanceImported(event_id="e1", attended=2, already=1, walk_ins=1, passed_over=["x"]),
        **dict.fromkeys((CheckIn, UndoCheckIn), registration("ken", "attended")),
        **dict.fromkeys(
            (ApproveApplications, DeclineApplications), DecidedApplications(event_id="e1", registrations=[])
        ),
        **dict.fromkeys((PublishEvent, ReviseEvent, RescheduleEvent, SetTerms, CancelEvent, ConcludeEvent), it),
    }
