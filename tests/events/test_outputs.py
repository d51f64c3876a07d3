"""What came of events: attached by leaders, proposed by members, on the board, corrected and removed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ekkyo.contracts import events as contract
from ekkyo.contracts.base import Caller, Refused, new_id
from ekkyo.contracts.members import MemberJoined
from ekkyo.testing import Nats, eventually
from ekkyo_events import model
from ekkyo_events.model import Output, Person

from tests.events.test_leaving import left, state, tell

NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
LEADER = Caller("boss", frozenset({"leader:c1"}))
HANAKO = Caller("hanako")
MEMBER = Person(id="hanako", communities=["c1"])
SLIDES = contract.OutputDetails(kind="slides", title="Macros", url="https://x.example/1", authors=["hanako"])
ATTACH = contract.AttachOutput(output_id="o1", community_id="c1", member_id="hanako", details=SLIDES)


def attach(cmd: contract.AttachOutput = ATTACH, who: Caller = HANAKO, **changed: Any) -> Any:
    known: dict[str, Any] = {"person": MEMBER, "waiting": 0, "now": NOW, "event": None}
    return model.attach(changed.pop("output", None), cmd, who=who, **known | changed)


def proposed() -> Output:
    found: Output = attach().document
    return found


def attached() -> Output:
    found: Output = attach(who=LEADER).document
    return found


def code(refused: pytest.ExceptionInfo[Refused]) -> tuple[str, int]:
    return refused.value.code, refused.value.status


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"person": None}, ("not_a_member", 409)),
        ({"person": Person(id="hanako", communities=["c2"])}, ("not_a_member", 409)),
        ({"person": Person(id="hanako", communities=["c1"], active=False)}, ("member_inactive", 409)),
        ({"waiting": 10}, ("too_many_proposals", 409)),
        ({"who": Caller("taro")}, ("not_allowed", 403)),
        ({"cmd": ATTACH.model_copy(update={"event_id": "e1"})}, ("event_not_found", 404)),
        ({"cmd": ATTACH.model_copy(update={"details": SLIDES.model_copy(update={"url": None})})}, ("malformed", 400)),
        ({"output": Output(**{**proposed().model_dump(), "made_as": "another"})}, ("output_taken", 409)),
    ],
)
def test_what_cannot_be_proposed_is_refused_with_why(changed: dict[str, Any], why: tuple[str, int]) -> None:
    with pytest.raises(Refused) as refused:
        attach(**changed)
    assert code(refused) == why


def test_a_leader_decides_once_and_the_author_is_told_why() -> None:
    waiting = proposed()
    no = contract.DeclineOutput(output_id="o1", reason="The link is wrong.")
    for decide in (
        lambda o, who: model.confirm(o, who=who, now=NOW),
        lambda o, who: model.decline(o, no, who=who),
    ):
        with pytest.raises(Refused) as refused:
            decide(waiting, HANAKO)
        assert code(refused) == ("not_allowed", 403)
    declined = model.decline(waiting, no, who=LEADER)
    assert (declined.answer.status, declined.answer.reason) == ("declined", "The link is wrong.")
    assert model.decline(declined.document, no, who=LEADER).facts == ()
    with pytest.raises(Refused) as refused:
        model.confirm(declined.document, who=LEADER, now=NOW)
    assert code(refused) == ("output_not_proposed", 409)
    confirmed = model.confirm(waiting, who=LEADER, now=NOW)
    assert (confirmed.answer.status, confirmed.answer.attached_at) == ("attached", NOW)
    assert model.confirm(confirmed.document, who=LEADER, now=NOW + timedelta(days=1)).answer.attached_at == NOW


def test_a_talk_outside_needs_no_address_and_two_who_made_it_are_named_once() -> None:
    talk = contract.OutputDetails(kind="talk_outside", title="PyCon", authors=["hanako", "taro", "hanako"])
    assert talk.authors == ["hanako", "taro"]
    assert attach(ATTACH.model_copy(update={"details": talk})).answer.status == "proposed"


def test_who_is_an_author_no_more_is_named_in_the_fact_and_the_same_again_says_nothing() -> None:
    other = contract.ReviseOutput(output_id="o1", details=SLIDES.model_copy(update={"authors": ["taro"]}))
    revised = model.revise_output(attached(), other, who=LEADER)
    (fact,) = revised.facts
    assert isinstance(fact, contract.OutputRevised)
    assert (fact.no_longer, fact.output.authors) == (["hanako"], ["taro"])
    assert model.revise_output(revised.document, other, who=LEADER).facts == ()


def test_what_is_not_on_the_board_is_seen_by_leaders_and_by_who_made_it() -> None:
    waiting = proposed()
    assert model.seen_by(waiting, HANAKO) is model.seen_by(waiting, LEADER) is waiting
    for nobody in (Caller("taro"), Caller("boss", frozenset({"leader:c2"}))):
        with pytest.raises(Refused) as refused:
            model.seen_by(waiting, nobody)
        assert code(refused) == ("output_not_found", 404)
        with pytest.raises(Refused) as refused:
            model.remove(attached(), who=nobody)
        assert code(refused) == ("not_allowed", 403)
    kept = Caller("kept")
    assert model.seen_by(waiting, kept, ["hanako"]) is waiting
    assert model.remove(attached(), who=kept, records=["hanako"]).document.status == "removed"


async def test_a_member_proposes_a_leader_confirms_and_everybody_finds_it(scene: Any, nats: Nats) -> None:
    event = await scene.published(title="もくもく会")
    hanako, taro = await scene.as_("hanako"), await scene.as_("taro")
    await tell(nats, MemberJoined(member_id="hanako", member=state("hanako", "c1"), community_id="c1"), 1)
    cmd = ATTACH.model_copy(update={"output_id": new_id(), "event_id": event.event_id})

    async def allowed() -> Any:
        try:
            return await hanako.send(cmd)
        except Refused as no:
            if no.code != "not_a_member":  # it is not known yet that they joined
                raise
            return None

    waits = await eventually(allowed)
    assert (waits.status, waits.event_title, waits.revision) == ("proposed", "もくもく会", 1)
    assert await hanako.send(cmd) == waits
    board = contract.Board(event_id=event.event_id)
    assert (await taro.ask(board)).outputs == []
    assert await scene.refusal(taro.ask(contract.GetOutput(output_id=cmd.output_id))) == ("output_not_found", 404)
    leader = await scene.leader()
    assert (await leader.ask(contract.ProposedOutputs(community_id="c1"))).outputs == [waits]
    confirm = contract.ConfirmOutput(output_id=cmd.output_id)
    there = await leader.send(confirm)
    assert await leader.send(confirm) == there
    for asked in (board, contract.Board(author_id="hanako"), contract.Board(community_id="c1", kind="slides")):
        assert (await taro.ask(asked)).outputs == [there], asked
    assert (await taro.ask(contract.Board(author_id="taro"))).outputs == []
    gone = await hanako.send(contract.RemoveOutput(output_id=cmd.output_id, member_id="hanako"))
    assert await hanako.send(contract.RemoveOutput(output_id=cmd.output_id, member_id="hanako")) == gone
    assert (await taro.ask(board)).outputs == []
    other = ATTACH.model_copy(update={"output_id": new_id(), "event_id": event.event_id, "community_id": "c2"})
    system = await scene.as_("portal", "system")
    assert await scene.refusal(system.send(other)) == ("event_elsewhere", 409)
    await tell(nats, left("hanako"), 2)

    def told() -> list[str]:
        about = [f for f in scene.heard.facts if isinstance(f, contract.OutputFact) and f.output_id == cmd.output_id]
        return [type(f).__name__ for f in about][:3] if len(about) > 2 else []

    assert await eventually(told) == ["OutputProposed", "OutputAttached", "OutputRemoved"]

    async def barred() -> bool:
        again = ATTACH.model_copy(update={"output_id": new_id()})
        return (await scene.refusal(hanako.send(again)))[0] == "member_inactive"

    assert await eventually(barred)


async def test_a_board_is_read_page_by_page_newest_first(scene: Any) -> None:
    ids = [new_id() for _ in range(5)]
    for id in ids:
        await scene.leads(contract.AttachOutput(output_id=id, community_id="c1", details=SLIDES))
    taro, found, after = await scene.as_("taro"), [], None
    while True:
        page = await taro.ask(contract.Board(community_id="c1", limit=2, after=after))
        found += [one.output_id for one in page.outputs]
        after = page.next
        if after is None:
            break
    assert found == ids[::-1]
