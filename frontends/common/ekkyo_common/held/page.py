"""What is held on a member as a page of its own, with everything in it, to be read without the portal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Final

from ekkyo.contracts.members import Locale, Member
from ekkyo.look import FONTS
from ekkyo.words import times
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from ekkyo_common.held.gathering import Part
from ekkyo_common.held.shown import service
from ekkyo_common.held.words import WORDS

LONG_AGO: Final = datetime(1, 1, 2, tzinfo=UTC)
"""For whoever reads a file, at any time, every date is of another year, and says which."""


@dataclass(frozen=True)
class _Reader:
    locale: Locale
    zone: str

    def moment(self, at: datetime) -> str:
        return times.moment(at, self.zone, self.locale, now=LONG_AGO)

    def date(self, day: date) -> str:
        return times.day(datetime.combine(day, time(12), UTC), "UTC", self.locale, now=LONG_AGO)


def as_page(
    parts: Sequence[Part], member: Member, names: Mapping[str, str], *, locale: Locale, zone: str, at: datetime
) -> str:
    """The HTML, in a language and by the clock of a zone. names: of communities, by id. at: when it was told."""
    reader = _Reader(locale, zone)
    return _template().render(
        member=member,
        services=[service(reader, part, names) for part in parts],
        locale=locale,
        on=times.until(at, zone, locale, now=LONG_AGO),
        words=WORDS[locale],
        fonts=Markup(FONTS),  # noqa: S704  ours
    )


@cache
def _template() -> Template:
    made = Environment(
        loader=PackageLoader("ekkyo_common.held", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return made.get_template("page.html")
