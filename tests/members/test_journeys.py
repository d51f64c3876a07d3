"""Journeys, whatever the order in which things are told and however often."""

from collections import Counter
from typing import Any

import pytest
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import OutputState
from ekkyo.decision import Decision, EntriesInMemory
from ekkyo_members import model
from hypothesis import given
from hypothesis import strategies as st

from tests.members.people import NOW, member

TELLINGS = st.lists(
    st.tuples(
        st.sampled_from(["attended", "taught", "shared", "carried_outside"]),
        st.sampled_from(["e1", "e2", "e3", "e4"]),
    ),
    max_size=30,
)
COMMUNITY_OF = {"e1": "c1", "e2": "c1", "e3": "c2", "e4": "c2"}


class Told:
    """A member who is told things, with everything that was announced."""

    def __init__(self) -> None:
        self.member = member(communities=("c1", "c2"))
        self.steps: EntriesInMemory[model.Step] = EntriesInMemory()
        self.facts: list[Any] = []

    def take(self, decision: Decision[model.Member, Any]) -> Any:
        self.member = decision.document
        for step in decision.entries:
            assert isinstance(step, model.Step)
            self.steps.items[step.key] = step
        self.facts.extend(decision.facts)
        return decision.answer

    def tell(self, what: str, id: str, revision: int = 1) -> Any:
        place = COMMUNITY_OF[id]
        if what in ("attended", "undone"):
            proof = f"fact-{id}" if revision == 1 else f"fact-{id}-{revision}"
            heard = {"event_id": id, "community_id": place, "proof": proof, "at": NOW, "revision": revision}
            counted = model.attended if what == "attended" else model.did_not_attend
            return self.take(counted(self.member, self.steps, **heard))
        if what == "taught":
            return self.take(model.taught(self.member, community_id=place, proof=f"fact-{id}", at=NOW))
        return self.take(model.record_contribution(self.member, self.steps, contribution(id, what), now=NOW))


def contribution(id: str, kind: str, **other: Any) -> contract.RecordContribution:
    known = {
        "contribution_id": f"{kind}-{id}",
        "community_id": COMMUNITY_OF.get(id, "c1"),
        "kind": kind,
        "title": "Macros",
    }
    return contract.RecordContribution.model_validate({"member_id": "m1", **known, **other})


def reached(told: Told) -> set[tuple[str, str]]:
    return {(c.community_id, c.crossing) for c in told.member.crossings}


@given(TELLINGS, st.randoms(use_true_random=False))
def test_a_journey_is_the_same_in_any_order_and_however_often_it_is_told(tellings: Any, random: Any) -> None:
    once, often = Told(), Told()
    for telling in dict.fromkeys(tellings):
        once.tell(*telling)
    shuffled = [*tellings, *tellings]
    random.shuffle(shuffled)
    for telling in shuffled:
        often.tell(*telling)
    assert reached(once) == reached(often)
    assert once.member.attended == often.member.attended == len({e for what, e in tellings if what == "attended"})
    for told in (once, often):
        crossed = [(f.community_id, f.crossing) for f in told.facts if isinstance(f, contract.MemberCrossed)]
        assert sorted(crossed) == sorted(reached(told)), "each crossing is announced exactly once"
        contributions = [f.contribution_id for f in told.facts if isinstance(f, contract.ContributionRecorded)]
        assert len(contributions) == len(set(contributions))


ATTENDANCES = st.dictionaries(st.sampled_from(sorted(COMMUNITY_OF)), st.integers(0, 5), max_size=4)
"""By event: how often they were checked in and undone, one after the other."""


