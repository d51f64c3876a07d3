"""Suggestions made from what the services tell. Pure: the same answers give the same suggestions."""

from collections.abc import Iterable
from typing import Final

from ekkyo.contracts.events import EventFormat, EventState
from ekkyo.words.themes import Vocabulary, is_on, key, names, same, vocabulary_of
from pydantic import TypeAdapter

from ekkyo_common.suggestions.expected import expected
from ekkyo_common.suggestions.known import Known
from ekkyo_common.suggestions.suggested import OnTheme, Suggestion, Suggestions, Talk
from ekkyo_common.suggestions.suiting import choice, minutes, starts_at

MOST: Final = 10
TALKS: Final = 5
CAPACITY: Final = 30
"""Seats that are proposed where nothing says how many may come."""
FORMAT: TypeAdapter[EventFormat] = TypeAdapter(EventFormat)


def suggest(known: Known) -> Suggestions:
    """What to hold next: themes by how many want them and how few events served them; how, when, and for how many."""
    words, zone = vocabulary_of(known.vocabulary), known.community.timezone
    suits = known.suits
    format = choice("format", suits.format, suits.answered, known.past, zone)
    weekday = choice("weekday", suits.weekday, suits.answered, known.past, zone)
    time = choice("time", suits.time, suits.answered, known.past, zone)
    alike = [event.attended for event in known.past if event.format == format.answer and not _private(event)]
    likely = expected(alike, FORMAT.validate_python(format.answer))
    return Suggestions(
        community_id=known.community.community_id,
        name=known.community.name,
        timezone=zone,
        since=known.since,
        suggestions=_themes(known, words)[:MOST],
        format=format,
        weekday=weekday,
        time=time,
        starts_at=starts_at(weekday.answer, time.answer, known.past, known.coming, zone, known.now),
        minutes=minutes(known.past),
        expected=likely,
        capacity=CAPACITY if likely.high is None else max(5, 5 * -(-likely.high // 5)),
    )


def _themes(known: Known, words: Vocabulary) -> list[Suggestion]:
    wanted = [Suggestion(theme=one.theme, votes=one.votes, mentions=one.mentions, score=0.0) for one in known.wanted]
    for one in known.followed:
        at = next((n for n, it in enumerate(wanted) if same(one.theme, it.theme, words)), None)
        if at is None:
            wanted.append(Suggestion(theme=one.theme, votes=0, followers=one.members, score=0.0))
        else:
            more = {"followers": wanted[at].followers + one.members}
            wanted[at] = wanted[at].model_copy(update=more)
    found = [_served(one, known, words) for one in wanted if one.votes + one.followers]
    return sorted(found, key=lambda one: (-one.score, -one.votes - one.followers, -one.mentions, key(one.theme)))


def _served(one: Suggestion, known: Known, words: Vocabulary) -> Suggestion:
    on = [event for event in known.past if is_on(event, one.theme, words)]
    held = [_on_theme(event, event.attended) for event in on if event.starts_at >= known.since]
    coming = [_on_theme(event) for event in known.coming if is_on(event, one.theme, words)]
    served = {
        "held": held,
        "coming": coming,
        "score": round((one.votes + one.followers) / (1 + len(held) + len(coming)), 2),
        "teachers": known.teachers.get(one.theme),
        "talks": _talks(on, one.theme, known, words),
    }
    return one.model_copy(update=served)


def _talks(on: Iterable[EventState], theme: str, known: Known, words: Vocabulary) -> list[Talk]:
    """Who spoke, shared something or was a host of an event on the theme, each member once."""
    on = list(on)
    spoke = [
        Talk(kind="spoke", member_id=member, id=event.event_id, title=event.title, at=event.starts_at)
        for event in on
        for member in event.speakers
    ]
    hosted = [
        Talk(kind="hosted", member_id=member, id=event.event_id, title=event.title, at=event.starts_at)
        for event in on
        for member in event.hosts
    ]
    shared = [
        Talk(kind="shared", member_id=member, id=output.output_id, title=output.title, at=output.attached_at)
        for output in known.outputs
        if names([output.title], theme, words)
        for member in output.authors
    ]
    each: dict[str, Talk] = {}
    for talk in [*spoke, *shared, *hosted]:
        each.setdefault(talk.member_id, talk)
    return list(each.values())[:TALKS]


def _on_theme(event: EventState, attended: int | None = None) -> OnTheme:
    return OnTheme(event_id=event.event_id, title=event.title, starts_at=event.starts_at, attended=attended)


def _private(event: EventState) -> bool:
    """Whether only those who were invited could come: that says nothing of an event for all."""
    return event.terms is not None and event.terms.invited_only
