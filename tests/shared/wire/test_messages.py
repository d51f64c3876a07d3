"""Messages as they travel, without a server."""

import json
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from ekkyo import wire
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import EventPublished, EventState, Registration, RegistrationWithdrawn
from ekkyo.decision import Timer
from ekkyo.wire import trace
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError, field_validator

NOW = datetime(2026, 4, 1, 3, 0, 0, 123_000, tzinfo=UTC)
STATE = EventState(
    event_id="e-1",
    community_id="c-1",
    title="もくもく会",
    format="online",
    context="IT",
    capacity=5,
    starts_at=NOW,
    ends_at=NOW,
    timezone="Asia/Tokyo",
    status="published",
)
FACT = EventPublished(event_id="e-1", event=STATE)


def message(actor: str | None = "m-1", traceparent: str | None = None) -> wire.OutMessage:
    return wire.fact_message(FACT, owner="events", revision=3, n=1, time=NOW, actor=actor, traceparent=traceparent)


def test_a_fact_is_a_cloudevent_in_binary_mode() -> None:
    out = message(traceparent=f"00-{'ab' * 16}-{'cd' * 8}-01")
    assert out.subject == "ekkyo.fact.events.published.e-1"
    assert out.headers == {
        "ce-specversion": "1.0",
        "ce-id": "events/e-1/3/1",
        "ce-source": "/ekkyo/events",
        "ce-type": "ekkyo.events.published",
        "ce-subject": "e-1",
        "ce-time": "2026-04-01T03:00:00.123Z",
        "ce-dataschema": "urn:ekkyo:schema:events.published",
        "ce-datacontenttype": "application/json",
        "ce-revision": "3",
        "ce-actor": "m-1",
        "Nats-Msg-Id": "events/e-1/3/1",
        "traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01",
    }
    assert json.loads(out.body)["event"]["title"] == "もくもく会"


def test_a_fact_reads_as_it_was_told_whatever_the_case_of_its_headers() -> None:
    out = message()
    fact = wire.read_fact(out.subject, {k.upper(): v for k, v in out.headers.items()}, out.body, 7)
    assert fact.model_dump() == FACT.model_dump()
    assert (fact.meta.id, fact.meta.revision, fact.meta.actor, fact.meta.sequence) == ("events/e-1/3/1", 3, "m-1", 7)
    assert fact.meta.time == NOW


def test_a_newer_senders_fields_are_ignored() -> None:
    out = message()
    body = json.dumps({**json.loads(out.body), "added_later": 1}).encode()
    read = wire.read_fact(out.subject, {**out.headers, "ce-addedlater": "x"}, body)
    assert read.model_dump() == FACT.model_dump()


@pytest.mark.parametrize(
    ("subject", "headers", "body", "code"),
    [
        (None, {"ce-specversion": "0.3"}, None, "not_a_cloudevent"),
        (None, {"ce-type": "com.example.other"}, None, "unknown_fact"),
        ("ekkyo.fact.members.registered.e-1", {}, None, "wrong_subject"),
        ("ekkyo.fact.events.published.e-2", {}, None, "wrong_subject"),
        (None, {"ce-source": "/ekkyo/surveys"}, None, "wrong_subject"),
        (None, {"ce-time": "yesterday"}, None, "malformed"),
        (None, {}, b"", "malformed"),
        (None, {}, b"[]", "malformed"),
    ],
)
def test_what_is_not_a_fact_of_ours_is_told_as_malformed(
    subject: str | None, headers: dict[str, str], body: bytes | None, code: str
) -> None:
    out = message()
    with pytest.raises(wire.Malformed) as refused:
        wire.read_fact(subject or out.subject, out.headers | headers, out.body if body is None else body)
    assert refused.value.code == code
    assert refused.value.status == 400


@given(st.text())
def test_any_text_survives_a_header_and_none_escapes_it(text: str) -> None:
    encoded = wire.encode(text)
    assert encoded.isascii()
    assert all("!" <= c <= "~" for c in encoded)
    assert wire.decode(encoded) == text.encode("utf-8", "replace").decode()


def test_a_quoted_header_value_reads_as_the_rules_say() -> None:
    assert wire.decode('"Euro %E2%82%AC \\" sign"') == 'Euro € " sign'


