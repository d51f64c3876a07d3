"""What people said suits them, added up over closed surveys, from what their results tell and nothing else. Pure."""

from collections import Counter
from collections.abc import Iterable

from ekkyo.contracts.surveys import SUITING, Results, Suited, Suiting, Suits


def suits(community_id: str, closed: Iterable[Results | None]) -> Suits:
    """How many chose which format, weekday and time of day. Answers that are told together are left out."""
    chosen: dict[Suiting, Counter[str]] = {name: Counter() for name in SUITING}
    surveys = answered = 0
    for results in closed:
        told = [one for one in results.questions if one.question in SUITING and one.cells] if results else []
        asked = [(one.question, cell) for one in told for cell in one.cells if _single(one.question, cell.answers)]
        if results is None or not asked:
            continue
        surveys, answered = surveys + 1, answered + results.answered
        for question, cell in asked:
            chosen[question][cell.answers[0]] += cell.people  # type: ignore[index]
    told_of = {name: [Suited(answer=a, people=n) for a, n in _most(counts)] for name, counts in chosen.items()}
    return Suits.model_validate({"community_id": community_id, "surveys": surveys, "answered": answered, **told_of})


def _single(question: str, answers: list[str]) -> bool:
    return len(answers) == 1 and answers[0] in SUITING[question]  # type: ignore[index]


def _most(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(((answer, n) for answer, n in counts.items() if n), key=lambda one: (-one[1], one[0]))
