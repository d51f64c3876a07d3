"""Who may ask what of whom: each command and question of the running services, for each kind of caller and token."""

import asyncio
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from ekkyo.contracts import events, members, notify, surveys
from ekkyo.contracts.base import Problem, Refused
from ekkyo.installation.embedded import MongoServer
from ekkyo.testing.keys import Keys
from ekkyo_common.held import words

from tests.abuse.asks import ONE_OF_EACH, OPERATIONS, profile
from tests.abuse.forging import FORGED, forged
from tests.abuse.playing import play
from tests.abuse.rights import CALLERS, TABLE, WORDS
from tests.abuse.test_malformed import differences
from tests.abuse.world import STEWARD, SYSTEM, World, a_world

SUGGEST: dict[str, Any] = {"community_id": "c1", "choose": 1, "candidates": ["m1"]}
VARIANTS: dict[str, Any] = {
    "members.suggest_leaders, of the company": members.SuggestLeaders(**SUGGEST, weights={"site": 1}),
    "members.suggest_leaders, by gender": members.SuggestLeaders(**SUGGEST, weights={"gender": 1}),
    "members.find, in no community": members.FindMembers(name="越境"),
    "members.erasures, of no community": members.ListErasures(),
    "notify.connect_channel, a community's": notify.ConnectChannel(
        community_id="c1",
        url="https://chat.example.com/hooks/2",  # type: ignore[arg-type]
    ),
    "notify.channel, a community's": notify.GetChannel(community_id="c1"),
    "notify.try_channel, a community's": notify.TryChannel(community_id="c1", try_id="t2"),
    "notify.disconnect_channel, a community's": notify.DisconnectChannel(community_id="c1"),
}
LEAVING = {
    "members.deactivate": members.DeactivateMember(member_id="m8"),
    "members.reactivate": members.ReactivateMember(member_id="m8"),
}
"""Somebody of whom the rest does not tell: who leaves gives their seats back a moment later."""
MESSAGES: dict[str, Any] = {**ONE_OF_EACH, **VARIANTS, **LEAVING}
"""In an order in which all of them work, again and again."""


ANSWERED = {
    "notify.resend": (404, "delivery_not_found"),
    "members.request_introduction": (404, "teacher_not_found"),
    "members.answer_introduction": (404, "introduction_not_found"),
    "members.take_back_introduction": (404, "introduction_not_found"),
    "events.decline_output": (409, "output_not_proposed"),
    "events.preview_series_rule": (409, "series_cancelled"),
    "members.suggest_leaders, by gender": (409, "too_few_for_sensitive"),
    "members.make_calendar_address": (409, "calendar_address_ended"),
}
"""How who may is answered, where it is a refusal: ids of deliveries and of introductions are not known beforehand
(tests/notify, tests/members/test_introductions.py), this output was confirmed (tests/events/test_outputs.py), this
series was cancelled (tests/events/test_series.py), and this address was ended (test_calendar_address.py there)."""


