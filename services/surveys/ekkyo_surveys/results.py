"""What responses say together: distributions, net promoter score, themes ranked. Pure, and blind to their order."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from ekkyo.contracts.surveys import (
    OTHER,
    OTHER_PREFIX,
    AnswerCell,
    Form,
    FormQuestion,
    QuestionResults,
    Results,
    ThemeCount,
)
from ekkyo.words.themes import Vocabulary, asked_for, starting

from ekkyo_surveys.answers import NPS, Said, Value, counted_as, numbers
from ekkyo_surveys.cells import Counting

MINIMUM = 5
"""With fewer answers, an anonymous survey's results contain only the counts; and no number of people is smaller."""
NOT_ANSWERED = "no_answer"
"""What no answer is called where it is told together with an answer."""


def results(
    form: Form,
    said: Sequence[Said],
    *,
    survey_id: str,
    event_id: str | None,
    invited: int,
    anonymous: bool,
    opened: date,
    words: Vocabulary | None = None,
) -> Results:
    """The results, suppressed for an anonymous survey that fewer than MINIMUM answered.

    Of an anonymous one, nothing is told of fewer than MINIMUM people. words: the community's vocabulary of themes.
    """
    counts = {"survey_id": survey_id, "event_id": event_id, "invited": invited, "answered": len(said)}
    if anonymous and len(said) < MINIMUM:
        return Results.model_validate({**counts, "suppressed": True, "minimum": MINIMUM})
    asked = nps_question(form)
    counting = _counting(form, said, anonymous=anonymous, opened=opened)
    score = next((one for one in counting.questions if asked and one.question == asked.key), None)
    wanted = [question for question in form.questions if question.kind == "themes"]
    return Results.model_validate(
        {
            **counts,
            "minimum": MINIMUM,
            "nps": score and score.nps,
            "nps_low": score and score.nps_low,
            "nps_high": score and score.nps_high,
            "distributions": distributions(counting.questions),
            "questions": counting.questions,
            "cross_tables": counting.cross_tables,
            "themes": themes((one[question.key] for question in wanted for one in counting.wrote(question)), words),
        }
    )


def texts(form: Form, said: Sequence[Said], *, anonymous: bool, opened: date) -> dict[str, list[str]]:
    """What people wrote, by question, sorted, so that their order tells nothing.

    Of an anonymous survey, only what at least MINIMUM people wrote to the same question, and only if those who could
    write it are told: how many texts there are would tell what merged answers hide.
    """
    counting, found = _counting(form, said, anonymous=anonymous, opened=opened), {}
    for question in form.questions:
        written = sorted(text for one in counting.wrote(question) for text in _written(question, one))
        if len(written) >= _floor(anonymous=anonymous):
            found[question.key] = written
    return found


def comments(form: Form, written: Mapping[str, Sequence[str]]) -> list[str]:
    """The free texts to all questions together, sorted."""
    return sorted(
        text for question in form.questions if question.kind == "text" for text in written.get(question.key, ())
    )


def nps_question(form: Form) -> FormQuestion | None:
    """The question whose answers are the net promoter score; in forms before there was one, `satisfaction`."""
    asked = [q for q in form.questions if q.kind == "nps"]
    asked += [q for q in form.questions if q.kind == "scale" and q.key == "satisfaction" and numbers(q) == NPS]
    return asked[0] if asked else None


def distributions(questions: Iterable[QuestionResults]) -> dict[str, dict[str, int]]:
    """How many gave each answer, by question; of a matrix, by row (`key.row`). Merged answers have one key."""
    found: dict[str, dict[str, int]] = {}
    for one in questions:
        if one.cells and not (
            one.kind in ("choice", "matrix", "ranking") and len(one.cells) == 1 and one.answered is None
        ):
            name = f"{one.question}.{one.row}" if one.row else one.question
            found[name] = {_key(one, cell): cell.people for cell in one.cells}
    return found


def _key(question: QuestionResults, cell: AnswerCell) -> str:
    answers = [answer or NOT_ANSWERED for answer in cell.answers]
    if question.kind in ("choice", "choices", "matrix", "ranking"):
        return "+".join(answers)
    between = "/" if question.kind == "date" else "-"
    return answers[0] if len(answers) == 1 else f"{answers[0]}{between}{answers[-1]}"


def _written(question: FormQuestion, said: Said) -> list[str]:
    """What one person wrote to a question in words of their own."""
    answer = said.get(question.key)
    if answer is None or question.kind == "themes":
        return []
    if question.kind == "text":
        return [str(answer)]
    own = [str(one) for one in (answer if isinstance(answer, list) else [answer]) if counted_as(one) == OTHER]
    return [text for one in own if question.other and (text := one.removeprefix(OTHER_PREFIX).removeprefix(OTHER))]


def _counting(form: Form, said: Sequence[Said], *, anonymous: bool, opened: date) -> Counting:
    asked = nps_question(form)
    return Counting(form, said, nps=asked.key if asked else None, opened=opened, floor=_floor(anonymous=anonymous))


def _floor(*, anonymous: bool) -> int:
    return MINIMUM if anonymous else 1


def themes(named: Iterable[Value | None], words: Vocabulary | None = None) -> list[ThemeCount]:
    """Themes by how many asked for them, as people wrote them, most wanted first; a person counts once for each."""
    texts = [answer for answer in named if isinstance(answer, list)]
    return [ThemeCount(theme=text, votes=n) for text, n in asked_for(texts, words or starting())]
