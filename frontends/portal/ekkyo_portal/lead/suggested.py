"""What the page of suggestions shows, made from answers. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from ekkyo.words.numbers import count, fill
from ekkyo.words.text import one_line
from ekkyo_common.suggestions import Choice, OnTheme, Suggestion, Suggestions

from ekkyo_portal.lead.names import Person
from ekkyo_portal.look.reader import Reader

MANY = 100
"""As many teachers as are counted."""


@dataclass(frozen=True)
class Said:
    """A sentence, and where its end leads: the words of the link, and what stands behind it."""

    text: str
    href: str = ""
    link: str = ""
    after: str = ""


@dataclass(frozen=True)
class Theme:
    """One suggestion: why, who, and the fields of its draft."""

    theme: str
    why: Sequence[Said]
    who: Sequence[Said]
    fields: Mapping[str, str]


@dataclass(frozen=True)
class SuggestionsView:
    """The page."""

    community_id: str
    name: str
    themes: Sequence[Theme]
    how: Sequence[tuple[str, str, str]]
    """What, which, and why."""


def suggestions(reader: Reader, told: Suggestions, people: Mapping[str, Person]) -> SuggestionsView:
    """Suggestions with their reasons in words."""
    return SuggestionsView(
        community_id=told.community_id,
        name=one_line(told.name),
        themes=[_theme(reader, told, one, people) for one in told.suggestions],
        how=_how(reader, told),
    )


def _theme(reader: Reader, told: Suggestions, one: Suggestion, people: Mapping[str, Person]) -> Theme:
    return Theme(
        theme=one_line(one.theme), why=_why(reader, told, one), who=_who(reader, told, one, people),
        fields=_fields(reader, told, one),
    )  # fmt: skip


def _why(reader: Reader, told: Suggestions, one: Suggestion) -> list[Said]:
    words, since = reader.words.suggestions, reader.day(told.since, told.timezone)
    found = [Said(words.votes.format(n=one.votes, day=since))] if one.votes else []
    if one.followers:
        found.append(Said(count(words.followers, one.followers)))
    if one.mentions:
        found.append(Said(count(words.mentions, one.mentions)))
    if one.held:
        found.append(_on(reader, told, words.held.format(n=len(one.held), day=since), one.held[0]))
    else:
        found.append(Said(words.never.format(day=since)))
    return found + [_on(reader, told, words.coming, it) for it in one.coming]


def _on(reader: Reader, told: Suggestions, text: str, event: OnTheme) -> Said:
    day = reader.day(event.starts_at, told.timezone)
    came = reader.words.suggestions.came
    after = f"({day})" if event.attended is None else came.format(day=day, n=event.attended)
    return Said(text, f"/e/{event.event_id}", one_line(event.title), after)


def _who(reader: Reader, told: Suggestions, one: Suggestion, people: Mapping[str, Person]) -> list[Said]:
    words = reader.words.suggestions
    found = []
    if one.teachers:
        text = words.more_teachers if one.teachers >= MANY else words.teachers
        href = f"/c/{told.community_id}/teachers?{urlencode({'topic': one.theme})}"
        found.append(Said(count(text, one.teachers), href, words.find))
    for talk in one.talks:
        person = people.get(talk.member_id)
        text = getattr(words, talk.kind)
        name = person.name if person else words.somebody
        found.append(Said(text.format(name=name, title=one_line(talk.title))))
    return found or [Said(words.nobody)]


def _fields(reader: Reader, told: Suggestions, one: Suggestion) -> dict[str, str]:
    """What the draft says that this suggestion becomes."""
    zone = ZoneInfo(told.timezone)
    starts = told.starts_at.astimezone(zone)
    ends = (told.starts_at + timedelta(minutes=told.minutes)).astimezone(zone)
    return {
        "theme": one.theme,
        "votes": str(one.votes),
        "followers": str(one.followers),
        "since": told.since.isoformat(),
        "title": reader.words.suggestions.draft_title.format(theme=one_line(one.theme)),
        "format": told.format.answer,
        "starts": f"{starts:%Y-%m-%dT%H:%M}",
        "ends": f"{ends:%Y-%m-%dT%H:%M}",
        "capacity": str(told.capacity),
    }


def _how(reader: Reader, told: Suggestions) -> list[tuple[str, str, str]]:
    words = reader.words.suggestions
    ends = told.starts_at + timedelta(minutes=told.minutes)
    return [
        (words.format, reader.words.names.formats[told.format.answer], _because(reader, told.format)),
        (words.weekday, words.weekdays[told.weekday.answer], _because(reader, told.weekday)),
        (words.time, words.times[told.time.answer], _because(reader, told.time)),
        (words.start, reader.span(told.starts_at, ends, told.timezone), ""),
        (words.expected, *_expected(reader, told)),
    ]


def _because(reader: Reader, choice: Choice) -> str:
    words = reader.words.suggestions
    match choice.because:
        case "said" if choice.people <= choice.answered:
            return str(words.said.format(n=choice.people, answered=choice.answered))
        case "said":
            return str(words.said_few.format(n=choice.people))
        case "came":
            text = words.by_coming_alone if choice.others_mean is None else words.by_coming
            return str(fill(text, n=choice.events, mean=choice.mean, others=choice.others_mean))
        case _:
            return str(words.unknown)


def _expected(reader: Reader, told: Suggestions) -> tuple[str, str]:
    words, it = reader.words.suggestions, told.expected
    if it.low is None or it.chance is None:
        return "", count(words.too_few, it.events, needed=it.needed)
    why = fill(words.interval_why, events=it.events, chance=round(100 * it.chance), middle=f"{it.median:g}")
    return words.interval.format(low=it.low, high=it.high), why
