"""Every message of the contracts says what it is, by whom it may be used, and shows itself in an example."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema_rs
import pytest
from ekkyo import wire
from ekkyo.contracts.base import Zone, name_of
from ekkyo.docs.examples import example
from ekkyo.docs.generate import sample
from ekkyo.docs.messages import Message, messages
from pydantic import TypeAdapter, ValidationError

Test = Callable[[Message], None]


def each(*kinds: str) -> Callable[[Test], Callable[[], None]]:
    """One test for all messages of these kinds, of which there are hundreds; the one it fails for is named."""

    def of(test: Test) -> Callable[[], None]:
        def test_of_all() -> None:
            tried = [message for message in messages() if message.kind in kinds]
            assert len(tried) > 20
            for message in tried:
                try:
                    test(message)
                except BaseException as e:
                    e.add_note(f"with {message.kind} {message.name}")
                    raise

        test_of_all.__doc__ = test.__doc__
        return test_of_all

    return of


every = each("command", "question", "fact", "answer")
asked = each("command", "question")


@every
def test_a_message_is_described_in_a_sentence_of_its_own(message: Message) -> None:
    assert message.summary.endswith(".")
    assert message.model.__doc__ != message.model.__mro__[1].__doc__


@every
def test_its_example_is_valid_by_its_class_and_by_its_schema(message: Message) -> None:
    data = example(message)
    message.model.model_validate(data)
    jsonschema_rs.Draft202012Validator(message.schema(), validate_formats=True).validate(data)


@every
def test_the_fields_of_its_example_fit_each_other(message: Message) -> None:
    for found in _objects(example(message)):
        assert found.get("format") != "online" or not found.get("place"), "an online event is at no place"
        if "name" in found and "community_id" in found and not found.keys() & {"member_id", "member_ids", "email"}:
            assert found["name"] == "IT Users' Community", "a community has no person's name"
        if "delivery_id" in found and "status" in found:
            assert bool(found["reason"]) == (found["status"] == "failed"), "what was sent has not failed for a reason"


def _objects(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inside in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(inside)


@every
def test_its_schema_is_a_schema_with_a_name_that_stays(message: Message) -> None:
    schema = message.schema()
    jsonschema_rs.meta.validate(schema)
    assert schema["$id"] == f"urn:ekkyo:schema:{message.name}"


@asked
def test_a_command_or_question_says_who_may_use_it(message: Message) -> None:
    may = message.model.may
    assert message.roles
    if "self" in may.roles:
        assert may.who in message.model.model_fields
    if may.community:
        assert may.community in message.model.model_fields


@asked
def test_a_command_or_question_with_an_unknown_field_is_refused(message: Message) -> None:
    with pytest.raises(ValueError, match="extra_forbidden"):
        message.model.model_validate({**example(message), "no_such_field": 1})


@each("fact", "answer")
def test_a_fact_or_answer_with_a_field_of_tomorrow_is_read(message: Message) -> None:
    read = message.model.model_validate({**example(message), "field_of_tomorrow": 1})
    assert "field_of_tomorrow" not in read.model_dump()


@each("fact")
def test_a_fact_is_the_same_after_its_journey_over_the_wire(fact: Message) -> None:
    told = sample(fact)
    read = wire.read_fact(told["subject"], told["headers"], json.dumps(told["data"], ensure_ascii=False).encode())
    assert read.model_dump() == fact.model.model_validate(example(fact)).model_dump()
    assert (read.meta.type, name_of(type(read))) == (f"ekkyo.{fact.name}", fact.name)
    assert told["headers"]["ce-dataschema"] == fact.urn


@pytest.mark.parametrize(
    ("name", "is_zone"),
    [(name, True) for name in ("Asia/Tokyo", "Europe/Berlin", "UTC", "Etc/GMT+9", "EST5EDT")]
    + [(name, False) for name in ("localtime", "posixrules", "Factory", "posix/Asia/Tokyo", "right/UTC", "leapseconds")]
    + [(name, False) for name in ("", "/etc/localtime", "../localtime", "Asia", "Mars/Olympus", "tzdata.zi")],
)
def test_a_zone_is_one_of_ianas_and_no_file_of_one_machine(name: str, is_zone: bool) -> None:
    zone = TypeAdapter(Zone)
    if is_zone:
        assert zone.validate_python(name) == name
    else:
        with pytest.raises(ValidationError, match="IANA"):
            zone.validate_python(name)
