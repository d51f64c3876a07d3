"""Kept seats in the form of an event's terms: a number for first-timers, and rows for departments."""

import re
from typing import Any, Final

from ekkyo.contracts.events import EventState, Quotas

from ekkyo_portal.web.forms import Form

ROWS: Final = 4
"""Rows for departments. With the one for first-timers, there are as many as an event can have quotas."""
FIRST: Final = "first_timers"


def typed(event: EventState) -> dict[str, Any]:
    """The quotas as fields of the form have them."""
    quotas = _of(event)
    shown: dict[str, Any] = {}
    row = 0
    for quota in quotas.kept if quotas else ():
        if quota.first_timers:
            shown[FIRST] = quota.seats
        else:
            row += 1
            shown |= {f"seats_{row}": quota.seats, f"departments_{row}": ", ".join(quota.departments)}
    return shown


def rows(form: Form) -> list[int]:
    """Which rows for departments the form shows: those with something in them, and one more."""
    used = [n for n in range(1, ROWS + 1) if form[f"seats_{n}"] or form[f"departments_{n}"]]
    return list(range(1, min(ROWS, max([0, *used]) + 1) + 1))


def wanted(form: Form) -> tuple[list[dict[str, Any]], list[str]]:
    """The quotas that the form says, and the field to which each belongs; what is incomplete is told beside it."""
    kept, fields = list[dict[str, Any]](), list[str]()
    if form[FIRST]:
        kept.append({"seats": _number(form, FIRST), "first_timers": True})
        fields.append(FIRST)
    for n in range(1, ROWS + 1):
        seats, names = form[f"seats_{n}"], _names(form[f"departments_{n}"])
        if not seats and not names:
            continue
        if not seats or not names:
            form.wrong(f"seats_{n}" if not seats else f"departments_{n}", "for_whom")
        kept.append({"seats": _number(form, f"seats_{n}"), "departments": names})
        fields.append(f"departments_{n}")
    return kept, fields


def field_of(name: str, fields: list[str]) -> str | None:
    """The form's field for one of the terms' quotas; None for what is not about quotas. fields: as `wanted` says."""
    if found := re.fullmatch(r"terms\.quotas\.kept\.(\d+)", name):
        return fields[int(found[1])] if int(found[1]) < len(fields) else FIRST
    if name == "terms.quotas":
        return fields[0] if fields else FIRST
    return "released_at" if name == "terms.quotas.released_at" else None


def _number(form: Form, name: str) -> int:
    """A number of seats; told beside its field where it is none."""
    text = form[name]
    if text and not (text.isdecimal() and len(text) < 6):
        form.wrong(name, "no_number")
    elif text and not 1 <= int(text) <= 1_000:
        form.wrong(name, "too_small" if int(text) < 1 else "too_large")
    return int(text) if text.isdecimal() and len(text) < 6 else 1


def _names(text: str) -> list[str]:
    return list(dict.fromkeys(name for each in re.split("[,、，]", text) if (name := " ".join(each.split()))))


def _of(event: EventState) -> Quotas | None:
    return event.terms.quotas if event.terms else None
