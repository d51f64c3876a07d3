"""Around every handler: who may ask, what a message must look like, what happens when it fails."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import uuid4

from faststream import BaseMiddleware
from faststream.nats.message import NatsMessage
from nats.aio.msg import Msg
from nats.errors import MaxPayloadError, SlowConsumerError
from pydantic import BaseModel

from ekkyo import wire
from ekkyo.broker import dead
from ekkyo.broker.admission import Admission, busy
from ekkyo.broker.defence import Limits, NotYet, Retries, safe_text
from ekkyo.broker.metrics import Metrics
from ekkyo.broker.routes import Asked, Reaction
from ekkyo.broker.tries import GaveUp, Tries
from ekkyo.contracts.base import Caller, Refused
from ekkyo.process.logs import where
from ekkyo.wire import context, trace
from ekkyo.wire.tokens import Verifier

CallNext = Callable[[NatsMessage], Awaitable[Any]]
logger = logging.getLogger("ekkyo.broker")
_OK = {"Content-Type": wire.JSON}
ANSWERED = ("_R_.", "_INBOX.")
"""Where replies go: what the server makes of the inbox of a caller in another account, or an inbox in this one. Which
inboxes those are is narrowed by NATS's permissions."""
_BUSY = wire.problem_reply(busy())


class Guard:
    """Wraps a service's handlers; one per broker."""

    def __init__(
        self,
        connection: Callable[[], Any],
        verifier: Verifier | None,
        limits: Limits,
        retries: Retries,
        metrics: Metrics,
    ) -> None:
        self._nc = connection
        self.verifier, self.limits, self.retries, self.metrics = verifier, limits, retries, metrics
        self._tries = Tries(retries.tries)
        self.asked: dict[str, Asked] = {}
        self.reactions: dict[str, Reaction] = {}
        self.in_progress: dict[str, tuple[Msg, float]] = {}
        self._admission = Admission(limits)

    # what FastStream calls

    def middleware(self, msg: Msg | None, /, *, context: Any) -> "Middleware":
        return Middleware(msg, context=context, guard=self)

    async def decode(self, msg: NatsMessage) -> Any:
        """The message as its contract has it: found by the subject, for a fact by its type."""
        raw = msg.raw_message
        if (asked := self.asked.get(raw.subject)) is not None:
            return wire.read(asked.message, raw.data)
        if not raw.subject.startswith("ekkyo.again."):
            return self._read(raw.subject, raw.headers or {}, raw.data, raw.metadata.sequence.stream, raw)
        letter = await dead.original(self._nc().jetstream(), raw)
        return self._read(letter.subject, letter.headers, letter.body, letter.sequence, raw)

    def _read(self, subject: str, headers: Mapping[str, str], body: bytes, sequence: int, raw: Msg) -> Any:
        timer = self.reactions[raw.metadata.consumer].timer
        if timer is not None:
            return wire.read(timer, body)
        return wire.read_fact(subject, headers, body, sequence)

    # requests

    def admit(self, raw: Msg) -> Callable[[], None]:
        """Let a request in before anything is done for it; gives what lets it out. Raises Refused 401, 400, 429."""
        who = self._caller(raw.headers or {}, self.asked[raw.subject])
        if len(raw.data) > self.limits.request_size:
            raise Refused("too_large", f"At most {self.limits.request_size} bytes are accepted.", 400)
        return self._admission.admit(who.sub, len(raw.data))

    def _caller(self, headers: Mapping[str, str], asked: Asked) -> Caller:
        if self.verifier is None:
            raise Refused("token_invalid", "This service has no keys to verify tokens with.", 401)
        # remembered: asking twice costs nothing
        return self.verifier.caller(header(headers, wire.AUTHORIZATION), asked.name)

    async def turn_away(self, raw: Msg, error: Exception) -> None:
        """Refuse a request that was not let in."""
        asked = self.asked[raw.subject]
        refused = error if isinstance(error, Refused) else unexpected(asked.name, error)
        outcome = self.metrics.asked(asked.name, refused.status, 0)
        if refused.status == 429:  # of a flood the figures say enough: what is done for each delays the others
            await self.reply(raw, *_BUSY)
            return
        await self.refuse(raw, refused)
        with trace.span(asked.name, header(raw.headers or {}, wire.TRACE), "server", raw.subject, asked.queue):
            trace.note({"ekkyo.outcome": outcome})
            if logger.isEnabledFor(logging.INFO):
                logger.info("answered", extra=_line(outcome, 0, operation=asked.name, status=refused.status))

    def misdirected(self, raw: Msg, operation: str) -> None:
        """Note what somebody directed where it does not belong. Nothing comes of it."""
        self.metrics.forged.inc()
        asked = self.asked.get(operation)
        about = {"operation": asked.name if asked else ""}
        logger.warning("ignored a message or dropped its reply: a subject in it is not a caller's", extra=about)

    async def overflow(self, lost: SlowConsumerError) -> None:
        """Refuse a request that came faster than requests can be let in or refused: NATS's client keeps no more."""
        await self.turn_away(Msg(self._nc(), lost.subject, lost.reply), busy())

    async def answer(self, call_next: CallNext, msg: NatsMessage) -> None:
        """Answer a command or a question, whatever the outcome, so that no caller waits for a time-out."""
        raw, asked = msg.raw_message, self.asked[msg.raw_message.subject]
        headers = raw.headers or {}
        began, status = time.perf_counter(), 200
        self.metrics.requests.inc()
        with trace.span(asked.name, header(headers, wire.TRACE), "server", raw.subject, asked.queue):
            try:
                answer = await self._answer(asked, raw, headers, call_next, msg)
                await self.reply(raw, _OK, answer)
            except Refused as refused:
                status = refused.status
                await self.refuse(raw, refused)
            except MaxPayloadError:
                status = 500
                await self.refuse(
                    raw,
                    Refused(
                        "answer_too_large", "The answer is too large. Narrow the question or lower the limit.", 500
                    ),
                )
            except Exception as error:
                status = 500
                await self.refuse(raw, unexpected(asked.name, error))
            except asyncio.CancelledError:
                status = 503
                await self.refuse(raw, Refused("unavailable", "The service is stopping. Try again.", 503))
                raise
            finally:
                self.metrics.requests.dec()
                seconds = time.perf_counter() - began
                outcome = self.metrics.asked(asked.name, status, seconds)
                trace.note({"ekkyo.outcome": outcome})
                if logger.isEnabledFor(logging.INFO):
                    logger.info("answered", extra=_line(outcome, seconds, operation=asked.name, status=status))

    async def _answer(
        self, asked: Asked, raw: Msg, headers: Mapping[str, str], call_next: CallNext, msg: NatsMessage
    ) -> bytes:
        who = self._caller(headers, asked)
        message = await msg.decode()
        if not who.allowed(asked.message.may, vars(message)):
            allowed = ", ".join(sorted(asked.message.may.roles))
            raise Refused("not_allowed", f"Allowed callers: {allowed}.", 403)
        context.caller.set(who)  # each message has a task, and thereby a context, of its own
        answer = await call_next(msg)
        if not isinstance(answer, BaseModel):
            raise TypeError(f"{asked.name} answered with no model")
        return answer.model_dump_json().encode()

    async def refuse(self, raw: Msg, refused: Refused) -> None:
        await self.reply(raw, *wire.problem_reply(refused))

    async def reply(self, raw: Msg, headers: Mapping[str, str], body: bytes) -> None:
        """Reply to who may be answered, and nowhere else: a reply to a fact's subject would be a forged fact."""
        if not raw.reply:
            return
        if not raw.reply.startswith(ANSWERED):
            self.misdirected(raw, raw.subject)
            return
        await self._nc().publish(raw.reply, body, headers=dict(headers))

    # reactions

    async def react(self, call_next: CallNext, msg: NatsMessage) -> None:
        """Hand a fact or a timer to its reaction; acknowledge it only when that succeeded or a dead letter is kept."""
        raw = msg.raw_message
        meta = raw.metadata
        reaction = self.reactions[meta.consumer]
        began, outcome, tried, noted = time.perf_counter(), "done", meta.num_delivered, False
        self.in_progress[raw.reply] = raw, time.monotonic()
        try:
            told_on, parent = raw.subject.rpartition(".")[0], header(raw.headers or {}, wire.TRACE)
            with trace.span(f"process {told_on}", parent, "consumer", told_on, reaction.durable):
                try:
                    noted = await self._tries.begin(self._nc().jetstream(), reaction, raw)
                    await msg.decode()
                    await call_next(msg)
                    await raw.ack()
                except Exception as error:
                    outcome = await self._failed(reaction, raw, error)
                    if outcome in ("again", "dead"):
                        trace.failed(type(error).__name__)
                if noted:
                    await self._tries.end(self._nc().jetstream(), reaction, raw)
                if outcome not in ("again", "not_yet"):
                    self._tries.done(raw)
                trace.note({"ekkyo.outcome": outcome, "ekkyo.tried": tried})
                if logger.isEnabledFor(logging.INFO):
                    seconds = time.perf_counter() - began
                    logger.info("reacted", extra=_line(outcome, seconds, reaction=reaction.durable, tried=tried))
        finally:
            self.in_progress.pop(raw.reply, None)
            self.metrics.reacted(reaction.durable, outcome, time.perf_counter() - began, raw)

    async def _failed(self, reaction: Reaction, raw: Msg, error: Exception) -> str:
        tried = self._tries.failed(raw)
        facts = {"reaction": reaction.durable, "tried": tried, "sequence": raw.metadata.sequence.stream}
        if isinstance(error, dead.Gone):
            logger.info("the replayed fact has been erased: the replay ends without effect", extra=facts)
            await raw.ack()
            return "gone"
        facts |= {"error": safe_text(error)}
        if tried < self.retries.tries and not final(error):
            waits = isinstance(error, NotYet)
            pause = self.retries.pause_not_yet(tried) if waits else self.retries.pause(tried)
            logger.log(
                logging.INFO if waits else logging.WARNING,
                "a reaction will be tried again",
                extra=facts | {"pause": round(pause, 2)} | ({} if waits else {"where": where(error)}),
            )
            await raw.nak(delay=pause)
            return "not_yet" if waits else "again"
        try:
            await dead.keep(self._nc().jetstream(), reaction, raw, error)
        except Exception as unkept:  # not even a dead letter can be kept: the message stays where it is
            facts |= {"because": type(unkept).__name__}
            logger.exception("no dead letter could be stored: trying again. Is the stream DEAD full?", extra=facts)
            await raw.nak(delay=self.retries.pause(tried))
            return "again"
        logger.error("a reaction failed: see its dead letter (ekkyo dead list)", extra=facts | {"where": where(error)})
        await raw.term()
        return "dead"

    async def heartbeat(self) -> None:
        """Tell the server every few seconds which messages are still being worked on."""
        while True:
            await asyncio.sleep(self.limits.heartbeat / 2)
            old = time.monotonic() - self.limits.heartbeat / 2
            for raw, since in list(self.in_progress.values()):
                if since < old and raw.reply in self.in_progress:
                    await raw.in_progress()