HELD_BY = (members.HeldByMembers, events.HeldByEvents, notify.HeldByNotify, surveys.HeldBySurveys)
UNSEEN = {"events.invite", "events.preview_invitation", "events.invitees"}
"""About an event that only invited members see: leaders of other communities hear that there is none."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, mongo_server: MongoServer, keys: Keys) -> Iterator[World]:
    """A world of their own: here all that may be asked has to work, and fuzzing may have erased whom it is about."""
    with a_world(tmp_path_factory.mktemp("who"), mongo_server, keys) as it:
        play(it)
        yield it


@pytest.fixture(scope="module")
def stands(world: World) -> list[Any]:
    """All there is, since the world came to rest."""
    world.ask(members.RegisterMember(member_id="m8", profile=profile("000008")), *SYSTEM)
    return [world.at_rest()]


@pytest.fixture
def untouched(world: World, stands: list[Any]) -> Iterator[World]:
    """Afterwards nothing was stored or told, but by timers that became due, and the services are ready."""
    yield world
    now = world.everything()
    assert world.only_time_passed(stands[0], now), differences(stands[0], now)
    assert all(world.ready(service) for service in world.processes)


def test_the_table_has_every_operation_and_says_what_the_contract_says() -> None:
    assert set(TABLE) == set(OPERATIONS) | set(VARIANTS)
    for name, operation in OPERATIONS.items():
        told = {"anyone" if role == "member" else role for role in operation.may.roles - {"host"}}  # tests/events
        channels = {f"notify.{name}" for name in ("connect_channel", "channel", "try_channel", "disconnect_channel")}
        own = channels | {"members.join"}  # refused by a rule: leaders do so for nobody but themselves
        of_one = told - {"leader"} if name in own else told
        if name in (
            "members.colleagues",
            "members.teachers",
        ):  # refused by a rule: told to members of the community alone
            of_one = {"self", "leader", "steward", "system"}
        assert set(TABLE[name].replace("leaders", "leader").split()) == of_one, name


HELD = {
    "members.members": "profile",
    "members.members_entries": "steps",
    "members.introductions": "introductions_asked",
    "members.wishes": "introductions_counted",
    "events.people": "known",
    "events.departures": "left",
    "events.events": "speaks",
    "events.events_entries": "places",
    "events.series": "speaks",
    "events.series_entries": "series",
    "events.outputs": "outputs",
    "notify.contacts": "contact",
    "notify.connections": "chat",
    "notify.deliveries": "deliveries",
    "notify.sign_ins": "sign_ins",
    "notify.asked_codes": "codes_asked_for",
    "notify.texts_sent": "replies_sent",
    "notify.releases": "reports_released",
    "surveys.people": "known",
    "surveys.merges": "merged",
    "surveys.surveys_entries": "surveys",
}
"""In which section of its service's answer each collection is told."""
NOT_HELD = {
    "members.sponsors": "a sponsor of this world has this id, and was removed",
    "notify.sponsors": "the same",
    "notify.refused_addresses": "that an address works again is kept as a revision alone",
    "notify.known_events": "a copy of what the events service tells",
    "notify.told": "that a fact about them was told, under the fact's name; the messages themselves are told",
}
"""Collections with the member's id that are not told, and why."""


def test_no_collection_with_a_members_id_is_forgotten_by_what_is_held(world: World) -> None:
    told = {question.subject.split(".")[2]: world.ask(question(member_id="m1"), "m1") for question in HELD_BY}
    sections = {f"{owner}.{section.name}" for owner, answer in told.items() for section in answer.sections}
    assert [answer.next for answer in told.values()] == [None] * 4
    shown = [section for answer in told.values() for section in answer.sections]
    assert {section.name for section in shown} <= words.JA["sections"].keys()
    assert {field for section in shown for row in section.rows for field in row} <= words.JA["fields"].keys()
    stored = world.stored()
    with_id = {
        f"{owner}.{collection}"
        for owner, collections in stored.items()
        for collection, rows in collections.items()
        if re.search(r"\bm1\b", json.dumps(rows, default=str))
    }
    assert with_id - NOT_HELD.keys() <= HELD.keys(), "tell it, or say here why it is not told"
    assert {f"{of.split('.')[0]}.{HELD[of]}" for of in with_id - NOT_HELD.keys()} <= sections


def test_what_is_held_has_no_secret_and_stewards_are_not_told_what_is_the_members_alone(world: World) -> None:
    told = [world.ask(question(member_id="m1"), "m1") for question in HELD_BY]
    stewards = [world.ask(question(member_id="m1"), *STEWARD) for question in HELD_BY]
    (member,) = [row for row in world.stored()["members"]["members"] if row["_id"] == "m1"]
    secrets = [member[name] for name in ("calendar", "known_by", "registered_by") if member.get(name)]
    secrets += [url for row in world.stored()["notify"]["connections"] if (url := row.get("url"))]
    text = "".join(answer.model_dump_json() for answer in told)
    assert secrets
    assert [secret for secret in secrets if secret in text] == []
    of_surveys = next(answer for answer in told if any(section.name == "drafts" for section in answer.sections))
    rows = {section.name: section.rows for section in of_surveys.sections}
    assert {row["survey_id"] for row in rows["drafts"]} == {"s2"}, "s1 is anonymous"
    assert all(not answer.withheld for answer in told)
    assert [set(answer.withheld) & {section.name for section in answer.sections} for answer in stewards] == [set()] * 4
    assert [section.name for section in stewards[-1].sections] == ["known"]


