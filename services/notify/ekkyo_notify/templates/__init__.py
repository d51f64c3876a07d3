"""What a message says: a notice put into a reader's language and time zone.

Each topic has one file per language with three blocks: subject, title, lead. They are plain text; the HTML mail
renders the same blocks with escaping. Titles and names come from users: `one_line` keeps them to one line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from ekkyo.contracts.events import EventState
from ekkyo.contracts.members import Locale
from ekkyo.look import DARK, FONTS, LIGHT
from ekkyo.words.names import FORMATS, OUTPUT_KINDS
from ekkyo.words.text import http_url, one_line, several_lines
from ekkyo.words.times import differ, moment, span, until, zone_name
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from ekkyo_notify.model import Contact, Notice, Recipient, invitation, may_join, month_named
from ekkyo_notify.templates.dates import date_rows
from ekkyo_notify.templates.introductions import other_rows
from ekkyo_notify.templates.joining import at_the_desk, seat_code, where_to_join
from ekkyo_notify.templates.labels import LABELS
from ekkyo_notify.templates.links import NO_LINKS, Action, Links
from ekkyo_notify.templates.pages import FirstPage
from ekkyo_notify.templates.pictures import Picture, logo
from ekkyo_notify.templates.pulses import pulse_words
from ekkyo_notify.templates.reader import Reader
from ekkyo_notify.templates.roles import role_words
from ekkyo_notify.templates.terms import closed, enter_by, is_open, kept_for, online_capacity, term_rows, withdraw_by

OFF = ("event_cancelled", "registration_withdrawn", "registration_declined", "series_cancelled", "series_withdrawn")
"""Topics of what is off for the reader: of it, only the time is told."""
_LOADER = PackageLoader("ekkyo_notify", "templates")
_TEXT = Environment(loader=_LOADER, autoescape=False, undefined=StrictUndefined, trim_blocks=False)  # noqa: S701
_HTML = Environment(loader=_LOADER, autoescape=True, undefined=StrictUndefined)
_HTML.globals |= {"light": LIGHT, "dark": DARK, "fonts": Markup(FONTS)}  # noqa: S704  ours

COLOUR = LIGHT["accent"]
"""The colour of a community that has none of its own, as in the portal."""


@dataclass(frozen=True)
class Message:
    """A notice in a reader's language. `join` is among the rows' values when the reader may join."""

    locale: Locale
    community: str
    subject: str
    title: str
    lead: str
    rows: list[tuple[str, str]]
    description: str
    join: str | None
    topic: str
    words: Mapping[str, Any]
    """What the topic's template was rendered with."""
    calendar: str | None
    name: str | None
    action: Action | None = None
    """The button that leads to where one can do what the message asks for."""
    unsubscribe: str | None = None
    """The address that ends messages of this kind."""
    footer: str = ""
    """In place of the usual one."""
    colour: str | None = None
    """The community's, on which white text can be read."""
    logo: Picture | None = None
    """The community's, which goes along with the mail."""
    code: Picture | None = None
    """The QR code of the seat that the mail tells of, for the desk."""
    greeting: str = ""
    stop: str = ""
    """What the link that ends such messages says. Both in place of the usual words."""
    first_page: FirstPage | None = None
    file: tuple[str, str] | None = None
    """Of a report: its first page, and the name and the text of the HTML file that goes along."""

    def text(self) -> str:
        """The plain text of a mail."""
        return _TEXT.get_template("mail.txt.j2").render(**self._layout(), lead=self.lead).strip() + "\n"

    def html(self, *, inline: bool = False) -> str:
        """The HTML of a mail. What is not ours is escaped. inline: with its pictures in it, for a browser."""
        topic = _HTML.get_template(f"{self.locale}/{self.topic}.j2")
        escaped = {name: Markup(_block(topic, name, self.words)) for name in ("title", "lead")}  # noqa: S704
        return _HTML.get_template("mail.html.j2").render(**self._layout(inline=inline), **escaped)

    def _layout(self, *, inline: bool = False) -> dict[str, Any]:
        labels = LABELS[self.locale]
        own = {
            "greeting": (self.greeting or labels["greeting"]).format(name=self.name) if self.name else "",
            "unsubscribe": self.stop or labels["unsubscribe"],
            "footer": self.footer or labels["footer"].format(community=self.community),
        }
        return {
            "labels": labels | own,
            "locale": self.locale,
            "community": self.community,
            "rows": self.rows,
            "description": self.description,
            "join": self.join,
            "calendar": self.calendar,
            "action": self.action,
            "unsubscribe": self.unsubscribe,
            "colour": self.colour or COLOUR,
            "logo": self.logo,
            "logo_at": _at(self.logo, inline=inline),
            "code": self.code,
            "code_at": _at(self.code, inline=inline),
            "first_page": self.first_page,
            "preview": self.subject,
        }


