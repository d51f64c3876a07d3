"""What the leaders' pages of a series show, made from answers. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ekkyo.contracts.events import SeriesAnswer, SeriesDates, SeriesRulePreview
from ekkyo.contracts.events.recurring import WEEKDAYS
from ekkyo.words.numbers import count
from ekkyo.words.text import one_line
from ekkyo.words.times import zone_name

from ekkyo_portal.events.series_views import coming, goes_on
from ekkyo_portal.lead.speakers import Unsure
from ekkyo_portal.look.reader import Reader
from ekkyo_portal.web.forms import Form

REPEATS = (
    "every_week",
    "every_2_weeks",
    "every_4_weeks",
    "weekdays",
    "same_weekday",
    "last_weekday",
    "same_day",
    "own_rule",
)
ENDS = ("by_count", "by_day", "endless")


@dataclass(frozen=True)
class Shown:
    """A date that is to be planned. note: that the clock changes on that day."""

    when: str
    note: str


@dataclass(frozen=True)
class Planning:
    """The form of a new series, and its dates once they were asked for. seen: names what they were found for."""

    form: Form
    action: str
    back: str
    zone: str
    community: str
    formats: Sequence[tuple[str, str]]
    unsure: Sequence[Unsure]
    repeats: Sequence[tuple[str, str]]
    ends: Sequence[tuple[str, str]]
    dates: Sequence[Shown] | None
    how_many: str
    plan: str
    seen: str
    again: bool
    """The form was changed after its dates were shown."""


@dataclass(frozen=True)
class Changing:
    """A form that changes a series, all of it or from a date on."""

    form: Form
    series_id: str
    title: str
    zone: str
    which: Sequence[tuple[str, str]]
    goes_on: bool
    formats: Sequence[tuple[str, str]]
    unsure: Sequence[Unsure]


def planning(
    reader: Reader,
    form: Form,
    community_id: str,
    zone: str,
    community: str,
    *,
    unsure: Sequence[Unsure] = (),
    dates: SeriesDates | None = None,
    seen: str = "",
    again: bool = False,
) -> Planning:
    """The form of a new series."""
    words = reader.words.series
    n = len(dates.dates) if dates else 0
    return Planning(
        form=form,
        action=f"/c/{community_id}/series/new",
        back="/lead",
        zone=zone_name(zone, reader.locale),
        community=one_line(community),
        formats=list(reader.words.names.formats.items()),
        unsure=unsure,
        repeats=[(name, getattr(words, name)) for name in REPEATS],
        ends=[(name, getattr(words, name)) for name in ENDS],
        dates=_shown(reader, dates, zone) if dates else None,
        how_many=count(words.first_ones if dates and dates.endless else words.n_dates, n),
        plan=count(words.plan, n),
        seen=seen,
        again=again,
    )


def changing(reader: Reader, form: Form, answer: SeriesAnswer, unsure: Sequence[Unsure] = ()) -> Changing:
    """A form that changes a series."""
    words, it = reader.words.series, answer.series
    dates = coming(reader, answer)
    later = [(one.event_id, words.later.format(day=reader.day(one.starts_at, it.timezone))) for one in dates[1:]]
    return Changing(
        form=form,
        series_id=it.series_id,
        title=one_line(it.title),
        zone=zone_name(it.timezone, reader.locale),
        which=[("", count(words.all, len(dates))), *later],
        goes_on=goes_on(it),
        formats=list(reader.words.names.formats.items()),
        unsure=unsure,
    )


@dataclass(frozen=True)
class Repeating:
    """The form that gives a series another rule, and what it would do once that was asked for."""

    change: Changing
    repeats: Sequence[tuple[str, str]]
    ends: Sequence[tuple[str, str]]
    groups: Sequence[tuple[str, str, list[str]]]
    """What becomes of events: a name, how many as words, and each."""
    told: str
    nothing: bool
    """The rule changes no event."""
    endless: bool
    seen: str
    again: bool
    """The form was changed, or the series, after this was shown."""

    @property
    def form(self) -> Form:
        return self.change.form


def repeating(
    reader: Reader,
    form: Form,
    answer: SeriesAnswer,
    *,
    preview: SeriesRulePreview | None = None,
    seen: str = "",
    again: bool = False,
) -> Repeating:
    """The form that gives a series another rule."""
    words, zone = reader.words.series, answer.series.timezone
    groups: list[tuple[str, str, list[str]]] = []
    if preview:
        notes = {None: "", "skipped": f" ({words.skipped})", "twice": f" ({words.twice})"}
        found = {
            "moved": [
                f"{reader.moment(one.was_starts_at, zone)} → {reader.span(one.starts_at, one.ends_at, zone)}"
                for one in preview.moved
            ],
            "cancelled": [reader.moment(at, zone) for at in preview.cancelled],
            "made": [reader.span(one.starts_at, one.ends_at, zone) + notes[one.clock_changed] for one in preview.made],
            "kept": [reader.moment(at, zone) for at in preview.kept],
        }
        groups = [
            (name, count(getattr(words, f"rule_{name}"), len(them)), them) for name, them in found.items() if them
        ]
    return Repeating(
        change=changing(reader, form, answer),
        repeats=[(name, getattr(words, name)) for name in REPEATS],
        ends=[(name, getattr(words, name)) for name in ENDS],
        groups=groups,
        told=count(words.rule_told, preview.members) if preview else "",
        nothing=preview is not None and not (preview.moved or preview.cancelled or preview.made),
        endless=preview is not None and preview.endless,
        seen=seen,
        again=again,
    )


def next_start(answer: SeriesAnswer, now: datetime, from_event: str) -> str:
    """When the next event of a series is, or the one that was named, by its clock, as a form's field has it."""
    it = answer.series
    to_come = [one for one in answer.events if one.status == "published" and one.starts_at > now]
    days = [one.starts_at for one in to_come if one.event_id == from_event] or [one.starts_at for one in to_come]
    day = min(days).astimezone(ZoneInfo(it.timezone)).date().isoformat() if days else it.starts[:10]
    return f"{day}T{it.starts[11:16]}"


