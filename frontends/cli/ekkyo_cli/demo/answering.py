"""What somebody answers in a survey after an event."""

import random

from ekkyo.contracts import surveys as s

from ekkyo_cli.demo import season


def answers_of(chance: random.Random) -> s.Answers:
    """The answers of one who came."""
    found: s.Answers = {
        "satisfaction": chance.choices(range(11), weights=[1, 1, 1, 1, 1, 2, 4, 9, 18, 20, 16])[0],
        "useful": "yes" if chance.random() < 0.88 else "no",
    }
    themes = set(chance.choices(season.THEMES, season.THEME_WEIGHTS, k=chance.randint(0, 3)))
    if themes:
        found["themes"] = sorted(themes)
    if chance.random() < 0.3:
        found["comment"] = chance.choice(season.COMMENTS)
    return found