class Middleware(BaseMiddleware):
    """The guard as FastStream's middleware, one per message."""

    def __init__(self, msg: Msg | None, /, *, context: Any, guard: Guard) -> None:
        super().__init__(msg, context=context)
        self._guard = guard

    async def consume_scope(self, call_next: Any, msg: Any) -> Any:
        subject = msg.raw_message.subject
        if subject in self._guard.asked:
            await self._guard.answer(call_next, msg)
        elif subject.startswith(("ekkyo.fact.", "ekkyo.due.", "ekkyo.again.")):
            await self._guard.react(call_next, msg)


def header(headers: Mapping[str, str], name: str) -> str | None:
    """A header whatever its case; nats-py looks names up as they were written."""
    found = headers.get(name)
    if found is None:
        found = next((value for key, value in headers.items() if key.lower() == name.lower()), None)
    return found


def final(error: Exception) -> bool:
    """Whether trying again is of no use: a rule said no. A database that cannot be reached (503) did not."""
    return isinstance(error, GaveUp) or (isinstance(error, Refused) and error.status not in (429, 503))


def _line(outcome: str, seconds: float, **about: str | int) -> dict[str, object]:
    """What the log has of everything that is done: enough to follow a trace, nothing of what was said."""
    return {**about, "outcome": outcome, "seconds": round(seconds, 4)}


def unexpected(name: str, error: Exception) -> Refused:
    """The answer to a bug: a reference, under which the log has the place but nothing of the message."""
    reference = uuid4().hex[:12]
    trace.failed(type(error).__name__)
    logger.error(
        "a request failed unexpectedly",
        extra={"operation": name, "reference": reference, "error": type(error).__name__, "where": where(error)},
    )
    return Refused(
        "unexpected",
        "An unexpected error occurred. Give the operator the reference: the service's log has the details.",
        500,
        reference=reference,
    )
