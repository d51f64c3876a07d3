"""What the pages of pulses show, made from answers, and what their forms say. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events.recurring import WEEKDAYS
from ekkyo.contracts.members import Community
from ekkyo.contracts.surveys import PulseList, PulseRound, PulseState, TemplateList
from ekkyo.words.numbers import count, fill
from ekkyo.words.text import one_line
from ekkyo.words.times import zone_name

from ekkyo_portal.look.reader import Reader
from ekkyo_portal.surveys.views import worded
from ekkyo_portal.surveys.written import number
from ekkyo_portal.web.forms import Form

EVERY: Final = ("1", "2", "3", "4", "6", "8", "12", "month")
FIELDS: Final[Mapping[str, str]] = {
    "title": "title_ja",
    "sample": "amount",
    "share": "amount",
    "weeks": "every",
    "timezone": "clock",
    "pulse": "title_ja",
}
"""The form's field for each of a message's that is called otherwise."""
TAKEN: Final[Mapping[str, str]] = {
    "template_not_found": "template",
    "too_many_pulses": "title_ja",
    "surveys_overlap": "whom",
    "event_not_found": "title_ja",
}
"""The field that a refusal stands beside."""


@dataclass(frozen=True)
class Round:
    """One day of a pulse. survey_id: empty where no survey opened."""

    day: str
    state: str
    survey_id: str


@dataclass(frozen=True)
class Pulse:
    """A pulse as it is listed."""

    pulse: str
    title: str
    running: bool
    rhythm: str
    asks: str
    next: str
    rounds: Sequence[Round]


@dataclass(frozen=True)
class Pulses:
    """The pulses of a community."""

    community_id: str
    name: str
    can: str
    pulses: Sequence[Pulse]


@dataclass(frozen=True)
class Planned:
    """A pulse in a form. Of what can be chosen, the value and how it is called."""

    community_id: str
    name: str
    pulse: str
    running: bool
    zone: str
    templates: Sequence[tuple[str, str]]
    every: Sequence[tuple[str, str]]
    weekdays: Sequence[tuple[str, str]]


def listed(reader: Reader, community: Community, told: PulseList) -> Pulses:
    """The page of all pulses."""
    words = reader.words.pulses
    can = fill(words.can, members=told.members, rested=told.rested, left=told.members - told.rested)
    return Pulses(community.community_id, one_line(community.name), can, [_pulse(reader, one) for one in told.pulses])


def planned(reader: Reader, community: Community, told: TemplateList, pulse: str, *, running: bool) -> Planned:
    """The page of one pulse."""
    return Planned(
        community_id=community.community_id,
        name=one_line(community.name),
        pulse=pulse,
        running=running,
        zone=zone_name(community.timezone, reader.locale),
        templates=templates(reader, told),
        every=[(one, _every(reader, one)) for one in EVERY],
        weekdays=[(one, reader.words.pulses.weekdays[n]) for n, one in enumerate(WEEKDAYS)],
    )


def templates(reader: Reader, told: TemplateList) -> list[tuple[str, str]]:
    """The templates that a new survey can have."""
    return [(one.template, one_line(worded(one.title, reader))) for one in told.templates if not one.retired]


def begun(first: date) -> dict[str, Any]:
    """A pulse to begin with."""
    values = {"every": "2", "weekday": "TU", "clock": "10:00", "starts_on": first.isoformat(), "days": 7}
    return {**values, "by": "share", "amount": 20, "anonymous": True}


def filled(state: PulseState) -> dict[str, Any]:
    """A pulse as it is."""
    return {
        "title_ja": state.title.get("ja"),
        "title_en": state.title.get("en"),
        "template": state.template,
        "every": state.weeks or "month",
        "weekday": state.weekday,
        "clock": state.clock,
        "starts_on": state.starts_on.isoformat(),
        "days": state.days,
        "by": "share" if state.share else "sample",
        "amount": state.share or state.sample,
        "anonymous": state.anonymous,
    }


def whole(text: str) -> int | str | None:
    """A whole number as it was typed; what is none is given back, to be refused."""
    found = number(text)
    return (text or None) if found is None else found


def title(form: Form) -> dict[str, str]:
    """The title in each language that it was typed in."""
    return {locale: text for locale in ("ja", "en") if (text := form[f"title_{locale}"])}


def wrongs(reader: Reader) -> dict[str, str]:
    """What may stand beside a field in words of this section."""
    words = reader.words.pulses
    return {"too_few": words.too_few_wrong, "passed": words.passed}


def beside(form: Form, why: Refused, fields: Mapping[str, str] = FIELDS) -> None:
    """Put a refusal beside the fields that it is about. Raises it again where there are none."""
    if why.code in TAKEN:
        form.wrong(TAKEN[why.code], why.code)
        return
    if why.code != "malformed" or not why.errors:
        raise why
    for error in why.errors:
        known = error.code if error.code in ("missing", "too_few", "passed") else "wrong"
        form.wrong(fields.get(error.field, error.field), known)


def _pulse(reader: Reader, it: PulseState) -> Pulse:
    words, zone = reader.words.pulses, ZoneInfo(it.timezone)
    weekday = words.weekdays[WEEKDAYS.index(it.weekday)]
    every = _every(reader, str(it.weeks) if it.weeks else "month")
    asks = words.share.format(n=it.share) if it.share else count(words.people, it.sample or 0)
    return Pulse(
        pulse=it.pulse,
        title=one_line(worded(it.title, reader)),
        running=it.status == "active",
        rhythm=words.rhythm.format(every=every, weekday=weekday, clock=it.clock),
        asks=" · ".join((asks, count(words.open_for, it.days), words.anonymous if it.anonymous else words.named)),
        next=words.next.format(at=reader.moment(it.next_at)) if it.next_at else "",
        rounds=[_round(reader, one, zone) for one in it.rounds],
    )


def _round(reader: Reader, it: PulseRound, zone: ZoneInfo) -> Round:
    words = reader.words.pulses
    noon = datetime.combine(it.day, time(12), zone)
    if it.survey_id:
        state = count(words.asked, it.invited)
    elif it.because == "template_retired":
        state = words.retired
    else:
        state = fill(words.too_few, members=it.members, rested=it.rested)
    return Round(reader.day(noon, zone.key), state, it.survey_id or "")


def _every(reader: Reader, weeks: str) -> str:
    words = reader.words.pulses
    return str(words.monthly) if weeks == "month" else str(count(words.weeks, int(weeks)))
