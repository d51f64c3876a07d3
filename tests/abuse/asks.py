"""One message of each command and question, in an order in which all of them work."""

from base64 import b64encode
from datetime import date, timedelta
from typing import Any

from ekkyo.contracts import COMMANDS, QUESTIONS, events, members, notify, surveys
from ekkyo.contracts.base import Span, name_of
from ekkyo.contracts.reports import Period
from ekkyo.decision.clock import utcnow
from pydantic import SecretStr

from tests.notify.reporting import october

OPERATIONS: dict[str, Any] = {name_of(m): m for m in (*COMMANDS.values(), *QUESTIONS.values())}
CHARTER = members.Charter(
    objective="同じ質問を半分に。",
    who="全員",
    what="もくもく会",
    how="教え合う",
    figures=["250"],
    measures=[members.Measure(key="questions", label="問い合わせ", counted="reported", target=200, direction="down")],
)
RULES = "笑わない。"
LOGO = b64encode(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4"/></svg>').decode()
ANSWERS: dict[str, Any] = {"satisfaction": 9, "useful": "yes", "themes": ["RPA"], "comment": "また来ます。"}
NOW = utcnow()
TIMES = {"starts_at": NOW + timedelta(minutes=50), "ends_at": NOW + timedelta(hours=3)}
RECURS = {"starts": f"{NOW + timedelta(days=2):%Y-%m-%dT%H:%M}", "minutes": 60, "rule": "FREQ=WEEKLY;COUNT=3"}
DETAILS = events.EventDetails(
    title="RPAもくもく会", format="hybrid", place="本社", url="https://meet.example.com/1", capacity=3, speakers=["m1"]
)

ASKED = events.RegistrationQuestion(key="lunch", kind="choice", text="お弁当は?", choices=["肉", "魚"])
APPLICATION = events.Application(member_id="m1", registration_id="r1")
OUTPUT = events.OutputDetails(kind="slides", title="RPAの資料", url="https://x.example/2", authors=["m1"])

REPORT = october().model_copy(update={"period": Period.read("2026-01")})


def profile(number: str = "000001") -> members.Profile:
    return members.Profile(number=number, name="越境 花子", email=f"h{number}@example.co.jp", department="営業部")


ATTEMPT = "a-sign-in-of-m1-at-random"
OTHERS = ["n1", "n2", "n3", "n4"]
"""Members of the community who are asked by a survey besides."""
IN_ORDER: list[Any] = [
    members.FoundCommunity(community_id="c1", name="越境の会", rules=RULES, charter=CHARTER),
    members.ReviseCharter(community_id="c1", charter=CHARTER, rules=RULES),
    members.ReviseCommunity(community_id="c1", name="越境の会", colour="#31487f", logo_file=LOGO),
    members.GetLogo(community_id="c1"),
    members.ReportMeasure(report_id="f1", community_id="c1", measure="questions", on=date(2026, 10, 31), value=312),
    members.GetMeasures(community_id="c1", spans=[Span(until=NOW)]),
    events.CountEvents(community_id="c1", spans=[Span(until=NOW)]),
    surveys.CountAnswers(community_id="c1", spans=[Span(until=NOW)]),
    members.RegisterMember(member_id="m1", profile=profile()),
    members.ImportMembers(profiles=[profile("000002")]),
    members.ProvisionMember(
        number="000006",
        user_name="m6@corp",
        external_id="e6",
        name="越境",
        email="m6@example.co.jp",
        department="営業部",
    ),
    members.FindProvisioned(user_name="m6@corp", community_id="c1", member_ids=["m1"]),
    members.DeprovisionMember(member_id="m6"),
    members.ChangeProfile(member_id="m1", profile=profile()),
    members.SetPreferences(member_id="m1", preferences=members.Preferences()),
    members.InviteMember(member_id="m1", community_id="c1"),
    members.DeclineInvitation(member_id="m1", community_id="c1"),
    members.JoinCommunity(member_id="m1", community_id="c1"),
    members.AcceptRules(member_id="m1", community_id="c1", rules_version=1),
    members.ChooseMessages(member_id="m1", kind="new_events", community_id="c1", wanted=True),
    members.DescribeSkills(member_id="m1", skills=members.Skills(teaches=["Excel"], near="大阪")),
    members.GetSkills(member_id="m1"),
    members.FollowTheme(member_id="m1", community_id="c1", theme="Excel"),
    members.GetFollowedThemes(community_id="c1"),
    members.FindTeachers(community_id="c1", topic="Excel"),
    members.GetRulesVersions(community_id="c1"),
    members.ListAcceptances(community_id="c1"),
    members.RequestIntroduction(
        member_id="m1", request_id="q1", community_id="c1", teacher="t1", topic="Excel", message="教えてください。"
    ),
    members.AnswerIntroduction(member_id="m1", introduction_id="q1", accept=True),
    members.TakeBackIntroduction(member_id="m1", introduction_id="q1"),
    members.ListIntroductions(member_id="m1"),
    members.GrantRole(member_id="m1", community_id="c1"),
    members.NameDeputy(member_id="m1", community_id="c1", deputy_id=OTHERS[0]),
    members.EndDeputy(member_id="m1", community_id="c1", deputy_id=OTHERS[0]),
    members.GrantSteward(member_id="m1"),
    members.RevokeSteward(member_id="m1"),
    members.MakeCalendarAddress(member_id="m1", digest="0" * 64),
    members.GetCalendarAddress(member_id="m1"),
    members.EndCalendarAddress(member_id="m1"),
    members.SignOutEverywhere(member_id="m1", before=NOW),
    members.RecordContribution(
        contribution_id="k1",
        member_id="m1",
        community_id="c1",
        kind="shared",
        title="マクロ",
        url="https://x.example/1",
    ),
    members.GetMember(member_id="m1"),
    members.FindMembers(
        community_id="c1", department="営業部", role="leader", member_ids=["m1"], numbers=["000001"], name="越境"
    ),
    members.GetCommunity(community_id="c1"),
    members.ListCommunities(community_ids=["c1"]),
    members.GetJourney(member_id="m1"),
    members.ListCrossings(community_id="c1", member_ids=["m1"]),
    members.SuggestLeaders(community_id="c1", of="community", choose=1, candidates=["m1"], weights={"site": 1}),
    members.Identify(member_id="m1"),
    members.GetCards(member_ids=["m1"]),
    members.FindColleagues(community_id="c1", emails=["m1@example.co.jp"]),
    members.AddSponsor(sponsor_id="p1", community_id="c1", name="山本 一郎", email="yamamoto@example.co.jp"),
    members.ListSponsors(community_id="c1"),
    members.RemoveSponsor(sponsor_id="m1", community_id="c1"),
    members.PreviewMerge(kept_id="m1", absorbed_id="m7"),
    members.MergeMembers(merge_id="mg1", kept_id="m1", absorbed_id="m7"),
    members.ListMerges(member_id="m1"),
    members.UndoMerge(absorbed_id="m7"),
    members.ChangeNumber(member_id="m1", number="000001"),
    members.DeactivateMember(member_id="m1"),
    members.ReactivateMember(member_id="m1"),
    members.EraseMember(member_id="m9"),
    members.GetErasure(member_id="m9"),
    members.ListErasures(community_id="c1", complete=False),
    members.RevokeRole(member_id="m1", community_id="c1"),
    events.DraftEvent(event_id="e1", community_id="c1", details=DETAILS, **TIMES),
    events.PublishEvent(event_id="e1"),
    events.ReviseEvent(event_id="e1", details=DETAILS),
    events.RescheduleEvent(event_id="e1", **TIMES),
    events.SetTerms(event_id="e1", terms=events.WantedTerms()),
    events.SetQuestions(event_id="e1", questions=[ASKED]),
    events.NameHost(event_id="e1", member_id="m1"),
    events.RemoveHost(event_id="e1", member_id="m1"),
    events.ListHosted(member_id="m1"),
    events.GetRegistrationForm(event_id="e1"),
    events.RegisterForEvent(event_id="e1", member_id="m1", registration_id="r1", answers={"lunch": "肉"}),
    events.AnswerQuestions(event_id="e1", member_id="m1", answers={"lunch": "魚"}),
    events.GetAnswers(event_id="e1", member_id="m1"),
    events.RegisterGroup(event_id="e7", member_id="m1", group_id="g1", with_members=[OTHERS[0]]),
    events.ChangeAttend(event_id="e7", member_id="m1", attend="online"),
    events.ApproveApplications(event_id="e1", applications=[APPLICATION]),
    events.DeclineApplications(event_id="e1", applications=[APPLICATION], reason="full", note="また今度"),
    events.CheckIn(event_id="e1", member_id="m1"),
    events.WithdrawFromEvent(event_id="e2", member_id="m1", registration_id="r2"),
    events.CancelEvent(event_id="e3", reason="台風のため"),
    events.ImportAttendance(event_id="e4", attendees=[events.Attendee(member_id="m1", minutes=30)]),
    events.ConcludeEvent(event_id="e4"),
    events.GetEvent(event_id="e1"),
    events.ListEvents(community_id="c1", status=["published"], starts_from=NOW),
    events.UndoCheckIn(event_id="e1", member_id="m1"),
    events.InviteMembers(
        event_id="e6",
        invitation_id="i1",
        members=["m1"],
        segment=events.Segment(departments=["営業部"], never_came=True),
    ),
    events.PreviewInvitation(event_id="e6", members=["m1"], segment=events.Segment(sites=["大阪"], in_community=True)),
    events.ListInvitees(event_id="e6"),
    events.UninviteMember(event_id="e6", member_id="m1"),
    events.GetDoorWord(event_id="e1"),
    events.SeatTables(event_id="e1", seating_id="t1", size=4),
    events.MoveSeat(event_id="e1", member_id="m1", table=1),
    events.GetTables(event_id="e1"),
    events.MyTable(event_id="e1", member_id="m1"),
    events.MyEvents(member_id="m1"),
    events.GetCalendar(member_id="m1", starts_from=NOW),
    events.GetRoster(event_id="e1", status=["attended"]),
    events.MyRegistration(event_id="e1", member_id="m1"),
    events.GetFigures(community_id="c1", since=NOW - timedelta(days=1)),
    events.GetOverbookingAdvice(event_id="e1", seats=30),
    events.DuplicateEvent(event_id="e5", like="e1", **TIMES),
    events.PlanSeries(series_id="w1", community_id="c1", details=DETAILS, **RECURS),
    events.ReviseSeries(series_id="w1", change_id="ch1", details=DETAILS),
    events.RescheduleSeries(series_id="w1", change_id="ch2", clock="19:00", minutes=60),
    events.ChangeSeriesRule(series_id="w1", change_id="ch4", **RECURS),
    events.PreviewSeriesRule(series_id="w1", **RECURS),
    events.RegisterForSeries(series_id="w1", member_id="m1", registration_id="r9"),
    events.WithdrawFromSeries(series_id="w1", member_id="m1"),
    events.PreviewSeries(**RECURS),
    events.GetSeries(series_id="w1"),
    events.CancelSeries(series_id="w1", change_id="ch3"),
    events.AttachOutput(output_id="o1", community_id="c1", event_id="e1", member_id="m1", details=OUTPUT),
    events.ConfirmOutput(output_id="o1"),
    events.ReviseOutput(output_id="o1", details=OUTPUT),
    events.GetOutput(output_id="o1"),
    events.Board(community_id="c1", event_id="e1", author_id="m1", kind="slides", since=NOW - timedelta(days=1)),
    events.ProposedOutputs(community_id="c1"),
    events.DeclineOutput(output_id="o1", reason="二重です。"),
    events.RemoveOutput(output_id="o2", member_id="m1"),
    surveys.SaveTemplate(
        community_id="c1",
        template="spring",
        title={"ja": "春"},
        questions=[surveys.TemplateQuestion(key="score", kind="nps", label={"ja": "すすめますか"})],
    ),
    surveys.ListTemplates(community_id="c1"),
    surveys.OpenSurvey(
        survey_id="s2",
        community_id="c1",
        title={"ja": "記名"},
        anonymous=False,
        invited=["m1", *OTHERS],
        deadline=NOW + timedelta(days=2),
    ),
    surveys.SaveDraft(survey_id="s2", member_id="m1", answers=ANSWERS),
    surveys.OpenSurvey(
        survey_id="s1", community_id="c1", title={"ja": "春"}, invited=["m1", *OTHERS], deadline=NOW + timedelta(days=2)
    ),
    surveys.GetForm(survey_id="s1", member_id="m1"),
    surveys.PendingSurveys(member_id="m1"),
    surveys.MySurveys(member_id="m1"),
    surveys.HeldBySurveys(member_id="m1"),
    events.HeldByEvents(member_id="m1"),
    notify.HeldByNotify(member_id="m1"),
    members.HeldByMembers(member_id="m1"),
    surveys.PreviewForm(),
    surveys.AnswerSurvey(survey_id="s1", member_id="m1", answers=ANSWERS),
    surveys.ListSurveys(community_id="c1", event_id="e1", status="closed"),
    surveys.CloseSurvey(survey_id="s1"),
    surveys.GetResults(survey_id="s1"),
    surveys.RankThemes(community_id="c1"),
    surveys.MergeThemes(community_id="c1", themes=["Excel", "RPA"], into="RPA"),
    surveys.AddTerm(community_id="c1", theme="Excel", words=["ExL"]),
    surveys.SplitTheme(community_id="c1", theme="Excel", words=["ExL"], into="ExL"),
    surveys.RemoveWords(community_id="c1", words=["ExL"]),
    surveys.IgnoreWords(community_id="c1", words=["lunch"]),
    surveys.GetVocabulary(community_id="c1"),
    surveys.GetTrend(community_id="c1", template="post_event"),
    surveys.GetSuits(community_id="c1"),
    surveys.CompareCommunities(),
    surveys.PlanPulse(
        community_id="c1",
        pulse="how",
        title={"ja": "調子"},
        template="post_event",
        weekday="TU",
        clock="10:00",
        timezone="Asia/Tokyo",
        starts_on=(NOW + timedelta(days=1)).date(),
        share=20,
    ),
    surveys.ListPulses(community_id="c1"),
    surveys.EndPulse(community_id="c1", pulse="how"),
    members.LeaveCommunity(member_id="m1", community_id="c1"),
    notify.ConnectChannel(member_id="m1", url="https://chat.example.com/hooks/1"),  # type: ignore[arg-type]
    notify.GetChannel(member_id="m1"),
    notify.TryChannel(member_id="m1", try_id="t1"),
    notify.DisconnectChannel(member_id="m1"),
    notify.BeginSignIn(attempt_id=ATTEMPT, email=profile().email, locale="ja"),
    notify.FinishSignIn(attempt_id=ATTEMPT, finish_id="f1", code=SecretStr("000000")),
    notify.ResendDelivery(delivery_id="d1", resend_id="rs1", member_id="m1"),
    notify.PreviewReport(community_id="c1", month="2026-01", report=REPORT, locale="ja"),
    notify.SendReport(community_id="c1", month="2026-01", report=REPORT, sponsors=["p1"]),
    notify.ListReleases(community_id="c1"),
    notify.ListDeliveries(member_id="m1", topic="event_published", status="sent"),
    notify.NotifyStatus(),
]
ONE_OF_EACH: dict[str, Any] = {name_of(type(message)): message for message in IN_ORDER}
assert set(ONE_OF_EACH) == set(OPERATIONS), "a command or a question is missing"
