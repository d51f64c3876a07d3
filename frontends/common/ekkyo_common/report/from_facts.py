"""The same records rebuilt from the stream of facts alone, from its beginning: the proof that the figures are true."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from ekkyo.client import Ekkyo
from ekkyo.contracts import events as e
from ekkyo.contracts import members as m
from ekkyo.contracts import surveys as s
from ekkyo.contracts.base import Fact, Refused
from ekkyo.contracts.members import Crossing
from ekkyo.contracts.reports import Period

from ekkyo_common.report.places import Apart, Place, moved
from ekkyo_common.report.records import PeriodFigures, Records, SurveyRecord, departments_of, in_community
from ekkyo_common.report.themes import Ranking, together

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_KINDS = 200
"""As many as the events service tells."""
NEEDED: tuple[type[Fact], ...] = (
    e.EventFact,
    e.OutputFact,
    m.MemberFact,
    m.MemberErased,
    m.CommunityFounded,
    m.CharterRevised,
    m.CommunityRevised,
    m.MeasureReported,
    s.SurveyFact,
    s.VocabularyChanged,
)


async def gather(ekkyo: Ekkyo, community_id: str, *, periods: Sequence[Period] = ()) -> Records:
    """Read every fact from the beginning and rebuild the records of one community, with the figures of periods."""
    read = _Reader(community_id)
    async for fact in ekkyo.facts(since=1, follow=False):
        read.hear(fact)
    return read.records(periods)


def _attached(output: e.OutputState) -> tuple[datetime, str]:
    """The order in which outputs came onto the board."""
    return output.attached_at or EPOCH, output.output_id


def rebuild(facts: Iterable[Fact], community_id: str, *, periods: Sequence[Period] = ()) -> Records:
    """The records of one community as these facts tell them, in the order of the stream."""
    read = _Reader(community_id)
    for fact in facts:
        read.hear(fact)
    return read.records(periods)


class _Reader:
    """Folds facts, one after another, into what the services would tell."""

    def __init__(self, community_id: str) -> None:
        self.community_id = community_id
        self.community: m.Community | None = None
        self.members: dict[str, m.MemberState] = {}
        self.events: dict[str, e.EventState] = {}
        self.places: dict[str, dict[str, Place]] = {}
        self.surveys: dict[str, SurveyRecord] = {}
        self.themes: list[Ranking] = []
        self.vocabulary: s.VocabularyState | None = None
        self.crossings: dict[tuple[str, Crossing], datetime] = {}
        self.reports: dict[tuple[str, date], float | None] = {}
        self.outputs: dict[str, e.OutputState] = {}
        self.erased: dict[str, m.MemberErased] = {}
        self._revisions: dict[tuple[str, str], int] = {}
        self._apart: Apart = {}

    def hear(self, fact: Fact) -> None:
        match fact:
            case m.CommunityFounded() | m.CharterRevised() | m.CommunityRevised():
                if fact.community_id == self.community_id and self._newer(fact):
                    self.community = fact.community
            case m.MeasureReported() if fact.community_id == self.community_id:
                self.reports[fact.measure, fact.on] = fact.value
            case m.MemberFact():
                if self._newer(fact):
                    self.members[fact.member_id] = fact.member
                if isinstance(fact, m.MemberMerged | m.RecordAbsorbed | m.RecordReleased | m.MergeUndone):
                    self._crossed(fact.member_id, [] if isinstance(fact, m.MemberMerged) else fact.crossings)
                if isinstance(fact, m.MemberCrossed) and fact.community_id == self.community_id:
                    self.crossings[fact.member_id, fact.crossing] = fact.reached_at or fact.meta.time
                if isinstance(fact, m.CrossingProofChanged) and fact.community_id == self.community_id:
                    self.crossings[fact.member_id, fact.crossing] = fact.reached_at
                if isinstance(fact, m.CrossingUndone) and fact.community_id == self.community_id:
                    self.crossings.pop((fact.member_id, fact.crossing), None)
            case m.MemberErased():
                self._newer(fact)
                self.members.pop(fact.member_id, None)
                self.erased[fact.member_id] = fact
                reached = [c for c in fact.crossings if c.community_id == self.community_id]
                self.crossings |= {(fact.member_id, c.crossing): c.reached_at for c in reached}
            case e.EventFact() if fact.event.community_id == self.community_id:
                self._event(fact)
            case e.OutputFact() if fact.output.community_id == self.community_id:
                if self._newer(fact):
                    self.outputs[fact.output_id] = fact.output
            case s.SurveyFact() if fact.survey.community_id == self.community_id:
                self._survey(fact)
            case s.VocabularyChanged() if fact.community_id == self.community_id:
                if self._newer(fact):
                    self.vocabulary = fact.vocabulary
            case _:
                pass

    def _crossed(self, member_id: str, reached: Sequence[m.CrossingReached]) -> None:
        """All crossings that a member has now in this community."""
        self.crossings = {key: at for key, at in self.crossings.items() if key[0] != member_id}
        here = [one for one in reached if one.community_id == self.community_id]
        self.crossings |= {(member_id, one.crossing): one.reached_at for one in here}

    def records(self, periods: Sequence[Period] = ()) -> Records:
        """What was heard so far. Refuses when the community was never heard of."""
        if self.community is None:
            raise Refused("community_not_found", "The stream of facts contains no community with this id.")
        over = {i: event for i, event in self.events.items() if event.status == "concluded"}
        places = {i: self.places.get(i, {}) for i in sorted(over)}
        belong = in_community(self.members, self.community_id)
        people = {p for there in places.values() for p in there} | set(belong)
        erased = {p for p, fact in self.erased.items() if self.community_id in fact.communities}
        return Records(
            community=self.community,
            departments=departments_of(self.members, people),
            members=belong,
            leaders=in_community(self.members, self.community_id, role="leader"),
            events=list(over.values()),
            registrations=[
                e.Registration(
                    event_id=i,
                    member_id=p,
                    registration_id=place.registration_id,
                    status=place.status or "confirmed",
                    walk_in=place.walk_in,
                    table=place.table,
                    late=place.late and place.status == "withdrawn",
                )
                for i, there in places.items()
                for p, place in sorted(there.items())
            ],
            figures=_figures(self.community_id, over, places),
            surveys=[self.surveys[i] for i in sorted(self.surveys)],
            themes=together(self.themes, self.vocabulary),
            vocabulary=self.vocabulary,
            crossings=sorted((*c, at) for c, at in self.crossings.items() if c[0] in people | erased),
            reports=self._reports(self.community.charter),
            outputs=sorted((o for o in self.outputs.values() if o.status == "attached"), key=_attached),
            by_period=[self._of(period, self.community, over, places) for period in periods],
        )

    def _of(
        self,
        period: Period,
        community: m.Community,
        over: dict[str, e.EventState],
        places: dict[str, dict[str, Place]],
    ) -> PeriodFigures:
        within = {i: event for i, event in over.items() if period.holds(event.starts_at, community.timezone)}
        there = {i: places[i] for i in within}
        return PeriodFigures(period=period, figures=_figures(self.community_id, within, there))

    def _reports(self, charter: m.Charter) -> list[m.MeasureReports]:
        """What the members service answers to GetMeasures."""
        told = sorted((on, key, value) for (key, on), value in self.reports.items() if value is not None)
        values = {
            key: [m.MeasureValue(on=on, value=value) for on, of, value in told if of == key][-m.MOST_VALUES :]
            for key in (measure.key for measure in charter.measures if measure.counted == "reported")
        }
        return [m.MeasureReports(key=key, values=some) for key, some in values.items()]

    def _newer(self, fact: Fact) -> bool:
        """Whether nothing newer was heard about this entity; facts of one revision belong together."""
        entity = fact.meta.source, fact.entity_id  # the survey after an event has the event's id
        seen = self._revisions.get(entity, -1)
        self._revisions[entity] = max(seen, fact.meta.revision)
        return fact.meta.revision >= seen

    def _event(self, fact: e.EventFact) -> None:
        if self._newer(fact):
            self.events[fact.event_id] = fact.event
        there = self.places.setdefault(fact.event_id, {})
        match fact:
            case e.RegistrationMoved():
                moved(there, self._apart, fact)
            case e.RegistrationFact():
                there.setdefault(fact.member_id, Place()).hear(fact)
            case e.TablesSeated():
                for number, table in enumerate(fact.tables, start=1):
                    for member_id in table:
                        there.setdefault(member_id, Place()).table = number
            case e.EventConcluded():
                for member_id in fact.no_shows:
                    there.setdefault(member_id, Place()).status = "no_show"
            case _:
                pass

    def _survey(self, fact: s.SurveyFact) -> None:
        before = self.surveys.get(fact.survey_id)
        results = before.results if before else None
        survey = fact.survey if self._newer(fact) or before is None else before.survey
        if isinstance(fact, s.SurveyClosed):
            results = fact.results
        if isinstance(fact, s.ThemesRanked):
            self.themes.append((fact.themes, fact.mentions))
        self.surveys[fact.survey_id] = SurveyRecord(survey=survey, results=results)


def _figures(community_id: str, over: dict[str, e.EventState], places: dict[str, dict[str, Place]]) -> e.Figures:
    """What the events service answers to GetFigures, counted from facts."""
    everybody = [place for there in places.values() for place in there.values()]
    came = Counter(p for there in places.values() for p, place in there.items() if place.status == "attended")
    return e.Figures(
        community_id=community_id,
        events=Counter(event.format for event in over.values()),
        attendances=came.total(),
        people=len(came),
        returners=sum(1 for times in came.values() if times > 1),
        registrations=sum(place.registered for place in everybody),
        waitlisted=sum(place.waited for place in everybody),
        promoted=sum(place.promoted for place in everybody),
        withdrawn=sum(place.status == "withdrawn" and place.registered for place in everybody),
        declined=sum(place.status == "declined" for place in everybody),
        no_shows=sum(place.status == "no_show" for place in everybody),
        late_cancellations=_late(everybody),
        walk_ins=sum(place.walk_in and place.status == "attended" for place in everybody),
        kinds=_kinds(over, places),
    )


def _late(places: Iterable[Place]) -> int:
    return sum(place.late and place.status == "withdrawn" for place in places)


def _kinds(over: dict[str, e.EventState], places: dict[str, dict[str, Place]]) -> list[e.KindFigures]:
    """The same by format and context."""
    found: dict[tuple[e.EventFormat, str], list[str]] = {}
    for event_id, event in over.items():
        found.setdefault((event.format, event.context), []).append(event_id)
    told = []
    for (kind, context), events in found.items():
        there = [place for event_id in events for place in places.get(event_id, {}).values()]
        told.append(
            e.KindFigures(
                format=kind,
                context=context,
                events=len(events),
                registrations=sum(place.registered for place in there),
                came=sum(place.status == "attended" for place in there),
                no_shows=sum(place.status == "no_show" for place in there),
                late_cancellations=_late(there),
                walk_ins=sum(place.walk_in and place.status == "attended" for place in there),
            )
        )
    return sorted(told, key=lambda kind: (-kind.events, kind.format, kind.context))[:MOST_KINDS]
