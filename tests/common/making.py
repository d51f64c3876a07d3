"""Events, people and facts of which tests of the report make what they need."""

from datetime import UTC, datetime, timedelta

from ekkyo.contracts import events as e
from ekkyo.contracts import members as m
from ekkyo.contracts import surveys as s
from ekkyo.contracts.base import Fact, Meta
from ekkyo_common.report.records import Records

from tests.common.season import community

NOW = datetime(2024, 12, 1, tzinfo=UTC)


def theme(theme: str, votes: int) -> s.ThemeCount:
    return s.ThemeCount(theme=theme, votes=votes)


def event(event_id: str, day: int = 1, status: e.EventStatus = "concluded") -> e.EventState:
    starts = datetime(2024, 9, day, 3, tzinfo=UTC)
    return e.EventState(
        event_id=event_id,
        community_id="c1",
        title=event_id,
        format="online",
        context="IT",
        capacity=2,
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        timezone="Asia/Tokyo",
        status=status,
    )


def records(places: dict[str, list[str]], departments: dict[str, str] | None = None) -> Records:
    people = sorted({member for there in places.values() for member in there})
    return Records(
        community=community(),
        departments=departments or {member: member.upper() for member in people},
        members=people,
        leaders=[],
        events=[event(event_id, n + 1) for n, event_id in enumerate(places)],
        registrations=[
            e.Registration(event_id=event_id, member_id=member, status="attended", registration_id="r")
            for event_id, there in places.items()
            for member in there
        ],
        figures=e.Figures(
            community_id="c1",
            events={"online": len(places)},
            attendances=sum(len(there) for there in places.values()),
            people=len(people),
            returners=0,
            registrations=0,
            waitlisted=0,
            promoted=0,
            withdrawn=0,
            no_shows=0,
            walk_ins=0,
        ),
        surveys=[],
        themes=[],
        crossings=[],
    )


def fives(**came: str) -> Records:
    """Five people of each department, told by its letter, came to each event."""
    places = {event_id: [f"{letter}{n}" for letter in there for n in range(5)] for event_id, there in came.items()}
    return records(places, {who: who[0].upper() for there in places.values() for who in there})


def facts() -> list[Fact]:
    """One event with two seats: a withdraws and c is promoted, b stays away, d comes from the waitlist."""
    about = {"event_id": "e1", "event": event("e1", status="published")}
    happened: list[Fact] = [m.CommunityFounded(community_id="c1", community=community())]
    renamed = community().model_copy(update={"name": "越境の会", "colour": "#b8401f"})
    happened.append(m.CommunityRevised(community_id="c1", community=renamed))
    happened.append(m.CommunityRevised(community_id="c2", community=renamed.model_copy(update={"name": "他"})))
    for who in "abcd":
        happened.append(m.MemberJoined(member_id=who, member=member(who), community_id="c1"))
    happened += [
        e.EventPublished(**about),
        e.RegistrationConfirmed(**about, member_id="a", registration_id="r1"),
        e.RegistrationConfirmed(**about, member_id="b", registration_id="r2"),
        e.RegistrationWaitlisted(**about, member_id="c", registration_id="r3", position=1),
        e.RegistrationWaitlisted(**about, member_id="d", registration_id="r4", position=2),
        e.RegistrationWithdrawn(**about, member_id="a", registration_id="r1", was="confirmed", late=True),
        e.RegistrationPromoted(**about, member_id="c", registration_id="r3", because="withdrawal"),
        e.MemberAttended(**about, member_id="c", registration_id="r3", by="check_in"),
        e.MemberAttended(**about, member_id="d", registration_id="r4", walk_in=True, by="check_in"),
        e.MemberAttended(**about, member_id="b", registration_id="r2", by="check_in"),
        m.MemberCrossed(member_id="b", member=member("b"), community_id="c1", crossing="took_part", proof="y"),
        e.CheckInUndone(**about, member_id="b", registration_id="r2", status="confirmed"),
        m.CrossingUndone(member_id="b", member=member("b"), community_id="c1", crossing="took_part", proof="y"),
        e.MemberAttended(**about, member_id="b", walk_in=True, by="check_in"),
        e.CheckInUndone(**about, member_id="b", registration_id="r2", status="confirmed"),
        e.EventConcluded(event_id="e1", event=event("e1"), attended=["c", "d"], no_shows=["b"]),
        m.MemberCrossed(member_id="c", member=member("c"), community_id="c1", crossing="took_part", proof="x"),
        closed(),
    ]
    return [told(fact, n) for n, fact in enumerate(happened, 1)]


def closed() -> s.SurveyClosed:
    results = s.Results(
        survey_id="e1", event_id="e1", invited=5, answered=5, distributions={"satisfaction": {"9": 3, "8": 2}}, nps=60.0
    )
    survey = s.SurveyState(
        survey_id="e1",
        community_id="c1",
        event_id="e1",
        title={"ja": "e1"},
        anonymous=True,
        status="closed",
        opened_at=NOW,
        deadline=NOW,
        invited=5,
        answered=5,
        revision=7,
    )
    return s.SurveyClosed(survey_id="e1", survey=survey, results=results)


def member(member_id: str) -> m.MemberState:
    return m.MemberState(
        member_id=member_id,
        number=member_id,
        name=member_id,
        email=f"{member_id}@example.co.jp",
        department=member_id.upper(),
        channels=["mail"],
        locale="ja",
        timezone="Asia/Tokyo",
        communities=[m.Membership(community_id="c1", joined_at=NOW)],
    )


def told(fact: Fact, sequence: int) -> Fact:
    meta = Meta(id=str(sequence), source="", type="", subject="", time=NOW, revision=sequence, sequence=sequence)
    return fact.told(meta)
