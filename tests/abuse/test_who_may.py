"""Who may ask what of whom: each command and question of the running services, for each kind of caller and token."""

import asyncio
import base64
import hmac
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from ekkyo.contracts import events, members, notify, surveys
from ekkyo.contracts.base import Problem, Refused
from ekkyo.installation.embedded import MongoServer
from ekkyo.testing.keys import Keys
from ekkyo.wire.tokens import make_keys
from ekkyo_portal.look.words import held as words

from tests.abuse.asks import ONE_OF_EACH, OPERATIONS, play, profile
from tests.abuse.world import STEWARD, SYSTEM, World, a_world

CALLERS: dict[str, tuple[str, ...]] = {
    "self": ("m1",),
    "another": ("m2", "member"),
    "leader": ("l1", "leader:c1"),
    "leader elsewhere": ("l2", "leader:c2"),
    "leader of nothing": ("l3", "leader", "self", "leader:", "leader:*"),
    "steward": ("s1", "steward"),
    "system": ("portal", "system"),
    "portal": ("portal", "portal"),
}
"""The subject and the roles. All is about the member m1 and the community c1."""
WORDS: dict[str, set[str]] = {
    "anyone": set(CALLERS),
    "self": {"self"},
    "leader": {"leader"},
    "steward": {"steward"},
    "system": {"system"},
    "portal": {"portal"},
    "leaders": {"leader", "leader elsewhere", "leader of nothing"},
}
"""What the table says for which callers. Whoever is not meant is refused. Leaders: of whichever communities."""

TABLE = {
    "members.found_community": "steward system",
    "members.revise_charter": "leader steward system",
    "members.register": "steward system",
    "members.import": "steward system",
    "members.change_profile": "steward system",
    "members.set_preferences": "self steward system",
    "members.choose_messages": "self steward",
    "members.describe_skills": "self",
    "members.skills": "anyone",
    "members.follow_theme": "self",
    "members.followed_themes": "leader steward system",
    "surveys.suits": "leader steward system",
    "members.rules_versions": "anyone",
    "members.rules_acceptances": "leader steward system",
    "members.teachers": "self leader steward system",
    "members.request_introduction": "self",
    "members.answer_introduction": "self",
    "members.take_back_introduction": "self",
    "members.introductions": "self",
    "members.sign_out_everywhere": "self steward",
    "members.make_calendar_address": "self",
    "members.end_calendar_address": "self steward",
    "members.calendar_address": "self steward",
    "members.grant_steward": "steward system",
    "members.revoke_steward": "steward system",
    "members.provision": "system",
    "members.deprovision": "system",
    "members.provisioned": "system",
    "members.invite": "leader steward system",
    "members.decline": "self",
    "members.join": "self steward system",
    "members.leave": "self steward system",
    "members.accept_rules": "self system",
    "members.grant_role": "steward system",
    "members.revoke_role": "steward system",
    "events.name_host": "leader steward system",
    "events.remove_host": "self leader steward system",
    "events.hosted": "self steward system",
    "members.name_deputy": "self steward",
    "members.end_deputy": "self steward",
    "members.record_contribution": "self leader steward system",
    "members.get": "self leader steward system",
    "members.find": "leader steward system",
    "members.find, in no community": "steward system",
    "members.suggest_leaders": "leader steward system",
    "members.suggest_leaders, of the company": "steward system",
    "members.suggest_leaders, by gender": "steward system",
    "members.community": "anyone",
    "members.revise_community": "leader steward system",
    "members.add_sponsor": "leader steward system",
    "members.remove_sponsor": "self leader steward system",
    "members.sponsors": "leader steward system",
    "members.logo": "anyone",
    "members.report_measure": "leader steward system",
    "members.measures": "anyone",
    "events.counts": "anyone",
    "surveys.counts": "anyone",
    "members.communities": "anyone",
    "members.cards": "anyone",
    "members.colleagues": "self leader steward system",
    "members.identify": "portal",
    "members.journey": "self leader steward system",
    "members.merge_preview": "steward system",
    "members.merge": "steward system",
    "members.merges": "steward system",
    "members.undo_merge": "steward system",
    "members.change_number": "steward system",
    "members.deactivate": "steward system",
    "members.reactivate": "steward system",
    "members.erase": "steward system",
    "members.erasure": "steward system",
    "members.erasures": "leader steward system",
    "members.erasures, of no community": "steward system",
    "members.crossings": "leader steward system",
    "events.draft": "leader steward system",
    "events.publish": "leader steward system",
    "events.revise": "leader steward system",
    "events.reschedule": "leader steward system",
    "events.set_terms": "leader steward system",
    "events.invite": "leader steward system",
    "events.uninvite": "leader steward system",
    "events.preview_invitation": "leader steward system",
    "events.invitees": "leader steward system",
    "events.approve": "leader steward system",
    "events.decline": "leader steward system",
    "events.cancel": "leader steward system",
    "events.conclude": "leader steward system",
    "events.register": "self leader steward system",
    "events.register_group": "self leader steward system",
    "events.change_attend": "self leader steward system",
    "events.withdraw": "self leader steward system",
    "events.check_in": "self leader steward system",
    "events.undo_check_in": "self leader steward system",
    "events.door_word": "leader steward system",
    "events.import_attendance": "leader steward system",
    "events.seat_tables": "leader steward system",
    "events.move_seat": "leader steward system",
    "events.tables": "leader steward system",
    "events.my_table": "self leader steward system",
    "events.set_questions": "leader steward system",
    "events.answer_questions": "self leader steward system",
    "events.registration_form": "anyone",
    "events.answers": "self leader steward",
    "events.get": "anyone",
    "events.list": "anyone",
    "events.roster": "leader steward system",
    "events.my_registration": "self leader steward system",
    "events.calendar": "self steward system",
    "events.mine": "self steward system",
    "events.figures": "leader steward system",
    "events.overbooking_advice": "leader steward system",
    "events.duplicate": "leader steward system",
    "events.plan_series": "leader steward system",
    "events.revise_series": "leader steward system",
    "events.reschedule_series": "leader steward system",
    "events.change_series_rule": "leader steward system",
    "events.cancel_series": "leader steward system",
    "events.register_series": "self leader steward system",
    "events.withdraw_series": "self leader steward system",
    "events.preview_series": "leaders steward system",
    "events.preview_series_rule": "leader steward system",
    "events.series": "anyone",
    "events.attach_output": "self leader steward system",
    "events.confirm_output": "leader steward system",
    "events.revise_output": "leader steward system",
    "events.decline_output": "leader steward system",
    "events.remove_output": "self leader steward system",
    "events.output": "anyone",
    "events.board": "anyone",
    "events.proposed_outputs": "leader steward system",
    "notify.send_report": "leader steward",
    "notify.preview_report": "leader steward",
    "notify.releases": "leader steward",
    "surveys.open": "leader steward system",
    "surveys.answer": "self",
    "surveys.save_draft": "self",
    "surveys.save_template": "leader steward system",
    "surveys.templates": "leader steward system",
    "surveys.close": "leader steward system",
    "surveys.form": "self leader steward system",
    "surveys.pending": "self steward system",
    "surveys.mine": "self system",
    "surveys.held": "self steward",
    "events.held": "self steward",
    "notify.held": "self steward",
    "members.held": "self steward",
    "surveys.preview": "leaders steward system",
    "surveys.list": "leader steward system",
    "surveys.results": "leader steward system",
    "surveys.themes": "anyone",
    "surveys.merge_themes": "leader steward system",
    "surveys.split_theme": "leader steward system",
    "surveys.add_term": "leader steward system",
    "surveys.remove_words": "leader steward system",
    "surveys.ignore_words": "leader steward system",
    "surveys.vocabulary": "leader steward system",
    "surveys.trend": "leader steward system",
    "surveys.compare": "steward system",
    "surveys.plan_pulse": "leader steward system",
    "surveys.end_pulse": "leader steward system",
    "surveys.pulses": "leader steward system",
    "notify.connect_channel": "self steward system",
    "notify.connect_channel, a community's": "leader steward system",
    "notify.channel": "self steward system",
    "notify.channel, a community's": "leader steward system",
    "notify.try_channel": "self steward system",
    "notify.try_channel, a community's": "leader steward system",
    "notify.disconnect_channel": "self steward system",
    "notify.disconnect_channel, a community's": "leader steward system",
    "notify.begin_sign_in": "portal",
    "notify.finish_sign_in": "portal",
    "notify.resend": "self steward system",
    "notify.deliveries": "self steward system",
    "notify.status": "steward system",
}
"""As the contracts have it, and the decisions behind them: a leader is one of the community that it is about."""
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
    """Afterwards nothing was stored or told, and the services are ready."""
    yield world
    assert world.everything() == stands[0]
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

