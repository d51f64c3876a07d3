"""Whatever is wrong with a command or a question: a clear no within a second, and nothing else happens."""

import asyncio
import json
import time
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from ekkyo.broker import Limits
from ekkyo.contracts.base import Problem, owner_of
from ekkyo.testing.keys import Keys

from tests.abuse.asks import ONE_OF_EACH, OPERATIONS
from tests.abuse.badly import (
    HUGE,
    INTO_A_HEADER,
    MARK,
    Wrong,
    changed,
    places,
    taken,
    text,
    wholly,
    with_control_characters,
    with_wrong_fields,
)
from tests.abuse.playing import asker
from tests.abuse.world import SYSTEM, World

AT_ONCE = 4
TOO_LARGE = Limits().request_size + 1
"""Bytes. Not more than that: each command and question is sent a dozen of them."""
SEVERAL_LINES = {"description", "objective", "who", "what", "how", "rules", "reason", "note", "message"}
"""Texts that may have several lines."""
TIDIED = {"answers", "code"}
"""What was answered is taken, on one line: tests/surveys. A code is compared, and goes nowhere."""
EVERYBODY = {"self": ("m1",), "leader": ("l1", "leader:c1"), "steward": ("s1", "steward"), "system": SYSTEM}
MAKES = {"members.found_community", "members.register", "members.import", "events.draft", "surveys.open"}
MAKES |= {f"surveys.{do}" for do in ("merge_themes", "split_theme", "add_term", "remove_words", "ignore_words")}
MAKES |= {"notify.begin_sign_in", "events.duplicate", "events.plan_series"}
MAKES |= {"surveys.save_template", "surveys.plan_pulse"}
MAKES |= {"members.provision"}
"""What is done to an id that nobody knows yet: it is made."""
LISTS = {"members.find", "events.list", "events.figures", "surveys.pending", "surveys.list", "surveys.themes"}
LISTS |= {"events.calendar", "events.mine", "surveys.mine", "surveys.preview", "members.cards", "members.communities"}
LISTS |= {"members.colleagues", "surveys.vocabulary", "members.skills", "members.teachers"}
LISTS |= {"members.sponsors", "notify.releases"}
LISTS |= {"members.provisioned"}
LISTS |= {"events.counts", "surveys.counts"}
LISTS |= {"surveys.trend", "surveys.compare", "surveys.pulses", "events.hosted"}
LISTS |= {"surveys.suits", "members.followed_themes"}
LISTS |= {"surveys.held", "events.held", "notify.held"}
LISTS |= {
    "events.board",
    "events.proposed_outputs",
    "members.erasures",
    "members.crossings",
    "notify.deliveries",
    "notify.status",
    "events.preview_series",
    "surveys.templates",
}
"""What is told of an id that nobody knows: nothing, none, zero."""
TWO = {"members.merge", "members.merge_preview"}
"""Names two, which must not be the same one: tests/members/test_merging.py."""
SECRETS = {"notify.finish_sign_in"}
"""Does not say whether there was an attempt to sign in."""
CONNECTS = {"notify.connect_channel", "notify.channel", "notify.try_channel", "notify.disconnect_channel"}
"""Needs nobody to be known: notify works without the members service."""


class Asked:
    """A reply, and what is the same for all of them that say no."""

    def __init__(self, what: str, reply: Any) -> None:
        self.what = what
        self.text = reply.data.decode() + str(dict(reply.headers or {}))
        self.headers = dict(reply.headers or {})
        assert "Nats-Service-Error-Code" in self.headers, f"{what}: was answered: {self.text[:300]}"
        self.problem = Problem.model_validate_json(reply.data)
        assert self.headers["Nats-Service-Error-Code"] == str(self.problem.status)
        assert set(self.headers) == {"Nats-Service-Error", "Nats-Service-Error-Code", "Content-Type"}, self.what
        assert len(reply.data) < 20_000, self.what

    @property
    def no(self) -> tuple[int, str]:
        return self.problem.status, self.problem.code

    @property
    def fields(self) -> set[str]:
        return {error.field.split(".")[0] for error in self.problem.errors}


async def ask_all(world: World, subject: str, wrong: Iterable[Wrong], headers: dict[str, str]) -> list[Asked]:
    """Ask some at a time. One that takes a second is asked again by itself, since it may have waited for the machine:
    then it counts how long its service worked."""
    room, service = asyncio.Semaphore(AT_ONCE), subject.split(".")[2]

    async def one(wrong: Wrong) -> tuple[Wrong, Asked, float]:
        async with room:
            began = time.monotonic()
            asked = Asked(wrong.what, await world.request(subject, wrong.body, headers))
            return wrong, asked, time.monotonic() - began

    answered = await asyncio.gather(*(one(w) for w in wrong))
    for slow in (w for w, _, took in answered if took >= 1):
        spent = world.processor_time(service)
        await world.request(subject, slow.body, headers)
        assert world.processor_time(service) - spent < 1, slow.what
    return [asked for _, asked, _ in answered]


