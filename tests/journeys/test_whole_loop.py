"""The whole loop on a local stack, spoken to from outside, while each of the four services is killed on the way."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import get_args

from ekkyo.contracts import events as e
from ekkyo.contracts import members as m
from ekkyo.contracts import notify as n
from ekkyo.contracts import surveys as s
from ekkyo.decision.clock import utcnow
from ekkyo.wire.trace import trace_id
from ekkyo_cli.demo import check
from ekkyo_cli.local.folder import SERVICES

from tests.journeys.outside import Outside, Stack
from tests.journeys.traces import leaks, mailbox, misplaced, whole

SYSTEM, STEWARD = ("portal", "system"), ("steward", "steward")
COMMUNITY, TALK, LUNCH = "c-crossing", "e-talk", "e-lunch"
WEBHOOK = "/services/T0/hush-hush-webhook"
COMMENT = "ここだけの話ですが机上の空論"
DEPARTMENTS = ["製造部", "人事部", "総務部"]
NAMES = ["阿波連 一", "伊集院 二", "鵜飼 三", "江頭 四", "小鳥遊 五", "勘解由小路 六", "喜屋武 七", "九十九 八"]
NAMES += ["毛受 九", "東海林 十"]
LEADER, ABROAD, WALKS_IN = 0, 2, 9
SEATS, WANTING = 5, range(1, 9)
JOIN = "https://meet.example.co.jp/1"
ELSEWHERE = ("event_invited", "event_wanted", "event_revised", "questions_asked", "series_", "output_", "introduction_")
ELSEWHERE += ("registration_applied", "registration_declined", "applications_", "report_", "host_", "rules_")
ELSEWHERE += ("survey_reminder", "pulse_", "deputy_named", "role_ended")
"""Beginnings of what is told by no step of this loop."""
TOPICS = {topic for topic in get_args(n.Topic) if not topic.startswith(ELSEWHERE)}
Places = dict[str, e.Registration]


def email(i: int) -> str:
    return f"hito.{i:02}@example.co.jp"


def number(i: int) -> str:
    return f"HN71{i:02}"


async def test_the_loop_goes_round_although_each_service_is_killed_on_the_way(stack: Stack, it: Outside) -> None:
    ids = await found_and_import(stack, it)
    await join_while_members_is_killed(stack, it, ids)
    await announce(it, ids)
    places = await register_while_events_is_killed(stack, it, ids)
    await withdraw_while_notify_is_away(stack, it, places)
    came = await come_while_members_is_away(stack, it, ids)
    await answer(it, ids, came)
    await cancel_the_next_one(it, ids)
    await nothing_was_lost(it, ids, came)
    await nothing_leaked(stack, it, ids)
    what_members_read(stack, it, ids)
    assert {part["name"] for part in stack.status()["parts"] if part["restarts"]} == set(SERVICES)


async def found_and_import(stack: Stack, it: Outside) -> list[str]:
    """A community with its charter, a chat channel, and the company's people from a Windows-31J export."""
    charter = m.Charter(objective="同じ質問を半分に。", who="全員", what="もくもく会", how="教え合う")
    await it.send(
        m.FoundCommunity(community_id=COMMUNITY, name="越境の会", rules="笑わない。", charter=charter), *STEWARD
    )
    port = stack.part("chat")["port"]
    await it.send(n.ConnectChannel(community_id=COMMUNITY, url=f"http://127.0.0.1:{port}{WEBHOOK}"), *STEWARD)  # type: ignore[arg-type]
    rows = [f"{number(i)},{name},{email(i)},{DEPARTMENTS[i % 3]}" for i, name in enumerate(NAMES)]
    export = stack.home / "export.csv"
    export.write_text("\r\n".join(["社員番号,氏名,メールアドレス,部署", *rows]), encoding="cp932")
    imported = stack.ekkyo("members", "import", str(export), "--json")
    assert (imported.code, imported.json["registered"], imported.json["bad"]) == (0, len(NAMES), [])
    page = await it.ask(m.FindMembers(numbers=[number(i) for i in range(len(NAMES))]), *SYSTEM)
    ids = [member.member_id for member in page.members]
    assert [member.name for member in page.members] == NAMES
    return ids