NOW = int(time.time())
CLAIMS: dict[str, Any] = {"sub": "m1", "roles": ["system", "steward"], "aud": "ekkyo", "exp": NOW + 3600}
FORGED = {
    "for another audience": {"aud": "payroll"},
    "for nobody": {"aud": None},
    "expired": {"exp": NOW - 60},
    "that never expires": {"exp": None},
    "that is not valid yet": {"nbf": NOW + 3600},
    "of a mail address": {"sub": "taro@example.com"},
    "of nobody": {"sub": None},
    "whose roles are no list": {"roles": "system"},
    "whose roles are no words": {"roles": [1]},
    "without a key's name": {"kid": None},
    "with an unknown key's name": {"kid": "another"},
    "signed by an unknown key": {"key": "another"},
    "signed by an unknown key that it brings along": {"key": "another", "jwk": True},
    "signed with the public key as a secret": {"alg": "HS256"},
    "unsigned": {"alg": "none"},
    "unsigned, in other letters": {"alg": "nOnE"},
    "unsigned, as if it were signed": {"alg": "EdDSA", "key": None},
}
"""Claims and what is in the header, where they are not as agreed; None: missing."""


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


def forged(keys: Keys, odd: dict[str, Any]) -> str:
    """A token in which these things are odd."""
    stranger, strangers = make_keys()
    public = json.loads(keys.jwks_file.read_text())["keys"][0]
    claims = {name: odd.get(name, value) for name, value in {**CLAIMS, "nbf": None}.items()}
    claims = {name: value for name, value in claims.items() if value is not None}
    header = {"alg": odd.get("alg", "EdDSA"), "typ": "JWT", "kid": odd.get("kid", keys.private["kid"])}
    header |= {"jwk": strangers["keys"][0]} if "jwk" in odd else {}
    header = {name: value for name, value in header.items() if value is not None}
    said = f"{part(header)}.{part(claims)}"
    if header["alg"] == "HS256":
        secret = base64.urlsafe_b64decode(public["x"] + "=")
        signature = hmac.digest(secret, said.encode(), "sha256")
    elif header["alg"] != "EdDSA" or odd.get("key", "ours") is None:
        signature = b""
    else:
        signer = jwt.PyJWK(stranger if "key" in odd else keys.private, "EdDSA").key
        signature = signer.sign(said.encode())
    return f"{said}.{base64url(signature)}"


def part(value: dict[str, Any]) -> str:
    return base64url(json.dumps(value).encode())


def base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
