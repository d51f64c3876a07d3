"""Lists of lines: what it is, when, and what became of it. `look/lines.html` shows them."""

from dataclasses import dataclass

from ekkyo.contracts.base import Refused
from ekkyo.contracts.notify import FOR_GOOD, Delivery, ListedDelivery
from ekkyo.words.text import one_line

from ekkyo_portal.look.reader import Reader
from ekkyo_portal.look.words.refusals import refusal


@dataclass(frozen=True)
class Line:
    """One line of a list: what it is, when, and more beside it."""

    title: str
    when: str
    state: str
    href: str | None = None
    tone: str = ""
    more: str = ""
    """What stands below the title, smaller."""


@dataclass(frozen=True)
class Message(Line):
    """One message that was sent, or was not. to: whose it is, where it is a member's."""

    delivery_id: str = ""
    to: str | None = None
    again: bool = False
    """Whether it may be sent again."""
    no: str = ""
    """Why it was not sent again just now."""


@dataclass(frozen=True)
class NotAgain:
    """The refusal to send a message again. detail: in the words of its reader."""

    delivery_id: str
    detail: str

    @classmethod
    def of(cls, reader: Reader, delivery_id: str, why: Refused) -> "NotAgain":
        """In words. Raises the refusal itself where it is none of a rule about messages."""
        if why.code in ("not_allowed", "unavailable", "no_answer") or why.status not in (404, 409):
            raise why
        return cls(delivery_id, refusal(reader.locale, why.code, why.detail))


def delivery(reader: Reader, it: ListedDelivery, *, own: bool = False, no: NotAgain | None = None) -> Message:
    """One message: what it was about, over which channel, and what became of it. own: the reader's."""
    words = reader.words.sent
    state = words.states[it.status]
    if it.reason:
        state += f": {(words.own if own else {}).get(it.reason) or words.reasons.get(it.reason, it.reason)}"
    tone = {"sent": "good", "failed": "hot", "planned": "accent"}.get(it.status, "")
    what = f"{words.topics[it.topic]} ({words.channels[it.channel]})"
    more = [what, one_line(it.community_name or "")] if it.title else [one_line(it.community_name or "")]
    return Message(
        title=one_line(it.title) if it.title else what,
        when=reader.moment(it.done_at or it.planned_at),
        state=state,
        href=_page(it),
        tone=tone,
        more=" · ".join(part for part in more if part),
        delivery_id=it.delivery_id,
        to=it.member_id,
        again=it.status == "failed" or (it.status == "dropped" and it.reason not in FOR_GOOD),
        no=no.detail if no and no.delivery_id == it.delivery_id else "",
    )


def _page(it: Delivery) -> str | None:
    """The page that a message leads to. None: it was for a sponsor, who has none."""
    match it.topic:
        case "report_sent":
            return None
        case "report_due" | "report_reminder":
            return f"/c/{it.entity_id}/sponsors"
        case "pulse_skipped":
            return "/lead"
        case "rules_due" | "leader_named" | "deputy_named" | "role_ended":
            return "/communities"
    paths = {"survey": "s", "series": "series", "output": "o"}
    kind = it.topic.split("_")[0]
    return "/me/introductions" if kind == "introduction" else f"/{paths.get(kind, 'e')}/{it.entity_id}"


def outcome(sent: Delivery) -> str:
    """What a page says of a message that was sent again, as `visit.see_other` takes it."""
    return {"sent": "sent.again", "planned": "sent.again_waits"}.get(sent.status, "sent.again_failed")