async def join_while_members_is_killed(stack: Stack, it: Outside, ids: list[str]) -> None:
    """Everybody joins and accepts the rules for themselves; half-way the members service is gone."""

    async def join(who: str) -> None:
        await it.send(m.JoinCommunity(member_id=who, community_id=COMMUNITY), who)
        await it.send(m.AcceptRules(member_id=who, community_id=COMMUNITY, rules_version=1), who)

    joining = asyncio.gather(*(join(who) for who in ids))
    await it.until(lambda: it.heard(m.MemberJoined), "the first to join")
    await asyncio.to_thread(stack.kill, "members")
    await joining
    await it.send(m.GrantRole(member_id=ids[LEADER], community_id=COMMUNITY), *STEWARD)
    abroad = m.Preferences(locale="en", timezone="America/New_York")
    await it.send(m.SetPreferences(member_id=ids[ABROAD], preferences=abroad), ids[ABROAD])
    await it.until(lambda: len(it.heard(m.RulesAccepted)) == len(ids), "everybody's rules")
    assert len(it.heard(m.MemberJoined)) == len(ids)


async def announce(it: Outside, ids: list[str]) -> None:
    """The leader's talk, a little more than a day ahead, so that its reminder is due on the way."""
    leader = (ids[LEADER], f"leader:{COMMUNITY}")
    details = e.EventDetails(title="もくもく会", format="online", url=JOIN, capacity=SEATS, speakers=[ids[LEADER]])
    starts = utcnow() + timedelta(days=1, seconds=15)
    draft = e.DraftEvent(
        event_id=TALK, community_id=COMMUNITY, details=details, starts_at=starts, ends_at=starts + timedelta(hours=1)
    )
    await it.send(draft, *leader)
    await it.send(e.PublishEvent(event_id=TALK), *leader)


async def register_while_events_is_killed(stack: Stack, it: Outside, ids: list[str]) -> Places:
    """More want to come than there are seats; in the middle of it the events service is gone."""

    async def register(who: str) -> e.Registration:
        wish = e.RegisterForEvent(event_id=TALK, member_id=who, registration_id=f"r-{who}")
        place: e.Registration = await it.send(wish, who)
        return place

    wishes = asyncio.gather(*(register(ids[i]) for i in WANTING))
    await it.until(lambda: it.heard(e.RegistrationConfirmed), "the first seat")
    await asyncio.to_thread(stack.kill, "events")
    await wishes
    places = {who: await register(who) for who in (ids[i] for i in WANTING)}
    taken = Counter(place.status for place in places.values())
    assert taken == {"confirmed": SEATS, "waitlisted": len(WANTING) - SEATS}
    return places


async def withdraw_while_notify_is_away(stack: Stack, it: Outside, places: Places) -> None:
    """A seat given back goes to who waits longest at once; they hear of it when notify is back, once."""
    await all_told(it)
    gives_back = next(who for who, place in places.items() if place.status == "confirmed")
    waited = next(who for who, place in places.items() if place.position == 1)
    with stack.without("notify"):
        await it.send(e.WithdrawFromEvent(event_id=TALK, member_id=gives_back), gives_back)
        mine = await it.ask(e.MyRegistration(event_id=TALK, member_id=waited), waited)
    assert (mine.registration.status, mine.event.confirmed, mine.event.url) == ("confirmed", SEATS, JOIN)
    await it.until(lambda: it.heard(e.EventReminderDue), "the reminder a day ahead")
    await all_told(it)
    assert [fact.member_id for fact in it.heard(e.RegistrationPromoted)] == [waited]