@pytest.fixture(scope="module", params=OPERATIONS)
def operation(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def quiet(world: World) -> list[Any]:
    """All there is, since the world came to rest."""
    return [world.at_rest()]


@pytest.fixture(scope="module")
def unharmed(world: World, quiet: list[Any], operation: str) -> Iterator[World]:
    """After all that was wrong with one operation, the same process is ready, and nothing was stored, told or logged.

    To look at all there is costs more than what was asked.
    """
    service = owner_of(OPERATIONS[operation])
    logged = world.log(service).read_bytes()
    yield world
    assert world.ready(service)
    if (now := world.everything()) != quiet[0]:
        before, quiet[0] = quiet[0], world.at_rest()
        assert world.only_time_passed(before, now), f"something was stored or told: {differences(before, now)}"
    assert world.log(service).read_bytes() == logged


def differences(before: Any, after: Any) -> list[Any]:
    """The documents that are new or changed, and the streams."""
    (stored, told), (now, now_told) = before, after
    rows = [
        (service, name, row)
        for service, collections in now.items()
        for name, found in collections.items()
        for row in found
        if row not in stored[service].get(name, [])
    ]
    return [rows, told, now_told]


def good(operation: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ONE_OF_EACH[operation].model_dump_json(exclude_none=True))
    return found


def test_what_is_not_as_the_contract_says_is_told_field_by_field(unharmed: World, operation: str) -> None:
    model = OPERATIONS[operation]
    wrong = [*wholly(), *with_wrong_fields(model, good(operation))]
    token = unharmed.token(*SYSTEM)
    for sent, asked in zip(wrong, replies(unharmed, operation, wrong), strict=True):
        assert asked.no == (400, "malformed"), (sent.what, asked.text)
        assert not sent.field or sent.field in asked.fields or "" in asked.fields, (sent.what, asked.text)
        assert not any(part in asked.text for part in (*MARK.split(), token)), (sent.what, asked.text)


def test_nothing_that_breaks_a_header_or_turns_a_text_around_comes_in(unharmed: World, operation: str) -> None:
    wrong = [
        w for name, w in with_control_characters(good(operation)) if not {name, w.field} & (SEVERAL_LINES | TIDIED)
    ]
    for sent, asked in zip(wrong, replies(unharmed, operation, wrong), strict=True):
        assert asked.no == (400, "malformed"), (sent.what, asked.text)
        assert sent.field in asked.fields, (sent.what, asked.text)
        assert not any(bad in asked.text for bad in INTO_A_HEADER.values()), sent.what


def test_what_is_too_large_is_refused_whatever_it_says(unharmed: World, operation: str) -> None:
    large = text({**good(operation), "padding": MARK * (TOO_LARGE // len(MARK) + 1)})
    wrong = [Wrong("large", large), Wrong("nothing, but large", b" " * TOO_LARGE), Wrong("brackets", b"[" * TOO_LARGE)]
    for asked in replies(unharmed, operation, wrong):
        assert asked.no == (400, "too_large")
        assert MARK not in asked.text


def test_nobody_is_answered_without_a_token_that_is_believed(unharmed: World, operation: str, keys: Keys) -> None:
    wrong = [Wrong("good", text(good(operation))), Wrong("bad", b"{"), Wrong("large", b" " * TOO_LARGE)]
    good_one = keys.token("m1", "system", "steward")
    tokens = {
        "": "token_missing",
        "Basic dTpw": "token_missing",
        "Bearer": "token_missing",
        "Bearer x.y.z": "token_invalid",
        f"Bearer {good_one[:-4]}AAAA": "token_invalid",
        f"Bearer {good_one}{'=' * 1000}": "token_invalid",
        f"Bearer {'a' * 50_000}": "token_invalid",
        f"Bearer {keys.token('m1', 'system', ttl=-60)}": "token_expired",
    }
    for authorization, code in tokens.items():
        headers = {"Authorization": authorization} if authorization else {}
        for asked in replies(unharmed, operation, wrong, headers):
            assert asked.no == (401, code)
            assert " " not in authorization or authorization.partition(" ")[2] not in asked.text


def test_the_wrong_role_is_told_so(unharmed: World, operation: str) -> None:
    """Which role may what is a table of its own, in test_who_may; here it is that nothing comes of asking."""
    wrong = [Wrong("good", text(good(operation)))]
    allowed = OPERATIONS[operation].may
    for roles in ((), ("member",), ("leader:c2",), ("System", "steward ", "*", "")):
        if "member" in allowed.roles or ("leader:c2" in roles and "leader" in allowed.roles and not allowed.community):
            continue
        headers = unharmed.headers("stranger", *roles)
        for asked in replies(unharmed, operation, wrong, headers):
            assert asked.no == (403, "not_allowed")


def test_what_nobody_knows_is_not_found(unharmed: World, operation: str) -> None:
    if operation in MAKES | LISTS | CONNECTS | TWO:
        return
    model, sent = OPERATIONS[operation], good(operation)
    for path, value in places(sent):
        if str(path[-1]).endswith("_id") and isinstance(value, str):
            sent = changed(sent, path, "hush-hush")
    assert taken(model, text(sent))
    who = ("hush-hush",) if asker(model) == ("m1",) else asker(model)
    (asked,) = replies(unharmed, operation, [Wrong("unknown", text(sent))], unharmed.headers(*who))
    if operation in SECRETS:
        assert asked.no == (409, "code_expired")
    else:
        assert asked.problem.status == 404
        assert asked.problem.code.endswith("_not_found")
    assert "hush-hush" not in asked.text


def replies(world: World, operation: str, wrong: list[Wrong], headers: dict[str, str] | None = None) -> list[Asked]:
    chosen = world.headers(*asker(OPERATIONS[operation])) if headers is None else headers
    return world.run(ask_all(world, OPERATIONS[operation].subject, wrong, chosen))


def test_all_of_them_were_tried() -> None:
    """So that a table that is empty is noticed."""
    assert len(OPERATIONS) >= 79
    assert HUGE > 2**64
