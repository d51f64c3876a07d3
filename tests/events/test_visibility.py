"""Who sees an event that is by invitation: every question that could tell of it, asked on real servers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from ekkyo.contracts import events
from ekkyo.contracts.base import Question, Refused, all_messages, new_id
from ekkyo.contracts.events import (
    AttachOutput,
    Board,
    CheckIn,
    CountEvents,
    EventInvitationWithdrawn,
    GetAnswers,
    GetCalendar,
    GetDoorWord,
    GetEvent,
    GetOutput,
    GetRegistrationForm,
    GetRoster,
    GetSeries,
    GetTables,
    HeldByEvents,
    InviteMembers,
    ListEvents,
    ListHosted,
    ListInvitees,
    MembersInvited,
    MyEvents,
    MyRegistration,
    MyTable,
    OutputDetails,
    PreviewInvitation,
    PublishEvent,
    RegisterForEvent,
    RegisterForSeries,
    ReviseSeries,
    Segment,
    SeriesRegistered,
    SeriesRevised,
    SetTerms,
    UninviteMember,
    WantedTerms,
    WithdrawFromEvent,
)
from ekkyo.contracts.members import MemberRegistered, Membership
from ekkyo.decision.clock import utcnow
from ekkyo.testing import Nats, eventually

from tests.events.test_leaving import heard_by, left, state, tell
from tests.events.test_series import DETAILS, change, planned, seen, until

PRIVATE = WantedTerms(invited_only=True)
DAY = 86_400


async def known(nats: Nats, member_id: str, **fields: Any) -> None:
    """The events service hears of a member of c1."""
    told = state(member_id, "c1").model_copy(update=fields)
    await tell(nats, MemberRegistered(member_id=member_id, member=told), revision=1)


def the_questions(event_id: str, series_id: str, output_id: str) -> dict[str, tuple[Any, Callable[[Any], bool]]]:
    """Every question that could tell a member of an event, and whether its answer does. Asked as the member `{}`."""
    since = utcnow() - timedelta(days=1)

    def among(found: Any) -> bool:
        return event_id in {one.event_id for one in found}

    return {
        "get": (lambda who: GetEvent(event_id=event_id), lambda found: True),
        "my_registration": (lambda who: MyRegistration(event_id=event_id, member_id=who), lambda found: True),
        "registration_form": (lambda who: GetRegistrationForm(event_id=event_id), lambda found: True),
        "answers": (lambda who: GetAnswers(event_id=event_id, member_id=who), lambda found: True),
        "my_table": (lambda who: MyTable(event_id=event_id, member_id=who), lambda found: True),
        "list": (lambda who: ListEvents(), lambda found: among(found.events)),
        "list, one on a page": (lambda who: ListEvents(community_id="c1", limit=1), lambda found: among(found.events)),
        "calendar of the community": (
            lambda who: GetCalendar(member_id=who, community_id="c1", starts_from=since),
            lambda found: among(entry.event for entry in found.entries),
        ),
        "series": (lambda who: GetSeries(series_id=series_id), lambda found: among(found.events)),
        "board": (lambda who: Board(), lambda found: among(found.outputs)),
        "board of the event": (lambda who: Board(event_id=event_id), lambda found: bool(found.outputs)),
        "output": (lambda who: GetOutput(output_id=output_id), lambda found: found.event_id == event_id),
    }


def test_every_question_that_members_may_ask_is_in_the_table() -> None:
    """A new question that tells of events asks `model/visibility.py`, and stands in `the_questions`."""
    asked = {question for question in all_messages(Question, events) if question.may.roles & {"self", "member"}}
    table = {type(ask("m1")) for ask, _ in the_questions("e1", "w1", "o1").values()}
    others = {MyEvents, CountEvents, ListHosted, HeldByEvents}
    assert asked == table | others, "see test_mine.py, test_counts.py, test_hosts.py, test_holding.py"


async def answered(client: Any, question: Any) -> Any:
    """The answer; None: there is no such event for who asks."""
    try:
        return await client.ask(question)
    except Refused as refused:
        if (refused.code, refused.status) != ("event_not_found", 404):
            raise
        return None


def of_leaders(event_id: str) -> list[Any]:
    return [
        GetRoster(event_id=event_id),
        GetTables(event_id=event_id),
        GetDoorWord(event_id=event_id),
        ListInvitees(event_id=event_id),
        PreviewInvitation(event_id=event_id, members=["m1"]),
        InviteMembers(event_id=event_id, invitation_id=new_id(), members=["m1"]),
    ]


async def test_only_who_is_invited_or_has_a_place_sees_it_anywhere(scene: Any, nats: Nats) -> None:
    series = await planned(scene, rule="FREQ=WEEKLY;COUNT=2")
    event_id = series.occurrences[0].event_id
    open_one = await scene.published(starts_in=30 * DAY)
    await scene.leads(SetTerms(event_id=event_id, terms=PRIVATE))
    for member in ("invited", "seated", "stranger"):
        await known(nats, member)
    await heard_by(nats)
    said = InviteMembers(event_id=event_id, invitation_id="i1", members=["invited", "nobody"])
    done = await scene.twice(said)
    assert (done.invited, done.already, done.passed_over) == (1, 0, 1)
    (told,) = await scene.heard.until(MembersInvited, event_id)
    assert told.members == ["invited"]
    await scene.leads(RegisterForEvent(event_id=event_id, member_id="seated", registration_id="r1"))
    slides = OutputDetails(kind="slides", title="Macros", url="https://x.example/1", authors=["invited"])
    attach = AttachOutput(output_id=new_id(), community_id="c1", event_id=event_id, details=slides)
    attached = await scene.leads(attach)
    assert attached.event_title is None, "the title is in no fact about the output"

    sees: dict[str, list[str]] = {}
    for who, roles in (
        ("invited", ()), ("seated", ()), ("stranger", ()), ("boss", ("leader:c2",)), ("leader-1", ("leader:c1",)),
        ("boss", ("steward",)), ("other", ("system",)),
    ):  # fmt: skip
        client = await scene.as_(who, *roles)
        for name, (ask, tells) in the_questions(event_id, series.series_id, attach.output_id).items():
            if "self" in type(ask(who)).may.roles and "member" not in type(ask(who)).may.roles and roles:
                continue  # asked for a member, by whom their name stands
            answer = await answered(client, ask(who))
            if answer is not None and tells(answer):
                sees.setdefault(f"{who} {' '.join(roles)}".strip(), []).append(name)
    every = list(the_questions(event_id, series.series_id, attach.output_id))
    not_theirs = {"answers", "my_registration", "my_table", "calendar of the community"}
    assert set(sees) == {"invited", "seated", "leader-1 leader:c1", "boss steward", "other system"}
    for who in ("invited", "seated"):
        assert sees[who] == every
    for who in ("leader-1 leader:c1", "boss steward", "other system"):
        assert sees[who] == [name for name in every if name not in not_theirs]

    stranger = await scene.as_("stranger")
    first = await stranger.ask(ListEvents(limit=1))
    assert first.events[0].event_id == series.occurrences[1].event_id, "a page is filled with what may be seen"
    rest = await stranger.ask(ListEvents(limit=5, after=first.next))
    assert [event.event_id for event in rest.events] == [open_one.event_id]
    assert (await stranger.ask(GetOutput(output_id=attach.output_id))).title == "Macros"
    other_leader = await scene.as_("boss", "leader:c2")
    for message in of_leaders(event_id):
        send = other_leader.send if isinstance(message, InviteMembers) else other_leader.ask
        assert await scene.refusal(send(message)) == ("event_not_found", 404)
        send = stranger.send if isinstance(message, InviteMembers) else stranger.ask
        hosted = "host" in type(message).may.roles  # whoever may be a host is told what everybody is told of it
        assert (await scene.refusal(send(message)))[1] == (404 if hosted else 403)
    mine = {"event_id": event_id, "member_id": "stranger"}
    for command in (
        RegisterForEvent(**mine, registration_id="r2"),
        WithdrawFromEvent(**mine),
        CheckIn(**mine),
        AttachOutput(
            output_id=new_id(), community_id="c1", member_id="stranger", event_id=event_id,
            details=slides.model_copy(update={"authors": ["stranger"]}),
        ),
    ):  # fmt: skip
        assert await scene.refusal(stranger.send(command)) == ("event_not_found", 404)

    # Who is merely invited has nothing anywhere that counts registrations.
    invited = await scene.as_("invited")
    assert (await invited.ask(MyRegistration(event_id=event_id, member_id="invited"))).registration is None
    assert (await invited.ask(MyEvents(member_id="invited"))).entries == []
    assert (await invited.ask(GetCalendar(member_id="invited", starts_from=utcnow()))).entries == []
    assert (await seen(scene, series.series_id, "invited")).registrations == []
    for status in (None, ["confirmed", "withdrawn"]):
        roster = await (await scene.leader()).ask(GetRoster(event_id=event_id, status=status))
        assert [one.member_id for one in roster.registrations] == ["seated"]
    page = await (await scene.leader()).ask(ListInvitees(event_id=event_id))
    assert [(one.member_id, one.status) for one in page.invitees] == [("invited", None)]
    assert page.total == 1

    # A series gives a place at it to nobody who is not invited, and tells nobody of it.
    for member in ("invited", "stranger"):
        await (await scene.as_(member)).send(
            RegisterForSeries(series_id=series.series_id, member_id=member, registration_id=f"r-{member}")
        )
    registered = {one.member_id: one for one in await until(scene, SeriesRegistered, series.series_id, 2)}
    assert [len(registered[member].occurrences) for member in ("invited", "stranger")] == [2, 1]
    await scene.leads(change(ReviseSeries, series.series_id, details=DETAILS.model_copy(update={"title": "Other"})))
    (revised,) = await until(scene, SeriesRevised, series.series_id)
    assert [one.event_id for one in revised.occurrences] == [series.occurrences[1].event_id]
    alone = [fact for fact in scene.heard.about(event_id) if type(fact).__name__ == "EventRevised"][-1]
    assert (alone.event.title, alone.series_change) == ("Other", None)

    # The place that is given back leaves the invitation; the invitation that is withdrawn ends what one sees.
    await invited.send(WithdrawFromEvent(event_id=event_id, member_id="invited"))
    assert (await invited.ask(GetEvent(event_id=event_id))).event_id == event_id
    own = GetCalendar(member_id="invited", starts_from=utcnow())
    assert [one.status for one in (await invited.ask(own)).entries] == ["withdrawn", "confirmed"]
    await scene.twice(UninviteMember(event_id=event_id, member_id="invited"))
    (gone,) = await scene.heard.until(EventInvitationWithdrawn, event_id)
    assert gone.member_id == "invited"
    assert await scene.refusal(invited.ask(GetEvent(event_id=event_id))) == ("event_not_found", 404)
    assert [one.status for one in (await invited.ask(own)).entries] == ["confirmed"], "calendar programs drop it"
    again = WithdrawFromEvent(event_id=event_id, member_id="invited")
    assert (await invited.send(again)).status == "withdrawn", "a withdrawal that is sent again is answered as before"


async def test_a_segment_is_resolved_once_and_who_leaves_loses_the_invitation(scene: Any, nats: Nats) -> None:
    accepted = [Membership(community_id="c1", joined_at=utcnow(), rules_accepted=2)]
    await known(nats, "m1", department="営業", site="大阪", communities=accepted)
    await known(nats, "m2", department="営業", site="東京")
    await known(nats, "m3", department="開発", communities=[])
    await known(nats, "m4", department="営業", active=False)
    await heard_by(nats)
    await scene.concluded(registered=["m2"], attended=["m2"])
    draft = await scene.draft()
    await scene.leads(SetTerms(event_id=draft.event_id, terms=PRIVATE))

    async def reached(**segment: Any) -> list[str]:
        ask = PreviewInvitation(event_id=draft.event_id, segment=Segment(**segment))
        found: list[str] = (await (await scene.leader()).ask(ask)).members
        return found

    named = PreviewInvitation(event_id=draft.event_id, members=["m1", "nobody-heard-of"])
    previewed = await (await scene.leader()).ask(named)
    assert (previewed.members, previewed.passed_over) == (["m1"], ["nobody-heard-of"])
    assert await reached(departments=["営業"]) == ["m1", "m2"]
    assert await reached(departments=["営業", "開発"], sites=["東京", "大阪"]) == ["m1", "m2"]
    assert await reached(sites=["大阪"]) == ["m1"]
    assert await reached(in_community=True) == ["m1", "m2"]
    assert await reached(accepted_rules=True) == ["m1"]
    assert await reached(never_came=True) == ["m1", "m3"]
    assert await reached(departments=["開発"], in_community=True) == []
    sales = InviteMembers(event_id=draft.event_id, invitation_id="i1", segment=Segment(departments=["営業"]))
    assert (await scene.twice(sales)).invited == 2
    await known(nats, "m5", department="営業")
    await heard_by(nats)
    assert (await scene.leads(sales)).invited == 2, "the same invitation again invites nobody who came since"
    assert scene.heard.kinds(draft.event_id) == [], "nobody hears of a draft"
    assert await scene.refusal((await scene.as_("m1")).ask(GetEvent(event_id=draft.event_id))) == (
        "event_not_found", 404,
    )  # fmt: skip
    await scene.leads(PublishEvent(event_id=draft.event_id))
    (told,) = await scene.heard.until(MembersInvited, draft.event_id)
    assert (told.members, told.invitation_id) == (["m1", "m2"], None)
    await tell(nats, left("m1"))
    (gone,) = await scene.heard.until(EventInvitationWithdrawn, draft.event_id)
    assert gone.member_id == "m1"

    async def one_left() -> bool:
        return (await (await scene.leader()).ask(ListInvitees(event_id=draft.event_id))).total == 1

    await eventually(one_left)