async def come_while_members_is_away(stack: Stack, it: Outside, ids: list[str]) -> list[str]:
    """The talk is moved to now. Three check in, the leader lets in one without a seat, one stands in a report later."""
    leader = (ids[LEADER], f"leader:{COMMUNITY}")
    starts = utcnow() + timedelta(seconds=8)
    moved = e.RescheduleEvent(event_id=TALK, starts_at=starts, ends_at=starts + timedelta(hours=1))
    await it.send(moved, *leader)
    seated = await roster(it, leader, "confirmed")
    with stack.without("members"):
        for who in seated[:3]:
            await it.send(e.CheckIn(event_id=TALK, member_id=who), who)
        await it.send(e.CheckIn(event_id=TALK, member_id=ids[WALKS_IN]), *leader)
    await all_told(it)
    await asyncio.sleep(max(0.0, (starts - utcnow()).total_seconds()) + 0.1)
    with stack.without("surveys"):
        await it.send(e.ConcludeEvent(event_id=TALK), *leader)
    late = seated[3]
    report = stack.home / "report.csv"
    report.write_text(f"Name,Email,Duration (Minutes)\nsomebody,{email(ids.index(late))},55\nguest,a@b.example,9\n")
    taken = stack.ekkyo("events", "attendance", str(report), "--event", TALK, "--json")
    assert (taken.code, taken.json["imported"]["attended"], len(taken.json["not_taken"])) == (0, 1, 1)
    assert await roster(it, leader, "no_show") == [seated[4]]
    return [*seated[:3], ids[WALKS_IN], late]


async def answer(it: Outside, ids: list[str], came: list[str]) -> None:
    """The survey opened by itself for those who came; what they want next becomes known when it closes."""
    leader = (ids[LEADER], f"leader:{COMMUNITY}")
    await it.until(lambda: {who for f in it.heard(s.SurveyOpened) for who in f.invited} == set(came), "the invitations")
    await all_told(it)
    for who, satisfied in zip(came, (10, 9, 9, 7, 3), strict=True):
        said: s.Answers = {"satisfaction": satisfied, "useful": "yes", "themes": ["Excel" if satisfied > 8 else "RPA"]}
        said["comment"] = COMMENT if satisfied == 3 else f"Good, {satisfied} of 10."
        for _ in range(2):
            await it.send(s.AnswerSurvey(survey_id=s.survey_of_event(TALK), member_id=who, answers=said), who)
    await it.send(s.CloseSurvey(survey_id=s.survey_of_event(TALK)), *leader)
    told = await it.ask(s.GetResults(survey_id=s.survey_of_event(TALK)), *leader)
    assert (told.results.answered, told.results.nps, told.comments) == (
        5,
        40,
        sorted([COMMENT, "Good, 10 of 10.", "Good, 9 of 10.", "Good, 9 of 10.", "Good, 7 of 10."]),
    )
    ranking = await it.ask(s.RankThemes(community_id=COMMUNITY), ids[LEADER])
    assert [(theme.theme, theme.votes) for theme in ranking.themes] == [("Excel", 3), ("RPA", 2)]


async def cancel_the_next_one(it: Outside, ids: list[str]) -> None:
    """What was asked for most is announced, and called off."""
    leader = (ids[LEADER], f"leader:{COMMUNITY}")
    details = e.EventDetails(title="Excelの昼", format="onsite", place="食堂", capacity=3)
    starts = utcnow() + timedelta(days=9)
    draft = e.DraftEvent(
        event_id=LUNCH, community_id=COMMUNITY, details=details, starts_at=starts, ends_at=starts + timedelta(hours=1)
    )
    await it.send(draft, *leader)
    await it.send(e.PublishEvent(event_id=LUNCH), *leader)
    await it.send(e.RegisterForEvent(event_id=LUNCH, member_id=ids[1], registration_id="r-lunch"), ids[1])
    await it.until(lambda: it.heard(e.RegistrationConfirmed, event_id=LUNCH), "the seat at lunch")
    await all_told(it)
    await it.send(e.CancelEvent(event_id=LUNCH, reason="食堂の工事"), *leader)
    await all_told(it)


async def nothing_was_lost(it: Outside, ids: list[str], came: list[str]) -> None:
    """Every fact is there once, crossings have their proof, and each mail goes on with the trace of its fact."""
    await it.until(lambda: len(it.heard(m.MemberCrossed)) == len(came) + 1, "the crossings")
    crossed = Counter((fact.member_id, fact.crossing) for fact in it.heard(m.MemberCrossed))
    assert crossed == {**{(who, "took_part"): 1 for who in came}, (ids[LEADER], "taught"): 1}
    mine = await it.ask(m.GetJourney(member_id=came[0]), came[0])
    assert [step.proof for step in mine.crossings] == [it.heard(e.MemberAttended, member_id=came[0])[0].meta.id]
    assert len(it.heard(s.SurveyAnswered)) == len(came)
    assert len({fact.meta.id for fact in it.facts}) == len(it.facts)
    traces = {fact.meta.id: trace_id(fact.meta.traceparent) for fact in it.facts}
    assert all(traces[f.delivery.fact_id] == trace_id(f.meta.traceparent) for f in it.heard(n.Delivered))
    dropped = await it.ask(n.ListDeliveries(status="dropped"), *STEWARD)
    assert (dropped.deliveries, it.heard(n.DeliveryFailed)) == ([], [])


