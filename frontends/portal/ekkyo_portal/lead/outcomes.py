"""What the pages of results show, made from answers. Charts and palette are the report's. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ekkyo.contracts.events import EventPage, EventState, Figures, KindFigures, RosterPage
from ekkyo.contracts.members import Community
from ekkyo.contracts.surveys import Form, FormQuestion, ResultsAnswer, SurveyList, ThemeCount, ThemeRanking
from ekkyo.report import charts
from ekkyo.report.charts.bars import Bar
from ekkyo.report.charts.draw import FAINT, GREY, INDIGO, INDIGO_LIGHT, OCHRE, VERMILION
from ekkyo.words.text import one_line, several_lines
from markupsafe import Markup

from ekkyo_portal.events.views import Card, over, when
from ekkyo_portal.look.reader import Reader

SHOWN = 12
"""Themes of a chart, and kinds of events."""
WIDTH = 320
"""Units of a chart's width: about the pixels of a phone, so that letters are as large there as they say."""


@dataclass(frozen=True)
class Chart:
    """A picture with its title."""

    title: str
    picture: Markup


@dataclass(frozen=True)
class EventResults:
    """What came of an event. state: why there are no answers to show; empty: there are."""

    event: EventState
    title: str
    when: str
    tiles: Sequence[tuple[str, str]]
    seats: Markup
    state: str
    charts: Sequence[Chart]
    comments: Sequence[str]


@dataclass(frozen=True)
class CommunityResults:
    """What came of a community. None: the service is away."""

    community_id: str
    name: str
    tiles: Sequence[tuple[str, str]] | None
    kinds: Sequence[tuple[str, str, Sequence[str]]]
    """Formats and themes with their numbers."""
    themes: Markup | None
    themes_away: bool
    events: Sequence[Card] | None


def event(
    reader: Reader, roster: RosterPage, surveys: SurveyList | None, said: ResultsAnswer | None, form: Form | None
) -> EventResults:
    """An event's figures, and what its survey says as far as that may be told."""
    words, it = reader.words.results, roster.event
    counts = Counter(one.status for one in roster.registrations)
    walk_ins = sum(one.walk_in and one.status == "attended" for one in roster.registrations)
    states = reader.words.names.registrations
    late = sum(one.late for one in roster.registrations)
    seats = [
        (states["attended"], counts["attended"], INDIGO),
        (states["no_show"], counts["no_show"], VERMILION),
        *([(reader.words.desk.late, late, OCHRE)] if late else []),
        (states["withdrawn"], counts["withdrawn"] - late, GREY),
        (states["waitlisted"], counts["waitlisted"], INDIGO_LIGHT),
    ]
    rare = [
        (states["applied"], counts["applied"], OCHRE),
        (states["declined"], counts["declined"], FAINT),
    ]
    seats += [part for part in rare if part[1]]
    tiles = [(str(counts["attended"]), states["attended"]), (str(walk_ins), words.walk_ins)]
    survey = surveys.surveys[0] if surveys and surveys.surveys else None
    if survey:
        tiles.append((f"{survey.answered}/{survey.invited}", words.answers))
    told = said.results if said and not said.results.suppressed else None
    if told and told.nps is not None:
        tiles.append((f"{told.nps:+.0f}", "NPS"))
    return EventResults(
        event=it,
        title=one_line(it.title),
        when=when(reader, it).first,
        tiles=tiles,
        seats=charts.parts(seats, label=words.seats, width=WIDTH),
        state="" if told else _why_not(reader, surveys, said),
        charts=_charts(reader, said, form) if told and said else [],
        comments=[several_lines(text) for text in said.comments] if told and said else [],
    )


def community(
    reader: Reader,
    it: Community,
    figures: Figures | None,
    themes: ThemeRanking | None,
    events: EventPage | None,
) -> CommunityResults:
    """A community's figures so far, and what its members want next."""
    words = reader.words.results
    tiles = figures and [
        (f"{sum(figures.events.values()):,}", words.events),
        (f"{figures.attendances:,}", words.attendances),
        (f"{figures.people:,}", words.people),
        (f"{figures.returners:,}", words.returners),
        (f"{figures.no_shows:,}", reader.words.names.registrations["no_show"]),
        *([(f"{figures.late_cancellations:,}", reader.words.desk.late)] if figures.late_cancellations else []),
        (f"{figures.promoted:,}", words.promoted),
    ]
    return CommunityResults(
        community_id=it.community_id,
        name=one_line(it.name),
        tiles=tiles or None,
        kinds=[_kind(reader, one) for one in figures.kinds[:SHOWN]] if figures else [],
        themes=_ranked(themes.themes, words.themes) if themes and themes.themes else None,
        themes_away=themes is None,
        events=None if events is None else [over(reader, one) for one in events.events],
    )


def _kind(reader: Reader, one: KindFigures) -> tuple[str, str, Sequence[str]]:
    numbers = (one.events, one.registrations, one.came, one.no_shows, one.late_cancellations, one.walk_ins)
    return reader.words.names.formats[one.format], one_line(one.context), [f"{n:,}" for n in numbers]


def _why_not(reader: Reader, surveys: SurveyList | None, said: ResultsAnswer | None) -> str:
    """Why no answers are shown."""
    words = reader.words.results
    state: str = words.none
    if surveys is None:
        state = reader.words.common.away
    elif said is not None:
        state = words.few.format(n=said.results.minimum)
    elif surveys.surveys and surveys.surveys[0].status == "closed":
        state = reader.words.common.away
    elif surveys.surveys:
        state = words.open.format(at=reader.until(surveys.surveys[0].deadline))
    return state


def _charts(reader: Reader, said: ResultsAnswer, form: Form | None) -> list[Chart]:
    questions = {one.key: one for one in form.questions} if form else {}
    found = []
    for key, counts in said.results.distributions.items():
        question = questions.get(key)
        title = one_line(question.label[reader.locale]) if question else key
        if key == "satisfaction":
            found.append(Chart(title, charts.histogram(counts, label=title, width=WIDTH)))
        else:
            bars = [Bar(_answer(reader, question, answer), n) for answer, n in counts.items()]
            found.append(Chart(title, charts.bars(bars, label=title, width=WIDTH)))
    if said.results.themes:
        title = reader.words.results.themes
        found.append(Chart(title, _ranked(said.results.themes, title)))
    return found


def _answer(reader: Reader, question: FormQuestion | None, answer: str) -> str:
    labels = {choice.key: choice.label[reader.locale] for choice in question.choices} if question else {}
    return one_line(labels.get(answer, answer))


def _ranked(themes: Sequence[ThemeCount], label: str) -> Markup:
    bars = [Bar(one_line(one.theme), one.votes) for one in themes[:SHOWN]]
    return charts.bars(bars, label=label, fill=VERMILION, width=WIDTH)
