"""Messages as they travel: facts as CloudEvents, timers as schedules, refusals as problems. No driver, no connection.

Formats: CloudEvents 1.0 with the NATS protocol binding in binary content mode; NATS message schedules (ADR-51);
service errors (ADR-32); problem bodies in the manner of RFC 9457; W3C Trace Context.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from types import ModuleType
from typing import Any, TypeVar
from urllib.parse import unquote

from pydantic import BaseModel, ValidationError

from ekkyo.contracts import events, members, notify, surveys
from ekkyo.contracts.base import Command, Fact, FieldError, Meta, Problem, Question, Refused, all_messages, name_of
from ekkyo.decision import Cancel, Purge, Set, Timer

M = TypeVar("M", bound=BaseModel)

CONTRACTS: tuple[ModuleType, ...] = (members, events, surveys, notify)
JSON = "application/json"
ERROR = "Nats-Service-Error"
ERROR_CODE = "Nats-Service-Error-Code"
MSG_ID = "Nats-Msg-Id"
KEPT_DUE = "720h"
"""How long a timer that came due waits for its service, before the stream drops it."""
TRACE = "traceparent"
AUTHORIZATION = "Authorization"


@dataclass(frozen=True, slots=True)
class OutMessage:
    """A message on its way to JetStream. `purge`: take the earlier messages off this subject instead of adding one."""

    subject: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    purge: bool = False


class Malformed(Refused):
    """A message that no reading can make sense of: never tried again. Its text does not repeat what was sent."""

    def __init__(self, detail: str, errors: Sequence[FieldError] = (), *, code: str = "malformed") -> None:
        super().__init__(code, detail, 400, list(errors))


# Facts


def fact_message(
    fact: Fact, *, owner: str, revision: int, n: int, time: datetime, actor: str | None, traceparent: str | None
) -> OutMessage:
    """The n-th fact that a document's change to `revision` makes known. The same arguments give the same `ce-id`."""
    name, entity = name_of(type(fact)), fact.entity_id
    headers = {
        "ce-specversion": "1.0",
        "ce-id": encode(f"{owner}/{entity}/{revision}/{n}"),
        "ce-source": f"/ekkyo/{owner}",
        "ce-type": f"ekkyo.{name}",
        "ce-subject": encode(entity),
        "ce-time": rfc3339(time),
        "ce-dataschema": f"urn:ekkyo:schema:{name}",
        "ce-datacontenttype": JSON,
        "ce-revision": str(revision),
    }
    if actor:
        headers["ce-actor"] = encode(actor)
    headers[MSG_ID] = headers["ce-id"]
    if traceparent:
        headers[TRACE] = traceparent
    return OutMessage(f"{fact.subject}.{entity}", headers, fact.model_dump_json().encode())


def read_fact(subject: str, headers: Mapping[str, str] | None, body: bytes, sequence: int = 0) -> Fact:
    """The fact that a message on `ekkyo.fact.>` carries, with its envelope. Raises Malformed, in safe words."""
    found = {key.lower(): value for key, value in (headers or {}).items()}
    ce = {key[3:]: decode(value) for key, value in found.items() if key.startswith("ce-")}
    if ce.get("specversion") != "1.0":
        raise Malformed("This is not a CloudEvent 1.0 in binary mode.", code="not_a_cloudevent")
    message = facts_by_type().get(ce.get("type", ""))
    if message is None:
        raise Malformed("No fact of this type is known here.", code="unknown_fact")
    if subject.rpartition(".")[0] != message.subject or ce.get("source") != f"/ekkyo/{message.subject.split('.')[2]}":
        raise Malformed("The fact's type and the subject it came on differ.", code="wrong_subject")
    try:
        meta = Meta.model_validate({**ce, "traceparent": found.get(TRACE), "sequence": sequence})
        fact = message.model_validate_json(body)
    except ValidationError as error:
        raise malformed(error) from None
    if fact.entity_id != subject.rpartition(".")[2]:
        raise Malformed("The fact is about another entity than its subject says.", code="wrong_subject")
    return fact.told(meta)


def purge_message(purge: Purge) -> OutMessage:
    """What takes the facts of one kind about one entity out of the stream."""
    return OutMessage(f"{purge.fact.subject}.{purge.id}", purge=True)


@cache
def facts_by_type() -> dict[str, type[Fact]]:
    """Every fact of the contracts by its `ce-type`."""
    return {f"ekkyo.{name_of(fact)}": fact for module in CONTRACTS for fact in all_messages(Fact, module)}


@cache
def asked_by_subject() -> dict[str, type[Command[Any]] | type[Question[Any]]]:
    """Every command and question of the contracts by its subject."""
    kinds: tuple[type[Any], ...] = (Command, Question)
    return {m.subject: m for module in CONTRACTS for kind in kinds for m in all_messages(kind, module)}


# Timers