@given(st.text(min_size=1), st.text())
def test_a_refusal_arrives_as_it_was_raised(code: str, detail: str) -> None:
    headers, body = wire.problem_reply(Refused(code, detail.encode("utf-8", "replace").decode(), 409))
    assert all(v.isascii() and v.isprintable() for v in headers.values())
    assert len(headers[wire.ERROR]) <= 400
    if code.encode("utf-8", "replace").decode() == code:
        with pytest.raises(Refused) as again:
            wire.read_reply(Registration, headers, body)
        assert (again.value.code, again.value.status) == (code, 409)


def test_another_frameworks_service_error_is_understood() -> None:
    with pytest.raises(Refused) as refused:
        wire.read_reply(Registration, {wire.ERROR: "no%20way", wire.ERROR_CODE: "409"}, b"")
    assert (refused.value.detail, refused.value.status) == ("no way", 409)


def test_an_answer_that_is_not_in_the_contract_is_told_as_such() -> None:
    with pytest.raises(Refused, match="unreadable_answer"):
        wire.read_reply(Registration, {}, b"{}")


class Strict(BaseModel):
    subject: ClassVar[str] = "x"
    name: str
    age: int = 1

    @field_validator("name")
    @classmethod
    def not_taro(cls, value: str) -> str:
        if value == "taro":
            raise ValueError(f"{value} is taken")
        raise ValueError("must be another")


@given(st.dictionaries(st.text(min_size=1), st.text(min_size=6, alphabet="あいうえおxyz"), min_size=1))
def test_the_words_about_a_malformed_message_repeat_nothing_of_it(sent: dict[str, str]) -> None:
    sent = {"name": "taro", "age": "secret", **sent}
    with pytest.raises(wire.Malformed) as refused:
        wire.read(Strict, json.dumps(sent).encode())
    told = refused.value.problem.model_dump_json()
    for value in sent.values():
        assert value not in told
    assert {e.field for e in refused.value.errors} >= {"name", "age"}


def test_what_was_expected_is_told() -> None:
    with pytest.raises(wire.Malformed) as refused:
        wire.read(Strict, b'{"name": "jiro", "age": []}')
    assert {e.field: (e.code, e.detail) for e in refused.value.errors} == {
        "name": ("value_error", "must be another"),
        "age": ("int_type", "Input should be a valid integer"),
    }


def test_many_errors_are_cut_short() -> None:
    class Many(BaseModel):
        items: list[int]

    with pytest.raises(ValidationError) as error:
        Many.model_validate({"items": ["x"] * 500})
    assert len(wire.malformed(error.value).errors) == 50


class Later(Timer):
    subject: ClassVar[str] = "ekkyo.timer.events.later"


def test_a_timer_is_a_schedule_and_cancelling_it_takes_it_off() -> None:
    out = wire.timer_message(Later(id="a").at(NOW), id="events/a/1/t0", traceparent=None)
    assert (out.subject, out.purge) == ("ekkyo.timer.events.later.a", False)
    assert out.headers == {
        "Nats-Schedule": "@at 2026-04-01T03:00:00.123Z",
        "Nats-Schedule-Target": "ekkyo.due.events.later.a",
        "Nats-Schedule-TTL": "720h",
        "Nats-Msg-Id": "events/a/1/t0",
    }
    off = wire.timer_message(Later.cancel("a"), id="x")
    assert (off.subject, off.purge) == (out.subject, True)


def test_every_contract_is_found_by_its_subject_or_type() -> None:
    assert wire.facts_by_type()["ekkyo.events.registration_withdrawn"] is RegistrationWithdrawn
    assert all(subject == m.subject for subject, m in wire.asked_by_subject().items())


@pytest.mark.parametrize(
    "sent", [None, "", "nonsense", f"00-{'0' * 32}-{'cd' * 8}-00", f"ff-{'ab' * 16}-{'cd' * 8}-00", "x" * 10_000]
)
def test_a_trace_context_that_is_none_begins_a_new_one(sent: str | None) -> None:
    with trace.span("work", sent) as here:
        assert trace.valid(here) == here
        assert trace.current() == here
        assert trace.outgoing() == {"traceparent": here}
    assert trace.current() is None
    assert trace.outgoing() == {}


def test_spans_within_a_trace_share_its_id_and_no_more() -> None:
    with trace.span("first", None) as first, trace.span("second", first, "consumer") as second:
        assert trace.trace_id(first) == trace.trace_id(second)
        assert first != second
