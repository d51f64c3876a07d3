"""How often a message was tried, by what the service itself knows.

The server's count of deliveries rises whenever a message is handed out, also to an instance that is killed before it
begins. So an instance counts the tries that failed. When the server has handed a message out more often than it may be
tried, the instance first notes in TIMERS that it begins. Who finds such a note knows that somebody began and never said
how it ended: a fact that kills the process each time is not tried for ever.
"""

from collections import OrderedDict
from typing import Final

from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.errors import APIError

from ekkyo.broker.routes import Reaction

KEPT: Final = 20_000
"""How many messages' tries are remembered: as many as a durable may have waiting to be tried again."""
NOTED: Final = {"Nats-Expected-Last-Subject-Sequence": "0", "Nats-TTL": "86400s"}
_THERE: Final = 10071
"""The server's code for: a message is there already."""


class GaveUp(Exception):
    """Somebody began a message that was handed out too often, and nobody lived to say how it ended."""


class Tries:
    """What one instance knows of the messages that it could not deal with yet."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._failed: OrderedDict[tuple[str, str, int], int] = OrderedDict()

    async def begin(self, js: JetStreamContext, reaction: Reaction, raw: Msg) -> bool:
        """Whether a note was made that this is begun, for `end` to take away. Raises GaveUp."""
        if raw.metadata.num_delivered <= self._most or _key(raw) in self._failed:
            return False
        try:
            await js.publish(_note(reaction, raw), b"", headers=NOTED)
        except APIError as refused:
            if refused.err_code == _THERE:
                raise GaveUp from None
            raise
        return True

    async def end(self, js: JetStreamContext, reaction: Reaction, raw: Msg) -> None:
        """However it ended, it did."""
        await js.purge_stream("TIMERS", subject=_note(reaction, raw))

    def failed(self, raw: Msg) -> int:
        """How often this instance has tried it now."""
        key = _key(raw)
        self._failed[key] = count = self._failed.pop(key, 0) + 1
        if len(self._failed) > KEPT:
            self._failed.popitem(last=False)
        return count

    def done(self, raw: Msg) -> None:
        """Nothing of it is left to do."""
        self._failed.pop(_key(raw), None)


def _key(raw: Msg) -> tuple[str, str, int]:
    return raw.metadata.stream, raw.metadata.consumer, raw.metadata.sequence.stream


def _note(reaction: Reaction, raw: Msg) -> str:
    stream, durable, sequence = _key(raw)
    return f"ekkyo.timer.{reaction.service}.begun.{stream}-{durable}-{sequence}"
