"""What the page of an event shows of “I am here”. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import MyRegistrationAnswer

from ekkyo_portal.look.reader import Reader
from ekkyo_portal.look.words.refusals import refusal
from ekkyo_portal.web.visitor import Visitor

CHECK_IN_BEFORE: Final = timedelta(hours=1)
"""How long before an event its check-in opens."""


@dataclass(frozen=True)
class Here:
    """“I am here”: what was typed as the word on the wall, and what was wrong with it."""

    word_needed: bool
    typed: str
    wrong: str


def here(
    reader: Reader, visitor: Visitor, mine: MyRegistrationAnswer, typed: str, wrong: Refused | None
) -> Here | None:
    """Whoever has a seat can say that they are here, from an hour before an event until its end."""
    it, own = mine.event, mine.registration
    if it.status != "published" or not own or own.status != "confirmed":
        return None
    if not it.starts_at - CHECK_IN_BEFORE <= reader.now < it.ends_at:
        return None
    told = refusal(reader.locale, wrong.code, wrong.detail) if wrong else ""
    asked = it.format != "online" or typed != "" or wrong is not None  # online, whether a word is needed shows then
    if wrong and wrong.code == "wrong_word" and not typed:
        told = reader.words.desk.word_missing
    return Here(asked and not visitor.may_lead(it.community_id), typed, told)
