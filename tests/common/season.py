"""A made-up first season as records: 15 events, 120 members, 12 departments."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

from ekkyo.contracts.events import EventFormat, EventState, Figures, KindFigures, Registration, RegistrationStatus
from ekkyo.contracts.members import Charter, Community, Crossing
from ekkyo.contracts.surveys import Results, SurveyState, ThemeCount
from ekkyo_common.report.records import Records, SurveyRecord

DEPARTMENTS = (
    "保守サービス部 製造部 営業本部.第二営業部 営業本部.第一営業部 設計部.機械設計課 設計部.電気設計課"
    " 研究開発センター 品質保証部 人事部 情報システム部 総務部 経理部"
)
TITLES = (
    "Teamsを使いこなす|Excel関数入門|RPAもくもく会 #1|英語でランチ|Copilotはじめの一歩|Power BIで見える化"
    "|RPAもくもく会 #2|部署をこえてランチ|情報セキュリティの話|Excelマクロ相談室|読書会「失敗の本質」"
    "|RPAもくもく会 #3|会議を減らす技術|AIで議事録|一年をふりかえる会"
)
THEMES = (("Excel", 31), ("RPA", 24), ("生成AI", 22), ("Power BI", 15), ("英語", 9), ("資料作成", 6), ("Teams", 4))


def season(*, members: int = 120, seed: int = 7) -> Records:
    """Records of a season that could have been."""
    luck = random.Random(seed)
    departments = [d.replace(".", " ") for d in DEPARTMENTS.split()]
    people = {f"m{n:03}": luck.choice(departments) for n in range(members)}
    start = datetime(2024, 6, 5, 3, tzinfo=UTC)
    events, places, surveys = [], [], []
    waited = promoted = 0
    for n, title in enumerate(TITLES.split("|")):
        kind: EventFormat = "onsite" if n in (7, 14) else "online"
        capacity = 18 if n % 4 == 1 else 30
        event = EventState(
            event_id=f"e{n:02}",
            community_id="c1",
            title=title,
            format=kind,
            context="IT",
            capacity=capacity,
            starts_at=start + timedelta(days=9 * n),
            ends_at=start + timedelta(days=9 * n, hours=1),
            timezone="Asia/Tokyo",
            status="concluded",
        )
        events.append(event)
        wish = luck.sample(sorted(people), luck.randint(14, 32))
        came = 0
        for k, who in enumerate(wish):
            status: RegistrationStatus = luck.choices(["attended", "no_show", "withdrawn"], [16, 1, 2])[0]
            if k >= capacity:
                waited += 1
                promoted += status == "attended"
                status = "waitlisted" if status == "no_show" else status
            came += status == "attended"
            places.append(
                Registration(event_id=event.event_id, member_id=who, registration_id=f"r{n}-{k}", status=status)
            )
        surveys.append(_survey(event, came, luck, mood=n))
    attended = [p.member_id for p in places if p.status == "attended"]
    status_of = [p.status for p in places]
    ended = {event.event_id: event.ends_at for event in events}
    first = {p.member_id: ended[p.event_id] for p in reversed(places) if p.status == "attended"}
    last = max(first.values())
    crossings: list[tuple[str, Crossing, datetime | None]] = [(m, "took_part", first[m]) for m in set(attended)]
    crossings += [(m, "shared", first[m]) for m in sorted(set(attended))[:24]]
    crossings += [(m, "taught", last) for m in sorted(set(attended))[:11]] + [("m001", "carried_outside", last)]
    return Records(
        community=community(),
        departments=people,
        members=sorted(people),
        leaders=["m001", "m002", "m003", "m004"],
        events=events,
        registrations=places,
        figures=Figures(
            community_id="c1",
            events={"online": 13, "onsite": 2},
            attendances=len(attended),
            people=len(set(attended)),
            returners=sum(attended.count(m) > 1 for m in set(attended)),
            registrations=len(places),
            waitlisted=waited,
            promoted=promoted,
            withdrawn=status_of.count("withdrawn"),
            no_shows=status_of.count("no_show"),
            walk_ins=0,
            kinds=[_kind("online", events, places), _kind("onsite", events, places)],
        ),
        surveys=surveys,
        themes=[ThemeCount(theme=t, votes=v) for t, v in THEMES],
        crossings=sorted(crossings),
    )


def _kind(format: EventFormat, events: list[EventState], places: list[Registration]) -> KindFigures:
    held = {event.event_id for event in events if event.format == format}
    ends = Counter(place.status for place in places if place.event_id in held)
    return KindFigures(
        format=format,
        context="IT",
        events=len(held),
        registrations=ends.total(),
        came=ends["attended"],
        no_shows=ends["no_show"],
        walk_ins=0,
    )


def community() -> Community:
    """The community of the season, with its charter."""
    return Community(
        community_id="c1",
        name="越境ITコミュニティ",
        rules="何を聞いてもよい。笑わない。",
        charter=Charter(
            objective="情報システム部への問い合わせを一年で半分にし、社員が自分で業務を良くする会社になる。",
            who="ITを使うすべての社員。先生も生徒も社員どうし。",
            what="ミニ講座、もくもく会、部署をこえたランチ。教えた人の成果は掲示板へ。",
            how="4人のリーダーが毎週一つ開く。次のテーマはアンケートで決める。",
            figures=["最初の半年でのべ250人の参加", "半分以上の部署どうしが出会う", "教える側に10人が回る"],
        ),
        founded_at=datetime(2024, 5, 1, tzinfo=UTC),
        revision=1,
    )


def _survey(event: EventState, came: int, luck: random.Random, *, mood: int) -> SurveyRecord:
    answered = 4 if mood == 9 else max(round(came * 0.62), 5)
    scores = [min(10, max(0, round(luck.gauss(7.6 + mood * 0.12, 1.6)))) for _ in range(answered)]
    suppressed = answered < 5
    share = [sum(s >= 9 for s in scores), sum(s <= 6 for s in scores)]
    results = Results(
        survey_id=event.event_id,
        event_id=event.event_id,
        invited=came,
        answered=answered,
        suppressed=suppressed,
        nps=None if suppressed else round(100 * (share[0] - share[1]) / answered, 1),
        distributions={} if suppressed else {"satisfaction": {str(n): scores.count(n) for n in range(11)}},
    )
    state = SurveyState(
        survey_id=event.event_id,
        community_id="c1",
        event_id=event.event_id,
        title={"ja": event.title},
        anonymous=True,
        status="closed",
        opened_at=event.ends_at,
        deadline=event.ends_at + timedelta(days=7),
        invited=came,
        answered=answered,
        revision=2,
    )
    return SurveyRecord(survey=state, results=results)
