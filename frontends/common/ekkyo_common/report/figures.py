"""The figures of the impact report, from records alone. Pure: the same records give an equal report."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import get_args

from ekkyo.contracts.events import EventFormat, EventState
from ekkyo.contracts.members import Crossing
from ekkyo.contracts.reports import (
    Before,
    CommunityHead,
    DepartmentFigures,
    EventFigures,
    Meetings,
    OtherDepartments,
    Period,
    PlacesGiven,
    Report,
    SurveyFigures,
    Way,
)
from ekkyo.contracts.surveys import Results, SurveyStatus

from ekkyo_common.report.apart import floored, known_of, told_beside_all
from ekkyo_common.report.loop import loop_of
from ekkyo_common.report.meetings import came_to, together_at
from ekkyo_common.report.periods import first_day, of_period, within
from ekkyo_common.report.records import UNKNOWN, Records, SurveyRecord

THEMES = 20


def figures_of(records: Records, period: Period | None = None) -> Report:
    """The report that these records make: of all that was, or of a period with the one before beside it.

    Raises KeyError when the records were gathered without the figures of the periods that `needed` names.
    """
    if period is None:
        return _report(records, _events(records))
    events, zone = _events(records), records.community.timezone
    report = _report(within(records, period), of_period(events, period, zone))
    earlier = period.before()
    if earlier.ends_on < first_day(records):
        return report.model_copy(update={"period": period})
    then = _report(within(records, earlier), of_period(events, earlier, zone))
    before = Before(
        period=earlier,
        totals=then.totals,
        first_timers=sum(event.first_timers for event in then.events),
        pairs=then.meetings.pairs,
        surveys=then.surveys,
        outputs=len(then.outputs),
        crossings=then.crossings,
    )
    return report.model_copy(update={"period": period, "before": before})


def _report(records: Records, events: list[EventFigures]) -> Report:
    came = came_to(records)
    apart, others = _departments(records, came)
    return Report(
        community=head_of(records),
        totals=records.figures,
        attendances_by_format=_by_format(events),
        given=_given(records, events),
        events=events,
        departments=apart,
        others=others,
        meetings=_meetings(records, came, [one.department for one in apart if one.attendances]),
        surveys=_surveys(records.surveys),
        themes=records.themes[:THEMES],
        loop=loop_of(records, came, THEMES),
        outputs=records.outputs,
        crossings={step: len({m for m, c, _ in records.crossings if c == step}) for step in get_args(Crossing)},
    )


def head_of(records: Records) -> CommunityHead:
    """The community as it is now."""
    return CommunityHead(
        **records.community.model_dump(
            include={"community_id", "name", "logo_url", "colour", "locale", "timezone", "charter", "founded_at"}
        ),
        members=len(records.members),
        leaders=len(records.leaders),
    )


def nps(told: Iterable[Results]) -> float | None:
    """Net promoter score over several surveys: the scores that are told, weighted by their answers."""
    scored = [(results.nps, results.scored) for results in told if results.nps is not None and results.scored]
    answers = sum(count for _, count in scored)
    return round(sum(score * count for score, count in scored) / answers, 1) if answers else None


def _events(records: Records) -> list[EventFigures]:
    came, seen = came_to(records), set[str]()
    surveys = {s.survey.event_id: s for s in records.surveys if s.survey.event_id}
    found = []
    for event in sorted(records.events, key=lambda e: (e.starts_at, e.event_id)):
        places = [p for p in records.registrations if p.event_id == event.event_id]
        status = Counter(p.status for p in places)
        here = set(came[event.event_id])
        about = surveys.get(event.event_id)
        results = about.results if about else None
        found.append(
            EventFigures(
                **event.model_dump(include={"event_id", "title", "format", "context", "starts_at", "timezone"}),
                capacity=event.capacity + ((event.terms and event.terms.online_capacity) or 0),
                registered=sum(1 for p in places if p.registration_id),
                attended=len(here),
                first_timers=len(here - seen),
                returners=len(here & seen),
                walk_ins=sum(1 for p in places if p.walk_in and p.status == "attended"),
                withdrawn=status["withdrawn"],
                no_shows=status["no_show"],
                late_cancellations=sum(1 for p in places if p.late),
                departments=len({records.departments[m] for m in here} - {UNKNOWN}),
                invited=about.survey.invited if about else 0,
                answered=about.survey.answered if about else 0,
                suppressed=bool(results and results.suppressed),
                nps=results.nps if results and not results.suppressed else None,
            )
        )
        seen |= here
    return found


def _by_format(events: list[EventFigures]) -> dict[EventFormat, int]:
    attendances: Counter[EventFormat] = Counter()
    for event in events:
        attendances[event.format] += event.attended
    return dict(attendances)


def _given(records: Records, events: list[EventFigures]) -> list[PlacesGiven]:
    """The ways in which places were given at any of these events."""
    ways = {event.event_id: _ways(event) for event in records.events}
    by_way = [(way, [event for event in events if way in ways[event.event_id]]) for way in get_args(Way)]
    return [
        PlacesGiven(way=way, events=len(some), registrations=sum(event.registered for event in some))
        for way, some in by_way
        if some
    ]


def _ways(event: EventState) -> set[Way]:
    terms, found = event.terms, set[Way]()
    if event.draw and event.draw.stage == "held":
        found.add("lottery")
    if terms and terms.approval:
        found.add("approval")
    if terms and terms.quotas:
        found.add("quotas")
    if terms and terms.group_size:
        found.add("together")
    if event.series_id:
        found.add("series")
    return found


def _departments(
    records: Records, came: dict[str, list[str]]
) -> tuple[list[DepartmentFigures], OtherDepartments | None]:
    """Those that may be told apart, and all others together."""
    of = records.departments
    attendances = Counter(of[m] for people in came.values() for m in people)
    people: dict[str, set[str]] = {}
    for member in {m for there in came.values() for m in there}:
        people.setdefault(of[member], set()).add(member)
    members = Counter(of[m] for m in records.members)
    told = told_beside_all(people, known_of(records))
    apart = [
        DepartmentFigures(
            department=d, members=floored(members[d]), people=len(people.get(d, ())), attendances=attendances[d]
        )
        for d in told & (members.keys() | attendances.keys())
    ]
    rest = (members.keys() | attendances.keys()) - told
    others = OtherDepartments(
        departments=len(rest - {UNKNOWN}),
        people=sum(len(people.get(d, ())) for d in rest),
        attendances=sum(attendances[d] for d in rest),
    )
    return sorted(apart, key=lambda d: (-d.attendances, -d.members, d.department)), others if rest else None


def _meetings(records: Records, came: dict[str, list[str]], shown: Sequence[str]) -> Meetings:
    """shown: departments between which it is told how often they met."""
    met: Counter[tuple[str, str]] = Counter()
    for groups in together_at(records, came):
        present = [{d for m in people if (d := records.departments[m]) != UNKNOWN} for people in groups]
        met.update({pair for some in present for pair in combinations(sorted(some), 2)})
    everywhere = len(set(records.departments.values()) - {UNKNOWN})
    return Meetings(
        departments=list(shown),
        events=[[met[min(a, b), max(a, b)] for b in shown] for a in shown],
        pairs=len(met),
        possible=everywhere * (everywhere - 1) // 2,
    )


def _surveys(records: list[SurveyRecord]) -> SurveyFigures:
    told = [s.results for s in records if s.results and not s.results.suppressed]
    status: Counter[SurveyStatus] = Counter(s.survey.status for s in records)
    invited, answered = sum(s.survey.invited for s in records), sum(s.survey.answered for s in records)
    together: dict[str, Counter[str]] = {}
    scores: Counter[str] = Counter()
    for results in told:
        scores.update({score: n for score, n in results.scores.items() if n})
        for question, distribution in results.distributions.items():
            if distribution is not results.scores:
                together.setdefault(question, Counter()).update(distribution)
    return SurveyFigures(
        surveys=len(records),
        open=status["open"],
        suppressed=sum(1 for s in records if s.results and s.results.suppressed),
        invited=invited,
        answered=answered,
        response_rate=round(100 * answered / invited, 1) if invited else None,
        nps=nps(told),
        satisfaction=dict(sorted(scores.items(), key=lambda kv: [int(score) for score in kv[0].split("-")])),
        choices={question: dict(sorted(counts.items())) for question, counts in sorted(together.items())},
    )
