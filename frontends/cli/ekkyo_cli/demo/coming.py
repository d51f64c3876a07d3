"""What comes after the season: an event that is still open, and the next co-working hours, which are a series."""

from datetime import timedelta
from typing import Final

from ekkyo.contracts import events as e
from ekkyo.contracts.base import new_id
from ekkyo.decision.clock import utcnow

from ekkyo_cli.demo import pages
from ekkyo_cli.demo.play import Season

TITLE: Final = "次のシーズンの作戦会議"
ABOUT: Final = "アンケートの声をもとに、次に何をするかを決めます。\nはじめての方も歓迎です。"
NOON: Final = 3
"""In Tokyo, as an hour in UTC."""
HOURS: Final = "RPAもくもく会"
HOURS_ABOUT: Final = "各自の作業を持ち寄り、困ったらその場で聞けます。"
REGULARS: Final = 9
"""How many are registered for all of the co-working hours: two more than there are seats."""
LUNCH: Final = ["食べる", "持ってくる", "いらない"]
QUESTIONS: Final = [
    e.RegistrationQuestion(key="lunch", kind="choice", text="昼食はどうしますか", choices=LUNCH),
    e.RegistrationQuestion(
        key="diet", kind="text", text="食べられないもの", shown_if=e.ShownIf(question="lunch", answer=LUNCH[0])
    ),
    e.RegistrationQuestion(key="first", kind="yes_no", text="はじめての参加ですか"),
]
"""What members are asked who register for the event to come."""
COME: Final = 12
"""How many have a seat already."""


async def announce(story: Season) -> e.EventState:
    """A leader publishes it; one member takes a seat on its page, and others with another front end."""
    leader, event_id = story.leaders[0].member_id, new_id()
    starts = (utcnow() + timedelta(days=9)).replace(hour=NOON, minute=0, second=0, microsecond=0)
    details = e.EventDetails(
        title=TITLE,
        description=ABOUT,
        format="hybrid",
        context="ふりかえり",
        place="大阪本社 3階 食堂",
        url="https://meet.example.co.jp/ekkyo",
        capacity=40,
        speakers=[leader],
    )
    as_leader = story.as_(leader, f"leader:{story.community_id}")
    await as_leader.send(
        e.DraftEvent(
            event_id=event_id,
            community_id=story.community_id,
            details=details,
            starts_at=starts,
            ends_at=starts + timedelta(hours=1),
        )
    )
    await as_leader.send(e.SetQuestions(event_id=event_id, questions=QUESTIONS))
    event = await as_leader.send(e.PublishEvent(event_id=event_id))
    first, *others = [story.some()["a member"], *story.people[-COME:]]
    await pages.register(story.address, first.member_id, event)
    await pages.subscribe(story.address, first.member_id, event)
    for n, who in enumerate(others):
        await story.register(who, event)
        answers: e.RegistrationAnswers = {"lunch": LUNCH[n % len(LUNCH)], "first": n % 4 == 0}
        if n == 0:
            answers["diet"] = "えび、かに"
        answering = e.AnswerQuestions(event_id=event_id, member_id=who.member_id, answers=answers)
        await story.as_(who.member_id).send(answering)
    await story.heard.seated(event_id, [who.member_id for who in (first, *others)])
    story.say(f"To come: {event.title}; {first.name} registered for it on the portal's page, and has it in a calendar")
    return event


async def plan_hours(story: Season) -> None:
    """A leader plans the co-working hours every second Thursday; some come to all of them; two change later."""
    leader = story.as_(story.leaders[1].member_id, f"leader:{story.community_id}")
    thursday = utcnow() + timedelta(days=7)
    thursday += timedelta(days=(3 - thursday.weekday()) % 7)
    series_id, details = (
        new_id(),
        e.EventDetails(
            title=HOURS,
            description=HOURS_ABOUT,
            format="online",
            context="もくもく会",
            url="https://meet.example.co.jp/hours",
            capacity=REGULARS - 2,
            speakers=[story.leaders[1].member_id],
        ),
    )
    plan = e.PlanSeries(
        series_id=series_id,
        community_id=story.community_id,
        details=details,
        starts=f"{thursday:%Y-%m-%d}T18:00",
        minutes=90,
        rule="FREQ=WEEKLY;INTERVAL=2;COUNT=8",
    )
    await leader.send(plan)
    await story.heard.until(e.SeriesPlanned, series_id)
    regulars = story.people[:REGULARS]
    for who in regulars:
        wish = e.RegisterForSeries(series_id=series_id, member_id=who.member_id, registration_id=new_id())
        await story.as_(who.member_id).send(wish)
    await story.heard.regulars(series_id, [who.member_id for who in regulars])
    dates = (await leader.ask(e.GetSeries(series_id=series_id))).events
    await leader.send(e.CancelEvent(event_id=dates[2].event_id, reason="年度末のため"))
    longer = e.RescheduleSeries(
        series_id=series_id, change_id=new_id(), from_event=dates[4].event_id, clock="17:30", minutes=120
    )
    await leader.send(longer)
    await story.heard.until(e.SeriesRescheduled, series_id)
    gone = regulars[0].member_id
    await story.as_(gone).send(e.WithdrawFromSeries(series_id=series_id, member_id=gone))
    await story.heard.until(e.SeriesWithdrawn, series_id)
    story.say(
        f"To come: {HOURS}, {len(dates)} dates as a series; {REGULARS} registered for all of them, one date was "
        f"cancelled, the later ones begin earlier, and one member gave all seats back"
    )