def rule(form: Form, first: datetime) -> str:
    """The RRULE that a form asks for. Puts what is wrong beside its field; what it says then is of no use."""
    day = WEEKDAYS[first.weekday()]
    nth = (first.day - 1) // 7 + 1
    said = {
        "every_week": "FREQ=WEEKLY",
        "every_2_weeks": "FREQ=WEEKLY;INTERVAL=2",
        "every_4_weeks": "FREQ=WEEKLY;INTERVAL=4",
        "weekdays": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        "same_weekday": f"FREQ=MONTHLY;BYDAY={nth if nth < 5 else -1}{day}",
        "last_weekday": f"FREQ=MONTHLY;BYDAY=-1{day}",
        "same_day": f"FREQ=MONTHLY;BYMONTHDAY={first.day}",
        "own_rule": form["rule"],
    }.get(form["repeat"], "")
    if not said:
        form.wrong("rule" if form["repeat"] == "own_rule" else "repeat", "missing")
    if form["repeat"] == "own_rule" or form["end"] == "endless":
        return said
    if form["end"] == "by_day":
        last = days(form, "until")
        if not last:
            form.wrong("until", "missing")
        return f"{said};UNTIL={last[0]:%Y%m%d}" if last else said
    if not form["count"].isascii() or not form["count"].isdigit():
        form.wrong("count", "no_number" if form["count"] else "missing")
        return said
    if not 1 <= int(form["count"]) <= 200:
        form.wrong("count", "too_many_dates")
        return said
    return f"{said};COUNT={int(form['count'])}"


def days(form: Form, name: str) -> list[date]:
    """The days of a field, one a line. Puts what is wrong beside it."""
    found = []
    for line in form[name].split():
        try:
            found.append(date.fromisoformat(line) if len(line) == 10 else date.min)
        except ValueError:
            found.append(date.min)
    if date.min in found or len(found) > 200:
        form.wrong(name, "wrong_days")
        return []
    return found


def _shown(reader: Reader, dates: SeriesDates, zone: str) -> list[Shown]:
    notes = {None: "", "skipped": reader.words.series.skipped, "twice": reader.words.series.twice}
    return [Shown(reader.span(one.starts_at, one.ends_at, zone), notes[one.clock_changed]) for one in dates.dates]
