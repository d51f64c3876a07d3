"""How many requests are admitted: never more than the limits allow, and all of it free again when they have ended."""

from collections.abc import Callable

import pytest
from ekkyo.broker.admission import Admission
from ekkyo.broker.defence import Limits
from ekkyo.contracts.base import Refused
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

LIMITS = Limits(requests=5, per_caller=3, size=20, size_per_caller=10)
CALLERS = ("m1", "m2", "m3")


class ComingAndGoing(RuleBasedStateMachine):
    """Callers who come with requests and leave in any order, against a list of who is inside."""

    def __init__(self) -> None:
        super().__init__()
        self.admission = Admission(LIMITS)
        self.inside: list[tuple[str, int, Callable[[], None]]] = []

    def taken(self, sub: str | None = None) -> tuple[int, int]:
        """How many requests, of how many bytes, are inside: altogether, or of this caller."""
        sizes = [size for who, size, _ in self.inside if sub in (None, who)]
        return len(sizes), sum(sizes)

    @rule(sub=st.sampled_from(CALLERS), size=st.integers(0, 12))
    def comes(self, sub: str, size: int) -> None:
        (all_requests, all_bytes), (requests, length) = self.taken(), self.taken(sub)
        fits = all_requests < LIMITS.requests and all_bytes + size <= LIMITS.size
        if fits and requests < LIMITS.per_caller and length + size <= LIMITS.size_per_caller:
            self.inside.append((sub, size, self.admission.admit(sub, size)))
            return
        with pytest.raises(Refused) as refused:
            self.admission.admit(sub, size)
        assert (refused.value.status, refused.value.code) == (429, "too_many_requests")

    @precondition(lambda self: self.inside)
    @rule(data=st.data())
    def leaves(self, data: st.DataObject) -> None:
        *_, leave = self.inside.pop(data.draw(st.integers(0, len(self.inside) - 1)))
        leave()

    @invariant()
    def nobody_is_remembered_who_has_left(self) -> None:
        assert self.admission.callers == {who for who, _, _ in self.inside}


TestComingAndGoing = ComingAndGoing.TestCase
TestComingAndGoing.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_who_is_refused_takes_up_no_room() -> None:
    admission = Admission(Limits(requests=2, per_caller=1))
    leave = admission.admit("m1", 0)
    for _ in range(5):
        with pytest.raises(Refused):
            admission.admit("m1", 0)
    admission.admit("m2", 0)
    leave()
    admission.admit("m1", 0)
