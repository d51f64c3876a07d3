"""What is said of a role: from which day, until which."""

from datetime import UTC, date, datetime, time
from typing import Any

from ekkyo.contracts.members import Locale
from ekkyo.words.times import day

from ekkyo_notify.model import Notice


def role_words(notice: Notice, locale: Locale) -> dict[str, Any]:
    """The words of a role; nothing where there is none. `since` is empty where it has begun."""
    role = notice.role
    if role is None:
        return {}

    def said(of: date | None) -> str:
        return day(datetime.combine(of, time(), UTC), "UTC", locale, now=notice.told_at) if of else ""

    later = role.since is not None and role.since > notice.told_at.date()
    return {
        "deputy": role.deputy,
        "planned": role.planned,
        "since": said(role.since) if later else "",
        "until": said(role.until),
    }