def timer_message(change: Set | Cancel, *, id: str, traceparent: str | None = None) -> OutMessage:
    """The schedule that sets, moves or cancels a timer; `id` is its Nats-Msg-Id, the same for every retry."""
    if isinstance(change, Cancel):
        return OutMessage(f"{change.timer.subject}.{change.id}", purge=True)
    timer = change.timer
    headers = {
        "Nats-Schedule": f"@at {rfc3339(change.at)}",
        "Nats-Schedule-Target": f"{due_subject(type(timer))}.{timer.id}",
        "Nats-Schedule-TTL": KEPT_DUE,
        MSG_ID: encode(id),
    }
    if traceparent:
        headers[TRACE] = traceparent
    return OutMessage(f"{timer.subject}.{timer.id}", headers, timer.model_dump_json().encode())


def due_subject(timer: type[Timer]) -> str:
    """Where a timer arrives when it is due, without its id: `ekkyo.due.events.reminder`."""
    return timer.subject.replace("ekkyo.timer.", "ekkyo.due.", 1)


# Questions, commands and their answers


def read(message: type[M], body: bytes) -> M:
    """The command or question in this body. Raises Malformed with each field that is wrong, in safe words.

    As strict as its JSON Schema: "3" is no integer, true is no number, and a number is no time.
    """
    try:
        return message.model_validate_json(body or b"{}", strict=True)
    except ValidationError as error:
        raise malformed(error) from None


def problem_reply(refused: Refused) -> tuple[dict[str, str], bytes]:
    """Headers and body of a reply that says no. Made afresh: nothing of the request is in them."""
    problem = refused.problem
    text = f"{problem.code}: {problem.detail}" if problem.detail else problem.code
    headers = {
        ERROR: encode(text, keep=" ")[:400],
        ERROR_CODE: str(problem.status),
        "Content-Type": "application/problem+json",
    }
    return headers, problem.model_dump_json(exclude_none=True).encode()


def read_reply(answer: type[M], headers: Mapping[str, str] | None, body: bytes) -> M:
    """The answer in a reply. Raises Refused as it was raised at the other end."""
    if headers and ERROR_CODE in headers:
        raise _refused(headers, body)
    try:
        return answer.model_validate_json(body)
    except ValidationError:
        raise Refused("unreadable_answer", "The answer does not match its schema.", 502) from None


def _refused(headers: Mapping[str, str], body: bytes) -> Refused:
    try:
        problem = Problem.model_validate_json(body)
    except ValidationError:  # another framework's service error: only the headers are agreed on (ADR-32)
        code = headers[ERROR_CODE]
        return Refused("error", decode(headers.get(ERROR, "")), int(code) if code.isdigit() else 500)
    return Refused(problem.code, problem.detail, problem.status, problem.errors, problem.reference)


# Texts that are safe to put in headers, replies, logs

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,40}")
_REPEATS_INPUT = {"union_tag_invalid", "uuid_parsing", "url_parsing", "url_syntax_violation", "decimal_parsing"}


def malformed(error: ValidationError) -> Malformed:
    """What is wrong with a message: each field's path, a code and what was expected, never what was sent."""
    errors = [
        FieldError(field=".".join(_place(part) for part in e["loc"]), code=e["type"], detail=_expected(e))
        for e in error.errors(include_url=False)[:50]
    ]
    if any(e.code == "json_invalid" for e in errors):
        return Malformed("The body is not valid JSON.", [])
    fields = ", ".join(sorted({e.field for e in errors if e.field})[:5])
    return Malformed(
        f"The message does not match its schema: {fields}." if fields else "Not as the contract says.", errors
    )


def _place(part: int | str) -> str:
    """A step of a field's path. A key that is no plain name was made up by the sender and is not repeated."""
    return str(part) if isinstance(part, int) or _NAME.fullmatch(part) else "?"


def _expected(error: Any) -> str:
    text = str(error["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    own = error["type"] in ("value_error", "assertion_error")  # raised by a validator, which may have quoted its input
    given = error.get("input")
    quoted = own and isinstance(given, str | int | float) and str(given) and str(given) in text
    return "is not valid" if quoted or error["type"] in _REPEATS_INPUT else text


def encode(value: str, *, keep: str = "") -> str:
    """A header value by CloudEvents' rules: space, quote, percent and all but printable ASCII percent-encoded.

    Nothing is left that could end the header or begin another one. https://github.com/cloudevents/spec, HTTP binding
    3.1.3.2, which the NATS binding follows.
    """
    if value.isascii() and value.isprintable() and not _SPECIAL.search(value):
        return value
    return "".join(
        c
        if c in keep or ("!" <= c <= "~" and c not in '"%')
        else "".join(f"%{b:02X}" for b in c.encode("utf-8", "replace"))
        for c in value
    )


_SPECIAL = re.compile(r'[ "%]')


def decode(value: str) -> str:
    """A header value as it was before `encode`. Quotes around it, which the rules allow, are taken off."""
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    return unquote(value) if "%" in value else value


def rfc3339(time: datetime) -> str:
    """A point in time in UTC, to the millisecond, ending in Z."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