def _at(picture: Picture | None, *, inline: bool) -> str | None:
    """Where the HTML finds a picture."""
    if picture is None:
        return None
    return picture.inline if inline else f"cid:{picture.cid}"


def compose(
    notice: Notice,
    recipient: Recipient,
    reader: Reader,
    links: Links = NO_LINKS,
    *,
    private: bool = False,
    other: Contact | None = None,
) -> Message:
    """Put a notice into words for one reader.

    private: nobody else reads it, so that its links may be theirs alone. other: who they are introduced to.
    """
    notice = notice.to(recipient)
    community = one_line(reader.community) or LABELS[reader.locale]["community"]
    join = http_url(notice.event.url) if notice.event and may_join(notice, recipient) else None
    words = _words(notice, recipient, reader, community)
    texts = said(reader.locale, notice.topic, words)
    event = notice.event
    code = seat_code(notice, recipient, links) if private else None
    tells_all = notice.topic not in (
        "event_cancelled",
        "registration_withdrawn",
        "series_cancelled",
        "series_withdrawn",
    )
    return Message(
        locale=reader.locale,
        community=community,
        subject=one_line(texts["subject"], 250),
        title=texts["title"].strip(),
        lead=texts["lead"].strip(),
        rows=_event_rows(notice, event, recipient, reader, join, tells_all)
        + at_the_desk(notice, event, recipient, reader.locale, links, here=code is not None)
        if event
        else _other_rows(notice, reader) + other_rows(other, reader.locale),
        description=several_lines(event.description) if event and tells_all else "",
        join=join,
        topic=notice.topic,
        words=words,
        calendar=_calendar(notice, recipient, links) if recipient.member_id else None,
        name=one_line(reader.name) if reader.name else None,
        action=links.action(notice, recipient, reader.locale, private=private),
        unsubscribe=links.unsubscribe(notice, recipient) if private else None,
        colour=reader.colour,
        logo=logo(reader.logo) if reader.logo and private else None,
        code=code,
    )


def _calendar(notice: Notice, recipient: Recipient, links: Links) -> str | None:
    """The label that says which calendar file goes along, and what to do with it."""
    method = invitation(notice, recipient)
    return "REQUEST_ANSWERED" if method == "REQUEST" and links.answered else method


def said(locale: Locale, topic: str, words: Mapping[str, Any]) -> dict[str, str]:
    """The plain texts of a topic: subject, title and lead."""
    template = _TEXT.get_template(f"{locale}/{topic}.j2")
    return {name: _block(template, name, words) for name in ("subject", "title", "lead")}


def _words(notice: Notice, recipient: Recipient, reader: Reader, community: str) -> dict[str, Any]:
    words: dict[str, Any] = {
        "community": community,
        "month": month_named(notice.month, reader.locale) if notice.month else "",
        "seat": recipient.seat == "confirmed",
        "waiting": recipient.seat == "waitlisted",
        "applied": recipient.seat == "applied",
        "invited": recipient.seat == "invited",
        "approval": bool(notice.event and notice.event.terms and notice.event.terms.approval),
        "waits_for_leaders": notice.event.applied if notice.event else 0,
        "position": notice.position,
        "because": notice.because,
        "attend": notice.attend,
        "others": len(notice.group) - 1,
        "by_another": notice.by_another,
        "was": notice.was,
        "late": notice.late,
        "unanswered": notice.unanswered,
        "named": recipient.member_id is not None,
        "reason": several_lines(notice.reason, 1000).replace("\n\n", "\n"),
    }
    if event := notice.event:
        capacities = {"capacity": event.capacity, "online": online_capacity(event)}
        words["event"] = {"title": one_line(event.title), **capacities}
        words["moment"] = _moment(event, reader, notice.told_at)
        words["dates"] = len(notice.dates)
        words["is_open"] = is_open(event, notice.told_at)
        words["closed"] = closed(event, notice.told_at)
        by = withdraw_by(event, notice.withdraw_by)
        words["withdraw_by"] = by is not None and notice.told_at < by
        zone, other = _zones(event, reader)
        words["draw"] = enter_by(event, zone, reader.locale, notice.told_at, named=other is not None)
        words["kept"] = None
        if notice.attend != "online":
            words["kept"] = kept_for(event, zone, reader.locale, notice.told_at, named=other is not None)
    if output := notice.output:
        words["output"] = {"title": one_line(output.title), "outside": output.kind == "talk_outside"}
    if survey := notice.survey:
        title = survey.title.get(reader.locale) or next(iter(survey.title.values()), "")
        words["survey"] = {"title": one_line(title), "anonymous": survey.anonymous, "drawn": bool(survey.pulse_id)}
    return words | pulse_words(notice, reader.locale) | role_words(notice, reader.locale)


