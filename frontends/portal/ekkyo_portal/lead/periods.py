"""The periods that a report can be of: those to choose from, and the one that was chosen. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from ekkyo.contracts.members import Community
from ekkyo.contracts.reports import Period
from ekkyo.report.periods import in_words
from ekkyo.words.text import one_line
from ekkyo_common.report import needed

from ekkyo_portal.look.reader import Reader
from ekkyo_portal.web.forms import Form

MONTHS: Final = 24
QUARTERS: Final = 12
YEARS: Final = 5
"""As many as there are to choose from; others are typed as days."""
Option = tuple[str, str]
"""What is sent, and what is shown."""


@dataclass(frozen=True)
class Choices:
    """What a report can be of. groups: periods under a heading, the newest first; over: quarters that are over."""

    community_id: str
    name: str
    groups: Sequence[tuple[str, Sequence[Option]]]
    over: Sequence[Option]
    departments: Sequence[str]


def choices(reader: Reader, community: Community, departments: Sequence[str]) -> Choices:
    """The months, quarters and years from the one in which the community was founded until now, and its seasons."""
    zone, words = ZoneInfo(community.timezone), reader.words.reporting
    today, first = reader.now.astimezone(zone).date(), community.founded_at.astimezone(zone).date()
    quarters = _back_to(first, Period.quarter(today), QUARTERS + 1)
    return Choices(
        community_id=community.community_id,
        name=one_line(community.name),
        groups=[
            *([(words.seasons, _options(reader, seasons))] if (seasons := _seasons(community, today)) else []),
            (words.quarters, _options(reader, quarters[:QUARTERS])),
            (words.months, _options(reader, _back_to(first, Period.month(today), MONTHS))),
            (words.years, _options(reader, _back_to(first, Period.year(today), YEARS))),
        ],
        over=_options(reader, [quarter for quarter in quarters if quarter.ends_on < today]),
        departments=departments,
    )


def chosen(form: Form) -> Period | None:
    """The period of a form, by its days where they are typed; None: all that was, or errors beside its fields."""
    if form["from"] or form["to"]:
        for name in ("from", "to"):
            if not form[name]:
                form.wrong(name, "missing")
        days = _day(form, "from"), _day(form, "to")
        if form.errors or days[0] is None or days[1] is None:
            return None
        return _read(form, "to", f"{days[0]}..{days[1]}", "wrong_order")
    return _read(form, "period", form["period"], "no_period") if form["period"] else None


def chosen_quarter(form: Form) -> Period | None:
    """The quarter of a department's report; None: with errors beside the fields."""
    for name in ("department", "quarter"):
        if not form[name]:
            form.wrong(name, "missing")
    return None if form.errors else _read(form, "quarter", form["quarter"], "no_period")


def _read(form: Form, field: str, text: str, wrong: str) -> Period | None:
    try:
        period = Period.read(text)
        needed(period)
    except ValueError:
        form.wrong(field, wrong)
        return None
    return period


def _day(form: Form, name: str) -> date | None:
    try:
        return date.fromisoformat(form[name])
    except ValueError:
        form.wrong(name, "no_period")
        return None


def _back_to(first: date, newest: Period, most: int) -> list[Period]:
    found = [newest]
    while len(found) < most and (before := found[-1].before()).ends_on >= first:
        found.append(before)
    return found


def _seasons(community: Community, today: date) -> list[Period]:
    """Those of the charter's measures that have begun, each once."""
    days = {(one.starts_on, one.until) for one in community.charter.measures if one.period == "season"}
    begun = sorted(((first, last) for first, last in days if first and last and first <= today), reverse=True)
    return [Period.days(first, last) for first, last in begun]


def _options(reader: Reader, some: Sequence[Period]) -> list[Option]:
    return [(str(period), in_words(period, reader.locale)) for period in some]
