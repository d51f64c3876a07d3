"""The dates of a series in a message."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from ekkyo.contracts.members import Locale
from ekkyo.words.times import day

from ekkyo_notify.model import Notice, SeriesDate
from ekkyo_notify.templates.labels import LABELS

SHOWN: Final = 12
"""Dates that a message lists; of the others it says how many there are."""


def date_rows(notice: Notice, zone: str, locale: Locale) -> list[tuple[str, str]]:
    """The dates; those with a seat and those on the waitlist apart, where the reader waits at some."""
    labels = LABELS[locale]
    if any(date.change for date in notice.dates):
        return [(labels[name], _listed(them, zone, locale, notice.told_at)) for name, them in _by_change(notice)]
    waits = [date for date in notice.dates if date.seat == "waitlisted"]
    if not waits:
        return [(labels["dates"], _listed(notice.dates, zone, locale, notice.told_at))]
    seated = [date for date in notice.dates if date.seat != "waitlisted"]
    rows = [(labels["seats"], _listed(seated, zone, locale, notice.told_at))] if seated else []
    return [*rows, (labels["waits"], _listed(waits, zone, locale, notice.told_at))]


def _by_change(notice: Notice) -> list[tuple[str, list[SeriesDate]]]:
    """What another rule did, in the order in which it matters; what it did not do is left out."""
    groups: dict[str, list[SeriesDate]] = {"moved": [], "cancelled": [], "made": [], "made_waits": []}
    for date in notice.dates:
        waits = date.change == "made" and date.seat == "waitlisted"
        groups["made_waits" if waits else date.change or "moved"].append(date)
    return [(name, them) for name, them in groups.items() if them]


def _listed(dates: Iterable[SeriesDate], zone: str, locale: Locale, now: datetime) -> str:
    labels = LABELS[locale]
    days = [day(date.starts_at, zone, locale, now=now) for date in dates]
    more = len(days) - SHOWN
    shown = days[:SHOWN] + ([labels["more_dates"].format(n=more)] if more > 0 else [])
    return labels["between"].join(shown)