def _zones(event: EventState, reader: Reader) -> tuple[str, str | None]:
    """Whose clock counts, and whose stands beside it where it shows another time.

    Who has to be somewhere goes by that place's clock; an online event is where its reader is.
    """
    own, there = reader.timezone, event.timezone
    first, other = (own, there) if event.format == "online" else (there, own)
    return first, other if differ(first, other, event.starts_at, event.ends_at) else None


def _moment(event: EventState, reader: Reader, now: datetime) -> str:
    """When it begins, for a subject; with the zone's name where it is not the reader's own."""
    first, other = _zones(event, reader)
    said = moment(event.starts_at, first, reader.locale, now=now)
    return said if first == reader.timezone or other is None else f"{said} {zone_name(first, reader.locale)}"


def _event_rows(
    notice: Notice, event: EventState, recipient: Recipient, reader: Reader, join: str | None, tells_all: bool
) -> list[tuple[str, str]]:
    locale, now = reader.locale, notice.told_at
    zone, other = _zones(event, reader)
    labels = LABELS[locale]
    rows = [
        (labels["first" if notice.dates[1:] else "when"], span(event.starts_at, event.ends_at, zone, locale, now=now))
    ]
    if other:
        rows.append((labels["other_time"], span(event.starts_at, event.ends_at, other, locale, now=now)))
    if notice.dates[1:] or any(date.change for date in notice.dates):
        rows += date_rows(notice, zone, locale)
    if notice.was_starts_at and notice.was_ends_at:
        rows.append((labels["was"], span(notice.was_starts_at, notice.was_ends_at, zone, locale, now=now)))
    if not tells_all:
        return rows
    how = labels["attend" if notice.attend else "format"]
    rows.append((how, FORMATS[locale][event.format] + where_to_join(event, join, locale)))
    if event.place and event.format != "online":
        rows.append((labels["place"], one_line(event.place)))
    if notice.table is not None:
        rows.append((labels["table"], labels["table_number"].format(n=notice.table)))
    if join:
        rows.append((labels["join"], join))
    seated = recipient.seat == "confirmed"
    own, named = notice.withdraw_by, other is not None
    return rows + term_rows(event, zone, locale, named=named, seated=seated, now=now, own=own)


def _other_rows(notice: Notice, reader: Reader) -> list[tuple[str, str]]:
    labels = LABELS[reader.locale]
    if output := notice.output:
        title = (labels["event"], one_line(output.event_title)) if output.event_title else None
        url = (labels["url"], http_url(output.url)) if output.url else None
        kind = (labels["kind"], OUTPUT_KINDS[reader.locale][output.kind])
        return [(label, text) for label, text in filter(None, (kind, title, url)) if text]
    if notice.survey is None:
        return []
    deadline = until(notice.survey.deadline, reader.timezone, reader.locale, now=notice.told_at)
    return [(LABELS[reader.locale]["deadline"], deadline)]


def _block(template: Template, name: str, words: Mapping[str, Any]) -> str:
    return "".join(template.blocks[name](template.new_context(dict(words))))


@cache
def preload() -> None:
    """Compile every template, so that the first message is as quick as the next and a broken one is found at start."""
    for environment in (_TEXT, _HTML):
        for name in environment.list_templates(extensions=["j2"]):
            environment.get_template(name)
