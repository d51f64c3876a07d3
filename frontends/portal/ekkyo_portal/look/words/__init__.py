"""The words of pages in both languages, a module for each section.

Each has `JA` and `EN` with the same keys. Words that mails share stand in `ekkyo.words`.
"""

from types import ModuleType, SimpleNamespace
from typing import Any, Final

from ekkyo.contracts.members import Locale
from ekkyo.words import names
from ekkyo_common.held import words as held

from ekkyo_portal.look.words import (
    applications,
    asking,
    attendance,
    calendar,
    chat,
    common,
    community,
    desk,
    events,
    files,
    groups,
    growing,
    hours,
    importing,
    invitations,
    lead,
    leaders,
    looks,
    lottery,
    me,
    measures,
    merging,
    outputs,
    overbooking,
    people,
    pulses,
    quotas,
    reporting,
    results,
    roles,
    rules,
    sent,
    series,
    signin,
    skills,
    sponsors,
    suggestions,
    surveys,
    tables,
    teaching,
    templates,
    terms,
    themes,
    told,
)

SECTIONS: Final[dict[str, ModuleType]] = {
    "applications": applications,
    "asking": asking,
    "attendance": attendance,
    "calendar": calendar,
    "chat": chat,
    "common": common,
    "community": community,
    "desk": desk,
    "events": events,
    "files": files,
    "groups": groups,
    "growing": growing,
    "hours": hours,
    "importing": importing,
    "invitations": invitations,
    "lead": lead,
    "leaders": leaders,
    "looks": looks,
    "lottery": lottery,
    "me": me,
    "measures": measures,
    "held": held,
    "merging": merging,
    "outputs": outputs,
    "overbooking": overbooking,
    "people": people,
    "pulses": pulses,
    "reporting": reporting,
    "quotas": quotas,
    "sponsors": sponsors,
    "results": results,
    "roles": roles,
    "rules": rules,
    "series": series,
    "sent": sent,
    "signin": signin,
    "skills": skills,
    "suggestions": suggestions,
    "surveys": surveys,
    "tables": tables,
    "teaching": teaching,
    "templates": templates,
    "terms": terms,
    "themes": themes,
    "told": told,
}


def _of(locale: Locale) -> Any:
    sections = {name: SimpleNamespace(**getattr(section, locale.upper())) for name, section in SECTIONS.items()}
    shared = SimpleNamespace(
        formats=names.FORMATS[locale],
        event_states=names.EVENT_STATES[locale],
        registrations=names.REGISTRATIONS[locale],
        crossings=names.CROSSINGS[locale],
        output_kinds=names.OUTPUT_KINDS[locale],
    )
    return SimpleNamespace(**sections, names=shared)


WORDS: Final[dict[Locale, Any]] = {"ja": _of("ja"), "en": _of("en")}


def did(locale: Locale, code: str) -> str | None:
    """What was done, in words: `events.registered` stands for `did_registered` of that section. None: no such words."""
    section, _, name = code.partition(".")
    found = getattr(getattr(WORDS[locale], section, None), f"did_{name}", None) if section in SECTIONS else None
    return found if isinstance(found, str) else None
