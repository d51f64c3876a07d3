"""What the pages of results show, made from answers. Charts and palette are the report's. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ekkyo.contracts.events import EventPage, EventState, Figures, KindFigures, RosterPage
from ekkyo.contracts.members import Community
from ekkyo.contracts.surveys import Form, ResultsAnswer, SurveyList, ThemeRanking
from ekkyo.report import charts
from ekkyo.report.charts.draw import FAINT, GREY, INDIGO, INDIGO_LIGHT, OCHRE, VERMILION
from ekkyo.words.numbers import signed
from ekkyo.words.text import one_line
from markupsafe import Markup

from ekkyo_portal.events.views import Card, over, when
from ekkyo_portal.lead.said import Chart, Table, charts_of, ranked, tables_of, texts_of, why_not
from ekkyo_portal.look.reader import Reader

SHOWN = 12
"""Themes of a chart, and kinds of events."""
WIDTH = 320
"""Units of a chart's width: about the pixels of a phone, so that letters are as large there as they say."""


@dataclass(frozen=True)
class EventResults:
    """What came of an event. state: why there are no answers to show; empty: there are."""

    event: EventState
    title: str
    when: str
    tiles: Sequence[tuple[str, str]]
    seats: Markup
    state: str
    survey_id: str
    """Empty: there is none."""
    is_open: bool
    """Whether its survey still takes answers."""
    charts: Sequence[Chart]
    tables: Sequence[Table]
    texts: Sequence[tuple[str, Sequence[str]]]


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
        tiles.append((signed(told.nps), "NPS"))
    if told and told.nps_low is not None and told.nps_high is not None:
        tiles.append((f"{signed(told.nps_low)} … {signed(told.nps_high)}", reader.words.told.interval))
    return EventResults(
        event=it,
        title=one_line(it.title),
        when=when(reader, it).first,
        tiles=tiles,
        seats=charts.parts(seats, label=words.seats, width=WIDTH),
        state="" if told else _why_not(reader, surveys, said),
        survey_id=survey.survey_id if survey else "",
        is_open=bool(survey and survey.status == "open"),
        charts=charts_of(reader, said, form) if told and said else [],
        tables=tables_of(reader, said, form) if told and said else [],
        texts=texts_of(reader, said, form) if told and said else [],
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
        themes=ranked(themes.themes, words.themes) if themes and themes.themes else None,
        themes_away=themes is None,
        events=None if events is None else [over(reader, one) for one in events.events],
    )


def _kind(reader: Reader, one: KindFigures) -> tuple[str, str, Sequence[str]]:
    numbers = (one.events, one.registrations, one.came, one.no_shows, one.late_cancellations, one.walk_ins)
    return reader.words.names.formats[one.format], one_line(one.context), [f"{n:,}" for n in numbers]


def _why_not(reader: Reader, surveys: SurveyList | None, said: ResultsAnswer | None) -> str:
    """Why no answers are shown."""
    if surveys is None:
        return str(reader.words.common.away)
    return why_not(reader, surveys.surveys[0], said) if surveys.surveys else str(reader.words.results.none)
