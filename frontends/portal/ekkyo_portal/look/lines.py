"""Lists of lines: what it is, when, and what became of it. `look/lines.html` shows them."""

from dataclasses import dataclass

from ekkyo.contracts.notify import Delivery

from ekkyo_portal.look.reader import Reader


@dataclass(frozen=True)
class Line:
    """One line of a list: what it is, when, and more beside it."""

    title: str
    when: str
    state: str
    href: str | None = None
    tone: str = ""


def delivery(reader: Reader, it: Delivery, *, own: bool = False) -> Line:
    """One message: what it was about, over which channel, and what became of it. own: the reader's."""
    words = reader.words.sent
    state = words.states[it.status]
    if it.reason:
        state += f": {(words.own if own else {}).get(it.reason) or words.reasons.get(it.reason, it.reason)}"
    tone = {"sent": "good", "failed": "hot", "planned": "accent"}.get(it.status, "")
    kind = "s" if it.topic == "survey_opened" else "e"
    title = f"{words.topics[it.topic]} ({words.channels[it.channel]})"
    return Line(title, reader.moment(it.done_at or it.planned_at), state, f"/{kind}/{it.entity_id}", tone)
