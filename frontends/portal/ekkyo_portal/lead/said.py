"""What a survey says, as pictures and as rows of a file, in a reader's language. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from ekkyo.contracts.surveys import (
    CrossTable,
    Form,
    FormQuestion,
    QuestionResults,
    ResultsAnswer,
    SurveyState,
    ThemeCount,
)
from ekkyo.report import charts
from ekkyo.report.charts.bars import Bar
from ekkyo.report.charts.draw import VERMILION
from ekkyo.words.numbers import signed
from ekkyo.words.text import one_line, several_lines
from ekkyo_common.tables.writing import Cell
from markupsafe import Markup

from ekkyo_portal.look.reader import Reader

SHOWN = 12
"""Themes of a chart."""
WIDTH = 320
"""Units of a chart's width: about the pixels of a phone, so that letters are as large there as they say."""
SCORES = 11


@dataclass(frozen=True)
class Chart:
    """A picture with its title, and what has to be said beside it. None: there is nothing to draw."""

    title: str
    picture: Markup | None
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Table:
    """Two questions together."""

    title: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[int]]]


@dataclass(frozen=True)
class Said:
    """What a survey says. state: why there are no answers to show; empty: there are."""

    survey: SurveyState
    title: str
    tiles: Sequence[tuple[str, str]]
    state: str
    charts: Sequence[Chart]
    tables: Sequence[Table]
    texts: Sequence[tuple[str, Sequence[str]]]


def said_by(reader: Reader, survey: SurveyState, said: ResultsAnswer | None, form: Form | None) -> Said:
    """A survey's results as far as they may be told. said None: it is still open, or the service is away."""
    words = reader.words.told
    told = said if said and not said.results.suppressed else None
    tiles = [(f"{survey.answered}/{survey.invited}", reader.words.results.answers)]
    if told and told.results.nps is not None:
        tiles.append((signed(told.results.nps), "NPS"))
    if told and told.results.nps_low is not None and told.results.nps_high is not None:
        tiles.append((f"{signed(told.results.nps_low)} … {signed(told.results.nps_high)}", words.interval))
    return Said(
        survey=survey,
        title=title_of(reader, survey),
        tiles=tiles,
        state="" if told else why_not(reader, survey, said),
        charts=charts_of(reader, told, form) if told else [],
        tables=tables_of(reader, told, form) if told else [],
        texts=texts_of(reader, told, form) if told else [],
    )


def title_of(reader: Reader, survey: SurveyState) -> str:
    """A survey's title in the reader's language, else in any."""
    return one_line(survey.title.get(reader.locale) or next(iter(survey.title.values()), survey.survey_id))


def why_not(reader: Reader, survey: SurveyState, said: ResultsAnswer | None) -> str:
    """Why no answers are shown."""
    words = reader.words.results
    if said is not None:
        text = reader.words.told.compared if said.results.compared else words.few
        return str(text.format(n=said.results.minimum))
    if survey.status == "closed":
        return str(reader.words.common.away)
    return str(words.open.format(at=reader.until(survey.deadline)))


def charts_of(reader: Reader, said: ResultsAnswer, form: Form | None) -> list[Chart]:
    """A chart for each question, and one of the themes."""
    results = said.results
    known = {one.question for one in results.questions}
    found = [_chart(reader, one, _question(form, one.question), said) for one in results.questions]
    for key, counts in results.distributions.items():
        if key.partition(".")[0] not in known:
            found.append(_plain(reader, key, counts, _question(form, key)))
    if themes := themes_of(said):
        found.append(Chart(reader.words.results.themes, ranked(themes, reader.words.results.themes)))
    return found


def themes_of(said: ResultsAnswer) -> Sequence[ThemeCount]:
    """What people want next, as the community's vocabulary counts it now; as written where nobody counted it so."""
    return said.themes or said.results.themes


def ranked(themes: Sequence[ThemeCount], label: str) -> Markup:
    """Themes as bars."""
    bars = [Bar(one_line(one.theme), one.votes) for one in themes[:SHOWN]]
    return charts.bars(bars, label=label, fill=VERMILION, width=WIDTH)


def tables_of(reader: Reader, said: ResultsAnswer, form: Form | None) -> list[Table]:
    """The questions that were counted together."""
    return [_table(reader, table, form) for table in said.results.cross_tables]


def texts_of(reader: Reader, said: ResultsAnswer, form: Form | None) -> list[tuple[str, Sequence[str]]]:
    """What people wrote, by question."""
    by_question = said.texts or ({"": said.comments} if said.comments else {})
    comments = reader.words.results.comments
    titles = {key: _title(reader, key, _question(form, key)) if key else comments for key in by_question}
    return [(titles[key], [several_lines(text) for text in texts]) for key, texts in by_question.items()]


