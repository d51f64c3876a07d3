"""Whatever is sent to whichever command or question: an answer as its model says, or a refusal; no 500, no silence."""

from typing import Any

import pytest
from ekkyo.contracts.base import Problem
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.abuse.asks import OPERATIONS
from tests.abuse.strategies import bodies
from tests.abuse.world import SYSTEM, World
from tests.refusing import must_be_listed

ANYBODY = st.sampled_from([SYSTEM, SYSTEM, ("s1", "steward"), ("l1", "leader:c1"), ("m1",), ("nobody", "leader")])
REFUSED = {400, 401, 403, 404, 409}
"""With servers that run, and one request at a time, there is no 429 and no 503."""

WAITED_FOR = ("not yet: the member is not registered", "not yet: a member is not known yet")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_reply_is_an_answer_or_a_refusal(world: World, operation: str) -> None:
    model = OPERATIONS[operation]

    @settings(settings.get_profile("abuse"))
    @given(body=bodies(model), who=ANYBODY)
    def try_it(body: bytes, who: tuple[str, ...]) -> None:
        reply = world.run(world.request(model.subject, body, world.headers(*who)))
        said = reply_of(model, reply)
        assert not isinstance(said, Problem) or said.status in REFUSED, said

    try_it()


def test_afterwards_all_services_are_the_same_and_ready(world: World) -> None:
    """What was taken is settled and heard by everybody, and no reaction gave up over it.

    But over members that nobody registered: events take whoever a system says has a place or came, and others wait for
    them in vain.
    """
    assert all(world.ready(service) for service in world.processes)
    world.at_rest()
    known = {row["_id"] for row in world.stored()["members"]["members"]}

    def in_vain(letter: dict[str, str], fact: Any) -> bool:
        of_places = letter["ce-type"] == "ekkyo.events.attended" or ".registration_" in letter["ce-type"]
        return letter["Ekkyo-Error"] in WAITED_FOR and of_places and fact["member_id"] not in known

    assert [dead for dead in world.run(world.dead()) if not in_vain(*dead)] == []


def reply_of(model: Any, reply: Any) -> Any:
    """The answer or the problem in a reply; the test fails on anything else."""
    headers = dict(reply.headers or {})
    if "Nats-Service-Error-Code" not in headers:
        assert headers == {"Content-Type": "application/json"}
        return model.answer_type().model_validate_json(reply.data)
    problem = Problem.model_validate_json(reply.data)
    assert headers["Nats-Service-Error-Code"] == str(problem.status)
    must_be_listed(model, problem.code)
    assert headers["Nats-Service-Error"].isascii()
    assert headers["Nats-Service-Error"].isprintable()
    return problem
