"""What responses say together: distributions, net promoter score, themes ranked. Pure, and blind to their order."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from ekkyo.contracts.surveys import OTHER, Form, FormQuestion, Results, ThemeCount

from ekkyo_surveys.answers import NPS, Said, Value, counted_as, numbers, one_line

MINIMUM = 5
"""With fewer answers, an anonymous survey's results contain only the counts."""


def results(
    form: Form, said: Sequence[Said], *, survey_id: str, event_id: str | None, invited: int, anonymous: bool
) -> Results:
    """The results, suppressed for an anonymous survey that fewer than MINIMUM answered."""
    counts = {"survey_id": survey_id, "event_id": event_id, "invited": invited, "answered": len(said)}
    if anonymous and len(said) < MINIMUM:
        return Results.model_validate({**counts, "suppressed": True, "minimum": MINIMUM})
    asked = nps_question(form)
    scores = [v for s in said if asked and isinstance(v := s.get(asked.key), int)]
    return Results.model_validate(
        {
            **counts,
            "minimum": MINIMUM,
            "nps": nps(scores),
            "distributions": distributions(form, said),
            "themes": themes(s.get(q.key) for q in form.questions if q.kind == "themes" for s in said),
        }
    )


def comments(form: Form, said: Iterable[Said]) -> list[str]:
    """The free texts, sorted, so that their order tells nothing."""
    texts = [q.key for q in form.questions if q.kind == "text"]
    return sorted(str(s[key]) for s in said for key in texts if key in s)


def nps_question(form: Form) -> FormQuestion | None:
    """The question whose answers are the net promoter score; in forms before there was one, `satisfaction`."""
    asked = [q for q in form.questions if q.kind == "nps"]
    asked += [q for q in form.questions if q.kind == "scale" and q.key == "satisfaction" and numbers(q) == NPS]
    return asked[0] if asked else None


def nps(scores: Sequence[int]) -> float | None:
    """Net promoter score, -100 to 100, to one decimal: per cent of 9-10 minus per cent of 0-6. None of no scores.

    Source: F. F. Reichheld, The One Number You Need to Grow, Harvard Business Review, December 2003.
    """
    if not scores:
        return None
    promoters = sum(score >= 9 for score in scores)
    detractors = sum(score <= 6 for score in scores)
    return round(100 * (promoters - detractors) / len(scores), 1)


def distributions(form: Form, said: Sequence[Said]) -> dict[str, dict[str, int]]:
    """How many gave each answer, for each question that can be counted so; of a matrix, for each row (`key.row`)."""
    found: dict[str, dict[str, int]] = {}
    for question in form.questions:
        if question.kind in ("scale", "nps", "choice", "choices"):
            found[question.key] = distribution(question, said)
        elif question.kind == "matrix":
            for row in question.rows:
                rated = [{question.key: one} for s in said if (one := _of_row(s.get(question.key), row.key))]
                found[f"{question.key}.{row.key}"] = distribution(question, rated)
    return found


def distribution(question: FormQuestion, said: Iterable[Said]) -> dict[str, int]:
    """How many gave each answer to a scale or a choice; answers that nobody gave are told as 0.

    Whoever may choose several is counted with each, and an answer of one's own as `other`.
    """
    if question.kind in ("scale", "nps"):
        possible = [str(n) for n in numbers(question)]
    else:
        possible = [choice.key for choice in question.choices] + ([OTHER] if question.other else [])
    answers = (s[question.key] for s in said if question.key in s)
    given = Counter(counted_as(one) for a in answers for one in (a if isinstance(a, list) else [a]))
    return {answer: given[answer] for answer in possible}


def _of_row(answer: Value | None, row: str) -> str | None:
    return answer.get(row) if isinstance(answer, dict) else None


def same_theme(text: str) -> str:
    """What themes are counted by: NFKC, casefolded, one space between words."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return one_line(unicodedata.normalize("NFKC", folded))


def themes(named: Iterable[Value | None]) -> list[ThemeCount]:
    """Themes by how many people asked for them, most wanted first; a person counts once for each."""
    votes: list[tuple[str, int]] = []
    for answer in named:
        if isinstance(answer, list):
            votes.extend({same_theme(t): (one_line(t), 1) for t in sorted(answer)}.values())
    return ranked(votes)


def ranked(votes: Iterable[tuple[str, int]]) -> list[ThemeCount]:
    """Votes for themes summed, most wanted first, each theme as most people wrote it."""
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for theme, count in votes:
        if key := same_theme(theme):
            spellings[key][theme] += count
    counted = [
        (sum(written.values()), key, min(written, key=lambda text: (-written[text], text)))
        for key, written in spellings.items()
    ]
    counted.sort(key=lambda c: (-c[0], c[1]))
    return [ThemeCount(theme=shown, votes=total) for total, _, shown in counted]
