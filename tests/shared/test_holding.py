"""What is held on a member: sections of rows, as the services tell them."""

import pytest
from ekkyo.contracts.base import Caller
from ekkyo.contracts.events import HeldByEvents
from ekkyo.decision import holding
from pydantic import BaseModel

ME = Caller("m1")
STEWARD = Caller("s1", frozenset({"steward"}))


class Kept(BaseModel):
    theme: str = ""
    since: str | None = None
    revision: int = 1
    secret: str = "s"
    wanted: bool = False
    many: int = 0


def test_a_row_has_the_fields_that_say_something_and_nothing_that_is_left_out() -> None:
    assert holding.row(Kept(theme="RPA"), without=["secret"]) == {"theme": "RPA", "wanted": False, "many": 0}


def test_a_long_answer_is_told_in_pages_that_lose_nothing() -> None:
    rows = [{"n": n, "text": "x" * 900} for n in range(1200)]
    found, sizes, after = [], [], 0
    while True:
        ask = HeldByEvents(member_id="m1", after=after)
        page = holding.held(ask, {"places": rows[:700], "none": [], "outputs": rows[700:]}, ME)
        sizes.append(len(page.model_dump_json()))
        found += [(section.name, row["n"]) for section in page.sections for row in section.rows]
        if page.next is None:
            break
        after = page.next
    assert found == [("places", n) for n in range(700)] + [("outputs", n) for n in range(700, 1200)]
    assert len(sizes) > 3
    assert max(sizes) < 250_000


@pytest.mark.parametrize(("who", "told", "withheld"), [(ME, ["known", "mine"], []), (STEWARD, ["known"], ["mine"])])
def test_what_is_the_members_alone_is_named_to_others_and_not_told(
    who: Caller, told: list[str], withheld: list[str]
) -> None:
    sections = {"known": [{"a": 1}], "mine": [{"b": 2}]}
    answer = holding.held(HeldByEvents(member_id="m1"), sections, who, own=["mine"])
    assert [section.name for section in answer.sections] == told
    assert answer.withheld == withheld
