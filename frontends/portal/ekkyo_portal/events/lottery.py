"""What pages say of a lottery: when places are drawn, what came of it, and how to check that. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from ekkyo.contracts.events import EventState, Registration
from ekkyo.words.numbers import fill

from ekkyo_portal.look.reader import Reader


@dataclass(frozen=True)
class Checking:
    """How anybody can check a draw. rows: what was published, each with its name."""

    title: str
    rows: Sequence[tuple[str, str]]
    command: str


def is_to_be_drawn(event: EventState) -> bool:
    """Whether places are drawn by lot, and were not drawn yet."""
    lottery = event.terms is not None and event.terms.lottery is not None
    return lottery and (event.draw is None or event.draw.stage != "held")


def enters(event: EventState, reader: Reader) -> bool:
    """Whether who registers now enters a draw."""
    lottery = event.terms.lottery if event.terms else None
    return lottery is not None and is_to_be_drawn(event) and reader.now < lottery.draws_at


def seats(reader: Reader, event: EventState) -> str:
    """How many seats are drawn, and how many people applied so far."""
    words: str = reader.words.lottery.seats
    online = (event.terms and event.terms.online_capacity) or 0
    return fill(words, seats=event.capacity + online, n=event.applied)


def said(reader: Reader, event: EventState, own: Registration | None, zone: str) -> Sequence[str]:
    """What there is to know of the draw now, in sentences. own: what the visitor has there."""
    lottery = event.terms.lottery if event.terms else None
    if lottery is None or event.status == "cancelled":
        return []
    words, at = reader.words.lottery, reader.moment(lottery.draws_at, zone)
    if event.draw and event.draw.stage == "held":
        return [words.held.format(n=event.draw.entrants)]
    if reader.now >= event.starts_at or event.status == "concluded":
        return [words.not_held]
    if reader.now >= lottery.draws_at:
        return [words.drawing]
    applied = own is not None and own.status == "applied"
    return [(words.in_draw if applied else words.draws).format(at=at)]


def checking(reader: Reader, event: EventState) -> Checking | None:
    """What was published of the draw so far. None: there is none, or none was held and none will be."""
    draw, words = event.draw, reader.words.lottery
    if draw is None or (draw.stage != "held" and (event.status != "published" or reader.now >= event.starts_at)):
        return None
    published = [
        (words.seed_sha256, draw.seed_sha256),
        (words.entrants_sha256, draw.entrants_sha256),
        (words.seed, draw.seed),
    ]
    title = words.check if draw.stage == "held" else words.check_later
    return Checking(
        title, [(name, value) for name, value in published if value], f"ekkyo events verify-draw {event.event_id}"
    )
