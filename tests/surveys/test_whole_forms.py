"""Whole forms attacked: conditions, matrices, optional questions, tables of two, and how many wrote, all together.

`test_cells` tries each kind of question by itself. Here an attacker who knows the rules has everything that is told of
one form, and asks of which group the size is certain and that of few people.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import product
from math import comb
from typing import Any

from ekkyo.contracts.surveys import Form, is_asked
from ekkyo_surveys.answers import Said
from ekkyo_surveys.cells import FLOOR, Counting
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.surveys.test_cells import inputs

SMALL = 3
"""The floor of the attack on all inputs: there are few enough of them, and the rules are the same."""
MOST_INPUTS = 700
WORDS = {"en": "?"}


def options(count: int) -> list[dict[str, Any]]:
    return [{"key": f"k{n}", "label": WORDS} for n in range(count)]


@st.composite
def forms(draw: st.DrawFn, most: int = 3) -> Form:
    """A form of one to `most` questions, which may depend on each other and be counted together."""
    questions: list[dict[str, Any]] = []
    for n in range(draw(st.integers(1, most))):
        kind = draw(st.sampled_from(["choice", "choice", "matrix", "choices", "text"]))
        question = {"key": f"q{n}", "kind": kind, "label": WORDS, "required": draw(st.booleans())}
        if kind != "text":
            question["choices"] = options(draw(st.sampled_from([2, 2, 3])) if kind == "choice" else 2)
        if kind == "matrix":
            question["rows"] = options(draw(st.integers(1, 2)))
        if kind == "choices":
            question["maximum"] = draw(st.sampled_from([1, 2, None]))
        before = [one for one in questions if one["kind"] in ("choice", "choices")]
        if before and draw(st.booleans()):
            on = draw(st.sampled_from(before))
            named = draw(st.lists(st.sampled_from([one["key"] for one in on["choices"]]), min_size=1, unique=True))
            question["shown_if"] = {"question": on["key"], "any_of": named}
        questions.append(question)
    crossed = [one["key"] for one in questions if one["kind"] == "choice"]
    pairs = [(a, b) for a, b in product(crossed, crossed) if a < b and draw(st.booleans())]
    return Form.model_validate(
        {"template": "t", "version": 1, "title": WORDS, "questions": questions, "cross_tables": pairs}
    )


def answers(form: Form) -> list[Said]:
    """Everything that one person may say to a form."""
    found: list[dict[str, Any]] = [{}]
    for question in form.questions:
        choices = [choice.key for choice in question.choices]
        match question.kind:
            case "text":
                values: list[Any] = ["words"]
            case "choice":
                values = choices
            case "choices":
                most = question.maximum or len(choices)
                some = [[key for n, key in enumerate(choices) if chosen >> n & 1] for chosen in range(1, 4)]
                values = [one for one in some if len(one) <= most]
            case _:
                cells = product(choices if question.required else [None, *choices], repeat=len(question.rows))
                rows = [{row.key: key for row, key in zip(question.rows, one, strict=True) if key} for one in cells]
                values = [one for one in rows if one]
        said = [{question.key: value} for value in values] + ([] if question.required else [{}])
        found = [
            {**one, **more} for one in found for more in (said if is_asked(question, one) else [{}])
        ]  # fmt: skip
    return found


def opinions(form: Form, atoms: Sequence[Said]) -> list[list[int]]:
    """The atoms by what they answer apart from texts: who wrote none says nothing by it."""
    texts = {question.key for question in form.questions if question.kind == "text"}
    by_answer: dict[str, list[int]] = defaultdict(list)
    for n, said in enumerate(atoms):
        by_answer[json.dumps({key: said[key] for key in said if key not in texts}, sort_keys=True)].append(n)
    return list(by_answer.values())


def told(form: Form, said: Sequence[Said], floor: int) -> str:
    counting = Counting(form, said, nps=None, opened=date(2026, 1, 1), floor=floor)
    wrote = [len(counting.wrote(question)) for question in form.questions if question.kind == "text"]
    return repr((len(said), counting.questions, counting.cross_tables, wrote))


def computed(form: Form, floor: int, merged: int = SMALL) -> Iterator[tuple[list[Said], int, str]]:
    """Groups of fewer than `floor` people whose size follows from all that is told of a form, over all inputs.

    merged: the floor that the numbers are told with.
    """
    atoms = answers(form)
    groups = opinions(form, atoms)
    most = floor
    while sum(comb(n + len(atoms) - 1, len(atoms) - 1) for n in range(floor, most + 2)) <= MOST_INPUTS and most < 14:
        most += 1
    alike: dict[str, list[list[int]]] = defaultdict(list)
    for people in inputs(len(atoms), most, floor):
        said = [atom for atom, count in zip(atoms, people, strict=True) for _ in range(count)]
        alike[told(form, said, merged)].append([sum(people[n] for n in group) for group in groups])
    for output, possible in alike.items():
        first, *others = possible
        for chosen in range(1, 1 << len(groups)):
            which = [n for n in range(len(groups)) if chosen >> n & 1]
            size = sum(first[n] for n in which)
            if 0 < size < floor and all(sum(people[n] for n in which) == size for people in others):
                yield [atoms[groups[n][0]] for n in which], size, output
                break


def test_the_attack_finds_what_a_lower_floor_would_tell() -> None:
    pair = [{"key": f"q{n}", "kind": "choice", "label": WORDS, "choices": options(2), "required": True} for n in (0, 1)]
    form = Form.model_validate(
        {"template": "t", "version": 1, "title": WORDS, "questions": pair, "cross_tables": [("q0", "q1")]}
    )
    assert next(computed(form, SMALL, merged=2), None)


@given(forms().filter(lambda form: 2 <= len(answers(form)) <= 7))
@settings(max_examples=15, deadline=None)
def test_nothing_that_is_told_of_a_whole_form_tells_of_few(form: Form) -> None:
    assert next(computed(form, SMALL), None) is None


Group = tuple[frozenset[int], int]
"""Atoms, and how many people there are of them."""


def groups_told(form: Form, atoms: Sequence[Said], counting: Counting, people: int) -> Iterator[Group]:
    """Each number that is told, with the atoms that it counts."""

    def those(wanted: Sequence[str], key: str, row: str | None) -> frozenset[int]:
        def gave(said: Said) -> set[str]:
            value: Any = said.get(key)
            if row is not None:
                value = value.get(row) if isinstance(value, dict) else None
            return set(value) if isinstance(value, list) else {value or ""}

        question = next(one for one in form.questions if one.key == key)
        return frozenset(n for n, said in enumerate(atoms) if is_asked(question, said) and gave(said) & {*wanted})

    yield frozenset(range(len(atoms))), people
    for one in counting.questions:
        question = next(q for q in form.questions if q.key == one.question)
        asked = frozenset(n for n, said in enumerate(atoms) if is_asked(question, said))
        if one.asked is not None:
            yield asked, one.asked
            if one.answered is not None:
                yield asked - those([""], one.question, one.row), one.answered
        for cell in one.cells:
            yield those(cell.answers, one.question, one.row), cell.people
    for table in counting.cross_tables:
        down, across = table.questions
        for row, line in zip(table.rows, table.people, strict=True):
            for column, count in zip(table.columns, line, strict=True):
                yield those(row, down, None) & those(column, across, None), count


@given(st.data(), forms(most=4), st.integers(FLOOR, 40))
@settings(max_examples=60, deadline=None)
def test_no_number_of_a_form_and_no_difference_of_two_is_of_one_to_four_people(
    data: st.DataObject, form: Form, people: int
) -> None:
    atoms = answers(form)
    usual = data.draw(st.lists(st.sampled_from(range(len(atoms))), min_size=1, max_size=4), "what most say")
    said = [atoms[n] for n in data.draw(st.lists(st.sampled_from(usual), min_size=people, max_size=people), "who")]
    counting = Counting(form, said, nps=None, opened=date(2026, 1, 1))
    known: dict[frozenset[int], int] = {}
    for group, size in groups_told(form, atoms, counting, people):
        assert known.setdefault(group, size) == size, "the same people are told twice in the same way"
    for _ in range(2):
        for one, other in product(list(known), repeat=2):
            if one < other:
                known[other - one] = known[other] - known[one]
    assert not {size for group, size in known.items() if group and 0 < size < FLOOR}
