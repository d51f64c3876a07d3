"""The generated documents are committed, up to date, and what they claim to be."""

import importlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from ekkyo.contracts import COMMANDS, FACTS, OWNERS, QUESTIONS
from ekkyo.docs import flow
from ekkyo.docs.__main__ import main
from ekkyo.docs.asyncapi import asyncapi
from ekkyo.docs.examples import example
from ekkyo.docs.messages import messages
from ekkyo.docs.words import MEMBERS

ROOT = Path(__file__).parents[2]
META = json.loads((Path(__file__).parent / "asyncapi-3.0.0.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """docs/asyncapi.json as it is generated. To be read alone."""
    return asyncapi()


def test_the_committed_documents_are_what_the_contracts_and_services_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--out", str(ROOT / "docs"), "--check"]) == 0, capsys.readouterr().err


def test_a_document_that_drifted_is_named_and_mended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run, flow = _copied(tmp_path), tmp_path / "docs" / "flow.md"
    generated = flow.read_text("utf-8")
    flow.write_text("drawn by hand")
    assert main([*run, "--check"]) == 1
    assert "flow.md" in (told := capsys.readouterr().err)
    assert "make docs" in told
    assert main(run) == 0
    assert flow.read_text("utf-8") == generated


def test_the_generator_does_not_write_over_what_would_break_somebody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, path = _copied(tmp_path), tmp_path / "docs" / "schemas" / "surveys.closed.json"
    published = json.loads(path.read_text("utf-8"))
    published["properties"]["mood"] = {"type": "string"}
    path.write_text(json.dumps(published))
    assert main(run) == 1
    assert "surveys.closed: field `mood` is gone" in (told := capsys.readouterr().err)
    assert "keep it, and add the new one beside it" in told
    assert "mood" in path.read_text("utf-8")


def _copied(folder: Path) -> list[str]:
    """The committed documents in a folder of their own, and the options that generate them there."""
    shutil.copytree(ROOT / "docs", folder / "docs", ignore=shutil.ignore_patterns("*.png"))
    return ["--out", str(folder / "docs"), "--services", str(ROOT / "services")]


def test_asyncapi_is_valid_by_asyncapis_own_schema(document: dict[str, Any]) -> None:
    errors = list(jsonschema_rs.Draft7Validator(META).iter_errors(document))
    assert errors == []


def test_the_schema_of_asyncapi_would_find_a_mistake(document: dict[str, Any]) -> None:
    shouted = {**document["operations"]["events.register"], "action": "shout"}
    with_mistake = {**document, "operations": {"events.register": shouted}}
    assert next(jsonschema_rs.Draft7Validator(META).iter_errors(with_mistake), None)


def test_every_reference_in_asyncapi_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in set(references(document)):
        found: Any = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        assert found


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        here = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return here + [r for value in node.values() for r in references(value)]
    return [r for value in node for r in references(value)] if isinstance(node, list) else []


def test_every_command_and_question_tells_its_reply_its_refusal_and_who_may(document: dict[str, Any]) -> None:
    for message in messages():
        if message.kind not in ("command", "question"):
            continue
        operation = document["operations"][message.name]
        assert operation["action"] == "receive"
        reply = [r["$ref"].rpartition("/")[2] for r in operation["reply"]["messages"]]
        assert reply == ["answer", "refusal"]
        assert "Who may use it: " in operation["description"]
        assert document["channels"][message.name]["address"] == message.model.subject
    headers = document["components"]["schemas"]["RefusalHeaders"]["required"]
    assert headers == ["Nats-Service-Error", "Nats-Service-Error-Code"]


def test_every_message_example_in_asyncapi_fits_its_payload(document: dict[str, Any]) -> None:
    """AsyncAPI's payloads are of draft 7 here; they refer to components of the whole document, which is read once."""
    whole = {"$schema": "http://json-schema.org/draft-07/schema#", **document}
    registry = jsonschema_rs.Registry([("urn:asyncapi", whole)], draft=jsonschema_rs.Draft7)
    for name, message in document["components"]["messages"].items():
        payload = {"$ref": f"urn:asyncapi#/components/messages/{name}/payload"}
        validator = jsonschema_rs.Draft7Validator(payload, registry=registry)
        for shown in message["examples"]:
            assert list(validator.iter_errors(shown["payload"])) == [], name
            wrong = [*shown["payload"]] if isinstance(shown["payload"], dict) else shown["payload"]
            assert not validator.is_valid(wrong), f"{name}: whatever fits"


KIND_OF = {"like": "event_id", "from_event": "event_id", "entity_id": "event_id", "both_attended": "event_id"}
KIND_OF |= {"sponsors": "sponsor_id", "series_change": "change_id"}
KIND_OF |= {"order": "registration_id", "placed": "registration_id"}
KIND_OF |= dict.fromkeys(("communities", "community_ids", "leads", "muted"), "community_id")
PEOPLE = ("member_id", "deputy_id", "leader_id", "kept_id", "absorbed_id", "from_member_id", "teacher_id", "swap_with")
OTHERS = ("asked_by", "author_id", "invited_by", "proposed_by", "released_by", "deputy_of", "loses")
KIND_OF |= dict.fromkeys((*PEOPLE, *OTHERS), "member_id")
"""What a field with an id is of, where its name does not say so."""
IN_ORDER = (
    "opens_at closes_at starts_at ends_at",
    "withdraw_by starts_at",
    "opened_at deadline",
    "merged_at undo_until",
    "asked_at ends_at",
    "since until",
    "starts_on ends_on",
    "erased_at purged_at",
    "planned_at done_at",
    "checked_in_at was",
    "starts_at attached_at",
)
APART = ("confirmed", "waitlisted", "applied", "invited", "no_shows")
"""Lists of members of which one is in one at most."""


def objects(value: Any) -> list[dict[str, Any]]:
    """All objects of an example."""
    if isinstance(value, list):
        return [found for each in value for found in objects(each)]
    return [value, *(found for each in value.values() for found in objects(each))] if isinstance(value, dict) else []


def test_the_examples_are_plausible() -> None:
    kinds: dict[str, set[str]] = {}
    for message in messages():
        for shown in objects(example(message)):
            for field, value in shown.items():
                for id in value if isinstance(value, list) else [value]:
                    if isinstance(id, str) and re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", id):
                        kinds.setdefault(id, set()).add(KIND_OF.get(field, "member_id" if field in MEMBERS else field))
            people = [shown[f] for f in PEOPLE if isinstance(shown.get(f), str)]
            assert len(people) == len(set(people)), message.name
            if shown.get("email"):
                assert "Community" not in (shown.get("name") or ""), message.name
            if shown.get("status") in ("confirmed", "attended", "withdrawn", "declined"):
                assert [shown.get(field) for field in ("position", "waiting_because")] == [None, None], message.name
            if shown.get("status") in ("attached", "sent", "proposed"):
                assert not shown.get("reason"), message.name
            assert not (shown.get("event_id") and shown.get("pulse_id")), message.name
            assert not (shown.get("purged_at") and shown.get("waits_for")), message.name
            if shown.keys() >= {"capacity", "confirmed", "waitlisted"} and shown["waitlisted"]:
                assert shown["confirmed"] == shown["capacity"], message.name
            if shown.keys() >= {"capacity", "confirmed", "attended"}:
                assert shown["confirmed"] + shown["attended"] <= shown["capacity"], message.name
                assert shown["format"] == "hybrid", "so that taking part onsite, online and at tables fits"
            if shown.get("status") in ("proposed", "declined"):
                assert not shown.get("attached_at"), message.name
            lists = [shown[field] for field in APART if isinstance(shown.get(field), list)]
            named = [one for each in lists for one in each if isinstance(one, str)]
            assert len(named) == len(set(named)), f"{message.name}: somebody is here and there"
            assert shown.get("steward", True) or not shown.get("steward_until"), message.name
            if "delivery_id" in shown:
                assert sum(bool(shown.get(to)) for to in ("member_id", "community_id", "sponsor_id")) <= 1, message.name
            if shown.keys() >= {"invited", "answered"} and isinstance(shown["invited"], int):
                assert shown["answered"] <= shown["invited"] <= shown.get("attended", shown["invited"]), message.name
            if shown.keys() >= {"registered", "withdrawn", "no_shows", "walk_ins", "attended"}:
                came = shown["registered"] - shown["withdrawn"] - shown["no_shows"] + shown["walk_ins"]
                assert (came, shown["first_timers"] + shown["returners"]) == (shown["attended"],) * 2, message.name
            if shown.keys() >= {"registrations", "withdrawn", "no_shows", "walk_ins", "attendances"}:
                came = shown["registrations"] - shown["withdrawn"] - shown["no_shows"] + shown["walk_ins"]
                assert came == shown["attendances"] >= shown["people"] >= shown["returners"], message.name
            for fields in IN_ORDER:
                times = [shown[field] for field in fields.split() if shown.get(field)]
                assert times == sorted(set(times)), message.name
            if shown.keys() >= {"active", "communities", "steward_until"}:
                gone = message.name in ("members.merged", "members.deactivated", "members.deactivate.answer")
                assert shown["active"] is not gone, message.name
                assert shown["steward"] is (message.name in ("members.steward_granted", "members.grant_steward.answer"))
        if message.name == "members.merged":
            assert not example(message)["member"]["communities"]
        if message.name == "members.left":
            left = example(message)
            assert left["community_id"] not in [one["community_id"] for one in left["member"]["communities"]]
        if message.name == "surveys.results.answer":
            assert example(message)["survey"]["status"] == "closed"
    assert [found for found in kinds.items() if len(found[1]) > 1] == []


def test_the_flow_shows_every_fact_and_only_reactions_that_are_there() -> None:
    text = flow.flow(ROOT / "services")
    assert all(f"| `{fact.subject.removeprefix('ekkyo.fact.')}` |" in text for fact in FACTS.values())
    assert "events -- " in text
    found = flow.reactions(ROOT / "services")
    assert ("surveys", "open_after_event", ("events.concluded", "events.attended")) in [
        (r.service, r.name, r.hears) for r in found
    ]


def test_the_flow_reads_tuples_stars_and_base_classes(tmp_path: Path) -> None:
    package = tmp_path / "notify" / "ekkyo_notify" / "reactions"
    package.mkdir(parents=True)
    (package / "all.py").write_text(
        "SOME = (SurveyOpened, events.EventPublished)\n"
        '@router.subscriber(**told(*SOME, DeliveryFact, by="notify", name="tell", start="new"))\n'
        "async def tell(fact):\n"
        '    """Tell."""\n'
    )
    [reaction] = flow.reactions(tmp_path)
    deliveries = ("notify.address_refused", "notify.delivered", "notify.failed")
    assert reaction.hears == ("surveys.opened", "events.published", *deliveries)


def test_a_reaction_to_no_fact_of_the_contracts_is_told(tmp_path: Path) -> None:
    package = tmp_path / "notify" / "ekkyo_notify"
    package.mkdir(parents=True)
    (package / "reactions.py").write_text('@on(told(Nonsense, name="x"))\nasync def x(f): ...\n')
    with pytest.raises(ValueError, match="Nonsense"):
        flow.reactions(tmp_path)


def test_no_subject_is_used_twice() -> None:
    subjects = [*COMMANDS, *QUESTIONS, *FACTS]
    assert len(set(subjects)) == len(subjects)


def test_the_reactions_read_from_the_source_are_those_that_the_services_register() -> None:
    for service in OWNERS:
        app = importlib.import_module(f"ekkyo_{service}.app").service
        registered = [r for router in app.routers for r in router.reactions]
        read = [r for r in flow.reactions(ROOT / "services") if r.service == service]
        assert sum(r.timer for r in read) == sum(r.timer is not None for r in registered)
        assert {r.name: set(r.hears) for r in read if not r.timer} == {
            r.name: {subject.removeprefix("ekkyo.fact.").removesuffix(".*") for subject in r.subjects}
            for r in registered
            if r.timer is None
        }
