"""Dead letters: messages that a reaction could not handle. An operator lists, shows, replays or drops them.

A letter for a fact holds its headers and where it stands in FACTS, not its body: personal data has one place, so that
erasing a member erases it. What is replayed travels in the same way, on `ekkyo.again.<service>.<reaction>`, which
that reaction's durable in AGAIN alone hears, and the reaction is handed the very fact with its envelope.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import RawStreamMsg
from nats.js.errors import NotFoundError

from ekkyo.broker.defence import safe_text
from ekkyo.broker.routes import Reaction
from ekkyo.publishing import publish
from ekkyo.wire import MSG_ID, OutMessage, encode, rfc3339

_SUBJECT, _STREAM, _SEQUENCE = "Ekkyo-Subject", "Ekkyo-Stream", "Ekkyo-Sequence"
_ERROR, _TRIES, _TIME = "Ekkyo-Error", "Ekkyo-Tries", "Ekkyo-Time"
_KEPT = ("ce-", "traceparent", "content-type")


class Gone(LookupError):
    """The message that a letter is about has been erased."""


@dataclass(frozen=True)
class Original:
    """The message a letter is about, as it was delivered."""

    subject: str
    headers: dict[str, str]
    body: bytes
    stream: str
    sequence: int


@dataclass(frozen=True)
class DeadLetter:
    """A message that a reaction could not handle, and why."""

    id: int
    """Its number, for `show`, `replay` and `drop`."""
    service: str
    reaction: str
    subject: str
    """The subject of the message."""
    stream: str
    sequence: int
    error: str
    tries: int
    time: datetime
    headers: dict[str, str]


async def keep(js: JetStreamContext, reaction: Reaction, raw: Msg, error: Exception) -> None:
    """Keep a dead letter. Raises when the server has not confirmed it."""
    meta, headers = raw.metadata, dict(raw.headers or {})
    replayed = meta.stream == "AGAIN"
    stream = headers.get(_STREAM, "") if replayed else meta.stream
    about = {
        _SUBJECT: headers.get(_SUBJECT, "") if replayed else raw.subject,
        _STREAM: stream,
        _SEQUENCE: headers.get(_SEQUENCE, "0") if replayed else str(meta.sequence.stream),
        _ERROR: encode(safe_text(error), keep=" ")[:400],
        _TRIES: str(meta.num_delivered),
        _TIME: rfc3339(datetime.now(UTC)),
        MSG_ID: f"dead/{reaction.durable}/{meta.stream}/{meta.sequence.stream}",
    }
    body = b"" if stream == "FACTS" else raw.data
    await publish(js, [OutMessage(reaction.dead_subject, {**_told(headers), **about}, body)])


async def original(js: JetStreamContext, again: Msg) -> Original:
    """The message that is replayed. Raises Gone."""
    return await _original(js, dict(again.headers or {}), again.data)


async def _original(js: JetStreamContext, headers: dict[str, str], body: bytes) -> Original:
    subject, stream, sequence = headers[_SUBJECT], headers[_STREAM], int(headers[_SEQUENCE])
    if stream == "FACTS":
        try:
            found = await js.get_msg(stream, sequence)
        except NotFoundError:
            raise Gone(f"{stream} {sequence}") from None
        if found.subject != subject:
            raise Gone(f"{stream} {sequence}")
        return Original(subject, dict(found.headers or {}), found.data or b"", stream, sequence)
    return Original(subject, _told(headers), body, stream, sequence)


def _told(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that belong to the message. Those that mean something to the server or carry a token do not."""
    return {key: value for key, value in headers.items() if key.lower().startswith(_KEPT)}


# For the command line


async def letters(js: JetStreamContext, service: str = "*", reaction: str = "*") -> AsyncIterator[DeadLetter]:
    """The dead letters of all, of one service, or of one reaction, the oldest first."""
    subject, sequence = f"ekkyo.dead.{service}.{reaction}", 0
    while True:
        try:
            found = await js.get_msg("DEAD", sequence + 1, subject=subject, next=True)
        except NotFoundError:
            return
        sequence = found.seq or 0
        yield _letter(found)


async def show(js: JetStreamContext, id: int) -> tuple[DeadLetter, bytes | None]:
    """A letter, and the body of the message it is about; None when that has been erased. Raises NotFoundError."""
    found = await js.get_msg("DEAD", id)
    try:
        return _letter(found), (await _original(js, dict(found.headers or {}), found.data or b"")).body
    except Gone:
        return _letter(found), None


async def replay(js: JetStreamContext, id: int) -> DeadLetter:
    """Deliver it again to that reaction, with a fresh set of tries, and drop the letter. Raises NotFoundError.

    Run twice, or interrupted, it delivers the message once: the message has the letter's number.
    """
    found = await js.get_msg("DEAD", id)
    letter = _letter(found)
    headers = {k: v for k, v in (found.headers or {}).items() if k not in (_ERROR, _TRIES, _TIME, MSG_ID)}
    headers[MSG_ID] = f"again/{id}"
    subject = f"ekkyo.again.{letter.service}.{letter.reaction}"
    await publish(js, [OutMessage(subject, headers, found.data or b"")])
    await js.delete_msg("DEAD", id)
    return letter


async def drop(js: JetStreamContext, id: int) -> DeadLetter:
    """Delete a letter: the reaction will never handle it. Raises NotFoundError."""
    letter = _letter(await js.get_msg("DEAD", id))
    await js.delete_msg("DEAD", id)
    return letter


def _letter(found: RawStreamMsg) -> DeadLetter:
    headers = dict(found.headers or {})
    _, _, service, reaction = str(found.subject).split(".", 3)
    return DeadLetter(
        id=found.seq or 0,
        service=service,
        reaction=reaction,
        subject=headers.get(_SUBJECT, ""),
        stream=headers.get(_STREAM, ""),
        sequence=int(headers.get(_SEQUENCE, "0")),
        error=headers.get(_ERROR, ""),
        tries=int(headers.get(_TRIES, "0")),
        time=datetime.fromisoformat(headers[_TIME]) if _TIME in headers else datetime.fromtimestamp(0, UTC),
        headers=_told(headers),
    )
