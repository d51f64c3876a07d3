"""Changes of one document that follow each other, each with many entries: what one knew, the next need not read."""

from collections import Counter

import pytest
from ekkyo.decision import Decision
from ekkyo.store import Kept
from ekkyo.store.cache import FEW

from .conftest import Opened
from .halls import Hall, Seat, always, clear, halls, marking

MANY = [f"m{n:02}" for n in range(FEW + 1)]


async def test_what_a_change_knew_of_the_entries_is_not_read_again(opened: Opened, looked: Counter[str]) -> None:
    live = (await opened()).live(halls)
    await live.create("red", always(full()))

    def stops(*_: object) -> Decision[Hall, None]:
        raise LookupError

    kept = Kept[Seat]()
    assert await live.change("red", clear, kept=kept) == MANY
    read = looked["halls_entries"]
    assert read
    await live.change("red", marking("confirmed", *MANY[:3]), kept=kept)
    with pytest.raises(LookupError):
        await live.change("red", stops, kept=kept)
    assert await live.change("red", clear, kept=kept) == MANY[:3]
    assert looked["halls_entries"] == read
    assert await live.change("red", clear) == []
    assert looked["halls_entries"] > read


async def test_what_others_changed_since_is_read(opened: Opened) -> None:
    one, two = (await opened()).live(halls), (await opened()).live(halls)
    await one.create("red", always(full()))
    kept = Kept[Seat]()
    assert await one.change("red", clear, kept=kept) == MANY
    await two.change("red", marking("waitlisted", "m07"))
    assert await one.change("red", clear, kept=kept) == ["m07"]


def full() -> Decision[Hall, None]:
    seats = [Seat(document_id="red", key=key, status="confirmed") for key in MANY]
    return Decision(Hall(id="red", taken=len(seats)), None, entries=seats)