@given(ATTENDANCES, st.randoms(use_true_random=False))
def test_what_was_undone_counts_no_more_in_whatever_order_and_however_often_it_is_told(
    attendances: dict[str, int], random: Any
) -> None:
    told = Told()
    tellings = [(id, n) for id, times in attendances.items() for n in range(1, times + 1)] * 2
    random.shuffle(tellings)
    for id, revision in tellings:
        told.tell("attended" if revision % 2 else "undone", id, revision)
    came = {id for id, times in attendances.items() if times % 2}
    assert told.member.attended == len(came)
    assert reached(told) == {(COMMUNITY_OF[id], "took_part") for id in came}
    announced: dict[tuple[str, str], Any] = {}
    for fact in told.facts:
        crossing = (fact.community_id, fact.crossing)
        assert (crossing in announced) != isinstance(fact, contract.MemberCrossed)
        if isinstance(fact, contract.CrossingUndone):
            del announced[crossing]
        else:
            announced[crossing] = fact.reached_at
    held = {(c.community_id, c.crossing): c.reached_at for c in told.member.crossings}
    assert announced == held, "who follows the facts ends with the same"
    proofs = {s.proof for s in told.steps.items.values() if not s.undone}
    assert {c.proof for c in told.member.crossings} <= proofs


@given(TELLINGS)
def test_every_crossing_has_a_proof_that_was_told(tellings: Any) -> None:
    told = Told()
    for telling in tellings:
        told.tell(*telling)
    announced = {(f.community_id, f.crossing, f.proof) for f in told.facts if isinstance(f, contract.MemberCrossed)}
    assert {(c.community_id, c.crossing, c.proof) for c in told.member.crossings} == announced


def test_the_first_event_in_a_community_is_a_crossing_and_the_second_is_not() -> None:
    told = Told()
    told.tell("attended", "e1")
    told.tell("attended", "e2")
    told.tell("attended", "e3")
    assert [(f.community_id, f.crossing, f.proof) for f in told.facts] == [
        ("c1", "took_part", "fact-e1"),
        ("c2", "took_part", "fact-e3"),
    ]
    assert told.member.attended == 3


def test_a_contribution_is_announced_before_the_crossing_it_is() -> None:
    told = Told()
    answer = told.tell("shared", "e1")
    assert [type(f) for f in told.facts] == [contract.ContributionRecorded, contract.MemberCrossed]
    assert [(c.crossing, c.proof) for c in answer.crossings] == [("shared", "shared-e1")]


def test_contributing_is_for_members_of_the_community() -> None:
    with pytest.raises(Refused, match="not_a_member"):
        model.record_contribution(member(), EntriesInMemory(), contribution("e1", "shared"), now=NOW)


OUTPUTS = st.lists(
    st.tuples(
        st.sampled_from(["o1", "o2", "o3"]),
        st.sampled_from(["attached", "removed"]),
        st.booleans(),
        st.sampled_from(["slides", "talk_outside"]),
    ),
    max_size=8,
)
"""Changes of outputs in the order in which they are made: which, what became of it, whether m1 made it, what it is."""


@given(OUTPUTS, st.randoms(use_true_random=False))
def test_outputs_count_for_their_authors_as_they_are_at_last_in_whatever_order_they_are_told(
    changes: Any, random: Any
) -> None:
    told, last, revisions = Told(), {}, {}
    facts = []
    for id, status, mine, kind in changes:
        revisions[id] = revisions.get(id, 0) + 1
        authors = ["m1"] if mine else ["m2"]
        made = {"output_id": id, "authors": authors, "status": status, "revision": revisions[id]}
        output = OutputState(community_id="c1", kind=kind, title="x", **made)
        last[id] = output
        facts.append(output)
    shuffled = [*facts, *facts]
    random.shuffle(shuffled)
    for output in shuffled:
        told.take(model.credited(told.member, told.steps, output, at=NOW))
    counts = [o for o in last.values() if o.status == "attached" and o.authors == ["m1"]]
    kinds = {"carried_outside" if o.kind == "talk_outside" else "shared" for o in counts}
    assert reached(told) == {("c1", kind) for kind in kinds}
    recorded = Counter(f.contribution_id for f in told.facts if isinstance(f, contract.ContributionRecorded))
    recorded.subtract(f.contribution_id for f in told.facts if isinstance(f, contract.ContributionUndone))
    assert {id for id, n in recorded.items() if n} == {o.output_id for o in counts}
    assert all(n in (0, 1) for n in recorded.values())