def rows_of(reader: Reader, found: Said, said: ResultsAnswer, form: Form | None) -> list[list[Cell]]:
    """The results as rows of a file: the figures of each question, the questions together, the themes, the texts."""
    words = reader.words.told
    rows: list[list[Cell]] = [[words.question, words.answer, words.people]]
    rows += [[words.survey, name, number] for number, name in found.tiles]
    for one in said.results.questions:
        question = _question(form, one.question)
        name = _name(reader, one, question)
        rows += [[name, _answers(reader, question, one, cell.answers), cell.people] for cell in one.cells]
        if one.asked is not None and one.answered is not None:
            rows.append([name, words.no_answer, one.asked - one.answered])
        if one.mean is not None:
            rows.append([name, words.mean, f"{one.mean:.2f}"])
        rows += [
            [name, f"{words.place}: {_label(reader, question, key)}", f"{at:.2f}"] for key, at in one.places.items()
        ]
    for table in found.tables:
        rows += [
            [table.title, f"{row} × {column}", people]
            for row, counts in table.rows
            for column, people in zip(table.columns, counts, strict=True)
        ]
    rows += [[reader.words.results.themes, one_line(one.theme), one.votes] for one in themes_of(said)]
    rows += [[title, text, ""] for title, texts in found.texts for text in texts]
    return rows


def _chart(reader: Reader, one: QuestionResults, question: FormQuestion | None, said: ResultsAnswer) -> Chart:
    words, title = reader.words.told, _name(reader, one, question)
    notes = _notes(reader, one, question)
    if one.places:
        ordered = sorted(one.places.items(), key=lambda place: place[1])
        return Chart(
            title, None, [*(f"{at:.1f}  {_label(reader, question, key)}" for key, at in ordered), words.place_note]
        )
    if not one.cells or (len(one.cells) == 1 and one.answered is None and one.kind != "choices"):
        return Chart(title, None, [words.nothing, *notes])
    counts = said.results.distributions.get(one.question, {})
    if one.kind in ("scale", "nps") and one.cells and sum(len(cell.answers) for cell in one.cells) == SCORES:
        return Chart(title, charts.histogram(counts, label=title, width=WIDTH), notes)
    bars = [Bar(_answers(reader, question, one, cell.answers), cell.people) for cell in one.cells]
    return Chart(title, charts.bars(bars, label=title, width=WIDTH), notes)


def _notes(reader: Reader, one: QuestionResults, question: FormQuestion | None) -> list[str]:
    words = reader.words.told
    notes = []
    if one.nps is not None and one.nps_low is not None and one.nps_high is not None:
        notes.append(words.nps_is.format(nps=signed(one.nps), low=signed(one.nps_low), high=signed(one.nps_high)))
    if one.mean is not None:
        notes.append(words.mean_is.format(mean=f"{one.mean:.1f}"))
    if one.asked is not None and one.answered is not None:
        notes.append(words.answered_of.format(n=one.answered, asked=one.asked))
    if any(len(cell.answers) > 1 for cell in one.cells):
        notes.append(words.merged)
    if one.withheld:
        notes.append(words.withheld.format(answers=", ".join(_label(reader, question, key) for key in one.withheld)))
    return notes


def _plain(reader: Reader, key: str, counts: dict[str, int], question: FormQuestion | None) -> Chart:
    """Of a survey that was closed before results were told by question."""
    title = _title(reader, key, question)
    if key == "satisfaction":
        return Chart(title, charts.histogram(counts, label=title, width=WIDTH))
    bars = [Bar(_label(reader, question, answer), n) for answer, n in counts.items()]
    return Chart(title, charts.bars(bars, label=title, width=WIDTH))


def _table(reader: Reader, table: CrossTable, form: Form | None) -> Table:
    rows_of, columns_of = (_question(form, key) for key in table.questions)
    title = " × ".join(_title(reader, key, _question(form, key)) for key in table.questions)

    def named(question: FormQuestion | None, answers: Sequence[str]) -> str:
        if question and question.kind in ("scale", "nps", "number") and "" not in answers and len(answers) > 1:
            return f"{answers[0]}–{answers[-1]}"
        return ", ".join(_label(reader, question, answer) for answer in answers)

    return Table(
        title,
        [named(columns_of, column) for column in table.columns],
        [(named(rows_of, row), people) for row, people in zip(table.rows, table.people, strict=True)],
    )


def _question(form: Form | None, key: str) -> FormQuestion | None:
    return next((one for one in form.questions if one.key == key), None) if form else None


def _title(reader: Reader, key: str, question: FormQuestion | None) -> str:
    return one_line(question.label.get(reader.locale) or next(iter(question.label.values()))) if question else key


def _name(reader: Reader, one: QuestionResults, question: FormQuestion | None) -> str:
    title = _title(reader, one.question, question)
    rows = {row.key: row.label for row in question.rows} if question else {}
    if one.row is None:
        return title
    label = rows.get(one.row, {})
    return f"{title} – {one_line(label.get(reader.locale) or next(iter(label.values()), one.row))}"


def _answers(reader: Reader, question: FormQuestion | None, one: QuestionResults, answers: Sequence[str]) -> str:
    if one.kind in ("scale", "nps", "date") and len(answers) > 1:
        return f"{answers[0]}–{answers[-1]}"
    return ", ".join(_label(reader, question, answer) for answer in answers)


def _label(reader: Reader, question: FormQuestion | None, answer: str) -> str:
    if not answer:
        return str(reader.words.told.no_answer)
    labels = {choice.key: choice.label for choice in question.choices} if question else {}
    label = labels.get(answer)
    if label is None:
        return str(reader.words.told.other) if answer == "other" else one_line(answer)
    return one_line(label.get(reader.locale) or next(iter(label.values())))
