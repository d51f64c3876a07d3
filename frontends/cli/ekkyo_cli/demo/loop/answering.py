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


def suiting(chance: random.Random) -> s.Answers:
    """What somebody answers who is asked what to do next, and when it suits them."""
    return {
        "themes": sorted(set(chance.choices(season.THEMES, season.THEME_WEIGHTS, k=2))),
        "format": sorted({"online", chance.choice(["online", "onsite", "hybrid"])}),
        "weekday": sorted(set(chance.choices(["mon", "tue", "wed", "thu", "fri"], [1, 3, 4, 4, 1], k=2))),
        "time": sorted(set(chance.choices(["lunch", "afternoon", "evening"], [5, 1, 3], k=2))),
    }
