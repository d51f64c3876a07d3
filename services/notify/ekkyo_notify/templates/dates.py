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
    """The dates; those with a seat, on the waitlist and with an application apart, where they are not all seats."""
    labels = LABELS[locale]
    if any(date.change for date in notice.dates):
        return [(labels[name], _listed(them, zone, locale, notice.told_at)) for name, them in _by_change(notice)]
    groups: dict[str, list[SeriesDate]] = {"seats": [], "waits": [], "applied": []}
    for date in notice.dates:
        groups[{"waitlisted": "waits", "applied": "applied"}.get(date.seat or "", "seats")].append(date)
    if len(groups["seats"]) == len(notice.dates):
        return [(labels["dates"], _listed(notice.dates, zone, locale, notice.told_at))]
    return [(labels[name], _listed(them, zone, locale, notice.told_at)) for name, them in groups.items() if them]


def _by_change(notice: Notice) -> list[tuple[str, list[SeriesDate]]]:
    """What another rule did, in the order in which it matters; what it did not do is left out."""
    names = ("moved", "cancelled", "made", "made_waits", "made_applied")
    groups: dict[str, list[SeriesDate]] = {name: [] for name in names}
    for date in notice.dates:
        made = {"waitlisted": "made_waits", "applied": "made_applied"}.get(date.seat or "", "made")
        groups[made if date.change == "made" else date.change or "moved"].append(date)
    return [(name, them) for name, them in groups.items() if them]


def _listed(dates: Iterable[SeriesDate], zone: str, locale: Locale, now: datetime) -> str:
    labels = LABELS[locale]
    days = [day(date.starts_at, zone, locale, now=now) for date in dates]
    more = len(days) - SHOWN
    shown = days[:SHOWN] + ([labels["more_dates"].format(n=more)] if more > 0 else [])
    return labels["between"].join(shown)
