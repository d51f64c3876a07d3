"""Texts with numbers in them: one form for one and another for the rest, and an NPS with its sign."""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from ekkyo.report.measure_words import MEASURE_WORDS
from ekkyo.report.words import WORDS as REPORT
from ekkyo.words.numbers import count, fill, signed
from ekkyo_notify.templates.labels import LABELS
from ekkyo_portal.look.words import WORDS as PORTAL

SEVERAL: Final = re.compile(r"\{\w+\} (?:more |past |other )?(?:people|are|were|have|(?!is\b|was\b|has\b)[a-z]{2,}s)\b")
"""A number and words that go with several."""
ALWAYS: Final = {
    "{name} invites you to this community.",
    "Every {n} days",  # a rule that repeats each time says so in words
    "Every {n} weeks on {days}",
    "Every {n} months on {what}",
    "As soon as {n} seats are free at once, all of you get them and a message. A smaller group may come first.",
    "{n} members or more show that they can teach it",
    "Announcements of {name} are no longer posted to this chat. Members still get their mails.",
    "{0} is shortened to {1} characters",
    "the file has more than {0} appointments; export a shorter time",
    "The survey was anonymous and got fewer than {n} answers, so they are not shown.",
    "Almost the same people answered another anonymous survey. Comparing the two results would show what fewer than "
    "{n} people said, so they are not shown.",
    "{n} of {asked} people counted",  # five at least
    "Difference: {points} points.",  # with a digit after the point
    "changes the difference by {points} points",
    "This is the best choice that was found. Another one could be closer by {points} points at most.",
}
"""Texts whose number is never one, or no number."""


def texts(words: Any) -> Iterator[str]:
    if isinstance(words, str):
        yield words
    elif isinstance(words, dict):
        for one in words.values():
            yield from texts(one)
    elif hasattr(words, "__dict__"):
        yield from texts(vars(words))


def test_every_english_text_has_a_form_for_one() -> None:
    said = [text for words in (PORTAL["en"], REPORT["en"], MEASURE_WORDS["en"], LABELS["en"]) for text in texts(words)]
    assert len(said) > 1000
    assert {text for text in said if SEVERAL.search(text) and "|" not in text} <= ALWAYS


def test_a_number_chooses_its_words() -> None:
    assert [count("{n} seat|{n} seats", n) for n in (0, 1, 2000)] == ["0 seats", "1 seat", "2,000 seats"]
    assert count("{n} 席", 1) == "1 席"
    text = "{n:# person|# people} at {tables:# table|# tables}: {what}"
    assert fill(text, n=1, tables=2, what="lunch") == "1 person at 2 tables: lunch"
    assert fill("{n:is #|are #}, {share}%", n=0, share=7) == "are 0, 7%"
    assert fill("{n} 人、{tables} 卓", n=1, tables=1) == "1 人、1 卓"


@pytest.mark.parametrize(("nps", "said"), [(0.0, "0"), (-0.4, "0"), (41.7, "+42"), (-7.0, "-7")])
def test_an_nps_has_a_sign_unless_it_is_zero(nps: float, said: str) -> None:
    assert signed(nps) == said