@pytest.mark.parametrize("question", HELD_BY)
def test_of_an_erased_member_nothing_is_held(world: World, question: Any) -> None:
    with pytest.raises(Refused) as refused:
        world.ask(question(member_id="m9"), *STEWARD)
    assert (refused.value.status, refused.value.code) == (404, "member_not_found")


@pytest.mark.parametrize("caller", CALLERS)
def test_who_may_not_is_refused_and_nothing_comes_of_it(untouched: World, caller: str) -> None:
    wishes = {name: message for name, message in MESSAGES.items() if not may(caller, name)}
    headers = untouched.headers(*CALLERS[caller])
    found = untouched.run(ask_all(untouched, wishes, headers))
    unseen = {(404, "event_not_found")}
    for name in UNSEEN & set(found):
        assert found.pop(name) in unseen | {(403, "not_allowed")}
    assert {name: no for name, no in found.items() if no != (403, "not_allowed")} == {}


@pytest.mark.parametrize("caller", CALLERS)
def test_who_may_is_answered(world: World, stands: list[Any], caller: str) -> None:
    headers = world.headers(*CALLERS[caller])
    found: dict[str, Any] = {}
    m1 = {"member_id": "m1", "community_id": "c1"}
    world.ask(members.JoinCommunity(**m1), *SYSTEM)  # others before had them leave
    rules = world.ask(members.GetCommunity(community_id="c1"), *SYSTEM).rules_version
    world.ask(members.AcceptRules(**m1, rules_version=rules), *SYSTEM)
    world.ask(members.GrantRole(**m1), *SYSTEM)
    word = world.ask(events.GetDoorWord(event_id="e1"), *SYSTEM).word
    at_the_door = {"events.check_in": events.CheckIn(event_id="e1", member_id="m1", word=word)}
    for name, message in (MESSAGES | at_the_door).items():
        if may(caller, name):
            found |= world.run(ask_all(world, {name: message}, headers))
    stands[0] = world.at_rest()
    assert {name: no for name, no in found.items() if no != ANSWERED.get(name)} == {}


def may(caller: str, name: str) -> bool:
    return any(caller in WORDS[word] for word in TABLE[name].split())


async def ask_all(world: World, wishes: dict[str, Any], headers: dict[str, str]) -> dict[str, tuple[int, str] | None]:
    """How each was refused; None for an answer."""

    async def one(message: Any) -> tuple[int, str] | None:
        reply = await world.request(message.subject, message.model_dump_json().encode(), headers)
        if "Nats-Service-Error-Code" not in (reply.headers or {}):
            return None
        problem = Problem.model_validate_json(reply.data)
        return problem.status, problem.code

    return dict(zip(wishes, await asyncio.gather(*map(one, wishes.values())), strict=True))


# Tokens that are not to be believed


@pytest.mark.parametrize("what", FORGED)
def test_a_token_that_is_not_to_be_believed_is_refused_and_nothing_comes_of_it(
    untouched: World, keys: Keys, what: str
) -> None:
    headers = {"Authorization": f"Bearer {forged(keys, FORGED[what])}"}
    found = untouched.run(ask_all(untouched, MESSAGES, headers))
    code = "token_expired" if what == "expired" else "token_invalid"
    assert {name: no for name, no in found.items() if no != (401, code)} == {}


def test_the_same_token_as_agreed_is_believed(world: World, keys: Keys) -> None:
    """So that it is what is wrong with the others that they are refused for."""
    headers = {"Authorization": f"Bearer {forged(keys, {})}"}
    wish = {"events.get": MESSAGES["events.get"]}
    assert world.run(ask_all(world, wish, headers)) == {"events.get": None}