def what_members_read(stack: Stack, it: Outside, ids: list[str]) -> None:
    """Each mail of which notify says that it left is in the mailbox once, with its entry for the calendar."""
    mails = mailbox(stack.folder.mail)
    left = {f.delivery.message_id: f.delivery for f in it.heard(n.Delivered) if f.delivery.channel == "mail"}
    assert Counter(mail.id for mail in mails) == dict.fromkeys(left, 1)
    assert {delivery.topic for delivery in left.values()} == TOPICS
    told = {(left[mail.id].topic, left[mail.id].entity_id, left[mail.id].member_id): mail for mail in mails}
    assert len(told) == len(mails)
    methods: dict[str, set[str]] = {}
    entries: dict[tuple[str, str | None], list[int]] = {}
    revisions = {fact.meta.id: fact.meta.revision for fact in it.facts}
    for (topic, entity, member), mail in told.items():
        if mail.calendar:
            method, entry = mail.calendar
            assert entry["UID"] == f"{entity}@ekkyo"
            methods.setdefault(topic, set()).add(method)
            assert int(entry["SEQUENCE"]) == revisions[left[mail.id].fact_id]
            entries.setdefault((entity, member), []).append(int(entry["SEQUENCE"]))
    assert methods == {
        "registration_confirmed": {"REQUEST"},
        "registration_promoted": {"REQUEST"},
        "registration_withdrawn": {"CANCEL"},
        "event_rescheduled": {"REQUEST"},
        "event_cancelled": {"CANCEL"},
    }
    assert all(len(set(sequences)) == len(sequences) for sequences in entries.values())
    abroad = told["event_published", TALK, ids[ABROAD]]
    assert "New event" in str(abroad.message["Subject"])
    assert "Eastern" in abroad.text or "New York" in abroad.text
    assert "新しいイベント" in str(told["event_published", TALK, ids[1]].message["Subject"])
    assert "食堂の工事" in told["event_cancelled", LUNCH, ids[1]].text
    posts = [post["path"] for post in stack.ekkyo("chat", "list", "--json").json]
    assert posts == [WEBHOOK] * 4  # announced, moved; announced, called off


async def nothing_leaked(stack: Stack, it: Outside, ids: list[str]) -> None:
    """Personal data only in facts about that member; no secret and no anonymous answer in any fact; none in any log."""
    personal = {who: (NAMES[i], email(i), number(i)) for i, who in enumerate(ids)}
    secrets = [*it.tokens, *stack.folder.passwords().values(), WEBHOOK]
    stream = await it.stream()
    assert len(stream) == len(it.facts)
    assert list(misplaced(stream, personal)) == []
    assert [message.subject for message in stream if any(x in whole(message) for x in (*secrets, COMMENT))] == []
    values = [value for some in personal.values() for value in some]
    assert list(leaks(stack.folder.logs, [*secrets, COMMENT, *values])) == []
    assert stack.status()["streams"]["DEAD"] == 0


async def roster(it: Outside, leader: tuple[str, ...], status: e.RegistrationStatus) -> list[str]:
    page = await it.ask(e.GetRoster(event_id=TALK, status=[status]), *leader)
    return [place.member_id for place in page.registrations]


async def all_told(it: Outside) -> None:
    """Wait until every mail that the facts call for has left, once and no other."""

    def delivered() -> Counter[check.Telling]:
        mails = [fact.delivery for fact in it.heard(n.Delivered) if fact.delivery.channel == "mail"]
        return Counter((mail.fact_id, str(mail.member_id)) for mail in mails)

    await it.until(lambda: check.tellings(it.facts) <= delivered().keys(), "the mails so far")
    assert delivered() == dict.fromkeys(check.tellings(it.facts), 1)
